"""Read marks are a courtesy: they are left rather than in the way."""

import threading
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from munbot_whatsapp.accounts.book import KnownAccount
from munbot_whatsapp.inbound.marks import WAITING_MAX, Mark, ReadMarks
from munbot_whatsapp.providers.base import Account, Decision, SendFailed

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


class Shown:
    """A provider that keeps what it is asked to show, fails as it is told, and ends the loop with the last one."""

    def __init__(self, stop, *failures):
        self.asked, self._stop, self._failures = [], stop, list(failures)

    def mark_read(self, account, provider_message_id, address, *, typing):
        self.asked.append((provider_message_id, address, typing))
        if provider_message_id == "last":
            self._stop.set()
        if self._failures:
            raise self._failures.pop(0)


def mark(message="wamid.1", *, sent_at=NOW, active=True, paused_until=None, stopped_reason=None):
    account = Account("s", "t", "meta", "1", "https://x", {})
    return Mark(KnownAccount(uuid4(), account, active, paused_until, stopped_reason), message, "569", sent_at)


def shown(*marks, failures=()):
    stop = threading.Event()
    provider = Shown(stop, *failures)
    reads = ReadMarks(lambda _: provider, lambda: NOW)
    for item in (*marks, mark("last")):
        reads.put(item)
    reads.run(stop)
    return provider.asked[:-1]


def test_a_message_is_shown_as_read_and_an_answer_as_coming():
    assert shown(mark()) == [("wamid.1", "569", True)]


def test_nobody_waits_for_the_answer_to_an_old_message():
    assert shown(mark(sent_at=NOW - timedelta(minutes=5))) == [("wamid.1", "569", False)]


@pytest.mark.parametrize(
    "account", [{"active": False}, {"stopped_reason": "190"}, {"paused_until": NOW + timedelta(seconds=9)}]
)
def test_an_account_that_rests_is_left_alone(account):
    assert shown(mark(**account)) == []


@pytest.mark.parametrize("failure", [SendFailed(Decision.RETRY, "http_503"), ValueError("broken")])
def test_a_failure_ends_nothing(failure):
    assert len(shown(mark(), mark("wamid.2"), failures=[failure])) == 2


def test_too_many_are_left():
    reads = ReadMarks(lambda _: None, lambda: NOW)
    for _ in range(WAITING_MAX + 5):
        reads.put(mark())
    assert reads._waiting.qsize() == WAITING_MAX
