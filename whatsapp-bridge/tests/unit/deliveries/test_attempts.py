import pytest
from munbot_whatsapp.deliveries.attempts import is_quick, pause, quick_pause
from munbot_whatsapp.deliveries.limiter import RateLimiter
from munbot_whatsapp.providers.base import Decision, SendFailed


def test_pauses_grow_and_are_never_shorter_than_asked_for():
    retry = SendFailed(Decision.RETRY, "http_503")
    for rounds, seconds in ((1, 10), (2, 60), (3, 300), (4, 300), (50, 300)):
        assert all(0.8 * seconds <= pause(retry, rounds) <= 1.2 * seconds for _ in range(20))
    assert pause(SendFailed(Decision.RETRY, "429", retry_after=3600), 1) == 3600


@pytest.mark.parametrize(
    ("decision", "longest"), [(Decision.WAIT_CITIZEN, 60), (Decision.WAIT_ACCOUNT, 600), (Decision.RETRY, 300)]
)
def test_each_decision_has_steps_of_its_own(decision, longest):
    assert 0.8 * longest <= pause(SendFailed(decision, "x"), 99) <= 1.2 * longest


@pytest.mark.parametrize(
    ("error", "tried", "quick"),
    [
        (SendFailed(Decision.RETRY, "http_503"), 1, True),
        (SendFailed(Decision.RETRY, "http_503"), 2, True),
        (SendFailed(Decision.RETRY, "http_503"), 3, False),
        (SendFailed(Decision.RETRY, "timeout", uncertain=True), 1, False),
        (SendFailed(Decision.RETRY, "http_429", retry_after=30), 1, False),
        (SendFailed(Decision.WAIT_CITIZEN, "131056"), 1, False),
        (SendFailed(Decision.PERMANENT, "131026"), 1, False),
    ],
)
def test_only_what_surely_was_not_taken_and_may_pass_is_tried_again_at_once(error, tried, quick):
    assert is_quick(error, tried) is quick


def test_quick_tries_are_apart():
    assert 0.2 <= quick_pause(1) <= 0.3
    assert 0.8 <= quick_pause(2) <= 1.2


def test_places_are_evenly_spaced_and_accounts_do_not_wait_for_each_other():
    limiter = RateLimiter()
    waits = [limiter.reserve("a", 0.01) for _ in range(3)]
    assert waits[0] == 0
    assert 99 < waits[1] <= 100
    assert 199 < waits[2] <= 200
    assert limiter.reserve("b", 0.01) == 0
