"""The bounded queue: in order, never two at a time, never lost."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st
from munbot_llm.processes import BoundedQueue, Deadline, DeadlineExceeded, QueueFull


def run(coroutine):
    return asyncio.run(coroutine)


def test_first_come_first_served():
    async def scenario():
        queue, order = BoundedQueue(10), []

        async def work(number):
            turn = await queue.enter(Deadline(10))
            order.append(number)
            await asyncio.sleep(0)
            turn.release()

        async with asyncio.TaskGroup() as group:
            for number in range(8):
                group.create_task(work(number))
        return order

    assert run(scenario()) == list(range(8))


def test_a_full_queue_refuses_and_says_when_to_come_back():
    async def scenario():
        queue = BoundedQueue(1)
        turn = await queue.enter(Deadline(10))
        waiting = asyncio.create_task(queue.enter(Deadline(10)))
        await asyncio.sleep(0)
        with pytest.raises(QueueFull) as refused:
            await queue.enter(Deadline(10))
        assert queue.waiting == 1
        turn.release()
        (await waiting).release()
        (await queue.enter(Deadline(10))).release()
        return refused.value

    problem = run(scenario())
    assert problem.status == 429
    assert int(problem.headers["Retry-After"]) >= 1


def test_who_waits_too_long_leaves_the_queue():
    async def scenario():
        queue = BoundedQueue(1)
        turn = await queue.enter(Deadline(10))
        with pytest.raises(DeadlineExceeded):
            await queue.enter(Deadline(0.02))
        assert queue.waiting == 0
        turn.release()
        assert not queue.busy

    run(scenario())


def test_a_turn_given_back_twice_counts_once():
    async def scenario():
        queue = BoundedQueue(2)
        first = await queue.enter(Deadline(1))
        second, third = (asyncio.create_task(queue.enter(Deadline(1))) for _ in range(2))
        await asyncio.sleep(0)
        first.release()
        first.release()
        await asyncio.sleep(0.01)
        assert second.done()
        assert not third.done()
        second.result().release()
        (await third).release()

    run(scenario())


@given(
    st.lists(st.tuples(st.sampled_from(["work", "cancel", "late"]), st.integers(0, 3), st.integers(0, 3)), max_size=12),
    st.integers(0, 5),
)
def test_never_two_at_a_time_and_free_in_the_end(plans, size):
    """Whatever is cancelled, refused or late, each request ends once and the queue is free when all have."""

    async def scenario():
        queue, running, ends = BoundedQueue(size), 0, []

        async def work(kind, before, inside):
            nonlocal running
            for _ in range(before):
                await asyncio.sleep(0)
            try:
                turn = await queue.enter(Deadline(0 if kind == "late" else 30))
            except (QueueFull, DeadlineExceeded) as problem:
                ends.append(problem.code)
                return
            running += 1
            assert running == 1
            try:
                for _ in range(inside):
                    await asyncio.sleep(0)
                ends.append("done")
            finally:
                running -= 1
                turn.release()

        tasks = [asyncio.create_task(work(*plan)) for plan in plans]
        for index, (kind, _, inside) in enumerate(plans):
            if kind == "cancel":
                for _ in range(inside):
                    await asyncio.sleep(0)
                tasks[index].cancel()
        results = await asyncio.gather(*tasks, return_exceptions=True)
        cancelled = sum(isinstance(result, asyncio.CancelledError) for result in results)
        assert not any(isinstance(result, AssertionError) for result in results)
        assert len(ends) + cancelled >= len(plans)
        assert not queue.busy
        assert queue.waiting == 0

    run(scenario())
