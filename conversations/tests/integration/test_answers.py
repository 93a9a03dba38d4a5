"""Answers from documents are carried and rated; what was not known is counted once and answered by one call."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from uuid import uuid4

import pytest
from munbot_common.ids import uuid7
from munbot_conversations.audit.models import AuditEntry
from munbot_conversations.unanswered.models import UnansweredOccurrence, UnansweredQuestion
from sqlalchemy import func, select

VALLE, PUNTA = "valle-claro", "punta-brava"


class FakeGateway:
    """llm-gateway's one route that we call, over real HTTP."""

    def __init__(self):
        self.pairs = []
        self.status = 200
        gateway = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_args):
                pass

            def do_PUT(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                gateway.pairs.append((self.path, dict(self.headers), body))
                answer = json.dumps({"code": "x", "detail": "La respuesta es muy larga"}).encode()
                self.send_response(gateway.status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def stop(self):
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture(scope="module")
def gateway():
    fake = FakeGateway()
    yield fake
    fake.stop()


@pytest.fixture(scope="module")
def api_settings(api_settings, gateway):
    from pydantic import SecretStr

    return api_settings.model_copy(update={"llm_gateway_url": gateway.url, "service_token": SecretStr("ours")})


@pytest.fixture(autouse=True)
def fresh(gateway):
    gateway.pairs.clear()
    gateway.status = 200


def problem(answer, status, code):
    assert answer.status_code == status, answer.text
    assert answer.json()["code"] == code, answer.text


def answer_of(question):
    source = {"document_id": "d1", "document": "Ordenanza de aseo", "article": "Artículo 12", "passage": 3}
    return {"id": str(uuid4()), "mode": "extractive", "question": question, "sources": [source]}


@pytest.fixture
def answered(worker, channel, received, rasa):
    """Callable: a citizen asks and the bot answers from documents; gives the outbound message."""

    def ask(question, **options):
        rasa.reply = lambda sender, message: [
            {"recipient_id": sender, "text": "Los martes.\nFuente: Ordenanza de aseo, artículo 12"},
            {"recipient_id": sender, "custom": {"answer": answer_of(message)}},
        ]
        event = received(question, **options)
        channel.send(event)
        return channel.wait_for("message.outbound.v1", in_reply_to=event.data.message_id)[0]

    return ask


@pytest.fixture
def unknown(worker, channel, received, rasa):
    """Callable: a citizen asks what the bot does not know; gives the event."""

    def ask(question, **options):
        rasa.reply = lambda sender, message: [
            {
                "recipient_id": sender,
                "text": "No tengo esa información.",
                "buttons": [{"title": "Sí", "payload": "/y"}],
            },
            {"custom": {"unanswered": {"question": message, "intent": "ask_question", "confidence": 0.7}}},
        ]
        event = received(question, **options)
        channel.send(event)
        channel.wait_for("message.handled.v1", message_id=event.data.message_id)
        return event

    return ask


@pytest.fixture
def listed(client, headers):
    """Callable: the questions whose words contain something."""

    def find(words, tenant=VALLE, **params):
        answer = client.get("/v1/unanswered", params={"limit": 200, **params}, headers=headers("viewer", tenant))
        assert answer.status_code == 200, answer.text
        return [item for item in answer.json()["items"] if words in item["question"].casefold()]

    return find


class TestRating:
    def path(self, bubble):
        return f"/v1/conversations/{bubble['conversation_id']}/messages/{bubble['message_id']}/feedback"

    def test_the_answer_reaches_channel_and_history(self, answered, client, headers):
        bubble = answered("¿qué día pasa la basura?")
        assert bubble["text"].startswith("Los martes.")
        assert bubble["answer"]["question"] == "¿qué día pasa la basura?"
        assert bubble["answer"]["sources"][0]["article"] == "Artículo 12"
        path = f"/v1/conversations/{bubble['conversation_id']}/messages"
        asked, shown = client.get(path, headers=headers("viewer")).json()["items"]
        assert (asked["answer"], asked["feedback"]) == (None, None)
        assert shown["answer"] == bubble["answer"]
        assert shown["feedback"] is None

    def test_a_citizen_rates_and_changes_it(self, answered, client, headers, listed, session_factory):
        bubble = answered("¿qué día pasa el reciclaje por mi casa?")
        own = headers("visitor", conversation_id=bubble["conversation_id"])
        for value in ("down", "down", "up", "down"):
            answer = client.put(self.path(bubble), json={"value": value}, headers=own)
            assert answer.status_code == 200, answer.text
            assert answer.json()["value"] == value
            count = [item["count"] for item in listed("pasa el reciclaje", kind="unhelpful")]
            assert count == ([1] if value == "down" else [])
        shown = client.get(f"/v1/messages/{bubble['in_reply_to']}", headers=own).json()["replies"][0]
        assert shown["feedback"] == "down"
        assert listed("pasa el reciclaje", kind="unknown") == []

    def test_others_hear_of_what_is_new(self, answered, client, headers, channel):
        bubble = answered("¿qué día pasan a buscar los muebles viejos?")
        who = headers("visitor", conversation_id=bubble["conversation_id"])
        for value in ("up", "down", "down"):
            client.put(self.path(bubble), json={"value": value}, headers=who)
        channel.wait_for("message.feedback.v1", message_id=bubble["message_id"], value="down")
        told = channel.of_type("message.feedback.v1", message_id=bubble["message_id"])
        assert [(event["value"], event["previous"]) for event in told] == [("up", None), ("down", "up")]
        assert told[1]["question"] == "¿qué día pasan a buscar los muebles viejos?"
        assert told[1]["sources"][0]["article"] == "Artículo 12"
        assert (told[1]["rated_by"], told[1]["comment"]) == ("visitor", None)

    def test_two_at_once_are_one_row(self, answered, client, headers, listed):
        bubble = answered("¿qué día pasa el camión de los vidrios?")
        who = headers("service")
        barrier, statuses = threading.Barrier(4), []

        def rate():
            barrier.wait()
            statuses.append(client.put(self.path(bubble), json={"value": "down"}, headers=who).status_code)

        threads = [threading.Thread(target=rate) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert statuses == [200] * 4
        assert [item["count"] for item in listed("camión de los vidrios")] == [1]

    def test_an_official_rates_with_a_comment(self, answered, client, headers):
        bubble = answered("¿a qué hora cierra la biblioteca?")
        wish = {"value": "down", "comment": " El horario cambió en marzo. "}
        answer = client.put(self.path(bubble), json=wish, headers=headers("agent")).json()
        assert (answer["comment"], answer["rated_by"]) == ("El horario cambió en marzo.", "agent")

    def test_it_is_no_turn(self, answered, client, headers, rasa, channel):
        bubble = answered("¿cuánto cuesta la piscina?")
        before = len(rasa.asked)
        client.put(self.path(bubble), json={"value": "up"}, headers=headers("service"))
        assert len(rasa.asked) == before
        assert len(channel.of_type("message.handled.v1", conversation_id=bubble["conversation_id"])) == 1

    def test_only_ones_own_and_only_answers(self, answered, client, headers, worker, channel, received, rasa):
        bubble = answered("¿dónde queda el vertedero?")
        wish = {"value": "up"}
        stranger = headers("visitor", conversation_id=uuid7())
        problem(client.put(self.path(bubble), json=wish, headers=stranger), 404, "conversation_not_found")
        problem(client.put(self.path(bubble), json=wish, headers=headers("viewer")), 403, "forbidden")
        for role in ("admin", "agent", "service"):
            answer = client.put(self.path(bubble), json=wish, headers=headers(role, PUNTA))
            problem(answer, 404, "conversation_not_found")
        other = answered("¿dónde está la feria?")
        mixed = f"/v1/conversations/{other['conversation_id']}/messages/{bubble['message_id']}/feedback"
        problem(client.put(mixed, json=wish, headers=headers("service")), 404, "message_not_found")
        rasa.reply = lambda _s, _m: [{"text": "¡Hola!"}]
        event = received("hola")
        channel.send(event)
        plain = channel.wait_for("message.outbound.v1", in_reply_to=event.data.message_id)[0]
        problem(client.put(self.path(plain), json=wish, headers=headers("agent")), 409, "message_not_ratable")
        bad = client.put(self.path(bubble), json={"value": "sideways"}, headers=headers("agent"))
        assert bad.status_code == 422


class TestCounting:
    def test_each_message_once_with_its_wordings(self, unknown, listed, channel, received):
        first = unknown("¿Cuántos faroles hay?", address="faroles")
        unknown("cuantos faroles hay")
        unknown("¿¿cuántos FAROLES hay??")
        for _ in range(3):
            channel.send(first)  # the network gives it again
        channel.send(received("fin", address="faroles"))
        channel.wait_for("message.handled.v1", 2, conversation_id=conversation_of(channel, first))
        (item,) = listed("faroles hay")
        assert (item["count"], item["kind"], item["status"], item["intent"]) == (3, "unknown", "open", "ask_question")
        assert len(item["samples"]) == 3

    def test_a_killed_workers_message_counts_once(self, unknown, listed, session_factory):
        """What a second try would do: the turn is settled, so nothing is stored and nothing counted."""
        from munbot_conversations.unanswered import repository

        event = unknown("¿cuántas palomas hay?")
        with session_factory.begin() as session:
            from datetime import UTC, datetime

            repository.count(
                session,
                tenant=VALLE,
                question="¿cuántas palomas hay?",
                message_id=event.data.message_id,
                now=datetime.now(UTC),
            )
        assert listed("palomas")[0]["count"] == 1

    def test_a_discarded_reply_counts_nothing(self, unknown, listed, rasa, client, headers, channel, received):
        start = received("hola", address="taken")
        channel.send(start)
        channel.wait_for("message.handled.v1", message_id=start.data.message_id)
        conversation = conversation_of(channel, start)

        def take_over(*_):
            client.post(f"/v1/conversations/{conversation}/takeover", headers=headers("agent"))

        rasa.before_answer = take_over
        unknown("¿cuántos gatos hay?", address="taken")
        assert listed("gatos hay") == []

    def test_order_kind_and_pages(self, unknown, listed, client, headers):
        for times, word in ((3, "sauces"), (1, "robles"), (2, "litres")):
            for _ in range(times):
                unknown(f"¿cuántos {word} plantan este año?")
        ask = {"limit": 1, "status": "open"}
        seen = {"count": [], "recent": []}
        for order, found in seen.items():
            cursor = {}
            while True:
                params = {**ask, "order": order, **cursor}
                page = client.get("/v1/unanswered", params=params, headers=headers("agent")).json()
                found += [item["question"] for item in page["items"] if "plantan" in item["question"]]
                if page["next_cursor"] is None:
                    break
                cursor = {"cursor": page["next_cursor"]}
        words = {order: [text.split()[1] for text in found] for order, found in seen.items()}
        assert words == {"count": ["sauces", "litres", "robles"], "recent": ["litres", "robles", "sauces"]}
        problem(client.get("/v1/unanswered?order=recent&cursor=zzz", headers=headers("agent")), 422, "cursor_invalid")


def conversation_of(channel, event):
    return channel.wait_for("message.handled.v1", message_id=event.data.message_id)[0]["conversation_id"]


class TestAnswering:
    def test_one_call_makes_a_pair_and_can_be_repeated(
        self, unknown, listed, client, headers, gateway, session_factory
    ):
        for wording in ("¿Hay cine municipal?", "hay cine municipal", "HAY cine municipal??"):
            unknown(wording)
        (item,) = listed("cine")
        path = f"/v1/unanswered/{item['id']}/answer"
        for _ in range(2):
            answer = client.post(path, json={"answer": "Sí: los jueves a las 19:00."}, headers=headers("agent"))
            assert answer.status_code == 200, answer.text
            assert answer.json()["status"] == "answered"
        assert answer.json()["answered_at"]
        (where, sent, body), again = gateway.pairs
        assert where == f"/v1/knowledge/pairs/{item['id']}"
        assert again[2] == body
        assert (sent["Authorization"], sent["X-Munbot-Tenant"]) == ("Bearer ours", VALLE)
        assert body == {
            "question": item["question"],
            "also": [text for text in item["samples"] if text != item["question"]],
            "answer": "Sí: los jueves a las 19:00.",
        }
        assert listed("cine") == []
        assert listed("cine", status="answered")[0]["id"] == item["id"]
        with session_factory() as session:
            noted = session.scalars(select(AuditEntry.action).where(AuditEntry.object_id == item["id"])).all()
        assert noted == ["unanswered.answer"] * 2

    def test_own_words(self, unknown, listed, client, headers, gateway):
        unknown("tienen wifi en la plasa??")
        (item,) = listed("wifi")
        wish = {"question": "¿Hay wifi en la plaza?", "also": ["internet gratis"], "answer": "Sí, en la de Armas."}
        assert client.post(f"/v1/unanswered/{item['id']}/answer", json=wish, headers=headers("admin")).is_success
        assert gateway.pairs[0][2] == wish

    @pytest.mark.parametrize(
        ("gateway_says", "status", "code"),
        [(503, 503, "knowledge_unavailable"), (401, 503, "knowledge_unavailable"), (422, 422, "pair_refused")],
    )
    def test_nothing_is_marked_when_it_is_not_stored(
        self, unknown, listed, client, headers, gateway, gateway_says, status, code
    ):
        unknown(f"¿hay ferias en {gateway_says}?")
        (item,) = listed(f"ferias en {gateway_says}")
        gateway.status = gateway_says
        path = f"/v1/unanswered/{item['id']}/answer"
        problem(client.post(path, json={"answer": "Sí."}, headers=headers("agent")), status, code)
        assert listed(f"ferias en {gateway_says}")[0]["status"] == "open"
        gateway.status = 200
        assert client.post(path, json={"answer": "Sí."}, headers=headers("agent")).status_code == 200

    def test_both_kinds_of_a_question_are_answered(self, unknown, answered, listed, client, headers):
        bubble = answered("¿hay baile en la plaza?")
        path = f"/v1/conversations/{bubble['conversation_id']}/messages/{bubble['message_id']}/feedback"
        client.put(path, json={"value": "down"}, headers=headers("service"))
        unknown("hay baile en la plaza")
        assert {item["kind"] for item in listed("baile")} == {"unknown", "unhelpful"}
        one = listed("baile", kind="unhelpful")[0]
        client.post(f"/v1/unanswered/{one['id']}/answer", json={"answer": "Los domingos."}, headers=headers("agent"))
        assert listed("baile") == []

    def test_asked_again_it_is_open_unless_dismissed(self, unknown, listed, client, headers):
        unknown("¿hay pista de hielo?")
        unknown("¿hay montaña rusa?")
        ice, coaster = listed("hielo")[0], listed("montaña")[0]
        client.post(f"/v1/unanswered/{ice['id']}/answer", json={"answer": "En julio."}, headers=headers("agent"))
        gone = client.post(f"/v1/unanswered/{coaster['id']}/dismiss", headers=headers("agent"))
        assert gone.json()["status"] == "dismissed"
        unknown("¿hay pista de hielo?")
        unknown("¿hay montaña rusa?")
        assert [item["count"] for item in listed("hielo")] == [2]
        assert listed("montaña") == []
        assert [item["count"] for item in listed("montaña", status="dismissed")] == [2]

    def test_who_may(self, unknown, listed, client, headers, gateway):
        unknown("¿hay circo?")
        (item,) = listed("circo")
        base = f"/v1/unanswered/{item['id']}"
        calls = [("answer", {"answer": "Sí."}), ("dismiss", None)]
        for verb, body in calls:
            for role in ("viewer", "service", "visitor"):
                problem(client.post(f"{base}/{verb}", json=body, headers=headers(role)), 403, "forbidden")
            for role in ("agent", "admin"):
                answer = client.post(f"{base}/{verb}", json=body, headers=headers(role, PUNTA))
                problem(answer, 404, "question_not_found")
        assert gateway.pairs == []
        assert listed("circo", tenant=PUNTA) == []
        assert listed("circo")[0]["status"] == "open"
        for body in ({}, {"answer": " "}, {"answer": "x" * 2_001}, {"answer": "x", "also": [""]}):
            assert client.post(f"{base}/answer", json=body, headers=headers("agent")).status_code == 422


def test_without_a_gateway_it_is_said(api_settings, session_factory, headers):
    from fastapi.testclient import TestClient
    from munbot_conversations.app import create_app

    with TestClient(create_app(api_settings.model_copy(update={"llm_gateway_url": ""}))) as alone:
        made = alone.post("/v1/unanswered", json={"question": "¿hay zoológico?"}, headers=headers("service")).json()
        path = f"/v1/unanswered/{made['id']}/answer"
        problem(alone.post(path, json={"answer": "No."}, headers=headers("agent")), 503, "knowledge_unavailable")


def test_counts_equal_their_occurrences(session_factory):
    """After all of the above: what has occurrences counts them all."""
    with session_factory() as session:
        rows = session.execute(
            select(UnansweredQuestion.question, UnansweredQuestion.count, func.count())
            .join(UnansweredOccurrence, UnansweredOccurrence.question_id == UnansweredQuestion.id)
            .group_by(UnansweredQuestion.id)
        ).all()
    assert rows
    assert [row for row in rows if row[1] != row[2]] == []
