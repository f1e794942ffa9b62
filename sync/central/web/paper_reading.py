"""What was typed about one paper form, as the form that is stored: number, day, who, what, answers, words.

Everything that is wrong is named at once. Words are sealed here, before anything is written.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TypeVar

from msgspec import Struct

from sync.central.office.configuration.inherited import offered_procedures, places_of
from sync.central.office.configuration.row_queries import officers_of
from sync.central.office.keys.stored import Keys
from sync.central.office.paper.asked import Asking, asking, wrong
from sync.central.office.paper.entering import KeyedForm
from sync.central.office.paper.lots import Lot
from sync.central.office.paper.matching import Entry, matches
from sync.central.web.look import Look
from sync.central.web.paper_fields import FIELD, read_answers, read_words
from sync.central.web.paper_words import MODES
from sync.central.web.typed import line
from sync.contract.days import read_day
from sync.contract.form_code import number_in
from sync.contract.problem import ProblemError, Wrong
from sync.contract.problem.paper import WORDS_CANT_BE_SEALED
from sync.contract.response import Answer, Mode, Respondent, Sealed
from sync.contract.sealing import Words, seal_words
from sync.contract.survey import CONTACT_LENGTH
from sync.contract.text import pick

NUMBER, DAY, PROCEDURE, OFFICER = "so", "ngay", "thu_tuc", "can_bo"
RESPONDENT, MODE, TOKEN, AGAIN, REASON = "doi_tuong", "cach", "ma", "lai", "ly_do"
WHAT, SPOILT, SPOIL = "viec", "hong", "ly_do_hong"
UNLISTED = "?"
"""Begins what the catalogue does not have: the words are kept, sealed."""
_USUAL_MODE: Mode = "self"
Fields = Mapping[str, str]
T = TypeVar("T", bound=str)


class OnForms(Struct, frozen=True):
    """The procedures and officers of the catalogue that a form can name."""

    procedures: Sequence[Entry]
    officers: Sequence[Entry]


def catalogue_of(look: Look, lot: Lot) -> OnForms:
    """What a form of this lot can name."""
    unit, language = lot.asked.unit, look.translation.language
    offered = offered_procedures(look.connection, unit, look.today)
    places = places_of(look.connection, unit, look.today)
    return OnForms(
        [Entry(each.procedure.code, pick(each.procedure.name, language)) for each in offered],
        [Entry(each.id, each.name) for each in officers_of(look.connection, places)],
    )


class ReadingDesk(Struct, frozen=True):
    """What is needed to read forms of one lot."""

    lot: Lot
    known: Asking
    catalogue: OnForms
    keys: Keys


def reading_desk(look: Look, lot: Lot, keys: Keys) -> ReadingDesk:
    """To read forms of this lot."""
    return ReadingDesk(lot, asking(look.connection, lot.asked), catalogue_of(look, lot), keys)


def read_typed(desk: ReadingDesk, typed: Fields) -> tuple[int, KeyedForm | None]:
    """The number, and the form; no form where there is nothing but the number, or it is spoilt.

    Raises ProblemError HL5224, HL5228.
    """
    lot = desk.lot
    if typed.get(WHAT) == SPOILT and not typed.get(NUMBER, "").strip():
        return 0, None
    if typed.get(WHAT) == SPOILT or not _has_content(typed):
        return _number(lot, typed), None
    form = _form(desk, typed)
    return form.number, form


def _number(lot: Lot, typed: Fields) -> int:
    text, asked = typed.get(NUMBER, "").strip(), lot.asked
    if not text:
        raise wrong(NUMBER, detail="gõ số in trên phiếu, hoặc quét mã")
    number = number_in(text, asked.unit, asked.plan, asked.group, asked.survey)
    if number is None:
        raise wrong(NUMBER, detail="không phải số, hoặc là mã của phiếu khác")
    return number


def _has_content(typed: Fields) -> bool:
    answered = any(name.startswith(FIELD) and value.strip() for name, value in typed.items())
    return answered or any(typed.get(name, "").strip() for name in (PROCEDURE, OFFICER))


def _form(desk: ReadingDesk, typed: Fields) -> KeyedForm:
    refused_fields = Wrong()
    lot, known, catalogue, keys = desk.lot, desk.known, desk.catalogue, desk.keys
    codes: dict[str, str | None] = {}
    unlisted: Words = {}
    number = 0
    with refused_fields:
        number = _number(lot, typed)
    for name, key, entries in (
        (PROCEDURE, "procedure", catalogue.procedures),
        (OFFICER, "officer", catalogue.officers),
    ):
        with refused_fields:
            codes[name] = None
            text = typed.get(name, "").strip()
            if text.startswith(UNLISTED):
                if said := line(text.removeprefix(UNLISTED), name):
                    unlisted[key] = said[:CONTACT_LENGTH]
            else:
                codes[name] = _code(text, entries, name)
    answered = lot.day
    with refused_fields:
        answered = _day(typed)
    answers: dict[str, Answer] = {}
    words: Words = {}
    with refused_fields:
        answers = read_answers(known.survey, typed)
    with refused_fields:
        words = read_words(known.survey, typed)
    respondent: Respondent = known.respondents[0]
    mode = _USUAL_MODE
    with refused_fields:
        respondent = _one_of(typed, RESPONDENT, known.respondents)
    with refused_fields:
        mode = _one_of(typed, MODE, tuple(MODES))
    refused_fields.check()
    return KeyedForm(
        token=typed.get(TOKEN, ""),
        number=number,
        answered=answered,
        respondent=respondent,
        mode=mode,
        procedure=codes[PROCEDURE],
        officer=codes[OFFICER],
        answers=answers,
        sealed=_sealed(words, keys),
        unlisted=_sealed(unlisted, keys),
    )


def _code(text: str, entries: Sequence[Entry], name: str) -> str | None:
    """The code that was meant; None where nothing was stated."""
    if not text:
        return None
    found = matches(text, entries)
    if len(found) == 1:
        return found[0].code
    if not found:
        raise wrong(name, detail="không có trong danh mục: chọn ở ô này")
    raise wrong(name, detail=f"có {len(found)} tên như vậy: chọn ở ô này")


def _day(typed: Fields) -> date:
    day = read_day(typed.get(DAY, ""))
    if day is None:
        raise wrong(DAY, detail="không phải ngày, ghi như 2026-11-01")
    return day


def _one_of(typed: Fields, name: str, known: Sequence[T]) -> T:
    """The choice that was sent, the first one without any."""
    sent = typed.get(name, "")
    if not sent:
        return known[0]
    for each in known:
        if each == sent:
            return each
    raise wrong(name)


def _sealed(words: Words, keys: Keys) -> Sealed | None:
    """The words, sealed with the newest key; raises ProblemError HL5228 without one."""
    if not words:
        return None
    known = keys.public().sealing
    if not known:
        raise ProblemError(WORDS_CANT_BE_SEALED())
    return seal_words(words, known[-1].id, known[-1].public)
