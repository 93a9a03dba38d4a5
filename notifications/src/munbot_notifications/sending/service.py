"""Planning: who is told what, stored in the caller's transaction."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from munbot_common.ids import uuid7
from munbot_common.logs import correlation_id
from sqlalchemy.orm import Session

from munbot_notifications.officials import repository as officials
from munbot_notifications.officials.models import Official
from munbot_notifications.sending import repository
from munbot_notifications.sending.knowledge import Addressees, acquaint
from munbot_notifications.sending.rules import CHANNELS, Contact, route
from munbot_notifications.templates.builtin import templates

Source = Literal["event", "api", "digest"]


@dataclass(frozen=True, slots=True)
class About:
    """What a notification is about.

    Attributes:
        tenant: whose.
        source: where it comes from.
        event_id: told once to each recipient; None: as often as it is asked for.
        subject_id: the appointment's or complaint's id.
        conversation_id: where the matter came from.
        not_before: when it is due; at once by default.
        expires_at: of no use after this.
        channels: those that the installation has.
    """

    tenant: str
    source: Source
    event_id: UUID | None = None
    subject_id: str | None = None
    conversation_id: UUID | None = None
    not_before: datetime | None = None
    expires_at: datetime | None = None
    channels: frozenset[str] = frozenset(CHANNELS)


@dataclass(frozen=True, slots=True)
class ForCitizen:
    """One citizen is told. `prefer` comes first where the citizen has no order of their own."""

    purpose: str
    contact: Contact
    data: Mapping[str, Any]
    channels: Sequence[str] | None = None
    prefer: str | None = None


@dataclass(frozen=True, slots=True)
class ForOfficials:
    """The officials are told who hear of the purpose's topic in this unit."""

    purpose: str
    unit: str
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ForDigest:
    """The next digest tells it."""

    kind: str
    unit: str
    data: dict[str, Any] = field(default_factory=dict)


Telling = ForCitizen | ForOfficials | ForDigest


@dataclass(frozen=True, slots=True)
class Plan:
    """Who is told what of one thing, and what caused it: the correlation id that its attempts are logged with."""

    about: About
    tellings: Sequence[Telling]
    cause: str


def plan(session: Session, about: About, tellings: Iterable[Telling], now: datetime) -> list[UUID]:
    """Store what is to be told of one thing; return the ids of the new notifications.

    Args:
        session: the caller's transaction.
        about: what it is about.
        tellings: who is told what.
        now: the present moment.
    """
    return plan_all(session, [Plan(about, list(tellings), correlation_id.get())], now)


def plan_all(session: Session, plans: Sequence[Plan], now: datetime) -> list[UUID]:
    """Store what is to be told of many things, at the price of one; return the ids of the new notifications.

    Args:
        session: the caller's transaction.
        plans: who is told what of which.
        now: the present moment.
    """
    told = [(one, telling) for one in plans for telling in one.tellings]
    addressees = _addressees(session, told)
    rows: list[dict[str, Any]] = []
    digested: list[dict[str, Any]] = []
    for one, telling in told:
        about = one.about
        made: list[dict[str, Any]] = []
        match telling:
            case ForCitizen():
                made = [_citizen(addressees, about, telling, now)]
            case ForOfficials():
                topic = templates()[telling.purpose].topic or ""
                found = addressees.concerned(about.tenant, topic, telling.unit)
                made = [official_row(about, official, telling.purpose, telling.data, now) for official in found]
            case ForDigest() if about.event_id is not None:
                digested.append(_digested(about, about.event_id, telling, now))
        rows += [row | {"correlation_id": one.cause} for row in made]
    officials.note(session, digested)
    return repository.add(session, rows)


def _addressees(session: Session, told: Sequence[tuple[Plan, Telling]]) -> Addressees:
    people = [(one.about.tenant, telling.contact) for one, telling in told if isinstance(telling, ForCitizen)]
    offices = {one.about.tenant for one, telling in told if isinstance(telling, ForOfficials)}
    return acquaint(session, people=people, offices=offices)


def _digested(about: About, event_id: UUID, telling: ForDigest, now: datetime) -> dict[str, Any]:
    return {
        "event_id": event_id,
        "tenant_id": about.tenant,
        "unit": telling.unit,
        "kind": telling.kind,
        "data": telling.data,
        "at": now,
    }


def official_row(
    about: About, official: Official, purpose: str, data: Mapping[str, Any], now: datetime
) -> dict[str, Any]:
    """Return the row of a notification to one official; its address stays sealed until it is sent."""
    way = [{"channel": official.channel, "address": official.address}]
    recipient = f"official:{official.id}"
    return _row(about, audience="official", recipient=recipient, purpose=purpose, data=data, way=way, now=now)


def _citizen(addressees: Addressees, about: About, telling: ForCitizen, now: datetime) -> dict[str, Any]:
    template = templates()[telling.purpose]
    contact = telling.contact
    allowed = [channel for channel in telling.channels or template.channels if channel in about.channels]
    if telling.prefer in allowed and telling.channels is None:
        allowed.sort(key=lambda channel: channel != telling.prefer)
    wanted = None if telling.channels else addressees.wanted(about.tenant, contact)
    way = route(contact, allowed, wanted=wanted, refused=addressees.refusing(about.tenant))
    row = _row(
        about,
        audience="citizen",
        recipient=contact.key,
        purpose=telling.purpose,
        data=telling.data,
        way=way,
        now=now,
    )
    if not way:
        reached = any(contact.address(channel) for channel in allowed)
        row |= {"state": "suppressed", "reason": "refused" if reached else "no_address", "finished_at": now}
    return row


def _row(
    about: About,
    *,
    audience: str,
    recipient: str,
    purpose: str,
    data: Mapping[str, Any],
    way: list[dict[str, Any]],
    now: datetime,
) -> dict[str, Any]:
    due = max(now, about.not_before) if about.not_before else now
    return {
        "id": uuid7(),
        "tenant_id": about.tenant,
        "source": about.source,
        "event_id": about.event_id,
        "subject_id": about.subject_id,
        "conversation_id": about.conversation_id,
        "audience": audience,
        "recipient_key": recipient,
        "purpose": purpose,
        "data": dict(data),
        "route": way,
        "channel": way[0]["channel"] if way else None,
        "channel_since": due,
        "state": "queued",
        "reason": None,
        "due_at": due,
        "next_at": due,
        "expires_at": about.expires_at,
        "correlation_id": correlation_id.get(),
        "created_at": now,
        "finished_at": None,
    }
