"""The table that came back of a plan's data next to our own figures, line by line. Pure.

Our figures are those of the report about the whole survey, so page and document compare with the same.
Promises (each has a test of this name):
- a line is compared with the one item that it names, whatever its marks and capitals;
- a difference is named with its size, and a line that names no item, or two, is named.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import product

from msgspec import Struct

from sync.central.office.planning.returned_table import Line
from sync.central.reports.kinds.levels import Rated
from sync.contract.plan import PlanGroup
from sync.contract.text import pick, without_marks

FORMS = "so-phieu"
"""The item of a number of forms; an empty cell means it, too."""
_FORMS_WORDS = "Số phiếu"


class Item(Struct, frozen=True, kw_only=True):
    """One figure of ours. unit: "" for a whole group. percent: None for forms alone."""

    group: str
    group_name: str
    unit: str
    unit_name: str
    id: str
    words: str
    n: int
    percent: str | None


class ComparedLine(Struct, frozen=True, kw_only=True):
    """A line, and the item of ours that it names, None for none or several.

    forms: how many more it has than we have; points: how many more percentage points; 0 where equal, or where
    one of the two says nothing.
    """

    line: Line
    item: Item | None
    forms: int
    points: Decimal

    @property
    def same(self) -> bool:
        """Whether it says what we say."""
        return self.item is not None and not self.forms and not self.points


class Comparison(Struct, frozen=True):
    """All lines, in their order, and the items of ours that no line names."""

    lines: tuple[ComparedLine, ...]
    missing: tuple[Item, ...]

    @property
    def differing(self) -> tuple[ComparedLine, ...]:
        """Lines that name an item and say something else of it."""
        return tuple(each for each in self.lines if each.item is not None and not each.same)

    @property
    def unknown(self) -> tuple[ComparedLine, ...]:
        """Lines that name no item of ours."""
        return tuple(each for each in self.lines if each.item is None)

    @property
    def same(self) -> int:
        """How many lines say what we say."""
        return sum(each.same for each in self.lines)


class UnitShare(Struct, frozen=True, kw_only=True):
    """Forms or a share of one unit. percent: None for a number of forms."""

    unit: str
    name: str
    n: int
    percent: str | None


def items_of_group(
    group: PlanGroup, forms: int, ratings: Sequence[Rated], units: Sequence[UnitShare], overall: str
) -> Iterator[Item]:
    """Our figures of one group. overall: the id of the rating that shares of units are of."""
    texts = {each.question: each.text for each in ratings}
    name = pick(group.name, "vi")

    def item(id: str, words: str, n: int, percent: str | None, unit: str = "", unit_name: str = "") -> Item:
        return Item(
            group=group.id,
            group_name=name,
            unit=unit,
            unit_name=unit_name,
            id=id,
            words=words,
            n=n,
            percent=percent,
        )

    yield item(FORMS, _FORMS_WORDS, forms, None)
    for each in ratings:
        yield item(each.question, each.text, each.n, each.percent)
    for share in units:
        id = FORMS if share.percent is None else overall
        yield item(id, texts.get(id, _FORMS_WORDS), share.n, share.percent, share.unit, share.name)


def compare_table(lines: Sequence[Line], items: Sequence[Item]) -> Comparison:
    """Every line next to the item that it names."""
    by_name: defaultdict[tuple[str, str, str], dict[int, Item]] = defaultdict(dict)
    alone = len({item.group for item in items}) == 1
    for at, item in enumerate(items):
        for name in _names(item, alone=alone):
            by_name[name][at] = item
    compared: list[ComparedLine] = []
    named: set[int] = set()
    for line in lines:
        fitting = by_name.get((_plain(line.group), _plain(line.unit), _plain(line.item or FORMS)), {})
        alike = fitting if len(fitting) == 1 else {}
        named |= alike.keys()
        compared.append(_compared(line, next(iter(alike.values()), None)))
    return Comparison(tuple(compared), tuple(item for at, item in enumerate(items) if at not in named))


def _compared(line: Line, item: Item | None) -> ComparedLine:
    forms = line.n - item.n if item is not None and line.n is not None else 0
    points = Decimal(0)
    if item is not None and line.percent is not None and item.percent is not None:
        points = Decimal(line.percent) - Decimal(item.percent)
    return ComparedLine(line=line, item=item, forms=forms, points=points)


def _names(item: Item, *, alone: bool) -> Iterator[tuple[str, str, str]]:
    """Everything that a line may call an item: group, unit and item. alone: the group needs no name."""
    groups = (item.group, item.group_name, *(("",) if alone else ()))
    for names in product(groups, {item.unit, item.unit_name}, {item.id, item.words}):
        group, unit, words = map(_plain, names)
        yield group, unit, words


def _plain(text: str) -> str:
    """The text for comparing: small letters without marks and points."""
    return " ".join(without_marks(text).casefold().replace("-", " ").split()).rstrip(" .?:;")
