"""Keeping canned answers."""

from collections.abc import Sequence
from typing import Literal
from uuid import UUID

from munbot_common.auth import Principal
from munbot_common.clock import Clock
from munbot_common.outbox import make_event, record_events
from munbot_common.problems import Conflict, NotFound
from munbot_contracts.office import CANNED_ANSWER_CHANGED, CannedAnswerChanged
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from munbot_conversations.audit.service import record
from munbot_conversations.base import OUTBOX, SERVICE
from munbot_conversations.canned import repository
from munbot_conversations.canned.models import CannedAnswer
from munbot_conversations.canned.schemas import CannedChange, CannedCreate
from munbot_conversations.contacts.rules import fold

LIMIT = 500


class CannedNotFound(NotFound):
    """No such canned answer in the tenant."""

    code = "canned_answer_not_found"
    title = "Esa respuesta guardada no existe"


class TitleTaken(Conflict):
    """Another one is called so."""

    code = "title_taken"
    title = "Ya existe una respuesta guardada con ese título"


class TooManyCanned(Conflict):
    """More than anybody finds again."""

    code = "too_many_canned_answers"
    title = f"Se pueden guardar hasta {LIMIT} respuestas"


def all_of(session: Session, principal: Principal) -> Sequence[CannedAnswer]:
    """Return the tenant's canned answers by title."""
    return repository.all_of(session, principal.tenant)


def create(session: Session, principal: Principal, wish: CannedCreate, clock: Clock) -> CannedAnswer:
    """Keep a new one.

    Raises:
        TitleTaken: another one is called so.
        TooManyCanned: there is no room.
    """
    if repository.count(session, principal.tenant) >= LIMIT:
        raise TooManyCanned
    now = clock()
    canned = CannedAnswer(
        tenant_id=principal.tenant,
        title=wish.title,
        title_key=fold(wish.title),
        text=wish.text,
        created_at=now,
        updated_at=now,
    )
    session.add(canned)
    _flush(session)
    _tell(session, canned, "created", clock)
    _audit(session, principal, "canned.create", canned, before=None)
    return canned


def change(session: Session, principal: Principal, canned_id: UUID, wish: CannedChange, clock: Clock) -> CannedAnswer:
    """Change one.

    Raises:
        CannedNotFound: there is none.
        TitleTaken: another one is called so.
    """
    canned = _required(session, principal, canned_id)
    before = _content(canned)
    canned.title, canned.text = wish.title or canned.title, wish.text or canned.text
    canned.title_key = fold(canned.title)
    canned.updated_at = clock()
    _flush(session)
    _tell(session, canned, "changed", clock)
    _audit(session, principal, "canned.change", canned, before=before)
    return canned


def remove(session: Session, principal: Principal, canned_id: UUID, clock: Clock) -> None:
    """Throw one away.

    Raises:
        CannedNotFound: there is none.
    """
    canned = _required(session, principal, canned_id)
    session.delete(canned)
    session.flush()
    _tell(session, canned, "removed", clock)
    record(
        session,
        principal,
        action="canned.remove",
        object_type="canned_answer",
        object_id=canned_id,
        before=_content(canned),
    )


def _required(session: Session, principal: Principal, canned_id: UUID) -> CannedAnswer:
    canned = repository.lock(session, principal.tenant, canned_id)
    if canned is None:
        raise CannedNotFound
    return canned


def _flush(session: Session) -> None:
    try:
        with session.begin_nested():
            session.flush()
    except IntegrityError as error:
        raise TitleTaken from error


def _tell(session: Session, canned: CannedAnswer, kind: Literal["created", "changed", "removed"], clock: Clock) -> None:
    event = make_event(
        source=SERVICE,
        event_type=CANNED_ANSWER_CHANGED,
        subject=str(canned.id),
        tenant=canned.tenant_id,
        data=CannedAnswerChanged(canned_answer_id=canned.id, kind=kind),
        clock=clock,
    )
    record_events(session, OUTBOX, [event])


def _content(canned: CannedAnswer) -> dict[str, str]:
    return {"title": canned.title, "text": canned.text}


def _audit(
    session: Session, principal: Principal, action: str, canned: CannedAnswer, *, before: dict[str, str] | None
) -> None:
    record(
        session,
        principal,
        action=action,
        object_type="canned_answer",
        object_id=canned.id,
        before=before,
        after=_content(canned),
    )
