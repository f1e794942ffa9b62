"""What can be calculated from counts of one row: of units within one another, and of days that overlap. Pure.

Who reads several copies can join days that meet, take a month from its quarter, and take from the count of a
unit, or of all answers, those of separate units, plans and days within it. What is left over must not be a
few answers, nor a count that a copy hides.

What is left: combinations of counts none of which lies within another, such as those of two plans that share
some of their answers.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import combinations
from typing import NamedTuple

from msgspec import Struct

from sync.central.figures.summary import SMALLEST

Span = tuple[date, date]
"""The first day, and the first one that is not in it any more."""


class Tree(Struct, frozen=True):
    """above: the unit above each unit; of one that is not in it, the whole centre. below: the units below."""

    above: Mapping[str, str]
    below: Mapping[str, tuple[str, ...]]


def tree_of(above: Mapping[str, str]) -> Tree:
    """The tree in which these units are above these."""
    below: defaultdict[str, list[str]] = defaultdict(list)
    for unit, its in above.items():
        below[its].append(unit)
    return Tree(above, {unit: tuple(units) for unit, units in below.items()})


class Whose(Struct, frozen=True):
    """Whose answers: of a unit with those below it, "" for the whole centre; of a plan and group, or of all.

    own: without the units below it.
    """

    unit: str
    plan: str = ""
    group: str = ""
    own: bool = False


class Count(Struct, frozen=True):
    """How many answers there are of these days. hidden: a copy hides the number."""

    of: Whose
    span: Span
    n: int
    hidden: bool = False


Given = tuple[Whose, Span, str]
"""A count that gives something away, and how."""


def given_away(counts: Sequence[Count], tree: Tree) -> frozenset[Given]:
    """Every count, said or calculated, that gives away a few answers or a number that is hidden."""
    return frozenset(_Reader(counts, tree).given())


class _Packed(NamedTuple):
    """Sums of separate counts. top: the largest; near: the bit d is set where top - d is one, too.

    one: the largest with exactly one hidden count among them, None without one.
    """

    top: int = 0
    near: int = 1
    one: int | None = None


_NOTHING = _Packed()
# A sum that is this much smaller than the largest can't leave a few answers of any count around it; twice the
# smallest, and some more where copies were read before and after a response was removed.
_NEAR = 4 * SMALLEST
_MASK = (1 << _NEAR) - 1
# The sums that differ from one by a few, around the bit of that one.
_AROUND = SMALLEST - 1
_FEW = ((1 << 2 * _AROUND + 1) - 1) ^ (1 << _AROUND)


def _joined(a: _Packed, b: _Packed) -> _Packed:
    """The sums of both together."""
    if a is _NOTHING or b is _NOTHING:
        return b if a is _NOTHING else a
    one = None if b.one is None else b.one + a.top
    if a.one is not None:
        one = max(one or 0, a.one + b.top)
    return _Packed(a.top + b.top, _sums(a.near, b.near), one)


def _sums(a: int, b: int) -> int:
    """What is near the largest sum where one is of a and one of b."""
    if a == 1 or b == 1:
        return a * b
    near = 0
    while a:
        bit = a & -a
        near |= b * bit
        a ^= bit
    return near & _MASK


def _either(a: _Packed, b: _Packed) -> _Packed:
    """The sums of one or the other."""
    more, less = (a, b) if a.top >= b.top else (b, a)
    apart = more.top - less.top
    if apart >= _NEAR and less.one is None:
        return more
    near = more.near | (less.near << apart if apart < _NEAR else 0)
    ones = [one for one in (a.one, b.one) if one is not None]
    return _Packed(more.top, near & _MASK, max(ones, default=None))


class _Reader:
    """Somebody who has read these counts."""

    def __init__(self, counts: Sequence[Count], tree: Tree) -> None:
        self._tree = tree
        self._said: defaultdict[Whose, list[tuple[Span, int]]] = defaultdict(list)
        self._hidden: defaultdict[Whose, dict[Span, int]] = defaultdict(dict)
        self._ends: defaultdict[Whose, set[date]] = defaultdict(set)
        self._parts: defaultdict[Whose, set[tuple[str, Whose]]] = defaultdict(set)
        for each in counts:
            if each.hidden:
                self._hidden[each.of][each.span] = each.n
            else:
                self._said[each.of].append((each.span, each.n))
            self._place(each.of, each.span)
        self._spans: dict[Whose, dict[Span, int]] = {}
        for of in sorted(self._ends, key=self._depth, reverse=True):
            said = [*self._said[of], *self._sums(of)]
            self._spans[of] = _calculated(said)
            self._ends[of] |= {day for span in self._spans[of] for day in span}
        self._best: dict[tuple[Whose, Span], _Packed] = {}

    def given(self) -> Iterable[Given]:
        """What gives something away."""
        for of, spans in self._spans.items():
            for span, n in spans.items():
                if 0 < abs(n) < SMALLEST:
                    yield of, span, "few"
                if n and span in self._hidden[of]:
                    yield of, span, "hidden"
                within = self._within(of, span)
                if _few_left(n, within):
                    yield of, span, "few left"
                if n and within.one == n:
                    yield of, span, "one hidden left"
            for span, n in self._said[of]:
                if 0 < abs(spans[span] - n) < SMALLEST:
                    yield of, span, "said twice"

    # --- whose answers are within whose ---------------------------------------------------------------------

    def _place(self, of: Whose, span: Span) -> None:
        """Note these days with all whose answers these are as well; how each of them is divided."""
        self._ends[of] |= set(span)
        wholes = [("plan", Whose(of.unit, own=of.own))] if of.plan and not of.group else []
        if of.group:
            wholes = [("group", Whose(of.unit, of.plan, own=of.own))]
        if of.own:
            wholes.append(("unit", Whose(of.unit, of.plan, of.group)))
        elif of.unit:
            wholes.append(("unit", Whose(self._tree.above.get(of.unit, ""), of.plan, of.group)))
        for by, whole in wholes:
            self._parts[whole].add((f"{by} {of.plan}" if by == "plan" else by, of))
            if not set(span) <= self._ends[whole]:
                self._place(whole, span)

    def _depth(self, of: Whose) -> int:
        """How many units are above it."""
        unit, found = of.unit, int(of.own)
        while unit:
            unit, found = self._tree.above.get(unit, ""), found + 1
        return found

    def _sums(self, of: Whose) -> list[tuple[Span, int]]:
        """What all units below it have together, if its own answers are none or said, too."""
        if not self._said[of] or of.own:
            return []
        below = {Whose(unit, of.plan, of.group) for unit in self._tree.below.get(of.unit, ())}
        below |= {Whose(of.unit, of.plan, of.group, own=True)} & self._spans.keys()
        if not below or not below <= self._spans.keys():
            return []
        shared = set.intersection(*(set(self._spans[each]) for each in below))
        sums = {span: sum(self._spans[each][span] for each in below) for span in shared}
        if any(sums.get(span, n) != n for span, n in self._said[of]):
            return []
        return list(sums.items())

    # --- counts within counts -------------------------------------------------------------------------------

    def _packed(self, of: Whose, span: Span) -> _Packed:
        """What separate counts within these answers have together."""
        if (of, span) not in self._best:
            found = self._within(of, span)
            n, hidden = self._spans[of].get(span), self._hidden[of].get(span)
            if n is not None:
                found = _either(found, _Packed(n))
            if hidden is not None:
                found = _either(found, _Packed(one=hidden))
            self._best[of, span] = found
        return self._best[of, span]

    def _within(self, of: Whose, span: Span) -> _Packed:
        """The same without the count of exactly these answers."""
        found = _NOTHING
        for day in self._ends[of]:
            if span[0] < day < span[1]:
                before, after = self._packed(of, (span[0], day)), self._packed(of, (day, span[1]))
                found = _either(found, _joined(before, after))
        divided: dict[str, _Packed] = {}
        for by, part in self._parts.get(of, ()):
            divided[by] = _joined(divided.get(by, _NOTHING), self._packed(part, span))
        for each in divided.values():
            found = _either(found, each)
        return found


def _few_left(n: int, within: _Packed) -> bool:
    """Whether one of these sums differs from n by a few."""
    first = within.top - n - _AROUND
    return first < _NEAR and bool(within.near & (_FEW << first if first >= 0 else _FEW >> -first))


def _calculated(said: Sequence[tuple[Span, int]]) -> dict[Span, int]:
    """The answers of all days between two ends that counts join: a quarter less its first month is one."""
    found: dict[Span, int] = {}
    reached: set[date] = set()
    joined: defaultdict[date, list[tuple[date, int]]] = defaultdict(list)
    for (begin, end), n in said:
        joined[begin].append((end, n))
        joined[end].append((begin, -n))
    for start in list(joined):
        if start in reached:
            continue
        at, waiting = {start: 0}, [start]
        while waiting:
            here = waiting.pop()
            for there, n in joined[here]:
                if there not in at:
                    at[there] = at[here] + n
                    waiting.append(there)
        reached |= at.keys()
        found |= {(a, b): at[b] - at[a] for a, b in combinations(sorted(at), 2)}
    return found
