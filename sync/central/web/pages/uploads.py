"""A list is uploaded: tried first, with every error by its line or every change, then taken in."""

from pathlib import Path
from typing import Any

from litestar import Response, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Struct, field

from sync.central.http.queries import query
from sync.central.office.configuration.from_lists import TABLES, Effect, Table, take_in
from sync.central.office.sheets.reader import Sheet, sheet_of
from sync.central.office.units.tree import CENTRE
from sync.central.web.carried_sheet import carried, carry
from sync.central.web.catalogue_entries import CHANGE, HUB, UnitAsked, crumbs
from sync.central.web.frame import Link
from sync.central.web.look import Look, Place
from sync.central.web.near_units import of_unit
from sync.central.web.problems import ProblemPage
from sync.central.web.routes import FORM_BYTES, needs
from sync.central.web.shown import Shown
from sync.central.web.typed import line, refused
from sync.central.web.visit import Visit
from sync.contract.problem import ProblemError
from sync.contract.problem.browser import FORM_INVALID
from sync.contract.problem.wire import ADDRESS_UNKNOWN

PATH = f"{HUB}/nhap"
UPLOAD_BYTES = 16 * FORM_BYTES
UNPACKED = 32 * 1024 * 1024
"""How many bytes an uploaded workbook may hold: ten times the list of all units of the country."""
SHOWN = 200
"""Lines of errors, and of changes, on one page."""
_TITLES = {
    "thu-tuc": "Nhập danh sách thủ tục",
    "can-bo": "Nhập danh sách cán bộ",
    "quay": "Nhập danh sách quầy",
    "ngay-nghi": "Nhập danh sách ngày nghỉ",
    "don-vi": "Nhập danh sách đơn vị",
}


class ColumnRow(Struct, frozen=True, kw_only=True):
    """A column that the table may have. also: its other headings."""

    heading: str
    also: str
    needed: bool


class Tried(Struct, frozen=True, kw_only=True):
    """A table without errors. table, seen: for the form that takes it in. more: changes not shown."""

    name: str
    added: tuple[str, ...]
    changed: tuple[str, ...]
    same: int
    more: int
    count_added: int
    count_changed: int
    table: str
    seen: str


class ListPage(Struct, frozen=True, kw_only=True):
    """The form to upload a list, or what was found in one. errors: of how many the first are shown."""

    title: str
    place: str
    columns: tuple[ColumnRow, ...]
    action: str
    accept: str
    tried: Tried | None
    wrong: tuple[ProblemPage, ...]
    errors: int
    why: str


class _Upload(Struct, frozen=True, kw_only=True):
    """Which list, and at which unit."""

    noun: str
    table: Table
    place: Place


def _upload(look: Look, noun: str, asked: UnitAsked) -> _Upload:
    """Raises ProblemError HL4010 for a list that there is not, or a unit that is not the visitor's."""
    table = TABLES.get(noun)
    place = look.place(CHANGE, asked.unit)
    # The tree of units is one for the whole centre.
    if table is None or (noun == "don-vi" and place.code != CENTRE):
        raise ProblemError(ADDRESS_UNKNOWN())
    return _Upload(noun=noun, table=table, place=place)


def list_page(
    look: Look,
    upload: _Upload,
    sheet: Sheet | None = None,
    why: str = "",
    problem: ProblemError | None = None,
) -> Shown:
    """The form, or the effect of a table. problem: why it was refused already."""
    tried = None
    if sheet is not None:
        try:
            effect = upload.table.read(look.connection, upload.place.code, sheet, look.today)
            tried = _tried(sheet, effect)
        except ProblemError as error:
            problem = error
    wrong = refused(problem, look.translation.language) if problem else ()
    here = f"{PATH}/{upload.noun}"
    page = ListPage(
        title=look.say(_TITLES[upload.noun]),
        place=upload.place.name,
        columns=tuple(
            ColumnRow(heading=headings[0], also=", ".join(headings[1:]), needed=column in upload.table.needed)
            for column, headings in _vietnamese_first(upload.table).items()
        ),
        action=of_unit(here, upload.place.code),
        accept=of_unit(f"{here}/nhan", upload.place.code),
        tried=tried,
        wrong=wrong[:SHOWN],
        errors=len(wrong),
        why=why,
    )
    above = Link(of_unit(f"{HUB}/{upload.noun}", upload.place.code), look.say(_BACK[upload.noun]))
    return Shown(
        template="list_upload.html",
        title=page.title,
        page=page,
        crumbs=crumbs(look, above, unit=upload.place.code),
        status=400 if wrong else 200,
    )


