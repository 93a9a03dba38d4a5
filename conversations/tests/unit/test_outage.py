"""What the process knows of Rasa's health."""

from datetime import UTC, datetime, timedelta

from munbot_conversations.turns.outage import Outage

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def test_an_answer_after_a_failure_calls_the_others_once():
    outage = Outage()
    assert not outage.answered(NOW)
    outage.failed("failed")
    assert not outage.unreachable
    assert outage.answered(NOW)
    assert not outage.answered(NOW)


def test_unreachable_until_somebody_answers():
    outage = Outage()
    outage.failed("unreachable")
    assert outage.unreachable
    outage.reachable_again()
    assert not outage.unreachable


def test_others_answered_tells_a_sick_message_from_a_sick_rasa():
    outage = Outage()
    assert not outage.others_answered_since(NOW)
    outage.answered(NOW)
    assert not outage.others_answered_since(NOW)
    assert outage.others_answered_since(NOW - timedelta(seconds=1))
