"""What devices are asked to forget; what was forgotten before goes to all of them."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add tombstones, and how far each device is with them."""
    op.create_table(
        "tombstones",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("device", sa.String(length=64), nullable=True),
        sa.Column("at", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_tombstones")),
        sa.UniqueConstraint("id", name=op.f("uq_tombstones_id")),
    )
    op.add_column("devices", sa.Column("erased", sa.BigInteger(), server_default="0", nullable=False))
    op.execute(
        "INSERT INTO tombstones (number, id, at) "
        "SELECT row_number() OVER (ORDER BY at, id), id, at FROM gone WHERE reason = 'forgotten'"
    )
