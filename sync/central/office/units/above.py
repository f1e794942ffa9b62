"""A unit and the units above it on a day, read by their codes alone."""

from datetime import date
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, func, or_, select

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
    """The unit and those above it on `day`, the nearest first; empty if there never was such a unit.

    Terminals are prepared before their unit begins, and answer until they are taken away after it has ended.
    So a unit that is not in force on `day` counts as on the first day of its next period, or, without one, on
    its last day.
    """
    if _in_force(connection, code, day) is None:
        day = _nearest_day(connection, code, day)
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


def _nearest_day(connection: Connection, code: str, day: date) -> date:
    """The first day after `day` on which there is the unit, else the last one before; else `day`."""
    of_unit = select(func.min(units.c.valid_from), func.max(units.c.valid_to)).where(units.c.code == code)
    ahead = connection.execute(of_unit.where(units.c.valid_from > day.isoformat())).one()[0]
    over = connection.execute(of_unit.where(units.c.valid_to < day.isoformat())).one()[1]
    return _day(ahead or "") or _day(over or "") or day


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
