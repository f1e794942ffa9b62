"""Lists, draws and what was done about those drawn: over a restore, and whether a backup has all of it.

The replaced database is newer than the backup, so each group is taken over whole from it; nobody who was
removed since comes back.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from msgspec import Struct
from sqlalchemy import Connection, Table, delete, exists, func, insert, select

from sync.central.office.sample.commitment import Stratum, of_stratum
from sync.central.store.sample_tables import (
    drawn_people,
    drawn_steps,
    frame_people,
    frames,
    list_columns,
    rechecks,
    samples,
)

_TABLES: Final[tuple[Table, ...]] = (
    samples,
    frames,
    frame_people,
    drawn_people,
    drawn_steps,
    rechecks,
)


class Samples(Struct, frozen=True):
    """Rows of each table, in the order of _TABLES, and what is known of lists of software."""

    rows: tuple[Sequence[Any], ...]
    columns: Sequence[Any]


def read_samples(connection: Connection) -> Samples:
    """All of it in this database."""
    rows = tuple(connection.execute(select(table).order_by(*table.primary_key)).all() for table in _TABLES)
    return Samples(rows, connection.execute(select(list_columns)).all())


def carry_samples(connection: Connection, found: Samples, numbers: Mapping[int, int]) -> int:
    """Take every group over; how many. numbers: of each account there, its number here."""
    strata = sorted({(row.plan, row.stratum) for rows in found.rows for row in rows})
    for plan, group in strata:
        for table in _TABLES:
            connection.execute(delete(table).where(of_stratum(table, Stratum(plan, group))))
    for table, rows in zip(_TABLES, found.rows, strict=True):
        values = [_renumbered(row, numbers) for row in rows]
        for first in range(0, len(values), 1000):
            connection.execute(insert(table), values[first : first + 1000])
    known = {(row.unit, row.software) for row in connection.execute(select(list_columns))}
    more = [dict(row._mapping) for row in found.columns if (row.unit, row.software) not in known]
    if more:
        connection.execute(insert(list_columns), more)
    return len(strata)


def sample_fault(connection: Connection) -> str:
    """What is wrong with the stored lists and draws, "" for nothing: for the check of a backup."""
    p, f, d = frame_people.c, frames.c, drawn_people.c
    counted = (
        select(func.count())
        .where(p.plan == f.plan, p.stratum == f.stratum, p.unit == f.unit)
        .scalar_subquery()
    )
    if connection.execute(select(f.unit).where(f.emptied_at == "", f.people != counted).limit(1)).first():
        return "a list without all of its people"
    listed = exists().where(f.plan == d.plan, f.stratum == d.stratum, f.unit == d.unit)
    if connection.execute(select(d.unit).where(~listed).limit(1)).first():
        return "somebody drawn from no list"
    return ""


def _renumbered(row: Any, numbers: Mapping[int, int]) -> dict[str, Any]:
    values = dict(row._mapping)
    values.pop("position", None)  # of a step: numbered again, in the same order
    for name in ("account", "checker"):
        if values.get(name) is not None:
            values[name] = numbers.get(values[name], values[name])
    return values
