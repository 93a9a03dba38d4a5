"""The numbers of a municipality, from what the repository counts."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from threading import Condition

from cachetools import TLRUCache, cached
from munbot_common.clock import Clock
from munbot_contracts.complaints import ComplaintStatus

from munbot_complaints.complaints.rules import OPEN
from munbot_complaints.deadlines.rules import BusinessCalendar
from munbot_complaints.numbers import rules
from munbot_complaints.numbers.repository import NumbersRepository
from munbot_complaints.numbers.schemas import ComplaintNumbers, DayNumbers, NamedNumbers, StatusNumbers
from munbot_complaints.texts import status_label

LONG_SECONDS = 1.0
KEPT_TIMES = 10
MOST_KEPT = 256


@dataclass(frozen=True, slots=True)
class Answer:
    """Numbers, and how long they took."""

    numbers: ComplaintNumbers
    seconds: float


class NumbersService:
    """Counts what officials read on one page.

    What took long is kept for `KEPT_TIMES` as long, and who asks meanwhile waits for it: a page that many have open
    must not keep the store from the complaints themselves. What is quick is counted each time.
    """

    def __init__(
        self, repository: NumbersRepository, clock: Clock, timer: Callable[[], float] = time.monotonic
    ) -> None:
        self._repository = repository
        self._clock = clock
        self._timer = timer
        answers: TLRUCache[tuple[str, date, date], Answer] = TLRUCache(MOST_KEPT, ttu=_kept_until, timer=timer)
        self._answer = cached(answers, key=_key, condition=Condition())(self._count)

    def read(self, tenant: str, calendar: BusinessCalendar, first: date, last: date) -> ComplaintNumbers:
        """Return the numbers of a range of days, both included, and of all complaints as they stand."""
        return self._answer(tenant, calendar, first, last).numbers

    def _count(self, tenant: str, calendar: BusinessCalendar, first: date, last: date) -> Answer:
        began, now = self._timer(), self._clock()
        start, end = calendar.end_of(first - timedelta(days=1)), calendar.end_of(last)
        cases = list(self._repository.cases(tenant, start, end, calendar.zone))
        counts = self._repository.by_status(tenant, now)
        numbers = ComplaintNumbers(
            first=first,
            last=last,
            counted_at=now,
            received=len(cases),
            settled=sum(case.settled_at is not None for case in cases),
            median_days=rules.median_days(cases),
            on_time=rules.on_time(cases),
            days=[
                DayNumbers(day=day, received=came, settled=went)
                for day, came, went in rules.per_day(cases, first, last)
            ],
            categories=_named([case.category for case in cases]),
            units=_named([case.unit for case in cases]),
            open_now=sum(counts.get(status, 0) for status in OPEN),
            overdue_now=self._repository.overdue(tenant, now),
            statuses=[
                StatusNumbers(status=status, label=status_label(status), count=counts.get(status, 0))
                for status in ComplaintStatus
            ],
        )
        return Answer(numbers, self._timer() - began)


def _key(tenant: str, _: BusinessCalendar, first: date, last: date) -> tuple[str, date, date]:
    return tenant, first, last


def _kept_until(_: tuple[str, date, date], answer: Answer, now: float) -> float:
    return now + answer.seconds * KEPT_TIMES if answer.seconds > LONG_SECONDS else now


def _named(names: list[str]) -> list[NamedNumbers]:
    return [NamedNumbers(name=name, count=count) for name, count in rules.ranked(names)]
