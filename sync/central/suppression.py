"""Small cells are not shown, and neither is what would give them away. Pure.

A figure about one officer from fewer than `minimum` responses says more about a few citizens than about the
officer. Where a total is published beside the cells, a single hidden cell is the total less the others; so
more cells are hidden with it, the smallest first.

Promises, each with a property test:
- no cell with 0 < n < minimum is shown; an empty cell is: there is nobody behind it;
- along every published total the hidden cells are at least two people's worth of cells and hold together at
  least `minimum` responses; where that is impossible, the total itself is hidden;
- nothing is hidden where every cell is empty or large enough.

What it does not cover: somebody who compares two answers of different filters. Callers keep their filters
coarse (a day, a month, a unit) for roles below the administrator's.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from msgspec import Struct

from sync.central.statistics import ANSWERED, FormFigures, RatingFigures, form_figures, standing
from sync.contract.response import Response
from sync.contract.survey import Survey

# The coordinates of a cell, such as (officer,) or (officer, question).
Key = tuple[str, ...]
# A published total: the axis that is summed over, and the coordinates that are left.
Line = tuple[int, Key]


class Suppression(Struct, frozen=True):
    """What must not be shown: cells by their key, totals by the axis summed over and the rest of the key."""

    cells: frozenset[Key]
    totals: frozenset[Line]


def suppress(
    cells: Mapping[Key, int],
    *,
    minimum: int = 5,
    totalled: Collection[int] = (0,),
    hidden: Iterable[Key] = (),
) -> Suppression:
    """What to hide of a table of counts.

    cells: key -> number of responses behind it. totalled: the axes over which totals are published.
    hidden: cells that are hidden for another reason, such as those of an officer hidden as a whole.
    """
    gone = {key for key, n in cells.items() if 0 < n < minimum} | set(hidden)
    lines = dict(_lines(cells, totalled))
    grown = True
    while grown:
        grown = False
        for keys in lines.values():
            for key in _to_hide_with(keys, cells, gone, minimum):
                gone.add(key)
                grown = True
    unsafe = {line for line, keys in lines.items() if not _is_safe(keys, cells, gone, minimum)}
    return Suppression(frozenset(gone), frozenset(unsafe))


def _lines(cells: Mapping[Key, int], axes: Collection[int]) -> Iterator[tuple[Line, Sequence[Key]]]:
    """The cells behind every published total; smallest first, so that little is lost."""
    for axis in axes:
        found: defaultdict[Key, list[Key]] = defaultdict(list)
        for key in sorted(cells, key=lambda key: (cells[key], key)):
            if cells[key]:
                found[key[:axis] + key[axis + 1 :]].append(key)
        for rest, keys in found.items():
            yield (axis, rest), keys


def _is_safe(keys: Sequence[Key], cells: Mapping[Key, int], gone: Collection[Key], minimum: int) -> bool:
    counts = [cells[key] for key in keys if key in gone]
    return not counts or (len(counts) > 1 and sum(counts) >= minimum)


def _to_hide_with(
    keys: Sequence[Key], cells: Mapping[Key, int], gone: Collection[Key], minimum: int
) -> list[Key]:
    """The cells to hide beside those that are, as few as will do; all, where not even they will."""
    more: list[Key] = []
    for key in keys:
        if _is_safe(keys, cells, {*gone, *more}, minimum):
            break
        if key not in gone:
            more.append(key)
    return more


# --- officers ----------------------------------------------------------------------------------------


class OfficerFigures(Struct, frozen=True):
    """One officer: forms and ratings, None where there are too few or they would give away another's."""

    officer: str
    forms: int | None
    ratings: dict[str, RatingFigures | None]


class OfficerTable(Struct, frozen=True):
    """A unit's officers beside the unit's own figures. hidden_totals: ratings of the unit not to be shown
    either, and "" for its number of forms, for they would give an officer's away."""

    officers: tuple[OfficerFigures, ...]
    total: FormFigures
    hidden_totals: frozenset[str]


def by_officer(survey: Survey, responses: Iterable[Response], minimum: int = 5) -> OfficerTable:
    """The officers of one unit, by id, with what may be shown of each beside the unit's totals.

    `total` counts the handovers of an officer alone: visits without one are a table of their own.
    """
    tagged: defaultdict[str, list[Response]] = defaultdict(list)
    for response in standing(responses):
        if response.tag and response.tag.officer and response.outcome in ANSWERED:
            tagged[response.tag.officer].append(response)
    figures = {officer: form_figures(survey, theirs) for officer, theirs in sorted(tagged.items())}
    total = form_figures(survey, [response for theirs in tagged.values() for response in theirs])
    forms = suppress({(officer,): found.forms for officer, found in figures.items()}, minimum=minimum)
    cells: dict[Key, int] = {
        (officer, rating.question): rating.n for officer, found in figures.items() for rating in found.ratings
    }
    ratings = suppress(cells, minimum=minimum, hidden=[key for key in cells if key[:1] in forms.cells])
    return OfficerTable(
        officers=tuple(
            OfficerFigures(
                officer=officer,
                forms=None if (officer,) in forms.cells else found.forms,
                ratings={
                    rating.question: None if (officer, rating.question) in ratings.cells else rating
                    for rating in found.ratings
                },
            )
            for officer, found in figures.items()
        ),
        total=total,
        hidden_totals=frozenset("".join(rest) for _, rest in forms.totals | ratings.totals),
    )
