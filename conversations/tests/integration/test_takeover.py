"""Silent when a person took over: on a real database, with a Rasa that waits wherever the test wants."""

import threading
import time
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from munbot_common.auth import Principal, Role
from munbot_common.database import make_engine
from munbot_common.ids import uuid7
from munbot_conversations.conversations import service
from munbot_conversations.conversations.models import Conversation
from munbot_conversations.conversations.schemas import HandoffRequest
from munbot_conversations.messages import sending
from munbot_conversations.messages.models import Message
from munbot_conversations.models import OUTBOX
from munbot_conversations.settings import MigrateSettings, WorkerSettings
from munbot_conversations.turns.board import TurnBoard
from munbot_conversations.turns.ingest import Ingest
from munbot_conversations.turns.outage import Outage
from munbot_conversations.turns.rasa import RasaClient
from munbot_conversations.turns.runner import TurnRunner
from munbot_conversations.turns.sweep import Sweeper
from sqlalchemy import select

TENANT = "valle-claro"


class Clock:
    def __init__(self):
        self.ahead = timedelta()

    def __call__(self):
        return datetime.now(UTC) + self.ahead


@pytest.fixture
def hub(database, session_factory, rasa, agents):
    """The hub without a broker: ingest and turns, driven by hand."""
    clock = Clock()
    config = WorkerSettings(database_url=database, rabbitmq_url="amqp://nowhere", rasa_url=rasa.url)
    engine = make_engine(MigrateSettings(database_url=database))
    board, outage = TurnBoard(), Outage()
    client = RasaClient(rasa.url, timeout=5)
    ingest = Ingest(
        session_factory, config, lambda it: it.asks_bot and board.wake(it.conversation_id, it.message_id), clock
    )
    runner = TurnRunner(
        engine, rasa=client, board=board, outage=outage, settings=config, on_commit=lambda: None, clock=clock
    )
    relay = SimpleNamespace(wake=lambda: None)
    sweeper = Sweeper(
        session_factory, board=board, outage=outage, rasa=client, relay=relay, settings=config, clock=clock
    )
    stop = threading.Event()
    threads = [threading.Thread(target=runner.run, args=(stop,), daemon=True) for _ in range(2)]
    for thread in threads:
        thread.start()
    agent = Principal(subject=str(agents[TENANT, "agent"]), role=Role.AGENT, tenant=TENANT)
    bot = Principal(subject="service:actions", role=Role.SERVICE, tenant=TENANT)

    def act(what, conversation_id, **options):
        who = bot if what is service.handoff else agent
        with session_factory.begin() as session:
            return what(session, who, conversation_id, clock=clock, **options)

    def conversation_of(address):
        with session_factory() as session:
            return session.scalars(
                select(Conversation).where(Conversation.address == address).order_by(Conversation.created_at.desc())
            ).first()

    yield SimpleNamespace(
        ingest=ingest, board=board, clock=clock, sweeper=sweeper, act=act, conversation_of=conversation_of
    )
    stop.set()
    for thread in threads:
        thread.join(10)
    client.close()
    engine.dispose()


def bot_messages(session_factory, conversation_id):
    with session_factory() as session:
        return set(
            session.scalars(
                select(Message.id).where(
                    Message.conversation_id == conversation_id, Message.sender_type.in_(["bot", "system"])
                )
            )
        )


def state_of(session_factory, message_id):
    with session_factory() as session:
        return session.get(Message, message_id)


def outbound_in_outbox(session_factory, conversation_id):
    with session_factory() as session:
        bodies = session.scalars(select(OUTBOX.c.body).where(OUTBOX.c.routing_key == "message.outbound.v1")).all()
    return {
        UUID(body["data"]["message_id"]) for body in bodies if body["data"]["conversation_id"] == str(conversation_id)
    }


