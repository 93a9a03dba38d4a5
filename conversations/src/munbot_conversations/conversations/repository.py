"""Queries on conversations."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from munbot_common.ids import uuid7
from sqlalchemy import Row, Select, and_, func, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from munbot_conversations.agents.models import Agent
from munbot_conversations.contacts.models import Contact, ContactAddress
from munbot_conversations.contacts.rules import fold
from munbot_conversations.conversations.models import Conversation
from munbot_conversations.conversations.rules import NOWHERE
from munbot_conversations.reading.models import ReadPosition

Position = tuple[datetime, UUID]
"""Where a page of the list ended: time of the last message, and id."""

NamedRow = Row[Conversation, str | None, str | None, str, int]
"""A conversation with its contact's name and phone, its agent's name (None without an agent), and how many of the
citizen's messages the reader has not read."""


def get(session: Session, tenant: str, conversation_id: UUID) -> Conversation | None:
    """Return a conversation of this tenant."""
    return session.scalar(
        select(Conversation).where(Conversation.id == conversation_id, Conversation.tenant_id == tenant)
    )


def lock(session: Session, tenant: str, conversation_id: UUID) -> Conversation | None:
    """Return a conversation of this tenant with its row locked until the transaction ends."""
    return session.scalar(
        select(Conversation)
        .where(Conversation.id == conversation_id, Conversation.tenant_id == tenant)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def lock_live(session: Session, *, tenant: str, channel: str, account: str, address: str) -> Conversation | None:
    """Return the open conversation behind an address with its row locked."""
    return session.scalar(
        select(Conversation)
        .join(
            ContactAddress,
            and_(
                ContactAddress.contact_id == Conversation.contact_id,
                ContactAddress.channel == Conversation.channel,
                ContactAddress.account == Conversation.account,
            ),
        )
        .where(
            ContactAddress.tenant_id == tenant,
            ContactAddress.channel == channel,
            ContactAddress.account == account,
            ContactAddress.address == address,
            Conversation.status == "open",
        )
        .with_for_update(of=Conversation)
        .execution_options(populate_existing=True)
    )


def address_of(session: Session, conversation: Conversation) -> str | None:
    """Return where the citizen of a conversation is reached on its channel; None when nobody is behind it any more.

    One that was emptied has no address; its citizen may still have one.
    """
    if not conversation.address.startswith(NOWHERE):
        return conversation.address
    return session.scalar(
        select(ContactAddress.address)
        .where(
            ContactAddress.contact_id == conversation.contact_id,
            ContactAddress.channel == conversation.channel,
            ContactAddress.account == conversation.account,
        )
        .order_by(ContactAddress.id.desc())
        .limit(1)
    )


def open_new(
    session: Session,
    *,
    tenant: str,
    contact_id: UUID,
    channel: str,
    account: str,
    address: str,
    now: datetime,
) -> UUID | None:
    """Open a conversation and return its id; None when another caller has just opened one."""
    return session.scalar(
        insert(Conversation)
        .values(
            id=uuid7(),
            tenant_id=tenant,
            contact_id=contact_id,
            channel=channel,
            account=account,
            address=address,
            last_message_at=now,
            created_at=now,
        )
        .on_conflict_do_nothing()
        .returning(Conversation.id)
    )


def overdue_humans(session: Session, now: datetime, limit: int = 200) -> Sequence[Conversation]:
    """Return, locked, conversations whose person's turn has run out; those locked by others are left for later."""
    return session.scalars(
        select(Conversation)
        .where(Conversation.mode == "human", Conversation.human_until <= now)
        .order_by(Conversation.human_until)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()


def show_as_last(session: Session, conversation_id: UUID, *, seq: int, text: str) -> None:
    """Say in lists what the last message is, if it still is the last."""
    session.execute(
        update(Conversation)
        .where(Conversation.id == conversation_id, Conversation.last_seq == seq)
        .values(last_text=text)
        .execution_options(synchronize_session=False)
    )


def details(session: Session, tenant: str, conversation_id: UUID, reader: UUID | None = None) -> NamedRow | None:
    """Return one conversation with its contact and agent, as an official (or nobody) has read it."""
    return session.execute(
        _with_names(reader).where(Conversation.tenant_id == tenant, Conversation.id == conversation_id)
    ).first()


def page(
    session: Session,
    *,
    tenant: str,
    reader: UUID | None = None,
    unread: bool | None = None,
    mine: bool | None = None,
    status: str | None = None,
    mode: str | None = None,
    channel: str | None = None,
    waiting: bool | None = None,
    agent_id: UUID | None = None,
    contact_id: UUID | None = None,
    q: str | None = None,
    after: Position | None = None,
    limit: int = 50,
) -> Sequence[NamedRow]:
    """Return the newest conversations first, with contact, agent and reading in the same statement."""
    statement = _with_names(reader).where(Conversation.tenant_id == tenant)
    if unread is not None:
        statement = statement.where(_UNREAD > 0 if unread else _UNREAD <= 0)
    if mine is not None:
        has = Conversation.assigned_agent_id == reader
        statement = statement.where(has if mine else Conversation.assigned_agent_id.is_distinct_from(reader))
    for column, value in (
        (Conversation.status, status),
        (Conversation.mode, mode),
        (Conversation.channel, channel),
        (Conversation.assigned_agent_id, agent_id),
        (Conversation.contact_id, contact_id),
    ):
        if value is not None:
            statement = statement.where(column == value)
    if waiting is not None:
        is_waiting = Conversation.waiting_since.is_not(None)
        statement = statement.where(is_waiting if waiting else ~is_waiting)
    for word in fold(q or "").split():
        statement = statement.where(Contact.search.contains(word, autoescape=True))
    if after is not None:
        statement = statement.where(tuple_(Conversation.last_message_at, Conversation.id) < after)
    return session.execute(
        statement.order_by(Conversation.last_message_at.desc(), Conversation.id.desc()).limit(limit)
    ).all()


def waiting(session: Session, tenant: str) -> int:
    """Count the open conversations in which somebody waits for an official."""
    return session.scalars(
        select(func.count()).where(
            Conversation.tenant_id == tenant, Conversation.status == "open", Conversation.waiting_since.is_not(None)
        )
    ).one()


def give_back_to_bot(conversation: Conversation) -> None:
    """Let the bot speak again in a locked conversation; its dialogue starts anew."""
    conversation.mode = "bot"
    conversation.version += 1
    conversation.session_number += 1
    conversation.human_until = None
    conversation.human_minutes = None
    conversation.waiting_since = None
    conversation.assigned_agent_id = None
    conversation.handoff_reason = None
    conversation.handoff_summary = None
    conversation.summary = conversation.summary_job_id = None


_UNREAD = Conversation.inbound_count - func.coalesce(ReadPosition.inbound_seen, 0)


def _with_names(reader: UUID | None) -> Select[Conversation, str | None, str | None, str, int]:
    mine = and_(ReadPosition.conversation_id == Conversation.id, ReadPosition.agent_id == reader)
    return (
        select(
            Conversation,
            Contact.name.label("contact_name"),
            Contact.phone,
            Agent.name.label("agent_name"),
            _UNREAD.label("unread"),
        )
        .join(Contact, Contact.id == Conversation.contact_id)
        .outerjoin(Agent, Agent.id == Conversation.assigned_agent_id)
        .outerjoin(ReadPosition, mine)
    )
