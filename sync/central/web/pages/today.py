"""The page of the morning: four sentences, then what they are about.

`/` leads to the page of the visitor's own unit, `/don-vi/{code}` to any other that is theirs. A unit with
others below it has one line for each of these, in the order in which somebody should call them.
"""

from collections.abc import Mapping
from datetime import date, datetime
from itertools import groupby
from typing import Any, Literal

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Struct, field
from msgspec.structs import replace

from sync.central.figures.branch_query import branches_of
from sync.central.figures.branches import FAR, Branch, silent_a_day
from sync.central.figures.morning import Looking, Morning, Window, read_morning
from sync.central.figures.said import Said, in_parts
from sync.central.figures.summary import HandoverRow, SummaryRow
from sync.central.figures.today import Link as Target
from sync.central.figures.today import Sentence, low_levels, main_form
from sync.central.http.queries import query
from sync.central.office.people.permissions import PermittedAct, may_anywhere
from sync.central.office.remarks.listing import Asked as RemarksAsked
from sync.central.office.remarks.listing import RemarkCounts, counts_of
from sync.central.office.units.tree import CENTRE
from sync.central.presenting.drawing import spark_strip as strips
from sync.central.presenting.drawing.heat_strip import (
    HeatGroup,
    heat_strip,
    shade,
    shade_names,
    shade_swatch,
)
from sync.central.presenting.drawing.level_bar import level_bar
from sync.central.presenting.drawing.markup import Svg
from sync.central.presenting.language import capital
from sync.central.web.choices import Tab
from sync.central.web.figure_links import answers_at, low_at, places, rating_at, summary_files, summary_query
from sync.central.web.frame import Link
from sync.central.web.legends import Swatch, level_legend
from sync.central.web.look import Look, Place
from sync.central.web.routes import needs
from sync.central.web.server_words import failed_jobs
from sync.central.web.shown import Shown
from sync.central.web.visit import Visit
from sync.contract.problem import ProblemError
from sync.contract.problem.browser import NOT_PERMITTED
from sync.contract.text import pick

SEE: PermittedAct = "see-figures"
MOST_ROWS = 8
"""Procedures on the page; the others are one link away."""
MOST_BRANCHES = 40
"""Units on the page, those to call first; all of them are one link away."""
FEWEST_CELLS = 10
"""Units from which on a strip of cells shows more than the table."""
COLUMNS, NAMED_COLUMNS = 96, 120
"""Cells in a row of the strip; next to names, most provinces are one row."""
WindowKey = Literal["hom-nay", "hom-qua", "tuan", "thang"]
_WINDOWS: Mapping[WindowKey, Window] = {
    "hom-nay": "today",
    "hom-qua": "day",
    "tuan": "week",
    "thang": "month",
}
_TABS: Mapping[WindowKey, str] = {
    "hom-nay": "Hôm nay",
    "hom-qua": "Hôm qua",
    "tuan": "Tuần",
    "thang": "Tháng",
}
# How often the page asks again, in seconds; who looks at today wants to see who comes.
_LIVE, _LIVE_TODAY = 60, 3


class TodayAsked(Struct, frozen=True):
    """Of which days, and whether all units below are shown or only those to call first."""

    tab: WindowKey = field(default="hom-qua", name="ky")
    every: Literal["", "co"] = field(default="", name="tat_ca")


class Piece(Struct, frozen=True):
    """A part of a sentence; at: where its number is in the summary, see figure_links.py, "" for none."""

    text: str
    at: str


Line = tuple[Piece, ...]


class Card(Struct, frozen=True, kw_only=True):
    """One of the four answers. urgent: somebody has to do something. go: None without a page to read on."""

    question: str
    sentence: Line
    lines: tuple[Line, ...]
    urgent: bool
    go: Link | None


class StripRow(Struct, frozen=True):
    """The days of one counter."""

    name: str
    drawing: Svg


class ProcedureRow(Struct, frozen=True, kw_only=True):
    """One procedure with its rows of the summary, and where these are."""

    name: str
    handovers: HandoverRow | None
    handovers_at: str
    rating: SummaryRow | None
    rating_at: str
    bar: Svg | None
    low: int | None
    low_at: str


