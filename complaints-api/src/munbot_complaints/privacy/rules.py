"""A complaint without its person: the case stays, who brought it does not. Pure functions."""

from collections.abc import Iterable
from typing import Any, cast

from munbot_common.traces import REMOVED, Traces

from munbot_complaints.complaints.models import Citizen, CommentDocument, ComplaintDocument, Place
from munbot_complaints.complaints.rules import SETTLED, index_terms, search_text

NOBODY = Citizen(rut="", name=None, phone=None, email=None, search="", terms=[])


def is_settled(complaint: ComplaintDocument) -> bool:
    """Tell whether the office has done with it, so that the citizen's own words are no longer needed."""
    return complaint["status"] in SETTLED


def without_traces(complaint: ComplaintDocument, traces: Traces) -> dict[str, Any]:
    """Return the fields of a complaint, of whoever, that change when somebody is taken out of its words."""
    before = _words_of(complaint)
    after = cast("dict[str, Any]", traces.without(before))
    changed = {name: value for name, value in after.items() if value != before[name]}
    return _found_again(complaint, changed)


def without_person(complaint: ComplaintDocument, traces: Traces) -> dict[str, Any]:
    """Return the fields of a person's complaint without the person.

    What the citizen wrote goes as a whole once the case is settled. While it is open the office needs to know what it
    is about, and where: then only what names the person goes, and the rest waits for the end (`without_words`).
    """
    changed: dict[str, Any] = {
        "citizen": NOBODY,
        "conversation_id": None,
        "fingerprint": "",
        "attachments": [],
        "person_erased": True,
        **without_traces(complaint, traces),
    }
    if is_settled(complaint):
        changed |= without_words({**complaint, **changed})  # type: ignore[typeddict-item]
    return changed


def without_words(complaint: ComplaintDocument) -> dict[str, Any]:
    """Return the fields of an erased person's complaint without their own words and without the place."""
    comments = [
        cast("CommentDocument", {**one, "text": REMOVED}) if one["author"] == "citizen" else one
        for one in complaint["comments"]
    ]
    changed: dict[str, Any] = {"description": REMOVED, "comments": comments, "place": None, "words_erased": True}
    return _found_again(complaint, changed)


def events_about(complaint: ComplaintDocument, traces: Traces) -> list[str]:
    """Return the ids of events on their way that name the person."""
    return [event["id"] for event in complaint["pending_events"] if traces.within(event["body"])]


def of_person(complaint: ComplaintDocument, rut: str) -> bool:
    """Tell whose it is."""
    return complaint["citizen"]["rut"] == rut


def named_in(complaint: ComplaintDocument, traces: Traces) -> bool:
    """Tell whether somebody is named in the words of a complaint."""
    return traces.within(_words_of(complaint))


def _words_of(complaint: ComplaintDocument) -> dict[str, Any]:
    place = complaint["place"]
    return {
        "description": complaint["description"],
        "comments": complaint["comments"],
        "history": complaint["history"],
        "assignee": complaint["assignee"],
        "place": place,
        "receipt": complaint["receipt"],
    }


def _found_again(complaint: ComplaintDocument, changed: dict[str, Any]) -> dict[str, Any]:
    """Add what the complaint is found by, when its words change."""
    if not changed.keys() & {"description", "place"}:
        return changed
    place = cast("Place | None", changed.get("place", complaint["place"]))
    words: Iterable[str | None] = [changed.get("description", complaint["description"])]
    words = [text for text in (*words, place["address"] if place else None) if text != REMOVED]
    return {**changed, "search": search_text(words), "terms": index_terms(words)}
