from datetime import UTC, datetime
from uuid import uuid4

from munbot_common.ids import uuid7
from munbot_contracts.messages import MessageHandled
from munbot_web.chat.replies import Replies
from munbot_web.chat.schemas import OutboundBubble


def bubble(message_id, seq):
    return OutboundBubble(
        id=uuid4(),
        seq=seq,
        text=str(seq),
        sender_type="bot",
        created_at=datetime.now(UTC),
        in_reply_to=message_id,
    )


def handled(message_id, replies, outcome="answered"):
    return MessageHandled(
        message_id=message_id, conversation_id=uuid7(), channel="web", outcome=outcome, replies=replies
    )


def test_the_wait_is_over_when_all_bubbles_are_here_and_the_hub_is_done():
    replies, message = Replies(), uuid7()
    with replies.waiting(message) as waiter:
        replies.on_bubble(bubble(message, 3))
        assert not waiter.done.is_set()
        replies.on_handled(handled(message, 2))
        assert not waiter.done.is_set()
        replies.on_bubble(bubble(message, 2))
        assert waiter.done.is_set()
        assert [one.seq for one in waiter.in_order()] == [2, 3]


def test_a_bubble_that_comes_twice_counts_once():
    replies, message = Replies(), uuid7()
    with replies.waiting(message) as waiter:
        same = bubble(message, 1)
        replies.on_bubble(same)
        replies.on_bubble(same)
        replies.on_handled(handled(message, 2))
        assert not waiter.done.is_set()


def test_a_message_left_to_a_person_ends_the_wait_at_once():
    replies, message = Replies(), uuid7()
    with replies.waiting(message) as waiter:
        replies.on_handled(handled(message, 0, "silenced"))
        assert waiter.done.is_set()
        assert waiter.in_order() == []


def test_deferred_first_and_answered_later():
    replies, message = Replies(), uuid7()
    with replies.waiting(message) as waiter:
        replies.on_bubble(bubble(message, 2))
        replies.on_handled(handled(message, 1, "deferred"))
        assert waiter.done.is_set()
    # Who asks again hears the answer, which comes with a second word that the hub is done.
    with replies.waiting(message) as again:
        replies.on_bubble(bubble(message, 3))
        replies.on_handled(handled(message, 1))
        assert again.done.is_set()
        assert again.handled.outcome == "answered"


def test_two_who_wait_for_one_message_both_hear_it_and_others_do_not():
    replies, message, other = Replies(), uuid7(), uuid7()
    with replies.waiting(message) as one, replies.waiting(message) as two, replies.waiting(other) as third:
        replies.on_bubble(bubble(message, 1))
        replies.on_bubble(bubble(None, 2))
        replies.on_handled(handled(message, 1))
        assert one.done.is_set()
        assert two.done.is_set()
        assert not third.done.is_set()
    replies.on_bubble(bubble(message, 3))
    assert len(one.bubbles) == 1
