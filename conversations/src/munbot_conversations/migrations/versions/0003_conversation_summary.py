"""Summaries of conversations."""

from alembic import op
import sqlalchemy as sa
revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.add_column('conversations', sa.Column('summary', sa.String(length=600), nullable=True))
    op.add_column('conversations', sa.Column('summary_job_id', sa.Uuid(), nullable=True))


def downgrade() -> None:
    op.drop_column('conversations', 'summary_job_id')
    op.drop_column('conversations', 'summary')
