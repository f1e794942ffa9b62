"""Figures of a unit and a period: as a whole, and cut by procedure, field, officer, counter, channel or day.

All of these are one page with another axis. Its numbers come from the call that answers `/v1/summary`, and
the file that can be taken from it is that call with a format: page, API and file can't differ.

Promises, each with a test:
- a period is compared with the one before it only where both have enough answers, see figures/periods.py;
- officers are in the order of their names or numbers, never of their figures;
- a file has exactly the filter of the page from which it is taken, and all lines;
- a long page shows the first lines, and how many there are.
"""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Annotated, Any, Literal

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency
from msgspec import Meta, Struct, field

from sync.central.figures.branch_query import branches_of
from sync.central.figures.periods import Compared, Period, before, compared, last_months, month_before, trend
from sync.central.figures.summary import HandoverRow, Summary, SummaryRow, counter_of
from sync.central.figures.summary_query import SummaryReply
from sync.central.figures.today import low_answers, low_levels, main_form
from sync.central.http.queries import names, query
from sync.central.office.access import Caller
from sync.central.office.people.permissions import PermittedAct
from sync.central.office.units.tree import CENTRE
from sync.central.presenting.days import full_day
from sync.central.presenting.drawing.level_bar import level_bar
from sync.central.presenting.drawing.markup import Svg
from sync.central.presenting.drawing.trend import TrendMonth
from sync.central.presenting.drawing.trend import trend as trend_drawing
from sync.central.presenting.language import capital
from sync.central.pulling.asked import SummaryAsked
from sync.central.web.choices import Option, Tab
from sync.central.web.figure_links import EXPORT, FILES, low_at, places, summary_files, summary_query
from sync.central.web.frame import Link
from sync.central.web.headers import PAGE_HEADERS
from sync.central.web.legends import Swatch, level_legend
from sync.central.web.look import Look, Place
from sync.central.web.near_units import near_units
from sync.central.web.problems import ProblemPage, problem_page
from sync.central.web.response_words import CHANNELS
from sync.central.web.routes import needs
from sync.central.web.shown import Shown
from sync.central.web.visit import Visit
from sync.contract.problem import ProblemError
from sync.contract.problem.wire import PARAMETER_INVALID, SUMMARY_UNSUPPORTED
from sync.contract.text import pick

SEE: PermittedAct = "see-figures"
OFFICERS: PermittedAct = "see-officers"
Cut = Literal["", "procedure", "field", "officer", "counter", "channel", "day"]
_PATHS: Mapping[Cut, str] = {
    "": "/so-lieu",
    "procedure": "/thu-tuc",
    "field": "/linh-vuc",
    "officer": "/can-bo",
    "counter": "/quay",
    "channel": "/kenh",
    "day": "/ngay",
}
_TITLES: Mapping[Cut, str] = {
    "": "Chung",
    "procedure": "Thủ tục",
    "field": "Lĩnh vực",
    "officer": "Cán bộ",
    "counter": "Quầy",
    "channel": "Kênh",
    "day": "Ngày",
}
_NOBODY: Mapping[Cut, str] = {
    "procedure": "Không rõ thủ tục",
    "field": "Không rõ lĩnh vực",
    "officer": "Không rõ cán bộ",
    "counter": "Không rõ quầy",
}
MONTHS = 13
TREND_WIDTH = 320
"""Of the months' picture, so that its words are as large on a phone."""
MOST_ROWS = 100
"""Lines on the page; all of them are one link away, and in the file."""
_DAY = timedelta(days=1)


class CutAsked(Struct, frozen=True, kw_only=True):
    """The filters of the page: a unit, and days. question: which rating the table is about.

    every: all lines, however many.
    """

    unit: Annotated[str, Meta(description="A unit, with those below it")] = ""
    first: Annotated[str, Meta(description="The first day")] = field(default="", name="from")
    last: Annotated[str, Meta(description="The last day")] = field(default="", name="to")
    question: Annotated[str, Meta(description="A rating of the form")] = field(default="", name="cau")
    every: Annotated[Literal["", "co"], Meta(description="All lines")] = field(default="", name="tat_ca")


