"""What officials work with: reading, assigning, notes, canned answers and what they know of a citizen."""

import pytest
from munbot_common.ids import uuid7
from munbot_common.outbox import make_event
from munbot_contracts.messages import MESSAGE_INITIATED, MESSAGE_MEDIA, MessageInitiated, MessageMedia, Sender
from munbot_conversations.audit.models import AuditEntry
from munbot_conversations.messages.models import Message
from munbot_conversations.models import OUTBOX
from sqlalchemy import func, select

VALLE, PUNTA = "valle-claro", "punta-brava"


def problem(answer, status, code):
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert answer.json()["code"] == code, answer.text


@pytest.fixture
def conversation(client, headers, hears):
    """Callable: a citizen writes these texts; returns the conversation as the agent sees it."""

    def make(*texts, tenant=VALLE, **options):
        address = options.pop("address", None) or str(uuid7())
        for text in texts or ("hola",):
            hears(text, address=address, tenant=tenant, **options)
        found = client.get("/v1/conversations?limit=5", headers=headers("agent", tenant)).json()["items"]
        return next(item for item in found if item["contact"]["address"] == address)

    return make


@pytest.fixture
def told(session_factory):
    """Callable: the data of the events of a type about a conversation, oldest first."""

    def find(kind, conversation_id):
        with session_factory() as session:
            rows = session.scalars(select(OUTBOX.c.body).where(OUTBOX.c.routing_key == f"{kind}.v1").order_by("seq"))
            return [row["data"] for row in rows if row["data"]["conversation_id"] == str(conversation_id)]

    return find


class TestStored:
    """Pages of officials are told of every message but the bot's, which go out as outbound ones."""

    def test_of_citizens_and_officials(self, client, headers, conversation, told):
        found = conversation("hola", "¿hay alguien?")
        path = f"/v1/conversations/{found['id']}/messages"
        sent = client.post(path, json={"text": "Buenos días"}, headers=headers("agent")).json()
        news = told("message.stored", found["id"])
        assert [(item["seq"], item["sender_type"]) for item in news] == [(1, "citizen"), (2, "citizen"), (3, "agent")]
        assert news[2]["message_id"] == sent["id"]
        assert not any("text" in item for item in news)

    def test_once_though_the_channel_sends_twice(self, hears, received, told, session_factory):
        event = hears("hola", provider_id="the-same")
        again = received("hola", provider_id="the-same", message_id=event.data.message_id)
        hears.ingest.received(again, again.data)
        hears.ingest.received(event, event.data)
        with session_factory() as session:
            conversation_id = session.get(Message, event.data.message_id).conversation_id
        assert len(told("message.stored", conversation_id)) == 1

    def test_of_what_the_office_begins(self, hears, told, session_factory):
        data = MessageInitiated(
            message_id=uuid7(),
            channel="whatsapp",
            account="main",
            recipient=Sender(address="56912345678"),
            text="Le recordamos su hora",
            created_at="2026-11-23T12:00:00Z",
        )
        event = make_event(source="t", event_type=MESSAGE_INITIATED, subject="x", tenant=VALLE, data=data)
        hears.ingest.initiated(event, data)
        with session_factory() as session:
            conversation_id = session.get(Message, data.message_id).conversation_id
        assert [item["sender_type"] for item in told("message.stored", conversation_id)] == ["system"]

    def test_of_a_file_that_comes_later(self, hears, conversation, client, headers, told):
        address = "56987654321"
        voice = hears("", kind="audio", media_pending=True, address=address, channel="whatsapp")
        found = client.get("/v1/conversations?limit=1", headers=headers("agent")).json()["items"][0]
        assert found["last_message"]["text"] == "Nota de voz"
        data = MessageMedia(
            message_id=voice.data.message_id, channel="whatsapp", account="widget", transcript="quiero una hora"
        )
        event = make_event(source="t", event_type=MESSAGE_MEDIA, subject="x", tenant=VALLE, data=data)
        hears.ingest.media(event, data)
        assert len(told("message.stored", found["id"])) == 2
        again = client.get(f"/v1/conversations/{found['id']}", headers=headers("agent")).json()
        assert again["last_message"]["text"] == "Nota de voz: quiero una hora"

    @pytest.mark.parametrize(
        ("kind", "words"), [("image", "Foto"), ("location", "Ubicación"), ("document", "Documento")]
    )
    def test_the_list_says_in_words_what_came_without_words(self, conversation, kind, words):
        assert conversation("", kind=kind)["last_message"]["text"] == words


