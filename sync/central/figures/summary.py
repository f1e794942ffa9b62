"""The summary for an administrator: levels by question, and by the axes below. Pure.

It is computed from the counts of a rollup, not from responses: a month of a province is as quick as a day of
a ward. Answers that name no officer have a row of their own and are not part of the officers' totals.

A figure about one officer from fewer than `minimum` answers says more about a few citizens than about the
officer. Administrators, who see every response anyway, get it with a mark (`small`). For other roles
guarded.py decides what is hidden; a hidden row is listed without its figures, because it is no secret that
the officer worked.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from operator import mul
from typing import Literal

from msgspec import Struct

from sync.central.figures.statistics import Rule, rule_for, tenths_of_percent
from sync.contract.survey import Rating, Survey
from sync.contract.text import Text

Axis = Literal["officer", "procedure", "field", "unit", "counter", "channel", "respondent", "day"]
"""field: of the procedure, as the catalogue has it now. counter: see `counter_key`."""
# Axes that no list of results returned knows.
UNLISTED: frozenset[Axis] = frozenset({"counter", "channel", "respondent"})
# The key of a cell: a value of every axis, and last the question.
Key = tuple[str, ...]
# Fewest answers for a figure about one officer; a plan may ask for more, never for less.
SMALLEST = 5


class SummaryRow(Struct, frozen=True, kw_only=True, gc=False):
    """One rating under one value of each axis, or a total over the axes that are missing in `by`.

    hidden: too few to be shown, or they would give others away; then there are no figures.
    small: shown to an administrator, though fewer than `minimum` answers say it of one officer.
    percent: of satisfied answers, one decimal, as text so that no reader rounds it again.
    """

    by: dict[str, str]
    question: str
    hidden: bool = False
    small: bool = False
    n: int | None = None
    counts: dict[int, int] | None = None
    not_applicable: int | None = None
    percent: str | None = None
    mean: float | None = None


class Summary(Struct, frozen=True, kw_only=True):
    """All rows, then the totals. rule: what `percent` counts; None where the scale has no rule."""

    survey: str
    version: int
    by: tuple[Axis, ...]
    rule: Text | None
    rows: tuple[SummaryRow, ...]
    totals: tuple[SummaryRow, ...]


class HandoverRow(Struct, frozen=True, kw_only=True, gc=False):
    """Results returned, handovers tagged and visits answered under one value of each axis.

    hidden, small: as in a SummaryRow. returned: None where it is not known, see HandoverFigures; of an
    officer also where a list names nobody for some of what was returned.
    tagged_percent: tagged of returned. percent: answered of visits.
    untagged, voided: as in HandoverFigures; None under an officer.
    """

    by: dict[str, str]
    hidden: bool = False
    small: bool = False
    returned: int | None = None
    tagged: int | None = None
    visits: int | None = None
    answered: int | None = None
    untagged: int | None = None
    voided: int | None = None
    tagged_percent: str | None = None
    percent: str | None = None


# How often each answer was given under each key: a value of every axis, and last the question.
Cells = Mapping[Key, Mapping[int | None, int]]


def counter_key(asked: str, unit: str, counter: str) -> str:
    """A counter within the figures of the unit `asked`: its id, or “unit/id” where it is of a unit below.

    Two units may have a counter of one id; "" is none, of any unit. An id with “/” has its unit always.
    """
    return f"{unit}/{counter}" if counter and (unit != asked or "/" in counter) else counter


def counter_of(asked: str, key: str) -> tuple[str, str]:
    """Unit and id of a counter with this key."""
    unit, below, counter = key.partition("/")
    return (unit, counter) if below else (asked, key)


def summary_of(
    survey: Survey,
    cells: Cells,
    axes: Sequence[Axis],
    *,
    hidden: Collection[Key] | None = None,
    minimum: int = SMALLEST,
) -> Summary:
    """The summary of `survey` from its cells, by up to two axes.

    hidden: the cells to hide; then there are no totals. None: all cells are shown, and small ones are marked.
    """
    levels = tuple(level.value for level in survey.levels)
    rule = rule_for(levels)
    figures = _Figures(levels, rule, minimum)
    questions = [question.id for question in survey.questions if isinstance(question, Rating)]
    place = {question: at for at, question in enumerate(questions)}
    order = sorted(cells, key=lambda key: (*key[:-1], place[key[-1]]))
    numbers = {key: figures.numbers(cells[key]) for key in order}
    rows: list[SummaryRow] = []
    values: Key | None = None
    by: dict[str, str] = {}
    for key, counted in numbers.items():
        if key[:-1] != values:  # the questions of one key come together
            values = key[:-1]
            by = dict(zip(axes, values, strict=True))
        if hidden and key in hidden:
            rows.append(SummaryRow(by=by, question=key[-1], hidden=True))
        else:
            rows.append(figures.row(by, key[-1], counted))
    sums = [
        figures.row({axes[1 - axis]: rest[0]} if len(axes) == 2 else {}, rest[-1], total)
        for (axis, rest), total in (_totals(numbers, axes) if hidden is None else {}).items()
    ]
    return Summary(
        survey=survey.id,
        version=survey.version,
        by=tuple(axes),
        rule=rule.text if rule else None,
        rows=tuple(rows),
        totals=tuple(sorted(sums, key=lambda row: (sorted(row.by.items()), place[row.question]))),
    )


def handover_rows(
    visits: Mapping[Key, Mapping[str, int]],
    axes: Sequence[Axis],
    *,
    known: Callable[[dict[str, str]], bool],
    hidden: Collection[Key] | None = None,
    minimum: int = SMALLEST,
) -> tuple[HandoverRow, ...]:
    """The handovers under each key: a value of every axis, and "" last.

    known: whether it is known what was returned under these values. hidden: as for `summary_of`.
    """
    at = axes.index("officer") if "officer" in axes else None
    nobodys = {key for key, one in visits.items() if at is not None and not key[at] and one.get("returned")}
    shares = _Shares()
    found = []
    for key, one in sorted(visits.items()):
        by: dict[str, str] = dict(zip(axes, key, strict=False))
        if hidden and key in hidden:
            found.append(HandoverRow(by=by, hidden=True))
            continue
        unnamed = nobodys and at is not None and key[at] and (*key[:at], "", *key[at + 1 :]) in nobodys
        returned = one.get("returned", 0) if known(by) and not unnamed else None
        tagged, visited, answered = one.get("tagged", 0), one.get("visits", 0), one.get("answered", 0)
        found.append(
            HandoverRow(
                by=by,
                small=answered < minimum and _small(by, answered, minimum),
                returned=returned,
                tagged=tagged,
                visits=visited,
                answered=answered,
                untagged=one.get("untagged", 0) if at is None else None,
                voided=one.get("voided", 0) if at is None else None,
                tagged_percent=shares[tagged, returned or 0],
                percent=shares[answered, visited],
            )
        )
    return tuple(found)


def percent(count: int, n: int) -> str | None:
    """The share in the form of a summary; None if n is 0."""
    return f"{(tenths := tenths_of_percent(count, n)) // 10}.{tenths % 10}" if n else None


class _Shares(dict[tuple[int, int], str | None]):
    """Shares that were written before: most keys have few answers, so that shares come again and again."""

    def __missing__(self, of: tuple[int, int]) -> str | None:
        made = self[of] = percent(*of)
        return made


# How many answers there are of each level, and last those that say "does not apply".
_Numbers = Sequence[int]


class _Figures:
    """Makes the rows of one scale."""

    def __init__(self, levels: Sequence[int], rule: Rule | None, minimum: int) -> None:
        self._levels = levels
        self._minimum = minimum
        self._answers = (*levels, None)
        self._satisfied = [at for at, level in enumerate(levels) if rule and level in rule.satisfied]
        self._ruled = rule is not None
        self._shares = _Shares()

    def numbers(self, answers: Mapping[int | None, int]) -> _Numbers:
        """The answers under one key, in the order of the scale."""
        return [answers.get(answer, 0) for answer in self._answers]

    def row(self, by: dict[str, str], question: str, numbers: _Numbers) -> SummaryRow:
        """One row from the answers under one key."""
        *levels, not_applicable = numbers
        n = sum(levels)
        return SummaryRow(
            by=by,
            question=question,
            small=n < self._minimum and _small(by, n, self._minimum),
            n=n,
            counts=dict(zip(self._levels, levels, strict=True)),
            not_applicable=not_applicable,
            percent=self._shares[sum([levels[at] for at in self._satisfied]), n] if self._ruled else None,
            mean=sum(map(mul, self._levels, levels)) / n if n else None,
        )


def _small(by: Mapping[str, str], n: int, minimum: int) -> bool:
    """Whether the row is about one officer and has fewer than `minimum` answers."""
    return bool(by.get("officer")) and 0 < n < minimum


def _totals(numbers: Mapping[Key, _Numbers], axes: Sequence[Axis]) -> dict[tuple[int, Key], _Numbers]:
    """The totals over each axis, by axis and the rest of the key; without answers that name no officer."""
    at = axes.index("officer") if "officer" in axes else None
    found: defaultdict[tuple[int, Key], list[_Numbers]] = defaultdict(list)
    for key, counted in numbers.items():
        if at is None or key[at]:
            for axis in range(len(axes)):
                found[axis, key[:axis] + key[axis + 1 :]].append(counted)
    return {rest: [sum(answers) for answers in zip(*parts, strict=True)] for rest, parts in found.items()}
