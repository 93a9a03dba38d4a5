"""Events that wait for their file, and the catalogue of files.

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '3s'")
    now = sa.text("now()")
    moment = postgresql.TIMESTAMP(timezone=True)
    op.create_table(
        "staged_events",
        sa.Column("seq", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.String(64), nullable=False),
        sa.Column("type", sa.String(120), nullable=False),
        sa.Column("time", moment, nullable=False),
        sa.Column("row", postgresql.JSONB(), nullable=False),
        sa.Column("staged_at", moment, server_default=now, nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_staged_events"),
        sa.UniqueConstraint("event_id", name="uq_staged_events_event_id"),
    )
    op.create_table(
        "archive_files",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.String(64), nullable=False),
        sa.Column("type", sa.String(120), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("key", sa.String(400), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("created_at", moment, server_default=now, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_archive_files"),
        sa.UniqueConstraint("key", name="uq_archive_files_key"),
    )
    op.create_index("ix_archive_files_type", "archive_files", ["tenant_id", "type", "first_day"])


def downgrade() -> None:
    op.drop_table("archive_files")
    op.drop_table("staged_events")
