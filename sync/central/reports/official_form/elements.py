"""Which line of a document is what: the Quốc hiệu, the number, the subject, the signer, an appendix.

Elements are recognised by their words and places, not by their form: the form is what is to be checked.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from sync.central.reports.official_form.paper import Cell, Item, Line, Table, Written
from sync.central.reports.official_form.profile import Profile, Words
from sync.contract.text import without_marks

# How many written lines after the head the type, or “Kính gửi”, may come.
_NEAR = 12
_RULE = re.compile(r"[_─—–=\s]{3,}")
_LISTED = ("-", "–", "+", "•")


class Head(Struct, frozen=True, kw_only=True):
    """The top of the first page.

    state: "table" if its two columns can be read, "elsewhere" if it is no such table. left, right: all lines
    of the columns, empty ones too. above, body: names of the body above and of the issuing body.
    letter_subject: “V/v …”.
    """

    state: Literal["table", "elsewhere", "missing"]
    left: tuple[Line, ...] = ()
    right: tuple[Line, ...] = ()
    country: Line | None = None
    motto: Line | None = None
    above: tuple[Line, ...] = ()
    body: tuple[Line, ...] = ()
    number: Line | None = None
    place: Line | None = None
    letter_subject: tuple[Line, ...] = ()


class Elements(Struct, frozen=True, kw_only=True):
    """A document by its elements.

    kind: the abbreviation of the type, "" for a letter or an unknown type. below_title: lines at which the
    line under the subject may be anchored. text: between the title and the signer, without what has a name
    of its own. recipients_loose: “Nơi nhận” is in no table, so that the signer is not found next to it.
    """

    head: Head
    type: Line | None
    kind: str
    subject: tuple[Line, ...]
    below_title: tuple[Line, ...]
    addressed_to: tuple[Line, ...]
    grounds: tuple[Line, ...]
    text: tuple[Item, ...]
    recipients: tuple[Line, ...]
    recipients_loose: bool
    signers: tuple[Cell, ...]
    appendices: tuple[tuple[Item, ...], ...]

    @property
    def is_letter(self) -> bool:
        """Whether it is a letter (công văn), whose subject is under its number."""
        return bool(self.head.letter_subject) and self.type is None


def find_elements(written: Written, profile: Profile) -> Elements:
    """The elements of this document."""
    words = profile.words
    items = written.items
    starts = [at for at, item in enumerate(items) if isinstance(item, Line) and _is_appendix(item, words)]
    main = items[: starts[0]] if starts else items
    appendices = tuple(tuple(items[start:end]) for start, end in pairwise([*starts, len(items)]))
    head, after = _head(main, written.boxes, words)
    type_line, subject, below, after = _title(main, after, profile)
    end, recipients, loose, signers = _end(main, after, words)
    kind = profile.types.get(_known(type_line, profile), "") if type_line else ""
    if not signers and kind in profile.type_rules.several_signers:
        end, signers = _last_signers(main, after, end)
    addressed, rest = _addressed(main[after:end], words)
    grounds = _grounds(rest, words)
    return Elements(
        head=head,
        type=type_line,
        kind=kind,
        subject=subject,
        below_title=below,
        addressed_to=addressed,
        grounds=grounds,
        text=tuple(item for item in rest if not any(item is line for line in grounds)),
        recipients=recipients,
        recipients_loose=loose,
        signers=signers,
        appendices=appendices,
    )


def is_rule(line: Line) -> bool:
    """Whether a line is written with underscores."""
    return _RULE.fullmatch(line.text) is not None


def is_empty(line: Line) -> bool:
    """Whether a line has no words of its own."""
    return not line.words or is_rule(line)


def written_lines(items: Sequence[Item]) -> Iterator[Line]:
    """The lines with words, outside tables."""
    return (item for item in items if isinstance(item, Line) and not is_empty(item))


def is_listed(line: Line) -> bool:
    """Whether a line begins with a dash."""
    return line.words.startswith(_LISTED)


# --- the head -----------------------------------------------------------------------------------------------


def _head(main: Sequence[Item], boxes: Sequence[Line], words: Words) -> tuple[Head, int]:
    """The head, and where it ends among the items."""
    country = without_marks(words.country)
    for at, item in enumerate(main):
        if isinstance(item, Table):
            for row in item.rows:
                for column, cell in enumerate(row):
                    if column and any(without_marks(line.words) == country for line in cell.lines):
                        return _columns(item, column, words), at + 1
    loose = [at for at, item in enumerate(main) if country in _plain(item)]
    if loose:
        return Head(state="elsewhere"), loose[0] + 1
    if any(country in without_marks(line.words) for line in boxes):
        return Head(state="elsewhere"), 0
    return Head(state="missing"), 0


def _plain(item: Item) -> str:
    lines = item.lines if isinstance(item, Table) else (item,)
    return " ".join(without_marks(line.words) for line in lines)


def _columns(table: Table, column: int, words: Words) -> Head:
    left = tuple(line for row in table.rows for cell in row[:column] for line in cell.lines)
    right = tuple(line for row in table.rows for cell in row[column:] for line in cell.lines)
    country, motto = without_marks(words.country), _letters(words.motto)
    number = next((at for at, line in enumerate(left) if _is_number(line, words)), len(left))
    names = [line for line in left[:number] if not is_empty(line)]
    above, body = _names(names, words)
    subject = next(
        (
            at
            for at, line in enumerate(left)
            if line.words.casefold().startswith(words.letter_subject.casefold())
        ),
        len(left),
    )
    return Head(
        state="table",
        left=left,
        right=right,
        country=next((line for line in right if without_marks(line.words) == country), None),
        motto=next((line for line in right if _letters(line.words) == motto), None),
        above=above,
        body=body,
        number=left[number] if number < len(left) else None,
        place=next((line for line in right if _is_day(line)), None)
        or next((line for line in left if _is_day(line)), None),
        letter_subject=tuple(line for line in left[subject:] if not is_empty(line)),
    )


def _letters(text: str) -> str:
    """Only the letters, to recognise a motto whatever its dashes are."""
    return "".join(letter for letter in without_marks(text) if letter.isalpha())


def _is_number(line: Line, words: Words) -> bool:
    return re.match(rf"{re.escape(words.number)}\s*[:./\d…]", line.words, re.IGNORECASE) is not None


def _is_day(line: Line) -> bool:
    text = line.words.casefold()
    return "ngày" in text and "tháng" in text and "năm" in text


def _names(names: Sequence[Line], words: Words) -> tuple[tuple[Line, ...], tuple[Line, ...]]:
    """The lines of the body above, and of the issuing body: the latter is bold, or the last name."""
    plain = 0
    while plain < len(names) and not any(run.bold for run in names[plain].letters):
        plain += 1
    if 0 < plain < len(names):
        return tuple(names[:plain]), tuple(names[plain:])
    last = max(
        (
            at
            for at, line in enumerate(names)
            if at and _begins_office(line, words) and len(names[0].words) > 3
        ),
        default=0,
    )
    if last == 0 and plain == len(names) and len(names) > 1:
        last = 1
    if last and names[0].words.upper() in words.offices:
        last = 0  # an office whose name takes two lines
    return tuple(names[:last]), tuple(names[last:])


def _begins_office(line: Line, words: Words) -> bool:
    text = line.words.upper()
    return any(text == office or text.startswith(office + " ") for office in words.offices)


# --- the title ----------------------------------------------------------------------------------------------


def _title(
    main: Sequence[Item], after: int, profile: Profile
) -> tuple[Line | None, tuple[Line, ...], tuple[Line, ...], int]:
    """The type, its subject, the lines under it, and where they end among the items."""
    near = 0
    for at in range(after, len(main)):
        item = main[at]
        if isinstance(item, Table) or near >= _NEAR:
            break
        if is_empty(item):
            continue
        near += 1
        if _known(item, profile) or (near == 1 and _looks_like_type(item)):
            return _subject(main, at, profile)
        if item.words.startswith(profile.words.addressed_to):
            break
    return None, (), (), after


def _known(line: Line, profile: Profile) -> str:
    """The name of the type in this line, "" if it is none."""
    text = without_marks(line.words)
    return next((name for name in profile.types if without_marks(name) == text), "")


def _looks_like_type(line: Line) -> bool:
    return (
        line.align == "center"
        and line.words == line.words.upper()
        and all(run.bold for run in line.letters)
        and len(line.words) < 40
    )


def _subject(
    main: Sequence[Item], at: int, profile: Profile
) -> tuple[Line, tuple[Line, ...], tuple[Line, ...], int]:
    type_line = main[at]
    assert isinstance(type_line, Line)
    subject: list[Line] = []
    below: list[Line] = [type_line]
    end = at + 1
    while end < len(main):
        item = main[end]
        if isinstance(item, Table):
            break
        ended = any(line.drawn or is_rule(line) for line in below[1:])
        if not is_empty(item):
            is_name = item.words == item.words.upper() and bool(subject)
            starts_text = item.words.startswith((profile.words.addressed_to, *profile.words.grounds))
            if ended or item.align != "center" or is_name or starts_text:
                break
            subject.append(item)
        below.append(item)
        end += 1
    # A shape may be anchored in the paragraph that follows.
    return (
        type_line,
        tuple(subject),
        (*below, *(item for item in main[end : end + 1] if isinstance(item, Line))),
        end,
    )


# --- text ---------------------------------------------------------------------------------------------------


def _addressed(items: Sequence[Item], words: Words) -> tuple[tuple[Line, ...], tuple[Item, ...]]:
    """The lines of “Kính gửi”, and the items without them."""
    near = 0
    for at, item in enumerate(items):
        lines = [item] if isinstance(item, Line) else list(item.lines)
        written = [line for line in lines if not is_empty(line)]
        near += len(written)
        if any(line.words.startswith(words.addressed_to) for line in written):
            if isinstance(item, Table):
                return tuple(written), (*items[:at], *items[at + 1 :])
            end = at + 1
            while end < len(items) and _goes_on(items[end]):
                end += 1
            addressed = tuple(written_lines(items[at:end]))
            return addressed, (*items[:at], *items[end:])
        if near > _NEAR:
            break
    return (), tuple(items)


def _goes_on(item: Item) -> bool:
    return isinstance(item, Line) and (is_empty(item) or is_listed(item))


def _grounds(items: Sequence[Item], words: Words) -> tuple[Line, ...]:
    """The lines that say by what right a document is issued; a sentence that goes on is text."""
    grounds: list[Line] = []
    for line in written_lines(items[: _first_table(items)]):
        if line.words.startswith(words.grounds) and not line.words.endswith(":"):
            grounds.append(line)
        elif grounds or line.words.endswith((".", ":")):
            break
    return tuple(grounds)


def _first_table(items: Sequence[Item]) -> int:
    return next((at for at, item in enumerate(items) if isinstance(item, Table)), len(items))


# --- the end ------------------------------------------------------------------------------------------------


def _end(
    main: Sequence[Item], after: int, words: Words
) -> tuple[int, tuple[Line, ...], bool, tuple[Cell, ...]]:
    """Where the text ends; “Nơi nhận” with its lines; whether these are in no table; the signers' cells."""
    word = without_marks(words.recipients)
    for at in range(len(main) - 1, after - 1, -1):
        item = main[at]
        if isinstance(item, Line):
            if without_marks(item.words).startswith(word):
                return at, tuple(written_lines(main[at:])), True, ()
            continue
        for row in item.rows:
            for column, cell in enumerate(row):
                lines = tuple(line for line in cell.lines if not is_empty(line))
                if any(without_marks(line.words).startswith(word) for line in lines):
                    return at, lines, False, _other_columns(item, column)
    return len(main), (), False, ()


