"""The properties of an entity: the columns of a table, under names that OData allows."""

import re
from collections.abc import Sequence
from typing import Any

from msgspec import Struct
from sqlalchemy import BigInteger, ColumnElement, type_coerce

from sync.central.pulling.exports.table import Layout
from sync.central.pulling.rows.views import ADMIN, OTHERS
from sync.central.store.schema import responses
from sync.tables.column import Kind

NAMESPACE = "hailong"
ENTITY_SET = "Responses"
ENTITY = "Response"
KEY = "position"

_TYPES: dict[Kind, str] = {
    "text": "Edm.String",
    "whole": "Edm.Int64",
    "truth": "Edm.Boolean",
    "day": "Edm.Date",
    "moment": "Edm.DateTimeOffset",
}
# Columns that a filter may use, if the role has them; see also `properties`.
_FILTERED = (
    *("survey", "survey_version", "plan", "unit", "procedure"),
    *("channel", "respondent", "outcome", "day", "officer", "device", "seq"),
)
_ALWAYS = (
    *(KEY, "device", "seq", "survey", "survey_version", "unit", "channel", "respondent", "outcome"),
    *("counts", "day", "clock_offset"),
)


class Property(Struct, frozen=True):
    """One property. at: its place among the values of a row. column: what a filter compares, None if none."""

    name: str
    type: str
    at: int
    nullable: bool
    column: ColumnElement[Any] | None = None


def properties(layout: Layout) -> tuple[Property, ...]:
    """The properties of an entity for the role of this layout."""
    view = ADMIN if layout.admin else OTHERS
    own: dict[str, ColumnElement[Any]] = {KEY: view.key, "counts": view.counting.counts}
    found: list[Property] = []
    taken: set[str] = set()
    for at, column in enumerate(layout.columns):
        name = _identifier(column.name, taken)
        taken.add(name)
        compared: ColumnElement[Any] | None = responses.c[name] if name in _FILTERED else None
        if compared is not None and column.kind == "whole":
            compared = type_coerce(compared, BigInteger)  # Int64, also for a narrower column
        compared = own.get(name, compared)
        found.append(Property(name, _TYPES[column.kind], at, name not in _ALWAYS, compared))
    return tuple(found)


def _identifier(name: str, taken: set[str]) -> str:
    """`name` as OData allows it (Common Schema Definition 4.0, 17.2): letters, digits, underscores."""
    plain = re.sub(r"[^A-Za-z0-9_]", "_", name)
    number, found = 2, plain
    while found in taken:
        found = f"{plain}_{number}"
        number += 1
    return found


def by_name(every: Sequence[Property]) -> dict[str, Property]:
    """The properties by their names."""
    return {one.name: one for one in every}
