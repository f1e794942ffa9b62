"""What the documents of one office have in common: its head, who signs, who receives them.

- What an office has not decided follows from the name of its unit and of the unit above (`usual_letterhead`).
- It holds for the unit alone: a ward does not sign as its province.
- It names bodies and titles, never a person.
"""

from datetime import date
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct
from sqlalchemy import Connection, delete, insert, select

from sync.central.office.audit.acts import Act
from sync.central.office.configuration.deciding import check_units, checked
from sync.central.office.configuration.inherited import units_under
from sync.central.office.configuration.office_settings import office_of
from sync.central.office.units.above import units_from
from sync.central.office.units.tree import CENTRE
from sync.central.store.letterheads import letterheads
from sync.contract.masking import mask_digits
from sync.contract.official import DocumentType, Words
from sync.contract.problem import ProblemError
from sync.contract.problem.centre import REASON_MISSING
from sync.contract.text import pick

_Line = Annotated[Words, Meta(max_length=200)]
_Lines = Annotated[tuple[_Line, ...], Meta(max_length=12)]
_Signer = Annotated[tuple[_Line, ...], Meta(min_length=1, max_length=4)]

_COMMITTEE = "ủy ban nhân dân"
# Names that a people's committee governs begin with one of these; the longer ones first.
_TERRITORIES = ("đặc khu", "thị trấn", "thị xã", "thành phố", "phường", "huyện", "quận", "tỉnh", "xã")
_HEADS = {"sở": "GIÁM ĐỐC", "trung tâm": "GIÁM ĐỐC", "phòng": "TRƯỞNG PHÒNG", "văn phòng": "CHÁNH VĂN PHÒNG"}
# Territories that have the name of a person keep their kind before it.
_PERSONS = ("hồ chí minh",)
_NOT_IN_A_CODE = ("và", "-", "–")


class OfficeLetterhead(Struct, frozen=True, kw_only=True):
    """What the documents of an office have in common.

    above: the body above, in capitals, "" for none. body: lines of the issuing body, in capitals. name: the
    body within a sentence, such as “UBND phường Kiến Hưng”. code: its letters in a number, such as “UBND”.
    place: where documents are signed. signer: lines above the signature, in capitals; signers: of a type of
    document that somebody else signs. addressed_to: “Kính gửi” of a report to the level above. recipients:
    lines of “Nơi nhận”; archive: what follows “Lưu:”. form_code: of a quality management system, "" for none.
    """

    above: str = ""
    body: tuple[str, ...]
    name: str
    code: str
    place: str
    signer: tuple[str, ...]
    signers: dict[DocumentType, tuple[str, ...]] = {}
    addressed_to: tuple[str, ...] = ()
    recipients: tuple[str, ...] = ()
    archive: str = "VT"
    form_code: str = ""

    def signed_by(self, type: DocumentType) -> tuple[str, ...]:
        """The lines above the signature of a document of this type."""
        return self.signers.get(type, self.signer)


class LetterheadRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What an office decides of its `OfficeLetterhead`; None: what is usual for its unit."""

    above: Annotated[str, Meta(max_length=200)] | None = None
    body: Annotated[tuple[_Line, ...], Meta(min_length=1, max_length=3)] | None = None
    name: _Line | None = None
    code: Annotated[str, Meta(min_length=1, max_length=20)] | None = None
    place: _Line | None = None
    signer: _Signer | None = None
    signers: dict[DocumentType, _Signer] | None = None
    addressed_to: _Lines | None = None
    recipients: _Lines | None = None
    archive: _Line | None = None
    form_code: Annotated[str, Meta(max_length=100)] | None = None


def set_letterhead(act: Act, unit: str, changes: dict[str, Any], why: str) -> LetterheadRow:
    """Decide these fields for the documents of a unit; None: what is usual. Returns all that it decides.

    Raises ProblemError HL1003 for a wrong value, HL5011, HL5071.
    """
    if not why.strip():
        raise ProblemError(REASON_MISSING(where="--why"))
    check_units(act.connection, [unit])
    before = msgspec.structs.asdict(decided_letterhead(act.connection, unit))
    after = checked(LetterheadRow, "letterhead", **{**before, **changes})
    act.connection.execute(delete(letterheads).where(letterheads.c.unit == unit))
    if after != LetterheadRow():
        body = msgspec.json.encode(after).decode()
        act.connection.execute(insert(letterheads).values(unit=unit, body=body))
    act.note("letterhead", unit, f"{', '.join(sorted(changes))}; {mask_digits(why)}")
    return after


def decided_letterhead(connection: Connection, unit: str) -> LetterheadRow:
    """What this office has decided."""
    body = connection.execute(select(letterheads.c.body).where(letterheads.c.unit == unit)).scalar()
    return msgspec.json.decode(body, type=LetterheadRow) if body else LetterheadRow()


def letterhead_of(connection: Connection, unit: str, day: date) -> OfficeLetterhead:
    """What the documents of a unit have in common: what it has decided, else what was usual on `day`."""
    return completed(decided_letterhead(connection, unit), usual_letterhead_of(connection, unit, day))


def usual_letterhead_of(connection: Connection, unit: str, day: date) -> OfficeLetterhead:
    """What the names of the unit and of the one above it on `day` suggest.

    The whole centre has the head of its highest unit, if there is one such unit.
    """
    if unit == CENTRE and len(highest := units_under(connection, CENTRE, day)) == 1:
        unit = highest[0].code
    names = tuple(pick(each.name, "vi") for each in units_from(connection, unit, day))
    if not names:
        names = ((office_of(connection, unit).name or {}).get("vi") or unit or "Trung tâm",)
    return usual_letterhead(*names[:2])


def completed(decided: LetterheadRow, usual: OfficeLetterhead) -> OfficeLetterhead:
    """What was decided, and what is usual for the rest. Pure."""
    given = {name: value for name, value in msgspec.structs.asdict(decided).items() if value is not None}
    return msgspec.structs.replace(usual, **given)


def usual_letterhead(name: str, above: str = "") -> OfficeLetterhead:
    """The letterhead that the names of a unit and of the unit above it suggest. Pure.

    A territory is governed by its people's committee, which has no body above it. Any other unit is an office
    of the committee of the unit above.
    """
    territory, upper = _territory(name), _territory(above)
    reports_to = (f"Ủy ban nhân dân {_small(upper)}",) if upper else (above,) if above else ()
    if territory:
        return OfficeLetterhead(
            body=("ỦY BAN NHÂN DÂN", territory.upper()),
            name=f"UBND {_small(territory)}",
            code="UBND",
            place=_proper(territory),
            signer=("TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH"),
            addressed_to=reports_to,
        )
    short = _without_end(name, upper)
    kind = next((kind for kind in _HEADS if short.lower().startswith(f"{kind} ")), "")
    return OfficeLetterhead(
        above=f"UBND {upper.upper()}" if upper else above.upper(),
        body=(short.upper(),),
        name=name,
        code="".join(word[0] for word in short.split() if word.lower() not in _NOT_IN_A_CODE).upper(),
        place=_proper(upper) if upper else "",
        signer=(_HEADS.get(kind, "THỦ TRƯỞNG ĐƠN VỊ"),),
        addressed_to=reports_to,
    )


def _territory(name: str) -> str:
    """“Phường Kiến Hưng” of “UBND phường Kiến Hưng” and of itself; "" for an office."""
    words = name.strip()
    for start in ("ubnd ", f"{_COMMITTEE} ", "uỷ ban nhân dân "):
        if words.lower().startswith(start):
            words = words[len(start) :]
    if any(words.lower().startswith(f"{kind} ") for kind in _TERRITORIES):
        return words[0].upper() + words[1:]
    return ""


def _proper(territory: str) -> str:
    """“Kiến Hưng” of “Phường Kiến Hưng”; the whole name where the rest is a number or a person's name."""
    name = _bare(territory)
    return territory if name.isdecimal() or name.lower() in _PERSONS else name


def _bare(territory: str) -> str:
    """The name without its kind: “5” of “Phường 5”."""
    kind = next(kind for kind in _TERRITORIES if territory.lower().startswith(f"{kind} "))
    return territory[len(kind) :].strip()


def _small(territory: str) -> str:
    """The territory within a sentence: “phường Kiến Hưng”."""
    return territory[0].lower() + territory[1:]


def _without_end(name: str, upper: str) -> str:
    """“Sở Tư pháp” of “Sở Tư pháp Quảng Bình”, where the unit above is “Tỉnh Quảng Bình”."""
    if upper:
        for end in (f" {upper}", f" {_bare(upper)}"):
            if name.lower().endswith(end.lower()):
                return name[: -len(end)]
    return name
