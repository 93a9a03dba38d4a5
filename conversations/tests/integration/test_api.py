"""The REST API on a real database."""

import statistics
import time
from datetime import UTC, datetime, timedelta

import jwt
import pytest
from munbot_common.auth import TokenVerifier
from munbot_common.ids import uuid7
from munbot_conversations.contacts.models import Contact, ContactAddress
from munbot_conversations.conversations.models import Conversation
from munbot_conversations.messages.models import Message
from munbot_conversations.models import OUTBOX
from sqlalchemy import event, select

VALLE, PUNTA = "valle-claro", "punta-brava"


@pytest.fixture
def open_session(client, headers):
    def make(address=None, tenant=VALLE, name=None):
        wish = {"channel": "web", "account": "widget", "address": address or str(uuid7()), "name": name}
        answer = client.post("/v1/sessions", json=wish, headers=headers("service", tenant))
        assert answer.status_code == 201, answer.text
        return answer.json()

    return make


def problem(answer, status, code):
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert answer.json()["code"] == code, answer.text
    return answer.json()


class TestLogin:
    def login(self, client, email="agent@valle-claro.cl", password="una clave larga", tenant=VALLE):
        return client.post("/v1/auth/login", json={"tenant": tenant, "email": email, "password": password})

    def test_gives_a_token_that_the_public_key_verifies(self, client, agents, key_pair):
        answer = self.login(client, "Agent@Valle-Claro.CL").json()
        principal = TokenVerifier(key_pair[1]).verify(answer["access_token"])
        assert principal.subject == str(agents[VALLE, "agent"])
        assert (principal.role, principal.tenant) == ("agent", VALLE)
        assert answer["expires_in"] == 900
        bearer = {"Authorization": f"Bearer {answer['access_token']}"}
        assert client.get("/v1/auth/me", headers=bearer).json()["email"] == "agent@valle-claro.cl"
        assert client.post("/v1/auth/refresh", headers=bearer).json()["agent"]["role"] == "agent"

    @pytest.mark.parametrize(
        "wrong", [{"email": "nadie@valle-claro.cl"}, {"tenant": "nowhere"}, {"password": "otra"}, {"tenant": PUNTA}]
    )
    def test_says_the_same_whatever_is_wrong(self, client, agents, wrong):
        body = problem(self.login(client, **wrong), 401, "login_failed")
        assert body["detail"] == "Correo o contraseña incorrectos"

    def test_takes_as_long_for_an_unknown_name(self, client, agents):
        def seconds(email):
            started = time.perf_counter()
            self.login(client, email, "incorrecta")
            return time.perf_counter() - started

        known = statistics.median(seconds("viewer@valle-claro.cl") for _ in range(2))
        unknown = statistics.median(seconds("no-existe@valle-claro.cl") for _ in range(2))
        assert unknown > known / 4  # argon2 dominates; without the decoy it would be hundreds of times faster

    @pytest.mark.parametrize("email", ["admin@punta-brava.cl", "fantasma@punta-brava.cl"])
    def test_locks_after_failures_whether_the_name_exists_or_not(self, client, agents, email):
        for _ in range(3):
            problem(self.login(client, email, "mala", PUNTA), 401, "login_failed")
        answer = self.login(client, email, "una clave larga", PUNTA)
        problem(answer, 429, "login_locked")
        assert 0 < int(answer.headers["Retry-After"]) <= 900

    def test_an_inactive_agent_cannot_log_in_or_go_on(self, client, agents, headers):
        wish = {"email": "ido@valle-claro.cl", "name": "Ido", "role": "agent", "password": "una clave larga"}
        made = client.post("/v1/agents", json=wish, headers=headers("admin")).json()
        bearer = {"Authorization": f"Bearer {self.login(client, wish['email']).json()['access_token']}"}
        client.patch(f"/v1/agents/{made['id']}", json={"active": False}, headers=headers("admin"))
        problem(self.login(client, wish["email"]), 401, "login_failed")
        problem(client.get("/v1/auth/me", headers=bearer), 403, "agent_inactive")
        problem(client.get("/v1/conversations", headers=bearer), 403, "agent_inactive")
        client.patch(f"/v1/agents/{made['id']}", json={"active": True}, headers=headers("admin"))
        problem(client.get("/v1/auth/me", headers=bearer), 401, "token_invalid")

    def test_the_present_role_counts_and_not_that_of_the_token(self, client, agents, headers):
        wish = {"email": "sube@valle-claro.cl", "name": "Sube", "role": "admin", "password": "una clave larga"}
        made = client.post("/v1/agents", json=wish, headers=headers("admin")).json()
        bearer = {"Authorization": f"Bearer {self.login(client, wish['email']).json()['access_token']}"}
        assert client.get("/v1/audit", headers=bearer).status_code == 200
        client.patch(f"/v1/agents/{made['id']}", json={"role": "viewer"}, headers=headers("admin"))
        problem(client.get("/v1/audit", headers=bearer), 403, "forbidden")
        problem(client.post("/v1/agents", json=wish | {"email": "z@z.cl"}, headers=bearer), 403, "forbidden")
        assert client.get("/v1/conversations", headers=bearer).status_code == 200
        client.patch(f"/v1/agents/{made['id']}", json={"role": "admin"}, headers=headers("admin"))
        assert client.get("/v1/audit", headers=bearer).status_code == 200

    def test_a_login_lasts_a_day_at_work_however_often_its_token_is_renewed(self, client, agents, headers):
        def renewed(hours):
            since = datetime.now(UTC) - timedelta(hours=hours)
            return client.post("/v1/auth/refresh", headers=headers("agent", logged_in_at=since))

        again = renewed(11.9)
        assert again.status_code == 200
        claims = jwt.decode(again.json()["access_token"], options={"verify_signature": False})
        assert claims["auth_time"] < claims["iat"] - 11 * 3600
        problem(renewed(12.1), 401, "token_invalid")

    def test_demo_logins_work_only_in_demo_mode(self, api_settings, session_factory, agents):
        from munbot_conversations.auth import service as auth
        from munbot_conversations.auth.schemas import LoginRequest

        production = api_settings.model_copy(update={"munbot_mode": "production"})
        desk = auth.Login(session_factory, None, production, lambda: datetime.now(UTC))
        with pytest.raises(auth.LoginFailed):
            desk.login(LoginRequest(tenant=VALLE, email="admin@valle-claro.demo", password="x"))

    def test_a_new_password_ends_all_sessions_but_the_one_that_gave_it(self, client, agents, headers):
        wish = {"email": "cambia@valle-claro.cl", "name": "Cambia", "role": "viewer", "password": "una clave larga"}
        client.post("/v1/agents", json=wish, headers=headers("admin"))
        own, other = (
            {"Authorization": f"Bearer {self.login(client, wish['email']).json()['access_token']}"} for _ in range(2)
        )
        wrong = {"current_password": "mala", "new_password": "otra clave larga"}
        problem(client.post("/v1/auth/password", json=wrong, headers=own), 401, "login_failed")
        right = {"current_password": "una clave larga", "new_password": "otra clave larga"}
        changed = client.post("/v1/auth/password", json=right, headers=own)
        assert changed.status_code == 200
        for over in (own, other):
            problem(client.get("/v1/auth/me", headers=over), 401, "token_invalid")
        going_on = {"Authorization": f"Bearer {changed.json()['access_token']}"}
        assert client.get("/v1/auth/me", headers=going_on).status_code == 200
        assert client.post("/v1/auth/refresh", headers=going_on).status_code == 200
        problem(self.login(client, wish["email"]), 401, "login_failed")
        assert self.login(client, wish["email"], "otra clave larga").status_code == 200

    def test_an_administrator_who_gives_a_password_ends_the_sessions(self, client, agents, headers):
        wish = {"email": "olvida@valle-claro.cl", "name": "Olvida", "role": "viewer", "password": "una clave larga"}
        made = client.post("/v1/agents", json=wish, headers=headers("admin")).json()
        bearer = {"Authorization": f"Bearer {self.login(client, wish['email']).json()['access_token']}"}
        client.patch(f"/v1/agents/{made['id']}", json={"name": "Otra"}, headers=headers("admin"))
        assert client.get("/v1/auth/me", headers=bearer).status_code == 200
        new = {"password": "otra clave larga"}
        client.patch(f"/v1/agents/{made['id']}", json=new, headers=headers("admin"))
        problem(client.get("/v1/auth/me", headers=bearer), 401, "token_invalid")

    def test_a_session_cannot_be_used_to_try_passwords(self, client, agents, headers):
        wish = {"email": "robada@valle-claro.cl", "name": "Robada", "role": "viewer", "password": "una clave larga"}
        made = client.post("/v1/agents", json=wish, headers=headers("admin")).json()
        own = headers("viewer", subject=made["id"])
        tried = {"current_password": "mala", "new_password": "otra clave larga"}
        for _ in range(3):
            problem(client.post("/v1/auth/password", json=tried, headers=own), 401, "login_failed")
        right = tried | {"current_password": "una clave larga"}
        locked = client.post("/v1/auth/password", json=right, headers=own)
        problem(locked, 429, "login_locked")
        assert int(locked.headers["Retry-After"]) > 0


