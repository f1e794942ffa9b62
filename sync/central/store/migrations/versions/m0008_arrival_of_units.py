"""The order of arrival of each unit: who sees a few units is given theirs without looking at all others."""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the index; PostgreSQL learns what the table over all months holds, which nobody else tells it."""
    if op.get_bind().dialect.name == "postgresql":
        op.create_index("ix_responses_unit_xid_position", "responses", ["unit", "xid", "position"])
        op.execute("ANALYZE responses")
    else:
        op.create_index("ix_responses_unit_position", "responses", ["unit", "position"])
