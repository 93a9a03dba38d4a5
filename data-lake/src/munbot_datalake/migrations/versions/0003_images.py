"""Catalogues of pictures.

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '3s'")
    moment = postgresql.TIMESTAMP(timezone=True)
    op.create_table(
        "image_catalogues",
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("tenant_id", sa.String(64), nullable=False),
        sa.Column("created_at", moment, server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_image_catalogues"),
    )
    op.create_index("ix_image_catalogues_tenant_id", "image_catalogues", ["tenant_id"])
    op.create_table(
        "images",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.String(64), nullable=False),
        sa.Column("catalogue", sa.String(100), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("content_type", sa.String(40), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("uploaded_at", moment, nullable=False),
        sa.Column("uploaded_by", sa.String(120), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_images"),
        sa.ForeignKeyConstraint(["catalogue"], ["image_catalogues.name"], name="fk_images_catalogue_image_catalogues"),
        sa.UniqueConstraint("catalogue", "name", name="uq_images_catalogue_name"),
    )


def downgrade() -> None:
    op.drop_table("images")
    op.drop_table("image_catalogues")
