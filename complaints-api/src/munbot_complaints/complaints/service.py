"""What can be done with a complaint."""

from collections.abc import Callable
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
from munbot_complaints.complaints.drafts import Draft, actor_of, draft_of
from munbot_complaints.complaints.models import Actor, CommentDocument, ComplaintDocument
from munbot_complaints.complaints.problems import (
    CommentsFull,
    ComplaintNotFound,
    ReasonRequired,
    TransitionIllegal,
    VersionConflict,
)
from munbot_complaints.complaints.repository import ComplaintRepository
from munbot_complaints.complaints.rules import SETTLED, as_primary, can_move
from munbot_complaints.complaints.schemas import AssignBody, AttachBody, Change, CommentBody, ComplaintOut, StatusBody
from munbot_complaints.deadlines import rules as deadlines
from munbot_complaints.deadlines.calendars import Calendars
from munbot_complaints.deadlines.rules import ClockState
from munbot_complaints.folios import Folio
from munbot_complaints.waiting import changes

MAX_COMMENTS = 500
_TRIES = 20
_SYSTEM = Actor(subject="service:complaints", role="service")

Step = Callable[[ComplaintDocument, Draft], None]


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

    def shown(self, document: ComplaintDocument, principal: Principal) -> ComplaintOut:
        """Return a complaint as the caller may see it."""
        return views.full(document, principal, self._clock(), self._repository.followers(document))

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
                actor=actor_of(principal),
                text=body.text,
                public=body.public or from_citizen,
            )
            draft.comments.append(comment)
            details = {"comment_id": comment["id"], "public": comment["public"]}
            draft.note(actor_of(principal), "commented", self._clock(), after=details)
            draft.audit(principal, "commented", self._clock, after=details)
            if from_citizen and current["status"] == ComplaintStatus.WAITING_CITIZEN:
                reason = texts.text("reasons", "citizen_answered")
                self.move_to(draft, actor_of(principal), ComplaintStatus.IN_REVIEW, reason, by="citizen")
                self._audit_move(principal, current, draft)
            draft.tell(COMPLAINT_COMMENTED, self._clock, {**details, "text": body.text, "author": author})

        return self.change(principal, folio, body, step)

    def assign(self, principal: Principal, folio: str, body: AssignBody) -> ComplaintDocument:
        """Say who takes care of a complaint.

        Raises:
            VersionConflict: it changed since it was read.
        """

        def step(current: ComplaintDocument, draft: Draft) -> None:
            before = {"assignee": current["assignee"], "unit": current["unit"]}
            after = {"assignee": body.assignee, "unit": body.unit or current["unit"]}
            draft.set(**after)
            draft.note(actor_of(principal), "assigned", self._clock(), before=before, after=after)
            then, told = changes(before, after)
            if told:
                draft.audit(principal, "assigned", self._clock, before=then, after=told)

        return self.change(principal, folio, body, step)

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
            self.move_to(draft, actor_of(principal), body.status, body.reason)
            self._audit_move(principal, current, draft)

        return self.change(principal, folio, body, step)

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
            new = [link for link in links if link["id"] not in known]
            draft.set(attachments=[*current["attachments"], *new])
            draft.note(
                actor_of(principal), "attached", self._clock(), after={"attachments": [link["id"] for link in links]}
            )
            if new:
                draft.audit(principal, "attached", self._clock, after={"attachments": [link["id"] for link in new]})

        changed = self.change(principal, folio, body, step)
        self._attachments.confirm(links)
        return changed

    def mark_overdue(self, current: ComplaintDocument) -> bool:
        """Note that a complaint's last day is over and tell it once; False when something else came first."""
        sweep_at = current["clock"].get("sweep_at")
        if sweep_at is None:
            return False
        draft = draft_of(current)
        clock = cast("dict[str, Any]", dict(current["clock"]))
        del clock["sweep_at"]
        clock["overdue_since"] = sweep_at
        draft.set(clock=clock, updated_at=self._clock())
        draft.note(
            _SYSTEM,
            "overdue",
            self._clock(),
            after={"due_date": clock["due_date"]},
            reason=texts.text("reasons", "overdue"),
        )
        by = Principal(subject=_SYSTEM["subject"], role=Role.SERVICE, tenant=current["tenant_id"])
        draft.audit(by, "became_overdue", self._clock, after={"due_date": clock["due_date"]})
        draft.tell(COMPLAINT_OVERDUE, self._clock, {"overdue_since": clocks.local(current, sweep_at)})
        return self._repository.apply(current["_id"], current["version"], draft.to_change())

    # -- what every change is made of ---------------------------------------------------------------------------------

    def change(self, principal: Principal, folio: str, wish: Change, step: Step) -> ComplaintDocument:
        """Make a change in one write, again on the newest state where somebody else was faster.

        Args:
            principal: who asks.
            folio: which complaint.
            wish: what is asked for. Its version is the one that was seen; None changes whatever is there. It is told
                back when that version was stale, beside the complaint as it is now.
            step: makes the change; called again on every try.

        Raises:
            VersionConflict: it has another version.
        """
        for _ in range(_TRIES):
            current = self.get(principal, folio)
            self.check_version(principal, current, wish)
            draft = draft_of(current)
            draft.set(updated_at=self._clock())
            step(current, draft)
            if self._repository.apply(current["_id"], current["version"], draft.to_change()):
                return self.get(principal, folio)
        raise Unavailable

    def check_version(self, principal: Principal, current: ComplaintDocument, wish: Change) -> None:
        """Refuse a change that is based on another version.

        Raises:
            VersionConflict: with what was asked for and the complaint as it is now.
        """
        if wish.version is not None and current["version"] != wish.version:
            raise VersionConflict(
                extra={
                    "your_version": wish.version,
                    "current_version": current["version"],
                    "yours": wish.model_dump(mode="json", exclude={"version"}),
                    "current": self.shown(current, principal).model_dump(mode="json"),
                }
            )

    def move_to(self, draft: Draft, actor: Actor, target: ComplaintStatus, reason: str, by: str | None = None) -> None:
        """Put a state into a change: term, history, and the events for the citizen and for those who follow it."""
        now = self._clock()
        document = draft.document
        before = document["status"]
        calendar = self._calendars.of(document["tenant_id"])
        term = clocks.to_deadline(document["clock"])
        if target is ComplaintStatus.REOPENED:
            term = deadlines.start(calendar, now, term.days)
        elif target is ComplaintStatus.WAITING_CITIZEN:
            term = deadlines.pause(term, now)
        elif target in SETTLED:
            term = deadlines.stop(calendar, term, now) if term.state is not ClockState.STOPPED else term
        else:
            term = deadlines.resume(calendar, term, now)
        fields = clocks.fields(calendar, term, number=document["number"], created=document["order"]["created"])
        draft.set(status=target.value, status_since=now, **fields)
        if target in SETTLED and draft.document.get("settled_at") is None:
            draft.set(settled_at=now)
        if target is ComplaintStatus.REOPENED:
            draft.set(merged_into=None, settled_at=None)
        draft.note(
            actor,
            "status_changed",
            self._clock(),
            before={"status": before},
            after={"status": target.value},
            reason=reason,
        )
        event_type = COMPLAINT_REOPENED if target is ComplaintStatus.REOPENED else COMPLAINT_STATUS_CHANGED
        details = {"previous_status": before, "reason": reason, "changed_by": by or actor["role"]}
        draft.tell(event_type, self._clock, details)
        for follower in self._repository.followers(document):
            draft.events.append(events.pending(event_type, as_primary(follower, document), self._clock, details))

    def _audit_move(self, principal: Principal, current: ComplaintDocument, draft: Draft) -> None:
        before: dict[str, Any] = {"status": current["status"]}
        after: dict[str, Any] = {"status": draft.document["status"]}
        reopened = after["status"] == ComplaintStatus.REOPENED
        if reopened and (link := current.get("merged_into")):
            before["merged_into"], after["merged_into"] = link["folio"], None
        draft.audit(principal, "reopened" if reopened else "status_changed", self._clock, before=before, after=after)


def complaint_id(principal: Principal, key: str | None) -> UUID:
    """Return the id of a new complaint: the same for the same caller and idempotency key, so that it exists once."""
    if key is None:
        return uuid7()
    return uuid5(_NAMESPACE, f"{principal.tenant}\n{principal.subject}\n{key}")


_NAMESPACE = UUID("5f0f3b6e-6f0a-4a52-9d3e-6c0b6b8f3c11")