class TestAgents:
    def test_only_administrators_add_agents(self, client, headers):
        wish = {"email": "x@valle-claro.cl", "name": "X", "role": "viewer", "password": "una clave larga"}
        for role in ("agent", "viewer", "visitor"):
            problem(client.post("/v1/agents", json=wish, headers=headers(role)), 403, "forbidden")
        assert client.post("/v1/agents", json=wish, headers=headers("admin")).status_code == 201
        problem(client.post("/v1/agents", json=wish, headers=headers("admin")), 409, "email_taken")
        assert "password" not in client.get("/v1/agents", headers=headers("viewer")).text

    def test_the_last_administrator_stays(self, client, headers, agents):
        admin = f"/v1/agents/{agents[PUNTA, 'admin']}"
        problem(client.patch(admin, json={"role": "agent"}, headers=headers("admin", PUNTA)), 409, "last_admin")
        problem(client.patch(admin, json={"active": False}, headers=headers("admin", PUNTA)), 409, "last_admin")

    def test_another_tenants_agent_does_not_exist(self, client, headers, agents):
        other = f"/v1/agents/{agents[PUNTA, 'agent']}"
        problem(client.patch(other, json={"name": "Y"}, headers=headers("admin")), 404, "agent_not_found")


class TestTenants:
    def test_everybody_may_know_how_a_municipality_presents_itself(self, client, session_factory):
        items = client.get("/v1/public/tenants").json()["items"]
        assert {item["id"] for item in items} >= {VALLE, PUNTA}
        one = client.get(f"/v1/public/tenants/{VALLE}").json()
        assert one["attention_hours_text"] == "lunes a viernes de 8:30 a 14:00 hrs."
        problem(client.get("/v1/public/tenants/nowhere"), 404, "tenant_unknown")
        assert set(client.get(f"/v1/public/tenants/{VALLE}/attention").json()) == {
            "open_now",
            "opens_at",
            "attention_hours_text",
        }

    def test_administrators_change_their_own(self, client, headers):
        change = {"greeting": "¡Bienvenida!", "colors": {"primary": "#123456"}}
        answer = client.patch("/v1/tenant", json=change, headers=headers("admin", PUNTA))
        assert answer.json()["greeting"] == "¡Bienvenida!"
        assert client.get(f"/v1/public/tenants/{VALLE}").json()["greeting"] != "¡Bienvenida!"
        problem(client.patch("/v1/tenant", json=change, headers=headers("agent")), 403, "forbidden")
        wrong = {"attention_hours": [{"weekday": 0, "opens": "14:00", "closes": "08:00"}]}
        assert client.patch("/v1/tenant", json=wrong, headers=headers("admin")).status_code == 422
        assert client.patch("/v1/tenant", json={"timezone": "Mars/X"}, headers=headers("admin")).status_code == 422
        entries = client.get("/v1/audit", headers=headers("admin", PUNTA)).json()["items"]
        assert entries[0]["action"] == "tenant.change"
        assert entries[0]["after"]["greeting"] == "¡Bienvenida!"

    def test_a_service_adds_a_tenant(self, client, headers):
        wish = {"id": "nueva-aldea", "name": "Municipalidad de Nueva Aldea", "short_name": "Nueva Aldea"}
        assert client.post("/v1/tenants", json=wish, headers=headers("service")).status_code == 201
        problem(client.post("/v1/tenants", json=wish, headers=headers("service")), 409, "tenant_exists")


