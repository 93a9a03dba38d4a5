"""Queries on failed logins."""

from datetime import datetime

from sqlalchemy import case, delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from munbot_conversations.auth.models import LoginFailures


def locked_until(session: Session, tenant: str, email: str) -> datetime | None:
    """Return until when a name is locked out, if it ever was."""
    return session.scalar(
        select(LoginFailures.locked_until).where(LoginFailures.tenant_id == tenant, LoginFailures.email == email)
    )


def note_failure(
    session: Session, *, tenant: str, email: str, limit: int, lock_until: datetime, now: datetime
) -> datetime | None:
    """Count one more failure; at every `limit`-th the name is locked. Returns the end of its lock."""
    table = LoginFailures
    failures = table.failures + 1
    statement = insert(table).values(
        tenant_id=tenant, email=email, failures=1, last_at=now, locked_until=lock_until if limit <= 1 else None
    )
    return session.scalar(
        statement.on_conflict_do_update(
            index_elements=[table.tenant_id, table.email],
            set_={
                "failures": failures,
                "last_at": now,
                "locked_until": case((failures % limit == 0, lock_until), else_=table.locked_until),
            },
        ).returning(table.locked_until)
    )


def clear_failures(session: Session, tenant: str, email: str) -> None:
    """Forget the failures of a name that logged in."""
    session.execute(delete(LoginFailures).where(LoginFailures.tenant_id == tenant, LoginFailures.email == email))


def forget_failures(session: Session, before: datetime) -> None:
    """Forget old failures."""
    session.execute(delete(LoginFailures).where(LoginFailures.last_at < before))
