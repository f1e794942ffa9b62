"""A survey is data: its levels, its questions and their texts, in one TOML file.

What every survey must satisfy, checked by `decode_survey` before anything uses it:
- ids are unique, references point to something, every text exists in every language the survey names;
- nothing that a bystander can see depends on a rating: no question is asked because of one, and every level
  offers the same number of reasons;
- a bad file is refused with the file, the key and the reason, and no part of it is used.
"""

from collections import Counter
from collections.abc import Iterator

from msgspec import Struct

from sync.contract.files import decode_toml
from sync.contract.problem import Problem, ProblemError
from sync.contract.problem.files import (
    ENTRY_INVALID,
    ID_REPEATED,
    RATING_BETRAYED,
    REFERENCE_DANGLING,
    TEXT_MISSING,
)
from sync.contract.response import BOX_LIMIT, OPTIONS, QUESTIONS, Respondent, Version
from sync.contract.sealing import longest_box
from sync.contract.text import Id, Language, Text

# The answer "không áp dụng", if a question allows it.
NOT_APPLICABLE = "na"


class Level(Struct, frozen=True, forbid_unknown_fields=True):
    """One level of the scale: the value that is stored, and its label as on the paper form."""

    value: int
    label: Text


class Condition(Struct, frozen=True, forbid_unknown_fields=True):
    """Ask only if an earlier question was answered with one of these values."""

    question: Id
    equals: tuple[bool | str, ...]