def test_a_reply_computed_before_a_takeover_is_discarded(hub, rasa, received, session_factory, until):
    asked, taken = threading.Event(), threading.Event()

    def wait_for_takeover(*_):
        asked.set()
        assert taken.wait(60)

    rasa.before_answer = wait_for_takeover
    event = received("hola", address="late")
    hub.ingest.received(event, event.data)
    assert asked.wait(60)
    conversation = hub.conversation_of("late")
    hub.act(service.takeover, conversation.id, minutes=None)
    taken.set()
    message = until(lambda: (m := state_of(session_factory, event.data.message_id)).state != "pending" and m)
    assert (message.state, message.outcome) == ("discarded", "silenced")
    assert bot_messages(session_factory, conversation.id) == set()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    thinking=st.floats(0, 0.02),
    takeover_after=st.floats(0, 0.05),
    then=st.sampled_from(["stay", "release", "close", "message"]),
    messages=st.integers(1, 3),
)
def test_no_reply_leaves_after_a_takeover_whatever_its_moment(
    hub, rasa, received, session_factory, until, thinking, takeover_after, then, messages
):
    rasa.before_answer = lambda *_: time.sleep(thinking)
    address = str(uuid7())
    events = [received(f"m{number}", address=address) for number in range(messages)]
    for event in events:
        hub.ingest.received(event, event.data)
    conversation = hub.conversation_of(address)
    time.sleep(takeover_after)
    hub.act(service.takeover, conversation.id, minutes=None)
    said_before = bot_messages(session_factory, conversation.id)
    if then == "close":
        hub.act(service.close, conversation.id)
    elif then == "message":
        hub.act(sending.agent_message, conversation.id, text="Hola, soy Rodrigo")
    for event in events:
        until(lambda event=event: state_of(session_factory, event.data.message_id).state != "pending")
    if then == "release":
        hub.act(service.release, conversation.id)
    assert bot_messages(session_factory, conversation.id) == said_before
    sent = outbound_in_outbox(session_factory, conversation.id)
    agent_said = 1 if then == "message" else 0
    assert len(sent) == len(said_before) + agent_said


def test_a_takeover_and_release_while_rasa_thinks_still_discards(hub, rasa, received, session_factory, until):
    asked, go_on = threading.Event(), threading.Event()
    rasa.before_answer = lambda *_: (asked.set(), go_on.wait(60))
    event = received("hola", address="there-and-back")
    hub.ingest.received(event, event.data)
    assert asked.wait(60)
    conversation = hub.conversation_of("there-and-back")
    hub.act(service.takeover, conversation.id, minutes=None)
    hub.act(service.release, conversation.id)
    go_on.set()
    message = until(lambda: (m := state_of(session_factory, event.data.message_id)).state != "pending" and m)
    assert message.state == "discarded"
    again = received("¿hola?", address="there-and-back")
    hub.ingest.received(again, again.data)
    until(lambda: state_of(session_factory, again.data.message_id).outcome == "answered")
    assert rasa.asked[-1]["sender"].endswith(".2")


def test_while_a_person_has_it_nothing_is_asked_and_later_the_bot_returns(hub, rasa, received, session_factory, until):
    first = received("hola", address="silence")
    hub.ingest.received(first, first.data)
    until(lambda: state_of(session_factory, first.data.message_id).state == "handled")
    conversation = hub.conversation_of("silence")
    hub.act(service.takeover, conversation.id, minutes=30)
    second = received("¿hay alguien?", address="silence")
    hub.ingest.received(second, second.data)
    kept = state_of(session_factory, second.data.message_id)
    assert (kept.state, kept.outcome, kept.seq) == ("handled", "silenced", 3)
    hub.clock.ahead = timedelta(minutes=31)
    third = received("sigo aquí", address="silence")
    hub.ingest.received(third, third.data)
    until(lambda: state_of(session_factory, third.data.message_id).outcome == "answered")
    assert rasa.texts() == ["hola", "sigo aquí"]
    assert hub.conversation_of("silence").mode == "bot"
    with session_factory() as session:
        released = session.scalars(
            select(OUTBOX.c.body).where(OUTBOX.c.routing_key == "conversation.released.v1")
        ).all()
    assert {"conversation_id": str(conversation.id), "by": "timeout"} in [body["data"] for body in released]


def test_the_sweep_ends_a_silence_by_itself(hub, received, session_factory, until):
    event = received("hola", address="swept")
    hub.ingest.received(event, event.data)
    until(lambda: state_of(session_factory, event.data.message_id).state == "handled")
    conversation = hub.conversation_of("swept")
    hub.act(service.takeover, conversation.id, minutes=5)
    assert hub.sweeper.end_silences() == 0
    hub.clock.ahead = timedelta(minutes=6)
    assert hub.sweeper.end_silences() >= 1
    assert hub.conversation_of("swept").mode == "bot"


