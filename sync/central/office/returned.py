"""Results returned to citizens, from the one-stop software's lists, shown next to handovers and answers.

    python -m sync.central import-cases list.csv --mapping columns.toml …      (see cases.py)

imports them if columns.toml names the column with the day of the return. Only counts are kept, by unit, day,
procedure and officer; no case, not even as a hash.

Promises:
- a list replaces what was known of its days and its unit, so that importing it twice, or a longer one later,
  counts nothing twice;
- a day for which no list was imported is unknown, never zero;
- the counts for summaries change in the same transaction.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta

from sqlalchemy import Connection, delete, func, insert, select

from sync.central.office.units.stored import in_subtree
from sync.central.store import rollups
from sync.central.store.database import one_at_a_time
from sync.central.store.schema import returned, returned_days

# Day (YYYY-MM-DD), procedure, officer; "" if the list names none.
Result = tuple[str, str, str]


def take_in(
    connection: Connection, unit: str, first: date, last: date, results: Mapping[Result, int]
) -> None:
    """Store all results that `unit` returned from `first` to `last` in the open write transaction."""
    one_at_a_time(connection)
    period = (first.isoformat(), last.isoformat())
    of_unit = (returned.c.unit == unit) & returned.c.day.between(*period)
    before = {tuple(row[:-1]): row.n for row in connection.execute(select(returned).where(of_unit))}
    rows = [(unit, *key, n) for key, n in sorted(results.items())]
    connection.execute(delete(returned).where(of_unit))
    covered = (returned_days.c.unit == unit) & returned_days.c.day.between(*period)
    connection.execute(delete(returned_days).where(covered))
    days = [first + timedelta(days=each) for each in range((last - first).days + 1)]
    connection.execute(insert(returned_days), [{"unit": unit, "day": day.isoformat()} for day in days])
    if rows:
        names = ("unit", "day", "procedure", "officer", "n")
        connection.execute(insert(returned), [dict(zip(names, row, strict=True)) for row in rows])
    changes: Counter[tuple[str, ...]] = Counter({row[:-1]: row[-1] for row in rows})
    changes.subtract(before)
    rollups.count_returned(connection, {key: n for key, n in changes.items() if n})


def by_day(connection: Connection, unit: str, first: date, last: date) -> Counter[str]:
    """How many results of `unit` are stored as returned on each day from `first` to `last`."""
    of_unit = (returned.c.unit == unit) & returned.c.day.between(first.isoformat(), last.isoformat())
    query = select(returned.c.day, func.sum(returned.c.n)).where(of_unit).group_by(returned.c.day)
    return Counter({day: int(n) for day, n in connection.execute(query)})


def by_procedure(connection: Connection, unit: str, first: date, last: date) -> Counter[str]:
    """How many results a unit and those below it returned in these days, by procedure; "" for none named.

    unit: CENTRE for all units.
    """
    c = returned.c
    days = c.day.between(first.isoformat(), last.isoformat())
    within = in_subtree(unit, c.unit, c.day)
    query = select(c.procedure, func.sum(c.n)).where(days, within).group_by(c.procedure)
    return Counter({procedure: int(n) for procedure, n in connection.execute(query)})


def months_changed(before: Mapping[str, int], after: Mapping[str, int]) -> list[str]:
    """The changes that a list makes, month by month, for a person to read: "03/2026: 90 → 35"."""
    months = sorted({day[:7] for day in (*before, *after)})
    pairs = [(month, _of(month, before), _of(month, after)) for month in months]
    return [f"{month[5:]}/{month[:4]}: {old} → {new}" for month, old, new in pairs if old]


def _of(month: str, days: Mapping[str, int]) -> int:
    return sum(n for day, n in days.items() if day.startswith(month))


def purge(connection: Connection, before: date) -> int:
    """Remove the counts of days before this one; returns how many results they counted."""
    old = returned.c.day < before.isoformat()
    gone = {tuple(row[:-1]): row.n for row in connection.execute(select(returned).where(old))}
    rollups.count_returned(connection, {key: -n for key, n in gone.items()})
    connection.execute(delete(returned).where(old))
    connection.execute(delete(returned_days).where(returned_days.c.day < before.isoformat()))
    return sum(gone.values())
