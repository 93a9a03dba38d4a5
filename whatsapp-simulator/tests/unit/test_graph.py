"""What an office sends appears on the telephone, within WhatsApp's limits."""

from datetime import timedelta

import pytest


def _buttons(*titles, body="¿Cuál?"):
    buttons = [{"type": "reply", "reply": {"id": f"id-{title}", "title": title}} for title in titles]
    return {
        "type": "interactive",
        "interactive": {"type": "button", "body": {"text": body}, "action": {"buttons": buttons}},
    }


def _list(rows, **other):
    sections = [
        {"title": "Horas", "rows": [{"id": str(n), "title": f"Hora {n}", "description": "d"} for n in range(rows)]}
    ]
    action = {"button": "Ver", "sections": sections} | other
    return {"type": "interactive", "interactive": {"type": "list", "body": {"text": "Elija"}, "action": action}}


def _text(body="Hola"):
    return {"type": "text", "text": {"body": body}}


def _template(*parameters, payloads=(), name="appointment_reminder", language="es_CL"):
    components = [{"type": "body", "parameters": [{"type": "text", "text": text} for text in parameters]}]
    components += [
        {
            "type": "button",
            "sub_type": "quick_reply",
            "index": str(n),
            "parameters": [{"type": "payload", "payload": p}],
        }
        for n, p in enumerate(payloads)
    ]
    return {"type": "template", "template": {"name": name, "language": {"code": language}, "components": components}}


def test_text_is_shown_and_its_way_is_told(play):
    async def scene(town):
        await town.phone()
        await town.write()
        sent = await town.send(_text("Buenas tardes"), to="+56 9 1111 2222", biz_opaque_callback_data="ref-1")
        assert sent.status_code == 200
        assert sent.json()["contacts"] == [{"input": "+56 9 1111 2222", "wa_id": "56911112222"}]
        wamid = sent.json()["messages"][0]["id"]
        shown = (await town.transcript())[-1]
        assert (shown["id"], shown["author"], shown["text"]) == (wamid, "office", "Buenas tardes")
        statuses = await town.told(2, what="statuses")
        assert [status["status"] for status in statuses] == ["sent", "delivered"]
        assert {status["id"] for status in statuses} == {wamid}
        assert {status["biz_opaque_callback_data"] for status in statuses} == {"ref-1"}
        assert {status["recipient_id"] for status in statuses} == {"56911112222"}
        await town.page.post("/phones/56911112222/read", json={"account": "valle-claro"})
        statuses = await town.told(3, what="statuses")
        assert statuses[-1]["status"] == "read"
        await town.page.post("/phones/56911112222/read", json={"account": "valle-claro"})
        await town.write("otra")
        await town.told(2)
        assert len(town.bridge.statuses()) == 3

    play(scene)


def test_a_button_is_pressed(play):
    async def scene(town):
        await town.phone()
        await town.write()
        wamid = (await town.send(_buttons("Sí", "No"))).json()["messages"][0]["id"]
        assert (await town.choose(wamid, "id-No")).status_code == 201
        message = (await town.told(2))[-1]
        assert message["context"] == {"from": "56222340001", "id": wamid}
        reply = {"type": "button_reply", "button_reply": {"id": "id-No", "title": "No"}}
        assert (message["type"], message["interactive"]) == ("interactive", reply)

    play(scene)


def test_a_row_is_chosen(play):
    async def scene(town):
        await town.phone()
        await town.write()
        wamid = (await town.send(_list(10))).json()["messages"][0]["id"]
        assert len((await town.transcript())[-1]["options"]["sections"][0]["rows"]) == 10
        assert (await town.choose(wamid, "7")).status_code == 201
        message = (await town.told(2))[-1]
        chosen = {"type": "list_reply", "list_reply": {"id": "7", "title": "Hora 7", "description": "d"}}
        assert message["interactive"] == chosen

    play(scene)


def test_what_is_not_offered_cannot_be_chosen(play):
    async def scene(town):
        await town.phone()
        await town.write()
        wamid = (await town.send(_buttons("Sí"))).json()["messages"][0]["id"]
        assert (await town.choose(wamid, "id-No")).json()["code"] == "choice_unknown"
        assert (await town.choose("wamid.other", "id-Sí")).json()["code"] == "message_unknown"

    play(scene)


