"""Days that are over: an order of their own below the role admin, and counts by when their days close."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0015"
branch_labels = None
depends_on = None

_ID = sa.String(36).with_variant(sa.String(36, collation="C"), "postgresql")
_OPEN = sa.text("closes <> ''")


def upgrade() -> None:
    """Make the tables; `migrate` counts anew, and the first look at days that are over fills the others."""
    op.create_table(
        "published",
        sa.Column("place", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("id", _ID, nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("unit", sa.String(length=64), nullable=False),
        sa.Column("counter", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("place", name=op.f("pk_published")),
        sa.UniqueConstraint("id", name=op.f("uq_published_id")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_published_unit_place", "published", ["unit", "place"])
    op.create_table(
        "waiting",
        sa.Column("id", _ID, nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("unit", sa.String(length=64), nullable=False),
        sa.Column("counter", sa.String(length=64), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waiting")),
        sqlite_with_rowid=False,
    )
    op.add_column("voided", sa.Column("closes", sa.String(length=10), server_default="", nullable=False))
    op.execute("DELETE FROM facts WHERE name = 'rollups'")  # so that `migrate` counts
    op.drop_table("rollups")
    key = (
        *("grain", "period", "unit", "survey", "survey_version", "respondent", "channel"),
        *("procedure", "officer", "cell", "closes", "value"),
    )
    op.create_table(
        "rollups",
        sa.Column("grain", sa.String(length=4), nullable=False),
        sa.Column("period", sa.String(length=10), nullable=False),
        sa.Column("unit", sa.String(length=64), nullable=False),
        sa.Column("survey", sa.String(length=64), nullable=False),
        sa.Column("survey_version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("respondent", sa.String(length=16), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("procedure", sa.String(length=40), nullable=False),
        sa.Column("officer", sa.String(length=64), nullable=False),
        sa.Column("cell", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("closes", sa.String(length=10), nullable=False),
        sa.Column("value", sa.String(length=64), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(*key, name=op.f("pk_rollups")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_rollups_closes", "rollups", ["closes"], sqlite_where=_OPEN, postgresql_where=_OPEN)