class CutRow(Struct, frozen=True, kw_only=True):
    """One line: a question, or what has one value of the axis. …_at: where its figures are.

    form: whose question it is, where there are several forms. hidden: its figures must not be shown. then: of
    the same in the period before.
    """

    name: str
    form: str = ""
    handovers: HandoverRow | None = None
    handovers_at: str = ""
    rating: SummaryRow | None = None
    rating_at: str = ""
    bar: Svg | None = None
    low: int | None = None
    low_at: str = ""
    then: SummaryRow | None = None
    then_at: str = ""
    points: str | None = None

    @property
    def hidden(self) -> bool:
        """Whether there are figures that are not shown."""
        return bool(self.rating and self.rating.hidden) or bool(self.handovers and self.handovers.hidden)

    @property
    def small(self) -> bool:
        """Whether too few answers speak of one officer."""
        return bool(self.rating and self.rating.small)


class CutPage(Struct, frozen=True, kw_only=True):
    """All that the page shows. wrong: the days can't be answered; then there is nothing else.

    months: to choose from, where only whole months are shown. query, query_before: of the two summaries.
    n_rows: how many lines there are; all_rows: where they are, if the page has only the first.
    """

    name: str
    cut: Cut
    axis: str
    path: str
    tabs: tuple[Tab, ...]
    unit: str
    units: tuple[Option, ...]
    first: str
    last: str
    months: tuple[Option, ...] = ()
    wrong: ProblemPage | None = None
    period: Period | None = None
    period_before: Period | None = None
    query: str = ""
    query_before: str = ""
    total: SummaryReply | None = None
    questions: tuple[Option, ...] = ()
    question: str = ""
    question_text: str = ""
    rows: tuple[CutRow, ...] = ()
    n_rows: int = 0
    all_rows: Link | None = None
    levels: tuple[Swatch, ...] = ()
    low: str = "1–2"
    rule: str = ""
    trend: Svg | None = None
    files: tuple[Link, ...] = ()


class _Reading(Struct, frozen=True, kw_only=True):
    """With what a page is read."""

    look: Look
    place: Place
    caller: Caller
    cut: Cut

    def asked(self, period: Period, cut: Cut) -> SummaryAsked:
        return SummaryAsked(unit=self.place.code, first=_iso(period.first), last=_iso(period.last), by=cut)

    def read(self, period: Period, cut: Cut) -> SummaryReply:
        """The answer of the API."""
        body, _ = self.look.administrators.summary(self.caller, self.asked(period, cut))
        return _reply.decode(body)

    def query(self, period: Period, cut: Cut) -> str:
        """Its query."""
        return summary_query(self.days(period), by=cut)

    def days(self, period: Period) -> dict[str, str]:
        """The unit and the days, as pages and the API name them."""
        return {"unit": self.place.code, "from": _iso(period.first), "to": _iso(period.last)}


_reply = msgspec.json.Decoder(SummaryReply)
_iso = date.isoformat


def cut_page(look: Look, cut: Cut, asked: CutAsked) -> Shown:
    """The page; raises ProblemError HL4010 for a unit that there is not, or is not the visitor's."""
    act = OFFICERS if cut == "officer" else SEE
    place = look.place(act, asked.unit or None)
    if not asked.unit and place.code == CENTRE:
        roots = branches_of(look.connection, CENTRE, look.today)
        place = look.place(act, roots[0]) if len(roots) == 1 else place
    reading = _Reading(look=look, place=place, caller=look.caller(place.code, act), cut=cut)
    whole_months = cut == "officer" and look.only_months_over(place.code)
    frame = CutPage(
        name=capital(place.name),
        cut=cut,
        axis=look.say(_TITLES[cut]),
        path=_PATHS[cut],
        tabs=(),
        unit=place.code,
        units=_units(look, place, act),
        first=asked.first,
        last=asked.last,
        months=_months(look) if whole_months else (),
    )
    title = look.say("Số liệu") if not cut else look.say("Số liệu theo %(axis)s", axis=frame.axis.lower())
    try:
        period = _period(asked, reading, whole_months=whole_months)
        page = _filled(reading, frame, period, asked)
        return Shown(template="cut.html", title=title, page=page)
    except ProblemError as error:
        if error.problem.kind.number not in _ANSWERED:
            raise
        wrong = problem_page(error.problem, look.translation.language)
        tabs = _tabs(look, place, cut, None)
        page = msgspec.structs.replace(frame, wrong=wrong, tabs=tabs)
        return Shown(template="cut.html", title=title, page=page, status=error.problem.kind.status)


