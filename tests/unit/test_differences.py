"""What nobody can calculate from several copies: an attacker with linear algebra tries everything."""

import random
from collections.abc import Mapping, Sequence
from datetime import date
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.central.figures.summary import SMALLEST
from sync.central.reports.issuing.differences import Count, Span, Tree, Whose, given_away, tree_of

TREE = tree_of({"tinh": "", "xa-1": "tinh", "xa-2": "tinh", "xa-3": "tinh"})
STARTS = [date(2026, month, 1) for month in (1, 2, 3, 4)]
MONTHS: list[Span] = [(STARTS[at], STARTS[at + 1]) for at in range(3)]
QUARTER: Span = (STARTS[0], STARTS[3])
UNITS = ("xa-1", "xa-2", "xa-3", "tinh")
PLAN = "van-thang"
# Whose answer it is, in which month, and whether it counts for the plan.
Atom = tuple[str, int, bool]
Atoms = Mapping[Atom, int]
PRIME = (1 << 61) - 1


def atoms_of(of: Whose, span: Span) -> list[Atom]:
    """Which of all answers a count is of; those of the province itself are under its own code."""
    units = [of.unit] if of.own or of.unit != "tinh" else UNITS
    months = [at for at, (begin, end) in enumerate(MONTHS) if span[0] <= begin and end <= span[1]]
    plans = [True] if of.plan else [True, False]
    return [(unit, month, plan) for unit in units for month in months for plan in plans]


def number(atoms: Atoms, of: Whose, span: Span) -> int:
    return sum(atoms.get(each, 0) for each in atoms_of(of, span))


def issue(atoms: Atoms, order: Sequence[tuple[Whose, Span]], tree: Tree = TREE) -> list[Count]:
    """What is said and hidden if these documents of one row are approved one by one."""
    found: list[Count] = []
    for of, span in order:
        n = number(atoms, of, span)
        shown = Count(of, span, n)
        more = given_away([*found, shown], tree) - given_away(found, tree)
        if not more and not 0 < n < SMALLEST:
            found.append(shown)
        elif n:
            found.append(Count(of, span, n, hidden=True))
    return found


def calculated(atoms: Atoms, counts: Sequence[Count]) -> set[frozenset[Atom]]:
    """Every set of a few answers whose number is a combination of those that are said.

    The attacker knows whether the province has a counter of its own.
    """
    own = any(n for (unit, _, _), n in atoms.items() if unit == "tinh")
    every = sorted(atom for atom in atoms if own or atom[0] != "tinh")
    said = [set(atoms_of(each.of, each.span)) for each in counts if not each.hidden]
    mark = dict(
        zip(
            every,
            _orthogonal([[int(at in those) for at in every] for those in said], len(every)),
            strict=True,
        )
    )
    none = {0}
    for atom in every:
        if not atoms[atom]:
            none |= {(value + mark[atom]) % PRIME for value in none}
    small = [atom for atom in every if 0 < atoms[atom] < SMALLEST]
    return {
        frozenset(those)
        for size in range(1, SMALLEST)
        for those in combinations(small, size)
        if sum(atoms[atom] for atom in those) < SMALLEST
        and -sum(mark[atom] for atom in those) % PRIME in none
    }


def _orthogonal(rows: list[list[int]], width: int) -> list[int]:
    """A random vector at right angles to all rows: what they determine has the product 0 with it."""
    chance = random.Random(1)
    left = [row[:] for row in rows]
    pivots: dict[int, list[int]] = {}
    for row in left:
        for at, pivot in pivots.items():
            if row[at]:
                row[:] = [(a - row[at] * b) % PRIME for a, b in zip(row, pivot, strict=True)]
        first = next((at for at, value in enumerate(row) if value % PRIME), None)
        if first is None:
            continue
        inverse = pow(row[first], -1, PRIME)
        row[:] = [value * inverse % PRIME for value in row]
        for other, pivot in pivots.items():
            if pivot[first]:
                pivots[other] = [(a - pivot[first] * b) % PRIME for a, b in zip(pivot, row, strict=True)]
        pivots[first] = row
    free = [chance.randrange(PRIME) if at not in pivots else 0 for at in range(width)]
    bound = {at: -sum(value * free[to] for to, value in enumerate(row)) for at, row in pivots.items()}
    return [bound.get(at, free[at]) % PRIME for at in range(width)]


