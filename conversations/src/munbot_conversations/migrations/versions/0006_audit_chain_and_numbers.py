"""The audit log as a chain of hashes; visits and handoffs, which figures are made from."""

import hashlib
import json
from datetime import UTC

from alembic import op
import sqlalchemy as sa
revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None

FIELDS = ('actor', 'actor_role', 'action', 'object_type', 'object_id', 'before', 'after', 'correlation_id')
BATCH = 1000


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_table('audit_heads',
    sa.Column('tenant_id', sa.String(length=64), nullable=False),
    sa.Column('entries', sa.BigInteger(), server_default='0', nullable=False),
    sa.Column('last_id', sa.BigInteger(), server_default='0', nullable=False),
    sa.Column('hash', sa.String(length=64), server_default='', nullable=False),
    sa.ForeignKeyConstraint(['tenant_id'], ['tenants.id'], name=op.f('fk_audit_heads_tenant_id_tenants')),
    sa.PrimaryKeyConstraint('tenant_id', name=op.f('pk_audit_heads'))
    )
    op.add_column('audit_log', sa.Column('hash', sa.String(length=64), nullable=True))
    _chain(op.get_bind())
    op.alter_column('audit_log', 'hash', nullable=False)
    op.create_table('visits',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('tenant_id', sa.String(length=64), nullable=False),
    sa.Column('conversation_id', sa.Uuid(), nullable=False),
    sa.Column('channel', sa.String(length=20), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('person_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversations.id'], name=op.f('fk_visits_conversation_id_conversations')),
    sa.ForeignKeyConstraint(['tenant_id'], ['tenants.id'], name=op.f('fk_visits_tenant_id_tenants')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_visits'))
    )
    op.create_index('ix_visits_started', 'visits', ['tenant_id', 'started_at'], unique=False)
    op.create_index('ix_visits_conversation', 'visits', ['conversation_id', 'started_at'], unique=False)
    op.create_table('handoffs',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('tenant_id', sa.String(length=64), nullable=False),
    sa.Column('conversation_id', sa.Uuid(), nullable=False),
    sa.Column('asked', sa.Boolean(), nullable=False),
    sa.Column('reason', sa.String(length=100), nullable=False),
    sa.Column('requested_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('agent_id', sa.Uuid(), nullable=True),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['agent_id'], ['agents.id'], name=op.f('fk_handoffs_agent_id_agents')),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversations.id'], name=op.f('fk_handoffs_conversation_id_conversations')),
    sa.ForeignKeyConstraint(['tenant_id'], ['tenants.id'], name=op.f('fk_handoffs_tenant_id_tenants')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_handoffs'))
    )
    op.create_index('ix_handoffs_requested', 'handoffs', ['tenant_id', 'requested_at'], unique=False)
    op.create_index('ix_handoffs_conversation', 'handoffs', ['conversation_id'], unique=False)
    op.create_index('uq_handoffs_open', 'handoffs', ['conversation_id'], unique=True, postgresql_where=sa.text('ended_at IS NULL'))
    op.create_index('ix_unanswered_occurrences_at', 'unanswered_occurrences', ['tenant_id', 'at'], unique=False)
    # What is known of the time before: one visit for each conversation, and the turns of persons that go on.
    op.execute(
        "INSERT INTO visits (id, tenant_id, conversation_id, channel, started_at, person_at) "
        "SELECT gen_random_uuid(), tenant_id, id, channel, created_at, "
        "CASE WHEN mode = 'human' THEN coalesce(waiting_since, created_at) ELSE (SELECT min(m.created_at) FROM messages m "
        "WHERE m.conversation_id = conversations.id AND m.sender_type = 'agent') END "
        "FROM conversations WHERE last_inbound_at IS NOT NULL"
    )
    op.execute(
        "INSERT INTO handoffs (id, tenant_id, conversation_id, asked, reason, requested_at, agent_id, answered_at) "
        "SELECT gen_random_uuid(), tenant_id, id, handoff_reason IS NOT NULL, coalesce(handoff_reason, 'takeover'), "
        "coalesce(waiting_since, last_message_at), assigned_agent_id, CASE WHEN waiting_since IS NULL THEN last_message_at END "
        "FROM conversations WHERE mode = 'human' AND status = 'open'"
    )


def _chain(bind: sa.Connection) -> None:
    log = sa.table('audit_log', *(sa.column(name) for name in ('id', 'tenant_id', 'hash', *FIELDS[:5], 'correlation_id')),
                   sa.column('at', sa.DateTime(timezone=True)), sa.column('before', sa.JSON), sa.column('after', sa.JSON))
    heads = sa.table('audit_heads', *(sa.column(name) for name in ('tenant_id', 'entries', 'last_id', 'hash')))
    for tenant in bind.scalars(sa.select(log.c.tenant_id).distinct()).all():
        previous, number, last_id = '', 0, 0
        while True:
            rows = bind.execute(
                sa.select(log).where(log.c.tenant_id == tenant, log.c.id > last_id).order_by(log.c.id).limit(BATCH)
            ).all()
            for row in rows:
                moment = row.at.astimezone(UTC).isoformat(timespec='microseconds')
                content = [previous, tenant, moment, *(getattr(row, name) for name in FIELDS)]
                text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(',', ':'))
                previous = hashlib.sha256(text.encode()).hexdigest()
                number, last_id = number + 1, row.id
                bind.execute(sa.update(log).where(log.c.id == row.id).values(hash=previous))
            if len(rows) < BATCH:
                break
        bind.execute(sa.insert(heads).values(tenant_id=tenant, entries=number, last_id=last_id, hash=previous))


def downgrade() -> None:
    op.drop_index('ix_unanswered_occurrences_at', table_name='unanswered_occurrences')
    op.drop_table('handoffs')
    op.drop_table('visits')
    op.drop_column('audit_log', 'hash')
    op.drop_table('audit_heads')