class TestReading:
    def read(self, client, headers, conversation_id, role="agent", **wish):
        return client.put(f"/v1/conversations/{conversation_id}/read", json=wish, headers=headers(role))

    def test_each_official_has_their_own_position(self, client, headers, conversation):
        found = conversation("uno", "dos", "tres")
        path = f"/v1/conversations/{found['id']}"
        assert found["unread"] == 3
        assert self.read(client, headers, found["id"], seq=2).json() == {"seq": 2, "unread": 1}
        assert client.get(path, headers=headers("agent")).json()["unread"] == 1
        assert client.get(path, headers=headers("viewer")).json()["unread"] == 3

    def test_only_the_citizens_messages_count(self, client, headers, conversation):
        found = conversation("uno")
        path = f"/v1/conversations/{found['id']}"
        self.read(client, headers, found["id"], seq=1)
        client.post(f"{path}/messages", json={"text": "Hola"}, headers=headers("admin"))
        assert client.get(path, headers=headers("agent")).json()["unread"] == 0

    def test_a_late_request_does_not_go_back_unless_it_is_meant(self, client, headers, conversation):
        found = conversation("uno", "dos")
        self.read(client, headers, found["id"], seq=2)
        assert self.read(client, headers, found["id"], seq=1).json() == {"seq": 2, "unread": 0}
        assert self.read(client, headers, found["id"], seq=1, back=True).json() == {"seq": 1, "unread": 1}

    def test_nobody_reads_what_is_not_there_yet(self, client, headers, conversation):
        address = str(uuid7())
        found = conversation("uno", address=address)
        assert self.read(client, headers, found["id"], seq=900).json() == {"seq": 1, "unread": 0}
        assert conversation("dos", address=address)["unread"] == 1

    def test_the_list_is_filtered_by_it(self, client, headers, conversation):
        read, unread = conversation("leída"), conversation("sin leer")
        self.read(client, headers, read["id"], seq=1)

        def ids(wanted):
            page = client.get(f"/v1/conversations?unread={wanted}&limit=200", headers=headers("agent")).json()
            return {item["id"] for item in page["items"]}

        assert unread["id"] in ids("true")
        assert read["id"] not in ids("true")
        assert read["id"] in ids("false")
        assert unread["id"] not in ids("false")