class TestSessions:
    def test_the_same_address_gets_the_same_open_conversation(self, client, headers, open_session, key_pair):
        first, second = open_session("ana"), open_session("ana", name="Ana")
        assert first["conversation_id"] == second["conversation_id"]
        principal = TokenVerifier(key_pair[1]).verify(second["token"])
        assert principal.role == "visitor"
        assert str(principal.conversation_id) == second["conversation_id"]
        assert principal.subject == "ana"
        own = {"Authorization": f"Bearer {second['token']}"}
        seen = client.get(f"/v1/conversations/{first['conversation_id']}", headers=own).json()
        assert seen["contact"]["name"] == "Ana"

    def test_the_same_address_elsewhere_is_somebody_else(self, open_session):
        assert open_session("ana", PUNTA)["contact_id"] != open_session("ana", VALLE)["contact_id"]

    def test_a_visitor_sees_only_their_own(self, client, open_session):
        mine, other = open_session(), open_session()
        own = {"Authorization": f"Bearer {mine['token']}"}
        assert client.get(f"/v1/conversations/{mine['conversation_id']}/messages", headers=own).status_code == 200
        for path in ("", "/messages"):
            answer = client.get(f"/v1/conversations/{other['conversation_id']}{path}", headers=own)
            problem(answer, 404, "conversation_not_found")
        problem(client.get("/v1/conversations", headers=own), 403, "forbidden")
        problem(client.post(f"/v1/conversations/{mine['conversation_id']}/close", headers=own), 403, "forbidden")

    def test_a_visitor_keeps_reading_after_their_conversation_was_closed(self, client, headers, open_session):
        old = open_session("volvió")
        client.post(f"/v1/conversations/{old['conversation_id']}/close", headers=headers("agent"))
        new = open_session("volvió")
        assert new["conversation_id"] != old["conversation_id"]
        own = {"Authorization": f"Bearer {old['token']}"}
        assert client.get(f"/v1/conversations/{new['conversation_id']}", headers=own).status_code == 200

    def test_only_services_open_sessions(self, client, headers):
        wish = {"channel": "web", "account": "widget", "address": "x"}
        problem(client.post("/v1/sessions", json=wish, headers=headers("agent")), 403, "forbidden")
        problem(client.post("/v1/sessions", json=wish, headers=headers("service", "nowhere")), 404, "tenant_unknown")
        problem(client.post("/v1/sessions", json=wish), 401, "token_invalid")


