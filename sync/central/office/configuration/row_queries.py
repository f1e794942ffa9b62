"""Reads the rows of a configuration: all that concerns one unit, or the catalogue of the whole centre."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, Row, and_, func, not_, or_, select

from sync.central.intake.own_devices import OWN_LEDGERS
from sync.central.office.configuration.rows import ASSIGNMENTS_FILE, OfficeRow, Rows
from sync.central.office.units.above import unit_of, units_from
from sync.central.office.units.tree import CENTRE
from sync.central.store.schema import (
    assignments,
    bundles,
    counters,
    devices,
    offered_forms,
    officers,
    offices,
    plans,
    procedures,
    revoked_serials,
    surveys,
    units,
)
from sync.contract.assignment import Assignment
from sync.contract.catalogue import Catalogue, Counter, Device, Officer, Procedure
from sync.contract.plan import Plan
from sync.contract.survey import Survey
from sync.contract.text import Text


def read_rows(connection: Connection, unit: str, today: date) -> Rows:
    """All rows that concern the terminals of `unit` on `today`."""
    chain = units_from(connection, unit, today)
    places = (*(each.code for each in chain), CENTRE) if chain else (unit, CENTRE)
    assigned = read_assignments(connection, places)
    named = {each.plan for each in assigned if each.plan is not None}
    valid = read_plans(connection, or_(plans.c.unit.in_(places), plans.c.id.in_(sorted(named))))
    offered = connection.execute(
        select(offered_forms.c.survey).where(offered_forms.c.unit.in_(places))
    ).scalars()
    forms = {*offered, *(each.survey for each in assigned)}
    forms |= {group.survey for plan in valid for group in plan.groups}
    serials = select(revoked_serials.c.serial).where(revoked_serials.c.unit.in_(places))
    bodies = connection.execute(select(offices).where(offices.c.unit.in_(places)))
    return Rows(
        unit=unit,
        above=places[1:],
        today=today,
        units=chain,
        procedures=_nearest_procedures(connection, places),
        officers=_officers(connection, officers.c.unit == unit),
        counters=_counters(connection, counters.c.unit == unit),
        devices=_devices(connection, and_(devices.c.unit == unit, devices.c.state != "revoked")),
        offices={row.unit: msgspec.json.decode(row.body, type=OfficeRow) for row in bodies},
        surveys=newest_releases(connection, forms),
        plans=valid,
        assignments=assigned,
        decided=_had_assignments(connection, unit),
        revoked_serials=tuple(sorted(set(connection.execute(serials).scalars()))),
    )


def _had_assignments(connection: Connection, unit: str) -> bool:
    """Whether the unit's newest bundle has assignments, if only an empty file of them."""
    newest = select(bundles.c.files).where(bundles.c.unit == unit).order_by(bundles.c.version.desc()).limit(1)
    files = connection.execute(newest).scalar()
    return files is not None and ASSIGNMENTS_FILE in msgspec.json.decode(files, type=dict[str, str])


def whole_catalogue(connection: Connection) -> Catalogue:
    """Every unit, procedure, officer, counter and device of the centre; a procedure once, by its code."""
    everywhere = select(procedures).order_by(procedures.c.code, procedures.c.unit)
    found = {row.code: _procedure(row) for row in connection.execute(everywhere)}
    periods = select(units).order_by(units.c.code, units.c.valid_from)
    return Catalogue(
        units=tuple(map(unit_of, connection.execute(periods))),
        procedures=tuple(found.values()),
        officers=_officers(connection),
        counters=_counters(connection),
        devices=_devices(connection),
    )


def read_assignments(connection: Connection, places: Collection[str] | None = None) -> tuple[Assignment, ...]:
    """The assignments of these units, or all, by id."""
    query = select(assignments.c.body).order_by(assignments.c.id)
    if places is not None:
        query = query.where(assignments.c.unit.in_(places))
    return tuple(msgspec.json.decode(body, type=Assignment) for body in connection.execute(query).scalars())


def read_plans(connection: Connection, *wanted: ColumnElement[bool]) -> tuple[Plan, ...]:
    """The plans that are in force, each in its newest wording, by id."""
    newest = select(plans.c.id, func.max(plans.c.version).label("version")).group_by(plans.c.id).subquery()
    query = (
        select(plans.c.body)
        .join(newest, and_(plans.c.id == newest.c.id, plans.c.version == newest.c.version))
        .where(plans.c.withdrawn_at.is_(None), *wanted)
        .order_by(plans.c.id)
    )
    return tuple(msgspec.json.decode(body, type=Plan) for body in connection.execute(query).scalars())


def newest_releases(
    connection: Connection, forms: Iterable[str], until: datetime | None = None
) -> tuple[Survey, ...]:
    """The newest release of each of these forms, by id. until: of those that were released by then."""
    newest = select(surveys.c.id, func.max(surveys.c.version).label("version")).group_by(surveys.c.id)
    if until is not None:
        newest = newest.where(surveys.c.released_at <= until.isoformat())
    latest = newest.where(surveys.c.id.in_(sorted(set(forms)))).subquery()
    query = select(surveys.c.body).join(
        latest, and_(surveys.c.id == latest.c.id, surveys.c.version == latest.c.version)
    )
    bodies = connection.execute(query.order_by(surveys.c.id)).scalars()
    return tuple(msgspec.json.decode(body, type=Survey) for body in bodies)


def officers_of(connection: Connection, codes: Collection[str]) -> tuple[Officer, ...]:
    """The officers of these units, by id."""
    return _officers(connection, officers.c.unit.in_(codes))


def counters_of(connection: Connection, codes: Collection[str]) -> tuple[Counter, ...]:
    """The counters of these units, by unit and id."""
    return _counters(connection, counters.c.unit.in_(codes))


def devices_of(connection: Connection, codes: Collection[str]) -> tuple[Device, ...]:
    """The devices of these units that are not revoked, by id."""
    return _devices(connection, devices.c.unit.in_(codes), devices.c.state != "revoked")


def _nearest_procedures(connection: Connection, places: Sequence[str]) -> tuple[Procedure, ...]:
    """The procedures offered at these places; of two rows with one code the nearest place's holds."""
    rows = connection.execute(select(procedures).where(procedures.c.unit.in_(places))).all()
    ordered = sorted(rows, key=lambda row: places.index(row.unit), reverse=True)
    found = {row.code: row for row in ordered}
    return tuple(_procedure(found[code]) for code in sorted(found))


def _procedure(row: Row[Any]) -> Procedure:
    return Procedure(row.code, _text.decode(row.name), row.field)


def _officers(connection: Connection, *wanted: ColumnElement[bool]) -> tuple[Officer, ...]:
    query = select(officers).where(*wanted).order_by(officers.c.id)
    return tuple(Officer(row.id, row.name, row.unit, row.title) for row in connection.execute(query))


def _counters(connection: Connection, *wanted: ColumnElement[bool]) -> tuple[Counter, ...]:
    query = select(counters).where(*wanted).order_by(counters.c.unit, counters.c.id)
    return tuple(Counter(row.id, row.unit, _text.decode(row.name)) for row in connection.execute(query))


def _devices(connection: Connection, *wanted: ColumnElement[bool]) -> tuple[Device, ...]:
    query = select(devices.c.id, devices.c.kind, devices.c.unit, devices.c.counter)
    rows = connection.execute(
        query.where(not_(devices.c.id.startswith(OWN_LEDGERS)), *wanted).order_by(devices.c.id)
    )
    return tuple(Device(id=row.id, kind=row.kind, unit=row.unit, counter=row.counter) for row in rows)


_text = msgspec.json.Decoder(Text)
