"""Drawing people at random, in a way that anybody can check afterwards. Pure.

Every name on the list gets a number that depends only on the seed and the name (HMAC-SHA-256), and the lowest
numbers are drawn. So the order of the list does not matter, the same seed gives the same draw, and adding a
name can replace at most one person drawn: the newcomer takes the place of the last.

Choose the seed before the list is known and publish it: choosing the seed afterwards is choosing the draw.
"""

import hmac
from collections import defaultdict
from collections.abc import Iterable, Mapping
from fractions import Fraction

from msgspec import Struct


class Chosen(Struct, frozen=True):
    """Somebody drawn. spare: only asked in another's place."""

    name: str
    field: str
    spare: bool


def draw(names: Iterable[str], size: int, seed: bytes) -> tuple[str, ...]:
    """`size` of these names at random, in the order they were drawn: ask the first ones, the next are their
    replacements. All names if there are fewer.

    Raises:
        ValueError: a name twice (its chance would not be larger, but its count would), or a negative size.
    """
    listed = list(names)
    if len(set(listed)) != len(listed):
        raise ValueError("a name stands on the list twice")
    if size < 0:
        raise ValueError("a size is not negative")
    return tuple(sorted(listed, key=lambda name: hmac.digest(seed, name.encode(), "sha256"))[:size])


def allocate(total: int, sizes: Mapping[str, int]) -> dict[str, int]:
    """`total` divided in proportion to these sizes, such as the dossiers of each field: whole numbers that
    add up, by the largest remainders (Hamilton's method). No part exceeds its size, so the sum is smaller if
    there are not enough.

    Raises:
        ValueError: a negative total or size.
    """
    if total < 0 or any(size < 0 for size in sizes.values()):
        raise ValueError("totals and sizes are not negative")
    every = sum(sizes.values())
    total = min(total, every)
    exact = {name: Fraction(total * size, every) if every else Fraction(0) for name, size in sizes.items()}
    shares = {name: int(share) for name, share in exact.items()}
    by_remainder = sorted(exact, key=lambda name: (shares[name] - exact[name], name))
    for name in by_remainder[: total - sum(shares.values())]:
        shares[name] += 1
    return shares


def quota(total: int, volumes: Mapping[str, int], people: Mapping[str, int]) -> dict[str, int]:
    """`total` people, by field in proportion to its volume, such as its dossiers.

    A field with fewer people than its share gives all of them, and the others share the rest.

    Raises:
        ValueError: a negative total or volume.
    """
    fixed: dict[str, int] = {}
    while True:
        left = min(total, sum(people[field] for field in volumes)) - sum(fixed.values())
        shares = allocate(left, {field: n for field, n in volumes.items() if field not in fixed})
        short = {field: people[field] for field, share in shares.items() if share > people[field]}
        if not short:
            return fixed | shares
        fixed |= short


def draw_by_field(
    fields: Mapping[str, str], quotas: Mapping[str, int], spare_percent: int, seed: bytes
) -> tuple[Chosen, ...]:
    """People at random, by field, and a reserve of `spare_percent` of each field's number, rounded up.

    fields: of each name. quotas: how many of each field. The order is that of the draw: first those to ask,
    then the reserve.
    """
    names: defaultdict[str, list[str]] = defaultdict(list)
    for name, field in fields.items():
        names[field].append(name)
    drawn = []
    for field, size in quotas.items():
        order = draw(names[field], size + -(-size * spare_percent // 100), seed)
        drawn += [Chosen(name, field, place >= size) for place, name in enumerate(order)]
    number = {each.name: hmac.digest(seed, each.name.encode(), "sha256") for each in drawn}
    return tuple(sorted(drawn, key=lambda each: (each.spare, number[each.name])))
