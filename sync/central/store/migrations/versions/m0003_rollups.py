"""Counts that are kept while responses arrive; `migrate` fills them."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add them, empty."""
    key = (
        "grain",
        "period",
        "unit",
        "survey",
        "survey_version",
        "plan",
        "procedure",
        "officer",
        "cell",
        "value",
    )
    op.create_table(
        "rollups",
        sa.Column("grain", sa.String(length=4), nullable=False),
        sa.Column("period", sa.String(length=10), nullable=False),
        sa.Column("unit", sa.String(length=64), nullable=False),
        sa.Column("survey", sa.String(length=64), nullable=False),
        sa.Column("survey_version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("plan", sa.String(length=64), nullable=False),
        sa.Column("procedure", sa.String(length=40), nullable=False),
        sa.Column("officer", sa.String(length=64), nullable=False),
        sa.Column("cell", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("value", sa.String(length=64), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(*key, name=op.f("pk_rollups")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "voided",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_voided")),
    )
