"""A telephone writes, and the platform is told as Meta tells it."""

import asyncio
import json
import subprocess
import sys

import pytest
from munbot_simulator.phones.routes import stream
from starlette.requests import Request


def test_words_arrive_signed_in_metas_shape(play):
    async def scene(town):
        await town.phone()
        written = await town.write("hola, ¿qué tal? 👋")
        [message] = await town.told(1)
        path, body = town.bridge.bodies[0]
        assert path == "/webhooks/whatsapp/meta/valle-claro"
        assert body["object"] == "whatsapp_business_account"
        value = body["entry"][0]["changes"][0]["value"]
        assert value["metadata"] == {"display_phone_number": "56222340001", "phone_number_id": "100000000000001"}
        assert value["contacts"] == [{"profile": {"name": "Ana"}, "wa_id": "56911112222"}]
        assert message["id"] == written["id"]
        assert message["from"] == "56911112222"
        assert message["timestamp"].isdigit()
        assert (message["type"], message["text"]) == ("text", {"body": "hola, ¿qué tal? 👋"})

    play(scene)


def test_locations_reactions_and_what_is_not_supported(play):
    async def scene(town):
        await town.phone()
        sent = await town.write("uno")
        place = {"latitude": -33.4, "longitude": -70.6, "address": "Los Olmos 12"}
        for body in (
            {"type": "location", "location": place},
            {"type": "reaction", "message_id": sent["id"], "emoji": "👍"},
            {"type": "unsupported"},
            {"type": "text", "text": "sí", "reply_to": sent["id"]},
        ):
            request = {"account": "valle-claro"} | body
            assert (await town.page.post("/phones/56911112222/messages", json=request)).status_code == 201
        _, location, reaction, unsupported, answer = await town.told(5)
        assert location["location"] == place
        assert reaction["reaction"] == {"message_id": sent["id"], "emoji": "👍"}
        assert "context" not in reaction
        assert (unsupported["type"], unsupported["errors"][0]["code"]) == ("unsupported", 131051)
        assert answer["context"]["id"] == sent["id"]

    play(scene)


def test_what_cannot_be_sent_says_why(play):
    async def scene(town):
        text = {"type": "text", "text": "hola"}
        await town.phone()
        for number, body, status, code in (
            ("56933334444", {"account": "valle-claro"} | text, 404, "phone_unknown"),
            ("56911112222", {"account": "otra"} | text, 404, "account_unknown"),
            ("56911112222", {"account": "valle-claro", "type": "text", "text": ""}, 422, None),
            ("56911112222", {"account": "valle-claro", "type": "video"}, 422, None),
            ("letras", {"account": "valle-claro"} | text, 422, None),
        ):
            refused = await town.page.post(f"/phones/{number}/messages", json=body)
            assert refused.status_code == status, refused.text
            assert code in {None, refused.json()["code"]}
        assert town.bridge.bodies == []

    play(scene)


def test_both_offices_keep_their_own_talk(play):
    async def scene(town):
        await town.phone()
        mine = await town.write("hola", account="punta-brava")
        await town.told(1)
        path, body = town.bridge.bodies[0]
        assert path == "/webhooks/whatsapp/meta/punta-brava"
        assert body["entry"][0]["changes"][0]["value"]["metadata"]["phone_number_id"] == "100000000000002"
        request = {"account": "valle-claro", "type": "reaction", "message_id": mine["id"], "emoji": "x"}
        refused = await town.page.post("/phones/56911112222/messages", json=request)
        assert refused.json()["code"] == "message_unknown"

    play(scene)


def test_only_changes_are_read_and_waited_for(play):
    async def scene(town):
        await town.phone()
        await town.phone("56933334444", "Luis")
        await town.write("uno")
        await town.told(1)
        await town.until(lambda: town.app.state.services.world.seq == 2)
        known = (await town.page.get("/phones/56911112222/messages")).json()
        assert [message["status"] for message in known["messages"]] == ["delivered"]
        since = {"since": known["seq"]}
        nothing = (await town.page.get("/phones/56911112222/messages", params=since)).json()
        assert nothing["messages"] == []
        waiting = asyncio.create_task(town.page.get("/phones/56911112222/messages", params=since | {"wait": 30}))
        await asyncio.sleep(0.05)
        await town.write("para otro", number="56933334444")
        await asyncio.sleep(0.05)
        assert not waiting.done()
        await town.write("dos")
        assert [message["text"] for message in (await waiting).json()["messages"]] == ["dos"]

    play(scene)


def test_everything_has_a_limit(play):
    async def scene(town):
        for number in ("56911112222", "56933334444", "56955556666"):
            await town.phone(number)
        listed = (await town.page.get("/phones")).json()["items"]
        assert [phone["number"] for phone in listed] == ["56933334444", "56955556666"]
        for n in range(12):
            await town.write(str(n), number="56933334444")
        assert [entry["text"] for entry in await town.transcript("56933334444")] == [str(n) for n in range(2, 12)]
        assert (await town.page.delete("/phones/56933334444")).status_code == 204
        assert (await town.page.get("/phones/56933334444/messages")).json()["code"] == "phone_unknown"

    play(scene, max_phones=2, max_messages=10)


def test_the_stream_goes_on_where_it_was(play):
    async def scene(town):
        services = town.app.state.services
        await town.phone()
        await town.write("uno")
        await town.told(1)

        async def first_event(last_event_id):
            headers = [(b"last-event-id", last_event_id.encode())] if last_event_id else []
            response = await stream(Request({"type": "http", "headers": headers}), services, ["56911112222"])
            return await anext(aiter(response.body_iterator))

        event = await first_event(None)
        assert [message["text"] for message in json.loads(event.data)["messages"]] == ["uno"]
        await town.write("dos")
        event = await first_event(event.id)
        assert "dos" in [message["text"] for message in json.loads(event.data)["messages"]]
        event = await first_event(f"{services.world.epoch}:{services.world.seq}")
        assert json.loads(event.data)["messages"] == []
        again = await first_event(f"another:{services.world.seq}")
        assert [message["text"] for message in json.loads(again.data)["messages"]] == ["uno", "dos"]

    play(scene)


def test_the_webhook_is_checked_as_meta_does_it(play):
    async def scene(town):
        checked = await town.page.post("/accounts/valle-claro/check")
        assert checked.json() == {"verified": True, "answer": "200"}

    play(scene)


@pytest.mark.parametrize("mode", ["production", ""])
def test_it_does_not_start_outside_a_demo(mode, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("un-secreto-de-prueba-largo")
    environment = {"SIMULATOR_SECRET_FILE": str(secret), "WEBHOOK_BASE_URL": "http://bridge", "PATH": ""}
    if mode:
        environment["MUNBOT_MODE"] = mode
    run = subprocess.run(
        [sys.executable, "-m", "munbot_simulator"], env=environment, capture_output=True, text=True, check=False
    )
    assert run.returncode == 2
    assert "MUNBOT_MODE=demo" in run.stderr
