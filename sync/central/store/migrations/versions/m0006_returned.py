"""Results returned, as the lists of the one-stop software have them."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add them, empty: no list was taken in yet."""
    op.create_table(
        "returned",
        sa.Column("unit", sa.String(length=64), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("procedure", sa.String(length=40), nullable=False),
        sa.Column("officer", sa.String(length=64), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("unit", "day", "procedure", "officer", name=op.f("pk_returned")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "returned_days",
        sa.Column("unit", sa.String(length=64), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.PrimaryKeyConstraint("unit", "day", name=op.f("pk_returned_days")),
        sqlite_with_rowid=False,
    )
