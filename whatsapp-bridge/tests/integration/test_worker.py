"""The whole of the bridge: a citizen writes, the hub answers, and the provider tells what became of the answer."""

import json
import threading
import time
from datetime import UTC, datetime

import pytest
from munbot_common.ids import uuid7
from munbot_common.messaging import OutgoingMessage
from munbot_common.outbox import make_event
from munbot_contracts.messages import MESSAGE_OUTBOUND, Button, MessageOutbound
from munbot_whatsapp.citizens.models import Citizen

PHOTO = b"\xff\xd8\xff\xe0" + bytes(3000)


@pytest.fixture
def graph(server):
    """The Cloud API of one number."""
    sent = []

    def send(request):
        body = json.loads(request.body)
        if body.get("status") == "read":
            return 200, "application/json", b'{"success": true}'
        sent.append(body)
        answer = {"messaging_product": "whatsapp", "messages": [{"id": f"wamid.out.{len(sent)}"}]}
        return 200, "application/json", json.dumps(answer).encode()

    def serve(account):
        link = json.dumps({"url": f"{server.url}/photo", "id": "77"}).encode()
        for version in range(18, 30):
            server.answers["POST", f"/v{version}.0/{account.provider_ref}/messages"] = send
            server.answers["GET", f"/v{version}.0/77"] = lambda _: (200, "application/json", link)
        server.answers["GET", "/photo"] = lambda _: (200, "image/jpeg", PHOTO)
        return sent

    return serve


@pytest.fixture
def worker(worker_settings, sessions):
    from munbot_whatsapp.worker import Worker

    made = Worker(worker_settings)
    made.publisher.start()
    stop = threading.Event()
    threads = [threading.Thread(target=loop, args=(stop,), daemon=True) for loop in made.loops().values()]
    for thread in threads:
        thread.start()
    assert made.publisher.wait_ready(60)
    for consumer in (made.inbox, made.statuses, made.outbound, *made.media):
        assert consumer.wait_ready(60)
    yield made
    stop.set()
    for thread in threads:
        thread.join(15)
        assert not thread.is_alive()
    made.close()


def until(condition, timeout=60):
    deadline = time.monotonic() + timeout
    while not (value := condition()):
        assert time.monotonic() < deadline, "not in time"
        time.sleep(0.02)
    return value


def answer_of(account, text, *buttons):
    message = MessageOutbound(
        message_id=uuid7(),
        conversation_id=uuid7(),
        channel="whatsapp",
        account=account.slug,
        recipient="56912345678",
        seq=2,
        sender_type="bot",
        text=text,
        buttons=[Button(title=title, payload=f"/{title}") for title in buttons],
        created_at=datetime.now(UTC),
    )
    event = make_event(
        source="conversations",
        event_type=MESSAGE_OUTBOUND,
        subject=str(message.message_id),
        tenant="valle-claro",
        data=message,
    )
    body = event.model_dump_json().encode()
    return message, OutgoingMessage("message.outbound.v1", body, str(event.id), mandatory=True)


def test_from_the_citizen_to_the_citizen(worker, graph, server, add_account, post, meta, ear, sessions):
    account = add_account(base_url=server.url)
    sent = graph(account)
    photo = meta.text(type="image", image={"id": "77", "mime_type": "image/jpeg", "caption": "un bache"})
    assert post(account, meta.body(account, [photo])).status_code == 200

    (received,) = ear.wait_for("message.received", provider_message_id=photo["id"])
    (media,) = ear.wait_for("message.media", message_id=received.data["message_id"])
    assert (media.data["problem"], media.data["media"]["size"]) == (None, len(PHOTO))
    marks = until(lambda: [json.loads(r.body) for r in server.asked if b'"read"' in r.body])
    assert marks[0]["message_id"] == photo["id"]

    def known_citizen():
        with sessions.begin() as session:
            return session.get(Citizen, (account.id, "56912345678"))

    assert until(known_citizen).name == "Ana"

    message, published = answer_of(account, "¿Dónde está el bache?", "Aquí", "Allá")
    for _ in range(3):  # the hub's relay may publish again
        worker.publisher.publish_and_wait([published])
    ear.wait_for("message.status", message_id=str(message.message_id), status="sent")
    (bubble,) = sent
    assert bubble["to"] == "56912345678"
    assert [b["reply"]["title"] for b in bubble["interactive"]["action"]["buttons"]] == ["Aquí", "Allá"]

    told = {"id": "wamid.out.1", "timestamp": str(int(time.time())), "recipient_id": "56912345678"}
    post(account, meta.body(account, statuses=[told | {"status": "read"}]))
    post(account, meta.body(account, statuses=[told | {"status": "delivered"}]))
    ear.wait_for("message.status", message_id=str(message.message_id), status="read")
    assert len(sent) == 1
    assert not ear.events("message.status", message_id=str(message.message_id), status="delivered")
    for check in worker.checks().values():
        check()
