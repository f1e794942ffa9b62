"""Rules 6 to 11: what is above the title. A head that is no table of two columns is not checked."""

import re
from calendar import monthrange
from collections.abc import Iterator

from sync.central.reports.official_form.elements import Elements, Head
from sync.central.reports.official_form.findings import Fault, Said, Unread, at
from sync.central.reports.official_form.paper import Line
from sync.central.reports.official_form.profile import Profile
from sync.central.reports.official_form.rules.letters import Form, unlike
from sync.central.reports.official_form.rules.lines import check_line, drawn_in, underlined
from sync.contract.text import nfc

RULES = (6, 7, 8, 9, 10, 11)
_BLANK = " .…_\t\N{NO-BREAK SPACE}"
_DAY = re.compile(r"(?P<place>.*?)(?P<comma>,?) ?ngày(?P<day>.*?)tháng(?P<month>.*?)năm(?P<year>.*)")
_FIRST_PAGE = Said("đầu trang thứ nhất", "top of the first page")
_ELSEWHERE = Said(
    "phần đầu không phải bảng hai cột nên không đọc được vị trí",
    "the head is no table of two columns, so that its places can't be read",
)


def head(elements: Elements, profile: Profile) -> Iterator[Fault | Unread]:
    """All rules of the head."""
    top = elements.head
    if top.state == "elsewhere":
        yield from (Unread(rule, _ELSEWHERE) for rule in RULES)
        return
    if top.state == "missing":
        found = Said("không có Quốc hiệu", "no name of the country")
        yield Fault(rule=6, where=_FIRST_PAGE, found=found, right=_quoted(profile.words.country))
        unread = Said("không thấy phần đầu văn bản", "no head was found")
        yield from (Unread(rule, unread) for rule in RULES[1:])
        return
    yield from _country(top, profile)
    yield from _motto(top, profile)
    yield from _above(top, profile)
    yield from _body(top, profile)
    yield from _number(elements, profile)
    yield from _place(top, profile)


def _country(top: Head, profile: Profile) -> Iterator[Fault]:
    if top.country is None:
        return
    form = Form(size=profile.sizes.country, bold=True, capitals=True)
    yield from unlike(6, top.country, form)
    first = next(line for line in top.right if line.words)
    if first is not top.country:
        found = Said("không phải dòng đầu bên phải", "not the first line on the right")
        right = Said("trên cùng, bên phải trang thứ nhất", "at the top right of the first page")
        yield Fault(rule=6, where=at(top.country), found=found, right=right)


def _motto(top: Head, profile: Profile) -> Iterator[Fault | Unread]:
    if top.motto is None:
        found = Said("không có Tiêu ngữ", "no motto")
        yield Fault(rule=7, where=_FIRST_PAGE, found=found, right=_quoted(profile.words.motto))
        return
    if nfc(top.motto.words) != profile.words.motto:
        found = Said("viết khác, hoặc thiếu gạch nối có cách chữ", "other letters, or hyphens without spaces")
        yield Fault(rule=7, where=at(top.motto), found=found, right=_quoted(profile.words.motto))
    form = Form(size=profile.sizes.motto, bold=True, capitals=False, centred=True)
    yield from unlike(7, top.motto, form)
    drawn = drawn_in(top.right) or underlined([top.motto])
    spare = len(drawn_in(top.left)) - 1
    length = profile.line
    yield from check_line(7, [top.motto], drawn, spare, length.motto, length.motto_slack)


def _above(top: Head, profile: Profile) -> Iterator[Fault]:
    form = Form(size=profile.sizes.above, bold=False, capitals=True)
    for line in top.above:
        yield from unlike(8, line, form)
    if top.above and top.body and top.body[0].words.upper().startswith(profile.words.committee):
        found = Said("có cơ quan chủ quản phía trên Ủy ban nhân dân", "a body above a People's Committee")
        right = Said("Ủy ban nhân dân không ghi cơ quan chủ quản", "a People's Committee has none above it")
        yield Fault(rule=8, where=at(top.above[0]), found=found, right=right)


def _body(top: Head, profile: Profile) -> Iterator[Fault | Unread]:
    if not top.body:
        found = Said("không có tên cơ quan ban hành", "no issuing body")
        right = Said("tên cơ quan ban hành, bên trái phía trên số", "its name, on the left above the number")
        yield Fault(rule=9, where=_FIRST_PAGE, found=found, right=right)
        return
    form = Form(size=profile.sizes.body, bold=True, capitals=True, centred=True)
    for line in top.body:
        yield from unlike(9, line, form)
    drawn = drawn_in(top.left) or underlined(top.body)
    spare = len(drawn_in(top.right)) - 1
    length = profile.line
    yield from check_line(9, top.body, drawn, spare, length.other, length.other_slack)


def _number(elements: Elements, profile: Profile) -> Iterator[Fault]:
    line = elements.head.number
    abbreviation = elements.kind or "…"
    example = f"Số:      /{abbreviation}-UBND" if not elements.is_letter else "Số:      /UBND-VP"
    if line is None:
        found = Said("không có dòng “Số: …”", "no line “Số: …”")
        right = Said(f"“{example}” dưới tên cơ quan", f"“{example}” below the issuing body")
        yield Fault(rule=10, where=_FIRST_PAGE, found=found, right=right)
        return
    yield from unlike(10, line, Form(size=profile.sizes.number, bold=False, centred=True))
    fault = _sign_fault(line.words, elements, profile)
    if fault is not None:
        yield Fault(rule=10, where=at(line), found=fault, right=_quoted(example))


