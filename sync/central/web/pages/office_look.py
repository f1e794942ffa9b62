"""How a unit's terminals look: the office's name, colours, emblem and address of results, and languages."""

import base64
import re
from typing import Any

from litestar import Response, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from msgspec import Struct, field
from msgspec.structs import replace

from sync.central.http.queries import query
from sync.central.office.audit.acts import Act
from sync.central.office.configuration.deciding import begin
from sync.central.office.configuration.inherited import holding, offices_above
from sync.central.office.configuration.office_settings import change_office, emblem_text, office_of
from sync.central.office.configuration.rows import OfficeRow
from sync.central.office.units.tree import CENTRE
from sync.central.web.catalogue_entries import CHANGE, HUB, SEE, UnitAsked, check_mark, crumbs, mark_of
from sync.central.web.headers import PAGE_HEADERS
from sync.central.web.look import Look
from sync.central.web.near_units import NearUnits, name_of, near_units, of_unit
from sync.central.web.problems import ProblemPage
from sync.central.web.routes import FORM_BYTES, needs
from sync.central.web.shown import Shown
from sync.central.web.typed import line, refused, texts
from sync.central.web.visit import Visit
from sync.contract.office import PUBLIC_ADDRESS
from sync.contract.problem import ProblemError, Wrong
from sync.contract.problem.browser import FORM_INVALID
from sync.contract.problem.wire import ADDRESS_UNKNOWN

_PUBLIC = re.compile(PUBLIC_ADDRESS)
PATH, EMBLEM = f"{HUB}/van-phong", f"{HUB}/van-phong/bieu-trung"


class LookField(Struct, frozen=True, kw_only=True):
    """One text field. value: what this very unit decided. holds, by: what holds instead, and who decided it.

    colour: it is one, and is drawn.
    """

    name: str
    label: str
    value: str
    holds: str = ""
    by: str = ""
    help: str = ""
    colour: str = ""


class OfficePage(Struct, frozen=True, kw_only=True):
    """emblem: the address of the picture that holds, "" for none; emblem_by: who decided it."""

    near: NearUnits
    fields: tuple[LookField, ...]
    emblem: str
    emblem_own: bool
    emblem_by: str
    may_change: bool
    action: str
    before: str
    why: str
    wrong: tuple[ProblemPage, ...]


class OfficeFields(Struct, frozen=True, forbid_unknown_fields=True):
    """What the form sends; an empty field is left to the units above. before: see `_mark`."""

    name: str = field(default="", name="ten")
    name_en: str = field(default="", name="ten_en")
    primary: str = field(default="", name="mau_chinh")
    accent: str = field(default="", name="mau_phu")
    results_url: str = field(default="", name="trang_ket_qua")
    public_url: str = field(default="", name="dia_chi_dien_thoai")
    languages: str = field(default="", name="ngon_ngu")
    repeat_days: str = field(default="", name="hoi_lai")
    drop_emblem: bool = field(default=False, name="bo_bieu_trung")
    why: str = field(default="", name="ly_do")
    before: str = field(default="", name="truoc")


def office_page(
    look: Look, asked: UnitAsked, typed: OfficeFields | None = None, wrong: tuple[ProblemPage, ...] = ()
) -> Shown:
    """What a unit decides about the look of its terminals, and what holds where it decides nothing."""
    place = look.place(SEE, asked.unit)
    offices = offices_above(look.connection, place.code, look.today)
    emblem = holding(offices, "emblem")
    page = OfficePage(
        near=near_units(look, place, SEE, PATH),
        fields=_fields(look, offices, place.code, typed or fields_of(offices[place.code])),
        emblem=of_unit(EMBLEM, place.code) if emblem.value else "",
        emblem_own=emblem.unit == place.code,
        emblem_by="" if emblem.unit is None else name_of(look, emblem.unit),
        may_change=look.may(CHANGE, place.code),
        action=of_unit(PATH, place.code),
        before=_mark(offices[place.code]),
        why=typed.why if typed else "",
        wrong=wrong,
    )
    return Shown(
        template="office_look.html",
        title=look.say("Tên và màu của cơ quan"),
        page=page,
        crumbs=crumbs(look, unit=place.code),
        status=400 if wrong else 200,
    )


def fields_of(office: OfficeRow) -> OfficeFields:
    """What a unit decides, as it is typed."""
    name = office.name or {}
    return OfficeFields(
        name=name.get("vi", ""),
        name_en=name.get("en", ""),
        primary=office.primary or "",
        accent=office.accent or "",
        results_url=office.results_url or "",
        public_url=office.public_url or "",
        languages=", ".join(office.languages or ()),
        repeat_days=str(office.repeat_days or ""),
    )


