"""The figures of the office, from what happened."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from munbot_common.auth import Principal, Role
from munbot_common.database import make_engine
from munbot_conversations.conversations import assignment, service
from munbot_conversations.conversations.models import Conversation
from munbot_conversations.conversations.schemas import HandoffRequest
from munbot_conversations.messages import sending
from munbot_conversations.messages.models import Message
from munbot_conversations.numbers import service as numbers
from munbot_conversations.numbers.models import Handoff
from munbot_conversations.settings import MigrateSettings, WorkerSettings
from munbot_conversations.turns.board import TurnBoard
from munbot_conversations.turns.ingest import Ingest
from munbot_conversations.turns.outage import Outage
from munbot_conversations.turns.rasa import RasaClient
from munbot_conversations.turns.sweep import Sweeper
from munbot_conversations.unanswered import repository as unanswered
from sqlalchemy import select

TENANT = "valle-claro"


@pytest.fixture
def office(database, session_factory, received, agents):
    """The hub at a time of the test's own; each test has a year of its own, so that figures do not mix."""
    clock = SimpleNamespace(now=None)
    settings = WorkerSettings(database_url=database, rabbitmq_url="amqp://nowhere", rasa_url="http://nowhere")
    ingest = Ingest(session_factory, settings, lambda _: None, lambda: clock.now)
    engine = make_engine(MigrateSettings(database_url=database))
    rasa = RasaClient("http://nowhere", timeout=1)
    sweeper = Sweeper(
        session_factory,
        board=TurnBoard(),
        outage=Outage(),
        rasa=rasa,
        relay=SimpleNamespace(wake=lambda: None),
        settings=settings,
        clock=lambda: clock.now,
    )
    agent = Principal(subject=str(agents[TENANT, "agent"]), role=Role.AGENT, tenant=TENANT)
    bot = Principal(subject="service:actions", role=Role.SERVICE, tenant=TENANT)

    def hears(at, address):
        clock.now = at
        event = received("hola", address=address)
        ingest.received(event, event.data)
        with session_factory() as session:
            return session.get(Message, event.data.message_id).conversation_id

    def act(at, what, conversation_id, **options):
        clock.now = at
        if what is service.handoff:
            options = {"wish": HandoffRequest(reason="ask_human")}
        with session_factory.begin() as session:
            what(session, bot if what is service.handoff else agent, conversation_id, clock=lambda: at, **options)

    def figures(first, last=None):
        with session_factory() as session:
            return numbers.numbers(session, agent, first, last or first, lambda: datetime.now(UTC))

    def sweep(at):
        clock.now = at
        return sweeper.end_silences()

    yield SimpleNamespace(hears=hears, act=act, figures=figures, sweep=sweep, agent=agent)
    rasa.close()
    engine.dispose()


def at(year, month, day, hour=12, minute=0):
    """A moment in UTC; Santiago is three hours behind in summer, four in winter."""
    return datetime(year, month, day, hour, minute, tzinfo=UTC)


def test_a_day_without_anything_is_a_day_of_noughts(office):
    found = office.figures(at(2031, 1, 1).date(), at(2031, 1, 3).date())
    assert [day.day.day for day in found.days] == [1, 2, 3]
    assert (found.total.conversations, found.total.median_first_answer_seconds) == (0, None)


def test_who_comes_and_who_needs_a_person(office):
    day = at(2031, 3, 4)
    for name in ("a", "b", "c"):
        conversation = office.hears(day, f"come-{name}")
        office.hears(day + timedelta(minutes=5), f"come-{name}")  # goes on, comes not again
    office.act(day + timedelta(minutes=6), service.handoff, conversation)
    office.act(day + timedelta(minutes=7), service.handoff, conversation)  # asked already
    office.hears(day + timedelta(days=2), "come-a")  # after a long silence: again
    total = office.figures(day.date(), (day + timedelta(days=3)).date()).total
    assert (total.conversations, total.contained, total.handoffs, total.takeovers) == (4, 3, 1, 0)


def test_a_day_is_the_tenants_day(office):
    office.hears(at(2031, 7, 2, hour=3, minute=59), "night-1")  # 23:59 of the first in Santiago
    office.hears(at(2031, 7, 2, hour=4, minute=1), "night-2")
    days = office.figures(at(2031, 7, 1).date(), at(2031, 7, 2).date()).days
    assert [day.conversations for day in days] == [1, 1]


