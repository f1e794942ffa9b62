"""When the configuration of a unit last changed: every change of a row bumps the revision of its unit.

Promises (each has a test of this name):
- a change is noticed by every process, from its next question on;
- a change in a unit concerns it and the units below it, and no other.
"""

from datetime import date, datetime

from sqlalchemy import Connection, func, insert, select, update

from sync.central.office.configuration import CENTRE
from sync.central.store.database import one_at_a_time
from sync.central.store.schema import configuration_revisions, unit_spans


def changed(connection: Connection, unit: str, now: datetime) -> None:
    """Note in the open write transaction that the configuration of `unit` changed; CENTRE: of all units.

    To be called by every act that changes rows, before it reads what it decides by.
    """
    one_at_a_time(connection)
    columns = configuration_revisions.c
    revision = (connection.execute(select(func.max(columns.revision))).scalar() or 0) + 1
    values = {"revision": revision, "changed_at": now.isoformat()}
    there = connection.execute(update(configuration_revisions).where(columns.unit == unit).values(values))
    if there.rowcount == 0:
        connection.execute(insert(configuration_revisions).values(unit=unit, **values))


def basis_of(connection: Connection, unit: str, today: date) -> str:
    """The revisions that the configuration of `unit` follows from: its own, and of the units above it.

    Two of them differ if anything changed between them, or if other units are above it. The instant is part of
    it because a restored backup counts revisions from an earlier one.
    """
    spans, columns, day = unit_spans.c, configuration_revisions.c, today.isoformat()
    above = select(spans.root).where(spans.unit == unit, spans.first_day <= day, day <= spans.last_day)
    query = select(columns.unit, columns.revision, columns.changed_at)
    rows = connection.execute(
        query.where(columns.unit.in_([CENTRE, unit]) | columns.unit.in_(above)).order_by(columns.unit)
    )
    return "\n".join(f"{row.unit} {row.revision} {row.changed_at}" for row in rows)


def newest_revision(connection: Connection) -> tuple[int, str]:
    """The number and the instant of the newest change anywhere; (0, "") before the first."""
    columns = configuration_revisions.c
    query = select(columns.revision, columns.changed_at).order_by(columns.revision.desc()).limit(1)
    row = connection.execute(query).first()
    return (row.revision, row.changed_at) if row else (0, "")
