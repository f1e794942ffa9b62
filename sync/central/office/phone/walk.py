"""Which questions come next on a phone, from what a page without a script has sent. Pure.

A page holds all that was answered before it in fields that are not shown, so nothing has to be kept
meanwhile, neither on the phone nor here. The pages, their order, what is left out and the gate are those of
the glass (contract/pages.py); the gate is left out where nothing is behind it, because here a button sends.

    Whom ──► Ask, Ask … ──► Gate ──► Ask …          "Gửi" at the gate, and on the last page
"""

from collections.abc import Mapping, Sequence
from typing import Literal

from msgspec import Struct

from sync.contract.masking import mask_digits
from sync.contract.pages import Page, gate_of, pages
from sync.contract.response import Answer, Respondent
from sync.contract.sealing import Words
from sync.contract.survey import (
    CONTACT_LENGTH,
    NOT_APPLICABLE,
    SEALED_KINDS,
    Choices,
    Contact,
    Number,
    OpenText,
    Question,
    Rating,
    Survey,
    YesNo,
)
from sync.contract.text import nfc
from sync.contract.validation import applicable, wrong_answer

TOGETHER = 5
"""Ratings of a group on one page: a phone scrolls."""
FIELD = "c."
"""How the field of a question begins; a field of contact details has its name after another dot."""
WHOM = "cho_ai"
Move = Literal["", "tiep", "lui", "gui"]
Fields = Mapping[str, Sequence[str]]
"""What a form has sent: the values of each name."""


class Said(Struct, frozen=True, kw_only=True):
    """What was answered so far. whom: as it was chosen, "" for not yet, or where there is no choice."""

    answers: dict[str, Answer] = {}
    words: Words = {}
    whom: Respondent | Literal[""] = ""


class Whom(Struct, frozen=True):
    """Who answers."""


class Ask(Struct, frozen=True):
    """Questions of one page."""

    page: Page


class Gate(Struct, frozen=True):
    """Whether something is to be added. criteria: what is behind it is ratings alone."""

    criteria: bool


Step = Whom | Ask | Gate


class Turn(Struct, frozen=True):
    """Where a citizen is. missing: something that has to be answered was left out. done: it may be sent."""

    steps: tuple[Step, ...]
    at: int
    missing: bool = False
    done: bool = False


def read_said(survey: Survey, fields: Fields, respondents: Sequence[Respondent]) -> Said:
    """What these fields say; a value that was not offered is as if it were not there."""
    given = {question.id: _read(question, fields, survey) for question in survey.questions}
    answers: dict[str, Answer] = {}
    for question in survey.questions:  # in their order: a condition looks at earlier ones
        answer = given[question.id]
        if answer is not None and not wrong_answer(question, answer, answers, survey):
            answers[question.id] = answer
    words = {
        question.id: written
        for question in survey.questions
        if isinstance(question, SEALED_KINDS) and (written := _written(question, fields))
    }
    whom = next((each for each in respondents if each in fields.get(WHOM, ())), None)
    return Said(answers=applicable(answers, survey), words=words, whom=whom or "")


def _read(question: Question, fields: Fields, survey: Survey) -> Answer | None:
    values = fields.get(FIELD + question.id, ())
    if not values or isinstance(question, SEALED_KINDS):
        return None
    (*_, last) = values
    if isinstance(question, Choices):
        chosen = set(values)
        return tuple(option.id for option in question.options if option.id in chosen) or None
    if last == NOT_APPLICABLE:
        return last
    if isinstance(question, YesNo):
        return {"1": True, "0": False}.get(last)
    if isinstance(question, Rating | Number):
        return int(last) if last.isascii() and last.isdigit() and len(last) < 10 else None
    return last


def _written(question: OpenText | Contact, fields: Fields) -> str | dict[str, str]:
    if isinstance(question, OpenText):
        return mask_digits(_text(fields, question.id)[: question.maximum])
    given = {name: _text(fields, f"{question.id}.{name}")[:CONTACT_LENGTH] for name in question.fields}
    return {name: text for name, text in given.items() if text}


def _text(fields: Fields, name: str) -> str:
    values = fields.get(FIELD + name, ())
    return nfc(values[-1].replace("\r\n", "\n").replace("\0", "").strip()) if values else ""


def steps_of(
    survey: Survey, said: Said, respondents: Sequence[Respondent], *, can_seal: bool
) -> tuple[Step, ...]:
    """All steps with these answers so far."""
    made = pages(survey, said.answers, ratings_per_page=TOGETHER, can_seal=can_seal)
    gate = gate_of(made)
    extra = [question for page in made[gate:] for question in page]
    return (
        *((Whom(),) if len(respondents) > 1 else ()),
        *map(Ask, made[:gate]),
        *((Gate(all(isinstance(question, Rating) for question in extra)),) if extra else ()),
        *map(Ask, made[gate:]),
    )


def turn(
    survey: Survey, said: Said, respondents: Sequence[Respondent], at: int, move: Move, *, can_seal: bool
) -> Turn:
    """Where this move leads from step `at`."""
    steps = steps_of(survey, said, respondents, can_seal=can_seal)
    at = min(max(at, 0), len(steps) - 1)
    if move == "lui":
        return Turn(steps, max(at - 1, 0))
    if not move:
        return Turn(steps, at)
    last = len(steps) if move == "gui" else at + 1
    for place, step in enumerate(steps[:last]):
        if not _is_satisfied(step, said):
            return Turn(steps, place, missing=True)
    if move == "gui":
        return Turn(steps, at, done=bool(said.answers or said.words), missing=not said.answers)
    return Turn(steps, min(at + 1, len(steps) - 1))


def _is_satisfied(step: Step, said: Said) -> bool:
    if isinstance(step, Ask):
        given = said.answers.keys() | said.words.keys()
        return all(
            question.id in given or not question.required or isinstance(question, Contact)
            for question in step.page
        )
    return not isinstance(step, Whom) or bool(said.whom)
