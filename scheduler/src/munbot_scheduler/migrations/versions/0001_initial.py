"""Procedures, offices, hours, seats, appointments.

Revision ID: 0001
Revises: nothing
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '3s'")
    # a trusted extension: the database's owner may create it; exclusion constraints on uuid and integer need it
    op.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
    op.create_table('audit_log',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('tenant_id', sa.Text(), nullable=False),
    sa.Column('at', postgresql.TIMESTAMP(timezone=True), nullable=False),
    sa.Column('actor', sa.Text(), nullable=False),
    sa.Column('actor_role', sa.Text(), nullable=False),
    sa.Column('action', sa.Text(), nullable=False),
    sa.Column('object_type', sa.Text(), nullable=False),
    sa.Column('object_id', sa.Uuid(), nullable=False),
    sa.Column('before', postgresql.JSONB(astext_type=sa.Text()), nullable=True),
    sa.Column('after', postgresql.JSONB(astext_type=sa.Text()), nullable=True),
    sa.Column('correlation_id', sa.Text(), server_default='', nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit_log'))
    )
    op.create_index('ix_audit_log_at', 'audit_log', ['tenant_id', 'at'], unique=False)
    op.create_index('ix_audit_log_object', 'audit_log', ['tenant_id', 'object_type', 'object_id', 'id'], unique=False)
    op.create_table('idempotency_keys',
    sa.Column('tenant_id', sa.String(length=64), nullable=False),
    sa.Column('scope', sa.String(length=200), nullable=False),
    sa.Column('key', sa.String(length=128), nullable=False),
    sa.Column('fingerprint', sa.String(length=64), nullable=False),
    sa.Column('status', sa.Integer(), server_default='0', nullable=False),
    sa.Column('body', postgresql.JSONB(astext_type=sa.Text()), nullable=True),
    sa.Column('created_at', postgresql.TIMESTAMP(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.PrimaryKeyConstraint('tenant_id', 'scope', 'key', name=op.f('pk_idempotency_keys'))
    )
    op.create_index(op.f('ix_idempotency_keys_created_at'), 'idempotency_keys', ['created_at'], unique=False)
    op.create_table('offices',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('tenant_id', sa.Text(), nullable=False),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('address', sa.Text(), server_default='', nullable=False),
    sa.Column('phone', sa.Text(), nullable=True),
    sa.Column('email', sa.Text(), nullable=True),
    sa.Column('latitude', sa.Double(), nullable=True),
    sa.Column('longitude', sa.Double(), nullable=True),
    sa.Column('timezone', sa.Text(), nullable=False),
    sa.Column('region', sa.Text(), nullable=True),
    sa.Column('active', sa.Boolean(), server_default=sa.text('true'), nullable=False),
    sa.Column('version', sa.Integer(), server_default=sa.text('1'), nullable=False),
    sa.Column('created_at', postgresql.TIMESTAMP(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_offices')),
    sa.UniqueConstraint('tenant_id', 'code', name=op.f('uq_offices_tenant_id_code'))
    )
    op.create_table('outbox',
    sa.Column('seq', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('event_id', sa.Uuid(), nullable=False),
    sa.Column('routing_key', sa.String(length=120), nullable=False),
    sa.Column('body', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('created_at', postgresql.TIMESTAMP(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.PrimaryKeyConstraint('seq', name=op.f('pk_outbox')),
    sa.UniqueConstraint('event_id', name=op.f('uq_outbox_event_id'))
    )
    op.create_table('procedures',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('tenant_id', sa.Text(), nullable=False),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('synonyms', postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
    sa.Column('description', sa.Text(), server_default='', nullable=False),
    sa.Column('duration_minutes', sa.Integer(), nullable=False),
    sa.Column('required_papers', postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
    sa.Column('price_text', sa.Text(), server_default='', nullable=False),
    sa.Column('min_notice_minutes', sa.Integer(), nullable=True),
    sa.Column('horizon_days', sa.Integer(), nullable=True),
    sa.Column('active', sa.Boolean(), server_default=sa.text('true'), nullable=False),
    sa.Column('version', sa.Integer(), server_default=sa.text('1'), nullable=False),
    sa.Column('created_at', postgresql.TIMESTAMP(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_procedures')),
    sa.UniqueConstraint('tenant_id', 'code', name=op.f('uq_procedures_tenant_id_code'))
    )
    op.create_table('tenant_policies',
    sa.Column('tenant_id', sa.Text(), nullable=False),
    sa.Column('timezone', sa.Text(), nullable=False),
    sa.Column('min_notice_minutes', sa.Integer(), nullable=False),
    sa.Column('horizon_days', sa.Integer(), nullable=False),
    sa.Column('hold_minutes', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), server_default=sa.text('1'), nullable=False),
    sa.PrimaryKeyConstraint('tenant_id', name=op.f('pk_tenant_policies'))
    )
    op.create_table('appointments',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('tenant_id', sa.Text(), nullable=False),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('token', sa.Text(), nullable=False),
    sa.Column('procedure_id', sa.Uuid(), nullable=False),
    sa.Column('office_id', sa.Uuid(), nullable=False),
    sa.Column('starts_at', postgresql.TIMESTAMP(timezone=True), nullable=False),
    sa.Column('ends_at', postgresql.TIMESTAMP(timezone=True), nullable=False),
    sa.Column('status', sa.Text(), nullable=False),
    sa.Column('live', sa.Boolean(), nullable=False),
    sa.Column('rut', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('phone', sa.Text(), nullable=True),
    sa.Column('email', sa.Text(), nullable=True),
    sa.Column('channel', sa.Text(), nullable=False),
    sa.Column('conversation_id', sa.Uuid(), nullable=True),
    sa.Column('notes', sa.Text(), server_default='', nullable=False),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('sequence', sa.Integer(), server_default=sa.text('0'), nullable=False),
    sa.Column('version', sa.Integer(), server_default=sa.text('1'), nullable=False),
    sa.Column('created_at', postgresql.TIMESTAMP(timezone=True), nullable=False),
    sa.Column('updated_at', postgresql.TIMESTAMP(timezone=True), nullable=False),
    sa.CheckConstraint("NOT live OR status IN ('booked', 'confirmed')", name=op.f('ck_appointments_live')),
    sa.CheckConstraint("status IN ('booked', 'confirmed', 'cancelled', 'attended', 'no_show')", name=op.f('ck_appointments_status')),
    sa.CheckConstraint('starts_at < ends_at', name=op.f('ck_appointments_times')),
    sa.ForeignKeyConstraint(['office_id'], ['offices.id'], name=op.f('fk_appointments_office_id_offices')),
    sa.ForeignKeyConstraint(['procedure_id'], ['procedures.id'], name=op.f('fk_appointments_procedure_id_procedures')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_appointments')),
    sa.UniqueConstraint('code', name=op.f('uq_appointments_code'))
    )
    op.create_index('ix_appointments_agenda', 'appointments', ['tenant_id', 'starts_at', 'id'], unique=False)
    op.create_index('ix_appointments_conversation', 'appointments', ['tenant_id', 'conversation_id'], unique=False)
    op.create_index('ix_appointments_office', 'appointments', ['tenant_id', 'office_id', 'starts_at'], unique=False)
    op.create_index('ix_appointments_rut', 'appointments', ['tenant_id', 'rut'], unique=False)
    op.create_index('uq_appointments_one_live', 'appointments', ['tenant_id', 'rut', 'procedure_id'], unique=True, postgresql_where=sa.text('live'))
    op.create_table('office_procedures',
    sa.Column('office_id', sa.Uuid(), nullable=False),
    sa.Column('procedure_id', sa.Uuid(), nullable=False),
    sa.Column('tenant_id', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['office_id'], ['offices.id'], name=op.f('fk_office_procedures_office_id_offices'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['procedure_id'], ['procedures.id'], name=op.f('fk_office_procedures_procedure_id_procedures'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('office_id', 'procedure_id', name=op.f('pk_office_procedures'))
    )
    op.create_index(op.f('ix_office_procedures_procedure_id'), 'office_procedures', ['procedure_id'], unique=False)
    op.create_table('opening_exceptions',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('tenant_id', sa.Text(), nullable=False),
    sa.Column('office_id', sa.Uuid(), nullable=True),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('first_day', sa.Date(), nullable=False),
    sa.Column('last_day', sa.Date(), nullable=False),
    sa.Column('opens', sa.Integer(), nullable=True),
    sa.Column('closes', sa.Integer(), nullable=True),
    sa.Column('step', sa.Integer(), server_default=sa.text('15'), nullable=False),
    sa.Column('capacity', sa.Integer(), server_default=sa.text('1'), nullable=False),
    sa.Column('reason', sa.Text(), server_default='', nullable=False),
    sa.Column('version', sa.Integer(), server_default=sa.text('1'), nullable=False),
    sa.CheckConstraint("kind = 'closed' OR (opens IS NOT NULL AND office_id IS NOT NULL)", name=op.f('ck_opening_exceptions_opening_is_complete')),
    sa.CheckConstraint("kind IN ('closed', 'open')", name=op.f('ck_opening_exceptions_kind')),
    sa.CheckConstraint('(opens IS NULL) = (closes IS NULL) AND (opens IS NULL OR (0 <= opens AND opens < closes AND closes <= 1440))', name=op.f('ck_opening_exceptions_minutes')),
    sa.CheckConstraint('capacity > 0', name=op.f('ck_opening_exceptions_capacity')),
    sa.CheckConstraint('first_day <= last_day', name=op.f('ck_opening_exceptions_days')),
    sa.ForeignKeyConstraint(['office_id'], ['offices.id'], name=op.f('fk_opening_exceptions_office_id_offices'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_opening_exceptions'))
    )
    op.create_index(op.f('ix_opening_exceptions_tenant_id_last_day'), 'opening_exceptions', ['tenant_id', 'last_day'], unique=False)
    op.create_table('opening_rules',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('tenant_id', sa.Text(), nullable=False),
    sa.Column('office_id', sa.Uuid(), nullable=False),
    sa.Column('weekday', sa.Integer(), nullable=False),
    sa.Column('opens', sa.Integer(), nullable=False),
    sa.Column('closes', sa.Integer(), nullable=False),
    sa.Column('step', sa.Integer(), server_default=sa.text('15'), nullable=False),
    sa.Column('capacity', sa.Integer(), nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=True),
    sa.Column('valid_until', sa.Date(), nullable=True),
    sa.Column('version', sa.Integer(), server_default=sa.text('1'), nullable=False),
    postgresql.ExcludeConstraint((sa.column('office_id'), '='), (sa.column('weekday'), '='), (sa.text('int4range(opens, closes)'), '&&'), (sa.text("daterange(valid_from, valid_until, '[]')"), '&&'), using='gist', name='opening_rules_no_overlap'),
    sa.CheckConstraint('0 <= opens AND opens < closes AND closes <= 1440', name=op.f('ck_opening_rules_minutes')),
    sa.CheckConstraint('capacity > 0', name=op.f('ck_opening_rules_capacity')),
    sa.CheckConstraint('step BETWEEN 5 AND 240', name=op.f('ck_opening_rules_step')),
    sa.CheckConstraint('valid_from IS NULL OR valid_until IS NULL OR valid_from <= valid_until', name=op.f('ck_opening_rules_validity')),
    sa.CheckConstraint('weekday BETWEEN 0 AND 6', name=op.f('ck_opening_rules_weekday')),
    sa.ForeignKeyConstraint(['office_id'], ['offices.id'], name=op.f('fk_opening_rules_office_id_offices'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_opening_rules'))
    )
    op.create_index(op.f('ix_opening_rules_office_id'), 'opening_rules', ['office_id'], unique=False)
    op.create_table('seats',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('tenant_id', sa.Text(), nullable=False),
    sa.Column('office_id', sa.Uuid(), nullable=False),
    sa.Column('procedure_id', sa.Uuid(), nullable=False),
    sa.Column('seat_no', sa.Integer(), nullable=False),
    sa.Column('starts_at', postgresql.TIMESTAMP(timezone=True), nullable=False),
    sa.Column('ends_at', postgresql.TIMESTAMP(timezone=True), nullable=False),
    sa.Column('appointment_id', sa.Uuid(), nullable=True),
    sa.Column('holder', sa.Text(), nullable=True),
    sa.Column('expires_at', postgresql.TIMESTAMP(timezone=True), nullable=True),
    sa.Column('created_at', postgresql.TIMESTAMP(timezone=True), server_default=sa.text('now()'), nullable=False),
    postgresql.ExcludeConstraint((sa.column('office_id'), '='), (sa.column('seat_no'), '='), (sa.text('tstzrange(starts_at, ends_at)'), '&&'), using='gist', name='seats_no_double_booking'),
    sa.CheckConstraint('(appointment_id IS NULL) <> (expires_at IS NULL)', name=op.f('ck_seats_hold_or_appointment')),
    sa.CheckConstraint('seat_no > 0', name=op.f('ck_seats_seat_no')),
    sa.CheckConstraint('starts_at < ends_at', name=op.f('ck_seats_times')),
    sa.ForeignKeyConstraint(['appointment_id'], ['appointments.id'], name=op.f('fk_seats_appointment_id_appointments'), ondelete='CASCADE', initially='DEFERRED', deferrable=True),
    sa.ForeignKeyConstraint(['office_id'], ['offices.id'], name=op.f('fk_seats_office_id_offices')),
    sa.ForeignKeyConstraint(['procedure_id'], ['procedures.id'], name=op.f('fk_seats_procedure_id_procedures')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_seats')),
    sa.UniqueConstraint('appointment_id', deferrable=True, initially='DEFERRED', name=op.f('uq_seats_appointment_id'))
    )
    op.create_index('ix_seats_expires_at', 'seats', ['expires_at'], unique=False, postgresql_where=sa.text('expires_at IS NOT NULL'))
    op.create_index('ix_seats_holder', 'seats', ['tenant_id', 'holder'], unique=False, postgresql_where=sa.text('appointment_id IS NULL'))
    op.create_index('ix_seats_office_id_starts_at', 'seats', ['office_id', 'starts_at'], unique=False)
    op.execute("""
        CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION 'the audit trail is append-only';
        END $$
    """)
    op.execute("""
        CREATE TRIGGER audit_log_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_log
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
    """)


def downgrade() -> None:
    op.drop_index('ix_seats_office_id_starts_at', table_name='seats')
    op.drop_index('ix_seats_holder', table_name='seats', postgresql_where=sa.text('appointment_id IS NULL'))
    op.drop_index('ix_seats_expires_at', table_name='seats', postgresql_where=sa.text('expires_at IS NOT NULL'))
    op.drop_table('seats')
    op.drop_index(op.f('ix_opening_rules_office_id'), table_name='opening_rules')
    op.drop_table('opening_rules')
    op.drop_index(op.f('ix_opening_exceptions_tenant_id_last_day'), table_name='opening_exceptions')
    op.drop_table('opening_exceptions')
    op.drop_index(op.f('ix_office_procedures_procedure_id'), table_name='office_procedures')
    op.drop_table('office_procedures')
    op.drop_index('uq_appointments_one_live', table_name='appointments', postgresql_where=sa.text('live'))
    op.drop_index('ix_appointments_rut', table_name='appointments')
    op.drop_index('ix_appointments_office', table_name='appointments')
    op.drop_index('ix_appointments_conversation', table_name='appointments')
    op.drop_index('ix_appointments_agenda', table_name='appointments')
    op.drop_table('appointments')
    op.drop_table('tenant_policies')
    op.drop_table('procedures')
    op.drop_table('outbox')
    op.drop_table('offices')
    op.drop_index(op.f('ix_idempotency_keys_created_at'), table_name='idempotency_keys')
    op.drop_table('idempotency_keys')
    op.drop_index('ix_audit_log_object', table_name='audit_log')
    op.drop_index('ix_audit_log_at', table_name='audit_log')
    op.drop_table('audit_log')
    op.execute("DROP FUNCTION refuse_change()")
