"""Following a complaint by folio and the end of one's RUT, without telling a guesser anything."""

import hmac
import re
from datetime import date, timedelta

from munbot_common.clock import Clock
from munbot_common.problems import NotFound, TooManyRequests, Unprocessable
from munbot_contracts.complaints import ComplaintStatus

from munbot_complaints import texts
from munbot_complaints.complaints.clock import is_overdue, local
from munbot_complaints.complaints.models import ComplaintDocument
from munbot_complaints.complaints.repository import ComplaintRepository
from munbot_complaints.complaints.rules import as_primary
from munbot_complaints.deadlines.rules import ClockState
from munbot_complaints.folios import Folio
from munbot_complaints.tracking.repository import AttemptRepository
from munbot_complaints.tracking.schemas import PublicComplaint, PublicUpdate

_SHAPE = re.compile(r"^\d{3}[\dK]$", re.ASCII)
_NOBODY = "----"


class RutEndInvalid(Unprocessable):
    """Not the last four characters of a RUT."""

    code = "rut_last4_invalid"
    title = "Escriba los últimos cuatro caracteres de su RUT, con el dígito verificador: por ejemplo 9032"


class ComplaintUnknown(NotFound):
    """No such folio, or not with that RUT: deliberately the same answer."""

    title = "No encontramos un reclamo con ese número y RUT"


class TooManyAttempts(TooManyRequests):
    """Too many wrong attempts on one folio."""

    code = "too_many_attempts"
    title = "Demasiados intentos con ese número de reclamo. Espere unos minutos, por favor"


class TenantRequired(Unprocessable):
    """Two offices have a complaint with this folio and RUT."""

    code = "tenant_required"
    title = "Indique la municipalidad"


def rut_end(rut: str) -> str:
    """Return the last four characters of a RUT, `9032` of `15482903-2`."""
    return rut.replace("-", "")[-4:].upper()


class TrackingService:
    """Answers citizens who know their folio. Found or not, the same questions are put to the database."""

    def __init__(
        self, complaints: ComplaintRepository, attempts: AttemptRepository, *, clock: Clock, limit: int, minutes: int
    ) -> None:
        self._complaints = complaints
        self._attempts = attempts
        self._clock = clock
        self._limit = limit
        self._window = timedelta(minutes=minutes)

    def follow(self, folio_text: str, rut_last4: str, tenant: str | None) -> PublicComplaint:
        """Return what the citizen may know.

        Args:
            folio_text: the folio as written by a person.
            rut_last4: last three digits and check digit of the RUT; punctuation and case do not matter.
            tenant: narrows the search to one office.

        Raises:
            FolioInvalid: its check digit does not fit.
            RutEndInvalid: not four such characters.
            TooManyAttempts: that folio was tried too often.
            ComplaintUnknown: no complaint with this folio and RUT.
        """
        folio = Folio.parse(folio_text)
        end = re.sub(r"[\s.\-]", "", rut_last4).upper()
        if not _SHAPE.match(end):
            raise RutEndInvalid
        key = self._count_attempt(folio)
        own = [row for row in self._complaints.all_with_folio(folio) if tenant in {None, row["tenant_id"]}]
        candidates = [rut_end(row["citizen"]["rut"]) for row in own] or [_NOBODY]
        fits = [hmac.compare_digest(candidate.encode(), end.encode()) for candidate in candidates]
        if not any(fits):
            raise ComplaintUnknown
        self._attempts.take_back(key)
        if sum(fits) > 1:
            raise TenantRequired
        return self._public(own[fits.index(True)])

    def _public(self, found: ComplaintDocument) -> PublicComplaint:
        link = found.get("merged_into")
        primary = None if link is None else self._complaints.by_id(link["id"])
        if link is None or primary is None:
            return to_public(found, self._clock)
        since = found["status_since"]
        shown = as_primary(found, primary)
        moves = [entry for entry in primary["history"] if entry["action"] == "status_changed" and entry["at"] >= since]
        shown["history"] = [*found["history"], *moves]
        return to_public(shown, self._clock)

    def _count_attempt(self, folio: Folio) -> str:
        now = self._clock()
        seconds = self._window.total_seconds()
        started = int(now.timestamp() // seconds)
        key = f"{folio}:{started}"
        count = self._attempts.add(key, now + 2 * self._window)
        if count > self._limit:
            wait = int((started + 1) * seconds - now.timestamp()) + 1
            raise TooManyAttempts(headers={"Retry-After": str(wait)})
        return key


def to_public(document: ComplaintDocument, clock: Clock) -> PublicComplaint:
    """Return a complaint as its citizen sees it without logging in."""
    stopped = document["clock"]["state"] == ClockState.STOPPED
    return PublicComplaint(
        folio=document["folio"],
        status=ComplaintStatus(document["status"]),
        status_label=texts.status_label(document["status"]),
        since=local(document, document["status_since"]),
        category=document["category_name"],
        unit=document["unit"],
        created_at=local(document, document["created_at"]),
        due_date=None if stopped else date.fromisoformat(document["clock"]["due_date"]),
        clock=document["clock"]["state"],
        overdue=is_overdue(document, clock()),
        updates=_updates(document),
    )


def _updates(document: ComplaintDocument) -> list[PublicUpdate]:
    office, citizen = texts.text("authors", "office"), texts.text("authors", "citizen")
    found = [
        PublicUpdate(
            at=local(document, entry["at"]),
            kind="status",
            status=ComplaintStatus(entry["after"]["status"]),
            author=office,
            text=entry["reason"] or texts.status_label(entry["after"]["status"]),
        )
        for entry in document["history"]
        if entry["action"] in {"created", "status_changed"}
    ]
    found += [
        PublicUpdate(
            at=local(document, comment["at"]),
            kind="comment",
            author=citizen if comment["author"] == "citizen" else office,
            text=comment["text"],
        )
        for comment in document["comments"]
        if comment["public"]
    ]
    return sorted(found, key=lambda update: update.at)