def test_the_median_wait_for_a_persons_first_words(office):
    day = at(2031, 4, 8)
    for number, minutes in enumerate((1, 10, 30)):
        conversation = office.hears(day, f"wait-{number}")
        office.act(day, service.handoff, conversation)
        office.act(day + timedelta(seconds=30), service.takeover, conversation, minutes=None)
        office.act(day + timedelta(minutes=minutes), sending.agent_message, conversation, text="Buenas")
        office.act(day + timedelta(minutes=minutes + 1), sending.agent_message, conversation, text="¿Sigue ahí?")
    office.act(day, service.handoff, office.hears(day, "wait-still"))
    found = office.figures(day.date())
    assert (found.total.handoffs, found.total.answered) == (4, 3)
    assert found.total.median_first_answer_seconds == found.days[0].median_first_answer_seconds == 600


def test_an_official_who_comes_unasked_is_no_handoff(office):
    day = at(2031, 5, 6)
    conversation = office.hears(day, "unasked")
    office.act(day + timedelta(minutes=1), sending.agent_message, conversation, text="Lo atiendo yo")
    total = office.figures(day.date()).total
    assert (total.conversations, total.contained, total.handoffs, total.takeovers) == (1, 0, 0, 1)
    assert total.median_first_answer_seconds is None


@pytest.mark.parametrize(("month", "end"), list(enumerate(["released", "swept", "run out", "closed"], start=1)))
def test_a_persons_turn_ends_and_another_begins(office, session_factory, month, end):
    day, address = at(2032, month, 9), f"ends-{month}"
    conversation = office.hears(day, address)
    office.act(day, service.handoff, conversation)
    later = day + timedelta(hours=30)
    if end == "released":
        office.act(later, service.release, conversation)
    elif end == "swept":
        office.sweep(later)
    elif end == "run out":
        office.hears(later, address)
    else:
        office.act(later, service.close, conversation)
        conversation = office.hears(later, address)
    office.act(later + timedelta(minutes=1), service.handoff, conversation)
    assert office.figures(day.date(), later.date()).total.handoffs == 2
    with session_factory() as session:
        going_on = session.scalars(
            select(Handoff).where(Handoff.conversation_id == conversation, Handoff.ended_at.is_(None))
        ).all()
    assert len(going_on) == 1


def test_an_assignment_names_who_has_it(office, session_factory, agents):
    day = at(2032, 6, 1)
    conversation = office.hears(day, "assigned")
    office.act(day, service.handoff, conversation)
    office.act(day, assignment.assign, conversation, agent_id=agents[TENANT, "admin"])
    with session_factory() as session:
        found = session.scalars(select(Handoff).where(Handoff.conversation_id == conversation)).one()
    assert (found.asked, found.agent_id) == (True, agents[TENANT, "admin"])


def test_unknown_questions_are_counted_on_their_day(office, session_factory):
    day = at(2032, 8, 3)
    conversation = office.hears(day, "asks")
    with session_factory.begin() as session:
        message = session.scalars(select(Message.id).where(Message.conversation_id == conversation)).one()
        unanswered.count(
            session,
            tenant=TENANT,
            question="¿tienen piscina?",
            conversation_id=conversation,
            message_id=message,
            now=day,
            intent=None,
            confidence=None,
        )
    assert office.figures(day.date()).total.unknown_questions == 1
    assert office.figures((day + timedelta(days=1)).date()).total.unknown_questions == 0


def test_over_the_api(client, headers, office, session_factory):
    office.hears(at(2033, 2, 2), "api")
    for role in ("admin", "agent", "viewer"):
        found = client.get("/v1/numbers?from=2033-02-01&to=2033-02-03", headers=headers(role)).json()
        assert (found["from"], found["to"], found["timezone"]) == ("2033-02-01", "2033-02-03", "America/Santiago")
        assert [day["conversations"] for day in found["days"]] == [0, 1, 0]
    other = client.get("/v1/numbers?from=2033-02-01&to=2033-02-03", headers=headers("viewer", "punta-brava")).json()
    assert other["total"]["conversations"] == 0
    assert len(client.get("/v1/numbers", headers=headers("viewer")).json()["days"]) == 30
    assert client.get("/v1/numbers", headers=headers("visitor", subject="x")).status_code == 403
    for wrong in ("from=2033-02-03&to=2033-02-01", "from=2030-01-01&to=2033-01-01", "to=0001-01-01", "to=9999-12-31"):
        answer = client.get(f"/v1/numbers?{wrong}", headers=headers("viewer"))
        assert (answer.status_code, answer.json()["code"]) == (422, "range_invalid"), wrong
    with session_factory() as session:
        assert session.scalars(select(Conversation.id).where(Conversation.address == "api")).one()