class Option(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One tile of a choice. `levels`: offered only after these levels of the rating asked about."""

    id: Id
    label: Text
    levels: tuple[int, ...] = ()


class _Question(
    Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True, tag_field="kind"
):
    """What all questions share.

    required: a visit without an answer to it is `partial`, and there is no skip.
    not_applicable: "không áp dụng" is offered and stored as `na`.
    group: questions of the same group share a page if the screen is large enough.
    """

    id: Id
    text: Text
    help: Text = {}
    required: bool = True
    not_applicable: bool = False
    group: str = ""
    when: Condition | None = None


class Rating(_Question, frozen=True, tag="rating"):
    """One level of the survey's scale."""


class Choice(_Question, frozen=True, tag="choice"):
    """Exactly one option."""

    options: tuple[Option, ...]


class Choices(_Question, frozen=True, tag="choices"):
    """Any number of options. `about`: the rating whose reasons these are."""

    options: tuple[Option, ...]
    about: str = ""


class YesNo(_Question, frozen=True, tag="yes_no"):
    """Yes or no."""


class Number(_Question, frozen=True, tag="number"):
    """A whole number, such as how many trips it took."""

    minimum: int = 0
    maximum: int = 99


class OpenText(_Question, frozen=True, tag="text"):
    """A citizen's own words; sealed before they touch a disk. `maximum` is in characters."""

    maximum: int = 1000


class Contact(_Question, frozen=True, tag="contact"):
    """Name, telephone, address: only if the citizen chooses, sealed before they touch a disk."""

    fields: tuple[str, ...] = ("name", "phone")


Question = Rating | Choice | Choices | YesNo | Number | OpenText | Contact

# Kinds whose answers are sealed, and so are never in `Response.answers`.
SEALED_KINDS = (OpenText, Contact)
CONTACT_FIELDS = ("name", "phone", "address")
CONTACT_LENGTH = 200  # characters of a field


class Privacy(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The notice to citizens before they answer (law 91/2025/QH15 on personal data protection)."""

    summary: Text
    purpose: Text
    data: Text
    controller: Text
    rights: Text


class Survey(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """One form: who it is for, in which languages, with which scale and questions."""

    id: Id
    version: Version
    title: Text
    languages: tuple[Language, ...]
    respondents: tuple[Respondent, ...]
    levels: tuple[Level, ...]
    questions: tuple[Question, ...]
    privacy: Privacy
    thanks: Text = {}
    keep_language: bool = False

    def question(self, id: str) -> Question:
        """The question with this id; KeyError if there is none."""
        for question in self.questions:
            if question.id == id:
                return question
        raise KeyError(id)

    def level(self, value: int) -> Level:
        """The level with this value; KeyError if there is none."""
        for level in self.levels:
            if level.value == value:
                return level
        raise KeyError(value)


def decode_survey(text: str, where: str) -> Survey:
    """The survey in this TOML text; `where` names the file. Raises ProblemError (HL1002 … HL1007)."""
    survey = decode_toml(text, Survey, where)
    for found in survey_problems(survey):
        raise ProblemError(found.kind(where=f"{where}: {found.where}", detail=found.detail))
    return survey


def survey_problems(survey: Survey) -> Iterator[Problem]:
    """All faults of a survey, in the order of its questions; `where` is the key."""
    yield from _missing_texts(survey)
    yield from _level_problems(survey)
    if not survey.questions:
        yield ENTRY_INVALID(where="questions", detail="phiếu hỏi cần ít nhất một câu hỏi")
    yield from _too_many("questions", len(survey.questions), QUESTIONS)
    box = longest_box(longest_words(survey))
    if box > BOX_LIMIT:
        detail = f"mọi ý kiến tự viết có thể dài {box} ký tự khi mã hóa, nhiều nhất {BOX_LIMIT}: giảm maximum"
        yield ENTRY_INVALID(where="questions", detail=detail)
    yield from _duplicates("questions", [question.id for question in survey.questions])
    earlier: dict[str, Question] = {}
    for index, question in enumerate(survey.questions):
        yield from _question_problems(survey, question, f"questions[{index}] {question.id}", earlier)
        earlier[question.id] = question


def _level_problems(survey: Survey) -> Iterator[Problem]:
    if len(survey.levels) < 2:
        yield ENTRY_INVALID(where="levels", detail="thang đo cần ít nhất hai mức")
    yield from _duplicates("levels", [level.value for level in survey.levels])


def _question_problems(
    survey: Survey, question: Question, where: str, earlier: dict[str, Question]
) -> Iterator[Problem]:
    if question.when:
        yield from _condition_problems(question.when, f"{where}.when", earlier)
    if isinstance(question, Choice | Choices):
        if len(question.options) < 2:
            yield ENTRY_INVALID(where=f"{where}.options", detail="câu chọn cần ít nhất hai lựa chọn")
        yield from _too_many(f"{where}.options", len(question.options), OPTIONS)
        yield from _duplicates(f"{where}.options", [option.id for option in question.options])
        for option in question.options:
            if option.id == NOT_APPLICABLE:
                yield ENTRY_INVALID(
                    where=f"{where}.options", detail=f"“{NOT_APPLICABLE}” dành cho “không áp dụng”"
                )
        yield from _reason_problems(survey, question, where, earlier)
    if isinstance(question, Number) and question.minimum > question.maximum:
        yield ENTRY_INVALID(where=f"{where}.minimum", detail="lớn hơn maximum")
    if isinstance(question, Contact):
        for field in question.fields:
            if field not in CONTACT_FIELDS:
                yield ENTRY_INVALID(
                    where=f"{where}.fields",
                    detail=f"“{field}” không thuộc {', '.join(CONTACT_FIELDS)}",
                )


def _condition_problems(condition: Condition, where: str, earlier: dict[str, Question]) -> Iterator[Problem]:
    asked = earlier.get(condition.question)
    if asked is None:
        yield REFERENCE_DANGLING(where=where, detail=f"phía trên không có câu hỏi “{condition.question}”")
    elif isinstance(asked, Rating):
        yield RATING_BETRAYED(where=where, detail=f"phụ thuộc câu đánh giá “{condition.question}”")
    elif not isinstance(asked, Choice | YesNo):
        yield ENTRY_INVALID(where=where, detail="chỉ câu chọn một hoặc câu có/không làm điều kiện được")
    else:
        allowed = {True, False} if isinstance(asked, YesNo) else {option.id for option in asked.options}
        for value in condition.equals:
            if value not in allowed:
                yield REFERENCE_DANGLING(
                    where=f"{where}.equals", detail=f"“{asked.id}” không có câu trả lời “{value}”"
                )


def _reason_problems(
    survey: Survey, question: Choice | Choices, where: str, earlier: dict[str, Question]
) -> Iterator[Problem]:
    about = question.about if isinstance(question, Choices) else ""
    bound = [option for option in question.options if option.levels]
    if not about:
        if bound:
            yield ENTRY_INVALID(
                where=f"{where}.options", detail="có levels thì phải có about: câu đánh giá nào"
            )
        return
    if not isinstance(earlier.get(about), Rating):
        yield REFERENCE_DANGLING(where=f"{where}.about", detail=f"phía trên không có câu đánh giá “{about}”")
        return
    values = [level.value for level in survey.levels]
    for option in bound:
        for value in option.levels:
            if value not in values:
                yield REFERENCE_DANGLING(where=f"{where}.options {option.id}", detail=f"không có mức {value}")
    counts = {value: len(offered_options(question, value)) for value in values}
    if len(set(counts.values())) > 1:
        yield RATING_BETRAYED(where=f"{where}.options", detail=f"số lựa chọn theo mức: {counts}")


def offered_options(question: Choice | Choices, level: int | None) -> tuple[Option, ...]:
    """The options shown after this level of the rating in question; general options are always shown."""
    return tuple(option for option in question.options if not option.levels or level in option.levels)


def longest_words(survey: Survey) -> dict[str, int]:
    """The most characters that each text of a citizen may have: by question, or question and field."""
    texts = {each.id: each.maximum for each in survey.questions if isinstance(each, OpenText)}
    contacts = [each for each in survey.questions if isinstance(each, Contact)]
    return texts | {f"{each.id}.{field}": CONTACT_LENGTH for each in contacts for field in each.fields}


def _too_many(where: str, count: int, limit: int) -> Iterator[Problem]:
    if count > limit:
        yield ENTRY_INVALID(where=where, detail=f"{count} mục, nhiều nhất {limit}")


def _duplicates(where: str, ids: list[str] | list[int]) -> Iterator[Problem]:
    for id, count in Counter(ids).items():
        if count > 1:
            yield ID_REPEATED(where=where, detail=f"“{id}” ghi {count} lần")


def _missing_texts(survey: Survey) -> Iterator[Problem]:
    if "vi" not in survey.languages:
        yield TEXT_MISSING(where="languages", detail="luôn phải có tiếng Việt (“vi”)")
    for where, text in survey_texts(survey):
        for language in survey.languages:
            if not text.get(language, "").strip():
                yield TEXT_MISSING(where=where, detail=f"thiếu lời bằng “{language}”")


def survey_texts(survey: Survey) -> Iterator[tuple[str, Text]]:
    """Every text of the survey with its key; optional texts only if they are given."""
    yield "title", survey.title
    if survey.thanks:
        yield "thanks", survey.thanks
    for name in Privacy.__struct_fields__:
        yield f"privacy.{name}", getattr(survey.privacy, name)
    for level in survey.levels:
        yield f"levels {level.value}.label", level.label
    for index, question in enumerate(survey.questions):
        where = f"questions[{index}] {question.id}"
        yield f"{where}.text", question.text
        if question.help:
            yield f"{where}.help", question.help
        if isinstance(question, Choice | Choices):
            for option in question.options:
                yield f"{where}.options {option.id}.label", option.label
