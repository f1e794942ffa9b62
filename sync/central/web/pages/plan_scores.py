"""The nine indicators of circular 01/2018 of a plan's body: a list of dossiers, four numbers, sum and grade.

Table, Excel file and CSV are the same card.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Annotated, Any, Final

from litestar import Response, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Meta, Struct, field

from sync.central.figures.score_card import CardLine, ScoreCard, Source, read_score_card
from sync.central.office.audit.acts import Act
from sync.central.office.configuration.row_queries import newest_releases
from sync.central.office.planning.dossiers import BY_DOSSIER, Counts, heading, read_dossiers
from sync.central.office.planning.given_points import (
    OF_THE_BODY,
    ask_citizens,
    give_points,
    given_scores,
    take_dossiers,
)
from sync.central.office.sheets.reader import sheet_of
from sync.central.web.choices import Option
from sync.central.web.headers import PAGE_HEADERS
from sync.central.web.look import Look
from sync.central.web.pages.plan_closing import in_force
from sync.central.web.plan_words import CHANGE, PLANS, SEE, plan_crumbs
from sync.central.web.problems import ProblemPage
from sync.central.web.routes import FORM_BYTES, needs
from sync.central.web.shown import Shown
from sync.central.web.table_files import FILE_TYPES, FileKind, TableFile, written_table
from sync.central.web.typed import refused as refused_pages
from sync.central.web.visit import Visit
from sync.contract.plan import Plan
from sync.contract.problem import ProblemError
from sync.contract.problem.browser import FORM_INVALID
from sync.contract.survey import Rating
from sync.contract.text import pick
from sync.tables.column import Kind

AT: Final = PLANS + "/{id:str}/cham-diem"
UPLOAD_BYTES: Final = 32 * FORM_BYTES
UNPACKED: Final = 64 * 1024 * 1024  # bytes of a workbook: 200,000 dossiers
SHOWN: Final = 100
"""Lines of errors on one page."""
SOURCES: Mapping[Source, str] = {
    "": "chưa có",
    "dossiers": "danh sách hồ sơ",
    "answers": "phiếu khảo sát",
    "body": "điểm của cơ quan",
}
Short = Annotated[str, Meta(max_length=20)]


class ScoreRow(Struct, frozen=True, kw_only=True):
    """One indicator. points: as decimal text, None without."""

    number: int
    name: str
    source: str
    question: str
    n: int
    counts: tuple[int, int, int]
    points: str | None


class BodyField(Struct, frozen=True, kw_only=True):
    """The field of an indicator of the body."""

    name: str
    label: str
    value: str


class ScoresPage(Struct, frozen=True, kw_only=True):
    """The card. total: of all nine, None while one has no points; grade: "" then. missing: their numbers."""

    address: str
    title: str
    rows: tuple[ScoreRow, ...]
    total: str | None
    so_far: str
    grade: str
    missing: tuple[int, ...]
    body: tuple[BodyField, ...]
    questions: tuple[Option, ...]
    question: str
    headings: tuple[str, ...]
    may_change: bool
    wrong: tuple[ProblemPage, ...]
    errors: int


class PointFields(Struct, frozen=True, forbid_unknown_fields=True):
    """The points of the body, by indicator."""

    shop: Short = field(default="", name="chi_so_5")
    publicity: Short = field(default="", name="chi_so_6")
    complaints: Short = field(default="", name="chi_so_8")
    online: Short = field(default="", name="chi_so_9")

    def by_indicator(self) -> dict[int, str]:
        """What was typed."""
        return dict(zip(OF_THE_BODY, (self.shop, self.publicity, self.complaints, self.online), strict=True))


class QuestionFields(Struct, frozen=True, forbid_unknown_fields=True):
    """The rating that is taken for the attitude of officers, "" for none."""

    question: Annotated[str, Meta(max_length=64)] = field(default="", name="cau")


def scores_page(
    look: Look, id: str, *, typed: PointFields | None = None, refused: ProblemError | None = None
) -> Shown:
    """The card of the plan of the address. typed: points that were refused."""
    plan, language = in_force(look, id).plan, look.translation.language
    card, questions = read_score_card(look.connection, plan), _questions(look, plan)
    wrong = refused_pages(refused, language) if refused else ()
    given = {each.indicator: each for each in given_scores(look.connection, plan.id)}
    texts = typed.by_indicator() if typed else {}
    page = ScoresPage(
        address=f"{PLANS}/{id}/cham-diem",
        title=pick(plan.title, language),
        rows=tuple(_row(look, line, questions) for line in card.lines),
        total=str(card.score.points) if card.score else None,
        so_far=str(card.points),
        grade=pick(card.score.grade.name, language) if card.score else "",
        missing=card.missing,
        body=tuple(
            BodyField(
                name=f"chi_so_{line.indicator.number}",
                label=f"{line.indicator.number}. {pick(line.indicator.name, language)}",
                value=texts.get(line.indicator.number, "" if line.points is None else _typed(line.points)),
            )
            for line in card.lines
            if line.indicator.number in OF_THE_BODY
        ),
        questions=(
            Option("", look.say("theo danh sách hồ sơ")),
            *(Option(each, text) for each, text in questions.items()),
        ),
        question=next((each.question for each in given.values() if each.question), ""),
        headings=tuple(map(heading, BY_DOSSIER)),
        may_change=look.may(CHANGE, plan.unit),
        wrong=wrong[:SHOWN],
        errors=len(wrong),
    )
    title = look.say("Chấm điểm theo Thông tư 01/2018")
    status = refused.problem.kind.status if refused else 200
    return Shown(
        template="plan_scores.html", title=title, page=page, crumbs=plan_crumbs(look, plan), status=status
    )


def _typed(points: Decimal) -> str:
    return str(points).replace(".", ",")


def _row(look: Look, line: CardLine, questions: Mapping[str, str]) -> ScoreRow:
    return ScoreRow(
        number=line.indicator.number,
        name=pick(line.indicator.name, look.translation.language),
        source=look.say(SOURCES[line.source]),
        question=questions.get(line.question, line.question),
        n=line.n,
        counts=line.counts,
        points=None if line.points is None else str(line.points),
    )


def _questions(look: Look, plan: Plan) -> dict[str, str]:
    """The ratings of the plan's forms, each once, in the order of the forms."""
    language = look.translation.language
    forms = newest_releases(look.connection, {group.survey for group in plan.groups})
    return {
        question.id: pick(question.text, language)
        for form in forms
        for question in form.questions
        if isinstance(question, Rating)
    }


