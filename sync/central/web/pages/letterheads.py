"""What the documents of an office have in common (head, signer, recipients), with a picture of it."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from msgspec import Struct, field

from sync.central.http.queries import query
from sync.central.office.audit.acts import Act
from sync.central.office.letterheads import (
    LetterheadRow,
    OfficeLetterhead,
    completed,
    decided_letterhead,
    set_letterhead,
    usual_letterhead_of,
)
from sync.central.web.catalogue_entries import (
    CHANGE,
    HUB,
    SEE,
    UnitAsked,
    check_unchanged,
    crumbs,
    mark_of,
)
from sync.central.web.look import Look
from sync.central.web.near_units import NearUnits, near_units, of_unit
from sync.central.web.problems import ProblemPage
from sync.central.web.routes import needs
from sync.central.web.shown import Shown
from sync.central.web.typed import line, refused
from sync.central.web.visit import Visit
from sync.contract.official import DocumentType
from sync.contract.problem import ProblemError

PATH = f"{HUB}/the-thuc"
NONE = "-"
"""Typed where a document is to have no such line at all."""

_LONG = frozenset({"co_quan", "ky", "kinh_gui", "noi_nhan"})
# The types that may have a signer of their own, by the name of the field.
_SIGNED: tuple[tuple[DocumentType, str], ...] = (
    ("BC", "ky_bc"),
    ("KH", "ky_kh"),
    ("TB", "ky_tb"),
    ("CV", "ky_cv"),
)


class LetterheadFields(Struct, frozen=True, forbid_unknown_fields=True):
    """What the form sends; an empty field is left to what is usual. before: see `mark_of`."""

    above: str = field(default="", name="cap_tren")
    body: str = field(default="", name="co_quan")
    name: str = field(default="", name="goi_la")
    code: str = field(default="", name="viet_tat")
    place: str = field(default="", name="dia_danh")
    signer: str = field(default="", name="ky")
    signer_bc: str = field(default="", name="ky_bc")
    signer_kh: str = field(default="", name="ky_kh")
    signer_tb: str = field(default="", name="ky_tb")
    signer_cv: str = field(default="", name="ky_cv")
    addressed_to: str = field(default="", name="kinh_gui")
    recipients: str = field(default="", name="noi_nhan")
    archive: str = field(default="", name="luu")
    form_code: str = field(default="", name="ma_hieu")
    why: str = field(default="", name="ly_do")
    before: str = field(default="", name="truoc")


class LetterheadField(Struct, frozen=True, kw_only=True):
    """One field. value: what the unit decided. usual: what holds without it. long: it has several lines."""

    name: str
    label: str
    value: str
    usual: str = ""
    help: str = ""
    long: bool = False


class LetterheadPage(Struct, frozen=True, kw_only=True):
    """The form, and what documents look like with it. year: printed in the picture."""

    near: NearUnits
    head: OfficeLetterhead
    year: int
    fields: tuple[LetterheadField, ...]
    signers: tuple[LetterheadField, ...]
    may_change: bool
    action: str
    before: str
    why: str
    wrong: tuple[ProblemPage, ...]


def letterhead_page(
    look: Look,
    asked: UnitAsked,
    typed: LetterheadFields | None = None,
    wrong: tuple[ProblemPage, ...] = (),
) -> Shown:
    """What a unit decides about its documents, and what is usual where it decides nothing."""
    place = look.place(SEE, asked.unit)
    decided = decided_letterhead(look.connection, place.code)
    usual = usual_letterhead_of(look.connection, place.code, look.today)
    shown = typed or fields_of(decided)
    page = LetterheadPage(
        near=near_units(look, place, SEE, PATH),
        head=completed(decided, usual),
        year=look.today.year,
        fields=_fields(look, shown, usual),
        signers=_signers(look, shown),
        may_change=look.may(CHANGE, place.code),
        action=of_unit(PATH, place.code),
        before=mark_of(decided),
        why=typed.why if typed else "",
        wrong=wrong,
    )
    return Shown(
        template="letterheads.html",
        title=look.say("Thể thức văn bản"),
        page=page,
        crumbs=crumbs(look, unit=place.code),
        status=400 if wrong else 200,
    )


def _fields(look: Look, typed: LetterheadFields, usual: OfficeLetterhead) -> tuple[LetterheadField, ...]:
    none = look.say("Ghi - nếu không có dòng này.")
    several = look.say("Mỗi dòng một ý.")
    rows = (
        ("cap_tren", look.say("Cơ quan cấp trên"), typed.above, usual.above, none),
        ("co_quan", look.say("Cơ quan ban hành"), typed.body, " / ".join(usual.body), several),
        ("goi_la", look.say("Cách gọi trong câu"), typed.name, usual.name, ""),
        ("viet_tat", look.say("Chữ viết tắt trong số văn bản"), typed.code, usual.code, ""),
        ("dia_danh", look.say("Địa danh"), typed.place, usual.place, ""),
        ("ky", look.say("Quyền hạn, chức vụ của người ký"), typed.signer, " / ".join(usual.signer), several),
        (
            "kinh_gui",
            look.say("Kính gửi, ở báo cáo lên cấp trên"),
            typed.addressed_to,
            "; ".join(usual.addressed_to),
            f"{several} {none}",
        ),
        ("noi_nhan", look.say("Nơi nhận"), typed.recipients, "", several),
        ("luu", look.say("Nơi lưu"), typed.archive, usual.archive, ""),
        ("ma_hieu", look.say("Mã hiệu biểu mẫu, nếu theo ISO 9001"), typed.form_code, "", ""),
    )
    return tuple(
        LetterheadField(name=name, label=label, value=value, usual=holds, help=more, long=name in _LONG)
        for name, label, value, holds, more in rows
    )


def _signers(look: Look, typed: LetterheadFields) -> tuple[LetterheadField, ...]:
    labels = {
        "BC": look.say("Người ký báo cáo"),
        "KH": look.say("Người ký kế hoạch"),
        "TB": look.say("Người ký thông báo"),
        "CV": look.say("Người ký công văn"),
    }
    return tuple(
        LetterheadField(
            name=name, label=labels[type], value=getattr(typed, f"signer_{type.lower()}"), long=True
        )
        for type, name in _SIGNED
    )


def fields_of(decided: LetterheadRow) -> LetterheadFields:
    """What a unit decides, as it is typed."""
    signers = {f"signer_{type.lower()}": _lines(lines) for type, lines in (decided.signers or {}).items()}
    return LetterheadFields(
        above=_text(decided.above),
        body=_lines(decided.body),
        name=decided.name or "",
        code=decided.code or "",
        place=decided.place or "",
        signer=_lines(decided.signer),
        addressed_to=NONE if decided.addressed_to == () else _lines(decided.addressed_to),
        recipients=_lines(decided.recipients),
        archive=decided.archive or "",
        form_code=decided.form_code or "",
        **{name: value for name, value in signers.items() if name in LetterheadFields.__struct_fields__},
    )


def _text(text: str | None) -> str:
    return NONE if text == "" else text or ""


def _lines(lines: tuple[str, ...] | None) -> str:
    return "\n".join(lines or ())


def changes_of(fields: LetterheadFields) -> dict[str, Any]:
    """The fields of `LetterheadRow` as they were typed; None for what is usual."""
    signers = {type: _typed_lines(getattr(fields, f"signer_{type.lower()}"), name) for type, name in _SIGNED}
    above, to = line(fields.above, "cap_tren"), _typed_lines(fields.addressed_to, "kinh_gui")
    return {
        "above": "" if above == NONE else above.upper() or None,
        "body": _capitals(_typed_lines(fields.body, "co_quan")) or None,
        "name": line(fields.name, "goi_la") or None,
        "code": line(fields.code, "viet_tat") or None,
        "place": line(fields.place, "dia_danh") or None,
        "signer": _capitals(_typed_lines(fields.signer, "ky")) or None,
        "signers": {type: _capitals(lines) for type, lines in signers.items() if lines} or None,
        "addressed_to": () if to == (NONE,) else to or None,
        "recipients": _typed_lines(fields.recipients, "noi_nhan") or None,
        "archive": line(fields.archive, "luu") or None,
        "form_code": line(fields.form_code, "ma_hieu") or None,
    }


def _typed_lines(text: str, name: str) -> tuple[str, ...]:
    return tuple(words for each in text.splitlines() if (words := line(each, name)))


def _capitals(lines: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(each.upper() for each in lines)


@get(PATH, opt=needs(SEE), dependencies={"asked": query(UnitAsked)})
async def shows(visit: NamedDependency[Visit], asked: NamedDependency[UnitAsked]) -> Response[Any]:
    """The letterhead."""
    return await visit.show(letterhead_page, asked)


@post(PATH, opt=needs(CHANGE), dependencies={"asked": query(UnitAsked)})
async def changes(visit: NamedDependency[Visit], asked: NamedDependency[UnitAsked]) -> Response[Any]:
    """Decide what the documents of a unit have in common."""
    fields = await visit.fields(LetterheadFields)
    place = await visit.read(Look.place, CHANGE, asked.unit)
    try:
        values = changes_of(fields)
        why = line(fields.why, "ly_do", required=True)
        changed = await visit.act(_decide, fields.before, place.code, values, why)
    except ProblemError as error:
        return await visit.show(letterhead_page, asked, fields, refused(error, visit.language))
    said = (
        visit.say("Đã lưu thể thức. Văn bản lập từ nay theo thể thức này.")
        if changed
        else visit.say("Không có gì thay đổi.")
    )
    return visit.go(of_unit(PATH, place.code), said)


def _decide(act: Act, before: str, unit: str, values: dict[str, Any], why: str) -> bool:
    """Decide those of these fields that differ from what the unit decides; whether any does."""
    decided = decided_letterhead(act.connection, unit)
    check_unchanged(decided, before)
    changed = {name: value for name, value in values.items() if getattr(decided, name) != value}
    if changed:
        set_letterhead(act, unit, changed, why)
    else:
        act.undo()
    return bool(changed)


ROUTES = (shows, changes)