class TestAssigning:
    def assign(self, client, headers, conversation_id, agent_id, role="admin"):
        wish = {"agent_id": str(agent_id) if agent_id else None}
        return client.post(f"/v1/conversations/{conversation_id}/assign", json=wish, headers=headers(role))

    def test_whoever_is_given_it_has_the_word_and_the_citizen_waits_on(
        self, client, headers, conversation, agents, told, session_factory
    ):
        found = conversation()
        wish = {"reason": "ask_human"}
        client.post(f"/v1/conversations/{found['id']}/handoff", json=wish, headers=headers("service"))
        given = self.assign(client, headers, found["id"], agents[VALLE, "agent"]).json()
        assert (given["mode"], given["assigned_agent"]["id"]) == ("human", str(agents[VALLE, "agent"]))
        assert given["waiting_since"] is not None
        assert given["version"] > found["version"]
        assert [item["agent_id"] for item in told("conversation.assigned", found["id"])] == [
            given["assigned_agent"]["id"]
        ]
        with session_factory() as session:
            noted = session.scalars(select(AuditEntry).where(AuditEntry.object_id == found["id"])).all()
        assert [entry.action for entry in noted] == ["conversation.assign"]
        assert noted[0].after["assigned_agent_id"] == str(agents[VALLE, "agent"])

    def test_giving_it_to_oneself_ends_the_waiting(self, client, headers, conversation, agents):
        found = conversation()
        client.post(f"/v1/conversations/{found['id']}/handoff", json={"reason": "x"}, headers=headers("service"))
        given = self.assign(client, headers, found["id"], agents[VALLE, "agent"], role="agent").json()
        assert given["waiting_since"] is None

    def test_giving_it_to_nobody_leaves_the_bot_silent(self, client, headers, conversation, agents, told):
        found = conversation()
        self.assign(client, headers, found["id"], agents[VALLE, "agent"])
        left = self.assign(client, headers, found["id"], None).json()
        assert (left["mode"], left["assigned_agent"]) == ("human", None)
        assert left["waiting_since"] is not None
        assert told("conversation.assigned", found["id"])[-1]["agent_id"] is None

    def test_the_same_again_says_nothing(self, client, headers, conversation, agents, told):
        found = conversation()
        assert self.assign(client, headers, found["id"], None).json()["mode"] == "bot"
        for _ in range(2):
            self.assign(client, headers, found["id"], agents[VALLE, "agent"])
        assert len(told("conversation.assigned", found["id"])) == 1

    @pytest.mark.parametrize("whom", [(VALLE, "viewer"), (PUNTA, "agent"), None])
    def test_not_to_one_who_may_not_write(self, client, headers, conversation, agents, whom):
        found = conversation()
        answer = self.assign(client, headers, found["id"], agents[whom] if whom else uuid7())
        problem(answer, 422, "agent_not_assignable")

    def test_mine(self, client, headers, conversation, agents):
        mine, other = conversation(), conversation()
        self.assign(client, headers, mine["id"], agents[VALLE, "agent"])
        self.assign(client, headers, other["id"], agents[VALLE, "admin"])

        def ids(wanted):
            page = client.get(f"/v1/conversations?mine={wanted}&limit=200", headers=headers("agent")).json()
            return {item["id"] for item in page["items"]}

        assert mine["id"] in ids("true")
        assert other["id"] not in ids("true")
        assert other["id"] in ids("false")


class TestNotes:
    def test_for_officials_alone(self, client, headers, conversation, told):
        found = conversation()
        path = f"/v1/conversations/{found['id']}/notes"
        key = {"Idempotency-Key": "note", **headers("agent")}
        wish = {"text": " Llamó ayer: <b>viene</b> el martes "}
        made = [client.post(path, json=wish, headers=key).json() for _ in range(2)]
        assert made[0] == made[1]
        listed = client.get(path, headers=headers("viewer")).json()["items"]
        assert [item["text"] for item in listed] == ["Llamó ayer: <b>viene</b> el martes"]
        assert (listed[0]["agent"]["name"], listed[0]["after_seq"]) == ("agent valle-claro", 1)
        assert [item["note_id"] for item in told("conversation.noted", found["id"])] == [listed[0]["id"]]
        visitor = headers("visitor", conversation_id=found["id"], subject="x")
        problem(client.get(path, headers=visitor), 403, "forbidden")
        thread = client.get(f"/v1/conversations/{found['id']}/messages", headers=visitor).json()["items"]
        assert [item["text"] for item in thread] == ["hola"]

    def test_not_in_the_audit_log(self, client, headers, conversation, session_factory):
        found = conversation()
        client.post(f"/v1/conversations/{found['id']}/notes", json={"text": "un secreto"}, headers=headers("agent"))
        with session_factory() as session:
            entry = session.scalars(select(AuditEntry).where(AuditEntry.object_id == found["id"])).one()
        assert entry.action == "conversation.note"
        assert "secreto" not in str(entry.after)

    def test_a_viewer_only_reads(self, client, headers, conversation):
        path = f"/v1/conversations/{conversation()['id']}/notes"
        problem(client.post(path, json={"text": "a"}, headers=headers("viewer")), 403, "forbidden")


@pytest.fixture
def news(session_factory):
    """Callable: the events of a type about one thing, oldest first."""

    def find(kind, subject):
        with session_factory() as session:
            rows = session.scalars(select(OUTBOX.c.body).where(OUTBOX.c.routing_key == f"{kind}.v1").order_by("seq"))
            return [row["data"] for row in rows if row["subject"] == str(subject)]

    return find


