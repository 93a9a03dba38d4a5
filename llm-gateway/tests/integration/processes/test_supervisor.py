"""A real child program, killed, stopped, hung and abandoned: every request ends exactly once, and the child comes back.

Times here are limits of patience, far above what is usual; none is a measurement.
"""

import asyncio
import os
import random
import signal
import subprocess
import sys
import textwrap
import time
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from munbot_common.problems import Unprocessable
from munbot_llm.processes import (
    Deadline,
    DeadlineExceeded,
    ProcessFailed,
    ProcessLost,
    ProcessUnavailable,
    QueueFull,
    Stage,
    SupervisedProcess,
)
from structlog.testing import capture_logs

PROGRAMS = Path(__file__).parent / "programs"
PATIENCE = 60


class PromptTooLong(Unprocessable):
    code = "prompt_too_long"
    title = "Demasiado largo"


def echo(what="hola"):
    return {"do": "echo", "what": what}


@asynccontextmanager
async def running(*, on_demand=False, arguments=None, **options):
    process = SupervisedProcess(
        "test",
        "munbot_test_child",
        arguments if arguments is not None else {},
        environment={"PYTHONPATH": str(PROGRAMS)},
        problems=[PromptTooLong],
        **options,
    )
    await process.start(on_demand=on_demand)
    try:
        yield process
    finally:
        await process.close()


async def until(condition, patience=PATIENCE):
    async with asyncio.timeout(patience):
        while not condition():  # noqa: ASYNC110 - conditions are of the system, which sets no event
            await asyncio.sleep(0.01)


def ready(process):
    return until(lambda: process.state.stage is Stage.READY)


def alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in {"Z", "X"}
    except FileNotFoundError:
        return False


def scenario(coroutine_function):
    """Run a test that is a coroutine."""

    def test():
        asyncio.run(coroutine_function())

    test.__name__ = coroutine_function.__name__
    test.__doc__ = coroutine_function.__doc__
    return test


@scenario
async def test_a_request_and_its_replies():
    async with running(arguments={"name": "eco"}) as process:
        async with process.request({"do": "count", "to": 5}, deadline=Deadline(PATIENCE)) as replies:
            assert [reply.data["number"] async for reply in replies] == [0, 1, 2, 3, 4]
        replies = await process.ask(echo("ñandú 🦙"), body=bytes(range(256)) * 40_000, deadline=Deadline(PATIENCE))
        assert replies[0].data == {"said": "ñandú 🦙"}
        assert replies[0].body == bytes(range(256)) * 40_000
        assert process.about["name"] == "eco"


@scenario
async def test_secrets_of_the_parent_stay_with_it():
    os.environ["MUNBOT_TEST_SERVICE_TOKEN"] = "geheim"
    try:
        async with running() as process:
            await ready(process)
            assert "MUNBOT_TEST_SERVICE_TOKEN" not in process.about["environment"]
            assert "PATH" in process.about["environment"]
    finally:
        del os.environ["MUNBOT_TEST_SERVICE_TOKEN"]


@scenario
async def test_started_on_demand_and_asleep_again():
    async with running(on_demand=True, idle_seconds=0.5) as process:
        await asyncio.sleep(0.3)
        assert process.state.stage is Stage.ASLEEP
        assert process.pid is None
        await process.ask(echo(), deadline=Deadline(PATIENCE))
        pid = process.pid
        await until(lambda: process.state.stage is Stage.ASLEEP and not alive(pid))
        await process.ask(echo(), deadline=Deadline(PATIENCE))
        assert process.pid != pid


@scenario
async def test_refusals_and_errors_leave_the_child_alive():
    async with running() as process:
        await ready(process)
        pid = process.pid
        with pytest.raises(PromptTooLong) as refused:
            await process.ask({"do": "refuse"}, deadline=Deadline(PATIENCE))
        assert refused.value.extra == {"tokens": 9000}
        with pytest.raises(ProcessFailed):
            await process.ask({"do": "error"}, deadline=Deadline(PATIENCE))
        await process.ask(echo(), deadline=Deadline(PATIENCE))
        assert process.pid == pid


@scenario
async def test_kill_9_loses_one_answer_and_those_who_wait_go_on():
    async with running(queue_size=5) as process:
        await ready(process)
        pid = process.pid
        doomed = asyncio.create_task(process.ask({"do": "count", "to": 10_000}, deadline=Deadline(PATIENCE)))
        await until(lambda: process.queue.busy)
        waiting = [asyncio.create_task(process.ask(echo(n), deadline=Deadline(PATIENCE))) for n in range(3)]
        await asyncio.sleep(0.1)
        os.kill(pid, signal.SIGKILL)
        with pytest.raises(ProcessLost):
            await doomed
        answers = await asyncio.gather(*waiting)
        assert [answer[0].data["said"] for answer in answers] == [0, 1, 2]
        assert process.pid != pid