class BranchRow(Struct, frozen=True, kw_only=True):
    """One unit below.

    silent, fell: why somebody should call it: a machine that sent nothing for a working day, or far fewer
    answers than last month. query, handovers_at, rating_at: where its figures are, see figure_links.py.
    """

    name: str
    address: str
    branch: Branch
    silent: bool
    fell: bool
    query: str
    handovers_at: str
    rating_at: str


class TodayPage(Struct, frozen=True, kw_only=True):
    """All that the page shows. query, by_procedure: of the summaries that its numbers are from.

    files: the table, as files. heat_by_branch: each branch is a row of the strip, with its name. rule: what a
    percentage counts, "" where nothing was rated. low: the levels that count as unhappy. failed: jobs of the
    server that do not work, a sentence each.
    """

    name: str
    now: datetime
    first: date
    last: date
    tabs: tuple[Tab, ...]
    live: int
    query: str
    cards: tuple[Card, ...]
    strips: tuple[StripRow, ...] = ()
    series: tuple[Swatch, ...] = ()
    rows: tuple[ProcedureRow, ...] = ()
    levels: tuple[Swatch, ...] = ()
    all_rows: Link | None = None
    branches: tuple[BranchRow, ...] = ()
    all_branches: Link | None = None
    sees_remarks: bool = False
    heat: Svg | None = None
    heat_by_branch: bool = False
    shades: tuple[Swatch, ...] = ()
    rule: str = ""
    low: str = "1–2"
    nothing: bool = False
    enrol: str = ""
    files: tuple[Link, ...] = ()
    failed: tuple[str, ...] = ()


def own_page(look: Look, asked: TodayAsked) -> Shown:
    """The page of the visitor's own unit; of the only one that is above all, for the whole centre."""
    place = look.place(SEE)
    if place.code == CENTRE:
        roots = branches_of(look.connection, CENTRE, look.today)
        if len(roots) == 1:
            place = look.place(SEE, roots[0])
    failed = failed_jobs(look) if look.may("see-system", CENTRE) else ()
    return _shown(look, place, asked, failed)


def unit_page(look: Look, code: str, asked: TodayAsked) -> Shown:
    """The page of a unit; raises ProblemError HL4010 for one that there is not, or is not the visitor's."""
    return _shown(look, look.place(SEE, code), asked)


def _shown(look: Look, place: Place, asked: TodayAsked, failed: tuple[str, ...] = ()) -> Shown:
    caller = look.caller(place.code)
    admin = look.administrators.view(caller).admin
    tab = asked.tab if admin or asked.tab != "hom-nay" else "hom-qua"
    looking = Looking(unit=place.code, scope=caller.unit, admin=admin, now=look.now, window=_WINDOWS[tab])
    morning = read_morning(look.connection, looking, look.names, _remarks(look, place.code))
    page = replace(today_page(look, place, tab, morning, admin=admin), failed=failed)
    if not asked.every and len(page.branches) > MOST_BRANCHES:
        page = replace(
            page,
            branches=page.branches[:MOST_BRANCHES],
            all_branches=Link(
                f"{_address(place.code)}?ky={tab}&tat_ca=co#don-vi",
                look.say("Xem cả %(n)s đơn vị", n=len(page.branches)),
            ),
        )
    return Shown(template="today.html", title=look.say("Hôm nay"), page=page)


def _remarks(look: Look, unit: str) -> dict[str, RemarkCounts] | None:
    """What is not closed, by unit; None if the visitor may not see remarks there."""
    reader = look.reader() if look.may("see-remarks", unit) else None
    if reader is None:
        return None
    return counts_of(look.connection, reader, RemarksAsked(unit=unit), now=look.now)


# --- the page -----------------------------------------------------------------------------------------------