def _fields(
    look: Look, offices: dict[str, OfficeRow], unit: str, typed: OfficeFields
) -> tuple[LookField, ...]:
    def above(name: str) -> tuple[str, str]:
        """What holds if this unit leaves it out, and who decided it."""
        decided = holding({code: row for code, row in offices.items() if code != unit}, name)
        if decided.unit is None or not decided.value:
            return "", ""
        value = decided.value
        return ", ".join(value) if isinstance(value, tuple) else str(value), name_of(look, decided.unit)

    colour = look.say("Ghi như #0B5D63; chữ trắng phải đọc được trên màu này.")
    rows = (
        ("ten", look.say("Tên cơ quan"), typed.name, "", look.say("Hiện trên mọi màn hình của máy.")),
        ("ten_en", look.say("Tên tiếng Anh"), typed.name_en, "", ""),
        ("mau_chinh", look.say("Màu chính"), typed.primary, "primary", colour),
        ("mau_phu", look.say("Màu phụ"), typed.accent, "accent", colour),
        (
            "trang_ket_qua",
            look.say("Trang công khai kết quả"),
            typed.results_url,
            "results_url",
            look.say("Địa chỉ bắt đầu bằng https://"),
        ),
        (
            "dia_chi_dien_thoai",
            look.say("Địa chỉ trung tâm cho điện thoại của người dân"),
            typed.public_url,
            "public_url",
            look.say(
                "Ví dụ https://danhgia.xa.gov.vn; máy tại quầy khi đó hiện mã để trả lời trên điện thoại."
            ),
        ),
        (
            "ngon_ngu",
            look.say("Ngôn ngữ trên máy"),
            typed.languages,
            "languages",
            look.say("Mã ngôn ngữ cách nhau bằng dấu phẩy, ví dụ vi, en."),
        ),
        (
            "hoi_lai",
            look.say("Số ngày trước khi hỏi lại cùng một hồ sơ"),
            typed.repeat_days,
            "repeat_days",
            look.say("Từ 1 đến 366."),
        ),
    )
    fields = []
    for name, label, value, column, help_text in rows:
        holds, by = above(column) if column and unit != CENTRE else ("", "")
        shown = value or holds
        colour_shown = shown if name.startswith("mau_") and len(shown) == 7 and shown[0] == "#" else ""
        fields.append(
            LookField(
                name=name,
                label=label,
                value=value,
                holds=holds,
                by=by,
                help=help_text,
                colour=colour_shown,
            )
        )
    return tuple(fields)


def _emblem(look: Look, asked: UnitAsked) -> bytes:
    place = look.place(SEE, asked.unit)
    emblem = holding(offices_above(look.connection, place.code, look.today), "emblem").value
    if not emblem:
        raise ProblemError(ADDRESS_UNKNOWN())
    return base64.b64decode(emblem)


@get(PATH, opt=needs(SEE), dependencies={"asked": query(UnitAsked)})
async def shows(visit: NamedDependency[Visit], asked: NamedDependency[UnitAsked]) -> Response[Any]:
    """How terminals look."""
    return await visit.show(office_page, asked)


@get(EMBLEM, opt=needs(SEE), dependencies={"asked": query(UnitAsked)})
async def picture(visit: NamedDependency[Visit], asked: NamedDependency[UnitAsked]) -> Response[Any]:
    """The emblem that holds at a unit."""
    content = await visit.read(_emblem, asked)
    return Response(content, media_type="image/png", headers=dict(PAGE_HEADERS))


@post(PATH, opt=needs(CHANGE), dependencies={"asked": query(UnitAsked)}, request_max_body_size=2 * FORM_BYTES)
async def changes(visit: NamedDependency[Visit], asked: NamedDependency[UnitAsked]) -> Response[Any]:
    """Decide how the terminals of a unit look."""
    fields = await visit.fields(OfficeFields)
    upload = (await visit.request.form()).get("bieu_trung")
    given = await upload.read() if isinstance(upload, UploadFile) else b""
    place = await visit.read(Look.place, CHANGE, asked.unit)
    wrong, emblem = Wrong(), None
    try:
        with wrong:
            values = changes_of(fields)
        with wrong:
            emblem = emblem_text("bieu_trung", given) if given else None
        with wrong:
            why = line(fields.why, "ly_do", required=True)
        wrong.check()
        if given or fields.drop_emblem:
            values["emblem"] = emblem
        changed = await visit.act(_decide, fields.before, place.code, values, why)
    except ProblemError as error:
        return await visit.show(office_page, asked, fields, refused(error, visit.language))
    said = (
        visit.say("Đã lưu. Máy nhận khi kết nối lần sau.") if changed else visit.say("Không có gì thay đổi.")
    )
    return visit.go(of_unit(PATH, place.code), said)


def _mark(office: OfficeRow) -> str:
    """Another text when something that this form changes is another one."""
    return mark_of(replace(office, opening=None, special_days=()))


def _decide(act: Act, before: str, unit: str, values: dict[str, Any], why: str) -> bool:
    """Decide those of these fields that differ from what the unit decides; whether any does."""
    begin(act, why, unit)
    there = office_of(act.connection, unit)
    check_mark(_mark(there), before)
    changed = {name: value for name, value in values.items() if getattr(there, name) != value}
    if changed:
        change_office(act, unit, changed, why)
    else:
        act.undo()
    return bool(changed)


def changes_of(fields: OfficeFields) -> dict[str, Any]:
    """The fields of `OfficeRow` as they were typed; None for what is left to the units above."""
    languages = tuple(part.strip() for part in fields.languages.split(",") if part.strip())
    wrong = Wrong()
    with wrong:
        if fields.repeat_days and not fields.repeat_days.isdecimal():
            raise ProblemError(FORM_INVALID(where="hoi_lai", detail="không phải số"))
    with wrong:
        address = line(fields.results_url, "trang_ket_qua")
        if address and not address.startswith(("https://", "http://")):
            raise ProblemError(FORM_INVALID(where="trang_ket_qua", detail="địa chỉ bắt đầu bằng https://"))
    with wrong:
        public = line(fields.public_url, "dia_chi_dien_thoai").rstrip("/")
        if not _PUBLIC.fullmatch(public):
            detail = "địa chỉ bắt đầu bằng https://, chỉ có tên máy chủ"
            raise ProblemError(FORM_INVALID(where="dia_chi_dien_thoai", detail=detail))
    with wrong:
        name = texts(fields.name, fields.name_en, "ten", required=bool(fields.name_en))
    wrong.check()
    return {
        "name": name or None,
        "primary": fields.primary or None,
        "accent": fields.accent or None,
        "results_url": address or None,
        "public_url": public or None,
        "languages": languages or None,
        "repeat_days": int(fields.repeat_days) if fields.repeat_days else None,
    }


ROUTES = (shows, picture, changes)
