"""Officers and procedures that a configuration has named: what a device may say of a handover."""

from typing import Any

import msgspec
import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table, with what every configuration that was ever issued has named."""
    table = op.create_table(
        "known_ids",
        sa.Column("kind", sa.String(length=9), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("unit", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("kind", "id", "unit", name=op.f("pk_known_ids")),
        sqlite_with_rowid=False,
    )
    names = set()
    for (files,) in op.get_bind().execute(sa.text("SELECT files FROM bundles")):
        texts: dict[str, str] = msgspec.json.decode(files)
        catalogue: dict[str, Any] = msgspec.toml.decode(texts.get("catalogue.toml", ""))
        cases: dict[str, Any] = msgspec.json.decode(texts.get("cases.json", "{}"))
        names |= {("officer", each["id"], each["unit"]) for each in catalogue.get("officers", ())}
        names |= {("procedure", each["code"], "") for each in catalogue.get("procedures", ())}
        asked = {each.get("procedure") for each in cases.get("case", ())} - {None}
        names |= {("procedure", code, "") for code in asked}
    rows = [{"kind": kind, "id": id, "unit": unit} for kind, id, unit in sorted(names)]
    if rows:
        op.bulk_insert(table, rows)
