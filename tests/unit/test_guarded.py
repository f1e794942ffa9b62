"""What is hidden of officers below the role admin cannot be computed from what is shown."""

from collections import defaultdict

from hypothesis import given
from hypothesis import strategies as st

from sync.central.figures.guarded import Cell, guard

TABLES = st.dictionaries(
    st.tuples(
        st.sampled_from(["xa-1", "xa-2"]),
        st.sampled_from(["", "cb-1", "cb-2", "cb-3", "cb-4"]),
        st.sampled_from(["result", "service"]),
    ),
    st.integers(0, 12),
    max_size=20,
)


def line(**officers: int) -> dict[Cell, int]:
    return {
        ("xa-1", officer.replace("_", "-").strip("-"), "result"): n for officer, n in sorted(officers.items())
    }


def hidden(table: dict[Cell, int]) -> set[str]:
    return {officer for _, officer, _ in guard(table).hidden}


def absent(table: dict[Cell, int]) -> set[str]:
    return {officer for _, officer, _ in guard(table).absent}


def test_a_small_cell_is_hidden_with_the_next_smallest() -> None:
    table = line(cb_1=3, cb_2=9, cb_3=20)
    assert (hidden(table), absent(table)) == ({"cb-1", "cb-2"}, set())


def test_answers_without_an_officer_hide_none_for_they_stand_elsewhere_too() -> None:
    table = line(_=7, cb_1=3, cb_2=9)
    assert (hidden(table), absent(table)) == ({"cb-1", "cb-2"}, set())
    assert (hidden(line(_=7, cb_1=3)), absent(line(_=7, cb_1=3))) == (set(), {"cb-1"})


def test_nobody_is_named_where_one_officer_has_all_there_is() -> None:
    for n in (3, 30):
        assert (hidden(line(cb_1=n)), absent(line(cb_1=n))) == (set(), {"cb-1"})


def test_nobody_is_named_where_all_together_are_too_few() -> None:
    assert absent(line(cb_1=2, cb_2=2)) == {"cb-1", "cb-2"}


def test_nothing_is_hidden_where_all_are_large_enough() -> None:
    table = line(_=1, cb_1=5, cb_2=9, cb_3=0)
    assert guard(table) == guard({})


@given(TABLES)
def test_no_hidden_cell_stands_alone_beside_a_known_total(table: dict[Cell, int]) -> None:
    found = guard(table)
    unknown: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    for cell, n in table.items():
        away = cell in found.hidden or cell in found.absent
        assert away or not (cell[1] and 0 < n < 5)
        if away and n:
            assert cell[1]
            unknown[cell[0], cell[2]].append(n)
    for place, counts in unknown.items():
        named = {cell[1] for cell in found.hidden if (cell[0], cell[2]) == place}
        assert not named or (len(counts) >= 2 and sum(counts) >= 5)


@given(TABLES)
def test_what_is_hidden_in_a_unit_does_not_depend_on_others(table: dict[Cell, int]) -> None:
    alone = guard({cell: n for cell, n in table.items() if cell[0] == "xa-1"})
    together = guard(table)
    assert alone.hidden == {cell for cell in together.hidden if cell[0] == "xa-1"}
    assert alone.absent == {cell for cell in together.absent if cell[0] == "xa-1"}
