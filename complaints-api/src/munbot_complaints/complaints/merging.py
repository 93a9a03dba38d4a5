"""Making one case of complaints about the same thing.

The complaint that repeats another is closed and follows it: its citizen is told of every move of the other, and sees
its state when tracking their own number. `merged_into` of the one that repeats is the truth; the list on the other only
says whom to ask. It is written first, so that a death in between leaves nobody without news: merging again ends it.
"""

from munbot_common.auth import Principal
from munbot_common.clock import Clock
from munbot_contracts.complaints import ComplaintStatus

from munbot_complaints import texts
from munbot_complaints.complaints.drafts import Draft, actor_of
from munbot_complaints.complaints.models import ComplaintDocument, ComplaintLink
from munbot_complaints.complaints.problems import MergeIllegal
from munbot_complaints.complaints.repository import ComplaintRepository
from munbot_complaints.complaints.rules import OPEN, merged_into
from munbot_complaints.complaints.schemas import Change, MergeBody
from munbot_complaints.complaints.service import ComplaintService

MOST_DUPLICATES = 50


class MergeService:
    """Merges complaints."""

    def __init__(self, complaints: ComplaintService, repository: ComplaintRepository, clock: Clock) -> None:
        self._complaints = complaints
        self._repository = repository
        self._clock = clock

    def merge(self, principal: Principal, folio: str, body: MergeBody) -> ComplaintDocument:
        """Close `folio` as a repetition of `body.into`; returns it. Merging the same two again changes nothing.

        Raises:
            ComplaintNotFound: one of them is not in the tenant.
            MergeIllegal: they are one, or settled, or part of another merge.
            VersionConflict: the one that repeats changed since it was read.
        """
        repeated = self._complaints.get(principal, folio)
        primary = self._complaints.get(principal, body.into)
        if merged_into(repeated) == primary["_id"]:
            return repeated
        self._check(repeated, primary)
        self._complaints.check_version(principal, repeated, body)
        self._announce(principal, repeated, primary)

        def step(current: ComplaintDocument, draft: Draft) -> None:
            self._check(current, primary)
            draft.set(merged_into=ComplaintLink(id=primary["_id"], folio=primary["folio"]))
            draft.note(actor_of(principal), "merged", self._clock(), after={"into": primary["folio"]})
            reason = body.reason or texts.text("reasons", "merged")
            self._complaints.move_to(draft, actor_of(principal), ComplaintStatus.CLOSED, reason)
            draft.audit(
                principal,
                "merged",
                self._clock,
                before={"status": current["status"]},
                after={"status": draft.document["status"], "into": primary["folio"], "into_id": primary["_id"]},
            )

        return self._complaints.change(principal, folio, body, step)

    def _announce(self, principal: Principal, repeated: ComplaintDocument, primary: ComplaintDocument) -> None:
        def step(current: ComplaintDocument, draft: Draft) -> None:
            self._check(repeated, current)
            links = current.get("duplicates", [])
            if repeated["_id"] in {link["id"] for link in links}:
                return
            if len(links) >= MOST_DUPLICATES:
                raise MergeIllegal(texts.text("merging", "full"))
            draft.set(duplicates=[*links, ComplaintLink(id=repeated["_id"], folio=repeated["folio"])])
            draft.note(actor_of(principal), "received_duplicate", self._clock(), after={"folio": repeated["folio"]})
            told = {"duplicate": repeated["folio"], "duplicate_id": repeated["_id"]}
            draft.audit(principal, "received_duplicate", self._clock, after=told)

        self._complaints.change(principal, primary["folio"], Change(), step)

    def _check(self, repeated: ComplaintDocument, primary: ComplaintDocument) -> None:
        if repeated["_id"] == primary["_id"]:
            problem = "same"
        elif merged_into(repeated) is not None or merged_into(primary) is not None:
            problem = "merged"
        elif ComplaintStatus(repeated["status"]) not in OPEN or ComplaintStatus(primary["status"]) not in OPEN:
            problem = "settled"
        elif self._repository.followers(repeated):
            problem = "has_duplicates"
        else:
            return
        raise MergeIllegal(texts.text("merging", problem))
