"""A request to forget can be withdrawn: its number stays taken."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the time at which a person withdrew it."""
    op.add_column("tombstones", sa.Column("withdrawn_at", sa.String(40)))
