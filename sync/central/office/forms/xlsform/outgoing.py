"""A form as an XLSForm: a workbook that Excel edits, `incoming.py` reads back, and ODK and Kobo take."""

from collections.abc import Collection, Iterator, Sequence
from io import BytesIO
from itertools import chain, count, groupby
from typing import Any

import xlsxwriter

from sync.central.office.forms.xlsform.expressions import (
    write_condition,
    write_filter,
    write_length,
    write_limits,
)
from sync.central.office.forms.xlsform.vocabulary import (
    CONTACT,
    FIELD_LIST,
    LIKERT,
    NO,
    NONE,
    PRIVACY,
    SCALE,
    YES,
    YES_NO,
    group_of,
    id_of_words,
    language_heading,
    name_of,
)
from sync.contract.survey import (
    NOT_APPLICABLE,
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
from sync.contract.text import Text, pick

# A cell of a row by its column; a column of texts holds one in each language.
_Row = dict[str, str | Text]

_SURVEY = (
    *("type", "name", "label", "hint", "required", "relevant", "constraint", "appearance"),
    *("choice_filter", "not_applicable", "page"),
)
_CHOICES = ("list_name", "name", "label", SCALE)
_TRANSLATED = ("label", "hint")
_WIDTHS = {"type": 24, "name": 18, "label": 60, "hint": 36, "relevant": 24, "constraint": 24}
_OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}


def write_xlsform(survey: Survey) -> bytes:
    """The workbook of this form."""
    rows = list(_survey_rows(survey))
    choices = list(_choice_rows(survey))
    settings = [
        {
            "form_title": pick(survey.title, "vi"),
            "form_id": survey.id,
            "version": str(survey.version),
            "default_language": language_heading("vi"),
            "respondents": " ".join(survey.respondents),
            "keep_language": "yes" if survey.keep_language else "",
        }
    ]
    out = BytesIO()
    with xlsxwriter.Workbook(out, _OPTIONS) as book:
        _write(book, "survey", _columns(survey, _SURVEY), rows)
        _write(book, "choices", _columns(survey, _CHOICES), choices)
        _write(book, "settings", [(name, name, "") for name in settings[0]], settings)
    return out.getvalue()


def _columns(survey: Survey, names: Sequence[str]) -> list[tuple[str, str, str]]:
    """Heading, name and language of each column."""
    columns = []
    for name in names:
        if name in _TRANSLATED:
            for code in survey.languages:
                columns.append((f"{name}::{language_heading(code)}", name, code))
        else:
            columns.append((name, name, ""))
    return columns


def _write(
    book: Any, name: str, columns: Sequence[tuple[str, str, str]], rows: Sequence[dict[str, Any]]
) -> None:
    sheet = book.add_worksheet(name)
    head = book.add_format({"bold": True, "bg_color": "#E8EEF4", "bottom": 1})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    for at, (heading, column, code) in enumerate(columns):
        sheet.write_string(0, at, heading, head)
        sheet.set_column(at, at, _WIDTHS.get(column, 16), wrapped)
        for number, row in enumerate(rows, start=1):
            value = row.get(column, "")
            text = value.get(code, "") if isinstance(value, dict) else value
            if text:
                sheet.write_string(number, at, text, wrapped)
    sheet.freeze_panes(1, 0)


# --- the sheet survey ---------------------------------------------------------------------------------------


def _survey_rows(survey: Survey) -> Iterator[_Row]:
    yield _row("note", "title", label=survey.title)
    for note, part in PRIVACY.items():
        yield _row("note", note, label=getattr(survey.privacy, part))
    taken = {"title", "thanks", *PRIVACY, *(name_of(question.id) for question in survey.questions)}
    for group, questions in groupby(survey.questions, lambda question: question.group):
        if group:
            name = _group_name(group, taken)
            taken.add(name)
            told = {} if group_of(name) == group else {"page": group}
            yield _row("begin_group", name, appearance=FIELD_LIST, **told)
        for question in questions:
            yield from _question_rows(survey, question)
        if group:
            yield _row("end_group", "")
    if survey.thanks:
        yield _row("note", "thanks", label=survey.thanks)