def _units(look: Look, place: Place, act: PermittedAct) -> tuple[Option, ...]:
    """This unit, the one above it and those right below, as far as they are the visitor's."""
    near = near_units(look, place, act, "")
    above = (
        () if near.above is None else (Option(near.above.address.partition("unit=")[2], near.above.title),)
    )
    below = tuple(Option(each.value, each.label) for each in near.below)
    return (*above, Option(place.code, place.name), *below)


_ANSWERED = {PARAMETER_INVALID.number, SUMMARY_UNSUPPORTED.number}


def _months(look: Look) -> tuple[Option, ...]:
    """The months that are over, the newest first."""
    over = last_months(look.today, MONTHS)[:-1][::-1]
    return tuple(Option(_iso(each.first), f"{each.first.month}/{each.first.year}") for each in over)


def _period(asked: CutAsked, reading: _Reading, *, whole_months: bool) -> Period:
    """The days of the page: those asked for; else the month so far, or the last one that is over.

    On the first of a month that is the month before: an office has seen hardly anybody in the new one.
    """
    today = reading.look.today
    usual = today if reading.caller.role == "admin" and today.day > 1 else today - _DAY
    first, last = usual.replace(day=1), usual
    if whole_months:
        first = month_before(today)
        last = _end(first)
    wanted = SummaryAsked(first=asked.first or _iso(first), last=asked.last or "").wanted(
        today, scope=None, over=False
    )
    if not asked.last:
        end = _end(wanted.first)
        return Period(wanted.first, end if whole_months or asked.first else last)
    return Period(wanted.first, wanted.last)


def _end(first: date) -> date:
    """The last day of a month."""
    return month_before(first, -1) - _DAY


def _filled(reading: _Reading, frame: CutPage, period: Period, asked: CutAsked) -> CutPage:
    look, cut = reading.look, reading.cut
    earlier = before(period)
    now = reading.read(period, cut)
    then = reading.read(earlier, cut) if cut != "day" else None
    form = main_form(now) or (now.surveys[0] if now.surveys else None)
    questions = _questions(look, form)
    question = asked.question if asked.question in {each.value for each in questions} else ""
    question = question or (questions[0].value if questions else "")
    found = () if then is None else compared(now, then, look.names.surveys)
    make = _Rows(reading, now, then, form, found)
    values = make.values(question) if cut else ()
    shown = values if asked.every else values[:MOST_ROWS]
    rows = make.lines(shown, question) if cut else make.questions()
    all_rows = None
    if len(shown) < len(values):
        about = summary_query(reading.days(period), cau=question, tat_ca="co")
        all_rows = Link(f"{frame.path}?{about}", look.say("Xem cả %(n)s dòng", n=len(values)))
    levels = low_levels(form.rows[0]) if form and form.rows and form.rows[0].counts else ()
    return msgspec.structs.replace(
        frame,
        tabs=_tabs(look, reading.place, cut, period),
        first=_iso(period.first),
        last=_iso(period.last),
        period=period,
        period_before=earlier if then else None,
        query=reading.query(period, cut),
        query_before=reading.query(earlier, cut),
        total=now,
        questions=questions if cut and len(questions) > 1 else (),
        question=question,
        question_text=next((each.label for each in questions if each.value == question), ""),
        rows=rows,
        n_rows=len(values),
        all_rows=all_rows,
        levels=level_legend(look, form) if form and form.rows else (),
        low="–".join(str(each) for each in sorted({levels[0], levels[-1]})) if levels else "1–2",
        rule=pick(form.rule, look.translation.language) if form and form.rule else "",
        trend=_trend(reading, form, question) if form and question and not cut else None,
        files=summary_files(look, reading.place.code, reading.query(period, cut)) if rows else (),
    )


