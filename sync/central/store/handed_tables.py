"""The tables of what other bodies hand over: forms, and the tables that they make of a plan's data."""

from sqlalchemy import Column, Integer, String, Table, Text

from sync.central.store.schema import metadata

# Forms that an upper body has handed over: nobody edits them here. body: who, in words; file: its name;
# sha256: of the file, hex. See office/configuration/handed_over.py.
form_sources = Table(
    "form_sources",
    metadata,
    Column("survey", String(64), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("body", Text, nullable=False),
    Column("file", Text, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("changed_at", String(40), nullable=False),
)

# The table that came back of a closed plan's data. body: who made it, in words; file, sha256: as above.
# lines: JSON of its `Line`s, see office/planning/returned_table.py. taken_by: an account.
returned_tables = Table(
    "returned_tables",
    metadata,
    Column("plan", String(64), primary_key=True),
    Column("body", Text, nullable=False),
    Column("file", Text, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("lines", Text, nullable=False),
    Column("taken_by", Integer, nullable=False),
    Column("changed_at", String(40), nullable=False),
)
