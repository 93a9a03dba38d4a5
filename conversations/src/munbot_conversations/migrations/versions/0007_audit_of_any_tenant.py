"""The audit log takes what other services tell of, whoever's it is."""

from alembic import op

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_constraint('fk_audit_log_tenant_id_tenants', 'audit_log', type_='foreignkey')
    op.drop_constraint('fk_audit_heads_tenant_id_tenants', 'audit_heads', type_='foreignkey')


def downgrade() -> None:
    op.create_foreign_key('fk_audit_heads_tenant_id_tenants', 'audit_heads', 'tenants', ['tenant_id'], ['id'])
    op.create_foreign_key('fk_audit_log_tenant_id_tenants', 'audit_log', 'tenants', ['tenant_id'], ['id'])
