"""The gateway's application: everything is built in the lifespan."""

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import socketio
from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware
from munbot_common.app import create_service_app
from munbot_common.audit import AuditBook
from munbot_common.auth import TokenVerifier
from munbot_common.client import AsyncServiceClient, ServiceClient
from munbot_common.ids import uuid7
from munbot_common.messaging import Consumer, OutgoingMessage, Publisher
from munbot_common.privacy_routes import router as privacy_router
from munbot_contracts.envelope import AnyEvent
from redis.asyncio import Redis

from munbot_web.chat import routes as chat_routes
from munbot_web.chat.events import instance_subscription
from munbot_web.chat.feedback import FeedbackService
from munbot_web.chat.guard import RedisGuard
from munbot_web.chat.hub import HttpHub
from munbot_web.chat.media import MediaDoor
from munbot_web.chat.replies import Replies
from munbot_web.chat.service import ChatService
from munbot_web.chat.socket import ChatNamespace, SocketRoom, make_server
from munbot_web.delivery import Delivery
from munbot_web.guide import routes as guide_routes
from munbot_web.guide.service import GuideService
from munbot_web.operations import routes as operations_routes
from munbot_web.operations.letters import DeadLetters
from munbot_web.operations.privacy import PersonalData
from munbot_web.operations.queues import QueueBook
from munbot_web.operations.services import ServiceHealths
from munbot_web.settings import Settings
from munbot_web.staff.events import BINDINGS
from munbot_web.staff.running import staff_desk

STARTUP_SECONDS = 10.0


def create_app(settings: Settings) -> FastAPI:
    """Return the gateway: REST under /api/chat, Socket.IO under /socket.io, health beside them."""
    server = make_server(settings)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with _running(app, settings, server):
            yield

    app = create_service_app(settings, title="Munbot web channel", lifespan=lifespan)
    app.include_router(chat_routes.router)
    app.include_router(guide_routes.router)
    app.include_router(operations_routes.router)
    app.include_router(privacy_router, prefix="/api/operations")
    if origins := settings.allowed_origins():
        app.add_middleware(
            CORSMiddleware,
            allow_origins=origins,
            allow_methods=["GET", "POST"],
            allow_headers=["Authorization", "Content-Type", "Idempotency-Key"],
            max_age=600,
        )
    app.mount("/socket.io", socketio.ASGIApp(server, socketio_path="socket.io"))
    return app


@asynccontextmanager
async def _running(app: FastAPI, settings: Settings, server: socketio.AsyncServer) -> AsyncIterator[None]:
    instance = uuid7().hex[-12:]
    token = settings.service_token.get_secret_value() if settings.service_token else None
    conversations = AsyncServiceClient(settings.conversations_url, token=token)
    scheduler = AsyncServiceClient(settings.scheduler_url, token=token, timeout=3.0, attempts=2)
    redis = Redis.from_url(settings.redis_dsn(), socket_timeout=0.5, socket_connect_timeout=0.5)
    publisher = Publisher(settings.amqp_url(), name=f"web-{instance}").start()
    hub = HttpHub(conversations)
    room, replies = SocketRoom(server, hub), Replies()

    async def publish(message: OutgoingMessage) -> None:
        await asyncio.wrap_future(publisher.publish([message]))

    app.state.token_verifier = TokenVerifier(settings.jwt_public_key)
    app.state.hub = hub
    app.state.media = media = MediaDoor(settings.conversations_url)
    app.state.service_healths = healths = ServiceHealths(settings.health_targets(), own=app.state.checks)
    app.state.queue_book = queues = QueueBook(settings.rabbitmq_api_url, settings.amqp_url())
    app.state.dead_letters = DeadLetters(settings.amqp_url())
    app.state.privacy = PersonalData(queues, app.state.dead_letters)
    app.state.audit_book = AuditBook(audit_client := ServiceClient(settings.conversations_url, token=token))
    app.state.guide = GuideService(conversations=conversations, scheduler=scheduler)
    guard = RedisGuard(redis, limit=settings.chat_rate_limit, window_seconds=settings.chat_rate_window_seconds)
    app.state.chat = chat = ChatService(
        publish=publish,
        hub=hub,
        guard=guard,
        replies=replies,
        room=room,
        max_text=settings.chat_max_text,
    )
    app.state.feedback = feedback = FeedbackService(hub=hub, guard=guard, room=room)
    verifier = app.state.token_verifier
    server.register_namespace(ChatNamespace(chat=chat, feedback=feedback, room=room, verifier=verifier))
    delivery = Delivery(asyncio.get_running_loop(), room, replies)
    staff = staff_desk(server, verifier=verifier, conversations=conversations, redis=redis, instance=instance)

    def heard(event: AnyEvent) -> None:
        delivery.handle(event)
        staff.delivery.handle(event)

    consumer = Consumer(
        settings.amqp_url(), instance_subscription(instance, BINDINGS), heard, name=f"web-{instance}", prefetch=200
    )
    app.state.checks.update(broker=publisher.check, replies=consumer.check)
    stop = threading.Event()
    thread = threading.Thread(target=consumer.run, args=(stop,), name="web-consumer", daemon=True)
    thread.start()
    tasks = [asyncio.create_task(work) for work in (delivery.run(), *staff.work())]
    # Not a condition: without the broker we answer 503 to messages and everything else works.
    await asyncio.to_thread(_wait_ready, publisher, consumer)
    try:
        yield
    finally:
        stop.set()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await staff.presence.close()
        await asyncio.to_thread(thread.join, 5.0)
        await asyncio.to_thread(publisher.close)
        await server.shutdown()
        await redis.aclose()
        audit_client.close()
        for client in (conversations, scheduler, media, healths, queues):
            await client.close()


def _wait_ready(publisher: Publisher, consumer: Consumer) -> None:
    publisher.wait_ready(STARTUP_SECONDS)
    consumer.wait_ready(STARTUP_SECONDS)
