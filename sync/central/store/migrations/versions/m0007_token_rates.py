"""How often tokens may ask, counted by all processes together."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add what is left of each token; all of it at first."""
    op.create_table(
        "token_rates",
        sa.Column("token", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("remaining", sa.Double(), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("token", name=op.f("pk_token_rates")),
    )
