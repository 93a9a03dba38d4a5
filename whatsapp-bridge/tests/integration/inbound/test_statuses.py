"""Statuses from the queue; what each does to a message is tested with the deliveries."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from munbot_common.ids import uuid7
from munbot_common.messaging import PermanentError
from munbot_contracts.envelope import AnyEvent
from munbot_whatsapp.accounts.book import AccountBook
from munbot_whatsapp.citizens.models import Citizen
from munbot_whatsapp.deliveries.models import Delivery, Part
from munbot_whatsapp.events import STATUS_RECEIVED, StatusReceived
from munbot_whatsapp.statuses.handler import EARLY, StatusEarly, StatusHandler
from sqlalchemy import select

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def account(add_account):
    return add_account()


@pytest.fixture
def applied():
    return []


@pytest.fixture
def handle(sessions, vault, applied):
    book = AccountBook(sessions, vault)
    return StatusHandler(sessions, book=book, on_applied=lambda: applied.append(1), clock=lambda: NOW)


@pytest.fixture
def part(sessions, account):
    """A message that the provider has."""
    address, delivery_id, provider_id = str(uuid4().int)[:12], uuid7(), f"wamid.{uuid4()}"
    place = {"account_id": account.id, "address": address}
    with sessions.begin() as session:
        session.add(Citizen(**place, tenant_id="valle-claro"))
        session.flush()
        session.add(
            Delivery(id=delivery_id, **place, tenant_id="valle-claro", origin="office", content={}, status="sent")
        )
        session.flush()
        found = Part(delivery_id=delivery_id, number=0, **place, body={}, state="sent", status="sent")
        found.provider_message_id = provider_id
        session.add(found)
    return found


def told(account, message_id, status="delivered", *, reference=None, time=NOW, tenant="valle-claro"):
    fact = StatusReceived(
        account=account.slug, provider_message_id=message_id, reference=reference, status=status, at=NOW
    )
    return AnyEvent(
        id=uuid7(),
        source="/munbot/whatsapp",
        type=STATUS_RECEIVED,
        subject=message_id,
        time=time,
        tenant=tenant,
        correlationid="c",
        data=fact.model_dump(mode="json"),
    )


def test_a_status_is_applied_and_told_of(handle, account, part, sessions, applied):
    from munbot_whatsapp.base import OUTBOX

    handle(told(account, part.provider_message_id))
    with sessions.begin() as session:
        assert session.get_one(Part, part.id).status == "delivered"
        bodies = session.scalars(select(OUTBOX.c.body)).all()
    mine = [body["data"] for body in bodies if body["data"]["message_id"] == str(part.delivery_id)]
    assert [fact["status"] for fact in mine] == ["delivered"]
    assert applied == [1]


@pytest.mark.parametrize("order", [["read", "delivered"], ["delivered", "read"], ["read", "read", "sent"]])
def test_the_order_of_statuses_does_not_matter(handle, account, part, sessions, order):
    for status in order:
        handle(told(account, part.provider_message_id, status))
    with sessions.begin() as session:
        assert session.get_one(Part, part.id).status == "read"


def test_a_status_that_overtakes_our_own_note_is_tried_again(handle, account, applied):
    with pytest.raises(StatusEarly):
        handle(told(account, "wamid.unknown"))
    assert applied == []


def test_a_status_of_what_others_sent_is_let_go_in_the_end(handle, account, applied):
    handle(told(account, "wamid.unknown", time=NOW - EARLY - timedelta(seconds=1)))
    handle(told(account, "wamid.unknown", reference="not-ours"))
    assert applied == []


def test_another_tenants_account_is_refused(handle, account, part):
    with pytest.raises(PermanentError):
        handle(told(account, part.provider_message_id, tenant="punta-brava"))
