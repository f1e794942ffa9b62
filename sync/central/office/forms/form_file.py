"""A file that an office wrote, as TOML, JSON or XLSForm: the form in it, or everything that is wrong with it.

Promises (each has a test of this name):
- every fault is named at once: in TOML with its line and key, in JSON with its key, in a workbook with its
  sheet, row and column.
"""

import json
import tomllib
from collections.abc import Iterator
from pathlib import Path, PurePath

import msgspec

from sync.central.office.forms.xlsform.incoming import Incoming, read_xlsform
from sync.contract.decoding import decoder_reason
from sync.contract.faults import faults, key_words, path_of
from sync.contract.files import read_text
from sync.contract.problem import Problem, ProblemError
from sync.contract.problem.centre import FILE_TYPE_UNSUPPORTED
from sync.contract.problem.files import ENTRY_INVALID, FILE_MALFORMED, FILE_NOT_UTF8, FILE_UNREADABLE
from sync.contract.reasons import system_reason
from sync.contract.survey import Survey, survey_problems
from sync.contract.text import nfc
from sync.contract.toml_lines import line_of


def read_form(path: Path, like: Survey | None = None) -> Incoming:
    """The form in this file, .toml, .json or .xlsx; `like` as in `read_xlsform`.

    Raises ProblemError: HL1001, HL1002, HL1010 for a file that can't be read, HL5036 for another kind of
    file, HL5030 if workbooks need a part that is not installed.
    """
    kind = path.suffix.lower()
    if kind in _TEXTS:
        return _TEXTS[kind](read_text(path), path.name)
    if kind == ".xlsx":
        try:
            return read_xlsform(path.read_bytes(), path.name, like)
        except OSError as error:
            raise ProblemError(FILE_UNREADABLE(where=str(path), detail=system_reason(error))) from error
    raise ProblemError(FILE_TYPE_UNSUPPORTED(where=path.name, detail=f"'{kind}'"))


def form_of_upload(data: bytes, name: str, like: Survey | None = None) -> Incoming:
    """The form in a file that was sent, .toml, .json or .xlsx. Raises ProblemError as `read_form`."""
    kind = PurePath(name).suffix.lower()
    if kind == ".xlsx":
        return read_xlsform(data, name, like)
    if kind not in _TEXTS:
        raise ProblemError(FILE_TYPE_UNSUPPORTED(where=name, detail=f"'{kind}'"))
    try:
        return _TEXTS[kind](data.decode("utf-8-sig"), name)
    except UnicodeDecodeError as error:
        raise ProblemError(FILE_NOT_UTF8(where=name)) from error


def form_of_toml(text: str, name: str) -> Incoming:
    """The form in this TOML text; name: of its file, in problems."""
    survey, wrong = _read_toml(nfc(text), name)
    return Incoming(survey=None if wrong else survey, faults=wrong, left_out=())


def form_of_json(text: str, name: str) -> Incoming:
    """The same of a JSON text with the keys of the TOML."""
    try:
        data = json.loads(nfc(text))
    except ValueError as error:
        return Incoming(survey=None, faults=(FILE_MALFORMED(where=name, detail=str(error)),), left_out=())
    wrong = tuple(
        ENTRY_INVALID(where=f"{name}: {key_words(fault.path)}", detail=fault.reason)
        for fault in faults(data, Survey)
    )
    survey = None if wrong else msgspec.convert(data, Survey, str_keys=True)
    if survey is not None:
        wrong = tuple(
            Problem(each.number, f"{name}: {each.where}", each.detail) for each in survey_problems(survey)
        )
    return Incoming(survey=None if wrong else survey, faults=wrong, left_out=())


_TEXTS = {".toml": form_of_toml, ".json": form_of_json}


def _read_toml(text: str, name: str) -> tuple[Survey | None, tuple[Problem, ...]]:
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        detail = decoder_reason(str(error))
        return None, (FILE_MALFORMED(where=name, detail=detail),)
    wrong = tuple(
        ENTRY_INVALID(
            where=f"{name}:{line_of(text, fault.path)}: {key_words(fault.path)}", detail=fault.reason
        )
        for fault in faults(data, Survey)
    )
    if wrong:
        return None, wrong
    survey = msgspec.convert(data, Survey)
    return survey, tuple(_placed(name, text, data, survey_problems(survey)))


def _placed(name: str, text: str, data: object, problems: Iterator[Problem]) -> Iterator[Problem]:
    for problem in problems:
        line = line_of(text, path_of(problem.where, data))
        yield Problem(problem.number, f"{name}:{line}: {problem.where}", problem.detail)
