"""What can be done with a complaint."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID, uuid5

from munbot_common.auth import Principal, Role
from munbot_common.clock import Clock
from munbot_common.ids import uuid7
from munbot_common.problems import Unavailable
from munbot_contracts.complaints import (
    COMPLAINT_COMMENTED,
    COMPLAINT_OVERDUE,
    COMPLAINT_REOPENED,
    COMPLAINT_STATUS_CHANGED,
    ComplaintStatus,
)

from munbot_complaints import texts
from munbot_complaints.attachments.service import AttachmentService
from munbot_complaints.complaints import clock as clocks
from munbot_complaints.complaints import events, views
from munbot_complaints.complaints.models import Actor, CommentDocument, ComplaintDocument, HistoryEntry, PendingEvent
from munbot_complaints.complaints.problems import (
    CommentsFull,
    ComplaintNotFound,
    ReasonRequired,
    TransitionIllegal,
    VersionConflict,
)
from munbot_complaints.complaints.repository import Change, ComplaintRepository
from munbot_complaints.complaints.rules import can_move
from munbot_complaints.complaints.schemas import AssignBody, AttachBody, CommentBody, StatusBody
from munbot_complaints.deadlines import rules as deadlines
from munbot_complaints.deadlines.calendars import Calendars
from munbot_complaints.deadlines.rules import ClockState
from munbot_complaints.folios import Folio

MAX_COMMENTS = 500
_TRIES = 20
_SETTLED = frozenset({ComplaintStatus.RESOLVED, ComplaintStatus.REJECTED, ComplaintStatus.CLOSED})
_SYSTEM = Actor(subject="complaints-worker", role="service")

Step = Callable[[ComplaintDocument, "Draft"], None]


@dataclass(slots=True)
class Draft:
    """A change in the making: the complaint as it will stand, and what is added to its lists."""

    document: ComplaintDocument
    changed: dict[str, Any]
    history: list[HistoryEntry]
    comments: list[CommentDocument]
    events: list[PendingEvent]

    def set(self, **values: Any) -> None:
        """Set top-level fields."""
        self.changed |= values
        self.document.update(values)  # type: ignore[typeddict-item]

    def to_change(self) -> Change:
        """Return the change for the repository."""
        push: dict[str, list[Any]] = {"history": self.history}
        if self.comments:
            push["comments"] = self.comments
        if self.events:
            push["pending_events"] = self.events
            self.changed["relay.pending"] = True
        return Change(set=self.changed, push=push)


class ComplaintService:
    """Reads and changes complaints. Every change is one document write: state, history and events together."""

    def __init__(
        self, repository: ComplaintRepository, calendars: Calendars, attachments: AttachmentService, clock: Clock
    ) -> None:
        self._repository = repository
        self._calendars = calendars
        self._attachments = attachments
        self._clock = clock

    def get(self, principal: Principal, folio_text: str) -> ComplaintDocument:
        """Return a complaint.

        Raises:
            FolioInvalid: its check digit does not fit.
            ComplaintNotFound: not in the tenant, or not the citizen's own.
        """
        found = self._repository.by_folio(principal.tenant, Folio.parse(folio_text))
        if found is None:
            raise ComplaintNotFound
        if principal.role is Role.VISITOR and found["conversation_id"] != str(principal.conversation_id):
            raise ComplaintNotFound
        return found

    def comment(self, principal: Principal, folio: str, body: CommentBody) -> ComplaintDocument:
        """Write on a complaint; a citizen who answers sets it in motion again.

        Raises:
            CommentsFull: it has five hundred.
            VersionConflict: it changed since it was read.
        """
        by_service = body.author if principal.role is Role.SERVICE else None
        author = "citizen" if principal.role is Role.VISITOR else by_service or "agent"
        from_citizen = author == "citizen"

        def step(current: ComplaintDocument, draft: Draft) -> None:
            if len(current["comments"]) >= MAX_COMMENTS:
                raise CommentsFull
            comment = CommentDocument(
                id=str(uuid7()),
                at=self._clock(),
                author=author,
                actor=_actor(principal),
                text=body.text,
                public=body.public or from_citizen,
            )
            draft.comments.append(comment)
            details = {"comment_id": comment["id"], "public": comment["public"]}
            self._note(draft, _actor(principal), "commented", after=details)
            if from_citizen and current["status"] == ComplaintStatus.WAITING_CITIZEN:
                reason = texts.text("reasons", "citizen_answered")
                self._move(draft, _actor(principal), ComplaintStatus.IN_REVIEW, reason)
            self._tell(draft, COMPLAINT_COMMENTED, {**details, "text": body.text, "author": author})

        return self._change(principal, folio, body.version, step)

    def assign(self, principal: Principal, folio: str, body: AssignBody) -> ComplaintDocument:
        """Say who takes care of a complaint.

        Raises:
            VersionConflict: it changed since it was read.
        """

        def step(current: ComplaintDocument, draft: Draft) -> None:
            before = {"assignee": current["assignee"], "unit": current["unit"]}
            after = {"assignee": body.assignee, "unit": body.unit or current["unit"]}
            draft.set(**after)
            self._note(draft, _actor(principal), "assigned", before=before, after=after)

        return self._change(principal, folio, body.version, step)

    def move(self, principal: Principal, folio: str, body: StatusBody) -> ComplaintDocument:
        """Change a complaint's state.

        Raises:
            ReasonRequired: it does not say why.
            TransitionIllegal: it cannot go there.
            VersionConflict: it changed since it was read.
        """
        if not body.reason:
            raise ReasonRequired

        def step(current: ComplaintDocument, draft: Draft) -> None:
            status = ComplaintStatus(current["status"])
            if not can_move(status, body.status):
                labels = f"«{texts.status_label(status)}» a «{texts.status_label(body.status)}»"
                raise TransitionIllegal(
                    f"El reclamo no puede pasar de {labels}", extra={"status": status, "requested": body.status}
                )
            self._move(draft, _actor(principal), body.status, body.reason)

        return self._change(principal, folio, body.version, step)

    def attach(self, principal: Principal, folio: str, body: AttachBody) -> ComplaintDocument:
        """Add completed attachments to a complaint.

        Raises:
            AttachmentUnknown: one is not the caller's, not complete or with another complaint.
            VersionConflict: it changed since it was read.
        """
        target = self.get(principal, folio)
        links = self._attachments.claim(principal, body.attachment_ids, target["_id"])

        def step(current: ComplaintDocument, draft: Draft) -> None:
            known = {link["id"] for link in current["attachments"]}
            draft.set(attachments=[*current["attachments"], *(link for link in links if link["id"] not in known)])
            self._note(draft, _actor(principal), "attached", after={"attachments": [link["id"] for link in links]})

        changed = self._change(principal, folio, body.version, step)
        self._attachments.confirm(links)
        return changed

    def mark_overdue(self, current: ComplaintDocument) -> bool:
        """Note that a complaint's last day is over and tell it once; False when something else came first."""
        sweep_at = current["clock"].get("sweep_at")
        if sweep_at is None:
            return False
        draft = _draft(current)
        clock = cast("dict[str, Any]", dict(current["clock"]))
        del clock["sweep_at"]
        clock["overdue_since"] = sweep_at
        draft.set(clock=clock, updated_at=self._clock())
        self._note(
            draft,
            _SYSTEM,
            "overdue",
            after={"due_date": clock["due_date"]},
            reason=texts.text("reasons", "overdue"),
        )
        self._tell(draft, COMPLAINT_OVERDUE, {"overdue_since": clocks.local(current, sweep_at)})
        return self._repository.apply(current["_id"], current["version"], draft.to_change())

    # -- inside -------------------------------------------------------------------------------------------------------

    def _change(self, principal: Principal, folio: str, version: int | None, step: Step) -> ComplaintDocument:
        for _ in range(_TRIES):
            current = self.get(principal, folio)
            if version is not None and current["version"] != version:
                raise VersionConflict(
                    extra={
                        "your_version": version,
                        "current_version": current["version"],
                        "current": views.full(current, principal, self._clock()).model_dump(mode="json"),
                    }
                )
            draft = _draft(current)
            draft.set(updated_at=self._clock())
            step(current, draft)
            if self._repository.apply(current["_id"], current["version"], draft.to_change()):
                return self.get(principal, folio)
        raise Unavailable

    def _move(self, draft: Draft, actor: Actor, target: ComplaintStatus, reason: str) -> None:
        now = self._clock()
        document = draft.document
        before = document["status"]
        calendar = self._calendars.of(document["tenant_id"])
        term = clocks.to_deadline(document["clock"])
        if target is ComplaintStatus.REOPENED:
            term = deadlines.start(calendar, now, term.days)
        elif target is ComplaintStatus.WAITING_CITIZEN:
            term = deadlines.pause(term, now)
        elif target in _SETTLED:
            term = deadlines.stop(calendar, term, now) if term.state is not ClockState.STOPPED else term
        else:
            term = deadlines.resume(calendar, term, now)
        fields = clocks.fields(calendar, term, number=document["number"], created=document["order"]["created"])
        draft.set(status=target.value, status_since=now, **fields)
        self._note(
            draft, actor, "status_changed", before={"status": before}, after={"status": target.value}, reason=reason
        )
        event_type = COMPLAINT_REOPENED if target is ComplaintStatus.REOPENED else COMPLAINT_STATUS_CHANGED
        self._tell(draft, event_type, {"previous_status": before, "reason": reason})

    def _note(
        self,
        draft: Draft,
        actor: Actor,
        action: str,
        *,
        before: dict[str, Any] | None = None,
        after: dict[str, Any] | None = None,
        reason: str | None = None,
    ) -> None:
        draft.history.append(
            HistoryEntry(
                at=self._clock(), actor=actor, action=action, before=before or {}, after=after or {}, reason=reason
            )
        )

    def _tell(self, draft: Draft, event_type: str, details: dict[str, Any]) -> None:
        draft.events.append(events.pending(event_type, draft.document, self._clock, details))


def complaint_id(principal: Principal, key: str | None) -> UUID:
    """Return the id of a new complaint: the same for the same caller and idempotency key, so that it exists once."""
    if key is None:
        return uuid7()
    return uuid5(_NAMESPACE, f"{principal.tenant}\n{principal.subject}\n{key}")


_NAMESPACE = UUID("5f0f3b6e-6f0a-4a52-9d3e-6c0b6b8f3c11")


def _actor(principal: Principal) -> Actor:
    return Actor(subject=principal.subject, role=principal.role.value)


def _draft(current: ComplaintDocument) -> Draft:
    return Draft(document=current.copy(), changed={}, history=[], comments=[], events=[])