def today_page(look: Look, place: Place, tab: WindowKey, morning: Morning, *, admin: bool) -> TodayPage:
    """The page from what was read."""
    asked, language = morning.asked, look.translation.language
    form = main_form(morning.reply)
    rows, more = _procedures(look, morning)
    levels = low_levels(form.rows[0]) if form and form.rows else ()
    table = summary_query(asked.query, by="unit" if asked.branches else "procedure")
    no_machine = morning.today.machines.n == 0
    return TodayPage(
        name=capital(place.name),
        now=look.now,
        first=asked.first,
        last=asked.last,
        tabs=tuple(
            Tab(f"{_address(place.code)}?ky={each}", look.say(title), each == tab)
            for each, title in _TABS.items()
            if admin or each != "hom-nay"
        ),
        live=_LIVE_TODAY if tab == "hom-nay" else _LIVE,
        query=summary_query(asked.query, by="" if asked.branches else "procedure"),
        cards=tuple(_card(look, morning, each) for each in morning.today.every),
        strips=_strips(look, morning),
        series=tuple(
            Swatch(strips.series_swatch(name), look.say(says))
            for name, says in (("tagged", "đã quét"), ("answered", "trả lời"))
        ),
        rows=rows,
        levels=level_legend(look, form),
        all_rows=more,
        branches=_branches(look, morning),
        sees_remarks=any(each.overdue is not None for each in morning.branches),
        heat=_heat(look, morning),
        heat_by_branch=bool(morning.leaves),
        shades=tuple(
            Swatch(shade_swatch(value), says)
            for value, says in [*enumerate(shade_names(language)), (None, look.say("chưa có lượt nào"))]
        ),
        rule=pick(form.rule, language) if form and form.rule else "",
        low="–".join(str(level) for level in sorted({levels[0], levels[-1]})) if levels else "1–2",
        nothing=not asked.branches and not rows,
        files=summary_files(look, place.code, table) if rows or asked.branches else (),
        enrol=f"/may/moi?unit={place.code}" if no_machine and look.may("change-devices", place.code) else "",
    )


def _address(unit: str) -> str:
    return f"/don-vi/{unit}" if unit else "/"


_QUESTIONS = {
    "machines": "Máy có gửi không?",
    "answers": "Dân có trả lời không?",
    "unhappy": "Có ai chưa hài lòng?",
    "due": "Việc đến hạn",
}


def _card(look: Look, morning: Morning, sentence: Sentence) -> Card:
    def line(said: Said) -> Line:
        places: Mapping[str, str] = {}
        if sentence.question == "answers":
            places = answers_at(said)
        elif sentence.question == "unhappy":
            places = rating_at(morning.reply, said)
        parts = in_parts(said, look.translation.language, look.now)
        return tuple(Piece(part.text, places.get(part.name, "")) for part in parts)

    return Card(
        question=look.say(_QUESTIONS[sentence.question]),
        sentence=line(sentence.sentence),
        lines=tuple(map(line, sentence.figures)),
        urgent=sentence.urgent,
        go=_go(look, morning.asked.unit, sentence.link),
    )


def _go(look: Look, unit: str, target: Target) -> Link | None:
    """Where a card leads, if there is such a page and the visitor may open it."""
    filters = summary_query(target.query)
    if target.target == "devices" and look.may("see-devices", unit):
        return Link(f"/may?{filters}", look.say("Xem máy"))
    if target.target == "counters":
        return Link(f"/quay?{filters}", look.say("Quầy nào ít trả lời"))
    if target.target == "units":
        return Link("#don-vi", look.say("Đơn vị nào ít trả lời"))
    if target.target == "procedures":
        return Link(f"/thu-tuc?{filters}", look.say("Thủ tục nào"))
    if target.target == "report" and look.may("see-reports", unit):
        return Link(f"/bao-cao/{target.query['report']}", look.say("Mở báo cáo"))
    if target.target == "reports" and look.may("see-reports", unit):
        return Link(f"/bao-cao?{filters}", look.say("Lập báo cáo"))
    if target.target == "remarks":
        return Link(f"/y-kien?{summary_query({'unit': unit}, trang_thai='can-xu-ly')}", look.say("Xử lý"))
    if target.target in ("plan", "plans") and look.may("see-remedies", unit):
        return Link("/viec", look.say("Việc của tôi"))
    return None


def _strips(look: Look, morning: Morning) -> tuple[StripRow, ...]:
    """The last days of each counter, all on one scale."""
    made = [
        [
            strips.StripDay(
                day=each.day,
                closed=each.closed,
                tagged=_count(each.known, each.row.tagged if each.row else 0),
                answered=_count(each.known, each.row.answered if each.row else 0),
            )
            for each in strip.days
        ]
        for strip in morning.strips
    ]
    scale = strips.highest(made)
    return tuple(
        StripRow(
            strip.name
            or strip.counter
            or look.say("Gộp vì ít lượt hoặc không rõ quầy" if strip.folded else "Không rõ quầy"),
            strips.spark_strip(days, look.translation.language, scale=scale),
        )
        for strip, days in zip(morning.strips, made, strict=True)
    )


