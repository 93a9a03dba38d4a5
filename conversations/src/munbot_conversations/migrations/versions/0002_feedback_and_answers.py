"""Ratings of answers; unanswered questions by kind, with samples and the messages that are counted."""

from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_table('message_feedback',
    sa.Column('message_id', sa.Uuid(), nullable=False),
    sa.Column('tenant_id', sa.String(length=64), nullable=False),
    sa.Column('value', sa.String(length=4), nullable=False),
    sa.Column('comment', sa.String(length=1000), nullable=True),
    sa.Column('rated_by', sa.String(length=20), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint("value IN ('up', 'down')", name=op.f('ck_message_feedback_value')),
    sa.ForeignKeyConstraint(['message_id'], ['messages.id'], name=op.f('fk_message_feedback_message_id_messages'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['tenant_id'], ['tenants.id'], name=op.f('fk_message_feedback_tenant_id_tenants')),
    sa.PrimaryKeyConstraint('message_id', name=op.f('pk_message_feedback'))
    )
    op.create_index('ix_message_feedback_recent', 'message_feedback', ['tenant_id', 'updated_at'], unique=False)
    op.add_column('unanswered_questions', sa.Column('kind', sa.String(length=10), server_default='unknown', nullable=False))
    op.add_column('unanswered_questions', sa.Column('samples', postgresql.ARRAY(sa.String(length=500)), server_default='{}', nullable=False))
    op.add_column('unanswered_questions', sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True))
    op.alter_column('unanswered_questions', 'count', server_default='0')
    op.drop_constraint(op.f('ck_unanswered_questions_status'), 'unanswered_questions', type_='check')
    op.execute(
        "UPDATE unanswered_questions SET samples = ARRAY[question], "
        "status = CASE status WHEN 'resolved' THEN 'answered' WHEN 'ignored' THEN 'dismissed' ELSE status END"
    )
    op.create_check_constraint(op.f('ck_unanswered_questions_status'), 'unanswered_questions', "status IN ('open', 'answered', 'dismissed')")
    op.create_check_constraint(op.f('ck_unanswered_questions_kind'), 'unanswered_questions', "kind IN ('unknown', 'unhelpful')")
    op.drop_constraint(op.f('uq_unanswered_questions_tenant_id_normalised'), 'unanswered_questions', type_='unique')
    op.create_unique_constraint(op.f('uq_unanswered_questions_tenant_id_kind_normalised'), 'unanswered_questions', ['tenant_id', 'kind', 'normalised'])
    op.create_index('ix_unanswered_questions_recent', 'unanswered_questions', ['tenant_id', 'status', 'last_at', 'id'], unique=False)
    op.create_table('unanswered_occurrences',
    sa.Column('question_id', sa.Uuid(), nullable=False),
    sa.Column('message_id', sa.Uuid(), nullable=False),
    sa.Column('tenant_id', sa.String(length=64), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.ForeignKeyConstraint(['message_id'], ['messages.id'], name=op.f('fk_unanswered_occurrences_message_id_messages'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['question_id'], ['unanswered_questions.id'], name=op.f('fk_unanswered_occurrences_question_id_unanswered_questions'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['tenant_id'], ['tenants.id'], name=op.f('fk_unanswered_occurrences_tenant_id_tenants')),
    sa.PrimaryKeyConstraint('question_id', 'message_id', name=op.f('pk_unanswered_occurrences'))
    )
    op.create_index(op.f('ix_unanswered_occurrences_message_id'), 'unanswered_occurrences', ['message_id'], unique=False)


def downgrade() -> None:
    op.drop_table('unanswered_occurrences')
    op.drop_index('ix_unanswered_questions_recent', table_name='unanswered_questions')
    op.drop_constraint(op.f('uq_unanswered_questions_tenant_id_kind_normalised'), 'unanswered_questions', type_='unique')
    op.execute("DELETE FROM unanswered_questions WHERE kind <> 'unknown'")
    op.create_unique_constraint(op.f('uq_unanswered_questions_tenant_id_normalised'), 'unanswered_questions', ['tenant_id', 'normalised'])
    op.drop_constraint(op.f('ck_unanswered_questions_kind'), 'unanswered_questions', type_='check')
    op.drop_constraint(op.f('ck_unanswered_questions_status'), 'unanswered_questions', type_='check')
    op.execute(
        "UPDATE unanswered_questions SET "
        "status = CASE status WHEN 'answered' THEN 'resolved' WHEN 'dismissed' THEN 'ignored' ELSE status END"
    )
    op.create_check_constraint(op.f('ck_unanswered_questions_status'), 'unanswered_questions', "status IN ('open', 'resolved', 'ignored')")
    op.alter_column('unanswered_questions', 'count', server_default='1')
    op.drop_column('unanswered_questions', 'answered_at')
    op.drop_column('unanswered_questions', 'samples')
    op.drop_column('unanswered_questions', 'kind')
    op.drop_table('message_feedback')
