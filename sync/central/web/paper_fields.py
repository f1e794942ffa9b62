"""The questions of a paper form as fields to key, and what was typed into them as answers.

A rating, a choice and a yes or no is one digit, as it is printed in the box on paper; several options are
their digits one after the other. 0 is “không áp dụng”, an empty field no answer.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Literal

from msgspec import Struct

from sync.central.office.paper.asked import wrong
from sync.contract.masking import mask_digits
from sync.contract.problem import ProblemError, Wrong
from sync.contract.response import Answer
from sync.contract.sealing import Words
from sync.contract.survey import (
    CONTACT_LENGTH,
    NOT_APPLICABLE,
    Choice,
    Choices,
    Contact,
    Number,
    OpenText,
    Question,
    Rating,
    Survey,
    YesNo,
)
from sync.contract.text import Text, nfc, pick

FIELD = "c."
"""Every field of an answer begins so; its question, and the part of contact details, follow."""
_NOT = "0"
_PARTS: Mapping[str, str] = {"name": "Họ và tên", "phone": "Số điện thoại", "address": "Địa chỉ"}


class KeyField(Struct, frozen=True, kw_only=True):
    """One field. kind: `keys` is typed as digits, `line` and `text` as words.

    label: in the language of the page; keys: each digit with what it means. length: characters at most.
    """

    name: str
    label: str
    kind: Literal["keys", "line", "text"]
    length: int
    keys: tuple[tuple[str, str], ...] = ()
    number: str = ""


def fields_of(survey: Survey, language: str, say: Callable[[str], str]) -> tuple[KeyField, ...]:
    """The fields in the order of the form. language: of the questions; say: puts words into that language."""
    return tuple(
        field
        for at, question in enumerate(survey.questions, 1)
        for field in _fields(survey, question, str(at), language, say)
    )


def read_answers(survey: Survey, typed: Mapping[str, str]) -> dict[str, Answer]:
    """The answers that were typed; raises ProblemsError (HL5224) with every field that has a wrong key."""
    answers: dict[str, Answer] = {}
    refused = Wrong()
    for question in survey.questions:
        text = typed.get(FIELD + question.id, "").strip()
        if text and not isinstance(question, OpenText | Contact):
            with refused:
                answers[question.id] = _answer(survey, question, text)
    refused.check()
    return answers


def read_words(survey: Survey, typed: Mapping[str, str]) -> Words:
    """The citizen's own words that were typed, with long numbers masked as a terminal masks them.

    Raises ProblemError HL5224 for one that is too long.
    """
    words: Words = {}
    for question in survey.questions:
        name = FIELD + question.id
        if isinstance(question, OpenText):
            if text := _text(typed.get(name, ""), name, question.maximum):
                words[question.id] = mask_digits(text)
        elif isinstance(question, Contact):
            parts = {
                part: text
                for part in question.fields
                if (text := _text(typed.get(f"{name}.{part}", ""), f"{name}.{part}", CONTACT_LENGTH))
            }
            if parts:
                words[question.id] = parts
    return words


def said_answer(survey: Survey, question: Question, answer: Answer, language: str) -> str:
    """An answer with the keys that are typed for it, as “5 Rất hài lòng”."""
    keys = _keys(survey, question)
    if isinstance(answer, tuple):
        ids = [option.id for option in question.options] if isinstance(question, Choices) else []
        typed = [str(ids.index(each) + 1) for each in answer]
    elif answer == NOT_APPLICABLE:
        typed = [_NOT]
    elif isinstance(answer, bool):
        typed = ["1" if answer else "2"]
    elif isinstance(question, Choice):
        typed = [str([option.id for option in question.options].index(str(answer)) + 1)]
    else:
        typed = [str(answer)]
    said = (f"{key} {pick(keys[key], language)}" if key in keys else key for key in typed)
    return ", ".join(said)


def _fields(
    survey: Survey, question: Question, number: str, language: str, say: Callable[[str], str]
) -> Iterator[KeyField]:
    name, label = FIELD + question.id, pick(question.text, language)
    match question:
        case OpenText():
            yield KeyField(name=name, label=label, kind="text", length=question.maximum, number=number)
        case Contact():
            for part in question.fields:
                length = CONTACT_LENGTH
                yield KeyField(name=f"{name}.{part}", label=say(_PARTS[part]), kind="line", length=length)
        case Number():
            length = max(len(str(question.minimum)), len(str(question.maximum)))
            room = ((f"{question.minimum}–{question.maximum}", ""),)
            yield KeyField(name=name, label=label, kind="keys", length=length, keys=room, number=number)
        case _:
            keys = tuple((key, pick(text, language)) for key, text in _keys(survey, question).items())
            # A key, or all of them with spaces between.
            several = isinstance(question, Choices)
            length = sum(len(key) + 1 for key, _ in keys) if several else max(len(key) for key, _ in keys)
            yield KeyField(name=name, label=label, kind="keys", length=length, keys=keys, number=number)


def _keys(survey: Survey, question: Question) -> dict[str, Text]:
    """What each key means."""
    match question:
        case Rating():
            keys = {str(level.value): level.label for level in survey.levels}
        case Choice() | Choices():
            keys = {str(at): option.label for at, option in enumerate(question.options, 1)}
        case YesNo():
            keys = {"1": {"vi": "Có", "en": "Yes"}, "2": {"vi": "Không", "en": "No"}}
        case _:
            keys = {}
    if question.not_applicable:
        keys[_NOT] = {"vi": "Không áp dụng", "en": "Not applicable"}
    return keys


def _answer(survey: Survey, question: Question, text: str) -> Answer:
    if isinstance(question, Number):
        return _number(question, text)
    keys, where = _keys(survey, question), FIELD + question.id
    if isinstance(question, Choices) and text != _NOT:
        # Digits one after the other, or apart where a key has two of them.
        parts = text.split() if len(question.options) > 9 or " " in text else list(text)
        chosen = [_key(part, keys, where) for part in dict.fromkeys(parts)]
        return tuple(question.options[int(key) - 1].id for key in sorted(chosen, key=int))
    key = _key(text, keys, where)
    match question:
        case _ if key == _NOT:
            return NOT_APPLICABLE
        case Rating():
            return int(key)
        case Choice():
            return question.options[int(key) - 1].id
        case _:
            return key == "1"


def _number(question: Number, text: str) -> Answer:
    where = FIELD + question.id
    if text.casefold() == NOT_APPLICABLE and question.not_applicable:
        return NOT_APPLICABLE
    if not (text.isascii() and text.isdigit() and question.minimum <= int(text) <= question.maximum):
        raise wrong(where, detail=f"gõ một số từ {question.minimum} đến {question.maximum}")
    return int(text)


def _key(text: str, keys: Mapping[str, Text], where: str) -> str:
    if text not in keys or (text == _NOT and _NOT not in keys):
        raise _not_a_key(keys, where)
    return text


def _not_a_key(keys: Mapping[str, Text], where: str) -> ProblemError:
    return wrong(where, detail=f"gõ một trong các số {', '.join(keys)}")


def _text(text: str, where: str, longest: int) -> str:
    text = nfc(text).replace("\r\n", "\n").strip()
    if len(text) > longest:
        raise wrong(where, detail=f"dài hơn {longest} ký tự")
    return text
