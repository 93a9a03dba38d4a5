"""What imports ask of PostgreSQL."""

from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.orm import Session

from munbot_datalake.imports.models import ImportedRecord


def number_of(session: Session, tenant: str, kind: str, record_id: str) -> str | None:
    """Return the folio or code of a record that was brought in; None when it was not."""
    record = session.get(ImportedRecord, (tenant, kind, record_id))
    return record.number if record else None


def note(session: Session, tenant: str, kind: str, record_id: str, number: str) -> None:
    """Note a record as brought in; a second note changes nothing."""
    values = {"tenant_id": tenant, "kind": kind, "record_id": record_id, "number": number}
    session.execute(pg_insert(ImportedRecord).values(values).on_conflict_do_nothing())
