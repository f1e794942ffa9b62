"""What the documents of an office have in common, by unit, see office/letterheads.py."""

from sqlalchemy import Column, String, Table, Text

from sync.central.store.schema import metadata

# body: JSON of a LetterheadRow. unit: whose documents these are; it holds for no unit below.
letterheads = Table(
    "letterheads",
    metadata,
    Column("unit", String(64), primary_key=True),
    Column("body", Text, nullable=False),
)
