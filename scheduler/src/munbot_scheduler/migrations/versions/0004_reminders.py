"""Reminders of appointments; those that live already get the ones still ahead.

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TIMESTAMPTZ = postgresql.TIMESTAMP(timezone=True)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '3s'")
    op.add_column(
        "tenant_policies",
        sa.Column("reminder_hours", postgresql.ARRAY(sa.Integer()), server_default=sa.text("'{48,24}'"), nullable=False),
    )
    op.create_table(
        "reminders",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("appointment_id", sa.Uuid(), nullable=False),
        sa.Column("hours_before", sa.Integer(), nullable=False),
        sa.Column("starts_at", TIMESTAMPTZ, nullable=False),
        sa.Column("due_at", TIMESTAMPTZ, nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("settled_at", TIMESTAMPTZ, nullable=True),
        sa.CheckConstraint("hours_before > 0", name=op.f("ck_reminders_hours_before")),
        sa.CheckConstraint("outcome IN ('sent', 'skipped')", name=op.f("ck_reminders_outcome")),
        sa.CheckConstraint("(outcome IS NULL) = (settled_at IS NULL)", name=op.f("ck_reminders_settled")),
        sa.ForeignKeyConstraint(
            ["appointment_id"],
            ["appointments.id"],
            name=op.f("fk_reminders_appointment_id_appointments"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminders")),
        sa.UniqueConstraint(
            "appointment_id", "hours_before", "starts_at", name=op.f("uq_reminders_appointment_id_hours_before_starts_at")
        ),
    )
    op.create_index("ix_reminders_due", "reminders", ["due_at"], postgresql_where=sa.text("outcome IS NULL"))
    op.create_index("ix_reminders_starts_at", "reminders", ["starts_at"])
    op.execute("""
        INSERT INTO reminders (id, tenant_id, appointment_id, hours_before, starts_at, due_at)
        SELECT gen_random_uuid(), a.tenant_id, a.id, h, a.starts_at, a.starts_at - h * interval '1 hour'
        FROM appointments a, unnest(ARRAY[48, 24]) AS h
        WHERE a.live AND a.starts_at - h * interval '1 hour' > now()
    """)


def downgrade() -> None:
    op.drop_table("reminders")
    op.drop_column("tenant_policies", "reminder_hours")
