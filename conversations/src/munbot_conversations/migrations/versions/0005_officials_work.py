"""What officials work with: reading positions, notes, canned answers, more of a contact, previews in words."""

from alembic import op
import sqlalchemy as sa
revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None

PREVIEWS = {
    'button': 'Botón',
    'image': 'Foto',
    'document': 'Documento',
    'audio': 'Nota de voz',
    'location': 'Ubicación',
    'reaction': 'Reacción',
    'unsupported': 'Mensaje que no se puede mostrar',
}


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_table('canned_answers',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('tenant_id', sa.String(length=64), nullable=False),
    sa.Column('title', sa.String(length=80), nullable=False),
    sa.Column('title_key', sa.String(length=320), nullable=False),
    sa.Column('text', sa.String(length=4000), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.ForeignKeyConstraint(['tenant_id'], ['tenants.id'], name=op.f('fk_canned_answers_tenant_id_tenants')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_canned_answers')),
    sa.UniqueConstraint('tenant_id', 'title_key', name=op.f('uq_canned_answers_tenant_id_title_key'))
    )
    op.create_table('conversation_notes',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('tenant_id', sa.String(length=64), nullable=False),
    sa.Column('conversation_id', sa.Uuid(), nullable=False),
    sa.Column('agent_id', sa.Uuid(), nullable=False),
    sa.Column('text', sa.String(length=4000), nullable=False),
    sa.Column('after_seq', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.ForeignKeyConstraint(['agent_id'], ['agents.id'], name=op.f('fk_conversation_notes_agent_id_agents')),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversations.id'], name=op.f('fk_conversation_notes_conversation_id_conversations')),
    sa.ForeignKeyConstraint(['tenant_id'], ['tenants.id'], name=op.f('fk_conversation_notes_tenant_id_tenants')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_conversation_notes'))
    )
    op.create_index('ix_conversation_notes_conversation', 'conversation_notes', ['conversation_id', 'id'], unique=False)
    op.create_table('read_positions',
    sa.Column('agent_id', sa.Uuid(), nullable=False),
    sa.Column('conversation_id', sa.Uuid(), nullable=False),
    sa.Column('tenant_id', sa.String(length=64), nullable=False),
    sa.Column('seq', sa.Integer(), nullable=False),
    sa.Column('inbound_seen', sa.Integer(), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.ForeignKeyConstraint(['agent_id'], ['agents.id'], name=op.f('fk_read_positions_agent_id_agents')),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversations.id'], name=op.f('fk_read_positions_conversation_id_conversations')),
    sa.ForeignKeyConstraint(['tenant_id'], ['tenants.id'], name=op.f('fk_read_positions_tenant_id_tenants')),
    sa.PrimaryKeyConstraint('agent_id', 'conversation_id', name=op.f('pk_read_positions'))
    )
    op.create_index(op.f('ix_read_positions_conversation_id'), 'read_positions', ['conversation_id'], unique=False)
    op.add_column('contacts', sa.Column('rut', sa.String(length=12), nullable=True))
    op.add_column('contacts', sa.Column('email', sa.String(length=254), nullable=True))
    op.create_index('ix_contacts_rut', 'contacts', ['tenant_id', 'rut'], unique=False, postgresql_where=sa.text('rut IS NOT NULL'))
    op.drop_index(op.f('ix_conversations_assigned_agent_id'), table_name='conversations')
    op.create_index('ix_conversations_assigned', 'conversations', ['assigned_agent_id', 'last_message_at', 'id'], unique=False)
    op.add_column('conversations', sa.Column('inbound_count', sa.Integer(), server_default='0', nullable=False))
    op.execute(
        "UPDATE conversations SET inbound_count = counted.number FROM (SELECT conversation_id, count(*) AS number "
        "FROM messages WHERE direction = 'in' GROUP BY conversation_id) AS counted WHERE counted.conversation_id = conversations.id"
    )
    for kind, words in PREVIEWS.items():
        op.execute(sa.text("UPDATE conversations SET last_text = :words WHERE last_text = :kind").bindparams(words=words, kind=f'[{kind}]'))


def downgrade() -> None:
    op.drop_column('conversations', 'inbound_count')
    op.drop_index('ix_conversations_assigned', table_name='conversations')
    op.create_index(op.f('ix_conversations_assigned_agent_id'), 'conversations', ['assigned_agent_id'], unique=False)
    op.drop_index('ix_contacts_rut', table_name='contacts', postgresql_where=sa.text('rut IS NOT NULL'))
    op.drop_column('contacts', 'email')
    op.drop_column('contacts', 'rut')
    op.drop_table('read_positions')
    op.drop_table('conversation_notes')
    op.drop_table('canned_answers')