def test_a_handoff_by_the_dialogue_lets_its_own_goodbye_out_and_nothing_after(
    hub, rasa, received, session_factory, until
):
    def hand_off(_sender, message, metadata):
        if message == "quiero una persona":
            wish = HandoffRequest(reason="ask_human", summary="quiere una persona")
            hub.act(service.handoff, UUID(metadata["conversation_id"]), wish=wish)

    rasa.before_answer = hand_off
    first = received("quiero una persona", address="handoff")
    second = received("¿hola?", address="handoff")
    hub.ingest.received(first, first.data)
    hub.ingest.received(second, second.data)
    until(lambda: state_of(session_factory, second.data.message_id).state != "pending")
    conversation = hub.conversation_of("handoff")
    assert state_of(session_factory, first.data.message_id).outcome == "answered"
    assert state_of(session_factory, second.data.message_id).outcome == "silenced"
    assert len(bot_messages(session_factory, conversation.id)) == 1
    assert conversation.mode == "human"
    assert conversation.waiting_since is not None
    assert conversation.handoff_reason == "ask_human"


def test_a_goodbye_that_its_worker_could_not_store_is_found_in_the_tracker(hub, rasa, received, session_factory, until):
    event = received("quiero una persona", address="goodbye")
    hub.ingest._on_stored = lambda _: None
    hub.ingest.received(event, event.data)
    conversation = hub.conversation_of("goodbye")
    sender = f"{conversation.id}.1"
    rasa.trackers[sender] += [
        {"event": "user", "text": "quiero una persona", "metadata": {"message_id": str(event.data.message_id)}},
        {"event": "bot", "text": "Una persona le responderá", "data": {}},
    ]
    with session_factory.begin() as session:
        session.get(Message, event.data.message_id).attempts = 1
    hub.act(service.handoff, conversation.id, wish=HandoffRequest(reason="ask_human"))
    hub.board.wake(conversation.id)
    until(lambda: state_of(session_factory, event.data.message_id).state == "handled")
    assert len(bot_messages(session_factory, conversation.id)) == 1
    assert rasa.asked == []


def test_a_message_to_a_closed_conversation_opens_a_new_one(hub, received, session_factory, until):
    first = received("hola", address="closed")
    hub.ingest.received(first, first.data)
    until(lambda: state_of(session_factory, first.data.message_id).state == "handled")
    old = hub.conversation_of("closed")
    hub.act(service.close, old.id)
    second = received("otra cosa", address="closed")
    hub.ingest.received(second, second.data)
    new = hub.conversation_of("closed")
    assert new.id != old.id
    assert new.contact_id == old.contact_id
    until(lambda: state_of(session_factory, second.data.message_id).outcome == "answered")
    # The first one again, late: it belongs to the old conversation and changes nothing.
    late = received("hola", address="closed", provider_id=first.data.provider_message_id)
    hub.ingest.received(late, late.data)
    assert hub.conversation_of("closed").last_seq == 2


def test_a_channel_may_name_the_conversation_instead_of_the_address(hub, received, session_factory, until):
    first = received("hola", address="named")
    hub.ingest.received(first, first.data)
    conversation = hub.conversation_of("named")
    second = received("otra", address="somebody", conversation_id=conversation.id)
    hub.ingest.received(second, second.data)
    assert hub.conversation_of("named").last_seq >= 2
    assert hub.conversation_of("somebody") is None
    until(lambda: state_of(session_factory, second.data.message_id).outcome == "answered")
    foreign = received("hola", address="thief", tenant="punta-brava", conversation_id=conversation.id)
    hub.ingest.received(foreign, foreign.data)
    until(lambda: state_of(session_factory, foreign.data.message_id).outcome == "answered")
    stolen = state_of(session_factory, foreign.data.message_id)
    assert stolen.conversation_id != conversation.id
    assert stolen.tenant_id == "punta-brava"


def test_a_day_of_silence_starts_the_dialogue_anew(hub, rasa, received, session_factory, until):
    for number, ahead in enumerate((0, 23, 24 + 23)):
        hub.clock.ahead = timedelta(hours=ahead)
        event = received(f"m{number}", address="next-day")
        hub.ingest.received(event, event.data)
        until(lambda event=event: state_of(session_factory, event.data.message_id).state == "handled")
    assert [body["sender"].split(".")[1] for body in rasa.asked] == ["1", "1", "2"]
