"""What holds at a unit, and which unit decided it: its own rows, and those of the units above it."""

from collections.abc import Collection
from datetime import date
from typing import Any

from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, func, or_, select

from sync.central.office.configuration.office_settings import office_of
from sync.central.office.configuration.procedures import procedures_at
from sync.central.office.configuration.rows import OfficeRow
from sync.central.office.units.above import unit_of, units_from
from sync.central.office.units.stored import units_below
from sync.central.office.units.tree import CENTRE
from sync.central.store.schema import counters, officers, procedures, units
from sync.contract.catalogue import Procedure, Unit
from sync.contract.opening import SpecialDay


class Offered(Struct, frozen=True):
    """A procedure that a unit's terminals know, and the unit that offers it."""

    procedure: Procedure
    unit: str


class Holiday(Struct, frozen=True):
    """A special day that holds at a unit, and the unit that decided it."""

    special: SpecialDay
    unit: str


class Decided(Struct, frozen=True):
    """A field of `OfficeRow` as it holds at a unit. unit: who decided it, None if nobody did."""

    value: Any
    unit: str | None


def places_of(connection: Connection, unit: str, today: date) -> tuple[str, ...]:
    """The unit, those above it, the nearest first, and CENTRE."""
    if unit == CENTRE:
        return (CENTRE,)
    chain = tuple(each.code for each in units_from(connection, unit, today))
    return (*(chain or (unit,)), CENTRE)


def offered_procedures(connection: Connection, unit: str, today: date) -> tuple[Offered, ...]:
    """What the terminals of a unit can name, by code; of two rows with one code the nearest unit's holds."""
    nearest: dict[str, Offered] = {}
    for place in places_of(connection, unit, today):
        for procedure in procedures_at(connection, place):
            nearest.setdefault(procedure.code, Offered(procedure, place))
    return tuple(nearest[code] for code in sorted(nearest))


def offices_above(connection: Connection, unit: str, today: date) -> dict[str, OfficeRow]:
    """What the unit and those above it have decided, the nearest first; CENTRE is the last."""
    return {place: office_of(connection, place) for place in places_of(connection, unit, today)}


def holding(offices: dict[str, OfficeRow], field: str) -> Decided:
    """A field as it holds at the first of these units. Pure."""
    for unit, office in offices.items():
        value = getattr(office, field)
        if value is not None:
            return Decided(value, unit)
    return Decided(None, None)


def holidays_of(offices: dict[str, OfficeRow]) -> tuple[Holiday, ...]:
    """The special days at the first of these units, by day; for a day the nearest unit's holds. Pure."""
    nearest: dict[date, Holiday] = {}
    for unit, office in offices.items():
        for special in office.special_days:
            nearest.setdefault(special.day, Holiday(special, unit))
    return tuple(nearest[day] for day in sorted(nearest))


def procedures_within(connection: Connection, unit: str, today: date) -> frozenset[str]:
    """The codes of the procedures that are offered at a unit or below it today; CENTRE: of all there are."""
    query = select(procedures.c.code).distinct()
    if unit != CENTRE:
        places = {*places_of(connection, unit, today), *units_below(connection, unit, today)}
        query = query.where(procedures.c.unit.in_(places))
    return frozenset(connection.execute(query).scalars())


def units_under(connection: Connection, unit: str, today: date) -> tuple[Unit, ...]:
    """The units whose parent this is today, by code; for CENTRE those without a parent."""
    parent = units.c.parent.is_(None) if unit == CENTRE else units.c.parent == unit
    rows = connection.execute(select(units).where(parent, *_on(today)).order_by(units.c.code))
    return tuple(map(unit_of, rows))


def _on(day: date) -> tuple[ColumnElement[bool], ...]:
    last = or_(units.c.valid_to == "", units.c.valid_to >= day.isoformat())
    return units.c.valid_from <= day.isoformat(), last


def count_units(connection: Connection, codes: Collection[str], today: date) -> int:
    """How many of these units there are today."""
    query = select(func.count(units.c.code.distinct())).where(units.c.code.in_(codes), *_on(today))
    return connection.execute(query).scalar_one()


class Counts(Struct, frozen=True, kw_only=True):
    """How many officers and counters there are at some units, and at how many of these there are any."""

    officers: int
    with_officers: int
    counters: int
    with_counters: int


def count_people(connection: Connection, codes: Collection[str]) -> Counts:
    """Officers and counters at these units."""
    numbers: list[int] = []
    for table in (officers, counters):
        query = select(func.count(), func.count(table.c.unit.distinct())).where(table.c.unit.in_(codes))
        numbers += connection.execute(query).one()
    return Counts(
        officers=numbers[0], with_officers=numbers[1], counters=numbers[2], with_counters=numbers[3]
    )
