"""The table of what forms are based on, see office/forms/locked_forms.py."""

from sqlalchemy import Column, SmallInteger, String, Table

from sync.central.store.schema import metadata

# A form that was copied from another one, or whose questions are locked for others. base: the form that it
# was copied from, "" for none. locked: 1 if units below `unit` may not change or drop its questions in forms
# that are based on it; unit "": the whole centre.
form_lineage = Table(
    "form_lineage",
    metadata,
    Column("survey", String(64), primary_key=True),
    Column("base", String(64), nullable=False),
    Column("locked", SmallInteger, nullable=False),
    Column("unit", String(64), nullable=False),
    Column("changed_at", String(40), nullable=False),
)
