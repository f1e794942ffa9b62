"""What a copy for others doesn't say: rows of few answers, and whatever gives such a row away. Pure.

Promises, each with a test:
- a row that rests on fewer than five answers shows no number, neither in a public table nor in the copy that
  leaves the office; where a sum would give it away, the next smallest rows show none either, and no others;
- nor does a row by which one of other days could be calculated from what the same unit has approved before:
  the quarter less two of its months says no more about the third than that month's own report;
- few answers in the period before hide the figures of that period, and the difference from it.

What is left: the figures of a parent less those of the units below it, where each publishes by itself; a
month that is approved after its quarter, if too few of its rows are left to hide; a row that is in one report
and has no answers in the other; of a revised period the figures before the revision; and a text that an
official writes or leaves as proposed, which may name the n of a row.
"""

from bisect import bisect_right
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import combinations

from msgspec import Struct
from msgspec.structs import replace

from sync.central.figures.guarded import hidden_parts
from sync.central.figures.periods import Period
from sync.central.figures.summary import SMALLEST
from sync.central.reports.model import (
    Document,
    Figure,
    Row,
    Table,
    blocks_of,
    with_tables,
    written,
)

# The heading of the column that says how many answers a row rests on.
N = "n"
# A row by what its table is about, the group of columns (“Kỳ trước”, "" for its own), and its name.
RowName = tuple[str, str, str]
_Edge = tuple[date, date, int]
_NOTE = f"“–” thay cho số: dưới {SMALLEST} lượt trả lời, hoặc cho biết số của dòng hay kỳ khác."
_DAY = timedelta(days=1)


class Said(Struct, frozen=True):
    """What a copy says of some days. sizes: how many answers, by row. hidden: rows with answers, not said."""

    period: Period
    sizes: Mapping[RowName, int]
    hidden: frozenset[RowName] = frozenset()


def said_of(
    document: Document, days: Mapping[str, Period], withheld: Collection[RowName]
) -> tuple[Said, ...]:
    """What this document says, by groups of columns; days: what each of them is about."""
    return tuple(_said(document, group, period, withheld) for group, period in days.items())


def _said(document: Document, group: str, period: Period, withheld: Collection[RowName]) -> Said:
    sizes: dict[RowName, int] = {}
    hidden = set()
    for table in _tables(document):
        away = hidden_rows(table, withheld)
        for at, row in enumerate(table.rows):
            about, _, name = row_name(table, row)
            n = _size_in(table, row, group)
            if n is None:
                continue
            few = at in away if not group else bool(hidden_before(table, row, withheld))
            if few and n:
                hidden.add((about, "", name))
            else:
                sizes[about, "", name] = n
    return Said(period, sizes, frozenset(hidden))


def withheld_rows(
    document: Document, days: Mapping[str, Period], earlier: Sequence[Said]
) -> frozenset[RowName]:
    """Every row that this document doesn't say. earlier: what the same unit's documents say already."""
    found: set[RowName] = set()
    said = list(earlier)
    for group, period in days.items():
        telling, known = set[RowName](), set[RowName]()
        for name, n in _own_sizes(document, group).items():
            of_days = (name[0], "", name[2])
            if _tells(period, n, of_days, said):
                telling.add(name)
            if _is_known(period, of_days, said):
                known.add(name)
        found |= telling
        if not group:
            for table in _tables(document):
                away = hidden_rows(table, telling, known)
                found |= {row_name(table, row) for at, row in enumerate(table.rows) if at in away}
        said.append(_said(document, group, period, found))
    return frozenset(found)


def _own_sizes(document: Document, group: str) -> dict[RowName, int]:
    """Of a name that two tables have, the one of the first."""
    found: dict[RowName, int] = {}
    for table in _tables(document):
        for row in table.rows:
            n = _size_in(table, row, group)
            if n is not None:
                about, _, name = row_name(table, row)
                found.setdefault((about, group, name), n)
    return found


# --- what can be calculated ---------------------------------------------------------------------------------


def _tells(period: Period, n: int, name: RowName, said: Sequence[Said]) -> bool:
    """Whether n answers of these days, next to what was said of others, give away a few answers, or those of
    days of which this row was hidden."""
    begin, end = _ends(period)
    edges = _edges(name, said)
    known = _reached(begin, edges).get(end)
    if known is not None:
        return 0 < abs(known - n) < SMALLEST
    spans = _spans([*edges, (begin, end, n)])
    hidden = {_ends(each.period) for each in said if name in each.hidden}
    return any(
        0 < abs(count) < SMALLEST or (count != 0 and span in hidden) for span, count in spans.items()
    ) or any(0 < abs(left) < SMALLEST for left in _left(spans))


def _is_known(period: Period, name: RowName, said: Sequence[Said]) -> bool:
    """Whether what was said of other days gives the answers of these."""
    begin, end = _ends(period)
    return end in _reached(begin, _edges(name, said))


def _edges(name: RowName, said: Sequence[Said]) -> list[_Edge]:
    """What was said of this row: from a day up to another one, this number of answers."""
    return [(*_ends(each.period), each.sizes[name]) for each in said if name in each.sizes]


def _reached(start: date, edges: Sequence[_Edge]) -> dict[date, int]:
    """How many answers there are from a day up to each end of periods that join it; negative before."""
    found, waiting = {start: 0}, [start]
    while waiting:
        here = waiting.pop()
        for begin, end, n in edges:
            if here in (begin, end):
                there, count = (end, found[here] + n) if here == begin else (begin, found[here] - n)
                if there not in found:
                    found[there] = count
                    waiting.append(there)
    return found


