"""Officers' figures for those who must not see small cells, whatever else they ask. Pure.

Below the role `admin` anybody may ask for a unit's totals, by procedure and by day, and pull its rows; only
the officer is in none of these. So what is shown by officer is cut from one fixed table: a month that is
over, by unit, officer and question. It depends on that table alone, never on the filters of a question:
whoever compares the answers to different questions learns nothing that one of them does not say.

Promises, each with a test; in each unit by itself, all of whose totals count as known:
- no cell of an officer with 0 < n < minimum is shown;
- at least two cells are hidden beside each other, and `minimum` answers stand in them; answers that name no
  officer are not among them: most are of visits without a tag, which stand as such in totals and in rows;
- where that cannot be, and where one officer has all answers there are, nobody is named.

What no table can hide: who sits at which counter is known to anyone in front of it. And a visit of a month
that is over, sent by a tablet that was offline, changes its officer's figures on the
day after it arrived.
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
        # The smallest first, so that little is lost.
        line.sort()
        away = [one for one in line if one[0] < minimum]
        beside = [one for one in line if one not in away]
        while away and beside and not _enough(away, minimum):
            away.append(beside.pop(0))
        if len(line) < 2 or (away and not _enough(away, minimum)):
            absent.update(cell for _, cell in line)
        else:
            hidden.update(cell for _, cell in away)
    return Guarded(frozenset(hidden), frozenset(absent))


def _enough(away: list[tuple[int, Cell]], minimum: int) -> bool:
    return len(away) >= 2 and sum(n for n, _ in away) >= minimum
