"""All tables of the database: those of schema.py, which the others join when they are imported."""

from sync.central.store import (
    alert_tables,
    first_answers,
    form_tables,
    handed_tables,
    issuing,
    letter_tables,
    letterheads,
    outgoing,
    paper_tables,
    plan_tables,
    sample_tables,
    software,
)
from sync.central.store.schema import metadata

__all__ = ["ADDED", "metadata"]

ADDED = (
    alert_tables,
    first_answers,
    handed_tables,
    form_tables,
    issuing,
    letter_tables,
    letterheads,
    outgoing,
    paper_tables,
    plan_tables,
    sample_tables,
    software,
)
