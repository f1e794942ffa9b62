"""Reads from the rows what one unit's folder would hold, and what such a folder may refer to."""

from datetime import date
from typing import Any

from sqlalchemy import Connection, select

from sync.central.office.configuration.entries import Configured
from sync.central.office.configuration.fitting import Known
from sync.central.office.configuration.office_settings import office_of
from sync.central.office.configuration.procedures import procedures_at
from sync.central.office.configuration.row_queries import (
    newest_releases,
    read_assignments,
    read_plans,
    whole_catalogue,
)
from sync.central.office.configuration.serials import serials_of
from sync.central.office.units.stored import units_above, units_below
from sync.central.office.units.tree import CENTRE
from sync.central.store.schema import offered_forms, units
from sync.central.store.surveys import load_surveys


def read_configured(connection: Connection, unit: str, today: date) -> Configured:
    """What is configured at `unit` and in the units that are below it today."""
    below = scope_of(connection, unit, today)
    catalogue = whole_catalogue(connection)
    offered = select(offered_forms.c.survey).where(offered_forms.c.unit == unit)
    shown = below if unit == CENTRE else below | units_above(connection, unit, today)
    return Configured(
        units=tuple(each for each in catalogue.units if each.code in shown),
        procedures=procedures_at(connection, unit),
        officers=tuple(each for each in catalogue.officers if each.unit in below),
        counters=tuple(each for each in catalogue.counters if each.unit in below),
        devices=tuple(each for each in catalogue.devices if each.unit in below),
        office=office_of(connection, unit),
        surveys=newest_releases(connection, connection.execute(offered).scalars()),
        plans=tuple(plan for plan in read_plans(connection) if unit == CENTRE or plan.unit in below),
        assignments=tuple(each for each in read_assignments(connection) if each.unit in below),
        serials=serials_of(connection, unit),
    )


def scope_of(connection: Connection, unit: str, today: date) -> frozenset[str]:
    """The unit and those below it today; CENTRE: every unit that there is or was."""
    if unit != CENTRE:
        return units_below(connection, unit, today)
    return frozenset(connection.execute(select(units.c.code)).scalars())


def read_known(connection: Connection, today: date) -> Known:
    """What the centre has, whichever unit it is of."""
    listed = select(units.c.code).where(units.c.source == "list")
    catalogue, plans = whole_catalogue(connection), read_plans(connection)
    assigned = read_assignments(connection)
    entries: dict[str, tuple[Any, ...]] = {
        "officers": catalogue.officers,
        "devices": catalogue.devices,
        "assignments": assigned,
        "plans": plans,
    }
    return Known(
        today=today,
        units=catalogue.units,
        listed=frozenset(connection.execute(listed).scalars()),
        releases=load_surveys(connection),
        offered=tuple((row.unit, row.survey) for row in connection.execute(select(offered_forms))),
        plans=plans,
        assignments=assigned,
        owners={(noun, row.id): row.unit for noun, rows in entries.items() for row in rows},
    )