@scenario
async def test_what_a_child_prints_is_in_the_log():
    with capture_logs() as lines:
        async with running() as process:
            with pytest.raises(ProcessLost):
                await process.ask({"do": "die"}, deadline=Deadline(PATIENCE))
            await until(lambda: any(line["event"] == "process_ended" for line in lines))
    said = [line for line in lines if line["event"] == "process_output"]
    assert [line["line"] for line in said] == ["about to die"]
    (end,) = (line for line in lines if line["event"] == "process_ended")
    assert (end["process"], end["cause"], end["code"]) == ("test", "died", -signal.SIGKILL)


@scenario
async def test_an_abandoned_request_frees_the_child_without_killing_it():
    async with running() as process:
        await ready(process)
        pid = process.pid
        async with process.request({"do": "count", "to": 100_000}, deadline=Deadline(PATIENCE)) as replies:
            await anext(replies)
        await process.ask(echo(), deadline=Deadline(PATIENCE))
        task = asyncio.create_task(process.ask({"do": "count", "to": 100_000}, deadline=Deadline(PATIENCE)))
        await until(lambda: process.queue.busy)
        task.cancel()
        await process.ask(echo(), deadline=Deadline(PATIENCE))
        assert task.cancelled()
        assert process.pid == pid


@scenario
async def test_a_child_that_does_not_let_go_is_killed():
    async with running(free_seconds=0.2) as process:
        await ready(process)
        pid = process.pid
        async with process.request({"do": "hang"}, deadline=Deadline(PATIENCE)) as replies:
            await anext(replies)
        await process.ask(echo(), deadline=Deadline(PATIENCE))
        assert process.pid != pid
        assert not alive(pid)


@scenario
async def test_a_silent_child_is_killed_and_replaced():
    async with running(silent_ticks=2) as process:
        await ready(process)
        pid = process.pid
        with pytest.raises(ProcessLost):
            await process.ask({"do": "stop"}, deadline=Deadline(PATIENCE))
        await process.ask(echo(), deadline=Deadline(PATIENCE))
        assert process.pid != pid


@scenario
async def test_the_deadline_covers_the_run_and_the_wait():
    async with running() as process:
        await ready(process)
        with pytest.raises(DeadlineExceeded):
            await process.ask({"do": "count", "to": 100_000}, deadline=Deadline(0.3))
        async with process.request({"do": "count", "to": 100_000}, deadline=Deadline(PATIENCE)) as long:
            await anext(long)
            with pytest.raises(DeadlineExceeded):
                await process.ask(echo(), deadline=Deadline(0.2))
        await process.ask(echo(), deadline=Deadline(PATIENCE))


@scenario
async def test_a_reader_that_does_not_read_holds_nobody_up():
    async with running() as process:
        async with process.request({"do": "count", "to": 3}, deadline=Deadline(PATIENCE)) as slow:
            await process.ask(echo(), deadline=Deadline(PATIENCE))
            assert [reply.data["number"] async for reply in slow] == [0, 1, 2]
        async with process.request({"do": "count", "to": 100_000}, deadline=Deadline(0.3)) as slow:
            await process.ask(echo(), deadline=Deadline(PATIENCE))
            with pytest.raises(DeadlineExceeded):
                [reply async for reply in slow]


@scenario
async def test_a_full_queue():
    async with running(queue_size=1) as process:
        long = asyncio.create_task(process.ask({"do": "count", "to": 100_000}, deadline=Deadline(PATIENCE)))
        await until(lambda: process.queue.busy)
        second = asyncio.create_task(process.ask(echo(), deadline=Deadline(PATIENCE)))
        await until(lambda: process.queue.waiting == 1)
        with pytest.raises(QueueFull):
            await process.ask(echo(), deadline=Deadline(PATIENCE))
        long.cancel()
        await second


@scenario
async def test_a_child_that_cannot_load_says_why_and_is_tried_again():
    tries = []

    def arguments():
        tries.append(1)
        return {"fail": "engine_missing", "retry_seconds": 0.1} if len(tries) < 3 else {}

    async with running(arguments=arguments) as process:
        await until(lambda: process.state.stage is Stage.FAILED)
        assert process.state.reason == "engine_missing"
        with pytest.raises(ProcessUnavailable) as away:
            await process.ask(echo(), deadline=Deadline(PATIENCE))
        assert away.value.extra == {"reason": "engine_missing"}
        await ready(process)
        await process.ask(echo(), deadline=Deadline(PATIENCE))