def test_a_template_goes_outside_the_window_and_its_button_gives_the_payload(play):
    async def scene(town):
        await town.phone()
        await town.told(0)
        closed = await town.send(_text())
        assert closed.status_code == 200
        [status] = await town.told(1, what="statuses")
        assert (status["status"], status["errors"][0]["code"]) == ("failed", 131047)
        assert await town.transcript() == []
        sent = await town.send(_template("Ana", "lunes 23", payloads=["/confirm", "/decline"]))
        assert sent.status_code == 200, sent.text
        [shown] = await town.transcript()
        assert shown["text"] == "Hola Ana: lo esperamos el lunes 23."
        assert shown["buttons"][1] == {"id": "/decline", "title": "No podré ir", "description": ""}
        await town.choose(shown["id"], "/decline")
        [message] = await town.told(1)
        assert (message["type"], message["button"]) == ("button", {"payload": "/decline", "text": "No podré ir"})

    play(scene)


def test_the_window_closes_a_day_after_the_citizen_wrote(play):
    async def scene(town):
        await town.phone()
        await town.write()
        town.clock.ahead = timedelta(hours=23, minutes=59)
        await town.send(_text("a tiempo"))
        town.clock.ahead = timedelta(hours=24, minutes=1)
        await town.send(_text("tarde"))
        statuses = await town.told(3, what="statuses")
        assert [status["status"] for status in statuses] == ["sent", "delivered", "failed"]
        assert statuses[-1]["errors"][0]["code"] == 131047
        assert [entry["text"] for entry in await town.transcript()] == ["hola", "a tiempo"]

    play(scene)


def test_a_number_without_whatsapp_fails_by_a_status(play):
    async def scene(town):
        sent = await town.send(_text(), to="56999999999", biz_opaque_callback_data="r")
        assert sent.status_code == 200
        [status] = await town.told(1, what="statuses")
        assert (status["status"], status["errors"][0]["code"]) == ("failed", 131026)
        assert status["biz_opaque_callback_data"] == "r"

    play(scene)


def test_the_other_kinds_are_shown(play):
    async def scene(town):
        await town.phone()
        written = await town.write()
        uploaded = await town.graph.post(
            "/v23.0/100000000000001/media",
            data={"messaging_product": "whatsapp", "type": "application/pdf"},
            files={"file": ("bases.pdf", b"%PDF-1.7", "application/pdf")},
        )
        file_id = uploaded.json()["id"]
        location = {"latitude": -33.45, "longitude": -70.66, "name": "Municipalidad"}
        for content in (
            {"type": "document", "document": {"id": file_id, "filename": "otras.pdf", "caption": "Las bases"}},
            {"type": "location", "location": location},
            {"type": "reaction", "reaction": {"message_id": written["id"], "emoji": "👍"}},
        ):
            sent = await town.send(content)
            assert sent.status_code == 200, sent.text
        _, document, place, reaction = await town.transcript()
        assert (document["file"]["filename"], document["text"]) == ("otras.pdf", "Las bases")
        assert place["location"] == location | {"address": None}
        assert (reaction["reply_to"], reaction["text"]) == (written["id"], "👍")

    play(scene)