def _tabs(look: Look, place: Place, current: Cut, period: Period | None) -> tuple[Tab, ...]:
    """The other cuts of the same days, as far as the visitor may see them."""
    days = {"from": _iso(period.first), "to": _iso(period.last)} if period else {}
    whole = {"unit": place.code}
    officers = look.may(OFFICERS, place.code)
    months = officers and look.only_months_over(place.code)
    return tuple(
        Tab(
            f"{path}?{summary_query(whole if cut == 'officer' and months else {**whole, **days})}",
            look.say(_TITLES[cut]),
            cut == current,
        )
        for cut, path in _PATHS.items()
        if cut != "officer" or officers
    )


def _questions(look: Look, form: Summary | None) -> tuple[Option, ...]:
    """The ratings of the form, in its order."""
    if form is None:
        return ()
    survey, language = look.names.surveys[form.survey, form.version], look.translation.language
    shown = dict.fromkeys(row.question for row in (*form.rows, *form.totals))
    return tuple(Option(each.id, pick(each.text, language)) for each in survey.questions if each.id in shown)


def _trend(reading: _Reading, form: Summary, question: str) -> Svg:
    """A year and a month of the unit, month by month."""
    look = reading.look
    replies = [reading.read(each, "") for each in last_months(look.today, MONTHS)]
    points = trend(replies, look.names.surveys, form.survey, question)
    months = [TrendMonth(point.first, point.percent, point.n) for point in points]
    return trend_drawing(months, look.say("Hài lòng"), look.translation.language, width=TREND_WIDTH)


class _Rows:
    """Makes the lines of the table."""

    def __init__(
        self,
        reading: _Reading,
        now: SummaryReply,
        then: SummaryReply | None,
        form: Summary | None,
        found: tuple[Compared, ...],
    ) -> None:
        self._reading = reading
        self._language = reading.look.translation.language
        self._now = now
        self._form = form
        self._points = {id(each.now): each for each in found if each.now is not None}
        self._now_at = places(now)
        self._then_at = places(then) if then else {}

    def questions(self) -> tuple[CutRow, ...]:
        """One line for each rating of each form."""
        lines, several = [], len({form.survey for form in self._now.surveys}) > 1
        for form in self._now.surveys:
            survey = self._reading.look.names.surveys[form.survey, form.version]
            for row in form.rows:
                line = self._row(pick(survey.question(row.question).text, self._language), row, None)
                lines.append(msgspec.structs.replace(line, form=form.survey) if several else line)
        return tuple(lines)

    def values(self, question: str) -> tuple[str, ...]:
        """The values of the axis, in the order of their lines."""
        ratings, handovers = self._of(question)
        return tuple(sorted({*ratings, *handovers}, key=lambda value: self._order(value, ratings.get(value))))

    def lines(self, values: Iterable[str], question: str) -> tuple[CutRow, ...]:
        """One line for each of these values."""
        ratings, handovers = self._of(question)
        return tuple(
            self._row(self._name(value), ratings.get(value), handovers.get(value)) for value in values
        )

    def _of(self, question: str) -> tuple[dict[str, SummaryRow], dict[str, HandoverRow]]:
        """The rows of the summary by the value of the axis."""
        cut = self._reading.cut
        rows = self._form.rows if self._form else ()
        ratings = {row.by[cut]: row for row in rows if row.question == question}
        return ratings, {row.by[cut]: row for row in self._now.handovers.rows}

    def _order(self, value: str, rating: SummaryRow | None) -> tuple[Any, ...]:
        if self._reading.cut in ("procedure", "field"):
            return (-(_low(rating) or 0), -((rating.n or 0) if rating else 0), self._name(value))
        if self._reading.cut == "day":
            return (value,)
        if self._reading.cut == "channel":
            return ([*map(str, CHANNELS), value].index(value),)
        return (not value, self._name(value), value)

    def _name(self, value: str) -> str:
        look, cut = self._reading.look, self._reading.cut
        if not value:
            return look.say(_NOBODY[cut])
        if cut == "procedure":
            return look.names.procedures.get(value) or value
        if cut == "officer" and self._reading.caller.role == "admin":
            return look.names.officers.get(value) or value
        if cut == "counter":
            return self._counter(value)
        if cut == "channel":
            return look.say(next((said for channel, said in CHANNELS.items() if channel == value), value))
        if cut == "day":
            return capital(full_day(date.fromisoformat(value), self._language))
        return value

    def _counter(self, key: str) -> str:
        """The name of a counter, before it that of its unit if this is one below."""
        names, asked = self._reading.look.names, self._reading.place.code
        unit, id = counter_of(asked, key)
        name = names.counters.get((unit, id)) or id
        return name if unit == asked else f"{names.units.get(unit, unit)}: {name}"

    def _row(self, name: str, rating: SummaryRow | None, handovers: HandoverRow | None) -> CutRow:
        match = self._points.get(id(rating)) if rating else None
        then = match.then if match else None
        counts = rating.counts if rating else None
        return CutRow(
            name=name,
            handovers=handovers,
            handovers_at=self._now_at.get(id(handovers), ""),
            rating=rating,
            rating_at=self._now_at.get(id(rating), ""),
            bar=level_bar(counts, self._language) if counts else None,
            low=_low(rating),
            low_at=low_at(rating) if rating and counts else "",
            then=then if then and not then.hidden and then.n else None,
            then_at=f"{self._reading.query(before(self._period), self._reading.cut)}{self._then_at[id(then)]}"
            if then
            else "",
            points=match.points if match else None,
        )

    @property
    def _period(self) -> Period:
        return Period(self._now.first, self._now.last)


