"""A form as the fields of a page, and the form again from what was typed there. Pure.

What is simple has a field: every text in every language, whether an answer may be left out, the order, a new
question. Everything else is edited as TOML. A field is found by its name, which holds ids, never places, so
what somebody else moved meanwhile is not mixed up.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

import msgspec
from msgspec import Struct

from sync.central.office.forms.xlsform.vocabulary import id_of_words
from sync.contract.faults import faults, key_words
from sync.contract.problem import Problem
from sync.contract.problem.files import ENTRY_INVALID
from sync.contract.survey import Choice, Choices, Privacy, Question, Survey, survey_problems
from sync.contract.text import Text, nfc

NEW_KINDS = ("rating", "yes_no", "choice", "choices", "number", "text")
"""Kinds of which a question can be added by fields."""

NEW = "new"
NEW_OPTIONS = "new:options"
"""The field with the options of a new question, one a line."""
_AT_QUESTION = re.compile(r"questions\[(\d+)\]")


class Checked(Struct, frozen=True):
    """What was typed as a form, if it is one, and everything that is wrong with it, by question id or ""."""

    survey: Survey | None
    wrong: tuple[tuple[str, Problem], ...]


def name_of(*parts: str) -> str:
    """The name of a field; ids have no colon."""
    return ":".join(parts)


def read_fields(before: Survey, typed: Mapping[str, str], taken: Collection[str] = ()) -> Checked:
    """The form `before` with what was typed; taken: ids of questions that a new one may not have."""
    data: dict[str, Any] = msgspec.to_builtins(before)
    lines = nfc(typed.get(NEW_OPTIONS, "")).splitlines()
    typed = {name: " ".join(nfc(text).split()) for name, text in typed.items()}
    languages = before.languages
    _put_text(data, "title", before.title, "title", languages, typed)
    _put_text(data, "thanks", before.thanks, "thanks", languages, typed, optional=True)
    for part in Privacy.__struct_fields__:
        given = getattr(before.privacy, part)
        _put_text(data["privacy"], part, given, name_of("privacy", part), languages, typed)
    for level, filled in zip(before.levels, data["levels"], strict=True):
        _put_text(filled, "label", level.label, name_of("level", str(level.value)), languages, typed)
    pairs = list(zip(before.questions, data["questions"], strict=True))
    for question, filled in pairs:
        _put_question(filled, question, languages, typed)
    kept = [filled for question, filled in pairs if not typed.get(name_of(question.id, "drop"))]
    data["questions"] = sorted(kept, key=lambda filled: _order(filled["id"], before, typed))
    data["questions"] += _new_questions(languages, typed, lines, {*taken, *(each.id for each, _ in pairs)})
    return check(data)


def _new_questions(
    languages: tuple[str, ...], typed: Mapping[str, str], lines: Sequence[str], used: Collection[str]
) -> Iterator[dict[str, Any]]:
    """The question that was typed in the fields for a new one, if there is any."""
    text = _texts(NEW, languages, typed)
    if any(text.values()):
        kind = typed.get(name_of(NEW, "kind"), NEW_KINDS[0])
        question: dict[str, Any] = {"id": _free_id(used), "kind": kind, "text": text}
        if kind in ("choice", "choices"):
            question["options"] = _options(lines, languages)
        if kind not in ("rating", "yes_no", "choice"):
            question["required"] = False
        yield question


def check(data: Mapping[str, Any]) -> Checked:
    """The form that these values are, or everything that is wrong with them."""
    wrong = [
        ENTRY_INVALID(where=key_words(fault.path), detail=fault.reason) for fault in faults(data, Survey)
    ]
    survey = None if wrong else msgspec.convert(data, Survey)
    problems = wrong if survey is None else list(survey_problems(survey))
    placed = tuple((_question_of(problem.where, data), problem) for problem in problems)
    return Checked(None if placed else survey, placed)


def _question_of(where: str, data: Mapping[str, Any]) -> str:
    found = _AT_QUESTION.match(where)
    return str(data["questions"][int(found[1])].get("id", "")) if found else ""


def _put_question(
    filled: dict[str, Any], question: Question, languages: tuple[str, ...], typed: Mapping[str, str]
) -> None:
    _put_text(filled, "text", question.text, name_of(question.id, "text"), languages, typed)
    _put_text(filled, "help", question.help, name_of(question.id, "help"), languages, typed, optional=True)
    if name_of(question.id, "order") in typed:  # a box that is not ticked sends nothing
        filled["required"] = name_of(question.id, "optional") not in typed
        filled["not_applicable"] = name_of(question.id, "none") in typed
    if isinstance(question, Choice | Choices):
        for option, tile in zip(question.options, filled["options"], strict=True):
            _put_text(
                tile, "label", option.label, name_of(question.id, "option", option.id), languages, typed
            )


def _put_text(
    data: dict[str, Any],
    key: str,
    before: Text,
    name: str,
    languages: tuple[str, ...],
    typed: Mapping[str, str],
    *,
    optional: bool = False,
) -> None:
    """Put the text that was typed under `key`; a language without a field keeps its words."""
    if any(name_of(name, language) in typed for language in languages):
        text = {**before, **_texts(name, languages, typed)}
        data[key] = {} if optional and not any(text.values()) else text


def _texts(name: str, languages: tuple[str, ...], typed: Mapping[str, str]) -> Text:
    given = {language: typed.get(name_of(name, language)) for language in languages}
    return {language: text for language, text in given.items() if text is not None}


def _order(id: str, before: Survey, typed: Mapping[str, str]) -> tuple[float, int]:
    place = next(at for at, question in enumerate(before.questions) if question.id == id)
    text = typed.get(name_of(id, "order"), "")
    return (float(text) if text.isdecimal() else place + 1.0), place


def _free_id(used: Collection[str]) -> str:
    number = 1
    while f"cau-{number}" in used:
        number += 1
    return f"cau-{number}"


def _options(lines: Sequence[str], languages: tuple[str, ...]) -> list[dict[str, Any]]:
    """One option a line, its languages separated by a bar: `Trực tiếp | In person`."""
    return [
        {"id": id, "label": dict(zip(languages, words, strict=False))}
        for id, words in _named(line.split("|") for line in lines if line.strip())
    ]


def _named(lines: Iterator[list[str]]) -> Iterator[tuple[str, list[str]]]:
    used: set[str] = set()
    for words in lines:
        stripped = [" ".join(word.split()) for word in words]
        base = id_of_words(stripped[0])[:40] or "lua-chon"
        id, number = base, 2
        while id in used:
            id, number = f"{base}-{number}", number + 1
        used.add(id)
        yield id, stripped
