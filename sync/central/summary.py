"""The summary an administrator asks for: levels by question, and by officer, procedure, unit or day. Pure.

It is made of counts, such as a rollup keeps them, not of responses: a month of a province is as quick as a
day of a ward. Whatever is cut by officer is suppressed first (see suppression.py); answers that name no
officer stand in a row of their own and are no part of the officers' totals.

A row that is hidden is there, without its figures: that somebody worked is no secret. One answer is safe by
itself; whoever may ask for any number of cuts can compare them, so roles that are not to see small cells get
few and fixed cuts.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal

from msgspec import Struct

from sync.central.statistics import ANSWERED, RatingFigures, rule_for, standing
from sync.central.suppression import Key, suppress
from sync.contract.plan import VIET_NAM
from sync.contract.response import Response
from sync.contract.survey import NOT_APPLICABLE, Rating, Survey
from sync.contract.text import Text

Axis = Literal["officer", "procedure", "unit", "day"]


class Count(Struct, frozen=True, kw_only=True):
    """How often one rating got one answer under one officer, procedure, unit and day; None: not applicable.

    officer, procedure, unit: "" where the handover named none. day: YYYY-MM-DD.
    """

    question: str
    answer: int | None
    forms: int
    officer: str = ""
    procedure: str = ""
    unit: str = ""
    day: str = ""


class SummaryRow(Struct, frozen=True, kw_only=True):
    """One rating under one value of each axis, or a total over the axes that are missing in `by`.

    hidden: too few to be shown, or they would give others away; then there are no figures.
    percent: of satisfied answers, one decimal, as text so that no reader rounds it again.
    """

    by: dict[str, str]
    question: str
    hidden: bool = False
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


def summarise(survey: Survey, counts: Iterable[Count], by: Sequence[Axis] = (), minimum: int = 5) -> Summary:
    """The summary of `survey` from its counts, by up to two axes.

    Raises:
        ValueError: more than two axes, or one of them twice.
    """
    axes = tuple(by)
    if len(axes) > 2 or len(set(axes)) < len(axes):
        raise ValueError("by one or two different axes")
    levels = tuple(level.value for level in survey.levels)
    cells = _figures(levels, counts, axes)
    hidden, secret = _suppressed(cells, axes, minimum)
    questions = [question.id for question in survey.questions if isinstance(question, Rating)]
    place = {question: at for at, question in enumerate(questions)}
    rows = [
        _row(dict(zip(axes, key, strict=False)), figures, key in hidden)
        for key, figures in sorted(cells.items(), key=lambda cell: (cell[0][:-1], place[cell[0][-1]]))
    ]
    totals = [
        _row({axes[1 - axis]: rest[0]} if len(axes) == 2 else {}, figures, (axis, rest) in secret)
        for (axis, rest), figures in _totals(cells, axes)
    ]
    rule = rule_for(levels)
    return Summary(
        survey=survey.id,
        version=survey.version,
        by=axes,
        rule=rule.text if rule else None,
        rows=tuple(rows),
        totals=tuple(sorted(totals, key=lambda row: (sorted(row.by.items()), place[row.question]))),
    )


def counts_of(survey: Survey, responses: Iterable[Response]) -> list[Count]:
    """What a rollup of these responses holds for `survey` in this version; voided ones are left out."""
    ratings = [question.id for question in survey.questions if isinstance(question, Rating)]
    found: Counter[tuple[str, int | None, str, str, str, str]] = Counter()
    for response in standing(responses):
        if response.outcome not in ANSWERED:
            continue
        if (response.survey.id, response.survey.version) != (survey.id, survey.version):
            continue
        tag, day = response.tag, response.started_at.astimezone(VIET_NAM).date().isoformat()
        officer, procedure, unit = (tag.officer, tag.procedure, tag.unit) if tag else (None, None, None)
        for question in ratings:
            answer = response.answers.get(question)
            if answer is not None:
                level = None if answer == NOT_APPLICABLE else int(str(answer))
                found[question, level, officer or "", procedure or "", unit or "", day] += 1
    return [
        Count(question=q, answer=a, forms=n, officer=o, procedure=p, unit=u, day=d)
        for (q, a, o, p, u, d), n in found.items()
    ]


def _figures(
    levels: Sequence[int], counts: Iterable[Count], axes: Sequence[Axis]
) -> dict[Key, RatingFigures]:
    """The figures under each key: a value of every axis, and last the question."""
    found: defaultdict[Key, Counter[int | None]] = defaultdict(Counter)
    for count in counts:
        key = (*(str(getattr(count, axis)) for axis in axes), count.question)
        found[key][count.answer] += count.forms
    return {key: _of(key[-1], levels, answers) for key, answers in found.items()}


def _of(question: str, levels: Iterable[int], answers: Mapping[int | None, int]) -> RatingFigures:
    counts = {level: answers.get(level, 0) for level in levels}
    return RatingFigures(question=question, counts=counts, not_applicable=answers.get(None, 0))


def _suppressed(
    cells: Mapping[Key, RatingFigures], axes: Sequence[Axis], minimum: int
) -> tuple[frozenset[Key], frozenset[tuple[int, Key]]]:
    """The hidden cells and totals; only what names an officer is ever hidden."""
    if "officer" not in axes:
        return frozenset(), frozenset()
    at = axes.index("officer")
    sizes = {key: figures.n for key, figures in cells.items() if key[at]}
    if len(axes) == 1:
        found = suppress(sizes, minimum=minimum)
        return found.cells, found.totals
    officers: Counter[Key] = Counter()
    for key, n in sizes.items():
        officers[key[at], key[-1]] += n
    whole = suppress(officers, minimum=minimum).cells
    found = suppress(
        sizes,
        minimum=minimum,
        totalled=(0, 1),
        hidden=[key for key in sizes if (key[at], key[-1]) in whole],
    )
    other = 1 - at
    # The officer's total is summed over the other axis: hidden with the officer.
    of_officers = frozenset((other, key) for key in whole)
    return found.cells, found.totals | of_officers


def _totals(
    cells: Mapping[Key, RatingFigures], axes: Sequence[Axis]
) -> Iterator[tuple[tuple[int, Key], RatingFigures]]:
    """The totals over each axis, by that axis and what is left of the key; without what names no officer."""
    named = {
        key: figures for key, figures in cells.items() if "officer" not in axes or key[axes.index("officer")]
    }
    for axis in range(len(axes)):
        found: defaultdict[Key, Counter[int | None]] = defaultdict(Counter)
        for key, figures in named.items():
            total = found[key[:axis] + key[axis + 1 :]]
            total.update(figures.counts)
            total[None] += figures.not_applicable
        for rest, answers in found.items():
            levels = [level for level in answers if level is not None]
            yield (axis, rest), _of(rest[-1], levels, answers)


def _row(by: dict[str, str], figures: RatingFigures, hidden: bool) -> SummaryRow:
    if hidden:
        return SummaryRow(by=by, question=figures.question, hidden=True)
    share = figures.satisfied
    return SummaryRow(
        by=by,
        question=figures.question,
        n=figures.n,
        counts=figures.counts,
        not_applicable=figures.not_applicable,
        percent=None if share is None or share.percent is None else str(share.percent),
        mean=figures.mean,
    )