def test_reading_and_writing_marks_are_shown(play):
    async def scene(town):
        await town.phone()
        _, second, third = [await town.write(text) for text in ("uno", "dos", "tres")]
        await town.told(3)
        mark = {"messaging_product": "whatsapp", "status": "read", "message_id": second["id"]}
        path = "/v23.0/100000000000001/messages"
        marked = await town.graph.post(path, json=mark | {"typing_indicator": {"type": "text"}})
        assert marked.json() == {"success": True}
        found = (await town.page.get("/phones/56911112222/messages")).json()
        assert [message["status"] for message in found["messages"]] == ["read", "read", "delivered"]
        assert found["typing"][0]["until"]
        await town.send(_text())
        later = (await town.page.get("/phones/56911112222/messages", params={"since": found["seq"]})).json()
        assert later["typing"] == [{"phone": "56911112222", "account": "valle-claro", "until": None}]
        other = await town.graph.post("/v23.0/100000000000002/messages", json=mark)
        assert other.json()["error"]["code"] == 131009
        assert third["status"] == "sent"

    play(scene)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (_text("x" * 4097), 131009),
        (_text(""), 131009),
        ({"type": "text"}, 131008),
        (_buttons("a", "b", "c", "d"), 131009),
        (_buttons(), 131009),
        (_buttons("a" * 21), 131009),
        (_buttons("a", "a"), 131009),
        (_buttons("a", body="x" * 1025), 131009),
        (_list(11), 131009),
        (_list(1, button="b" * 21), 131009),
        (_list(1, sections=[{"rows": [{"id": "1", "title": "t" * 25}]}]), 131009),
        (_list(1, sections=[{"rows": [{"id": "1", "title": "t"}]}] * 2), 131009),
        (_list(1, sections=[{"rows": [{"id": "1", "title": "t", "description": "d" * 73}]}]), 131009),
        ({"type": "location", "location": {"latitude": 91, "longitude": 0}}, 131009),
        ({"type": "image", "image": {"id": "123"}}, 131009),
        ({"type": "image", "image": {"link": "https://other/image.jpg"}}, 131008),
        ({"type": "poll", "poll": {}}, 131051),
        (_template("Ana"), 132000),
        (_template("Ana", "lunes", payloads=["a", "b", "c"]), 132000),
        (_template("Ana", "lunes\nmartes"), 131009),
        (_template("Ana", "lunes", name="other"), 132001),
        (_template("Ana", "lunes", language="en"), 132001),
        ({"messaging_product": "sms", **_text()}, 131009),
        ({"to": "Ana", **_text()}, 131009),
        ({"biz_opaque_callback_data": "x" * 513, **_text()}, 131009),
    ],
)
def test_metas_limits_are_kept(play, content, code):
    async def scene(town):
        await town.phone()
        await town.write()
        refused = await town.send(content)
        assert refused.json()["error"]["code"] == code
        assert 400 <= refused.status_code < 500
        assert len(await town.transcript()) == 1

    play(scene)


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b'"x"', b'{"type": 5}', b'{"status": 3}', b"\xff\xfe"])
def test_hostile_bodies_are_refused_as_meta_refuses(play, body):
    async def scene(town):
        refused = await town.graph.post("/v23.0/100000000000001/messages", content=body)
        assert refused.status_code == 400
        assert refused.json()["error"]["code"] in {100, 131008, 131009, 131051}

    play(scene)


def test_token_and_number_are_looked_at(play):
    async def scene(town):
        probe = await town.graph.get("/v23.0/100000000000002")
        assert probe.json()["verified_name"] == "Municipalidad de Punta Brava"
        for headers in ({"Authorization": ""}, {"Authorization": "Bearer x"}, {"Authorization": "Basic Og=="}):
            refused = await town.graph.get("/v23.0/100000000000002", headers=headers)
            assert (refused.status_code, refused.json()["error"]["code"]) == (401, 190)
        unknown = await town.graph.get("/v23.0/999")
        assert (unknown.status_code, unknown.json()["error"]["type"]) == (400, "GraphMethodException")
        refused = await town.send(_text(), number_id="100000000000009")
        assert refused.json()["error"]["code"] == 100

    play(scene)


def test_uploads_are_limited(play):
    async def scene(town):
        path = "/v23.0/100000000000001/media"
        fields = {"messaging_product": "whatsapp", "type": "image/jpeg"}
        large = await town.graph.post(path, data=fields, files={"file": ("a", bytes(6 * 1024 * 1024), "image/jpeg")})
        assert large.json()["error"]["code"] == 131053
        other = await town.graph.post(path, data=fields, files={"file": ("a", b"x", "application/x-sh")})
        assert other.json()["error"]["code"] == 100
        missing = await town.graph.post(path, data=fields)
        assert missing.json()["error"]["code"] == 100

    play(scene)
