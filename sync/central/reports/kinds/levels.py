"""The ratings of a report: what was asked, how it was answered, and how that differs from the period before.

Answers to different forms, and to different versions of one, are in tables of their own and never added.
"""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from msgspec import Struct
from msgspec.structs import replace

from sync.central.figures.periods import Compared, compared
from sync.central.figures.summary import SMALLEST, Summary, SummaryRow
from sync.central.figures.summary_query import SummaryReply
from sync.central.presenting.numbers import n_words
from sync.central.reports.kinds.cells import NOTHING, count, difference, share, share_of, with_n
from sync.central.reports.model import Cell, Column, Row, Table, written
from sync.contract.survey import Survey
from sync.contract.text import pick

# Fewest answers of a rating that is named among the best or the weakest.
ENOUGH = 30
# How many are named.
NAMED = 3
BEFORE = "Kỳ trước"
"""The heading above the columns that are about the period before."""
YEAR_BEFORE = "Năm trước"
"""The heading above the columns that are about all answers on the same days a year before."""


class Rated(Struct, frozen=True, kw_only=True):
    """One rating. percent, n, counts: as in the summary; counts: each level and how often.

    then, then_n: of the period before, None without one. points: the difference, None where it can't be said.
    low, high: the interval of the share, None where there is none.
    """

    question: str
    text: str
    n: int
    percent: str | None
    counts: tuple[tuple[int, int], ...]
    not_applicable: int = 0
    then: str | None = None
    then_n: int | None = None
    points: str | None = None
    low: str | None = None
    high: str | None = None


class RatedForm(Struct, frozen=True, kw_only=True):
    """One version of a form. levels: the names of its levels, the best first. rule: what a share counts.

    versions: whether the report has another version of it. query: of /v1/summary that gives these figures.
    """

    survey: str
    version: int
    title: str
    levels: tuple[tuple[int, str], ...]
    rule: str
    ratings: tuple[Rated, ...]
    versions: bool = False
    query: str = ""


def rated_forms(
    now: SummaryReply, then: SummaryReply | None, surveys: Mapping[tuple[str, int], Survey], query: str
) -> tuple[RatedForm, ...]:
    """The forms of a summary without axes, each next to the period before if there is one."""
    # In the order of these rows.
    both = iter([each for each in compared(now, then, surveys) if each.now] if then else [])
    ids = [each.survey for each in now.surveys]
    found = []
    for summary in now.surveys:
        survey = surveys[summary.survey, summary.version]
        ratings = [rated(row, survey, next(both, None)) for row in summary.rows]
        found.append(
            RatedForm(
                survey=survey.id,
                version=survey.version,
                title=pick(survey.title, "vi"),
                levels=levels_of(survey),
                rule=pick(summary.rule, "vi") if summary.rule else "",
                ratings=tuple(ratings),
                versions=ids.count(survey.id) > 1,
                query=f"{query}&survey={survey.id}" if query else "",
            )
        )
    return tuple(found)


def as_issued(reply: SummaryReply, forms: Sequence[RatedForm]) -> SummaryReply:
    """The summary with the ratings of an issued report instead of its own."""
    return replace(
        reply,
        surveys=tuple(
            Summary(
                survey=form.survey,
                version=form.version,
                by=(),
                rule=None,
                rows=tuple(
                    SummaryRow(by={}, question=each.question, n=each.n, percent=each.percent)
                    for each in form.ratings
                ),
                totals=(),
            )
            for form in forms
        ),
    )


def rated(row: SummaryRow, survey: Survey, both: Compared | None = None) -> Rated:
    """One row of a summary as a rating; both: next to the period before."""
    then = both.then if both else None
    return Rated(
        question=row.question,
        text=pick(survey.question(row.question).text, "vi"),
        n=row.n or 0,
        percent=row.percent,
        counts=tuple(sorted((row.counts or {}).items())),
        not_applicable=row.not_applicable or 0,
        then=then.percent if then else None,
        then_n=then.n if then else None,
        points=both.points if both else None,
    )


def levels_of(survey: Survey) -> tuple[tuple[int, str], ...]:
    """The levels of a form with their names, the highest first."""
    levels = sorted(survey.levels, key=lambda level: -level.value)
    return tuple((level.value, pick(level.label, "vi")) for level in levels)


# --- tables -------------------------------------------------------------------------------------------------


def about_form(survey: str, version: int) -> str:
    """What a table with a line a rating of this form is about."""
    return f"form {survey} {version}"


