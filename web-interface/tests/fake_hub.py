"""Conversations as the gateway sees it, small and scripted: its REST calls, and its answers over the broker.

Also behind the development harness. Nothing here ships.
"""

import json
import threading
import time
from collections import Counter, defaultdict
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4, uuid5

import pika
import uvicorn
from fastapi import FastAPI, Header, HTTPException, Response
from munbot_common.auth import Role
from munbot_common.ids import uuid7

EXCHANGE = "munbot.events"
TENANTS = {
    "valle-claro": {
        "id": "valle-claro",
        "name": "Municipalidad de Valle Claro",
        "short_name": "Valle Claro",
        "timezone": "America/Santiago",
        "locale": "es-CL",
        "colors": {"primary": "#0f5c4d", "accent": "#d9822b"},
        "greeting": "¡Hola! Soy el asistente de la Municipalidad de Valle Claro. ¿En qué le ayudo?",
        "address": "Plaza de Armas 100, Valle Claro",
        "phone": "+56 2 2345 6700",
        "attention_hours_text": "lunes a viernes de 8:30 a 14:00",
    },
    "punta-brava": {
        "id": "punta-brava",
        "name": "Municipalidad de Punta Brava",
        "short_name": "Punta Brava",
        "timezone": "America/Punta_Arenas",
        "locale": "es-CL",
        "colors": {"primary": "#1d4f8c", "accent": "#c8553d"},
        "greeting": "¡Hola! Soy el asistente de la Municipalidad de Punta Brava. ¿En qué le ayudo?",
        "address": "Costanera 250, Punta Brava",
        "phone": "+56 61 234 5600",
        "attention_hours_text": "lunes a viernes de 9:00 a 13:30",
    },
}


def answer_to(text):
    """Return what stands beside a bubble with a source: it can be rated."""
    if "Fuente:" not in text:
        return None
    source = {"document_id": "aseo", "document": "Ordenanza de Aseo", "article": "Artículo 12", "passage": "0"}
    return {"id": str(uuid4()), "mode": "extractive", "question": "¿Y la basura?", "sources": [source]}


