"""Responses on PostgreSQL in partitions, one a month of `id`; SQLite keeps its one table."""

from datetime import timedelta

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_TABLE = """
    CREATE TABLE responses (
        LIKE responses_before INCLUDING DEFAULTS
    ) PARTITION BY RANGE (id)"""
# Digits and small letters sort alike everywhere, but only by bytes is it sure to stay so.
_BYTES = 'ALTER TABLE responses_before ALTER COLUMN id TYPE varchar(36) COLLATE "C"'
# The months that responses came in, or the month before: a tablet was off the network for so long.
_MONTHS = """
    SELECT DISTINCT date_trunc('month', made AT TIME ZONE 'UTC')::date
    FROM (
        SELECT to_timestamp(('x' || substr(id, 1, 8) || substr(id, 10, 4))::bit(48)::bigint / 1000.0) AS made,
            to_timestamp(received_at / 1000.0) AS received
        FROM responses_before) AS both_times
    WHERE made BETWEEN received - interval '60 days' AND received + interval '2 days'
    ORDER BY 1"""
# The lowest UUIDv7 of an instant.
_BOUND = """
    SELECT substr(hex, 1, 8) || '-' || substr(hex, 9, 4) || '-7000-8000-000000000000'
    FROM (
        SELECT lpad(to_hex((extract(epoch FROM timestamp '{month}') * 1000)::bigint), 12, '0') AS hex
    ) AS made"""
_INDICES = (
    "ALTER TABLE responses ADD CONSTRAINT uq_responses_id UNIQUE (id)",
    "CREATE INDEX ix_responses_position ON responses (position)",
    "CREATE INDEX ix_responses_xid_position ON responses (xid, position)",
)


def upgrade() -> None:
    """Move every response into the partition of its month, or into the one of all other ids."""
    connection = op.get_bind()
    if connection.dialect.name != "postgresql":
        return
    for name in ("pk_responses", "uq_responses_id", "uq_responses_device_seq"):
        op.drop_constraint(name, "responses")
    op.drop_index("ix_responses_xid_position", "responses")
    op.rename_table("responses", "responses_before")
    op.execute(_BYTES)
    op.execute(_TABLE)
    op.execute("ALTER SEQUENCE responses_position_seq OWNED BY responses.position")
    tables = ["responses_elsewhere"]
    op.execute("CREATE TABLE responses_elsewhere PARTITION OF responses DEFAULT")
    for month in connection.execute(sa.text(_MONTHS)).scalars().all():
        after = (month + timedelta(days=31)).replace(day=1)
        first, last = (
            connection.execute(sa.text(_BOUND.format(month=each))).scalar() for each in (month, after)
        )
        tables.append(f"responses_{month:%Y_%m}")
        op.execute(
            f"CREATE TABLE {tables[-1]} PARTITION OF responses FOR VALUES FROM ('{first}') TO ('{last}')"
        )
    op.execute("INSERT INTO responses SELECT * FROM responses_before")
    op.drop_table("responses_before")
    for statement in _INDICES:
        op.execute(statement)
    for table in tables:
        op.execute(f"CREATE UNIQUE INDEX {table}_device_seq ON {table} (device, seq)")
