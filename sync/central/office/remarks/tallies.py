"""How many remarks there are, by question and by what became of them, for an office's report. No words.

A report is the same for everybody who reads it, so unlike lists it also counts remarks about its readers: its
figures name no officer.
"""

from collections import Counter, defaultdict
from datetime import date

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, exists, func, select

from sync.central.office.remarks.stages import State
from sync.central.office.units.stored import in_subtree
from sync.central.store.schema import remarks, responses, voided


class RemarkTally(Struct, frozen=True, kw_only=True):
    """Remarks to one question of a form, by state.

    question: "" where the box was not opened here yet, and where contact details alone were left.
    """

    survey: str
    version: int
    question: str
    states: dict[State, int]


class RemarkTallies(Struct, frozen=True):
    """states: every remark once. questions: who wrote to two questions counts in both."""

    states: dict[State, int]
    questions: tuple[RemarkTally, ...]


def remark_tallies(connection: Connection, unit: str, first: date, last: date) -> RemarkTallies:
    """The remarks of visits of these days in a unit and those below it; CENTRE: in all units."""
    r = remarks.c
    key = (responses.c.survey, responses.c.survey_version, r.questions, r.state)
    query = (
        select(*key, func.count())
        .select_from(remarks.join(responses, responses.c.id == r.id))
        .where(r.day.between(first.isoformat(), last.isoformat()), in_subtree(unit, r.unit, r.day))
        .where(~exists().where(voided.c.id == r.id))
        .group_by(*key)
    )
    states: Counter[State] = Counter()
    asked: defaultdict[tuple[str, int, str], Counter[State]] = defaultdict(Counter)
    for survey, version, questions, state, n in connection.execute(query):
        states[state] += n
        for question in msgspec.json.decode(questions or "[]", type=tuple[str, ...]) or ("",):
            asked[survey, version, question][state] += n
    return RemarkTallies(
        dict(sorted(states.items())),
        tuple(
            RemarkTally(survey=survey, version=version, question=question, states=dict(sorted(each.items())))
            for (survey, version, question), each in sorted(asked.items())
        ),
    )
