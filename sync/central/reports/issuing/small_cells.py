"""What a copy for others doesn't say: rows of few answers, and whatever gives such a row away. Pure.

Promises, each with a test:
- a row that rests on fewer than five answers shows no number, neither in a public table nor in the copy that
  leaves the office; where a sum would give it away, the next smallest rows show none either, and no others;
- nor does a row by which another could be calculated from what was approved before, whatever came first: the
  quarter less two of its months says no more about the third than that month's own report, a unit less all
  but one below it no more than that one's, and all answers less those of a plan no more than a few;
- few answers in the period before hide the figures of that period, and the difference from it.

What is left: where a month is approved after its quarter, and all of its other rows are known, hiding one
more row hides nothing; of a revised period its own figures before (public.py refuses these); and what
differences.py leaves.
"""

from collections import defaultdict
from collections.abc import Collection, Container, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import cache

from msgspec import Struct
from msgspec.structs import replace

from sync.central.figures.guarded import hidden_parts
from sync.central.figures.periods import Period
from sync.central.figures.summary import SMALLEST
from sync.central.reports.issuing.differences import Count, Given, Tree, Whose, given_away
from sync.central.reports.model import (
    Block,
    Document,
    Figure,
    Paragraph,
    Row,
    Table,
    blocks_of,
    with_blocks,
    written,
)

# The heading of the column that says how many answers a row rests on.
N = "n"
# A row by what its table is about, the group of columns (“Kỳ trước”, "" for its own), and its name.
RowName = tuple[str, str, str]
_NOTE = f"“–” thay cho số: dưới {SMALLEST} lượt trả lời, hoặc cho biết số của dòng hay kỳ khác."
_DAY = timedelta(days=1)


class Said(Struct, frozen=True, kw_only=True):
    """How many answers a copy says, or hides, that one row rests on.

    row: what it counts answers by, and its name: alike in all copies that say how the same was answered. of:
    whose answers. first, end: of its days; the end is not in them any more.
    """

    row: tuple[str, str]
    of: Whose
    first: date
    end: date
    n: int
    hidden: bool = False

    @property
    def count(self) -> Count:
        """The same without its row."""
        return Count(self.of, (self.first, self.end), self.n, self.hidden)


class Days(Struct, frozen=True):
    """What a group of columns is about: whose answers, and of which days."""

    of: Whose
    period: Period


About = Mapping[str, Days]
"""By the heading of a group of columns, such as “Kỳ trước”; "": the columns without one."""
_Row = tuple[tuple[str, str], Whose]


def said_of(document: Document, about: About, withheld: Collection[RowName], tree: Tree) -> tuple[Said, ...]:
    """What the copy for others says of this document, and what it hides."""
    found: list[Said] = []
    for group in about:
        found += _said(document, group, about[group], withheld, tree)
    return tuple(found)


def _said(
    document: Document, group: str, days: Days, withheld: Collection[RowName], tree: Tree
) -> Iterator[Said]:
    """A row that several tables have: as the first has it."""
    seen: set[_Row] = set()
    for table in _tables(document):
        away = hidden_rows(table, withheld) if not group else frozenset()
        for at, row in enumerate(table.rows):
            n, key = _size_in(table, row, group), _key(table, row, days, tree)
            if n is None or key in seen:
                continue
            seen.add(key)
            hidden = at in away if not group else bool(hidden_before(table, row, withheld))
            yield _counted(key, days, n, hidden=hidden and n > 0)


def withheld_rows(
    document: Document, about: About, earlier: Sequence[Sequence[Said]], tree: Tree
) -> frozenset[RowName]:
    """Every row that this document doesn't say.

    earlier: what somebody may have read already in other documents; several times, if some of these were
    issued in several versions.
    """
    found: set[RowName] = set()
    read = [list(each) for each in earlier] or [[]]
    for group, days in about.items():
        telling = {name for said in read for name in _telling(document, group, days, said, tree)}
        found |= telling
        if not group:
            for table in _tables(document):
                away = hidden_rows(table, telling, _Calculable(table, days, read, tree))
                found |= {row_name(table, row) for at, row in enumerate(table.rows) if at in away}
        for said in read:
            said += _said(document, group, days, found, tree)
    return frozenset(found)


def _telling(document: Document, group: str, days: Days, said: Sequence[Said], tree: Tree) -> set[RowName]:
    """The rows of these columns from which, next to what was said, something can be calculated that is to be
    hidden."""
    rows: dict[tuple[str, str], dict[Whose, tuple[RowName, Said]]] = defaultdict(dict)
    for table in _tables(document):
        for row in table.rows:
            n, (name, of) = _size_in(table, row, group), _key(table, row, days, tree)
            if n is not None:
                about, _, called = row_name(table, row)
                one = _counted((name, of), days, n, hidden=0 < n < SMALLEST)
                rows[name].setdefault(of, ((about, group, called), one))
    found: set[RowName] = set()
    by_row = _by_row(said)
    for name, those in rows.items():
        hidden = [one.count for _, one in those.values() if one.hidden]
        shown = [each for each in those.values() if not each[1].hidden]
        # The largest first: of those that give each other away the smallest are hidden.
        shown.sort(key=lambda each: -each[1].n)
        found |= _giving_away(_Known([*by_row[name], *hidden], tree), shown)
    return found