PLACES = [(unit, month, plan) for unit in UNITS for month in range(3) for plan in (True, False)]
XA_1, XA_2, XA_3 = (Whose(f"xa-{at}") for at in (1, 2, 3))
ALL = Whose("tinh")
SIX = {(unit, month, plan): 0 if plan or unit == "tinh" else 6 for unit, month, plan in PLACES}


@pytest.mark.parametrize(
    ("few", "order"),
    [
        # The province less two of its three units.
        ({("xa-3", 0, False): 3}, [(XA_1, MONTHS[0]), (XA_2, MONTHS[0]), (ALL, MONTHS[0])]),
        ({("xa-3", 0, False): 3}, [(ALL, MONTHS[0]), (XA_1, MONTHS[0]), (XA_2, MONTHS[0])]),
        # What the province has by itself.
        (
            {("tinh", 0, False): 2},
            [(XA_1, MONTHS[0]), (XA_2, MONTHS[0]), (XA_3, MONTHS[0]), (ALL, MONTHS[0])],
        ),
        # A month that comes after its quarter.
        ({("xa-1", 2, False): 3}, [(XA_1, QUARTER), (XA_1, MONTHS[0]), (XA_1, MONTHS[1])]),
        # The province's quarter less one unit's quarter, another one's, and two months of the third.
        (
            {("xa-3", 2, False): 4},
            [(XA_1, QUARTER), (XA_2, QUARTER), (XA_3, MONTHS[0]), (XA_3, MONTHS[1]), (ALL, QUARTER)],
        ),
        # The quarter of all units together, less two months of the province, and less two units.
        (
            {("xa-3", 2, False): 4},
            [
                (XA_1, QUARTER),
                (XA_2, QUARTER),
                (XA_3, QUARTER),
                (ALL, MONTHS[0]),
                (ALL, MONTHS[1]),
                (XA_1, MONTHS[2]),
                (XA_2, MONTHS[2]),
            ],
        ),
        # All answers less those of the plan.
        (
            {("xa-1", 0, True): 60, ("xa-1", 0, False): 2},
            [(XA_1, MONTHS[0]), (Whose("xa-1", PLAN), MONTHS[0])],
        ),
        # The final report of the plan less its months, and the report of all answers.
        (
            {("xa-1", 0, True): 9, ("xa-1", 1, True): 9, ("xa-1", 2, True): 1},
            [
                (Whose("xa-1", PLAN), MONTHS[0]),
                (Whose("xa-1", PLAN), MONTHS[1]),
                (Whose("xa-1", PLAN), QUARTER),
            ],
        ),
        # The province's plan less that of two units, where the third has few.
        (
            {("xa-1", 0, True): 9, ("xa-2", 0, True): 9, ("xa-3", 0, True): 1},
            [
                (Whose("xa-1", PLAN), MONTHS[0]),
                (Whose("xa-2", PLAN), MONTHS[0]),
                (Whose("tinh", PLAN), MONTHS[0]),
            ],
        ),
    ],
)
def test_what_is_left_over_is_never_a_few_answers(few: Atoms, order: list[tuple[Whose, Span]]) -> None:
    atoms = {**SIX, **few}
    everything = [Count(of, span, number(atoms, of, span)) for of, span in order]
    assert calculated(atoms, everything), "said without a rule, it would be"
    issued = issue(atoms, order)
    assert calculated(atoms, issued) == set()
    assert sum(not each.hidden for each in issued) == len(order) - 1, "no more is hidden than has to be"


def test_the_attacker_needs_all_of_the_combination() -> None:
    """The control: what is no combination of what is said is not found."""
    atoms = {**SIX, ("xa-3", 0, False): 3}
    said = [Count(of, MONTHS[0], number(atoms, of, MONTHS[0])) for of in (XA_1, ALL)]
    assert calculated(atoms, said) == set()


PERIODS = [*MONTHS, QUARTER]
WHOSE = [Whose(unit, plan) for unit in UNITS for plan in ("", PLAN)] + [Whose("tinh", own=True)]


@settings(max_examples=25)
@given(
    st.lists(st.sampled_from((0, 1, 2, 3, 6, 9)), min_size=24, max_size=24),
    st.lists(
        st.sampled_from([(of, span) for of in WHOSE for span in PERIODS]),
        min_size=4,
        max_size=20,
        unique=True,
    ),
)
def test_no_few_answers_of_any_units_months_and_plans_can_be_calculated(
    sizes: list[int], order: list[tuple[Whose, Span]]
) -> None:
    """Whatever documents there are, in whatever order they come."""
    atoms = dict(zip(PLACES, sizes, strict=True))
    assert calculated(atoms, issue(atoms, order)) == set()