def _group_name(group: str, taken: Collection[str]) -> str:
    """The name of a group, as XLSForm's names allow it: no two rows have the same."""
    name = name_of(id_of_words(group) or "page")
    numbered = (f"{name}__{number}" for number in count(2))
    return next(each for each in chain((name,), numbered) if each not in taken)


def _question_rows(survey: Survey, question: Question) -> Iterator[_Row]:
    cells: _Row = {"label": question.text, "hint": question.help}
    if question.required:
        cells["required"] = "yes"
    if question.when:
        cells["relevant"] = _condition(survey, question.when)
    none = f"_{NOT_APPLICABLE}" if question.not_applicable else ""
    match question:
        case Rating():
            yield _row(f"select_one {SCALE}{none}", name_of(question.id), **cells, appearance=LIKERT)
        case YesNo():
            yield _row(f"select_one {YES_NO}{none}", name_of(question.id), **cells)
        case Choice():
            yield _row(f"select_one {_list_of(question)}", name_of(question.id), **cells)
        case Choices():
            if question.about:
                cells["choice_filter"] = write_filter(question.about)
            yield _row(f"select_multiple {_list_of(question)}", name_of(question.id), **cells)
        case Number():
            limits = write_limits(question.minimum, question.maximum)
            yield _row("integer", name_of(question.id), **cells, constraint=limits, **_none(question))
        case OpenText():
            length = write_length(question.maximum)
            yield _row("text", name_of(question.id), **cells, constraint=length, **_none(question))
        case Contact():
            yield _row("begin_group", name_of(question.id), **cells, **_none(question))
            for field in question.fields:
                yield _row("text", f"{name_of(question.id)}_{field}", label=_in_all(survey, CONTACT[field]))
            yield _row("end_group", "")


def _row(type: str, name: str, **cells: str | Text) -> _Row:
    return {"type": type, "name": name, **cells}


def _none(question: Question) -> dict[str, str]:
    return {"not_applicable": "yes"} if question.not_applicable else {}


def _condition(survey: Survey, condition: Condition) -> str:
    names = {True: "yes", False: "no"}
    values = [names[value] if isinstance(value, bool) else value for value in condition.equals]
    return write_condition(condition.question, values)


def _list_of(question: Question) -> str:
    return f"{question.id}_options"


# --- the sheet choices --------------------------------------------------------------------------------------


def _choice_rows(survey: Survey) -> Iterator[_Row]:
    none = _in_all(survey, NONE)
    for suffix in _suffixes(survey, Rating):
        for level in survey.levels:
            yield _option(SCALE + suffix, str(level.value), level.label)
        if suffix:
            yield _option(SCALE + suffix, NOT_APPLICABLE, none)
    for suffix in _suffixes(survey, YesNo):
        yield _option(YES_NO + suffix, "yes", _in_all(survey, YES))
        yield _option(YES_NO + suffix, "no", _in_all(survey, NO))
        if suffix:
            yield _option(YES_NO + suffix, NOT_APPLICABLE, none)
    for question in survey.questions:
        if isinstance(question, Choice | Choices):
            for option in question.options:
                levels = " ".join(map(str, option.levels))
                yield _option(_list_of(question), option.id, option.label) | {SCALE: levels}
            if question.not_applicable:
                yield _option(_list_of(question), NOT_APPLICABLE, none)


def _suffixes(survey: Survey, kind: type[Rating | YesNo]) -> list[str]:
    """The lists that questions of this kind need: one without and one with "không áp dụng"."""
    offered = {question.not_applicable for question in survey.questions if isinstance(question, kind)}
    return [f"_{NOT_APPLICABLE}" if none else "" for none in sorted(offered)]


def _option(list_name: str, name: str, label: Text) -> _Row:
    return {"list_name": list_name, "name": name, "label": label}


def _in_all(survey: Survey, text: Text) -> Text:
    """One of our own words in every language of the form; in Vietnamese where it has no other."""
    return {code: pick(text, code) for code in survey.languages}
