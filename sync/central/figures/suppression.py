"""Small cells are not shown, and neither is what would give them away. Pure.

A figure about one officer from fewer than `minimum` responses says more about a few citizens than about the
officer. Where totals are published beside the cells, hidden cells are unknowns in a system of equations; so
more cells are hidden with them, the smallest first, until none can be solved.

Promises, each with a property test:
- no cell with 0 < n < minimum is shown; an empty cell is: there is nobody behind it;
- along every published total at least two cells are hidden, or none, and together they hold at least
  `minimum` responses; where that is impossible, the total itself is hidden;
- from all that is published no hidden cell can be computed, also not around corners: cells are edges between
  the totals they are part of, and one can be solved exactly where it is a bridge of that graph;
- nothing is hidden where every cell is empty or large enough.

Totals are cells of a smaller table: suppress that one first, and hand in as `hidden` what it hides.

What this does not cover: somebody who compares two answers of different filters. Callers keep their filters
coarse (a day, a month, a unit) for roles below the administrator's.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from msgspec import Struct

# The coordinates of a cell, such as (officer,) or (officer, question).
Key = tuple[str, ...]
# A published total: the axis that is summed over, and the coordinates that are left.
Line = tuple[int, Key]


class Suppression(Struct, frozen=True):
    """What must not be shown: cells by their key, totals by the axis summed over and the rest of the key."""

    cells: frozenset[Key]
    totals: frozenset[Line]


def suppress(
    cells: Mapping[Key, int],
    *,
    minimum: int = 5,
    totalled: Sequence[int] = (0,),
    hidden: Iterable[Key] = (),
) -> Suppression:
    """What to hide of a table of counts.

    cells: key -> number of responses behind it. totalled: one or two axes over which totals are published.
    hidden: cells that are hidden for another reason, such as those of an officer hidden as a whole.

    Raises:
        ValueError: totals over more than two axes.
    """
    if not 1 <= len(totalled) <= 2:
        raise ValueError("totals over one or two axes")
    gone = {key for key, n in cells.items() if 0 < n < minimum} | set(hidden)
    lines = _lines(cells, totalled)
    secret: set[Line] = set()
    while found := _next_to_hide(cells, lines, totalled, gone, secret, minimum):
        if isinstance(found[0], int):
            secret.add(found)
        else:
            gone.add(found)
    return Suppression(frozenset(gone), frozenset(secret))


def _lines(cells: Mapping[Key, int], axes: Iterable[int]) -> dict[Line, list[Key]]:
    """The cells behind every published total, the smallest first, so that little is lost."""
    found: defaultdict[Line, list[Key]] = defaultdict(list)
    for key in sorted(cells, key=lambda key: (cells[key], key)):
        if cells[key]:
            for axis in axes:
                found[_line(key, axis)].append(key)
    return found


def _line(key: Key, axis: int) -> Line:
    return axis, key[:axis] + key[axis + 1 :]


def _next_to_hide(
    cells: Mapping[Key, int],
    lines: Mapping[Line, Sequence[Key]],
    axes: Iterable[int],
    gone: Collection[Key],
    secret: Collection[Line],
    minimum: int,
) -> Key | Line | None:
    """One more cell, or a total where there is no cell left to hide; None when all is safe."""
    for line, keys in lines.items():
        counts = [cells[key] for key in keys if key in gone]
        if line not in secret and counts and (len(counts) < 2 or sum(counts) < minimum):
            return next((key for key in keys if key not in gone), line)
    ends = {
        key: [line if line not in secret else None for line in (_line(key, axis) for axis in axes)]
        for key in cells
        if key in gone and cells[key]
    }
    for key in sorted(
        _bridges({key: (pair[0], pair[-1] if len(pair) > 1 else None) for key, pair in ends.items()})
    ):
        open_lines = [line for line in ends[key] if line is not None]
        beside = [other for line in open_lines for other in lines[line] if other not in gone]
        return min(beside, key=lambda other: (cells[other], other)) if beside else open_lines[0]
    return None


def _bridges(edges: Mapping[Key, tuple[Line | None, Line | None]]) -> list[Key]:
    """The edges whose removal parts what they join. None is one node: everything without a published total.

    R. E. Tarjan, "A note on finding the bridges of a graph" (1974), without recursion.
    """
    around: defaultdict[Line | None, list[tuple[Key, Line | None]]] = defaultdict(list)
    for key, (one, other) in edges.items():
        if one != other:
            around[one].append((key, other))
            around[other].append((key, one))
    found: list[Key] = []
    seen: dict[Line | None, int] = {}
    lowest: dict[Line | None, int] = {}
    for root in around:
        if root in seen:
            continue
        seen[root] = lowest[root] = len(seen)
        path: list[tuple[Line | None, Key | None, Iterator[tuple[Key, Line | None]]]]
        path = [(root, None, iter(around[root]))]
        while path:
            node, came_by, left = path[-1]
            step = next(left, None)
            if step is None:
                path.pop()
                if path:
                    before = path[-1][0]
                    lowest[before] = min(lowest[before], lowest[node])
                    if lowest[node] > seen[before] and came_by is not None:
                        found.append(came_by)
            elif step[1] not in seen:
                seen[step[1]] = lowest[step[1]] = len(seen)
                path.append((step[1], step[0], iter(around[step[1]])))
            elif step[0] != came_by:
                lowest[node] = min(lowest[node], seen[step[1]])
    return found
