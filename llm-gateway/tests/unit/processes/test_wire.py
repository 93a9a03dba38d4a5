"""Messages survive the wire, in whatever pieces they come."""

import asyncio
import socket
import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from munbot_llm.processes import wire
from munbot_llm.processes.life import read_message

CONTENT = st.dictionaries(st.text(), st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists))


@settings(max_examples=40)
@given(st.text(min_size=1), st.integers(0, 2**40), CONTENT, st.binary())
def test_what_is_sent_arrives(kind, number, data, body):
    ours, theirs = socket.socketpair()
    with ours, theirs:
        content = wire.encode(kind, number, data, body)
        sender = threading.Thread(target=lambda: [ours.sendall(content[i : i + 7]) for i in range(0, len(content), 7)])
        sender.start()
        message = wire.receive_message(theirs)
        sender.join()
    assert message == wire.Message(kind, number, data, body)


@settings(max_examples=40)
@given(st.lists(st.tuples(CONTENT, st.binary()), max_size=5))
def test_the_parent_reads_what_the_child_wrote(messages):
    async def scenario():
        reader = asyncio.StreamReader()
        for data, body in messages:
            reader.feed_data(wire.encode("reply", 1, data, body))
        reader.feed_eof()
        return [await read_message(reader) for _ in messages] + [await read_message(reader)]

    *read, end = asyncio.run(scenario())
    assert [(message.data, message.body) for message in read] == messages
    assert end is None


def test_half_a_message_is_the_end():
    ours, theirs = socket.socketpair()
    with theirs:
        ours.sendall(wire.encode("reply", 1, {"a": 1})[:-1])
        ours.close()
        assert wire.receive_message(theirs) is None


def test_lengths_beyond_reason_are_refused_before_memory_is_taken():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.sendall(b"\xff" * 8)
        with pytest.raises(wire.WireBroken):
            wire.receive_message(theirs)
