"""A unit and the units above it on a day, read by their codes alone."""

from datetime import date
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, or_, select

from sync.central.store.schema import units
from sync.contract.catalogue import Unit
from sync.contract.text import Text


def unit_of(row: Row[Any]) -> Unit:
    """The period of a unit that a row of `units` holds."""
    return Unit(
        code=row.code,
        name=msgspec.json.decode(row.name, type=Text),
        kind=row.kind,
        parent=row.parent,
        valid_from=_day(row.valid_from),
        valid_to=_day(row.valid_to),
    )


def units_from(connection: Connection, code: str, day: date) -> tuple[Unit, ...]:
    """The unit and those above it on `day`, the nearest first; empty if there is no such unit then."""
    found: dict[str, Unit] = {}
    parent: str | None = code
    while parent is not None and parent not in found:
        unit = _in_force(connection, parent, day)
        if unit is None:
            break
        found[parent] = unit
        parent = unit.parent
    return tuple(found.values())


def _in_force(connection: Connection, code: str, day: date) -> Unit | None:
    last = or_(units.c.valid_to == "", units.c.valid_to >= day.isoformat())
    query = select(units).where(units.c.code == code, units.c.valid_from <= day.isoformat(), last)
    row = connection.execute(query).first()
    return unit_of(row) if row else None


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
