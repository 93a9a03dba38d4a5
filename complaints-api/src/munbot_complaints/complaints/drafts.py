"""A change in the making, before it is written."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from munbot_common.auth import Principal
from munbot_common.clock import Clock

from munbot_complaints.complaints import events
from munbot_complaints.complaints.models import Actor, CommentDocument, ComplaintDocument, HistoryEntry, PendingEvent
from munbot_complaints.complaints.repository import Change
from munbot_complaints.waiting import noted


@dataclass(slots=True)
class Draft:
    """The complaint as it will stand, and what is added to its lists."""

    document: ComplaintDocument
    changed: dict[str, Any] = field(default_factory=dict)
    history: list[HistoryEntry] = field(default_factory=list)
    comments: list[CommentDocument] = field(default_factory=list)
    events: list[PendingEvent] = field(default_factory=list)

    def set(self, **values: Any) -> None:
        """Set top-level fields."""
        self.changed |= values
        self.document.update(values)  # type: ignore[typeddict-item]

    def note(
        self,
        actor: Actor,
        action: str,
        at: datetime,
        *,
        before: dict[str, Any] | None = None,
        after: dict[str, Any] | None = None,
        reason: str | None = None,
    ) -> None:
        """Add to the history."""
        self.history.append(
            HistoryEntry(at=at, actor=actor, action=action, before=before or {}, after=after or {}, reason=reason)
        )

    def tell(self, event_type: str, clock: Clock, details: dict[str, Any]) -> None:
        """Add an event about the complaint as it will stand."""
        self.events.append(events.pending(event_type, self.document, clock, details))

    def audit(
        self,
        principal: Principal,
        what: str,
        clock: Clock,
        *,
        before: dict[str, Any] | None = None,
        after: dict[str, Any] | None = None,
    ) -> None:
        """Add what tells the audit log of this change; nothing personal, no words of anybody."""
        self.events.append(audit_note(self.document, principal, what, clock, before=before, after=after))

    def to_change(self) -> Change:
        """Return the change for the repository."""
        push: dict[str, list[Any]] = {"history": self.history}
        if self.comments:
            push["comments"] = self.comments
        if self.events:
            push["pending_events"] = self.events
            self.changed["relay.pending"] = True
        return Change(set=self.changed, push=push)


def audit_note(
    document: ComplaintDocument,
    principal: Principal,
    what: str,
    clock: Clock,
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> PendingEvent:
    """Return what tells the audit log what was done with a complaint, which is known by its folio too."""
    known_as = {"folio": document["folio"]}
    return noted(principal, f"complaint.{what}", document["_id"], clock, before=before, after=known_as | (after or {}))


def draft_of(current: ComplaintDocument) -> Draft:
    """Return an empty change of a complaint."""
    return Draft(document=current.copy())


def actor_of(principal: Principal) -> Actor:
    """Return who acts, as it is kept."""
    return Actor(subject=principal.subject, role=principal.role.value)
