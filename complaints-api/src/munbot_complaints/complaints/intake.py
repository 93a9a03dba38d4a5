"""How a complaint comes in: once, with a number, a term and its event, in one write."""

from typing import Any

from munbot_common.auth import Principal, Role
from munbot_common.clock import Clock
from munbot_common.idempotency import IdempotencyKeyReused, fingerprint
from munbot_common.problems import Unavailable
from munbot_contracts.complaints import COMPLAINT_CREATED, ComplaintStatus

from munbot_complaints import texts
from munbot_complaints.attachments.service import AttachmentService
from munbot_complaints.categories.service import CategoryService
from munbot_complaints.complaints import clock as clocks
from munbot_complaints.complaints import events
from munbot_complaints.complaints.drafts import audit_note
from munbot_complaints.complaints.models import (
    Actor,
    AttachmentLink,
    Citizen,
    ComplaintDocument,
    HistoryEntry,
    Place,
    Point,
    order_key,
)
from munbot_complaints.complaints.repository import AlreadyExists, ComplaintRepository
from munbot_complaints.complaints.rules import index_terms, search_text
from munbot_complaints.complaints.schemas import CitizenBody, ComplaintBody, PlaceBody, Receipt
from munbot_complaints.complaints.service import complaint_id
from munbot_complaints.deadlines import rules as deadlines
from munbot_complaints.deadlines.calendars import Calendars
from munbot_complaints.folios import Folio


class IntakeService:
    """Registers complaints."""

    def __init__(
        self,
        repository: ComplaintRepository,
        categories: CategoryService,
        calendars: Calendars,
        attachments: AttachmentService,
        clock: Clock,
    ) -> None:
        self._repository = repository
        self._categories = categories
        self._calendars = calendars
        self._attachments = attachments
        self._clock = clock

    def create(self, principal: Principal, body: ComplaintBody, key: str | None) -> tuple[Receipt, bool]:
        """Register a complaint; returns its receipt, and whether the same request had been made before.

        Args:
            principal: who asks. A citizen's complaint always belongs to their own conversation.
            body: the complaint.
            key: the request's idempotency key.

        Raises:
            CategoryUnknown: the tenant has no such category.
            AttachmentUnknown: a file is not the caller's, not complete or taken.
            IdempotencyKeyReused: the key came with another body.
        """
        new_id = str(complaint_id(principal, key))
        print_ = fingerprint(body)
        if key is not None and (known := self._repository.by_id(new_id)) is not None:
            return _replay(known, print_), True
        base = self._base(principal, body, new_id, print_)
        base["attachments"] = self._attachments.claim(principal, body.attachment_ids, new_id)
        year = self._calendars.of(principal.tenant).local_day(base["created_at"]).year
        try:
            document = self._repository.insert_numbered(
                principal.tenant, year, lambda folio: self._numbered(base, folio, principal)
            )
        except AlreadyExists as error:
            known = self._repository.by_id(new_id)
            if known is None:
                raise Unavailable from error
            return _replay(known, print_), True
        self._attachments.confirm(document["attachments"])
        return Receipt.model_validate(document["receipt"]), False

    def _base(self, principal: Principal, body: ComplaintBody, new_id: str, print_: str) -> ComplaintDocument:
        category = self._categories.require(principal.tenant, body.category)
        now = self._clock()
        conversation = principal.conversation_id if principal.role is Role.VISITOR else body.conversation_id
        place = _place(body.place)
        found_by = [body.description, place["address"] if place else None]
        links: list[AttachmentLink] = []
        calendar = self._calendars.of(principal.tenant)
        term = deadlines.start(calendar, now, category["deadline_days"])
        return ComplaintDocument(
            _id=new_id,
            tenant_id=principal.tenant,
            year=0,
            number=0,
            folio="",
            version=1,
            status=ComplaintStatus.RECEIVED.value,
            status_since=now,
            category=category["code"],
            category_root=category["code"].split(".")[0],
            category_name=category["name"],
            unit=category["unit"],
            assignee=None,
            description=body.description,
            search=search_text(found_by),
            terms=index_terms(found_by),
            place=place,
            citizen=_citizen(body.citizen),
            channel=body.channel,
            conversation_id=str(conversation) if conversation else None,
            created_at=now,
            updated_at=now,
            clock=clocks.to_document(calendar, term),
            order={"created": 0},
            comments=[],
            history=[],
            attachments=links,
            receipt={},
            fingerprint=print_,
            pending_events=[],
            relay={"pending": True},
        )

    def _numbered(self, base: ComplaintDocument, folio: Folio, principal: Principal) -> ComplaintDocument:
        calendar = self._calendars.of(base["tenant_id"])
        document = base.copy()
        document["year"], document["number"], document["folio"] = folio.year, folio.number, str(folio)
        term = clocks.to_deadline(base["clock"])
        created = order_key(base["created_at"], folio.number)
        derived: dict[str, Any] = clocks.fields(calendar, term, number=folio.number, created=created)
        document["clock"], document["order"] = derived["clock"], derived["order"]
        document["history"] = [
            HistoryEntry(
                at=base["created_at"],
                actor=Actor(subject=principal.subject, role=principal.role.value),
                action="created",
                before={},
                after={"status": base["status"], "category": base["category"], "unit": base["unit"]},
                reason=texts.text("updates", "received"),
            )
        ]
        document["receipt"] = Receipt(
            id=base["_id"],
            folio=str(folio),
            status=ComplaintStatus(base["status"]),
            status_label=texts.status_label(base["status"]),
            version=1,
            category=base["category"],
            category_name=base["category_name"],
            unit=base["unit"],
            created_at=clocks.local(document, base["created_at"]),
            deadline_days=term.days,
            due_date=term.due_date,
        ).model_dump(mode="json")
        about: dict[str, Any] = {
            "status": base["status"],
            "category": base["category"],
            "unit": base["unit"],
            "channel": base["channel"],
        }
        if base["attachments"]:
            about["attachments"] = [link["id"] for link in base["attachments"]]
        document["pending_events"] = [
            events.pending(COMPLAINT_CREATED, document, lambda: base["created_at"]),
            audit_note(document, principal, "created", lambda: base["created_at"], after=about),
        ]
        return document


def _replay(known: ComplaintDocument, print_: str) -> Receipt:
    if known["fingerprint"] != print_:
        raise IdempotencyKeyReused
    return Receipt.model_validate(known["receipt"])


def _place(body: PlaceBody | None) -> Place | None:
    if body is None or (not body.address and body.latitude is None):
        return None
    place = Place(address=body.address)
    if body.longitude is not None and body.latitude is not None:
        place["location"] = Point(type="Point", coordinates=[body.longitude, body.latitude])
    return place


def _citizen(body: CitizenBody) -> Citizen:
    return Citizen(
        rut=body.rut,
        name=body.name or None,
        phone=body.phone,
        email=body.email,
        search=search_text([body.name]),
        terms=index_terms([body.name]),
    )
