"""Appointments by the moment they were booked: numbers count by it.

Revision ID: 0003
Revises: 0002
"""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '3s'")
    op.create_index("ix_appointments_created", "appointments", ["tenant_id", "created_at"])


def downgrade() -> None:
    op.drop_index("ix_appointments_created", table_name="appointments")
