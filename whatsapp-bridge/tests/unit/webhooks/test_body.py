"""How much of a request is read."""

import asyncio

import pytest
from fastapi import Request
from hypothesis import given
from hypothesis import strategies as st
from munbot_common.problems import PayloadTooLarge
from munbot_whatsapp.webhooks.body import read_body


class Wire:
    """A request that comes in pieces, and counts how many were asked for."""

    def __init__(self, pieces, **headers):
        self.taken = 0
        self._pieces = list(pieces)
        encoded = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
        self.request = Request({"type": "http", "method": "POST", "headers": encoded}, self._receive)

    async def _receive(self):
        piece = self._pieces[self.taken] if self.taken < len(self._pieces) else b""
        self.taken += 1
        return {"type": "http.request", "body": piece, "more_body": self.taken < len(self._pieces)}

    def read(self, limit):
        return asyncio.run(read_body(self.request, limit))


@given(st.lists(st.binary(max_size=20), max_size=10), st.integers(0, 120))
def test_a_body_is_read_whole_or_refused(pieces, limit):
    whole = b"".join(pieces)
    if len(whole) <= limit:
        assert Wire(pieces).read(limit) == whole
    else:
        with pytest.raises(PayloadTooLarge):
            Wire(pieces).read(limit)


def test_what_says_that_it_is_too_long_is_not_read_at_all():
    wire = Wire([b"x"], content_length="101")
    with pytest.raises(PayloadTooLarge):
        wire.read(100)
    assert wire.taken == 0


def test_what_turns_out_to_be_too_long_is_not_read_to_its_end():
    wire = Wire([bytes(40)] * 1000)
    with pytest.raises(PayloadTooLarge):
        wire.read(100)
    assert wire.taken == 3


@pytest.mark.parametrize("length", ["-1", "", "many", "1e3"])
def test_a_length_that_is_none_is_not_believed(length):
    assert Wire([b"abc"], content_length=length).read(100) == b"abc"