class TestConversations:
    def test_take_over_write_release_close(self, client, headers, open_session, session_factory):
        conversation = f"/v1/conversations/{open_session()['conversation_id']}"
        agent = headers("agent")
        taken = client.post(f"{conversation}/takeover", json={"minutes": 10}, headers=agent).json()
        assert taken["mode"] == "human"
        assert taken["assigned_agent"]["name"] == "agent valle-claro"
        key = {"Idempotency-Key": "once", **agent}
        sent = [
            client.post(f"{conversation}/messages", json={"text": " Hola, soy Rodrigo "}, headers=key) for _ in range(2)
        ]
        assert sent[0].status_code == 201
        assert sent[0].json() == sent[1].json()
        assert sent[0].json()["text"] == "Hola, soy Rodrigo"
        other = client.post(f"{conversation}/messages", json={"text": "otra cosa"}, headers=key)
        problem(other, 422, "idempotency_key_reused")
        assert [item["seq"] for item in client.get(f"{conversation}/messages", headers=agent).json()["items"]] == [1]
        assert client.post(f"{conversation}/release", headers=agent).json()["mode"] == "bot"
        closed = client.post(f"{conversation}/close", headers=agent).json()
        assert closed["status"] == "closed"
        assert client.post(f"{conversation}/close", headers=agent).status_code == 200
        problem(client.post(f"{conversation}/takeover", headers=agent), 409, "conversation_closed")
        with session_factory() as session:
            keys = session.scalars(select(OUTBOX.c.routing_key).order_by(OUTBOX.c.seq.desc()).limit(6)).all()
        assert keys[::-1] == [
            "conversation.opened.v1",
            "conversation.assigned.v1",
            "message.outbound.v1",
            "message.stored.v1",
            "conversation.released.v1",
            "conversation.closed.v1",
        ]

    def test_writing_takes_the_word(self, client, headers, open_session):
        conversation = f"/v1/conversations/{open_session()['conversation_id']}"
        client.post(f"{conversation}/messages", json={"text": "Hola"}, headers=headers("agent"))
        assert client.get(conversation, headers=headers("viewer")).json()["mode"] == "human"

    def test_a_viewer_only_looks(self, client, headers, open_session):
        conversation = f"/v1/conversations/{open_session()['conversation_id']}"
        for path, body in (("takeover", None), ("release", None), ("close", None), ("messages", {"text": "a"})):
            problem(client.post(f"{conversation}/{path}", json=body, headers=headers("viewer")), 403, "forbidden")

    def test_handoff_says_when_people_answer(self, client, headers, open_session):
        conversation = f"/v1/conversations/{open_session()['conversation_id']}"
        wish = {"reason": "ask_human", "summary": "Quiere hablar con alguien"}
        problem(client.post(f"{conversation}/handoff", json=wish, headers=headers("agent")), 403, "forbidden")

        def count():
            return client.get("/v1/conversations/waiting", headers=headers("viewer")).json()["count"]

        before = count()
        answer = client.post(f"{conversation}/handoff", json=wish, headers=headers("service")).json()
        assert answer["open_now"] is (answer["opens_at"] is None)
        seen = client.get(conversation, headers=headers("viewer")).json()
        assert (seen["mode"], seen["handoff_reason"]) == ("human", "ask_human")
        waiting = client.get("/v1/conversations?waiting=true", headers=headers("viewer")).json()["items"]
        assert seen["id"] in [item["id"] for item in waiting]
        assert count() == before + 1
        taken = client.post(f"{conversation}/takeover", headers=headers("agent")).json()
        assert taken["waiting_since"] is None
        assert count() == before

    @pytest.mark.parametrize("text", ["", "   ", "x" * 10_001])
    def test_an_agents_message_has_a_length(self, client, headers, open_session, text):
        conversation = f"/v1/conversations/{open_session()['conversation_id']}"
        answer = client.post(f"{conversation}/messages", json={"text": text}, headers=headers("agent"))
        assert answer.status_code == 422

    def test_the_list_pages_and_searches(self, client, headers, open_session):
        marks = [open_session(name=f"Persona Única {number}") for number in range(5)]
        seen, cursor = [], None
        while True:
            params = {"q": "UNICA persona", "limit": 2, **({"cursor": cursor} if cursor else {})}
            page = client.get("/v1/conversations", params=params, headers=headers("viewer")).json()
            seen += [item["id"] for item in page["items"]]
            cursor = page["next_cursor"]
            if cursor is None:
                break
        assert seen == [mark["conversation_id"] for mark in reversed(marks)]
        assert client.get("/v1/conversations?q=%25", headers=headers("viewer")).json()["items"] == []
        for wrong in ("x", "W10", "eyJhIjoxfQ", "ñ"):
            answer = client.get("/v1/conversations", params={"cursor": wrong}, headers=headers("viewer"))
            problem(answer, 422, "cursor_invalid")

    def test_a_list_is_one_statement_after_that_about_who_asks(self, client, headers, open_session):
        for _ in range(3):
            open_session()
        statements = []
        engine = client.app.state.session_factory.kw["bind"]

        def note(_conn, _cursor, statement, *_):
            statements.append(statement)

        event.listen(engine, "before_cursor_execute", note)
        client.get("/v1/conversations", headers=headers("viewer"))
        event.remove(engine, "before_cursor_execute", note)
        assert ["FROM agents" in statement for statement in statements] == [True, False]


