"""One rule for the day of a response: Viet Nam's, by a clock that was put right; and where devices were."""

from datetime import datetime, timedelta, timezone

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0011"
branch_labels = None
depends_on = None

_VIET_NAM = timezone(timedelta(hours=7))
_EARLIEST = 946_684_800  # 2000-01-01
_AHEAD = 366 * 86_400
_CHUNK = 5_000


def upgrade() -> None:
    """Add what is known of clocks and moves, and compute every day anew; counts follow, see rollups.RULES."""
    op.add_column("responses", sa.Column("clock_offset", sa.BigInteger(), server_default="0", nullable=False))
    op.create_table(
        "device_moves",
        sa.Column("device", sa.String(length=64), nullable=False),
        sa.Column("until", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("unit", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("device", "until", name=op.f("pk_device_moves")),
    )
    connection = op.get_bind()
    read = sa.text(
        "SELECT position, finished_at, received_at, day FROM responses WHERE position > :after "
        "ORDER BY position LIMIT :chunk"
    )
    write = sa.text("UPDATE responses SET day = :day, clock_offset = :offset WHERE position = :position")
    after = 0
    while rows := connection.execute(read, {"after": after, "chunk": _CHUNK}).all():
        after = rows[-1].position
        changed = []
        for row in rows:
            day, offset = _day(row.finished_at, row.received_at // 1000)
            if day != row.day:
                changed.append({"position": row.position, "day": day, "offset": offset})
        if changed:
            connection.execute(write, changed)


def _day(finished_at: str, received: int) -> tuple[str, int]:
    """As intake/moment.py has it of a tablet of whose clock nothing is known."""
    finished = int(datetime.fromisoformat(finished_at).timestamp())
    offset = 0
    if received >= _EARLIEST and not _EARLIEST <= finished <= received + _AHEAD:
        offset = received - finished
    return datetime.fromtimestamp(finished + offset, _VIET_NAM).date().isoformat(), offset
