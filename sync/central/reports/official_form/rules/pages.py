"""Rules 1 to 5: paper, direction, margins, font, page number."""

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from sync.central.reports.official_form.findings import Fault, Said, Unread, at, numbers, span
from sync.central.reports.official_form.paper import TWIPS_PER_MM, Line, Section, Table, Written
from sync.central.reports.official_form.profile import Profile, Range
from sync.central.reports.official_form.rules.letters import Form, unlike
from sync.contract.text import nfc

_ARABIC = frozenset({"decimal", "numberInDash"})


def paper(written: Written, profile: Profile) -> Iterator[Fault]:
    """Rule 1: A4."""
    sides = sorted((profile.paper.width, profile.paper.height))
    for number, section in enumerate(written.sections, 1):
        real = sorted((section.width / TWIPS_PER_MM, section.height / TWIPS_PER_MM))
        if any(abs(one - other) > profile.paper.slack for one, other in zip(real, sides, strict=True)):
            yield Fault(
                rule=1,
                where=_section(number),
                found=_sides(*real),
                right=_sides(profile.paper.width, profile.paper.height),
            )


def direction(written: Written) -> Iterator[Fault]:
    """Rule 2: upright, unless there are tables."""
    wide = {item.section for item in written.items if isinstance(item, Table)}
    for number, section in enumerate(written.sections):
        if section.landscape and number not in wide:
            yield Fault(
                rule=2,
                where=_section(number + 1),
                found=Said("trang nằm ngang, không có bảng nào", "across, without any table"),
                right=Said(
                    "trang đứng; chỉ trang có bảng, biểu được nằm ngang",
                    "upright; only pages with tables may lie across",
                ),
            )


def margins(written: Written, profile: Profile) -> Iterator[Fault]:
    """Rule 3: the margins; a page that lies across may have them turned."""
    wanted = profile.margins
    upright = (wanted.top, wanted.right, wanted.bottom, wanted.left)
    names = (("trên", "top"), ("phải", "right"), ("dưới", "bottom"), ("trái", "left"))
    for number, section in enumerate(written.sections, 1):
        real = [mm / TWIPS_PER_MM for mm in (section.top, section.right, section.bottom, section.left)]
        turns = (0, 1, 3) if section.landscape else (0,)
        if any(_fit(real, upright[turn:] + upright[:turn], wanted.slack) for turn in turns):
            continue
        for value, (low, high), (vi, en) in zip(real, upright, names, strict=True):
            if not low - wanted.slack <= value <= high + wanted.slack:
                yield Fault(
                    rule=3,
                    where=_section(number),
                    found=_both(f"lề {vi} {numbers(value)} mm", f"{en} margin {numbers(value)} mm"),
                    right=Said(f"lề {vi} {span((low, high))} mm", f"{en} margin {span((low, high))} mm"),
                )


def fonts(written: Written, profile: Profile) -> Iterator[Fault]:
    """Rule 4: the font, black, Unicode letters as TCVN 6909:2001 has them."""
    names = {name.casefold() for name in profile.font.names}
    right = Said(f"{profile.font.names[0]}, màu đen", f"{profile.font.names[0]}, black")
    for line in (*written.lines, *(line for section in written.sections for line in _headers(section))):
        for run in line.letters:
            other = [font for font in run.fonts if font.casefold() not in names]
            if other:
                found = Said(f"phông chữ {', '.join(other)}", f"font {', '.join(other)}")
                yield Fault(rule=4, where=at(line), found=found, right=right)
            if run.colour and run.colour not in profile.font.colours:
                found = Said(f"chữ màu #{run.colour}", f"colour #{run.colour}")
                yield Fault(rule=4, where=at(line), found=found, right=right)
        if line.text != nfc(line.text):
            yield Fault(
                rule=4,
                where=at(line),
                found=Said("dấu viết rời khỏi chữ (Unicode tổ hợp)", "marks apart from their letters"),
                right=Said("Unicode dựng sẵn, TCVN 6909:2001", "composed Unicode, TCVN 6909:2001"),
            )


def page_number(written: Written, profile: Profile) -> Iterator[Fault | Unread]:
    """Rule 5: Arabic, centred in the top margin, not on page 1."""
    section = written.sections[0]
    fields = [line for line in section.header if _has_number(line)]
    right = Said(
        "chữ số Ả Rập, canh giữa ở lề trên, không hiển thị ở trang thứ nhất",
        "Arabic, centred in the top margin, not shown on the first page",
    )

    def fault(vi: str, en: str) -> Fault:
        return Fault(rule=5, where=Said("đầu trang", "header"), found=Said(vi, en), right=right)

    if any(_has_number(line) for line in section.footer):
        yield fault("số trang ở chân trang", "the number is in the footer")
        return
    if not fields:
        if any(_has_number(line) for line in written.boxes):
            yield Unread(5, Said("số trang nằm trong hộp chữ", "the number is in a text box"))
        elif sum(len(line.words) for line in written.lines) < profile.text.one_page:
            yield Unread(
                5,
                Said(
                    "không có số trang: đúng nếu văn bản chỉ có một trang",
                    "no page number: right if there is one page",
                ),
            )
        else:
            yield fault("không có số trang", "no page number")
        return
    form = Form(size=profile.sizes.page_number, bold=False, centred=True)
    for line in fields:
        yield from unlike(5, _only_number(line), form)
    if not section.own_first or any(_has_number(line) for line in section.first_header):
        yield fault("số trang hiện ở trang thứ nhất", "the number is shown on the first page")
    if section.number_format not in _ARABIC:
        yield fault("số trang không phải chữ số Ả Rập", "the number isn't Arabic")
    if section.first not in (None, 1):
        yield fault(f"trang đầu mang số {section.first}", f"the first page has number {section.first}")


def _only_number(line: Line) -> Line:
    """The line with its number alone, which may be empty in a file that was never opened."""
    runs = [run for run in line.runs if run.page_field]
    shown = tuple(run for run in runs if run.text.strip()) or tuple(runs[:1])
    return replace(line, runs=tuple(replace(run, text="2") for run in shown))


def _has_number(line: Line) -> bool:
    return any(run.page_field for run in line.runs)


def _headers(section: Section) -> Iterator[Line]:
    yield from section.header
    yield from section.first_header
    yield from section.footer


def _fit(real: Sequence[float], wanted: Sequence[Range], slack: float) -> bool:
    return all(low - slack <= value <= high + slack for value, (low, high) in zip(real, wanted, strict=True))


def _section(number: int) -> Said:
    return Said(f"phần trang {number}", f"section {number}")


def _sides(width: float, height: float) -> Said:
    return _both(f"{numbers(width)} × {numbers(height)} mm", f"{numbers(width)} × {numbers(height)} mm")


def _both(vi: str, en: str) -> Said:
    return Said(vi, en.replace(",", "."))
