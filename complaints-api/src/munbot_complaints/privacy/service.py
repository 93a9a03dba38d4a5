"""A person's complaints: found, given, put right, and without the person from then on."""

from datetime import datetime
from typing import Any, cast
from uuid import UUID

from bson import json_util
from munbot_common.auth import Principal, Role
from munbot_common.clock import Clock
from munbot_common.traces import Traces, mark_of
from munbot_contracts.people import (
    Erased,
    Exported,
    Found,
    Holding,
    Kept,
    Marks,
    Matches,
    Person,
    Rectification,
    Rectified,
)

from munbot_complaints import texts
from munbot_complaints.attachments.service import AttachmentService
from munbot_complaints.complaints.drafts import actor_of, audit_note
from munbot_complaints.complaints.models import Actor, ComplaintDocument, HistoryEntry
from munbot_complaints.complaints.repository import Change, ComplaintRepository
from munbot_complaints.complaints.rules import SETTLED, index_terms, search_text
from munbot_complaints.privacy import rules
from munbot_complaints.privacy.repository import PrivacyRepository

SERVICE = "complaints"
_COMPLAINTS = f"{SERVICE}.complaints"
_OBJECTS = "objects.attachments"
_LEFT_OUT = ("_id", "search", "terms", "order", "relay", "pending_events", "fingerprint")
_BESIDE = frozenset({"search", "terms", "fingerprint", "person_erased", "words_erased"})
_SWEEP = 100


