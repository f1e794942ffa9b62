"""Reads a list of people or organisations: every error by line and column, one person once. Pure.

Columns have other names in each software: somebody says once which is which, and `guessed` proposes it. A
column that nobody named is not read.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from sync.central.office.sample.one_person import Listed, is_citizen_id, person_code, phone_number
from sync.central.office.sheets.reader import Row, Sheet
from sync.contract.problem import Problem, ProblemsError
from sync.contract.problem.files import ENTRY_INVALID

LONGEST: Final = 300
"""Characters of a cell, and of the name of a draft."""
MOST_DRAFTS: Final = 30
"""Drafts that one organisation is asked about."""
_BETWEEN_DRAFTS = re.compile(r"[;\n]+")
MOST_FIELDS: Final = 60
"""Different fields of one list: more are names or addresses, and a field is not sealed."""
# What lists call each meaning, in small letters; the first that a list has is proposed.
HEADINGS: Mapping[str, tuple[str, ...]] = {
    "name": (
        *("họ và tên", "họ tên", "người nộp hồ sơ", "tên người nộp", "người nộp", "chủ hồ sơ"),
        *("tên khách hàng", "khách hàng", "tên tổ chức, cá nhân", "tổ chức, cá nhân", "họ tên phụ huynh"),
        *("phụ huynh", "tên cơ quan", "cơ quan", "tên tổ chức", "tổ chức", "tên đơn vị", "tên"),
    ),
    "phone": ("số điện thoại", "điện thoại", "sđt", "đt", "di động", "phone"),
    "address": ("địa chỉ", "địa chỉ liên hệ", "nơi ở", "chỗ ở hiện nay", "thôn, tổ dân phố"),
    "given": ("mã khách hàng", "mã phụ huynh"),
    "field": ("lĩnh vực", "tên lĩnh vực", "lớp", "khối"),
    "drafts": ("dự thảo", "tên dự thảo", "dự thảo văn bản", "dự thảo đã hỏi"),
}


class Columns(Struct, frozen=True, kw_only=True):
    """The heading of each meaning, in small letters; "" for a column that the list does not have."""

    name: str
    phone: str = ""
    address: str = ""
    given: str = ""
    field: str = ""
    drafts: str = ""

    def named(self) -> dict[str, str]:
        """The heading of each meaning that has one."""
        every = {name: getattr(self, name) for name in self.__struct_fields__}
        return {name: heading for name, heading in every.items() if heading}


class PeopleList(Struct, frozen=True, kw_only=True):
    """A list without errors. lines: of the file; people: each person once, by their code."""

    lines: int
    people: Mapping[str, Listed]

    @property
    def repeated(self) -> int:
        """How many lines name somebody again."""
        return self.lines - len(self.people)

    def fields(self) -> dict[str, tuple[int, int]]:
        """Lines and people of each field, "" for none."""
        lines: Counter[str] = Counter()
        people: Counter[str] = Counter()
        for person in self.people.values():
            lines[person.field] += person.lines
            people[person.field] += 1
        return {field: (lines[field], people[field]) for field in sorted(people)}


def guessed(headings: Sequence[str]) -> Columns:
    """Which column is probably which; `headings` in small letters."""
    found = {
        meaning: next((name for name in names if name in headings), "") for meaning, names in HEADINGS.items()
    }
    return Columns(**found)


def fits(columns: Columns, sheet: Sheet) -> bool:
    """Whether the table has all of these columns."""
    return set(columns.named().values()) <= set(sheet.headings)


def read_people(sheet: Sheet, columns: Columns, key: bytes) -> PeopleList:
    """The people of a table; `key` makes their codes.

    Somebody of several fields is of the one that has most of their lines. Raises ProblemsError with every
    error, each HL1003 with line and column.
    """
    wrong = list(_wrong_columns(sheet, columns))
    grouped: defaultdict[str, list[Listed]] = defaultdict(list)
    for row in sheet.rows if not wrong else ():
        faults = list(_faults(sheet, row, columns))
        wrong += faults
        if not faults:
            person = _person(row, columns)
            grouped[person_code(person, key)].append(person)
    fields = {person.field for same in grouped.values() for person in same}
    if not wrong and len(fields) > MOST_FIELDS:
        detail = f"{len(fields)} giá trị khác nhau, lĩnh vực nhiều nhất {MOST_FIELDS}"
        wrong.append(ENTRY_INVALID(where=f"{sheet.name}:{sheet.line}: {columns.field}", detail=detail))
    if not wrong and not grouped:
        wrong.append(ENTRY_INVALID(where=sheet.name, detail="không có dòng nào"))
    if wrong:
        raise ProblemsError(wrong)
    return PeopleList(lines=len(sheet.rows), people={code: _together(same) for code, same in grouped.items()})


def _wrong_columns(sheet: Sheet, columns: Columns) -> Iterator[Problem]:
    where = f"{sheet.name}:{sheet.line}"
    if not columns.name:
        yield ENTRY_INVALID(where=where, detail="chưa chọn cột tên")
    if not (columns.phone or columns.address or columns.given):
        yield ENTRY_INVALID(where=where, detail="chưa chọn cột số điện thoại hoặc địa chỉ")
    named = columns.named()
    for heading, count in Counter(named.values()).items():
        if count > 1:
            yield ENTRY_INVALID(where=where, detail=f"cột '{heading}' được chọn {count} lần")
    for heading in named.values():
        if heading not in sheet.headings:
            yield ENTRY_INVALID(where=where, detail=f"thiếu cột '{heading}'")


def _faults(sheet: Sheet, row: Row, columns: Columns) -> Iterator[Problem]:
    where = f"{sheet.name}:{row.line}"
    if row.surplus:
        yield ENTRY_INVALID(where=where, detail="nhiều ô hơn tiêu đề")
    named = columns.named()
    cells = {meaning: row.cells.get(heading, "") for meaning, heading in named.items()}
    if not cells["name"]:
        yield ENTRY_INVALID(where=f"{where}: {columns.name}", detail="để trống")
    drafts = drafts_of(cells.pop("drafts", ""))
    if len(drafts) > MOST_DRAFTS or any(len(each) > LONGEST for each in drafts):
        detail = f"nhiều nhất {MOST_DRAFTS} dự thảo, mỗi tên {LONGEST} ký tự"
        yield ENTRY_INVALID(where=f"{where}: {columns.drafts}", detail=detail)
    for meaning, text in cells.items():
        if len(text) > LONGEST:
            yield ENTRY_INVALID(where=f"{where}: {named[meaning]}", detail=f"dài hơn {LONGEST} ký tự")
    phone = phone_number(cells.get("phone", ""))
    if phone is None:
        yield ENTRY_INVALID(where=f"{where}: {columns.phone}", detail="không phải số điện thoại")
    if is_citizen_id(cells.get("given", "")):
        yield ENTRY_INVALID(where=f"{where}: {columns.given}", detail="giống số căn cước, không nhận")
    if phone_number(cells.get("field", "")) or is_citizen_id(cells.get("field", "")):
        yield ENTRY_INVALID(
            where=f"{where}: {columns.field}", detail="giống số điện thoại, không phải lĩnh vực"
        )
    if phone == "" and not cells.get("address") and not cells.get("given"):
        yield ENTRY_INVALID(where=where, detail="không có số điện thoại lẫn địa chỉ")


def _person(row: Row, columns: Columns) -> Listed:
    named = columns.named()
    cells = {meaning: " ".join(row.cells.get(heading, "").split()) for meaning, heading in named.items()}
    return Listed(
        name=cells["name"],
        phone=phone_number(cells.get("phone", "")) or "",
        address=cells.get("address", ""),
        given=cells.get("given", ""),
        field=cells.get("field", ""),
        drafts=drafts_of(row.cells.get(columns.drafts, "")) if columns.drafts else (),
    )


def drafts_of(text: str) -> tuple[str, ...]:
    """The drafts that a text names, each once: one a line, or with a semicolon between them."""
    names = (" ".join(each.split()) for each in _BETWEEN_DRAFTS.split(text))
    return tuple(dict.fromkeys(name for name in names if name))


def _together(same: Sequence[Listed]) -> Listed:
    """One person of several lines: what the first lines say, with what later ones add."""
    fields = Counter(person.field for person in same)
    first = {
        name: next((getattr(person, name) for person in same if getattr(person, name)), "")
        for name in ("name", "phone", "address", "given")
    }
    drafts = tuple(dict.fromkeys(draft for person in same for draft in person.drafts))
    return replace(
        same[0], **first, field=fields.most_common(1)[0][0], lines=len(same), drafts=drafts[:MOST_DRAFTS]
    )
