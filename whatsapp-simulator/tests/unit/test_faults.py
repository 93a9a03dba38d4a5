"""What goes wrong on purpose, and what is tried again."""

import asyncio

import httpx
import pytest
from munbot_simulator.webhooks.courier import wait_after

TEXT = {"type": "text", "text": {"body": "Hola"}}


def _texts(messages):
    return [message["text"]["body"] for message in messages]


def test_what_is_not_taken_is_told_again_in_order(play):
    async def scene(town):
        await town.phone()
        broken = AttributeError("no socket")  # a connection that broke while it was made
        town.bridge.answers = [503, httpx.ConnectError("away"), httpx.ReadTimeout("slow"), broken, 401]
        for n in range(3):
            await town.write(str(n))
            await town.until(lambda n=n: len(town.bridge.refused) > n)
        shown = (await town.transcript())[0]
        assert shown["status"] == "sent"
        assert shown["undelivered"]["answer"] in {"503", "unreachable", "timeout"}
        await town.faults()  # a change of the switches lets it try at once
        for n in (4, 5):
            await town.until(lambda n=n: len(town.bridge.refused) == n)
            await town.faults()
        assert _texts(await town.told(3)) == ["0", "1", "2"]
        await town.until(lambda: not town.app.state.services.courier._lanes)
        for entry in await town.transcript():
            assert (entry["status"], entry["undelivered"]) == ("delivered", None)

    play(scene)


def test_waits_grow_up_to_five_minutes():
    assert [wait_after(n) for n in range(1, 11)] == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300]
    assert wait_after(10_000) == 300


def test_duplicates(play):
    async def scene(town):
        await town.phone()
        await town.faults(duplicate=3)
        await town.write("uno")
        messages = await town.told(3)
        assert len({message["id"] for message in messages}) == 1
        await town.faults(duplicate=5, duplicate_at_random=True)
        for n in range(20):
            await town.write(str(n))
        await town.until(lambda: not town.app.state.services.courier._lanes)
        counts = [_texts(town.bridge.messages()[3:]).count(str(n)) for n in range(20)]
        assert min(counts) >= 1
        assert max(counts) <= 5
        assert len(set(counts)) > 1

    play(scene)


def test_a_burst_comes_in_one_request(play):
    async def scene(town):
        await town.phone()
        await town.faults(burst=True, hold_ms=100)
        for n in range(5):
            await town.write(str(n))
        await town.told(5)
        assert len(town.bridge.bodies) == 1
        value = town.bridge.values()[0]
        assert len(value["contacts"]) == 1
        assert _texts(value["messages"]) == ["0", "1", "2", "3", "4"]

    play(scene)


def test_shuffled_messages_all_come(play):
    async def scene(town):
        await town.phone()
        await town.faults(shuffle=True, hold_ms=100)
        written = [str(n) for n in range(30)]
        for text in written:
            await town.write(text)
        told = _texts(await town.told(30))
        assert sorted(told) == sorted(written)
        assert told != written
        assert len(town.bridge.bodies) == 30

    play(scene)


def test_a_bad_signature_is_told_again_with_a_good_one(play):
    async def scene(town):
        await town.phone()
        await town.faults(bad_signature=True)
        await town.write("uno")
        await town.until(lambda: town.bridge.refused)
        assert town.bridge.bodies == []
        await town.faults()
        assert _texts(await town.told(1)) == ["uno"]

    play(scene)


def test_a_provider_that_is_down_takes_nothing_and_tells_nothing(play):
    async def scene(town):
        await town.phone()
        await town.write("antes")
        await town.told(1)
        await town.faults(provider_down=True)
        refused = await town.send(TEXT)
        assert (refused.status_code, refused.json()["error"]["code"]) == (503, 2)
        await town.write("durante")
        assert (await town.transcript())[-1]["status"] == "sent"
        assert town.bridge.refused == []
        assert len(town.bridge.bodies) == 1
        await town.faults()
        assert _texts(await town.told(2)) == ["antes", "durante"]
        assert (await town.send(TEXT)).status_code == 200

    play(scene)


@pytest.mark.parametrize(
    ("code", "status"), [(130429, 429), (131056, 429), (80007, 400), (4, 400), (190, 401), (131000, 500), (999, 400)]
)
def test_codes_are_answered_once_each_then_it_works(play, code, status):
    async def scene(town):
        await town.phone()
        await town.write()
        await town.faults(errors_once=[code, 131047])
        refused = await town.send(TEXT)
        assert (refused.status_code, refused.json()["error"]["code"]) == (status, code)
        assert (await town.send(TEXT)).json()["error"]["code"] == 131047
        assert (await town.send(TEXT)).status_code == 200
        assert (await town.page.get("/faults")).json()["errors_once"] == []
        assert len(await town.transcript()) == 2

    play(scene)


def test_limits_last_until_they_are_lifted(play):
    async def scene(town):
        await town.phone()
        await town.write()
        await town.faults(rate_limited=131056)
        for _ in range(3):
            assert (await town.send(TEXT)).json()["error"]["code"] == 131056
        await town.faults()
        assert (await town.send(TEXT)).status_code == 200

    play(scene)


def test_a_slow_provider_has_taken_the_message_before_it_answers(play):
    async def scene(town):
        await town.phone()
        await town.write()
        await town.faults(slow_ms=60_000)
        sending = asyncio.create_task(town.send(TEXT))
        await town.told(2, what="statuses")
        assert [entry["text"] for entry in await town.transcript()] == ["hola", "Hola"]
        assert not sending.done()
        sending.cancel()

    play(scene)


def test_a_closed_window(play):
    async def scene(town):
        await town.phone()
        await town.write()
        await town.faults(window_closed=True)
        assert (await town.send(TEXT)).status_code == 200
        [status] = await town.told(1, what="statuses")
        assert status["errors"][0]["code"] == 131047

    play(scene)


def test_unknown_switches_are_refused(play):
    async def scene(town):
        for switches in ({"duplicate": 6}, {"slow_ms": -1}, {"other": True}):
            assert (await town.page.put("/faults", json=switches)).status_code == 422
        assert (await town.page.get("/faults")).json()["duplicate"] == 1

    play(scene)


def test_too_much_waiting_is_said(play):
    async def scene(town):
        await town.phone()
        await town.faults(provider_down=True)
        for n in range(3):
            await town.write(str(n))
        body = {"account": "valle-claro", "type": "text", "text": "x"}
        refused = await town.page.post("/phones/56911112222/messages", json=body)
        assert (refused.status_code, refused.json()["code"]) == (429, "too_many_pending")
        assert len(await town.transcript()) == 3

    play(scene, max_pending=3)
