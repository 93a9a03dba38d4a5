"""The bot never speaks after a takeover: whatever officials, citizens and time do, and whenever they do it.

Officials and citizens act between turns and while Rasa thinks, in orders that hypothesis makes up. A small model knows
who has the word; the hub, on a real database, must agree with it.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from munbot_common.auth import Principal, Role
from munbot_common.database import make_engine
from munbot_common.ids import uuid7
from munbot_conversations.conversations import assignment, service
from munbot_conversations.conversations.models import Conversation
from munbot_conversations.conversations.schemas import HandoffRequest
from munbot_conversations.messages import sending
from munbot_conversations.messages.models import Message
from munbot_conversations.models import OUTBOX
from munbot_conversations.settings import MigrateSettings, WorkerSettings
from munbot_conversations.turns.board import TurnBoard
from munbot_conversations.turns.ingest import Ingest
from munbot_conversations.turns.outage import Outage
from munbot_conversations.turns.rules import Reply
from munbot_conversations.turns.runner import TurnRunner
from munbot_conversations.turns.sweep import Sweeper
from sqlalchemy import func, select
from sqlalchemy.orm import Session

TENANT = "valle-claro"
ACTS = ("citizen", "takeover", "short takeover", "write", "assign", "assign other", "unassign", "release", "close")
WHILE_RASA_THINKS = (*ACTS, "handoff")
COME_AND_GO = (["handoff", "release"], ["takeover", "release"], ["assign", "unassign", "release"])
LATER = (timedelta(minutes=4), timedelta(minutes=6), timedelta(hours=25))


@dataclass
class Word:
    """Who has the word in one conversation, as the model knows it."""

    human: bool = False
    until: datetime | None = None
    assigned: UUID | None = None
    closed: bool = False

    def bot_may_speak(self, now):
        return not self.closed and (not self.human or self.until <= now)


class Thinking:
    """Rasa, in this process: while it thinks, `meanwhile` happens."""

    def __init__(self):
        self.meanwhile = lambda: None

    def ask(self, *, sender, message, metadata):
        self.meanwhile()
        return [Reply(text=f"eco: {message}")]

    def earlier_replies(self, *, sender, message_id):
        return None

    def is_ready(self):
        return True


@pytest.fixture
def parts(database, session_factory, received, agents):
    """What the machine drives."""
    clock = SimpleNamespace(now=datetime.now(UTC))
    config = WorkerSettings(database_url=database, rabbitmq_url="amqp://nowhere", rasa_url="http://nowhere")
    engine, rasa, board, outage = make_engine(MigrateSettings(database_url=database)), Thinking(), TurnBoard(), Outage()
    common = {"board": board, "outage": outage, "rasa": rasa, "settings": config, "clock": lambda: clock.now}
    connection = engine.connect()
    yield SimpleNamespace(
        clock=clock,
        rasa=rasa,
        received=received,
        factory=session_factory,
        session=Session(connection, expire_on_commit=False),
        ingest=Ingest(session_factory, config, lambda _: None, lambda: clock.now),
        runner=TurnRunner(engine, on_commit=lambda: None, **common),
        sweeper=Sweeper(session_factory, relay=SimpleNamespace(wake=lambda: None), **common),
        agent=Principal(subject=str(agents[TENANT, "agent"]), role=Role.AGENT, tenant=TENANT),
        other=agents[TENANT, "admin"],
        bot=Principal(subject="service:actions", role=Role.SERVICE, tenant=TENANT),
    )
    connection.close()
    engine.dispose()


class Hub(RuleBasedStateMachine):
    """One citizen, some officials, a bot, and time."""

    def __init__(self, parts):
        super().__init__()
        self.parts = parts
        self.address = str(uuid7())
        self.words = {}
        self.current = None
        self.interfered = False
        self.spoken = 0

    # ---- what can happen

    @initialize()
    def begins(self):
        self.act("citizen")

    @rule(what=st.sampled_from((*ACTS, "handoff")))
    def happens(self, what):
        self.act(what)

    @rule(by=st.sampled_from(LATER))
    def time_passes(self, by):
        self.parts.clock.now += by

    @rule()
    def sweeps(self):
        self.parts.sweeper.end_silences()
        for word in self.words.values():
            if word.human and not word.closed and word.until <= self.parts.clock.now:
                self.gives_back(word)

    @rule(
        before=st.lists(st.sampled_from(WHILE_RASA_THINKS), max_size=2),
        meanwhile=st.sampled_from(COME_AND_GO) | st.lists(st.sampled_from(WHILE_RASA_THINKS), max_size=3),
        later=st.sampled_from((timedelta(0), *LATER)),
    )
    def is_written_to(self, before, meanwhile, later):
        """A citizen writes; before the bot takes its turn, and during it, anything may happen."""
        self.act("citizen")
        target = self.current
        for what in before:
            self.act(what, target)
        self.parts.clock.now += later
        self.takes_a_turn(meanwhile, target)

    @rule(old=st.booleans())
    def looks_again(self, old):
        """Nothing may be left to say where a turn was discarded, or the conversation is over."""
        self.takes_a_turn([], next(iter(self.words)) if old else self.current)

    def takes_a_turn(self, meanwhile, conversation_id):
        before, asked = self.bubbles(conversation_id), []
        might = self.words[conversation_id].bot_may_speak(self.parts.clock.now)
        self.interfered = False

        def think():
            asked.append(True)
            self.interfered = False
            for what in meanwhile:
                self.act(what, conversation_id)

        self.parts.rasa.meanwhile = think
        self.parts.runner.take_turn(self.parts.session, conversation_id)
        said = self.bubbles(conversation_id) - before
        if asked:
            assert might, "Rasa was asked though a person has the word"
            assert said == (0 if self.interfered else 1), (meanwhile, self.words[conversation_id])
            self.spoken += said
        else:
            assert said == 0

    @invariant()
    def nothing_else_left(self):
        """What was sent is what was stored, and what was stored is what the turns came to."""
        if self.current is None:
            return
        with self.parts.factory() as session:
            stored = session.scalar(
                select(func.count()).where(
                    Message.conversation_id.in_(self.words), Message.sender_type.in_(["bot", "system"])
                )
            )
            sent = session.scalar(
                select(func.count()).where(
                    OUTBOX.c.routing_key == "message.outbound.v1",
                    OUTBOX.c.body["data"]["conversation_id"].astext.in_([str(name) for name in self.words]),
                    OUTBOX.c.body["data"]["sender_type"].astext != "agent",
                )
            )
        assert stored == sent == self.spoken

    # ---- how it happens

    def act(self, what, conversation_id=None):
        """Let something happen in a conversation, and in the model."""
        self.parts.clock.now += timedelta(seconds=1)
        target = conversation_id or self.current
        if what == "citizen":
            self.citizen_writes()
        elif self.words[target].closed:
            with pytest.raises(service.ConversationClosed):
                self.call(sending.agent_message, self.parts.agent, target, text="¿Sigue ahí?")
        elif what == "handoff":
            self.hands_off(target)
        else:
            self.official_acts(what, target)

    def citizen_writes(self):
        event = self.parts.received("hola", address=self.address)
        now, word = self.parts.clock.now, self.words.get(self.current)
        self.parts.ingest.received(event, event.data)
        with self.parts.factory() as session:
            self.current = session.get(Message, event.data.message_id).conversation_id
        if self.current not in self.words:
            self.words[self.current] = Word()
        elif word is not None and word.human and word.until <= now:
            self.gives_back(word)

    def hands_off(self, target):
        word = self.words[target]
        self.call(service.handoff, self.parts.bot, target, wish=HandoffRequest(reason="ask_human"))
        if word.bot_may_speak(self.parts.clock.now):
            word.human, word.assigned = True, None
            self.note_until(target, word)

    def official_acts(self, what, target):
        word, agent = self.words[target], self.parts.agent
        me = UUID(agent.subject)
        if what in {"takeover", "short takeover"}:
            self.call(service.takeover, agent, target, minutes=5 if what.startswith("short") else None)
            self.takes(target, word, me)
        elif what == "write":
            had = word.human and word.until > self.parts.clock.now and word.assigned is not None
            self.call(sending.agent_message, agent, target, text="Buenas tardes")
            if had:
                self.note_until(target, word)
            else:
                self.takes(target, word, me)
        elif what in {"assign", "assign other"}:
            whom = me if what == "assign" else self.parts.other
            self.call(assignment.assign, agent, target, agent_id=whom)
            if not (word.human and word.assigned == whom):
                self.takes(target, word, whom)
        elif what == "unassign":
            self.call(assignment.assign, agent, target, agent_id=None)
            self.interfered |= word.assigned is not None
            word.assigned = None
        elif what == "release":
            self.call(service.release, agent, target)
            if word.human:
                self.gives_back(word)
        else:
            self.call(service.close, agent, target)
            word.closed = self.interfered = True

    def takes(self, target, word, whom):
        word.human, word.assigned, self.interfered = True, whom, True
        self.note_until(target, word)

    def gives_back(self, word):
        word.human, word.until, word.assigned, self.interfered = False, None, None, True

    def note_until(self, target, word):
        with self.parts.factory() as session:
            word.until = session.get(Conversation, target).human_until
        assert word.until > self.parts.clock.now

    def call(self, what, who, target, **options):
        with self.parts.factory.begin() as session:
            what(session, who, target, clock=lambda: self.parts.clock.now, **options)

    def bubbles(self, conversation_id):
        with self.parts.factory() as session:
            return session.scalar(
                select(func.count()).where(
                    Message.conversation_id == conversation_id, Message.sender_type.in_(["bot", "system"])
                )
            )


def test_the_bot_never_speaks_after_a_takeover(parts):
    run_state_machine_as_test(
        lambda: Hub(parts),
        settings=settings(
            max_examples=60,
            stateful_step_count=12,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        ),
    )
