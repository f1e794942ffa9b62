"""Units as a dated tree: which unit belongs to which on a day. Pure.

A unit is one or more periods under one code: when a reform moves a commune to another province, its old
period ends and a new one begins on the next day. First and last days count; no day means no limit.

Promises of a list without `unit_problems`:
- on any day a code names at most one unit, every parent exists, and no unit is above itself;
- a subtree on a day holds exactly the units whose chain of parents on that day meets its root.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta

from msgspec import Struct

from sync.contract.catalogue import Unit
from sync.contract.problem import Problem
from sync.contract.problem.files import ENTRY_INVALID, ID_REPEATED, REFERENCE_DANGLING

CENTRE = ""
"""The unit of rows that hold for the whole centre, above all units."""

_DAY = timedelta(days=1)


class Entry(Struct, frozen=True):
    """A unit and where it was read, such as "units.csv:12"."""

    where: str
    unit: Unit


class Span(Struct, frozen=True):
    """A unit belonged to a subtree from the first to the last of these days; None: no limit."""

    unit: str
    first: date | None
    last: date | None


class UnitTree:
    """All units of all times; ask it about a day. The list must have no `unit_problems`."""

    def __init__(self, units: Iterable[Unit]) -> None:
        self._units = tuple(units)
        # The days on which the tree changes: between two of them it is the same.
        self.changes = sorted(
            {unit.valid_from for unit in self._units if unit.valid_from}
            | {unit.valid_to + _DAY for unit in self._units if unit.valid_to and unit.valid_to < date.max}
        )
        self._known: dict[int, tuple[dict[str, Unit], dict[str, list[str]]]] = {}

    def on(self, day: date) -> Mapping[str, Unit]:
        """The units that exist on `day`, by code."""
        return self._state(bisect_right(self.changes, day))[0]

    def path(self, code: str, day: date) -> tuple[Unit, ...]:
        """The unit and everything above it on `day`, the root first; empty where there is no such unit."""
        units = self.on(day)
        found: list[Unit] = []
        unit = units.get(code)
        while unit is not None:
            found.append(unit)
            unit = units.get(unit.parent) if unit.parent else None
        return tuple(reversed(found))

    def subtree(self, code: str, day: date) -> frozenset[str]:
        """The unit and everything below it on `day`; empty where there is no such unit."""
        return self._below(code, bisect_right(self.changes, day))

    def spans(self, code: str) -> tuple[Span, ...]:
        """Which units belonged to the subtree of `code`, and when, over all times, by unit and first day.

        Queries of responses use these instead of one day: a response counts where its unit belonged on the
        day it was given, before and after a reform.
        """
        open_since: dict[str, date | None] = {}
        spans: list[Span] = []
        for state in range(len(self.changes) + 1):
            first = self.changes[state - 1] if state else None
            members = self._below(code, state)
            for unit in [unit for unit in open_since if unit not in members]:
                spans.append(Span(unit, open_since.pop(unit), first - _DAY if first else None))
            for unit in members:
                open_since.setdefault(unit, first)
        spans += [Span(unit, first, None) for unit, first in open_since.items()]
        return tuple(sorted(spans, key=lambda span: (span.unit, span.first or date.min)))

    def _below(self, code: str, state: int) -> frozenset[str]:
        units, children = self._state(state)
        codes: set[str] = set()
        todo = [code] if code in units else []
        while todo:
            one = todo.pop()
            if one not in codes:
                codes.add(one)
                todo += children.get(one, ())
        return frozenset(codes)

    def _state(self, state: int) -> tuple[dict[str, Unit], dict[str, list[str]]]:
        """Units and children between two changes; state 0 is before the first one."""
        if state not in self._known:
            day = self.changes[state - 1] if state else date.min
            units = {unit.code: unit for unit in self._units if is_valid(unit, day)}
            children: defaultdict[str, list[str]] = defaultdict(list)
            for unit in units.values():
                if unit.parent:
                    children[unit.parent].append(unit.code)
            self._known[state] = (units, dict(children))
        return self._known[state]


def is_valid(unit: Unit, day: date) -> bool:
    """Whether this period of the unit holds `day`."""
    return (unit.valid_from or date.min) <= day <= (unit.valid_to or date.max)


# --- what can be wrong -------------------------------------------------------------------------------


def unit_problems(entries: Iterable[Entry]) -> Iterator[Problem]:
    """Every problem of a list of units as a whole; `where` is the entry and its column."""
    every = list(entries)
    for entry in every:
        if _first(entry.unit) > _last(entry.unit):
            yield _wrong(entry, "valid_to", "trước ngày bắt đầu")
    periods: defaultdict[str, list[Entry]] = defaultdict(list)
    for entry in every:
        periods[entry.unit.code].append(entry)
    for group in periods.values():
        yield from _overlaps(group)
    for entry in every:
        yield from _parent_problems(entry, periods)
    yield from _circles(every)


def _overlaps(group: list[Entry]) -> Iterator[Problem]:
    ordered = sorted(group, key=lambda entry: (_first(entry.unit), _last(entry.unit)))
    longest = ordered[0]
    for entry in ordered[1:]:
        if _first(entry.unit) <= _last(longest.unit):
            detail = f"'{entry.unit.code}' trùng ngày với {longest.where}"
            yield ID_REPEATED(where=f"{entry.where}: code", detail=detail)
        longest = max(longest, entry, key=lambda one: _last(one.unit))


def _parent_problems(entry: Entry, periods: Mapping[str, list[Entry]]) -> Iterator[Problem]:
    """The parent must be there on every day of the unit, in one period or in several that join."""
    unit = entry.unit
    if unit.parent is None or _first(unit) > _last(unit):
        return
    if unit.parent not in periods:
        yield REFERENCE_DANGLING(where=f"{entry.where}: parent", detail=f"không có đơn vị '{unit.parent}'")
        return
    missing = _first(unit)
    for parent in sorted((other.unit for other in periods[unit.parent]), key=_first):
        if _first(parent) <= missing <= _last(parent):
            if _last(parent) >= _last(unit):
                return
            missing = _last(parent) + _DAY
    day = "" if missing == date.min else f" vào ngày {missing:%d/%m/%Y}"
    yield REFERENCE_DANGLING(where=f"{entry.where}: parent", detail=f"không có đơn vị '{unit.parent}'{day}")


def _circles(entries: list[Entry]) -> Iterator[Problem]:
    """Units above themselves on some day; each is named once."""
    named: set[str] = set()
    tree = UnitTree(entry.unit for entry in entries)
    for day in [date.min, *tree.changes]:
        units = tree.on(day)
        safe: set[str] = set()
        for code in units:
            chain: dict[str, None] = {}
            above: str | None = code
            while above is not None and above in units and above not in safe and above not in chain:
                chain[above] = None
                above = units[above].parent
            if above in chain:
                circle = list(chain)[list(chain).index(above) :]
                if not named & set(circle):
                    where = next(entry.where for entry in entries if entry.unit == units[circle[0]])
                    detail = " → ".join([*circle, circle[0]])
                    yield ENTRY_INVALID(where=f"{where}: parent", detail=f"đứng trên chính nó: {detail}")
                named.update(circle)
            safe.update(chain)


def _wrong(entry: Entry, column: str, detail: str) -> Problem:
    return ENTRY_INVALID(where=f"{entry.where}: {column}", detail=detail)


def _first(unit: Unit) -> date:
    return unit.valid_from or date.min


def _last(unit: Unit) -> date:
    return unit.valid_to or date.max
