"""Files that arrive later, voice notes, refusals, and messages that are answered together."""

from alembic import op
import sqlalchemy as sa
revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.add_column('messages', sa.Column('media_pending', sa.Boolean(), server_default=sa.text('false'), nullable=False))
    op.add_column('messages', sa.Column('media_problem', sa.String(length=20), nullable=True))
    op.add_column('messages', sa.Column('transcript', sa.Text(), nullable=True))
    op.add_column('messages', sa.Column('transcript_confidence', sa.Float(), nullable=True))
    op.add_column('messages', sa.Column('opt', sa.String(length=3), nullable=True))
    op.add_column('messages', sa.Column('joined_into', sa.Uuid(), nullable=True))
    op.create_foreign_key(op.f('fk_messages_joined_into_messages'), 'messages', 'messages', ['joined_into'], ['id'])
    op.create_index('ix_messages_joined_into', 'messages', ['joined_into'], unique=False, postgresql_where=sa.text('joined_into IS NOT NULL'))


def downgrade() -> None:
    op.drop_index('ix_messages_joined_into', table_name='messages', postgresql_where=sa.text('joined_into IS NOT NULL'))
    op.drop_constraint(op.f('fk_messages_joined_into_messages'), 'messages', type_='foreignkey')
    for column in ('joined_into', 'opt', 'transcript_confidence', 'transcript', 'media_problem', 'media_pending'):
        op.drop_column('messages', column)
