"""What the bridge keeps of citizens' messages."""

from datetime import UTC, datetime, timedelta
from uuid import uuid5

import pytest
from munbot_common.ids import uuid7
from munbot_common.messaging import PermanentError
from munbot_contracts.envelope import AnyEvent
from munbot_contracts.messages import MESSAGE_RECEIVED, MessageReceived, Sender
from munbot_whatsapp.accounts.book import AccountBook
from munbot_whatsapp.accounts.models import AccountRow
from munbot_whatsapp.citizens.models import Citizen
from munbot_whatsapp.inbound.handler import InboxHandler

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def account(add_account):
    return add_account()


@pytest.fixture
def marks():
    return []


@pytest.fixture
def inbox(sessions, vault, marks):
    return InboxHandler(sessions, book=AccountBook(sessions, vault), mark=marks.append, clock=lambda: NOW)


@pytest.fixture
def wrote(inbox, account):
    """Callable: a citizen wrote; returns the event, for the broker may deliver it again."""

    def write(text="hola", *, at=NOW - HOUR, tenant="valle-claro", channel="whatsapp", slug=None, **fields):
        message_id = uuid7()
        message = MessageReceived(
            message_id=message_id,
            channel=channel,
            account=slug or account.slug,
            provider_message_id=f"wamid.{message_id}",
            sender=Sender(address="56912345678", name=fields.pop("name", "Ana")),
            text=text,
            sent_at=at,
            **fields,
        )
        event = AnyEvent(
            id=uuid5(message_id, "event"),
            source="/munbot/whatsapp",
            type=MESSAGE_RECEIVED,
            subject=str(message_id),
            time=at,
            tenant=tenant,
            correlationid="c",
            data=message.model_dump(mode="json"),
        )
        inbox(event)
        return event

    return write


@pytest.fixture
def citizen(sessions, account):
    def get():
        with sessions.begin() as session:
            return session.get(Citizen, (account.id, "56912345678"))

    return get


def test_the_24_hours_run_from_the_citizens_last_message(wrote, citizen):
    wrote(at=NOW - 3 * HOUR)
    wrote(at=NOW - HOUR, name=None)
    wrote(at=NOW - 2 * HOUR)
    found = citizen()
    assert (found.last_inbound_at, found.name, found.tenant_id) == (NOW - HOUR, "Ana", "valle-claro")


def test_a_clock_that_is_ahead_opens_no_longer_window(wrote, citizen):
    wrote(at=NOW + 30 * HOUR)
    assert citizen().last_inbound_at == NOW


def test_what_is_to_be_sent_is_left_as_it_is(wrote, citizen, sessions, account):
    wrote()
    with sessions.begin() as session:
        found = session.get(Citizen, (account.id, "56912345678"))
        found.due_at, found.menu, found.lease_token = NOW, {"options": []}, uuid7()
    wrote()
    found = citizen()
    assert (found.due_at, found.menu) == (NOW, {"options": []})
    assert found.lease_token is not None


def test_a_refusal_is_kept_until_it_is_taken_back(wrote, citizen):
    wrote("baja", opt="out", at=NOW - 2 * HOUR)
    assert citizen().opted_out_at == NOW - 2 * HOUR
    wrote("hola")
    assert citizen().opted_out_at is not None
    wrote("alta", opt="in")
    assert citizen().opted_out_at is None


def test_a_refusal_that_is_delivered_again_does_not_undo_what_was_said_since(wrote, citizen, inbox):
    refusal = wrote("baja", opt="out")
    wanted = wrote("alta", opt="in")
    for event in (refusal, refusal, wanted, refusal):
        inbox(event)
    assert citizen().opted_out_at is None


def test_a_message_is_shown_as_read_but_a_refusal_is_not_answered_by_typing(wrote, marks):
    event = wrote()
    wrote("baja", opt="out")
    (mark,) = marks
    assert (mark.provider_message_id, mark.address) == (event.data["provider_message_id"], "56912345678")


def test_the_account_knows_when_it_was_last_written_to(wrote, sessions, account):
    wrote()
    with sessions.begin() as session:
        assert session.get_one(AccountRow, account.id).last_inbound_at == NOW - HOUR


def test_messages_of_other_channels_are_none_of_ours(wrote, citizen, marks):
    wrote(channel="web", slug="widget")
    assert citizen() is None
    assert marks == []


@pytest.mark.parametrize("place", [{"slug": "nadie"}, {"tenant": "punta-brava"}])
def test_an_account_that_does_not_exist_cannot_be_written_to(wrote, place, marks):
    with pytest.raises(PermanentError):
        wrote(**place)
    assert marks == []
