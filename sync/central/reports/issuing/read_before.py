"""What somebody may have read in the documents of other units, kinds and days that count the same answers."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, exists, or_, select

from sync.central.figures.periods import Period
from sync.central.office.units.stored import load_units
from sync.central.office.units.tree import CENTRE, UnitTree
from sync.central.reports.asked import Asked
from sync.central.reports.issuing.differences import Tree, tree_of
from sync.central.reports.issuing.small_cells import Said
from sync.central.store.issuing import report_steps, reports
from sync.central.store.schema import unit_spans

# Of a document that was issued more often, what came before these is not looked at.
_VERSIONS = 3


def read_tree(connection: Connection, day: date) -> Tree:
    """The units of this day."""
    units = UnitTree(load_units(connection)).on(day)
    return tree_of({code: unit.parent or CENTRE for code, unit in units.items()})


def read_before(
    connection: Connection, asked: Asked, periods: Iterable[Period], tree: Tree
) -> tuple[tuple[Said, ...], ...]:
    """What approved documents say and hide of these days, of the unit, those above and those below them.

    Once with the newest version of each document; and with the one before, if it was issued in several.
    None of the versions of `asked` itself: those, the new one takes the place of. Days of another document
    that overlaps these count as well, and so on: a month is what is left of its quarter.
    """
    every = list(periods)
    first, last = min(each.first for each in every), max(each.last for each in every)
    while True:
        found = _approved(connection, asked.unit, tree, first, last)
        wider = (
            min([first, *(date.fromisoformat(row.first_day) for row in found)]),
            max([last, *(date.fromisoformat(row.last_day) for row in found)]),
        )
        if wider == (first, last):
            break
        first, last = wider
    versions: defaultdict[Asked, list[Sequence[Said]]] = defaultdict(list)
    for row in found:  # the newest first
        own = _asked(row)
        if own != asked and (row.issued or (row.state != "withdrawn" and not versions[own])):
            versions[own].append(msgspec.json.decode(row.said, type=tuple[Said, ...]))
    most = min(max(map(len, versions.values()), default=1), _VERSIONS)
    return tuple(
        tuple(said for each in versions.values() if each for said in each[min(at, len(each) - 1)])
        for at in range(max(most, 1))
    )


def _approved(connection: Connection, unit: str, tree: Tree, first: date, last: date) -> Sequence[Row[Any]]:
    """The approved documents that touch these days, of all units of the highest one above that has any."""
    c = reports.c
    those = [c.digest != "", c.first_day <= last.isoformat(), c.last_day >= first.isoformat()]
    path = [unit]
    while path[-1] != CENTRE:
        path.append(tree.above.get(path[-1], CENTRE))
    have = set(connection.scalars(select(c.unit).where(*those, c.unit.in_(path)).distinct()))
    top = next((each for each in reversed(path) if each in have), unit)
    if top != CENTRE:
        spans = unit_spans.c
        those.append(or_(c.unit == top, c.unit.in_(select(spans.unit).where(spans.root == top))))
    steps = report_steps.c
    issued = exists().where(steps.report == c.id, steps.step.in_(("send", "publish")))
    columns = (c.kind, c.unit, c.first_day, c.last_day, c.plan, c.plan_group, c.state, c.said)
    query = select(*columns, issued.label("issued")).where(*those).order_by(c.id.desc())
    return connection.execute(query).all()


def _asked(row: Row[Any]) -> Asked:
    return Asked(
        kind=row.kind,
        unit=row.unit,
        first=date.fromisoformat(row.first_day),
        last=date.fromisoformat(row.last_day),
        plan=row.plan,
        group=row.plan_group,
    )
