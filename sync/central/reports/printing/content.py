"""What a printed form says, in the order in which an office has it on paper.

At the head is the office, then who answers (if the form asks for that), then what for, then the questions, at
the end the thanks and the day. Procedure and officer are open lines: on a terminal a scan says them.
"""

from collections.abc import Iterator, Sequence
from datetime import date

from msgspec import Struct
from sqlalchemy import Connection

from sync.central.office.paper.asked import Asked, asking
from sync.central.office.paper.runs import PrintRun
from sync.central.reports.kinds.frame import plan_line, read_frame
from sync.central.reports.model import Letterhead
from sync.contract.survey import (
    Choice,
    Choices,
    Condition,
    Contact,
    Number,
    OpenText,
    Question,
    Rating,
    Survey,
    YesNo,
)
from sync.contract.text import pick

_FIELDS = {"name": "Họ và tên", "phone": "Số điện thoại", "address": "Địa chỉ"}
_NOT_APPLICABLE = "Không áp dụng"
# At least this number of ratings of one scale in a row are a table; else boxes are below each question.
TABLE_FROM = 3
WORD_LINES = 3


class Box(Struct, frozen=True):
    """A box to tick, and the digit that is keyed for it."""

    key: str
    label: str


class Item(Struct, frozen=True, kw_only=True):
    """A question. number: "" for a line without. note: below it. boxes: to tick; lines: to write on."""

    number: str
    text: str
    note: str = ""
    boxes: tuple[Box, ...] = ()
    lines: int = 0


class RatingTable(Struct, frozen=True):
    """Ratings of one scale, a row each: number, text, whether “không áp dụng” is offered. boxes: columns."""

    boxes: tuple[Box, ...]
    rows: tuple[tuple[str, str, bool], ...]


class PrintedForm(Struct, frozen=True, kw_only=True):
    """A form as it is printed, but for its number. head: lines to write on at the top.

    rests_on: the plan, "" without one. signature: who answered writes a name below.
    """

    asked: Asked
    letterhead: Letterhead
    form_code: str
    title: str
    head: tuple[str, ...]
    purpose: str
    rests_on: str
    items: tuple[Item | RatingTable, ...]
    thanks: str
    place: str
    signature: bool


def read_printed(connection: Connection, run: PrintRun) -> PrintedForm:
    """The form of a print run. Raises ProblemError HL5020 (its plan), HL5224 (its release is unknown)."""
    known = asking(connection, run.asked)
    frame = read_frame(connection, run.asked.unit, known.plan, run.issued_on)
    survey, group = known.survey, known.group
    contacts = [each for each in survey.questions if isinstance(each, Contact)]
    fields = [field for each in contacts for field in each.fields]
    return PrintedForm(
        asked=run.asked,
        letterhead=frame.letterhead,
        form_code=group.form_code if group else "",
        title=pick(survey.title, "vi"),
        head=tuple(_FIELDS[field] for field in fields),
        purpose=f"{pick(survey.privacy.purpose, 'vi')} {pick(survey.privacy.summary, 'vi')}",
        rests_on=plan_line(known.plan) if known.plan else "",
        items=tuple(items(survey)),
        thanks=pick(survey.thanks, "vi") if survey.thanks else "",
        place=_place(frame.letterhead, run.issued_on),
        signature="name" in fields,
    )


def items(survey: Survey) -> Iterator[Item | RatingTable]:
    """The questions as they are printed; contact details are at the head. Pure."""
    if set(survey.respondents) != {"staff"}:
        yield Item(number="", text="Tên thủ tục hành chính mà ông/bà thực hiện:", lines=1)
        yield Item(number="", text="Tên cán bộ, công chức mà ông/bà giao dịch:", lines=1)
    questions = [each for each in survey.questions if not isinstance(each, Contact)]
    at = 0
    while at < len(questions):
        ratings = _ratings_from(questions[at:])
        if len(ratings) >= TABLE_FROM:
            yield _table(survey, ratings, at + 1)
            at += len(ratings)
            continue
        yield _item(survey, questions[at], str(at + 1))
        at += 1


def _ratings_from(questions: Sequence[Question]) -> list[Rating]:
    """The ratings without a condition that the list begins with."""
    found: list[Rating] = []
    for question in questions:
        if not isinstance(question, Rating) or question.when or question.help:
            break
        found.append(question)
    return found


def _table(survey: Survey, ratings: Sequence[Rating], first: int) -> RatingTable:
    some = any(each.not_applicable for each in ratings)
    rows = tuple(
        (str(number), pick(each.text, "vi"), each.not_applicable)
        for number, each in enumerate(ratings, first)
    )
    return RatingTable((*_levels(survey), *((Box("0", _NOT_APPLICABLE),) if some else ())), rows)


def _item(survey: Survey, question: Question, number: str) -> Item:
    notes = [_condition(survey, question.when)] if question.when else []
    notes += [pick(question.help, "vi")] if question.help else []
    boxes, lines = _answers(survey, question)
    if question.not_applicable and boxes:
        boxes = (*boxes, Box("0", _NOT_APPLICABLE))
    if isinstance(question, Choices):
        notes.append("Có thể chọn nhiều ô.")
    return Item(number=number, text=pick(question.text, "vi"), note=" ".join(notes), boxes=boxes, lines=lines)


def _answers(survey: Survey, question: Question) -> tuple[tuple[Box, ...], int]:
    """The boxes of a question, and its open lines."""
    match question:
        case Rating():
            return _levels(survey), 0
        case Choice() | Choices():
            named = enumerate(question.options, 1)
            return tuple(Box(str(at), pick(option.label, "vi")) for at, option in named), 0
        case YesNo():
            return (Box("1", "Có"), Box("2", "Không")), 0
        case Number():
            return (), 1
        case OpenText():
            return (), WORD_LINES
        case _:
            return (), 0


def _levels(survey: Survey) -> tuple[Box, ...]:
    return tuple(Box(str(level.value), pick(level.label, "vi")) for level in survey.levels)


def _condition(survey: Survey, condition: Condition) -> str:
    """When a question is to be answered, in words."""
    asked = survey.question(condition.question)
    number = 1 + [each.id for each in survey.questions].index(asked.id)
    labels: dict[bool | str, str] = {True: "Có", False: "Không"}
    if isinstance(asked, Choice):
        labels = {option.id: pick(option.label, "vi") for option in asked.options}
    said = " hoặc ".join(f"“{labels[value]}”" for value in condition.equals)
    return f"Chỉ trả lời nếu câu {number} là {said}."


def _place(letterhead: Letterhead, day: date) -> str:
    return f"{letterhead.place or '……………'}, ngày …… tháng …… năm {day.year}"
