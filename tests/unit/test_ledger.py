"""Which `seq` are here: ranges against a plain set."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from sync.central.intake import ledger

seqs = st.lists(st.integers(1, 80), max_size=60)


@given(st.lists(seqs, max_size=6))
def test_ranges_hold_what_was_added_and_nothing_else(batches: list[list[int]]) -> None:
    ranges: ledger.Ranges = ()
    wanted: set[int] = set()
    for batch in batches:
        ranges = ledger.add(ranges, batch)
        wanted |= set(batch)
    assert {seq for first, last in ranges for seq in range(first, last + 1)} == wanted
    assert ledger.count(ranges) == len(wanted)
    assert all(after[0] > before[1] + 1 for before, after in pairwise(ranges))


@given(seqs, st.integers(0, 100))
def test_gaps_are_what_was_made_and_is_not_here(batch: list[int], made: int) -> None:
    found = ledger.gaps(ledger.add((), batch), made)
    assert {seq for first, last in found for seq in range(first, last + 1)} == set(range(1, made + 1)) - set(
        batch
    )


@given(seqs, seqs)
def test_which_of_these_are_here(there: list[int], asked: list[int]) -> None:
    assert ledger.within(ledger.add((), there), asked) == set(there) & set(asked)