class TestCannedAnswers:
    PATH = "/v1/canned-answers"

    def test_open_pages_are_told_which_changed_and_not_what_it_says(self, client, headers, news):
        item = client.post(self.PATH, json={"title": "Aviso", "text": "Un secreto"}, headers=headers("agent")).json()
        path = f"{self.PATH}/{item['id']}"
        client.patch(path, json={"text": "Otro secreto"}, headers=headers("admin"))
        client.delete(path, headers=headers("agent"))
        told = news("canned_answer.changed", item["id"])
        assert [one["kind"] for one in told] == ["created", "changed", "removed"]
        assert "secreto" not in str(told)

    def test_made_changed_and_thrown_away(self, client, headers):
        wish = {"title": "Horario", "text": "Estimado {nombre}: atendemos de 8:30 a 14:00."}
        key = {"Idempotency-Key": "canned", **headers("agent")}
        made = [client.post(self.PATH, json=wish, headers=key) for _ in range(2)]
        assert [answer.status_code for answer in made] == [201, 201]
        item = made[0].json()
        assert made[1].json() == item
        problem(client.post(self.PATH, json={**wish, "title": "HORÁRIO"}, headers=headers("admin")), 409, "title_taken")
        path = f"{self.PATH}/{item['id']}"
        changed = client.patch(path, json={"text": "Atendemos hasta las 14:00."}, headers=headers("admin")).json()
        assert (changed["title"], changed["text"]) == ("Horario", "Atendemos hasta las 14:00.")
        assert client.get(self.PATH, headers=headers("viewer")).json()["items"] == [changed]
        assert client.delete(path, headers=headers("agent")).status_code == 204
        problem(client.delete(path, headers=headers("agent")), 404, "canned_answer_not_found")
        assert client.get(self.PATH, headers=headers("viewer")).json()["items"] == []

    def test_an_unknown_placeholder_is_refused(self, client, headers):
        wish = {"title": "Con error", "text": "Hola {apellido}"}
        answer = client.post(self.PATH, json=wish, headers=headers("agent"))
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["code"] == "placeholder_unknown"

    def test_of_ones_own_tenant_and_role(self, client, headers):
        wish = {"title": "Ajena", "text": "Hola"}
        made = client.post(self.PATH, json=wish, headers=headers("agent", PUNTA)).json()
        path = f"{self.PATH}/{made['id']}"
        problem(client.patch(path, json={"text": "a"}, headers=headers("admin")), 404, "canned_answer_not_found")
        problem(client.delete(path, headers=headers("admin")), 404, "canned_answer_not_found")
        assert made not in client.get(self.PATH, headers=headers("admin")).json()["items"]
        problem(client.post(self.PATH, json=wish, headers=headers("viewer", PUNTA)), 403, "forbidden")
        problem(client.get(self.PATH, headers=headers("visitor", subject="x")), 403, "forbidden")


