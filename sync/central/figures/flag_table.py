"""Visits and officers that look unusual, as rows of a table; see flags.py for what is flagged."""

from collections import defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from datetime import date
from typing import get_args

from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, exists, func, or_, select

from sync.central.figures.flags import Flag, OfficerFlag, flag_officers, flag_visits, same_form
from sync.central.store.rollups import VISIT
from sync.central.store.schema import responses, rollups, unit_spans, voided
from sync.central.store.surveys import load_surveys
from sync.contract.assignment import OfficeHours
from sync.contract.canonical import decode_response
from sync.contract.plan import Plan
from sync.contract.response import Outcome, Response
from sync.contract.survey import Survey

# same_form: ids of the other responses with this form's number.
VISIT_COLUMNS = ("id", "day", "device", "seq", "officer", "flags", "same_form")
OFFICER_COLUMNS = ("officer", "flags")
_ALWAYS = OfficeHours()


class FlaggedVisit(Struct, frozen=True):
    """A visit that looks unusual. same_form: ids of the others with the number of its form."""

    response: Response
    flags: frozenset[Flag]
    same_form: tuple[str, ...]


class FlaggedOfficer(Struct, frozen=True, kw_only=True):
    """An officer who looks unusual. visits: those that the officer tagged, whatever their outcome."""

    officer: str
    flags: frozenset[OfficerFlag]
    visits: int
    voided: int
    declined: int


def stored_between(connection: Connection, first: str, last: str) -> list[Response]:
    """The responses of these days (YYYY-MM-DD, both included), in the order of their arrival."""
    query = (
        select(responses.c.body)
        .where(responses.c.day >= first, responses.c.day <= last)
        .order_by(responses.c.position)
    )
    return [decode_response(bytes(body)) for (body,) in connection.execute(query)]


def visit_rows(
    connection: Connection,
    found: Sequence[Response],
    hours: OfficeHours = _ALWAYS,
    plans: Iterable[Plan] = (),
) -> list[tuple[object, ...]]:
    """Those of these responses that are flagged, as rows under VISIT_COLUMNS; see `flag_visits`."""
    surveys = list(load_surveys(connection).values())
    taken_back = set(connection.execute(select(voided.c.id)).scalars())
    return [visit_row(each) for each in flagged_visits(found, surveys, taken_back, hours, plans)]


def flagged_visits(
    found: Sequence[Response],
    surveys: Sequence[Survey],
    taken_back: Container[str],
    hours: OfficeHours = _ALWAYS,
    plans: Iterable[Plan] = (),
) -> list[FlaggedVisit]:
    """Those of these responses that are flagged, in their order. taken_back: ids of voided ones. Pure."""
    visits = flag_visits(found, surveys, hours, plans)
    twice = same_form(found, taken_back)
    return [
        FlaggedVisit(
            response=response,
            flags=visits.get(response.id, frozenset()) | _twice(response, twice),
            same_form=twice.get(response.id, ()),
        )
        for response in found
        if response.id in visits or response.id in twice
    ]


def visit_row(visit: FlaggedVisit) -> tuple[object, ...]:
    """A row under VISIT_COLUMNS."""
    response = visit.response
    return (
        response.id,
        response.started_at.date().isoformat(),
        response.device,
        response.seq,
        (response.tag.officer if response.tag else None) or "",
        " ".join(sorted(visit.flags)),
        " ".join(visit.same_form),
    )


def _twice(response: Response, twice: Mapping[str, object]) -> frozenset[Flag]:
    return frozenset({Flag.FORM_TWICE}) if response.id in twice else frozenset()


def flags_of(
    connection: Connection,
    response: Response,
    *,
    unit: str,
    day: date,
    hours: OfficeHours = _ALWAYS,
    plans: Iterable[Plan] = (),
) -> frozenset[Flag]:
    """The flags of one visit, next to the others of its unit and day; a form, next to all of its survey."""
    near = select(responses.c.body).where(responses.c.unit == unit)
    if response.entered is None:
        near = near.where(responses.c.day == day.isoformat())
    else:
        near = near.where(responses.c.survey == response.survey.id, responses.c.channel == response.channel)
    others = [decode_response(bytes(body)) for body in connection.execute(near).scalars()]
    visits = flag_visits(others, list(load_surveys(connection).values()), hours, plans)
    twice = same_form(others, set(connection.execute(select(voided.c.id)).scalars()))
    return visits.get(response.id, frozenset()) | _twice(response, twice)


def officer_rows(connection: Connection, first: str, last: str) -> list[tuple[object, ...]]:
    """The officers flagged for these days (both included), as rows under OFFICER_COLUMNS."""
    return [officer_row(each) for each in flagged_officers(connection, first, last)]


def officer_row(officer: FlaggedOfficer) -> tuple[object, ...]:
    """A row under OFFICER_COLUMNS."""
    return (officer.officer, " ".join(sorted(officer.flags)))


def flagged_officers(
    connection: Connection, first: str, last: str, roots: Iterable[str] = (), oneself: str = ""
) -> list[FlaggedOfficer]:
    """The officers flagged for these days (both included), in the order of their ids.

    roots: units, only visits below each of which are compared, by the tree of each day. oneself: an officer
    who is left out, also of what the others are compared with.
    """
    c = rollups.c
    of_visits = (c.grain == "DPO", c.cell == VISIT, c.officer.not_in(("", oneself)))
    query = (
        select(c.officer, c.value, func.sum(c.n))
        .where(*of_visits, c.value.in_(get_args(Outcome)), c.period.between(first, last))
        .where(*(_below(root) for root in roots))
        .group_by(c.officer, c.value)
    )
    outcomes: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for officer, outcome, n in connection.execute(query):
        outcomes[officer][outcome] = int(n)
    return [
        FlaggedOfficer(
            officer=officer,
            flags=flags,
            visits=sum(outcomes[officer].values()),
            voided=outcomes[officer].get("voided", 0),
            declined=outcomes[officer].get("declined", 0),
        )
        for officer, flags in sorted(flag_officers(outcomes).items())
    ]


def _below(root: str) -> ColumnElement[bool]:
    """The condition for counts of the unit and of those that were below it on their day."""
    c, spans = rollups.c, unit_spans.c
    within = exists().where(
        spans.root == root,
        spans.unit == c.unit,
        spans.first_day <= c.period,
        c.period <= spans.last_day,
    )
    return or_(c.unit == root, within)
