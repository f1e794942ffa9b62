"""Which `seq` of a device are here: ascending ranges that neither touch nor overlap. Pure."""

from bisect import bisect_right
from collections.abc import Iterable

Ranges = tuple[tuple[int, int], ...]


def add(ranges: Ranges, seqs: Iterable[int]) -> Ranges:
    """`ranges` with these `seq` in them."""
    wanted = sorted(seqs)
    if not wanted:
        return ranges
    runs: list[list[int]] = []
    for first, last in sorted((*ranges, *((seq, seq) for seq in wanted))):
        if runs and first <= runs[-1][1] + 1:
            runs[-1][1] = max(runs[-1][1], last)
        else:
            runs.append([first, last])
    return tuple((first, last) for first, last in runs)


def within(ranges: Ranges, seqs: Iterable[int]) -> set[int]:
    """Those of these `seq` that are in the ranges."""
    firsts = [first for first, _ in ranges]
    found = ((seq, bisect_right(firsts, seq) - 1) for seq in seqs)
    return {seq for seq, at in found if at >= 0 and seq <= ranges[at][1]}


def count(ranges: Ranges) -> int:
    """How many `seq` the ranges hold."""
    return sum(last - first + 1 for first, last in ranges)


def gaps(ranges: Ranges, made: int) -> Ranges:
    """The ranges from 1 to `made` that are not here."""
    missing: list[tuple[int, int]] = []
    expected = 1
    for first, last in ranges:
        if first > made:
            break
        if first > expected:
            missing.append((expected, first - 1))
        expected = last + 1
    if expected <= made:
        missing.append((expected, made))
    return tuple(missing)
