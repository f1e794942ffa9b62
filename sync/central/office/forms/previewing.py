"""The pages of a form as plain text, for an office that checks its words. Pure.

Every page is shown, also one that is asked only under a condition; its condition is named.
"""

from collections.abc import Iterator
from itertools import chain

from msgspec.structs import replace

from sync.contract.pages import gate_of, pages
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

RATINGS_PER_PAGE = 5
"""How many ratings of a group share a page of a tablet of 10 inches."""

_FIELDS = {"name": "họ tên", "phone": "số điện thoại", "address": "địa chỉ"}


def preview(survey: Survey, language: str, *, ratings_per_page: int = RATINGS_PER_PAGE) -> Iterator[str]:
    """The lines of the preview: the notice, then page by page what a citizen sees, then the thanks."""
    yield f"{pick(survey.title, language)} ({survey.id}, bản {survey.version}, {language})"
    yield f"  {pick(survey.privacy.summary, language)}"
    unconditional = replace(survey, questions=tuple(map(_unconditional, survey.questions)))
    made = pages(unconditional, {}, ratings_per_page=ratings_per_page, can_seal=True)
    gate = gate_of(made)
    for number, page in enumerate(made, start=1):
        if number == gate + 1:
            yield from ("", "— Chỉ khi người dân chạm “Góp ý” hoặc “Đánh giá thêm” —")
        yield from ("", f"Trang {number}")
        yield from chain.from_iterable(
            _question(survey, survey.question(question.id), language) for question in page
        )
    if survey.thanks:
        yield from ("", pick(survey.thanks, language))


def _unconditional(question: Question) -> Question:
    return replace(question, when=None)


def _question(survey: Survey, question: Question, language: str) -> Iterator[str]:
    yield f"  {pick(question.text, language)}"
    if question.help:
        yield f"  {pick(question.help, language)}"
    if question.when:
        yield f"    (chỉ hỏi khi {_condition(survey, question.when, language)})"
    yield from (f"    {answer}" for answer in _answers(survey, question, language))
    if question.not_applicable:
        yield "    ○ Không áp dụng"
    if not question.required:
        yield "    (được bỏ qua)"


def _condition(survey: Survey, condition: Condition, language: str) -> str:
    asked = survey.question(condition.question)
    names = {"True": "Có", "False": "Không"}
    if isinstance(asked, Choice):
        names = {option.id: pick(option.label, language) for option in asked.options}
    answers = " hoặc ".join(f"“{names.get(str(value), str(value))}”" for value in condition.equals)
    return f"câu “{pick(asked.text, language)}” được trả lời {answers}"


def _answers(survey: Survey, question: Question, language: str) -> Iterator[str]:
    match question:
        case Rating():
            yield "   ".join(f"○ {pick(level.label, language)}" for level in survey.levels)
        case Choice():
            yield from (f"○ {pick(option.label, language)}" for option in question.options)
        case Choices():
            for option in question.options:
                after = f" (sau mức {', '.join(map(str, option.levels))})" if option.levels else ""
                yield f"□ {pick(option.label, language)}{after}"
        case YesNo():
            yield from ("○ Có", "○ Không")
        case Number():
            yield f"số từ {question.minimum} đến {question.maximum}"
        case OpenText():
            yield f"ý kiến tự viết, tối đa {question.maximum} ký tự"
        case Contact():
            yield f"{', '.join(_FIELDS.get(field, field) for field in question.fields)} (được mã hóa)"
