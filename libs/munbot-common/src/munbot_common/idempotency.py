"""Idempotency keys in PostgreSQL: the same key and body give the stored answer, another body is refused.

After draft-ietf-httpapi-idempotency-key-header. The key is written in the transaction of the effect, so the two are
never apart; a second request with the key waits for the first one's commit.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Header
from pydantic import BaseModel
from sqlalchemy import Column, Integer, MetaData, String, Table, func, select, update
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.orm import Session

from munbot_common.auth import Principal
from munbot_common.problems import Unprocessable

IdempotencyKey = Annotated[
    str | None,
    Header(alias="Idempotency-Key", min_length=1, max_length=128, description="The same key has the effect once"),
]
"""The request's idempotency key, if it has one."""


class IdempotencyKeyReused(Unprocessable):
    """The key was used before, with another body."""

    code = "idempotency_key_reused"
    title = "La clave de idempotencia ya se usó con otros datos"


@dataclass(frozen=True, slots=True)
class Answer:
    """A response body as JSON, and its HTTP status."""

    status: int
    body: Any
    replayed: bool = False


def idempotency_table(metadata: MetaData) -> Table:
    """Add the table `idempotency_keys` to a service's metadata and return it."""
    return Table(
        "idempotency_keys",
        metadata,
        Column("tenant_id", String(64), primary_key=True),
        Column("scope", String(200), primary_key=True),
        Column("key", String(128), primary_key=True),
        Column("fingerprint", String(64), nullable=False),
        Column("status", Integer, nullable=False, server_default="0"),
        Column("body", JSONB),
        Column("created_at", TIMESTAMP(timezone=True), nullable=False, server_default=func.now(), index=True),
    )


def fingerprint(request: BaseModel | dict[str, Any]) -> str:
    """Return the SHA-256 of a request's content, independent of the order of its fields."""
    content = request.model_dump(mode="json") if isinstance(request, BaseModel) else request
    return hashlib.sha256(json.dumps(content, sort_keys=True, default=str).encode()).hexdigest()


def answer_once(
    session: Session,
    table: Table,
    *,
    principal: Principal,
    operation: str,
    key: str | None,
    request: BaseModel | dict[str, Any],
    respond: Callable[[], Answer],
) -> Answer:
    """Return `respond()`, or the answer that it gave when the key was used before.

    Args:
        session: the request's session; the key is stored when it commits.
        table: from `idempotency_table`.
        principal: keys of different callers never meet.
        operation: keys of different operations never meet, such as `book` or `cancel:<id>`.
        key: the request's key; without one, `respond` is simply called.
        request: what is asked.
        respond: has the effect; a Problem raised here leaves no key behind.

    Raises:
        IdempotencyKeyReused: the key was used with another request.
    """
    if key is None:
        return respond()
    scope = f"{principal.subject}:{operation}"
    print_ = fingerprint(request)
    row_key = (table.c.tenant_id == principal.tenant) & (table.c.scope == scope) & (table.c.key == key)
    inserted = session.execute(
        pg_insert(table)
        .values(tenant_id=principal.tenant, scope=scope, key=key, fingerprint=print_)
        .on_conflict_do_nothing()
        .returning(table.c.key)
    ).first()
    if not inserted:
        row = session.execute(select(table).where(row_key)).one()
        if row.fingerprint != print_:
            raise IdempotencyKeyReused
        return Answer(row.status, row.body, replayed=True)
    answer = respond()
    session.execute(update(table).where(row_key).values(status=answer.status, body=answer.body))
    return answer
