"""Rules 14 to 16: grounds, headings, text."""

import re
from collections.abc import Iterator
from typing import Literal

from msgspec import Struct

from sync.central.reports.official_form.elements import Elements, is_empty, is_listed
from sync.central.reports.official_form.findings import Fault, Said, at, numbers
from sync.central.reports.official_form.paper import TWIPS_PER_MM, Item, Line, Table
from sync.central.reports.official_form.profile import Profile
from sync.central.reports.official_form.rules.letters import Form, unlike

_PART = re.compile(r"(Phần|Chương)\s+(\S+)\.?", re.IGNORECASE)
_ROMAN = re.compile(r"([IVX]+)\s*([.\-–/):])\s*(\S.*)")
_DIGIT = re.compile(r"(\d+)\s*([.)/])\s+(\S.*)")
_LETTER = re.compile(r"([a-zđ])\s*([).])\s+(\S.*)")
_DOTS = re.compile(r"[.…_\s·]+")

Level = Literal["part", "roman", "title", "numbered", "letter", "text"]


class Read(Struct, frozen=True):
    """A line of the text: what it is, the sign after its number, and whether it is next to a table."""

    line: Line
    level: Level
    sign: str
    at_table: bool


def grounds(elements: Elements, profile: Profile) -> Iterator[Fault]:
    """Rule 14: italic, a line each, the last one with a full stop."""
    lines = elements.grounds
    for line in lines:
        yield from unlike(14, line, Form(size=profile.sizes.text, italic=True, capitals=False))
        end = "." if line is lines[-1] else ";"
        if not line.words.endswith(end):
            found = Said(f"cuối dòng là “{line.words[-1]}”", f"the line ends with “{line.words[-1]}”")
            right = Said(
                "mỗi căn cứ kết thúc bằng “;”, căn cứ cuối bằng “.”", "each ends with “;”, the last with “.”"
            )
            yield Fault(rule=14, where=at(line), found=found, right=right)


def headings(elements: Elements, profile: Profile) -> Iterator[Fault]:
    """Rule 15: “I. CAPITALS”, “1. Title”, “a) …”; “Phần”, “Chương” alone on a line."""
    size = profile.sizes.text
    lines = read_text(elements, profile)
    for number, read in enumerate(lines):
        line = read.line
        if read.level == "part":
            yield from unlike(15, line, Form(size=size, bold=True, capitals=False, centred=True))
            title = Form(size=size, bold=True, capitals=True, centred=True)
            for below in lines[number + 1 : number + 2]:
                yield from unlike(15, below.line, title)
        elif read.level == "roman":
            yield from unlike(15, line, Form(size=size, bold=True, capitals=True))
            yield from _sign(read, ".")
        elif read.level == "title":
            yield from unlike(15, line, Form(size=size, bold=True, capitals=False))
            yield from _sign(read, ".")
        elif read.level == "numbered":
            yield from _sign(read, ".")
        elif read.level == "letter":
            yield from unlike(15, line, Form(size=size))
            yield from _sign(read, ")")


def text(elements: Elements, profile: Profile) -> Iterator[Fault]:
    """Rule 16: justified, indented, spaced; “./.” at the end."""
    lines = read_text(elements, profile)
    before: Line | None = None
    for read in lines:
        line = read.line
        if read.level in ("part", "roman", "title") or _is_apart(read, profile):
            before = None
            continue
        yield from _text_line(line, before, profile)
        before = line
    last = _last(elements.text)
    needs_end = elements.kind not in profile.type_rules.plain_end and (elements.kind or elements.is_letter)
    if last is not None and needs_end and not last.words.endswith(profile.text.ending):
        ending = profile.text.ending
        found = Said(f"lời văn không kết thúc bằng “{ending}”", f"the text doesn't end with “{ending}”")
        right = Said(f"kết thúc bằng “{ending}”", f"an end of “{ending}”")
        yield Fault(rule=16, where=at(last), found=found, right=right)