class TestTenantBorder:
    """Role × object × verb with the ids of another tenant: nothing is there."""

    def test_nothing_of_another_tenant_is_there(self, client, headers, open_session, agents):
        conversation = open_session(tenant=PUNTA)["conversation_id"]
        sent = client.post(
            f"/v1/conversations/{conversation}/messages", json={"text": "hola"}, headers=headers("agent", PUNTA)
        ).json()
        calls = [
            ("GET", f"/v1/conversations/{conversation}", None),
            ("GET", f"/v1/conversations/{conversation}/messages", None),
            ("POST", f"/v1/conversations/{conversation}/messages", {"text": "a"}),
            ("POST", f"/v1/conversations/{conversation}/takeover", {}),
            ("POST", f"/v1/conversations/{conversation}/release", None),
            ("POST", f"/v1/conversations/{conversation}/close", None),
            ("GET", f"/v1/messages/{sent['id']}", None),
            ("POST", f"/v1/conversations/{conversation}/handoff", {"reason": "x"}),
            ("POST", "/v1/unanswered", {"question": "x", "conversation_id": conversation}),
        ]
        for role in ("admin", "agent", "viewer", "service", "visitor"):
            who = headers(role, VALLE)
            for verb, path, body in calls:
                answer = client.request(verb, path, json=body, headers=who)
                assert answer.status_code in {403, 404}, (role, verb, path, answer.text)
                allowed = answer.status_code == 403 and answer.json()["code"] == "forbidden"
                assert allowed or answer.json()["code"] in {"conversation_not_found", "message_not_found"}
        listed = client.get("/v1/conversations?limit=200", headers=headers("admin", VALLE)).text
        assert conversation not in listed