class _Known:
    """The counts of one row that somebody knows."""

    def __init__(self, counts: list[Count], tree: Tree) -> None:
        self._counts = counts
        self._tree = tree
        self._given: frozenset[Given] | None = None

    def take(self, counts: Iterable[Count]) -> bool:
        """Add these if they give nothing more away; returns whether they were added."""
        more = [*self._counts, *counts]
        given = given_away(more, self._tree)
        if given and self._given is None:
            self._given = given_away(self._counts, self._tree)
        if given and not given <= (self._given or frozenset()):
            return False
        self._counts, self._given = more, given
        return True

    def hide(self, count: Count) -> None:
        """Add this one as hidden."""
        self._counts.append(replace(count, hidden=True))
        self._given = None


def _giving_away(known: _Known, rows: Sequence[tuple[RowName, Said]]) -> set[RowName]:
    """Those of the rows that may not be said; all are known then, these as hidden."""
    if not rows or known.take(one.count for _, one in rows):
        return set()
    if len(rows) == 1:
        known.hide(rows[0][1].count)
        return {rows[0][0]}
    half = len(rows) // 2
    return _giving_away(known, rows[:half]) | _giving_away(known, rows[half:])


class _Calculable:
    """The rows whose number can be calculated from what was said, whether this document hides it or not.

    Each is looked at when it is asked for, and once: of a table with many rows few would be hidden.
    """

    def __init__(self, table: Table, days: Days, read: Sequence[Sequence[Said]], tree: Tree) -> None:
        self._table = table
        self._days = days
        self._read = [_by_row(said) for said in read]
        self._tree = tree
        self._before = cache(lambda at, row: given_away(self._read[at][row], tree))
        self._found = cache(self._calculable)

    def __contains__(self, at: object) -> bool:
        return isinstance(at, int) and self._found(at)

    def _calculable(self, at: int) -> bool:
        row = self._table.rows[at]
        n, key = _size_in(self._table, row, ""), _key(self._table, row, self._days, self._tree)
        if not n:
            return False
        count = _counted(key, self._days, n, hidden=True).count
        return any(
            _plainly_said(said[key[0]], count)
            or not given_away([*said[key[0]], count], self._tree) <= self._before(each, key[0])
            for each, said in enumerate(self._read)
        )


def _plainly_said(counts: Iterable[Count], count: Count) -> bool:
    """Whether this count is said as it is, and hidden nowhere, which needs no calculation."""
    same = [each for each in counts if each.of == count.of and each.span == count.span]
    return bool(same) and all(each.n == count.n and not each.hidden for each in same)


def _by_row(said: Sequence[Said]) -> defaultdict[tuple[str, str], list[Count]]:
    found: defaultdict[tuple[str, str], list[Count]] = defaultdict(list)
    for each in said:
        found[each.row].append(each.count)
    return found


def _key(table: Table, row: Row, days: Days, tree: Tree) -> _Row:
    """What a row counts, and whose answers: of a row about a unit, what that unit's own document says."""
    about, _, name = row_name(table, row)
    if not row.unit:
        return (about, name), days.of
    return table.rated or (about, ""), replace(days.of, unit=row.unit, own=row.unit in tree.below)


def _counted(key: _Row, days: Days, n: int, *, hidden: bool) -> Said:
    row, of = key
    period = days.period
    return Said(row=row, of=of, first=period.first, end=period.last + _DAY, n=n, hidden=hidden)


# --- rows ---------------------------------------------------------------------------------------------------


def hidden_rows(
    table: Table, withheld: Collection[RowName] = (), known: Container[int] = ()
) -> frozenset[int]:
    """Which rows show no number: those of few answers, those that are withheld, and those that would give
    these away. known: those that other documents say.

    Where rows are parts, the sum of all counts as known, whether the table says it or not.
    """
    sizes = [_sizes(table, row) for row in table.rows]
    names = [row_name(table, row) for row in table.rows]
    small = {at for at, found in enumerate(sizes) if any(0 < n < SMALLEST for n in found)}
    small |= {at for at, name in enumerate(names) if name in withheld}
    if not table.parts:
        return frozenset(small)
    parts = {at: found[0] if found else 0 for at, found in enumerate(sizes) if not table.rows[at].total}
    return hidden_parts(parts, small, SMALLEST, known)


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

    def change(block: Block) -> Block | None:
        if isinstance(block, Table) and block.about:
            return _guarded(block, withheld)
        if isinstance(block, Paragraph) and block.says and _hides(block.says, tables, withheld):
            return Paragraph(block.instead, block.item) if block.instead else None
        return block

    tables = list(_tables(document))
    return with_blocks(document, change)


def _hides(says: tuple[str, str], tables: Sequence[Table], withheld: Collection[RowName]) -> bool:
    """Whether the row that a text says is hidden in its table."""
    about, name = says
    return any(
        row_name(table, row) == (about, "", name) and at in hidden_rows(table, withheld)
        for table in tables
        if table.about == about
        for at, row in enumerate(table.rows)
    )


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