@get(AT, opt=needs(SEE))
async def plan_scores(visit: NamedDependency[Visit], id: FromPath[str]) -> Response[Any]:
    """The nine indicators."""
    return await visit.show(scores_page, id)


@post(AT, opt=needs(CHANGE), request_max_body_size=UPLOAD_BYTES)
async def takes_dossiers(visit: NamedDependency[Visit], id: FromPath[str]) -> Response[Any]:
    """Take a list of dossiers in: all of it, or nothing."""
    plan = await visit.read(_plan, id)
    file = (await visit.request.form()).get("tep")
    try:
        if not isinstance(file, UploadFile) or not file.filename:
            raise ProblemError(FORM_INVALID(where="tep", detail="chưa chọn tệp"))
        counts = await visit.read(_read, file.filename, await file.read())
        given = await visit.act(_take, plan, counts, visit.visitor.person.account)
    except ProblemError as error:
        return await visit.show(scores_page, id, refused=error)
    said = visit.say("Đã nhận %(n)s điểm của hồ sơ; không lưu mã hồ sơ nào.", n=given)
    return visit.go(f"{PLANS}/{id}/cham-diem", said)


@post(AT + "/diem", opt=needs(CHANGE))
async def gives_points(visit: NamedDependency[Visit], id: FromPath[str]) -> Response[Any]:
    """Note the points of the body."""
    plan = await visit.read(_plan, id)
    fields = await visit.fields(PointFields)
    try:
        await visit.act(_give, plan, fields.by_indicator(), visit.visitor.person.account)
    except ProblemError as error:
        return await visit.show(scores_page, id, typed=fields, refused=error)
    return visit.go(f"{PLANS}/{id}/cham-diem", visit.say("Đã ghi."))


@post(AT + "/cau", opt=needs(CHANGE))
async def asks_citizens(visit: NamedDependency[Visit], id: FromPath[str]) -> Response[Any]:
    """Choose the rating that is taken for the attitude of officers."""
    fields = await visit.fields(QuestionFields)
    plan = await visit.read(_plan, id)
    try:
        await visit.read(_check_question, plan, fields.question)
        await visit.act(_ask, plan, fields.question, visit.visitor.person.account)
    except ProblemError as error:
        return await visit.show(scores_page, id, refused=error)
    return visit.go(f"{PLANS}/{id}/cham-diem", visit.say("Đã ghi."))