@scenario
async def test_what_holds_the_start_is_asked_before_a_process_is_made():
    reasons = ["engine_missing", "engine_missing"]
    async with running(hold=lambda: reasons.pop() if reasons else None, hold_seconds=0.1) as process:
        await until(lambda: process.state.stage is Stage.FAILED)
        assert process.pid is None
        await ready(process)


@scenario
async def test_one_that_always_dies_while_loading_is_failed():
    async with running(arguments={"die_while_loading": True}) as process:
        await until(lambda: process.state.stage is Stage.FAILED)
        assert process.state.reason == "died_while_loading"


@scenario
async def test_one_that_loads_too_long_is_failed():
    async with running(arguments={"load_seconds": 600}, start_seconds=0.5) as process:
        await until(lambda: process.state.stage is Stage.FAILED)
        assert process.state.reason == "start_timeout"


@scenario
async def test_closing_ends_what_runs_and_leaves_no_process():
    async with running() as process:
        await ready(process)
        pid = process.pid
        tasks = [asyncio.create_task(process.ask({"do": "hang"}, deadline=Deadline(PATIENCE))) for _ in range(3)]
        await until(lambda: process.queue.waiting == 2)
    ends = await asyncio.gather(*tasks, return_exceptions=True)
    assert all(isinstance(end, ProcessUnavailable) for end in ends)
    assert not alive(pid)


def test_a_child_dies_with_its_parent():
    program = textwrap.dedent(
        """
        import asyncio, sys
        from munbot_llm.processes import SupervisedProcess, Stage
        async def main():
            process = SupervisedProcess("test", "munbot_test_child", {}, environment={"PYTHONPATH": sys.argv[1]})
            await process.start()
            while process.state.stage is not Stage.READY:
                await asyncio.sleep(0.01)
            print("pid", process.pid, flush=True)
            await asyncio.sleep(600)
        asyncio.run(main())
        """
    )
    parent = subprocess.Popen([sys.executable, "-c", program, str(PROGRAMS)], stdout=subprocess.PIPE, text=True)
    pid = next(int(line.split()[1]) for line in parent.stdout if line.startswith("pid "))
    assert alive(pid)
    parent.kill()
    parent.wait()
    parent.stdout.close()
    deadline = time.monotonic() + PATIENCE
    while alive(pid) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not alive(pid)


@pytest.mark.parametrize("seed", range(3))
def test_chaos_every_request_ends_exactly_once(seed):
    """Forty requests of all kinds, abandoned and late ones among them, while the child is killed again and again."""
    chance = random.Random(seed)

    async def one(process, number, ends):
        kind = chance.choice(["echo", "count", "late", "cancel", "refuse", "die"])
        data = {
            "echo": echo(number),
            "count": {"do": "count", "to": 20},
            "late": {"do": "count", "to": 100_000},
            "cancel": {"do": "count", "to": 100_000},
            "refuse": {"do": "refuse"},
            "die": {"do": "die"},
        }[kind]
        await asyncio.sleep(chance.random() * 3)
        task = asyncio.create_task(process.ask(data, deadline=Deadline(0.5 if kind == "late" else PATIENCE)))
        if kind == "cancel":
            await asyncio.sleep(chance.random())
            task.cancel()
        try:
            replies = await task
        except asyncio.CancelledError:
            ends.append((number, "cancelled"))
        except (ProcessLost, ProcessUnavailable, DeadlineExceeded, PromptTooLong, QueueFull) as problem:
            ends.append((number, problem.code))
        else:
            assert kind in {"echo", "count"}
            assert len(replies) == (20 if kind == "count" else 1)
            assert kind == "count" or replies[0].data["said"] == number
            ends.append((number, "answered"))

    async def killer(process):
        while True:
            await asyncio.sleep(0.3 + chance.random() * 1.5)
            if process.pid:
                os.kill(process.pid, chance.choice([signal.SIGKILL, signal.SIGKILL, signal.SIGSEGV]))

    async def run():
        ends = []
        async with running(queue_size=20) as process:
            await ready(process)
            kills = asyncio.create_task(killer(process))
            async with asyncio.timeout(180):
                await asyncio.gather(*(one(process, number, ends) for number in range(40)))
            kills.cancel()
            await ready(process)
            (answer,) = await process.ask(echo("vivo"), deadline=Deadline(PATIENCE))
            assert answer.data["said"] == "vivo"
            assert not process.queue.busy
            assert process.queue.waiting == 0
        assert sorted(number for number, _ in ends) == list(range(40))
        assert {"answered"} <= {end for _, end in ends}

    asyncio.run(run())