def shares_table(id: str, caption: str, form: RatedForm, *, before: bool = True) -> Table:
    """A line a rating: its n, its share, and the difference from the period before."""
    columns = [
        Column(title="TT", width=0.4, number=True),
        Column(title="Nội dung", width=3.4),
        Column(title="n", width=0.7, number=True),
        Column(title="Tỷ lệ hài lòng", width=0.9, number=True),
    ]
    if before:
        columns += [
            Column(title="n", group=BEFORE, width=0.7, number=True),
            Column(title="Tỷ lệ", group=BEFORE, width=0.9, number=True),
            Column(title="Tăng, giảm (điểm %)", width=0.9, number=True),
        ]
    rows = []
    for number, each in enumerate(form.ratings, 1):
        cells: list[Cell] = [str(number), each.text, count(each.n), share(each.percent)]
        if before:
            old = NOTHING if each.then_n is None else count(each.then_n)
            cells += [old, share(each.then), difference(each.points)]
        rows.append(Row(cells=tuple(cells), query=form.query))
    return Table(
        id=id,
        caption=caption,
        columns=tuple(columns),
        rows=tuple(rows),
        about=about_form(form.survey, form.version),
        parts=False,
        note=form.rule,
    )


def levels_table(id: str, caption: str, form: RatedForm) -> Table:
    """A line a rating: how often each level was chosen, and its share."""
    columns = [
        Column(title="TT", width=0.4, number=True),
        Column(title="Nội dung", width=3.0),
        Column(title="n", width=0.7, number=True),
    ]
    for _, name in form.levels:
        columns.append(Column(title="SL", group=name, width=0.7, number=True))
        columns.append(Column(title="%", group=name, width=0.8, number=True))
    columns.append(Column(title="Không áp dụng", width=0.8, number=True))
    columns.append(Column(title="Tỷ lệ hài lòng", width=0.9, number=True))
    rows = []
    for number, each in enumerate(form.ratings, 1):
        cells: list[Cell] = [str(number), each.text, count(each.n)]
        counts = dict(each.counts)
        for level, _ in form.levels:
            chosen = counts.get(level, 0)
            cells += [count(chosen), share_of(chosen, each.n)]
        cells += [count(each.not_applicable), share(each.percent)]
        rows.append(Row(cells=tuple(cells), query=form.query))
    return Table(
        id=id,
        caption=caption,
        columns=tuple(columns),
        rows=tuple(rows),
        about=about_form(form.survey, form.version),
        parts=False,
    )


# --- sentences ----------------------------------------------------------------------------------------------


def strengths(ratings: Sequence[Rated]) -> str:
    """The ratings with the highest shares; "" if they can't be told from the others."""
    return _lines("Tỷ lệ hài lòng cao nhất", ratings, _ends(ratings)[0])


def weaknesses(ratings: Sequence[Rated]) -> str:
    """The ratings with the lowest shares; "" if they can't be told from the others."""
    return _lines("Tỷ lệ hài lòng thấp nhất", ratings, _ends(ratings)[1])


def changes(ratings: Sequence[Rated]) -> str:
    """What rose and what fell most since the period before."""
    moved = [
        (Decimal(each.points), each)
        for each in ratings
        if each.points is not None and min(each.n, each.n if each.then_n is None else each.then_n) >= SMALLEST
    ]
    lines = []
    for words, sign in (("Tăng nhiều nhất so với kỳ trước", 1), ("Giảm nhiều nhất so với kỳ trước", -1)):
        most = max((sign * points for points, _ in moved), default=Decimal(0))
        if most > 0:
            named = [each for points, each in moved if sign * points == most]
            said = "; ".join(
                f"{quoted(each.text)} ({_points(each)} điểm %, {n_words(each.n)})" for each in named
            )
            lines.append(f"{words}: {said}.")
    return "\n".join(lines)


def quoted(text: str) -> str:
    """The wording of a question within a sentence."""
    return f"“{text}”"


def _points(each: Rated) -> str:
    return written(difference(each.points))


def _ends(ratings: Sequence[Rated]) -> tuple[list[Rated], list[Rated]]:
    """The best and the weakest, all those with equal shares included, none of them in both."""
    known = [each for each in ratings if each.percent is not None and each.n >= SMALLEST]
    enough = [each for each in known if each.n >= ENOUGH] or known
    order = sorted(enough, key=lambda each: -Decimal(each.percent or 0))
    named = min(NAMED, len(order) // 2)
    if not named:
        return [], []
    best, worst = Decimal(order[named - 1].percent or 0), Decimal(order[-named].percent or 0)
    if best == worst:
        best, worst = Decimal(order[0].percent or 0), Decimal(order[-1].percent or 0)
    if best == worst:
        return [], []
    return (
        [each for each in order if Decimal(each.percent or 0) >= best],
        [each for each in reversed(order) if Decimal(each.percent or 0) <= worst],
    )


def _lines(words: str, ratings: Sequence[Rated], named: Sequence[Rated]) -> str:
    if not named:
        return ""
    few = "" if any(each.n >= ENOUGH for each in ratings) else f", mỗi nội dung dưới {ENOUGH} lượt trả lời"
    return "\n".join((f"{words}{few}:", *_listed(named)))


def _listed(named: Sequence[Rated]) -> Iterator[str]:
    for place, each in enumerate(named, 1):
        end = "." if place == len(named) else ";"
        yield f"- {quoted(each.text)}: {with_n(each.percent, each.n)}{end}"
