"""A number per tenant that grows with every change of procedures, offices, hours or policy.

Processes keep a tenant's agenda in memory for as long as the number stays the same. Triggers count, so that a change
made by hand in SQL is seen too.

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TABLES = (
    "procedures",
    "offices",
    "office_procedures",
    "opening_rules",
    "opening_exceptions",
    "tenant_policies",
)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '3s'")
    op.create_table(
        "agenda_versions",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", name=op.f("pk_agenda_versions")),
    )
    op.execute("""
        CREATE FUNCTION count_agenda_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            INSERT INTO agenda_versions (tenant_id, version)
            VALUES (CASE WHEN TG_OP = 'DELETE' THEN OLD.tenant_id ELSE NEW.tenant_id END, 1)
            ON CONFLICT (tenant_id) DO UPDATE SET version = agenda_versions.version + 1;
            RETURN NULL;
        END $$
    """)
    for table in TABLES:
        op.execute(f"""
            CREATE TRIGGER {table}_agenda_version AFTER INSERT OR UPDATE OR DELETE ON {table}
            FOR EACH ROW EXECUTE FUNCTION count_agenda_change()
        """)
    op.execute("""
        INSERT INTO agenda_versions (tenant_id, version)
        SELECT tenant_id, 1 FROM procedures UNION SELECT tenant_id, 1 FROM offices
        UNION SELECT tenant_id, 1 FROM tenant_policies
    """)


def downgrade() -> None:
    for table in TABLES:
        op.execute(f"DROP TRIGGER {table}_agenda_version ON {table}")
    op.execute("DROP FUNCTION count_agenda_change()")
    op.drop_table("agenda_versions")
