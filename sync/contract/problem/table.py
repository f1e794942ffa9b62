"""Every kind of problem by its number, in the order of the numbers."""

from collections.abc import Mapping
from itertools import chain

from sync.contract.problem import (
    Kind,
    agent,
    browser,
    centre,
    files,
    handing_over,
    offline,
    paper,
    planning,
    posting,
    pull,
    sampling,
    scanning,
    terminal,
    updates,
    wire,
)

KINDS: Mapping[str, Kind] = {
    kind.number: kind
    for kind in chain.from_iterable(
        vars(area).values()
        for area in (
            files,
            terminal,
            scanning,
            wire,
            agent,
            pull,
            offline,
            browser,
            updates,
            planning,
            posting,
            sampling,
            handing_over,
            centre,
            paper,
        )
    )
    if isinstance(kind, Kind)
}
