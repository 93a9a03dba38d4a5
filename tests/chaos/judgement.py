"""The history checker: what was written, stored and shown, and whether it fits together. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise


@dataclass(frozen=True)
class Written:
    """What a citizen sent. A burst may arrive in any order; the next one begins when all of it was taken."""

    phone: str
    wamid: str
    kind: str
    text: str
    burst: int


@dataclass(frozen=True)
class Stored:
    """A message of the hub."""

    id: str
    phone: str
    conversation: str
    seq: int
    sender: str
    text: str
    wamid: str | None = None
    outcome: str | None = None
    joined_into: str | None = None
    in_reply_to: str | None = None
    index: int = 0
    count: int = 1
    delivery: str | None = None


@dataclass(frozen=True)
class Part:
    """What the bridge made of a bubble."""

    reference: str
    message: str
    number: int


@dataclass(frozen=True)
class Shown:
    """A message of an office on a telephone."""

    phone: str
    position: int
    reference: str | None
    text: str


@dataclass
class Verdict:
    """Counts for people, and what is wrong; nothing when all is well."""

    counts: dict[str, int] = field(default_factory=dict)
    violations: list[str] = field(default_factory=list)

    def blame(self, what: str, found: Iterable[str]) -> None:
        """Count violations of one kind, and name them."""
        names = sorted(found)
        self.counts[what] = len(names)
        self.violations += [f"{what}: {name}" for name in names]


def judge(
    written: Sequence[Written],
    stored: Sequence[Stored],
    parts: Sequence[Part],
    shown: Sequence[Shown],
    set_aside: Sequence[str] = (),
) -> Verdict:
    """Check a whole history.

    Args:
        written: by the citizens.
        stored: all rows of their conversations.
        parts: of all the bubbles among them.
        shown: what of the offices is on their telephones.
        set_aside: what lies in queues of dead letters.
    """
    verdict = Verdict()
    inbound = [row for row in stored if row.sender == "citizen"]
    outbound = [row for row in stored if row.sender != "citizen"]
    _stored_once(verdict, written, inbound)
    _answered_once(verdict, inbound, outbound)
    _in_order(verdict, written, stored)
    _shown_as_stored(verdict, outbound, parts, shown)
    verdict.blame("dead letters", set_aside)
    return verdict


def _stored_once(verdict: Verdict, written: Sequence[Written], inbound: Sequence[Stored]) -> None:
    by_wamid = defaultdict(list)
    for row in inbound:
        by_wamid[row.wamid].append(row)
    known = {message.wamid: message for message in written}
    verdict.counts["written"] = len(written)
    verdict.counts["stored"] = len(inbound)
    verdict.blame("lost", (wamid for wamid in known if wamid not in by_wamid))
    verdict.blame("stored twice", (str(wamid) for wamid, rows in by_wamid.items() if len(rows) > 1))
    verdict.blame("never written", (str(wamid) for wamid in by_wamid if wamid not in known))
    found = ((row, known[row.wamid]) for row in inbound if row.wamid in known)
    verdict.blame("changed", (row.id for row, sent in found if (row.phone, row.text) != (sent.phone, sent.text)))


def _answered_once(verdict: Verdict, inbound: Sequence[Stored], outbound: Sequence[Stored]) -> None:
    outcomes = Counter(row.outcome or "none" for row in inbound)
    verdict.counts["answered"], verdict.counts["joined to an answered one"] = outcomes["answered"], outcomes["joined"]
    by_id = {row.id: row for row in inbound}
    verdict.blame("not answered", (f"{row.id} {row.outcome}" for row in inbound if not _is_answered(row, by_id)))
    replies = defaultdict(list)
    for row in outbound:
        if row.sender == "bot":  # the notice that an answer will be late is the system's
            replies[row.in_reply_to].append(row)
    verdict.counts["replies"] = sum(map(len, replies.values()))
    verdict.counts["notices"] = len(outbound) - verdict.counts["replies"]
    turns = {row.id for row in inbound if row.outcome == "answered"}
    verdict.blame("without a reply", (turn for turn in turns if turn not in replies))
    verdict.blame("reply to no turn", (str(turn) for turn in replies if turn not in turns))
    verdict.blame("not one set of replies", (str(turn) for turn, rows in replies.items() if not _one_set(rows)))


def _is_answered(row: Stored, by_id: dict[str, Stored]) -> bool:
    if row.outcome != "joined":
        return row.outcome == "answered"
    into = by_id.get(row.joined_into or "")
    return (
        into is not None and into.outcome == "answered" and into.conversation == row.conversation and into.seq > row.seq
    )


def _one_set(rows: Sequence[Stored]) -> bool:
    ordered = sorted(rows, key=lambda row: row.seq)
    return [(row.index, row.count) for row in ordered] == [(index, len(rows)) for index in range(len(rows))]


def _in_order(verdict: Verdict, written: Sequence[Written], stored: Sequence[Stored]) -> None:
    bursts = {message.wamid: message.burst for message in written}
    rows_of, conversations = defaultdict(list), defaultdict(set)
    for row in sorted(stored, key=lambda row: row.seq):
        rows_of[row.conversation].append(row)
        conversations[row.phone].add(row.conversation)
    verdict.counts["conversations"] = len(rows_of)
    verdict.blame("more than one conversation", (phone for phone, found in conversations.items() if len(found) > 1))
    gaps, overtaken, crossed = [], [], []
    for name, rows in rows_of.items():
        if [row.seq for row in rows] != list(range(1, len(rows) + 1)):
            gaps.append(name)
        asked = [row for row in rows if row.wamid in bursts]
        overtaken += [
            f"{later.id} before {earlier.id}"
            for earlier, later in pairwise(asked)
            if bursts[str(earlier.wamid)] > bursts[str(later.wamid)]
        ]
        place = {row.id: row.seq for row in asked}
        answers = [row for row in rows if row.sender == "bot" and row.in_reply_to in place]
        crossed += [
            f"{later.id} after {earlier.id}"
            for earlier, later in pairwise(answers)
            if place[str(earlier.in_reply_to)] > place[str(later.in_reply_to)]
        ]
        crossed += [row.id for row in answers if row.seq < place[str(row.in_reply_to)]]
    verdict.blame("gaps", gaps)
    verdict.blame("stored out of order", overtaken)
    verdict.blame("answered out of order", crossed)


def _shown_as_stored(
    verdict: Verdict, outbound: Sequence[Stored], parts: Sequence[Part], shown: Sequence[Shown]
) -> None:
    part_of = {part.reference: part for part in parts}
    row_of = {row.id: row for row in outbound}
    verdict.counts["shown on telephones"] = len(shown)
    times = Counter(entry.reference for entry in shown)
    verdict.blame("shown twice", (str(reference) for reference, count in times.items() if count > 1))
    verdict.blame("never shown", (part.reference for part in parts if part.reference not in times))
    made = {part.message for part in parts}
    verdict.blame("never sent", (row.id for row in outbound if row.id not in made))
    strangers, crossed, words = [], [], defaultdict(list)
    on_phone = defaultdict(list)
    for entry in sorted(shown, key=lambda entry: entry.position):
        part = part_of.get(entry.reference or "")
        row = row_of.get(part.message) if part else None
        if part is None or row is None or row.phone != entry.phone:
            strangers.append(f"{entry.phone} {entry.reference}")
            continue
        on_phone[entry.phone].append((row.seq, part.number))
        words[row.id].append(entry.text)
    for phone, places in on_phone.items():
        crossed += [f"{phone} at {later}" for earlier, later in pairwise(places) if later < earlier]
    verdict.blame("shown, but not stored", strangers)
    verdict.blame("shown out of order", crossed)
    verdict.blame(
        "shown in other words", (name for name, texts in words.items() if not _same(row_of[name].text, texts))
    )
    told = (row for row in outbound if row.delivery not in {"delivered", "read"})
    verdict.blame("not known as delivered", (f"{row.id} {row.delivery}" for row in told))


def _same(text: str, texts: Sequence[str]) -> bool:
    """Options may follow the words, and blanks are lost where a long text is cut."""
    return "".join("".join(texts).split()).startswith("".join(text.split()))
