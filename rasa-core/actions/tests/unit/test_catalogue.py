"""Values that are kept: an old one is given while a new one is fetched."""

import pytest
from munbot_actions.services.catalogue import Kept
from munbot_common.client import ServiceAway


class Clock:
    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


def test_a_value_is_asked_for_once_while_it_is_fresh():
    asked, clock = [], Clock()
    kept = Kept(lambda key: asked.append(key) or len(asked), 30, clock, spawn=lambda work: work())
    assert [kept.get("a"), kept.get("a"), kept.get("b")] == [1, 1, 2]


def test_an_old_value_is_given_at_once_and_fetched_beside():
    asked, clock, waiting = [], Clock(), []
    kept = Kept(lambda key: asked.append(key) or len(asked), 30, clock, spawn=waiting.append)
    kept.get("a")
    clock.now = 31
    assert kept.get("a") == 1
    assert kept.get("a") == 1
    assert len(waiting) == 1
    waiting.pop()()
    assert kept.get("a") == 2


def test_a_service_that_is_away_leaves_the_old_value():
    clock, answers = Clock(), iter([1])

    def ask(_key):
        try:
            return next(answers)
        except StopIteration:
            raise ServiceAway("down") from None

    kept = Kept(ask, 30, clock, spawn=lambda work: work())
    assert kept.get("a") == 1
    clock.now = 100
    assert kept.get("a") == 1
    assert kept.get("a") == 1


def test_without_any_value_the_failure_is_told():
    def ask(_key):
        raise ServiceAway("down")

    with pytest.raises(ServiceAway):
        Kept(ask, 30).get("a")