class PersonalData:
    """What complaints-api does about one person.

    Args:
        people: looks people up.
        complaints: the complaints.
        attachments: removes files.
        clock: the time of day.
    """

    def __init__(
        self,
        people: PrivacyRepository,
        complaints: ComplaintRepository,
        attachments: AttachmentService,
        clock: Clock,
    ) -> None:
        self._people = people
        self._complaints = complaints
        self._attachments = attachments
        self._clock = clock

    def find(self, principal: Principal, person: Person) -> Found:
        """Tell what there is of a person, and what is known of them."""
        mine = self._people.of(principal.tenant, person)
        known = _known(person, mine)
        files = self._people.files(mine, [str(one) for one in person.with_all_of(known).conversations])
        traces = Traces(person.with_all_of(known))
        mentions = sum(
            rules.named_in(one, traces)
            for one in self._people.all(principal.tenant)
            if not rules.of_person(one, person.rut)
        )
        return Found(
            service=SERVICE,
            holdings=_holdings((_COMPLAINTS, len(mine)), (f"{SERVICE}.attachments", len(files))),
            mentions=_holdings((_COMPLAINTS, mentions)),
            known=known,
        )

    def export(self, principal: Principal, person: Person) -> Exported:
        """Give the person's complaints and what is known of their files."""
        mine = self._people.of(principal.tenant, person)
        shown = [{name: value for name, value in one.items() if name not in _LEFT_OUT} for one in mine]
        files = self._people.files(mine, [str(one) for one in person.conversations])
        records = {_COMPLAINTS: shown, f"{SERVICE}.attachments": files}
        plain: dict[str, Any] = json_util.loads(json_util.dumps(records, json_options=json_util.RELAXED_JSON_OPTIONS))
        return Exported(service=SERVICE, records={name: rows for name, rows in plain.items() if rows})

    def rectify(self, principal: Principal, wish: Rectification) -> Rectified:
        """Put name, telephone or e-mail of all the person's complaints right."""
        values = wish.values()

        def right(complaint: ComplaintDocument) -> Change | None:
            citizen: dict[str, Any] = {**complaint["citizen"], **values}
            citizen |= {"search": search_text([citizen["name"]]), "terms": index_terms([citizen["name"]])}
            if citizen == complaint["citizen"]:
                return None
            fields = sorted(name for name in values if citizen[name] != cast("Any", complaint["citizen"])[name])
            entry = self._entry(actor_of(principal), "rectified", sorted(values))
            changed = {"citizen": citizen, "history": [*complaint["history"], entry]}
            return self._noted(complaint, principal, "rectified", changed, fields)

        mine = self._people.of(principal.tenant, wish.person) if values else []
        changed = sum(self._people.change(one["_id"], right) for one in mine)
        return Rectified(service=SERVICE, changed=_holdings((_COMPLAINTS, changed)))

    def erase(self, principal: Principal, person: Person) -> Erased:
        """Take the person out; files first, so that whoever dies in between can be called again."""
        tenant = principal.tenant
        mine = self._people.of(tenant, person)
        everything = person.with_all_of(_known(person, mine))
        traces = Traces(everything)
        files = self._people.files(mine, [str(one) for one in everything.conversations])
        versions = sum(self._attachments.erase(one) for one in files)
        for complaint in mine:
            self._without_person(complaint, traces, principal)

        def clean(now: ComplaintDocument) -> Change | None:
            changed = rules.without_traces(now, traces)
            if not changed:
                return None
            return self._noted(now, principal, "mentions_removed", changed, _fields(now, changed))

        cleaned = sum(
            self._people.change(one["_id"], clean) for one in self._people.all(tenant) if rules.named_in(one, traces)
        )
        open_ones = sum(not rules.is_settled(one) for one in mine)
        kept = [
            Kept(store=_COMPLAINTS, count=count, reason=texts.text("privacy", reason))
            for reason, count in (("kept", len(mine) - open_ones), ("kept_open", open_ones))
            if count
        ]
        erased = _holdings((_COMPLAINTS, len(mine)), (f"{SERVICE}.attachments", len(files)), (_OBJECTS, versions))
        return Erased(service=SERVICE, erased=erased, cleaned=_holdings((_COMPLAINTS, cleaned)), kept=tuple(kept))

    def match(self, principal: Principal, marks: Marks) -> Matches:
        """Tell which erased people have complaints again."""
        wanted = frozenset(marks.marks)
        ruts = self._people.ruts(principal.tenant)
        return Matches(ruts=tuple(rut for rut in ruts if mark_of(marks.key, principal.tenant, rut) in wanted))

    def finish_settled(self) -> int:
        """Take the words of erased people out of complaints that were settled since; returns of how many."""
        settled = sorted(status.value for status in SETTLED)
        waiting = self._people.waiting_for_end(settled, _SWEEP)

        def finish(now: ComplaintDocument) -> Change:
            changed = rules.without_words(now)
            return self._noted(now, _ourselves(now), "words_erased", changed, _fields(now, changed))

        return sum(self._people.change(one["_id"], finish) for one in waiting)

    def forget_people(self, before: datetime) -> int:
        """Take people out of complaints that were settled before a moment; returns out of how many, some at a time."""
        old = self._people.settled_before(sorted(status.value for status in SETTLED), before, _SWEEP)
        for complaint in old:
            for file in self._people.files([complaint], []):
                self._attachments.erase(file)
            person = Person(rut=complaint["citizen"]["rut"])
            traces = Traces(person.with_all_of(_known(person, [complaint])))
            self._without_person(complaint, traces, _ourselves(complaint))
        return len(old)

    def _without_person(self, complaint: ComplaintDocument, traces: Traces, principal: Principal) -> None:
        def erased(now: ComplaintDocument) -> Change:
            changed = rules.without_person(now, traces)
            fields = _fields(now, changed)
            history = changed.get("history", now["history"])
            changed["history"] = [*history, self._entry(actor_of(principal), "person_erased", [])]
            return self._noted(now, principal, "person_erased", changed, fields)

        self._people.change(complaint["_id"], erased)
        now = self._complaints.by_id(complaint["_id"])
        if now is not None and (events := rules.events_about(now, traces)):
            self._people.remove_events(now["_id"], events)

    def _noted(
        self,
        complaint: ComplaintDocument,
        principal: Principal,
        what: str,
        changed: dict[str, Any],
        fields: list[str],
    ) -> Change:
        """Return a change with what tells the audit log of it: which fields, and not what is in them."""
        if not fields:
            return Change(set=changed)
        note = audit_note(complaint, principal, what, self._clock, after={"fields": fields})
        return Change(set={**changed, "relay.pending": True}, push={"pending_events": [note]})

    def _entry(self, actor: Actor, action: str, changed: list[str]) -> HistoryEntry:
        return HistoryEntry(
            at=self._clock(), actor=actor, action=action, before={}, after={"changed": changed}, reason=None
        )


def _ourselves(complaint: ComplaintDocument) -> Principal:
    return Principal(subject=SERVICE, role=Role.SERVICE, tenant=complaint["tenant_id"])


def _fields(now: ComplaintDocument, changed: dict[str, Any]) -> list[str]:
    """Return which fields change, without those that only follow from others."""
    return sorted(name for name, value in changed.items() if name not in _BESIDE and now.get(name) != value)


def _known(person: Person, mine: list[ComplaintDocument]) -> Person:
    people = [one["citizen"] for one in mine]
    return Person(
        rut=person.rut,
        names=tuple({one["name"] for one in people if one["name"]}),
        phones=tuple({one["phone"] for one in people if one["phone"]}),
        emails=tuple({one["email"] for one in people if one["email"]}),
        conversations=tuple({UUID(one["conversation_id"]) for one in mine if one["conversation_id"]}),
        complaints=tuple(UUID(one["_id"]) for one in mine),
    )


def _holdings(*found: tuple[str, int]) -> tuple[Holding, ...]:
    return tuple(Holding(store=store, count=count) for store, count in found if count)
