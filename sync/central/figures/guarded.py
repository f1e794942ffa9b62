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
from collections.abc import Mapping

from msgspec import Struct

# unit, officer ("" for none), question
Cell = tuple[str, str, str]


class Guarded(Struct, frozen=True):
    """hidden: cells that are shown without their figures. absent: cells that are not shown at all."""

    hidden: frozenset[Cell]
    absent: frozenset[Cell]


def guard(cells: Mapping[Cell, int], minimum: int = 5) -> Guarded:
    """What must not be shown of one month's table of answers."""
    lines: defaultdict[tuple[str, str], list[tuple[int, Cell]]] = defaultdict(list)
    for cell, n in cells.items():
        if n and cell[1]:
            lines[cell[0], cell[2]].append((n, cell))
    hidden: set[Cell] = set()
    absent: set[Cell] = set()
    for line in lines.values():
        # The smallest cells are hidden first, so that as few answers as possible are lost.
        line.sort()
        away = [one for one in line if one[0] < minimum]
        others = [one for one in line if one not in away]
        while away and others and not _enough(away, minimum):
            away.append(others.pop(0))
        if len(line) < 2 or (away and not _enough(away, minimum)):
            absent.update(cell for _, cell in line)
        else:
            hidden.update(cell for _, cell in away)
    return Guarded(frozenset(hidden), frozenset(absent))


def _enough(away: list[tuple[int, Cell]], minimum: int) -> bool:
    return len(away) >= 2 and sum(n for n, _ in away) >= minimum