def _other_columns(table: Table, column: int) -> tuple[Cell, ...]:
    """The other columns of a table, each as one cell."""
    columns: dict[int, list[Cell]] = {}
    for row in table.rows:
        for at, cell in enumerate(row):
            if at != column:
                columns.setdefault(at, []).append(cell)
    return tuple(
        replace(cells[0], lines=tuple(line for cell in cells for line in cell.lines))
        for cells in columns.values()
        if any(not is_empty(line) for cell in cells for line in cell.lines)
    )


def _last_signers(main: Sequence[Item], after: int, end: int) -> tuple[int, tuple[Cell, ...]]:
    """The last table without lines of its own, whose columns each begin with a title in capitals."""
    for at in range(end - 1, after - 1, -1):
        item = main[at]
        if isinstance(item, Line):
            if not is_empty(item):
                return end, ()
            continue
        cells = _other_columns(item, -1)
        return (end, ()) if item.ruled or not cells else (at, cells)
    return end, ()


def _is_appendix(line: Line, words: Words) -> bool:
    text = without_marks(line.words)
    word = without_marks(words.appendix)
    if not text.startswith(word):
        return False
    alone = re.fullmatch(r"( ([ivxlc]+|\d+))?[.:]?", text.removeprefix(word)) is not None
    bold = bool(line.letters) and all(run.bold for run in line.letters)
    return alone or (line.align == "center" and bold)
