"""One list on its way in: read, its columns named, tried with every error, then sealed and taken in.

A person of the office and a unit with a link take the same steps; who may, and at which address, differs.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated

from litestar.datastructures import UploadFile
from msgspec import Meta, Struct, field
from msgspec.structs import replace

from sync.central.office.people.box import AccountBox
from sync.central.office.sample.commitment import commitment_of, read_secrets
from sync.central.office.sample.people_list import (
    HEADINGS,
    Columns,
    PeopleList,
    fits,
    guessed,
    read_people,
)
from sync.central.office.sample.sealed_list import (
    Place,
    SealedPerson,
    check_open,
    known_software,
    seal_people,
)
from sync.central.office.sheets.reader import sheet_of
from sync.central.web.carried_list import HOURS, CarriedList, carried_list, carry_list
from sync.central.web.choices import Option
from sync.central.web.desk import WebDesk
from sync.central.web.forms import read_fields
from sync.central.web.look import Look
from sync.central.web.problems import ProblemPage
from sync.central.web.routes import FORM_BYTES
from sync.central.web.typed import line, refused
from sync.central.web.visit import Visit
from sync.contract.problem import ProblemError
from sync.contract.problem.browser import FORM_INVALID

UPLOAD_BYTES = 64 * FORM_BYTES
UNPACKED = 128 * 1024 * 1024
"""How many bytes an uploaded workbook may hold: a list of 200,000 people."""
SHOWN = 100
"""Lines of errors on one page."""
MEANINGS: Mapping[str, str] = {
    "name": "Họ và tên, hoặc tên tổ chức",
    "phone": "Số điện thoại",
    "address": "Địa chỉ",
    "given": "Mã khách hàng của đơn vị",
    "field": "Lĩnh vực",
}
OF_LETTERS: Mapping[str, str] = {**MEANINGS, "drafts": "Dự thảo văn bản được hỏi ý kiến"}


class ColumnChoice(Struct, frozen=True, kw_only=True):
    """Which column has a meaning. field: of the form."""

    field: str
    label: str
    chosen: str
    needed: bool


class FieldCount(Struct, frozen=True, kw_only=True):
    """A field of the list; "" for lines without one."""

    field: str
    lines: int
    people: int


class TriedList(Struct, frozen=True, kw_only=True):
    """A list without errors. repeated: lines that name somebody again."""

    lines: int
    people: int
    repeated: int
    fields: tuple[FieldCount, ...]


class UploadStep(Struct, frozen=True, kw_only=True):
    """Where a list is. file: its name, "" before one was chosen. table: what its form carries.

    choices: of columns, none before they are to be chosen; headings: of the file. tried: None with errors.
    errors: how many, of which the first are `wrong`. software: the names that are known.
    """

    file: str
    software_name: str
    software: tuple[str, ...]
    table: str
    headings: tuple[Option, ...]
    choices: tuple[ColumnChoice, ...]
    tried: TriedList | None
    wrong: tuple[ProblemPage, ...]
    errors: int


class ColumnFields(Struct, frozen=True, forbid_unknown_fields=True):
    """The columns as a form sends them."""

    table: str = field(name="bang")
    name: Annotated[str, Meta(max_length=300)] = field(default="", name="cot_ten")
    phone: Annotated[str, Meta(max_length=300)] = field(default="", name="cot_dien_thoai")
    address: Annotated[str, Meta(max_length=300)] = field(default="", name="cot_dia_chi")
    given: Annotated[str, Meta(max_length=300)] = field(default="", name="cot_ma")
    drafts: Annotated[str, Meta(max_length=300)] = field(default="", name="cot_du_thao")
    field: Annotated[str, Meta(max_length=300)] = field(default="", name="cot_linh_vuc")

    def columns(self) -> Columns:
        """What was chosen."""
        return Columns(**{meaning: getattr(self, meaning) for meaning in _FIELDS})


class TableFields(Struct, frozen=True, forbid_unknown_fields=True):
    """What the form to take in sends. id: of what is made of the list."""

    table: str = field(name="bang")
    id: Annotated[str, Meta(max_length=40)] = field(default="", name="ma")


class FileFields(Struct, frozen=True, forbid_unknown_fields=True):
    """The words next to the file."""

    software: Annotated[str, Meta(max_length=100)] = field(default="", name="phan_mem")


_FIELDS = {
    "name": "cot_ten",
    "phone": "cot_dien_thoai",
    "address": "cot_dia_chi",
    "given": "cot_ma",
    "field": "cot_linh_vuc",
    "drafts": "cot_du_thao",
}


def first_step(look: Look, owner: str, problem: ProblemError | None = None) -> UploadStep:
    """Nothing was sent yet, or what was sent could not be read. owner: the unit that remembers columns."""
    wrong = refused(problem, look.translation.language) if problem else ()
    return UploadStep(
        file="",
        software_name="",
        software=tuple(known_software(look.connection, owner)),
        table="",
        headings=(),
        choices=(),
        tried=None,
        wrong=wrong[:SHOWN],
        errors=len(wrong),
    )


async def sent_file(visit: Visit, place: Place, owner: str, *, sampled: bool = True) -> CarriedList:
    """The table of the file that was sent, with the columns of its software where they are known.

    sampled: people are drawn from it. Raises ProblemError as `sheet_of`, HL4241, HL4310, HL4313.
    """
    form = await visit.request.form()
    file = form.get("tep")
    if not isinstance(file, UploadFile) or not file.filename:
        raise ProblemError(FORM_INVALID(where="tep", detail="chưa chọn tệp"))
    content = await file.read()
    software = line(read_fields(form, FileFields).software, "phan_mem")
    if sampled:
        await visit.read(_check, place)
    return await visit.read(_read, place, owner, file.filename, content, software)


def _check(look: Look, place: Place) -> None:
    check_open(look.connection, place.stratum)


def _read(look: Look, place: Place, owner: str, filename: str, content: bytes, software: str) -> CarriedList:
    known = known_software(look.connection, owner).get(software)
    expected = {heading for names in HEADINGS.values() for heading in names}
    if known:
        expected |= set(known.named().values())
    name = "".join(each for each in Path(filename).name if each.isprintable())[-80:]
    sheet = sheet_of(name, content, expected, unpacked=UNPACKED)
    return CarriedList(
        subject=place.subject,
        sheet=sheet,
        software=software,
        columns=known if known and fits(known, sheet) else None,
        until=int(look.now.timestamp()) + HOURS * 3600,
    )


def step_of(
    look: Look, desk: WebDesk, place: Place, owner: str, table: CarriedList, *, lister: "Lister | None" = None
) -> UploadStep:
    """Where a list is that was read: its columns to choose, or what would be taken in.

    lister: reads the organisations of the table, which get letters; None: `list_of`.
    """
    step = first_step(look, owner)
    headings = table.sheet.headings
    wrong: tuple[ProblemPage, ...] = ()
    tried = None
    if table.columns is not None:
        try:
            tried = _tried((lister or list_of)(look, desk, place, table))
        except ProblemError as error:
            wrong = refused(error, look.translation.language)
    return replace(
        step,
        file=table.sheet.name,
        software_name=table.software,
        table=carry_list(AccountBox(desk.keys.account_keys()), table),
        headings=(
            Option("", look.say("không có")),
            *(Option(heading, heading) for heading in dict.fromkeys(headings)),
        ),
        choices=_choices(look, table.columns or guessed(headings), OF_LETTERS if lister else MEANINGS),
        tried=tried,
        wrong=wrong[:SHOWN],
        errors=len(wrong),
    )


def _choices(look: Look, columns: Columns, meanings: Mapping[str, str]) -> tuple[ColumnChoice, ...]:
    return tuple(
        ColumnChoice(
            field=_FIELDS[meaning],
            label=look.say(label),
            chosen=getattr(columns, meaning),
            needed=meaning == "name",
        )
        for meaning, label in meanings.items()
    )


def _tried(found: PeopleList) -> TriedList:
    return TriedList(
        lines=found.lines,
        people=len(found.people),
        repeated=found.repeated,
        fields=tuple(
            FieldCount(field=field, lines=lines, people=people)
            for field, (lines, people) in found.fields().items()
        ),
    )


def list_of(look: Look, desk: WebDesk, place: Place, table: CarriedList) -> PeopleList:
    """The people of a table; raises ProblemsError with every error, HL4310, HL4312."""
    assert table.columns is not None
    known = commitment_of(look.connection, place.stratum)
    secrets = read_secrets(desk.keys.folder, place.stratum, known)
    return read_people(table.sheet, table.columns, bytes.fromhex(secrets.key))


Lister = Callable[[Look, WebDesk, Place, CarriedList], PeopleList]


async def with_columns(visit: Visit, place: Place) -> CarriedList:
    """The table of a form that names its columns; raises ProblemError HL4241."""
    fields = await visit.fields(ColumnFields)
    return replace(_carried(visit, place, fields.table), columns=fields.columns())


async def to_take(visit: Visit, place: Place) -> tuple[CarriedList, int, tuple[SealedPerson, ...]]:
    """The table of a form that takes it in, its lines, and its people sealed; raises as `list_of`, HL4241."""
    table = await carried_table(visit, place)
    if table.columns is None:
        raise ProblemError(FORM_INVALID(where="bang"))
    found = await visit.read(list_of, visit.desk, place, table)
    people = await visit.read(_sealed, visit.desk, found)
    return table, found.lines, people


async def carried_table(visit: Visit, place: Place) -> CarriedList:
    """The table of a form that takes it in; raises ProblemError HL4241."""
    return _carried(visit, place, (await visit.fields(TableFields)).table)


def _sealed(_: Look, desk: WebDesk, found: PeopleList) -> tuple[SealedPerson, ...]:
    return seal_people(found, desk.keys)


def _carried(visit: Visit, place: Place, text: str) -> CarriedList:
    box = AccountBox(visit.desk.keys.account_keys())
    return carried_list(box, text, place.subject, int(visit.desk.now().timestamp()))
