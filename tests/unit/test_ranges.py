"""Ranges of numbers behave as plain sets do."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from sync.contract.ranges import Ranges, as_text, count, gaps, to_ranges, union, within, without

NUMBERS = st.lists(st.integers(1, 80), max_size=60)
SPANS = st.lists(st.tuples(st.integers(1, 80), st.integers(0, 9)), max_size=20)


def numbers(ranges: Ranges) -> set[int]:
    return {number for first, last in ranges for number in range(first, last + 1)}


@given(st.lists(st.tuples(st.booleans(), st.integers(1, 20), st.integers(0, 5))))
def test_what_is_added_and_taken_away_leaves_the_rest(steps: list[tuple[bool, int, int]]) -> None:
    ranges: Ranges = ()
    model: set[int] = set()
    for adding, first, more in steps:
        last = first + more
        change = set(range(first, last + 1))
        model = model | change if adding else model - change
        ranges = union(ranges, [(first, last)]) if adding else without(ranges, first, last)
        assert numbers(ranges) == model
        assert count(ranges) == len(model)
        assert all(left[1] + 1 < right[0] for left, right in pairwise(ranges))


@given(NUMBERS, NUMBERS)
def test_numbers_become_the_fewest_ranges(first: list[int], second: list[int]) -> None:
    assert numbers(to_ranges(first)) == set(first)
    assert union(to_ranges(first), to_ranges(second)) == to_ranges([*first, *second])
    assert all(left[1] + 1 < right[0] for left, right in pairwise(to_ranges(first)))


@given(SPANS, st.integers(1, 40), st.integers(0, 100))
def test_gaps_are_the_numbers_in_no_range(spans: list[tuple[int, int]], first: int, last: int) -> None:
    overlapping = tuple(sorted((start, start + more) for start, more in spans))
    assert numbers(gaps(overlapping, first, last)) == set(range(first, last + 1)) - numbers(overlapping)


@given(NUMBERS, NUMBERS)
def test_which_of_these_are_in_them(there: list[int], asked: list[int]) -> None:
    assert within(to_ranges(there), asked) == set(there) & set(asked)


def test_a_person_reads_single_numbers_and_spans() -> None:
    assert as_text(to_ranges([9, 3, 8, 7])) == "3, 7-9"
