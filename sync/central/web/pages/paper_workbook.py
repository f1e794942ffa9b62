"""The forms of a lot as a workbook: empty, filled in Excel, tried, and taken in whole or not at all."""

from pathlib import Path
from typing import Any

from litestar import Response, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Struct, field

from sync.central.office.audit.acts import Act
from sync.central.office.keys.stored import Keys
from sync.central.office.paper.asked import asking
from sync.central.office.paper.entering import TakenTable, key_table
from sync.central.office.sheets.reader import Sheet, sheet_of
from sync.central.web.carried_sheet import carried, carry
from sync.central.web.frame import Link
from sync.central.web.headers import PAGE_HEADERS
from sync.central.web.look import Look
from sync.central.web.pages.paper_desk import PAPER, known_lot
from sync.central.web.paper_reading import reading_desk
from sync.central.web.paper_sheet import ReadForms, columns_of, place_of, read_table, template
from sync.central.web.paper_words import KEY, asked_words
from sync.central.web.problems import ProblemPage
from sync.central.web.routes import needs
from sync.central.web.shown import Shown
from sync.central.web.typed import refused
from sync.central.web.visit import Visit
from sync.contract.problem import ProblemError
from sync.contract.problem.browser import FORM_INVALID
from sync.contract.survey import Survey

WORKBOOK = "/so-tinh"
UPLOAD_BYTES = 900_000
"""Of a file: a larger one would be written to a temporary file, with words in clear."""
_UNPACKED = 8_000_000
_SHOWN = 200
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class WorkbookPage(Struct, frozen=True, kw_only=True):
    """The form to upload, or what was found. table: for the form that takes it in."""

    address: str
    template: str
    tried: TakenTable | None
    name: str
    table: str
    wrong: tuple[ProblemPage, ...]
    errors: int


class _Read(Struct, frozen=True):
    """A table and its forms."""

    sheet: Sheet
    survey: Survey
    forms: ReadForms


def workbook_page(
    look: Look,
    id: str,
    *,
    read: _Read | None = None,
    tried: TakenTable | None = None,
    error: ProblemError | None = None,
) -> Shown:
    """The form, or the effect of a table. error: why it was refused."""
    lot = known_lot(look, id).lot
    wrong = refused(error, look.translation.language) if error else ()
    page = WorkbookPage(
        address=f"{PAPER}/{id}{WORKBOOK}",
        template=f"{PAPER}/{id}{WORKBOOK}/mau.xlsx",
        tried=tried,
        name=read.sheet.name if read else "",
        table=carry(read.sheet) if read and tried else "",
        wrong=wrong[:_SHOWN],
        errors=len(wrong),
    )
    return Shown(
        template="paper_workbook.html",
        title=look.say("Nhập phiếu từ Excel"),
        page=page,
        crumbs=(
            Link(PAPER, look.say("Nhập phiếu")),
            Link(f"{PAPER}/{id}", asked_words(look, lot.asked)),
        ),
        status=error.problem.kind.status if error else 200,
    )


@get(PAPER + "/{id:str}" + WORKBOOK, opt=needs(KEY))
async def workbook(visit: NamedDependency[Visit], id: FromPath[str]) -> Response[Any]:
    """The form to upload a workbook."""
    return await visit.show(workbook_page, id)


@get(PAPER + "/{id:str}" + WORKBOOK + "/mau.xlsx", opt=needs(KEY))
async def empty_workbook(visit: NamedDependency[Visit], id: FromPath[str]) -> Response[Any]:
    """An empty workbook for the forms of a lot."""
    file = await visit.read(_template, id)
    headers = {**PAGE_HEADERS, "Content-Disposition": f'attachment; filename="phieu-{id}.xlsx"'}
    return Response(file, media_type=_XLSX, headers=headers)


@post(PAPER + "/{id:str}" + WORKBOOK, opt=needs(KEY), request_max_body_size=UPLOAD_BYTES)
async def tries_workbook(visit: NamedDependency[Visit], id: FromPath[str]) -> Response[Any]:
    """Try a workbook; nothing is stored."""
    file = (await visit.request.form()).get("tep")
    await visit.read(known_lot, id)
    try:
        if not isinstance(file, UploadFile) or not file.filename:
            raise ProblemError(FORM_INVALID(where="tep", detail="chưa chọn tệp"))
        content = await file.read()
        read = await visit.read(_uploaded, id, file.filename, content, visit.desk.keys)
        tried = await visit.act(_take, id, read, visit.visitor.person.account, try_only=True)
    except ProblemError as error:
        return await visit.show(workbook_page, id, error=error)
    return await visit.show(workbook_page, id, read=read, tried=tried)


class TakeFields(Struct, frozen=True, forbid_unknown_fields=True):
    """What the form to take in sends."""

    table: str = field(name="bang")


@post(PAPER + "/{id:str}" + WORKBOOK + "/nhan", opt=needs(KEY), request_max_body_size=2 * UPLOAD_BYTES)
async def takes_workbook(visit: NamedDependency[Visit], id: FromPath[str]) -> Response[Any]:
    """Take a workbook in: all of its forms, or none."""
    fields = await visit.fields(TakeFields)
    await visit.read(known_lot, id)
    try:
        read = await visit.read(_carried, id, fields.table, visit.desk.keys)
        taken = await visit.act(_take, id, read, visit.visitor.person.account, try_only=False)
    except ProblemError as error:
        return await visit.show(workbook_page, id, error=error)
    said = visit.say(
        "Đã nhập %(kept)s phiếu và %(spoilt)s phiếu không hợp lệ.", kept=taken.kept, spoilt=taken.spoilt
    )
    return visit.go(f"{PAPER}/{id}", said)


def _template(look: Look, id: str) -> bytes:
    return template(asking(look.connection, known_lot(look, id).lot.asked).survey)


def _uploaded(look: Look, id: str, filename: str, content: bytes, keys: Keys) -> _Read:
    name = "".join(each for each in Path(filename).name if each.isprintable())[-80:]
    survey = asking(look.connection, known_lot(look, id).lot.asked).survey
    sheet = sheet_of(name, content, tuple(columns_of(survey).values()), unpacked=_UNPACKED)
    return _forms(look, id, sheet, keys)


def _carried(look: Look, id: str, text: str, keys: Keys) -> _Read:
    return _forms(look, id, carried(text, "bang"), keys)


def _forms(look: Look, id: str, sheet: Sheet, keys: Keys) -> _Read:
    desk = reading_desk(look, known_lot(look, id).lot, keys)
    return _Read(sheet, desk.known.survey, read_table(desk, sheet))


_FIELDS = {"number": "so", "answered": "ngay"}


def _take(act: Act, id: str, read: _Read, account: int, *, try_only: bool) -> TakenTable:
    def place(at: int, where: str) -> str:
        return place_of(read.sheet, read.forms.lines[at], _FIELDS.get(where, where), read.survey)

    return key_table(act, id, read.forms.forms, place=place, account=account, try_only=try_only)


ROUTES = (workbook, empty_workbook, tries_workbook, takes_workbook)
