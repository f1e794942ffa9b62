"""Small cells are hidden, and so is what would give them away."""

from collections import defaultdict
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.central.figures.suppression import Key, Line, suppress

OFFICERS = st.dictionaries(st.sampled_from([(f"cb-{n}",) for n in range(8)]), st.integers(0, 30), max_size=8)
TABLES = st.dictionaries(
    st.tuples(st.sampled_from(["cb-1", "cb-2", "cb-3", "cb-4"]), st.sampled_from(["q1", "q2", "q3"])),
    st.integers(0, 12),
    max_size=12,
)


def test_a_single_small_cell_takes_the_next_smallest_with_it() -> None:
    assert suppress({("a",): 3, ("b",): 9, ("c",): 7}).cells == {("a",), ("c",)}


def test_two_small_cells_that_stay_guessable_take_a_third() -> None:
    assert suppress({("a",): 1, ("b",): 2, ("c",): 7, ("d",): 9}).cells == {("a",), ("b",), ("c",)}


def test_enough_small_cells_protect_each_other() -> None:
    assert suppress({("a",): 3, ("b",): 4, ("c",): 7}).cells == {("a",), ("b",)}


def test_large_and_empty_cells_are_shown() -> None:
    assert suppress({("a",): 5, ("b",): 0, ("c",): 70}).cells == frozenset()


def test_the_total_of_one_small_cell_is_hidden_too() -> None:
    found = suppress({("a",): 3, ("b",): 0})
    assert found.cells == {("a",)}
    assert found.totals == {(0, ())}


def test_a_cell_hidden_for_another_reason_is_protected_as_well() -> None:
    assert suppress({("a",): 30, ("b",): 9, ("c",): 20}, hidden=[("a",)]).cells == {("a",), ("b",)}


@given(OFFICERS, st.integers(2, 10))
def test_no_small_cell_is_shown_and_none_can_be_worked_out(cells: dict[Key, int], minimum: int) -> None:
    found = suppress(cells, minimum=minimum)
    hidden = [cells[key] for key in found.cells]
    assert all(n == 0 or n >= minimum for key, n in cells.items() if key not in found.cells)
    assert not hidden or found.totals or (len(hidden) >= 2 and sum(hidden) >= minimum)
    assert bool(hidden) == any(0 < n < minimum for n in cells.values())
    assert 0 not in hidden


@given(OFFICERS)
def test_no_more_is_hidden_than_needed(cells: dict[Key, int]) -> None:
    found = suppress(cells)
    small = [n for n in cells.values() if 0 < n < 5]
    if len(small) >= 2 and sum(small) >= 5:
        assert len(found.cells) == len(small)


@given(TABLES)
def test_every_line_of_a_table_with_both_totals_is_protected(cells: dict[Key, int]) -> None:
    found = suppress(cells, totalled=(0, 1))
    for axis in (0, 1):
        lines: defaultdict[Key, list[int]] = defaultdict(list)
        for key in found.cells:
            lines[key[:axis] + key[axis + 1 :]].append(cells[key])
        for rest, hidden in lines.items():
            assert (axis, rest) in found.totals or (len(hidden) >= 2 and sum(hidden) >= 5)


@given(TABLES)
def test_what_is_shown_is_never_small(cells: dict[Key, int]) -> None:
    found = suppress(cells, totalled=(0, 1))
    assert all(not 0 < n < 5 for key, n in cells.items() if key not in found.cells)


def solvable(cells: dict[Key, int], hidden: frozenset[Key], secret: frozenset[Line]) -> set[Key]:
    """The hidden cells that somebody can compute who sets up all equations and solves them exactly."""
    unknown = sorted(key for key in hidden if cells[key])
    rows: list[list[Fraction]] = []
    for axis in (0, 1):
        for rest in {key[:axis] + key[axis + 1 :] for key in unknown}:
            if (axis, rest) not in secret:
                rows.append([Fraction(key[:axis] + key[axis + 1 :] == rest) for key in unknown])
    done = 0
    for column in range(len(unknown)):
        pivot = next((at for at in range(done, len(rows)) if rows[at][column]), None)
        if pivot is None:
            continue
        rows[done], rows[pivot] = rows[pivot], rows[done]
        rows[done] = [value / rows[done][column] for value in rows[done]]
        for at, row in enumerate(rows):
            if at != done and row[column]:
                rows[at] = [a - row[column] * b for a, b in zip(row, rows[done], strict=True)]
        done += 1
    singles = [[at for at, value in enumerate(row) if value] for row in rows]
    return {unknown[single[0]] for single in singles if len(single) == 1}


@given(TABLES)
def test_nobody_who_solves_all_equations_finds_a_hidden_cell(cells: dict[Key, int]) -> None:
    found = suppress(cells, totalled=(0, 1))
    assert solvable(cells, found.cells, found.totals) == set()


def test_a_cell_between_two_closed_circles_is_not_left_to_be_computed() -> None:
    # Every row and column has two hidden cells or more; still a-3 is rows a and b less columns 1 and 2.
    rows = {
        "a": {"1": 3, "2": 3, "3": 3},
        "b": {"1": 3, "2": 3},
        "c": {"3": 3, "4": 3, "5": 3},
        "d": {"4": 3, "5": 3},
    }
    cells: dict[Key, int] = {(row, column): n for row, line in rows.items() for column, n in line.items()}
    cells |= {("b", "3"): 40, ("d", "1"): 50, ("a", "5"): 60}
    small = frozenset(key for key, n in cells.items() if n == 3)
    assert solvable(cells, small, frozenset()) == {("a", "3"), ("c", "3")}
    found = suppress(cells, totalled=(0, 1))
    assert small < found.cells
    assert solvable(cells, found.cells, found.totals) == set()


def test_totals_over_three_axes_are_not_promised() -> None:
    with pytest.raises(ValueError, match="one or two axes"):
        suppress({("a", "b", "c"): 1}, totalled=(0, 1, 2))
