"""Officials' sessions end with a new password; the audit log is found by who and what."""

import sqlalchemy as sa
from alembic import op

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.add_column('agents', sa.Column('session_version', sa.Integer(), server_default='0', nullable=False))
    op.create_index('ix_audit_log_actor', 'audit_log', ['tenant_id', 'actor', 'id'])
    op.create_index('ix_audit_log_action', 'audit_log', ['tenant_id', 'action', 'id'])


def downgrade() -> None:
    op.drop_index('ix_audit_log_action', table_name='audit_log')
    op.drop_index('ix_audit_log_actor', table_name='audit_log')
    op.drop_column('agents', 'session_version')