_BACK = {
    "thu-tuc": "Thủ tục",
    "can-bo": "Cán bộ",
    "quay": "Quầy",
    "ngay-nghi": "Ngày nghỉ",
    "don-vi": "Đơn vị",
}


def _vietnamese_first(table: Table) -> dict[str, tuple[str, ...]]:
    """The headings of each column, those with Vietnamese letters first."""
    return {column: tuple(sorted(headings, key=str.isascii)) for column, headings in table.columns.items()}


def _tried(sheet: Sheet, effect: Effect) -> Tried:
    added, changed = effect.added[:SHOWN], effect.changed[:SHOWN]
    return Tried(
        name=sheet.name,
        added=added,
        changed=changed,
        same=effect.same,
        more=len(effect.added) + len(effect.changed) - len(added) - len(changed),
        count_added=len(effect.added),
        count_changed=len(effect.changed),
        table=carry(sheet),
        seen=effect.digest,
    )


@get(PATH + "/{noun:str}", opt=needs(CHANGE), dependencies={"asked": query(UnitAsked)})
async def shows(
    visit: NamedDependency[Visit], asked: NamedDependency[UnitAsked], noun: FromPath[str]
) -> Response[Any]:
    """The form."""
    upload = await visit.read(_upload, noun, asked)
    return await visit.show(list_page, upload)


@post(
    PATH + "/{noun:str}",
    opt=needs(CHANGE),
    dependencies={"asked": query(UnitAsked)},
    request_max_body_size=UPLOAD_BYTES,
)
async def tries(
    visit: NamedDependency[Visit], asked: NamedDependency[UnitAsked], noun: FromPath[str]
) -> Response[Any]:
    """Try a table; nothing is changed."""
    upload = await visit.read(_upload, noun, asked)
    file = (await visit.request.form()).get("tep")
    try:
        if not isinstance(file, UploadFile) or not file.filename:
            raise ProblemError(FORM_INVALID(where="tep", detail="chưa chọn tệp"))
        content = await file.read()
        sheet = await visit.read(_read, file.filename, content, upload.table)
    except ProblemError as error:
        return await visit.show(list_page, upload, problem=error)
    return await visit.show(list_page, upload, sheet)


def _read(_: Look, filename: str, content: bytes, table: Table) -> Sheet:
    name = "".join(each for each in Path(filename).name if each.isprintable())[-80:]
    return sheet_of(name, content, table.headings, unpacked=UNPACKED)


class TakeFields(Struct, frozen=True, forbid_unknown_fields=True):
    """What the form to take in sends."""

    table: str = field(name="bang")
    seen: str = field(name="xem")
    why: str = field(default="", name="ly_do")


@post(
    PATH + "/{noun:str}/nhan",
    opt=needs(CHANGE),
    dependencies={"asked": query(UnitAsked)},
    request_max_body_size=UPLOAD_BYTES,
)
async def takes(
    visit: NamedDependency[Visit], asked: NamedDependency[UnitAsked], noun: FromPath[str]
) -> Response[Any]:
    """Take a table in, if its effect is still the one that was shown."""
    fields = await visit.fields(TakeFields)
    upload = await visit.read(_upload, noun, asked)
    sheet = await visit.read(_carried, fields.table)
    try:
        why = line(fields.why, "ly_do", required=True)
        effect = await visit.act(take_in, upload.table, upload.place.code, sheet, why, fields.seen)
    except ProblemError as error:
        return await visit.show(list_page, upload, sheet, fields.why, error)
    return visit.go(
        of_unit(f"{HUB}/{noun}", upload.place.code),
        visit.say(
            "Đã nhận %(name)s: thêm %(added)s, đổi %(changed)s.",
            name=sheet.name,
            added=len(effect.added),
            changed=len(effect.changed),
        ),
    )


def _carried(_: Look, text: str) -> Sheet:
    return carried(text, "bang")


ROUTES = (shows, tries, takes)
