"""Sets of whole numbers as ascending ranges that neither touch nor overlap. Pure.

The centre keeps which `seq` of a device it holds as ranges, and returns them in its answers; the agent keeps
which of them have a receipt. A year of visits is one pair of numbers.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence

Range = tuple[int, int]
Ranges = tuple[Range, ...]


def to_ranges(numbers: Iterable[int]) -> Ranges:
    """These numbers, in any order."""
    return union((), ((number, number) for number in numbers))


def union(ranges: Iterable[Range], others: Iterable[Range]) -> Ranges:
    """The union; both may be any ranges, in any order."""
    merged: list[Range] = []
    for first, last in sorted((*ranges, *others)):
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    return tuple(merged)


def without(ranges: Ranges, first: int, last: int) -> Ranges:
    """`ranges` without the numbers from `first` to `last`."""
    kept: list[Range] = []
    for start, end in ranges:
        if start < first:
            kept.append((start, min(end, first - 1)))
        if end > last:
            kept.append((max(start, last + 1), end))
    return tuple(kept)


def gaps(ranges: Iterable[Range], first: int, last: int) -> Ranges:
    """The numbers from `first` to `last` that are not in `ranges`, which are sorted and may overlap."""
    missing: list[Range] = []
    expected = first
    for start, end in ranges:
        if start > last:
            break
        if start > expected:
            missing.append((expected, start - 1))
        expected = max(expected, end + 1)
    if expected <= last:
        missing.append((expected, last))
    return tuple(missing)


def within(ranges: Ranges, numbers: Iterable[int]) -> set[int]:
    """Those of these numbers that are in `ranges`."""
    firsts = [first for first, _ in ranges]
    places = ((number, bisect_right(firsts, number) - 1) for number in numbers)
    return {number for number, at in places if at >= 0 and number <= ranges[at][1]}


def count(ranges: Iterable[Range]) -> int:
    """How many numbers are in `ranges`."""
    return sum(last - first + 1 for first, last in ranges)


def as_text(ranges: Sequence[Range]) -> str:
    """The ranges for a person: "3, 7-9"."""
    return ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in ranges)