def _plan(look: Look, id: str) -> Plan:
    return in_force(look, id, CHANGE).plan


def _read(_: Look, name: str, content: bytes) -> Counts:
    return read_dossiers(sheet_of(name[-80:], content, expected_headings(), unpacked=UNPACKED))


def expected_headings() -> tuple[str, ...]:
    """The headings that a list of dossiers can have."""
    return tuple(map(heading, BY_DOSSIER))


def _check_question(look: Look, plan: Plan, question: str) -> None:
    if question and question not in _questions(look, plan):
        raise ProblemError(FORM_INVALID(where="cau"))


def _take(act: Act, plan: Plan, counts: Counts, account: int) -> int:
    return take_dossiers(act, plan, counts, account=account)


def _give(act: Act, plan: Plan, typed: Mapping[int, str], account: int) -> None:
    give_points(act, plan, typed, account=account)


def _ask(act: Act, plan: Plan, question: str, account: int) -> None:
    ask_citizens(act, plan, question, account=account)


# --- files --------------------------------------------------------------------------------------------------


def _table(look: Look, id: str, kind: FileKind) -> bytes:
    """The card as a file."""
    plan = in_force(look, id).plan
    card = read_score_card(look.connection, plan)
    columns: tuple[tuple[str, Kind], ...] = (
        ("Chỉ số", "whole"),
        ("Tên chỉ số", "text"),
        ("Theo", "text"),
        ("Hồ sơ, phiếu", "whole"),
        ("2 điểm", "whole"),
        ("1 điểm", "whole"),
        ("0 điểm", "whole"),
        ("Điểm", "text"),
    )
    table = TableFile(
        columns=tuple((look.say(title), kind_of) for title, kind_of in columns),
        rows=list(_lines(look, plan, card)),
    )
    return written_table(kind, "cham-diem", table)


def _lines(look: Look, plan: Plan, card: ScoreCard) -> Iterator[tuple[Any, ...]]:
    questions = _questions(look, plan)
    for line in card.lines:
        row = _row(look, line, questions)
        zero, one, two = row.counts
        counts = (row.n, two, one, zero) if row.n else (None, None, None, None)
        yield row.number, row.name, row.source, *counts, row.points or ""
    grade = pick(card.score.grade.name, look.translation.language) if card.score else look.say("chưa đủ")
    yield None, look.say("Cộng, xếp loại"), grade, None, None, None, None, str(card.points)


async def _download(visit: Visit, id: str, kind: FileKind) -> Response[bytes]:
    content = await visit.read(_table, id, kind)
    name = f"cham-diem-{id}-{visit.desk.today().isoformat()}.{kind}"
    headers = {**PAGE_HEADERS, "Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=FILE_TYPES[kind], headers=headers)


@get(AT + "/tai-ve.xlsx", opt=needs(SEE))
async def scores_workbook(visit: NamedDependency[Visit], id: FromPath[str]) -> Response[bytes]:
    """The card as a workbook."""
    return await _download(visit, id, "xlsx")


@get(AT + "/tai-ve.csv", opt=needs(SEE))
async def scores_csv(visit: NamedDependency[Visit], id: FromPath[str]) -> Response[bytes]:
    """The card as CSV."""
    return await _download(visit, id, "csv")


@get(AT + "/mau.xlsx", opt=needs(SEE))
async def dossier_template(visit: NamedDependency[Visit], id: FromPath[str]) -> Response[bytes]:
    """An empty list of dossiers."""
    await visit.read(in_force, id)
    columns: tuple[tuple[str, Kind], ...] = (
        ("Mã hồ sơ", "text"),
        *((each, "whole") for each in expected_headings()),
    )
    content = written_table("xlsx", "ho-so", TableFile(columns=columns, rows=[]))
    headers = {**PAGE_HEADERS, "Content-Disposition": 'attachment; filename="ho-so-cham-diem.xlsx"'}
    return Response(content, media_type=FILE_TYPES["xlsx"], headers=headers)


ROUTES = (
    plan_scores,
    takes_dossiers,
    gives_points,
    asks_citizens,
    scores_workbook,
    scores_csv,
    dossier_template,
)