def _sign_fault(text: str, elements: Elements, profile: Profile) -> Said | None:
    match = re.fullmatch(
        rf"{re.escape(profile.words.number)}(?P<colon> ?:)?(?P<number>[^/]*)/(?P<sign>.*)", text
    )
    if match is None:
        return Said("không theo dạng số, gạch chéo, ký hiệu", "not a number, a slash and signs")
    if match["colon"] != ":":
        return Said("thiếu dấu hai chấm sau “Số”", "no colon after “Số”")
    number, sign = match["number"].strip(_BLANK), match["sign"].strip(_BLANK)
    if number.isdigit() and int(number) < 10 and len(number) < 2:
        return Said("số nhỏ hơn 10 thiếu số 0 phía trước", "a number below 10 without a 0 before it")
    if number and not number.isdigit():
        return Said("số không phải chữ số Ả Rập", "the number isn't Arabic")
    if " " in sign or "–" in sign:
        return Said(
            "ký hiệu có cách chữ, hoặc nối bằng dấu khác gạch nối", "signs with spaces or other dashes"
        )
    groups = [group for group in re.split("[/-]", sign) if not group.isdigit()]
    known = set(profile.types.values())
    if any(group != group.upper() and group not in known for group in groups):
        return Said("ký hiệu không in hoa", "signs not in capitals")
    if elements.is_letter and groups and groups[0] in (known | {"CV"}):
        return Said("công văn không có chữ viết tắt tên loại", "a letter has no abbreviation of a type")
    if elements.kind and (not groups or groups[0] != elements.kind):
        written = groups[0] if groups else ""
        return Said(f"ký hiệu bắt đầu bằng “{written}”", f"the signs begin with “{written}”")
    return None


def _place(top: Head, profile: Profile) -> Iterator[Fault]:
    line = top.place
    right = Said(
        "“Kiến Hưng, ngày 05 tháng 02 năm 2026”: thêm số 0 cho ngày nhỏ hơn 10 và tháng 1, 2",
        "“Kiến Hưng, ngày 05 tháng 02 năm 2026”: 0 before days below 10 and months 1, 2",
    )
    if line is None:
        found = Said("không có địa danh và ngày, tháng, năm", "no place and date")
        yield Fault(rule=11, where=_FIRST_PAGE, found=found, right=right)
        return
    form = Form(size=profile.sizes.place, bold=False, italic=True, capitals=False, centred=True)
    yield from unlike(11, line, form)
    fault = date_fault(line.words)
    if fault is not None:
        yield Fault(rule=11, where=at(line), found=fault, right=right)
    if not _same_line(top, line):
        found = Said("không cùng dòng với số, ký hiệu", "not on the line of the number")
        level = Said("cùng dòng với số, ký hiệu, bên phải", "on the line of the number, on the right")
        yield Fault(rule=11, where=at(line), found=found, right=level)


def date_fault(text: str) -> Said | None:
    """What is wrong with “Kiến Hưng, ngày 05 tháng 02 năm 2026”; day and month may be blank."""
    match = _DAY.fullmatch(text)
    if match is None:
        return Said("không theo dạng ngày … tháng … năm …", "not “ngày … tháng … năm …”")
    day, month, year = (match[name].strip(_BLANK) for name in ("day", "month", "year"))
    if not match["place"].strip() or not match["place"][0].isupper():
        return Said("không có địa danh, hoặc địa danh không viết hoa", "no place, or one without a capital")
    if not match["comma"]:
        return Said("thiếu dấu phẩy sau địa danh", "no comma after the place")
    if any(part and not part.isdigit() for part in (day, month, year)):
        return Said("ngày, tháng, năm không phải chữ số Ả Rập", "day, month or year isn't Arabic")
    if year and len(year) not in (2, 4):
        return Said("năm không đủ bốn chữ số", "a year without four digits")
    if month and not 1 <= int(month) <= 12:
        return Said("không có tháng này", "there is no such month")
    most = monthrange(int(year) if len(year) == 4 and year != "0000" else 2000, int(month or 1))[1]
    if day and not 1 <= int(day) <= most:
        return Said("không có ngày này", "there is no such day")
    if day and day != f"{int(day):02d}":
        return Said("ngày nhỏ hơn 10 thiếu số 0 phía trước", "a day below 10 without a 0 before it")
    if month and month != (f"{int(month):02d}" if int(month) < 3 else str(int(month))):
        return Said(
            "số 0 phía trước tháng chỉ viết ở tháng 1 và 2",
            "a month has a 0 before it in months 1 and 2 alone",
        )
    return None


def _same_line(top: Head, place: Line) -> bool:
    number = top.number
    return number is None or number.place.row == place.place.row


def _quoted(text: str) -> Said:
    return Said(f"“{text}”", f"“{text}”")
