"""How the entries of the audit log hang together."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

FIELDS = ("actor", "actor_role", "action", "object_type", "object_id", "before", "after", "correlation_id")


def entry_hash(before: str, tenant: str, at: datetime, fields: Mapping[str, Any]) -> str:
    """Return the SHA-256 of an entry and of the chain up to it, in hexadecimal digits.

    Args:
        before: hash of the tenant's entry before it; empty for the first.
        tenant: whose it is.
        at: when, aware, to the microsecond.
        fields: the entry's columns `FIELDS`, as JSON knows them.
    """
    moment = at.astimezone(UTC).isoformat(timespec="microseconds")
    content = [before, tenant, moment, *(fields[name] for name in FIELDS)]
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