def _count(known: bool, count: int | None) -> int | None:
    return (count or 0) if known else None


def _procedures(look: Look, morning: Morning) -> tuple[tuple[ProcedureRow, ...], Link | None]:
    """The first rows, and a link to all if there are more."""
    reply, lines = morning.reply, morning.procedures
    at = places(reply)
    rows = tuple(
        ProcedureRow(
            name=line.name or line.code or look.say("Không rõ thủ tục"),
            handovers=line.handovers,
            handovers_at=at.get(id(line.handovers), ""),
            rating=line.rating,
            rating_at=at.get(id(line.rating), ""),
            bar=level_bar(line.rating.counts, look.translation.language)
            if line.rating and line.rating.counts
            else None,
            low=line.low if line.rating else None,
            low_at=low_at(line.rating) if line.rating else "",
        )
        for line in lines[:MOST_ROWS]
    )
    more = None
    if len(lines) > MOST_ROWS:
        title = look.say("Xem cả %(n)s thủ tục", n=len(lines))
        more = Link(f"/thu-tuc?{summary_query(morning.asked.query)}", title)
    return rows, more


def _branches(look: Look, morning: Morning) -> tuple[BranchRow, ...]:
    form = main_form(morning.reply)
    at = f"#/surveys/survey={form.survey};version={form.version}/rows/0" if form else ""
    return tuple(_branch(look, morning, branch, at) for branch in morning.branches)


def _branch(look: Look, morning: Morning, branch: Branch, at: str) -> BranchRow:
    # What a unit has itself, without those below it, is no summary that anybody could ask for.
    itself = branch.unit == morning.asked.unit
    return BranchRow(
        name=look.say("%(unit)s (không kể cấp dưới)", unit=branch.name) if itself else branch.name,
        address="" if itself else _address(branch.unit),
        branch=branch,
        silent=silent_a_day(branch, morning.working_day),
        fell=branch.fell is not None and branch.fell >= FAR,
        query="" if itself else summary_query({**morning.asked.query, "unit": branch.unit}),
        handovers_at="" if itself else "#/handovers",
        rating_at=at if branch.n and not itself else "",
    )


def _heat(look: Look, morning: Morning) -> Svg | None:
    """How many answered in each unit, in the order of their codes, so that a cell never changes its place.

    Where the units below have others below them, a cell is one of these last, and each unit below is a row.
    """
    if morning.leaves:
        groups = [
            HeatGroup(look.names.units.get(branch, branch), [shade(leaf.now.percent) for leaf in leaves])
            for branch, leaves in groupby(morning.leaves, key=lambda leaf: leaf.branch)
        ]
    else:
        branches = sorted(morning.branches, key=lambda each: each.unit)
        groups = [HeatGroup("", [shade(branch.now.percent) for branch in branches])]
    if sum(len(group.cells) for group in groups) < FEWEST_CELLS:
        return None
    language = look.translation.language
    columns = NAMED_COLUMNS if morning.leaves else COLUMNS
    return heat_strip(groups, look.say("Tỷ lệ trả lời"), shade_names(language), language, columns=columns)


# --- the routes ---------------------------------------------------------------------------------------------


# Where a person is led who sees no figures.
_OTHERS: tuple[tuple[PermittedAct, str], ...] = (("key-forms", "/nhap-phieu"), ("interview", "/di-hoi"))


@get("/", opt=needs(None), dependencies={"asked": query(TodayAsked)})
async def own(visit: NamedDependency[Visit], asked: NamedDependency[TodayAsked]) -> Response[Any]:
    """The page of one's own unit; of who sees no figures, the page of their work."""
    person, today = visit.visitor.person, visit.desk.today()
    if may_anywhere(person, SEE, today):
        return await visit.show_kept(own_page, asked)
    for act, address in _OTHERS:
        if may_anywhere(person, act, today):
            return visit.go(address)
    raise ProblemError(NOT_PERMITTED())


@get("/don-vi/{code:str}", opt=needs(SEE), dependencies={"asked": query(TodayAsked)})
async def unit(
    visit: NamedDependency[Visit], code: FromPath[str], asked: NamedDependency[TodayAsked]
) -> Response[Any]:
    """The page of a unit."""
    return await visit.show_kept(unit_page, code, asked)


ROUTES = (own, unit)