def _spans(edges: Sequence[_Edge]) -> dict[tuple[date, date], int]:
    """The answers of all days between two ends that periods join: a quarter less its first month is one."""
    found: dict[tuple[date, date], int] = {}
    seen: set[date] = set()
    for begin, _, _ in edges:
        if begin not in seen:
            at = _reached(begin, edges)
            seen |= at.keys()
            found |= {(start, end): at[end] - at[start] for start, end in combinations(sorted(at), 2)}
    return found


def _left(spans: Mapping[tuple[date, date], int]) -> Iterator[int]:
    """What each span leaves of its answers, less as many as possible of those of separate spans within it."""
    # The innermost of those that end together come first.
    order = sorted(spans, key=lambda span: (span[1], -span[0].toordinal()))
    for start in {start for start, _ in spans}:
        ends, most = [start], [0]  # most: that spans from `start` up to this end have together
        for begin, end in order:
            if begin >= start:
                if begin == start:
                    yield spans[begin, end] - most[-1]
                with_it = most[bisect_right(ends, begin) - 1] + spans[begin, end]
                ends.append(end)
                most.append(max(most[-1], with_it))


def _ends(period: Period) -> tuple[date, date]:
    """The first day, and the first one that is not in it any more."""
    return period.first, period.last + _DAY


# --- rows ---------------------------------------------------------------------------------------------------


def hidden_rows(
    table: Table, withheld: Collection[RowName] = (), known: Collection[RowName] = ()
) -> frozenset[int]:
    """Which rows show no number: those of few answers, those that are withheld, and those that would give
    these away. known: what other documents say.

    Where rows are parts, the sum of all counts as known, whether the table says it or not.
    """
    sizes = [_sizes(table, row) for row in table.rows]
    names = [row_name(table, row) for row in table.rows]
    small = {at for at, found in enumerate(sizes) if any(0 < n < SMALLEST for n in found)}
    small |= {at for at, name in enumerate(names) if name in withheld}
    if not table.parts:
        return frozenset(small)
    parts = {at: found[0] if found else 0 for at, found in enumerate(sizes) if not table.rows[at].total}
    return hidden_parts(parts, small, SMALLEST, {at for at, name in enumerate(names) if name in known})


def hidden_before(table: Table, row: Row, withheld: Collection[RowName] = ()) -> frozenset[int]:
    """The columns of a group, such as “Kỳ trước”, that rest on few answers or are withheld, and the
    difference from them."""
    about, _, name = row_name(table, row)
    groups = {column.group for column in table.columns if column.group and column.title == N}
    away = {
        group
        for group in groups
        if 0 < (_size_in(table, row, group) or 0) < SMALLEST or (about, group, name) in withheld
    }
    return frozenset(
        at
        for at, (column, cell) in enumerate(zip(table.columns, row.cells, strict=True))
        if away and (column.group in away or (isinstance(cell, Figure) and cell.kind == "points"))
    )


def row_name(table: Table, row: Row) -> RowName:
    """The name of a row: its texts."""
    texts = (
        written(cell) for column, cell in zip(table.columns, row.cells, strict=True) if not column.number
    )
    return table.about or table.id, "", " · ".join(texts)


def _sizes(table: Table, row: Row) -> list[int]:
    """How many answers a row rests on: its columns n, or its largest count.

    A column within a group is about something else, such as the period before.
    """
    counts = list(_counts(table, row, ""))
    of_n = [n for title, n in counts if title == N]
    return of_n or ([max(n for _, n in counts)] if counts else [])


def _size_in(table: Table, row: Row, group: str) -> int | None:
    """How many answers the columns of a group rest on; None if they don't say it."""
    if not group:
        return next(iter(_sizes(table, row)), None)
    return next((n for title, n in _counts(table, row, group) if title == N), None)


def _counts(table: Table, row: Row, group: str) -> Iterator[tuple[str, int]]:
    for column, cell in zip(table.columns, row.cells, strict=True):
        if not isinstance(cell, Figure) or column.group != group:
            continue
        if cell.kind == "count" and cell.value is not None:
            yield column.title, int(cell.value)


# --- copies -------------------------------------------------------------------------------------------------


def guarded(document: Document, withheld: Collection[RowName]) -> Document:
    """The document without the numbers that nobody outside may read."""
    return with_tables(document, lambda table: _guarded(table, withheld) if table.about else table)


def _guarded(table: Table, withheld: Collection[RowName]) -> Table:
    away = hidden_rows(table, withheld)
    rows = [
        _without(row, range(len(row.cells)) if at in away else hidden_before(table, row, withheld))
        for at, row in enumerate(table.rows)
    ]
    if rows == list(table.rows):
        return table
    return replace(table, rows=tuple(rows), note=" ".join(filter(None, (table.note, _NOTE))))


def _without(row: Row, away: Collection[int]) -> Row:
    """The row without the figures in these columns."""
    cells = (
        Figure(kind=cell.kind, value=None, few=True) if at in away and isinstance(cell, Figure) else cell
        for at, cell in enumerate(row.cells)
    )
    return replace(row, cells=tuple(cells))


def _tables(document: Document) -> Iterator[Table]:
    """The tables that count answers and leave the office."""
    for block in blocks_of(document):
        if isinstance(block, Table) and block.about and not block.internal:
            yield block