def _low(rating: SummaryRow | None) -> int | None:
    """How many chose one of the lowest levels, where that is shown."""
    return low_answers(rating) if rating and rating.counts else None


# --- files --------------------------------------------------------------------------------------------------


def read_file(look: Look, asked: SummaryAsked) -> tuple[bytes, str]:
    """The summary as a file, and its type; raises ProblemError HL4010 for what the visitor may not have."""
    acts = [EXPORT] + ([OFFICERS] if asked.by == "officer" or asked.officer else [])
    for act in acts:
        look.place(act, asked.unit)
    # What Excel opens as UTF-8, with headings for people.
    for_people = msgspec.structs.replace(asked, headings=asked.headings or "vi", bom="1")
    return look.administrators.summary(look.caller(asked.unit, EXPORT), for_people)


@get(
    FILES,
    opt=needs(EXPORT, reveals=True, names=names(SummaryAsked)),
    dependencies={"asked": query(SummaryAsked)},
)
async def cut_file(visit: NamedDependency[Visit], asked: NamedDependency[SummaryAsked]) -> Response[bytes]:
    """The figures of a page as a file."""
    content, media_type = await visit.read(read_file, asked)
    ending = asked.format if asked.format != "json" else "json"
    name = f"so-lieu-{asked.unit or 'trung-tam'}-{asked.first}-{asked.last}.{ending}"
    headers = {**PAGE_HEADERS, "Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=media_type, headers=headers)


# --- the routes ---------------------------------------------------------------------------------------------


def _route(cut: Cut) -> Any:
    act = OFFICERS if cut == "officer" else SEE
    opt = needs(act, reveals=cut == "officer", names=names(CutAsked))

    @get(_PATHS[cut], opt=opt, dependencies={"asked": query(CutAsked)}, name=f"cut{_PATHS[cut]}")
    async def shown(visit: NamedDependency[Visit], asked: NamedDependency[CutAsked]) -> Response[Any]:
        """Figures of a unit and a period."""
        return await visit.show(cut_page, cut, asked)

    return shown


ROUTES = (*(_route(cut) for cut in _PATHS), cut_file)