class TestContacts:
    def test_open_pages_are_told_of_a_change_once_and_of_nothing_else(self, client, headers, conversation, news):
        contact = conversation()["contact"]["id"]
        for _ in range(2):  # the second changes nothing
            client.patch(f"/v1/contacts/{contact}", json={"name": "Rosa Quilodrán"}, headers=headers("agent"))
        assert news("contact.changed", contact) == [{"contact_id": contact}]

    def test_what_officials_know(self, client, headers, conversation, session_factory):
        found = conversation(address="una-sesion")
        path = f"/v1/contacts/{found['contact']['id']}"
        known = client.get(path, headers=headers("viewer")).json()
        assert known["addresses"] == [{"channel": "web", "account": "widget", "address": "una-sesion"}]
        assert (known["name"], known["rut"], known["conversations"]) == (None, None, 1)
        wish = {"name": "Ana <i>Pérez</i>", "rut": "15.482.903-2", "phone": "9 8765 4321", "email": "Ana@Correo.CL"}
        changed = client.patch(path, json=wish, headers=headers("agent")).json()
        assert (changed["rut"], changed["phone"], changed["email"]) == ("15482903-2", "+56987654321", "ana@correo.cl")
        for words in ("perez", "15482903", "ana@correo", "una-sesion"):
            page = client.get("/v1/conversations", params={"q": words}, headers=headers("viewer")).json()
            assert [item["id"] for item in page["items"]] == [found["id"]], words
        with session_factory() as session:
            entry = session.scalars(select(AuditEntry).where(AuditEntry.object_id == known["id"])).one()
        assert entry.after == {"known": ["name", "rut", "phone", "email"], "changed": ["email", "name", "phone", "rut"]}

    def test_absent_stays_and_null_empties(self, client, headers, conversation):
        path = f"/v1/contacts/{conversation()['contact']['id']}"
        client.patch(path, json={"name": "Ana", "phone": "+56987654321"}, headers=headers("agent"))
        changed = client.patch(path, json={"phone": None}, headers=headers("agent")).json()
        assert (changed["name"], changed["phone"]) == ("Ana", None)

    @pytest.mark.parametrize(
        ("wrong", "code"), [({"rut": "15.482.903-3"}, "rut_invalid"), ({"phone": "12"}, "phone_invalid")]
    )
    def test_wrong_numbers_are_refused(self, client, headers, conversation, wrong, code):
        path = f"/v1/contacts/{conversation()['contact']['id']}"
        answer = client.patch(path, json=wrong, headers=headers("agent"))
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["code"] == code

    def test_a_name_told_by_the_channel_does_not_undo_what_officials_wrote(self, client, headers, conversation):
        address = str(uuid7())
        found = conversation(address=address)
        path = f"/v1/contacts/{found['contact']['id']}"
        client.patch(path, json={"rut": "15482903-2", "phone": "+56987654321"}, headers=headers("agent"))
        wish = {"channel": "web", "account": "widget", "address": address, "name": "Ana"}
        client.post("/v1/sessions", json=wish, headers=headers("service"))
        known = client.get(path, headers=headers("agent")).json()
        assert (known["name"], known["phone"], known["rut"]) == ("Ana", "+56987654321", "15482903-2")
        page = client.get("/v1/conversations?q=15482903-2", headers=headers("viewer")).json()
        assert found["id"] in [item["id"] for item in page["items"]]


class TestBorders:
    def test_nothing_of_another_tenant(self, client, headers, conversation, session_factory):
        found = conversation(tenant=PUNTA)
        base = f"/v1/conversations/{found['id']}"
        for method, path, body in (
            ("PUT", f"{base}/read", {"seq": 1}),
            ("POST", f"{base}/assign", {"agent_id": None}),
            ("GET", f"{base}/notes", None),
            ("POST", f"{base}/notes", {"text": "a"}),
            ("GET", f"/v1/contacts/{found['contact']['id']}", None),
            ("PATCH", f"/v1/contacts/{found['contact']['id']}", {"name": "x"}),
        ):
            answer = client.request(method, path, json=body, headers=headers("admin"))
            assert answer.status_code == 404, (method, path)
        with session_factory() as session:
            about = select(func.count()).where(AuditEntry.object_id == found["id"])
            assert session.scalar(about) == 0

    def test_a_viewer_changes_nothing_and_a_visitor_sees_nothing(self, client, headers, conversation):
        found = conversation()
        base, contact = f"/v1/conversations/{found['id']}", f"/v1/contacts/{found['contact']['id']}"
        visitor = headers("visitor", conversation_id=found["id"], subject="x")
        problem(client.post(f"{base}/assign", json={"agent_id": None}, headers=headers("viewer")), 403, "forbidden")
        problem(client.patch(contact, json={"name": "x"}, headers=headers("viewer")), 403, "forbidden")
        problem(client.get(contact, headers=visitor), 403, "forbidden")
        problem(client.put(f"{base}/read", json={"seq": 1}, headers=visitor), 403, "forbidden")

    def test_a_citizen_is_not_told_who_wrote(self, client, headers, conversation, agents):
        found = conversation()
        base = f"/v1/conversations/{found['id']}"
        client.post(f"{base}/messages", json={"text": "Hola"}, headers=headers("agent"))
        visitor = headers("visitor", conversation_id=found["id"], subject="x")
        for role, seen in ((headers("viewer"), str(agents[VALLE, "agent"])), (visitor, None)):
            last = client.get(f"{base}/messages", headers=role).json()["items"][-1]
            assert last["agent_id"] == seen