class FakeHub:
    """Keeps conversations in memory; `script(text)` says what the bot answers.

    The script returns a list of (text, [(title, payload)]), or "silenced", or "deferred", or None for no answer yet.
    """

    def __init__(self, signer, amqp_url, script):
        self.signer, self.amqp_url, self.script = signer, amqp_url, script
        self.addresses, self.messages, self.outcomes = {}, defaultdict(list), {}
        self.tenant_of, self.address_of, self.closed = {}, {}, set()
        self.received = []
        self.ratings = {}
        self.files, self.file_tokens = {}, []
        self.audit, self.audit_away = {}, False
        self.agents = {}
        self.lock = threading.RLock()
        self.reads, self._read = Counter(), threading.Condition()
        self._stop = threading.Event()
        self.app = self._app()

    # --- REST

    def _app(self):
        app = FastAPI()

        @app.get("/v1/public/tenants/{tenant}")
        def tenant(tenant: str):
            if tenant not in TENANTS:
                raise HTTPException(404)
            return TENANTS[tenant]

        @app.post("/v1/sessions", status_code=201)
        def session(body: dict, x_munbot_tenant: str = Header()):
            if x_munbot_tenant not in TENANTS:
                raise HTTPException(404)
            conversation = self.live(x_munbot_tenant, body["address"])
            token = self.signer.issue(
                subject=body["address"],
                role=Role.VISITOR,
                tenant=x_munbot_tenant,
                lifetime=timedelta(hours=1),
                conversation_id=conversation,
            )
            return {
                "conversation_id": str(conversation),
                "contact_id": str(uuid4()),
                "token": token,
                "expires_in": 3600,
            }

        self._conversations(app)
        self._feedback(app)
        self._media(app)
        self._audit(app)
        self._agents(app)

        @app.get("/v1/conversations/{conversation}/messages")
        def messages(conversation: UUID, after_seq: int = 0, limit: int = 100):
            with self.lock:
                items = [m for m in self.messages[conversation] if m["seq"] > after_seq]
            with self._read:
                self.reads[str(conversation)] += 1
                self._read.notify_all()
            return {"items": items[:limit]}

        @app.get("/v1/messages/{message}")
        def message(message: UUID):
            with self.lock:
                if message not in self.outcomes:
                    raise HTTPException(404)
                outcome = self.outcomes[message]
                replies = [m for all_ in self.messages.values() for m in all_ if m["in_reply_to"] == str(message)]
            return {
                "id": str(message),
                "status": "handled" if outcome else "pending",
                "outcome": outcome,
                "replies": replies,
            }

        @app.get("/v1/procedures")
        def procedures():
            return {"items": []}

        @app.get("/v1/offices")
        def offices():
            return {"items": []}

        return app

    def _audit(self, app):
        @app.post("/v1/audit", status_code=204)
        def note(body: dict, idempotency_key: str = Header(), x_munbot_tenant: str = Header()):
            with self.lock:
                if self.audit_away:
                    raise HTTPException(503)
                self.audit[idempotency_key] = {"tenant": x_munbot_tenant, **body}

    def _media(self, app):
        @app.get("/v1/messages/{message}/media")
        def media(message: UUID, authorization: str = Header()):
            with self.lock:
                self.file_tokens.append(authorization)
                if message not in self.files:
                    raise HTTPException(404)
                status, headers, data = self.files[message]
            return Response(data, status, headers)

    def _agents(self, app):
        @app.get("/v1/agents")
        def agents(x_munbot_tenant: str = Header()):
            with self.lock:
                return {"items": [agent for agent in self.agents.values() if agent["tenant"] == x_munbot_tenant]}

    def _feedback(self, app):
        @app.put("/v1/conversations/{conversation}/messages/{message}/feedback")
        def rate(conversation: UUID, message: UUID, body: dict):
            with self.lock:
                found = next((m for m in self.messages[conversation] if m["id"] == str(message)), None)
                if found is None:
                    raise HTTPException(404)
                if not found["answer"]:
                    raise HTTPException(409)
                found["feedback"] = body["value"]
                self.ratings[message] = body
            return {"message_id": str(message), **body}

    def _conversations(self, app):
        def item(conversation):
            return {
                "id": str(conversation),
                "status": "closed" if conversation in self.closed else "open",
                "channel": "web",
                "account": "widget",
                "contact": {"id": self.address_of[conversation], "address": self.address_of[conversation]},
            }

        @app.get("/v1/conversations")
        def listed(contact_id: str, status: str, x_munbot_tenant: str = Header()):
            with self.lock:
                found = [item(c) for c, a in self.address_of.items() if a == contact_id]
            return {"items": [i for i in found if i["status"] == status], "next_cursor": None}

        @app.get("/v1/conversations/{conversation}")
        def one(conversation: UUID):
            with self.lock:
                if conversation not in self.address_of:
                    raise HTTPException(404)
                return item(conversation)

    def live(self, tenant, address):
        """Return the open conversation of an address, a new one if need be."""
        with self.lock:
            conversation = self.addresses.get((tenant, address))
            if conversation is None:
                conversation = self.addresses[tenant, address] = uuid7()
                self.tenant_of[conversation], self.address_of[conversation] = tenant, address
            return conversation

    def hire(self, name, *, role="agent", tenant="valle-claro"):
        """Add an official; return their id."""
        with self.lock:
            agent = {"id": str(uuid4()), "name": name, "role": role, "active": True, "tenant": tenant}
            self.agents[agent["id"]] = agent
            return agent["id"]

    def close(self, conversation):
        """End a conversation, as an official does."""
        with self.lock:
            self.closed.add(conversation)
            del self.addresses[self.tenant_of[conversation], self.address_of[conversation]]

    # --- the turn

    def take(self, event, publish):
        """Store a message once and answer it; `publish(type, data)` sends an event."""
        data = event["data"]
        message = UUID(data["message_id"])
        with self.lock:
            self.received.append(data)
            if message in self.outcomes:
                return
            conversation = self.live(event["tenant"], data["sender"]["address"])
            self._store(conversation, "in", "citizen", data["text"], [], None, message)
            self.outcomes[message] = None
            answer = self.script(data["text"])
            if answer is None:
                return
            bubbles, outcome = ([], answer) if isinstance(answer, str) else (answer, "answered")
            if outcome == "deferred":
                bubbles = [("En este momento no puedo responder. Su mensaje quedó guardado y le contestaré luego.", [])]
            stored = [
                self._store(
                    conversation,
                    "out",
                    "bot",
                    text,
                    [{"title": t, "payload": p} for t, p in buttons],
                    message,
                    uuid5(message, str(index)),
                )
                for index, (text, buttons) in enumerate(bubbles)
            ]
            self.outcomes[message] = outcome
        for index, bubble in enumerate(stored):
            publish("munbot.message.outbound.v1", self.outbound(conversation, bubble, index, len(stored)))
        handled = {
            "message_id": str(message),
            "conversation_id": str(conversation),
            "channel": "web",
            "outcome": outcome,
            "replies": len(stored),
        }
        publish("munbot.message.handled.v1", handled)

    def outbound(self, conversation, stored, index=0, count=1):
        return {
            "message_id": stored["id"],
            "conversation_id": str(conversation),
            "channel": "web",
            "account": "widget",
            "recipient": self.address_of[conversation],
            "turn_index": index,
            "turn_count": count,
            **{k: stored[k] for k in ("seq", "sender_type", "text", "buttons", "in_reply_to", "created_at", "answer")},
            "kind": stored["kind"],
            "media": stored["media"] and {"bucket": "attachments", "key": "secreto/1.png", **stored["media"]},
        }

    def wait_until_read(self, conversation, times, seconds):
        """Wait until the messages of a conversation were read so often."""
        with self._read:
            assert self._read.wait_for(lambda: self.reads[conversation] >= times, seconds), "nobody read them"

    def say(self, conversation, text, *, sender="bot", tell=True, media=None, kind="text"):
        """Let the office say something of its own accord; return the message's id."""
        with self.lock:
            stored = self._store(conversation, "out", sender, text, [], None, uuid7())
            stored.update(kind=kind, media=media)
        if tell:
            self.publish(self.event("munbot.message.outbound.v1", self.outbound(conversation, stored)))
        return UUID(stored["id"])

    def _store(self, conversation, direction, sender, text, buttons, in_reply_to, message):
        stored = {
            "id": str(message),
            "seq": len(self.messages[conversation]) + 1,
            "direction": direction,
            "sender_type": sender,
            "kind": "text",
            "media": None,
            "text": text,
            "buttons": buttons,
            "in_reply_to": str(in_reply_to) if in_reply_to else None,
            "created_at": datetime.now(UTC).isoformat(),
            "answer": answer_to(text) if direction == "out" else None,
            "feedback": None,
        }
        self.messages[conversation].append(stored)
        return stored

    def event(self, type_, data):
        return {
            "specversion": "1.0",
            "id": str(uuid7()),
            "source": "/munbot/conversations",
            "type": type_,
            "subject": data["message_id"],
            "time": datetime.now(UTC).isoformat(),
            "tenant": self.tenant_of.get(UUID(data["conversation_id"]), "valle-claro"),
            "correlationid": "test-correlation",
            "data": data,
        }

    def publish(self, event):
        with pika.BlockingConnection(pika.URLParameters(self.amqp_url)) as connection:
            connection.channel().basic_publish(
                EXCHANGE, event["type"].removeprefix("munbot."), json.dumps(event).encode()
            )

    # --- running

    def _work(self, ready):
        with pika.BlockingConnection(pika.URLParameters(self.amqp_url)) as connection:
            channel = connection.channel()
            channel.exchange_declare(EXCHANGE, exchange_type="topic", durable=True)
            channel.queue_declare("conversations.received", durable=True)
            channel.queue_bind("conversations.received", EXCHANGE, "message.received.v1")
            ready.set()

            def publish(type_, data):
                channel.basic_publish(
                    EXCHANGE, type_.removeprefix("munbot."), json.dumps(self.event(type_, data)).encode()
                )

            for method, _properties, body in channel.consume("conversations.received", inactivity_timeout=0.1):
                if self._stop.is_set():
                    break
                if method is not None:
                    self.take(json.loads(body), publish)
                    channel.basic_ack(method.delivery_tag)
            channel.cancel()

    @contextmanager
    def working(self):
        """Consume and answer inside the block."""
        self._stop.clear()
        ready = threading.Event()
        thread = threading.Thread(target=self._work, args=(ready,), daemon=True)
        thread.start()
        assert ready.wait(60)
        try:
            yield self
        finally:
            self._stop.set()
            thread.join(10)


@contextmanager
def serving(app):
    """Serve an application on a free port; gives its base URL."""
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_config=None, timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 60
    while not server.started:
        assert thread.is_alive(), "the server died at start"
        assert time.monotonic() < deadline, "the server did not start"
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(10)
