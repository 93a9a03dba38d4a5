"""Complaints and files of one person, in MongoDB."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import cast

from munbot_contracts.people import Person

from munbot_complaints.attachments.repository import AttachmentDocument
from munbot_complaints.complaints.models import ComplaintDocument
from munbot_complaints.complaints.repository import Change
from munbot_complaints.mongo import MongoDatabase
from munbot_complaints.waiting import WaitingEvents

_TRIES = 20


class PrivacyRepository:
    """Looks people up in all of a tenant's complaints."""

    def __init__(self, database: MongoDatabase) -> None:
        self._complaints = database["complaints"]
        self._attachments = database["attachments"]
        self._waiting = WaitingEvents(self._complaints)

    def of(self, tenant: str, person: Person) -> list[ComplaintDocument]:
        """Return the person's complaints."""
        rows = self._complaints.find({"tenant_id": tenant, "citizen.rut": person.rut})
        return [cast("ComplaintDocument", raw) for raw in rows]

    def all(self, tenant: str) -> Iterator[ComplaintDocument]:
        """Give all of a tenant's complaints, to be read through: MongoDB has no words for what a trace is."""
        for raw in self._complaints.find({"tenant_id": tenant}, batch_size=200):
            yield cast("ComplaintDocument", raw)

    def waiting_for_end(self, statuses: Sequence[str], limit: int) -> list[ComplaintDocument]:
        """Return settled complaints of erased people, of all tenants, that still have the citizen's words."""
        wanted = {"person_erased": True, "words_erased": {"$exists": False}, "status": {"$in": list(statuses)}}
        return [cast("ComplaintDocument", raw) for raw in self._complaints.find(wanted).limit(limit)]

    def settled_before(self, statuses: Sequence[str], moment: datetime, limit: int) -> list[ComplaintDocument]:
        """Return complaints of all tenants that were settled before a moment and still have their person."""
        wanted = {"status": {"$in": list(statuses)}, "settled_at": {"$lt": moment}, "person_erased": {"$exists": False}}
        return [cast("ComplaintDocument", raw) for raw in self._complaints.find(wanted).limit(limit)]

    def ruts(self, tenant: str) -> list[str]:
        """Return the RUTs of a tenant's complaints."""
        return [rut for rut in self._complaints.distinct("citizen.rut", {"tenant_id": tenant}) if rut]

    def files(self, complaints: Sequence[ComplaintDocument], conversations: Sequence[str]) -> list[AttachmentDocument]:
        """Return the files of complaints, and those that were announced in conversations and are of none."""
        wanted = {
            "$or": [
                {"complaint_id": {"$in": [one["_id"] for one in complaints]}},
                {"conversation_id": {"$in": list(conversations)}, "complaint_id": None},
            ]
        }
        return [cast("AttachmentDocument", raw) for raw in self._attachments.find(wanted)]

    def remove_events(self, complaint_id: str, event_ids: list[str]) -> None:
        """Drop events that are on their way."""
        self._waiting.remove([complaint_id], event_ids)

    def change(self, complaint_id: str, of: Callable[[ComplaintDocument], Change | None]) -> bool:
        """Change a complaint as it stands now; False when there is nothing to change.

        Raises:
            RuntimeError: others changed it again and again.
        """
        for _ in range(_TRIES):
            found = self._complaints.find_one({"_id": complaint_id})
            change = of(cast("ComplaintDocument", found)) if found else None
            if not found or change is None:
                return False
            wanted = {"_id": complaint_id, "version": found["version"]}
            if self._complaints.update_one(wanted, change.to_update()).matched_count:
                return True
        msg = "the complaint does not hold still"
        raise RuntimeError(msg)
