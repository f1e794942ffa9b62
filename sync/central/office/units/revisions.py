"""When the configuration of a unit last changed: every change of a row bumps the revision of its unit.

Promises (each has a test of this name):
- a change is noticed by every process, from its next question on;
- a change in a unit concerns it and the units below it, and no other.
"""

from collections.abc import Iterable
from datetime import date, datetime

import msgspec
from sqlalchemy import Connection, func, insert, select, update

from sync.central.office.units.above import units_from
from sync.central.office.units.tree import CENTRE
from sync.central.store.database import one_at_a_time
from sync.central.store.schema import assignments, configuration_revisions, offered_forms, plans
from sync.contract.assignment import Assignment
from sync.contract.plan import Plan

# Made once: it is asked with every call of a device.
_NEWEST = (
    select(configuration_revisions.c.revision, configuration_revisions.c.changed_at)
    .order_by(configuration_revisions.c.revision.desc())
    .limit(1)
)


def changed(connection: Connection, unit: str, now: datetime) -> None:
    """Note in the open write transaction that the configuration of `unit` changed; CENTRE: of all units.

    To be called by every act that changes rows, before it reads what it decides by.
    """
    all_changed(connection, [unit], now)


def all_changed(connection: Connection, units: Iterable[str], now: datetime) -> None:
    """The same for several units."""
    one_at_a_time(connection)
    columns = configuration_revisions.c
    revision = connection.execute(select(func.max(columns.revision))).scalar() or 0
    for unit in sorted(set(units)):
        revision += 1
        values = {"revision": revision, "changed_at": now.isoformat()}
        there = connection.execute(update(configuration_revisions).where(columns.unit == unit).values(values))
        if there.rowcount == 0:
            connection.execute(insert(configuration_revisions).values(unit=unit, **values))


def form_changed(connection: Connection, survey: str, now: datetime) -> None:
    """Note that a form has a new release: every unit whose terminals may ask it changes."""
    one_at_a_time(connection)
    offered = select(offered_forms.c.unit).where(offered_forms.c.survey == survey)
    asking = {each.unit for each in _assignments(connection) if each.survey == survey}
    named = {
        plan.id: plan.unit
        for plan in _plans(connection)
        if any(group.survey == survey for group in plan.groups)
    }
    asking |= {each.unit for each in _assignments(connection) if each.plan in named}
    units = {*connection.execute(offered).scalars(), *asking, *named.values()}
    all_changed(connection, units, now)


def plan_changed(connection: Connection, plan: str, unit: str, now: datetime) -> None:
    """Note that a plan of `unit` changed: there, and where an assignment names it."""
    one_at_a_time(connection)
    asking = {each.unit for each in _assignments(connection) if each.plan == plan}
    all_changed(connection, {unit, *asking}, now)


def basis_of(connection: Connection, unit: str, today: date) -> str:
    """The revisions that the configuration of `unit` follows from: its own, and of the units above it.

    Two of them differ if anything changed between them, or if other units are above it. The instants are part
    of it because a restored backup counts revisions from an earlier one.
    """
    chain = units_from(connection, unit, today)
    columns = configuration_revisions.c
    query = select(columns.unit, columns.revision, columns.changed_at)
    codes = {CENTRE, unit, *(each.code for each in chain)}
    rows = connection.execute(query.where(columns.unit.in_(sorted(codes))).order_by(columns.unit))
    facts = [(each.code, each.valid_from) for each in chain], [tuple(row) for row in rows]
    return msgspec.json.encode(facts).decode()


def newest_revision(connection: Connection) -> tuple[int, str]:
    """The number and the instant of the newest change anywhere; (0, "") before the first."""
    row = connection.execute(_NEWEST).first()
    return (row.revision, row.changed_at) if row else (0, "")


def _assignments(connection: Connection) -> list[Assignment]:
    return [
        msgspec.json.decode(body, type=Assignment)
        for body in connection.execute(select(assignments.c.body)).scalars()
    ]


def _plans(connection: Connection) -> list[Plan]:
    in_force = select(plans.c.body).where(plans.c.withdrawn_at.is_(None))
    return [msgspec.json.decode(body, type=Plan) for body in connection.execute(in_force).scalars()]