class TestUnanswered:
    def test_counted_without_personal_data(self, client, headers):
        service = headers("service")
        for question in ("¿Dónde queda el RUT 12.345.678-5?", "donde queda el rut 12345678-5"):
            answer = client.post("/v1/unanswered", json={"question": question}, headers=service)
            assert answer.status_code == 201
        items = client.get("/v1/unanswered", headers=headers("viewer")).json()["items"]
        assert items[0]["count"] == 2
        assert "345" not in items[0]["question"]
        one = f"/v1/unanswered/{items[0]['id']}"
        problem(
            client.patch(one, json={"status": "answered"}, headers=headers("agent", PUNTA)), 404, "question_not_found"
        )
        assert client.patch(one, json={"status": "answered"}, headers=headers("agent")).json()["status"] == "answered"
        assert client.get("/v1/unanswered", headers=headers("viewer")).json()["items"] == []


def test_health(client):
    assert client.get("/livez").status_code == 200
    assert client.get("/readyz").json()["checks"] == {"database": "ok"}


def test_a_page_of_many_conversations_is_found_by_index(session_factory, client, headers):
    """Ten thousand rows here; what matters is that no plan sorts or scans them all."""
    now = datetime.now(UTC)
    with session_factory.begin() as session:
        contacts, conversations = [], []
        for number in range(10_000):
            contact_id = uuid7()
            contacts.append({"id": contact_id, "tenant_id": VALLE, "name": f"N{number}", "search": f"n{number}"})
            conversations.append(
                {
                    "id": uuid7(),
                    "tenant_id": VALLE,
                    "contact_id": contact_id,
                    "channel": "web",
                    "account": "bulk",
                    "address": str(number),
                    "last_message_at": now - timedelta(minutes=number),
                }
            )
        session.execute(Contact.__table__.insert(), contacts)
        session.execute(Conversation.__table__.insert(), conversations)
    with session_factory() as session:
        session.connection().exec_driver_sql("ANALYZE")
    started = time.perf_counter()
    page = client.get("/v1/conversations?status=open&limit=50", headers=headers("viewer")).json()
    assert len(page["items"]) == 50
    assert time.perf_counter() - started < 2
    with session_factory() as session:
        plan = session.connection().exec_driver_sql(
            "EXPLAIN SELECT * FROM conversations WHERE tenant_id = 'valle-claro' AND status = 'open' "
            "ORDER BY last_message_at DESC, id DESC LIMIT 50"
        )
        assert "Index Scan Backward" in "\n".join(row[0] for row in plan)


def test_message_state(client, headers, open_session, session_factory):
    place = open_session()
    message_id, reply_id = uuid7(), uuid7()
    common = {
        "tenant_id": VALLE,
        "conversation_id": place["conversation_id"],
        "channel": "web",
        "account": "widget",
        "state": "handled",
    }
    with session_factory.begin() as session:
        session.add(
            Message(
                id=message_id, seq=1, direction="in", sender_type="citizen", text="hola", outcome="answered", **common
            )
        )
        session.flush()
        session.add(
            Message(
                id=reply_id, seq=2, direction="out", sender_type="bot", text="¡Hola!", in_reply_to=message_id, **common
            )
        )
        assert session.scalar(select(ContactAddress.id).where(ContactAddress.address == "nobody")) is None
    own = {"Authorization": f"Bearer {place['token']}"}
    answer = client.get(f"/v1/messages/{message_id}", headers=own).json()
    assert (answer["status"], answer["outcome"]) == ("handled", "answered")
    assert [reply["text"] for reply in answer["replies"]] == ["¡Hola!"]
    problem(client.get(f"/v1/messages/{uuid7()}", headers=own), 404, "message_not_found")
