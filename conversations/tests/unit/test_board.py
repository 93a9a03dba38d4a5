"""The board hands each conversation to one thread at a time and forgets nothing while it runs."""

import threading

from munbot_common.ids import uuid7
from munbot_conversations.turns.board import TurnBoard


def test_a_conversation_waits_once():
    board, one = TurnBoard(), uuid7()
    board.wake(one)
    board.wake(one)
    assert board.take(0) == one
    assert board.take(0) is None


def test_what_arrives_during_a_turn_comes_back_afterwards():
    board, one = TurnBoard(), uuid7()
    board.wake(one)
    board.take(0)
    board.wake(one)
    assert board.take(0) is None
    board.done(one)
    assert board.take(0) == one
    board.done(one)
    assert board.take(0) is None


def test_conversations_keep_their_turn():
    board = TurnBoard()
    many = [uuid7() for _ in range(5)]
    for one in many:
        board.wake(one)
    assert [board.take(0) for _ in many] == many


def test_a_message_is_fresh_once():
    board, conversation, message = TurnBoard(), uuid7(), uuid7()
    board.wake(conversation, message)
    assert board.is_fresh(message)
    assert not board.is_fresh(message)
    assert not board.is_fresh(uuid7())


def test_what_is_for_later_comes_when_it_is_due():
    board, later, now = TurnBoard(), uuid7(), uuid7()
    board.wake(later, after=0.05)
    board.wake(now)
    assert board.take(0) == now
    assert board.take(10) == later
    assert board.take(0) is None


def test_a_taker_that_sleeps_gets_up_for_what_is_due_earlier():
    board, one, taken = TurnBoard(), uuid7(), []
    thread = threading.Thread(target=lambda: taken.append(board.take(3600)))
    thread.start()
    board.wake(one, after=0.05)
    thread.join(10)
    assert taken == [one]


def test_taking_waits_for_a_wake():
    board, one, taken = TurnBoard(), uuid7(), []
    thread = threading.Thread(target=lambda: taken.append(board.take(10)))
    thread.start()
    board.wake(one)
    thread.join(10)
    assert taken == [one]
