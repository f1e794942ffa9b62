"""A plan's file, checked whole before it goes anywhere: every fault at once, by line and key.

First everything that has the wrong form; in a file of the right form, everything that contradicts its rules
or its forms.
"""

import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from sync.contract.decoding import decoder_reason
from sync.contract.faults import faults, key_words, path_of
from sync.contract.files import read_text
from sync.contract.plan import Plan, plan_problems
from sync.contract.problem import Problem, ProblemError, ProblemsError
from sync.contract.problem.files import ENTRY_INVALID, FILE_MALFORMED, FILE_UNREADABLE
from sync.contract.survey import Survey, decode_survey
from sync.contract.text import nfc
from sync.contract.toml_lines import line_of


def read_forms(folder: Path) -> tuple[Survey, ...]:
    """The forms in a folder; raises ProblemError for an empty folder (HL1001) or a wrong form (HL1001 …)."""
    forms = tuple(decode_survey(read_text(path), str(path)) for path in sorted(folder.glob("*.toml")))
    if not forms:
        raise ProblemError(FILE_UNREADABLE(where=str(folder), detail="không có tệp *.toml"))
    return forms


def check_plan(path: Path, forms: Iterable[Survey]) -> Plan:
    """The plan in this file, which may use these forms; raises ProblemsError with all of its problems."""
    text = nfc(read_text(path))
    problems = list(_problems(text, forms))
    if problems:
        raise ProblemsError(
            [each.kind(where=f"{path}:{each.where}", detail=each.detail) for each in problems]
        )
    return msgspec.toml.decode(text, type=Plan)


def plan_of_text(text: str) -> tuple[Plan | None, tuple[Problem, ...]]:
    """The plan that this TOML is, or every way in which it has not the form of one, by line and key."""
    text = nfc(text)
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return None, (FILE_MALFORMED(detail=decoder_reason(str(error))),)
    wrong = tuple(
        ENTRY_INVALID(where=f"{line_of(text, fault.path)}: {key_words(fault.path)}", detail=fault.reason)
        for fault in faults(data, Plan)
    )
    return (None, wrong) if wrong else (msgspec.toml.decode(text, type=Plan), ())


def _problems(text: str, forms: Iterable[Survey]) -> Iterator[Problem]:
    """Every problem of a plan's text; `where` is the line and the key."""
    plan, wrong = plan_of_text(text)
    yield from wrong
    if plan is not None:
        data = tomllib.loads(text)
        for problem in plan_problems(plan, forms):
            line = line_of(text, path_of(problem.where, data))
            yield problem.kind(where=f"{line}: {problem.where}", detail=problem.detail)