def read_text(elements: Elements, profile: Profile) -> tuple[Read, ...]:
    """The lines of the text outside tables, each with its level."""
    items = [item for item in elements.text if isinstance(item, Table) or not is_empty(item)]
    reads: list[Read] = []
    for place, item in enumerate(items):
        if isinstance(item, Line):
            near = items[max(place - 1, 0) : place + 2]
            level, sign = _level(item.words, profile.text.longest_title)
            reads.append(Read(item, level, sign, any(isinstance(other, Table) for other in near)))
    return tuple(reads)


def _level(words: str, longest_title: int) -> tuple[Level, str]:
    """What a line is, and the sign after its number."""
    if _PART.fullmatch(words):
        return "part", ""
    if match := _ROMAN.match(words):
        return "roman", match[2]
    if match := _LETTER.match(words):
        return "letter", match[2]
    if match := _DIGIT.match(words):
        is_title = len(words) <= longest_title and not match[3].endswith((".", ";", ":", ",", "/"))
        return ("title" if is_title else "numbered"), match[2]
    return "text", ""


def _sign(read: Read, right: str) -> Iterator[Fault]:
    if read.sign != right:
        found = Said(f"sau số thứ tự là “{read.sign}”", f"“{read.sign}” after the number")
        wanted = Said(f"sau số thứ tự là “{right}”", f"“{right}” after the number")
        yield Fault(rule=15, where=at(read.line), found=found, right=wanted)


def _text_line(line: Line, before: Line | None, profile: Profile) -> Iterator[Fault]:
    form = profile.text
    yield from unlike(16, line, Form(size=profile.sizes.text))
    goes_on = before is not None and before.place == line.place
    if goes_on:
        return
    if line.align != "both":
        found = Said("không canh đều hai lề", "not justified")
        yield Fault(rule=16, where=at(line), found=found, right=Said("canh đều cả hai lề", "justified"))
    indents = (line.first / TWIPS_PER_MM, (line.left + line.first) / TWIPS_PER_MM)
    if not line.text.startswith(("\t", "   ")) and not any(
        abs(indent - right) <= form.first_line_slack for indent in indents for right in form.first_line
    ):
        cm = numbers(round(indents[0]) / 10)
        found = Said(f"chữ đầu dòng lùi vào {cm} cm", f"first line indented by {cm} cm".replace(",", "."))
        right = Said("lùi vào 1 cm hoặc 1,27 cm", "indented by 1 cm or 1.27 cm")
        yield Fault(rule=16, where=at(line), found=found, right=right)
    low, high = form.leading
    if not low - form.leading_slack <= line.leading <= high + form.leading_slack:
        found = Said(f"dãn dòng {line.leading:.2f}".replace(".", ","), f"line spacing {line.leading:.2f}")
        right = Said("dãn dòng từ đơn đến 1,5", "line spacing from single to 1.5")
        yield Fault(rule=16, where=at(line), found=found, right=right)
    if before is not None and before.after + line.before < form.between - 0.1:
        gap = numbers(before.after + line.before)
        found = Said(f"cách đoạn trên {gap} pt", f"{gap} pt below the paragraph above".replace(",", "."))
        right = Said("các đoạn cách nhau ít nhất 6 pt", "at least 6 pt between paragraphs")
        yield Fault(rule=16, where=at(line), found=found, right=right)


def _is_apart(read: Read, profile: Profile) -> bool:
    """Whether a line is no text: a caption, a note at a table, dots to be filled in, or centred."""
    line = read.line
    if line.align in ("center", "right") or _DOTS.fullmatch(line.words):
        return True
    if line.words.startswith((*profile.words.captions, "(")):
        return True
    all_one = all(run.italic for run in line.letters) or all(run.bold for run in line.letters)
    return read.at_table and all_one and not is_listed(line)


def _last(items: tuple[Item, ...]) -> Line | None:
    lines = [item for item in items if isinstance(item, Line) and not is_empty(item)]
    return lines[-1] if lines else None
