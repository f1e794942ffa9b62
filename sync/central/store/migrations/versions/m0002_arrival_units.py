"""The order of arrival on PostgreSQL, units as a dated tree, and what is gone for good."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add them; every response that is here already counts as arrived before all others."""
    op.add_column("responses", sa.Column("xid", sa.BigInteger(), server_default="0", nullable=False))
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE responses ALTER COLUMN xid SET DEFAULT pg_current_xact_id()::text::bigint")
        op.create_index("ix_responses_xid_position", "responses", ["xid", "position"])
    op.create_table(
        "gone",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("reason", sa.String(length=16), nullable=False),
        sa.Column("at", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gone")),
    )
    op.create_table(
        "units",
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("valid_from", sa.String(length=10), nullable=False),
        sa.Column("valid_to", sa.String(length=10), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("parent", sa.String(length=64), nullable=True),
        sa.Column("source", sa.String(length=8), nullable=False),
        sa.PrimaryKeyConstraint("code", "valid_from", name=op.f("pk_units")),
    )
    op.create_table(
        "unit_spans",
        sa.Column("root", sa.String(length=64), nullable=False),
        sa.Column("unit", sa.String(length=64), nullable=False),
        sa.Column("first_day", sa.String(length=10), nullable=False),
        sa.Column("last_day", sa.String(length=10), nullable=False),
        sa.PrimaryKeyConstraint("root", "unit", "first_day", name=op.f("pk_unit_spans")),
    )
