"""Identifiers."""

import uuid

import uuid_utils


def uuid7() -> uuid.UUID:
    """Return a new UUID version 7 (RFC 9562): sorts by time of creation."""
    return uuid.UUID(int=uuid_utils.uuid7().int)
