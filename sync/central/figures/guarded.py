"""Officers' figures for roles that must not see small cells, whatever else they request. Pure.

Roles below `admin` may request a unit's totals, by procedure and by day, and pull its rows; none of these
name the officer. So figures by officer come from one fixed table: a month that is over, by unit, officer and
question. What is hidden depends only on that table, never on the filters of a request: comparing the answers
to different requests reveals nothing that one of them does not show.

Promises, each with a test; for each unit separately, assuming that all its totals are known:
- no cell of an officer with 0 < n < minimum is shown;
- where a cell is hidden, at least two of its question are, and they hold at least `minimum` answers; answers
  that name no officer are not among them: most come from visits without a tag, which totals and rows show;
- if that is impossible, or one officer has all the answers, no officer is named.

What no table can hide: anyone in front of a counter sees who works there. And a visit of a month that is
over, sent by a tablet that was offline, changes its officer's figures on the day after it arrived.
"""

from collections import defaultdict
from collections.abc import Collection, Container, Hashable, Mapping
from typing import TypeVar

from msgspec import Struct

# unit, officer ("" for none), question
Cell = tuple[str, str, str]
K = TypeVar("K", bound=Hashable)


class Guarded(Struct, frozen=True):
    """hidden: cells that are shown without their figures. absent: cells that are not shown at all."""

    hidden: frozenset[Cell]
    absent: frozenset[Cell]


def guard(cells: Mapping[Cell, int], minimum: int = 5) -> Guarded:
    """What must not be shown of one month's table of answers."""
    lines: defaultdict[tuple[str, str], dict[Cell, int]] = defaultdict(dict)
    for cell, n in cells.items():
        if n and cell[1]:
            lines[cell[0], cell[2]][cell] = n
    hidden: set[Cell] = set()
    absent: set[Cell] = set()
    for line in lines.values():
        away = hidden_parts(line, {cell for cell, n in line.items() if n < minimum}, minimum)
        if len(line) < 2 or (away and not _enough(line, away, minimum)):
            absent |= line.keys()
        else:
            hidden |= away
    return Guarded(frozenset(hidden), frozenset(absent))


def hidden_parts(
    parts: Mapping[K, int], small: Collection[K], minimum: int = 5, known: Container[K] = ()
) -> frozenset[K]:
    """Which parts of a known sum are hidden: `small`, and of the others the smallest that have to be, too.

    small: those that must not be known. known: those that something else says, so that hiding them has no
    effect; only those are looked up that would be hidden. If there are not enough others, all but these are
    hidden, and the sum must be, too.
    """
    away = set(small)
    others = [part for part, n in parts.items() if n and part not in away]
    # By their names last, so that what is hidden depends on the parts alone.
    for part in sorted(others, key=lambda part: (parts[part], str(part))) if away else ():
        if _enough(parts, {part for part in away if part not in known}, minimum):
            break
        if part not in known:
            away.add(part)
    return frozenset(away)


def _enough(parts: Mapping[K, int], away: Collection[K], minimum: int) -> bool:
    some = [parts[part] for part in away if parts.get(part)]
    return len(some) >= 2 and sum(some) >= minimum
