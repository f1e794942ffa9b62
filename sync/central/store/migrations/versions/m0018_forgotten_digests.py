"""What was removed stays behind as a digest of its id and a day; a tombstone drops its id when all erased."""

import hashlib

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Put digests in the place of ids; the next purge drops the ids that no tablet needs any more."""
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":
        digest = "encode(sha256(convert_to(id, 'UTF8')), 'hex')"
    else:
        driver = connection.connection.driver_connection
        assert driver is not None
        driver.create_function("sha256_hex", 1, _sha256_hex, deterministic=True)
        digest = "sha256_hex(id)"
    op.create_table(
        "removed",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=16), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
    )
    op.execute(f"INSERT INTO removed SELECT {digest}, reason, substr(at, 1, 10) FROM gone")
    op.drop_table("gone")
    op.create_table(
        "gone",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=16), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_gone")),
    )
    # In the order of the digests: the order in which they were removed says when.
    op.execute("INSERT INTO gone SELECT digest, reason, day FROM removed ORDER BY digest")
    op.drop_table("removed")
    op.add_column("tombstones", sa.Column("digest", sa.String(length=64)))
    op.add_column("tombstones", sa.Column("done", sa.Integer()))
    op.add_column("tombstones", sa.Column("wanted", sa.Integer()))
    op.execute(f"UPDATE tombstones SET digest = {digest}")
    with op.batch_alter_table("tombstones") as batch:
        batch.alter_column("digest", existing_type=sa.String(length=64), nullable=False)
        batch.alter_column("id", existing_type=sa.String(length=36), nullable=True)
        batch.drop_constraint(op.f("uq_tombstones_id"), type_="unique")
        batch.create_unique_constraint(op.f("uq_tombstones_digest"), ["digest"])
    op.execute("UPDATE tombstones SET id = NULL, device = NULL WHERE withdrawn_at IS NOT NULL")


def _sha256_hex(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
