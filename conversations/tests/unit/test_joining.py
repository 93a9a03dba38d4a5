"""Which messages are one turn."""

from datetime import UTC, datetime, timedelta

import pytest
from munbot_common.ids import uuid7
from munbot_conversations.turns.joining import MOST, Next, chain, joins

START = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
WINDOW = timedelta(seconds=2)


def after(seconds, *, plain=True):
    return Next(uuid7(), START + timedelta(seconds=seconds), plain)


def test_what_comes_within_the_window_of_the_one_before_is_joined():
    waiting = [after(1.5), after(3.5), after(5.6)]
    assert chain(START, waiting, WINDOW) == [message.id for message in waiting[:2]]


def test_what_is_no_plain_text_ends_the_burst():
    waiting = [after(1), after(1.1, plain=False), after(1.2)]
    assert chain(START, waiting, WINDOW) == [waiting[0].id]


def test_a_burst_has_an_end():
    waiting = [after(number / 100) for number in range(1, 30)]
    assert len(chain(START, waiting, WINDOW)) == MOST - 1


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, True),
        ({"channel": "web"}, False),
        ({"kind": "audio"}, False),
        ({"kind": "button", "payload": "/affirm"}, False),
        ({"payload": "/affirm"}, False),
        ({"opt": "out"}, False),
    ],
)
def test_only_plain_words_on_whatsapp_join(changes, expected):
    plain = {"channel": "whatsapp", "kind": "text", "payload": None, "opt": None}
    assert joins(**(plain | changes)) is expected
