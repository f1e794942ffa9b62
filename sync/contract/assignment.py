"""Assignments: which place asks which form, for which plan, whom, from when to when and in which hours. Pure.

Promises (each has a test of this name):
- the most particular assignment that is open now is asked: a device before its counter, a counter before its
  unit, a unit before the units above it; at one place a dated window before an open end, hours of its own
  before the office's;
- an assignment with hours of its own is open in them, also on a Saturday or a holiday;
- two assignments that are equally particular never apply at one moment: such a pair is refused by its names.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import combinations

from msgspec import Struct

from sync.contract.opening import NOT_AFTER_START, Opening, SpecialDay, is_open, overlap
from sync.contract.problem import Problem
from sync.contract.problem.files import ASSIGNMENTS_CONFLICT, ENTRY_INVALID, ID_REPEATED
from sync.contract.response import Label, Respondent
from sync.contract.text import Id


class Assignment(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A form, asked at a place.

    unit: where it is asked, at all its counters and in the units below it. counter, device: only there.
    plan: the responses are collected for it. respondents: who is asked; where there are several, the handover
        or one choice on the screen says who the visitor is.
    starts, ends: its first and last day; None: no limit. hours: when it is asked; none: whenever the office
        is open.
    """

    id: Id
    unit: Id
    counter: Label = ""
    device: Id | None = None
    survey: Id
    plan: Id | None = None
    respondents: tuple[Respondent, ...] = ("citizen",)
    starts: date | None = None
    ends: date | None = None
    hours: tuple[Opening, ...] = ()


class Assignments(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The file `assignments.toml`."""

    assignments: tuple[Assignment, ...] = ()


class Place(Struct, frozen=True, kw_only=True):
    """Where something is asked. units: the terminal's unit, then the units above it, the nearest first."""

    units: tuple[str, ...]
    counter: str = ""
    device: str = ""


class OfficeHours(Struct, frozen=True):
    """When the office is open."""

    opening: tuple[Opening, ...] = ()
    special_days: tuple[SpecialDay, ...] = ()


def asked_at(
    assignments: Iterable[Assignment], place: Place, office: OfficeHours, now: datetime
) -> Assignment | None:
    """What is asked at this place at `now`, in local time; None: nothing is, the terminal is closed."""
    applicable = [
        assignment
        for assignment in assignments
        if _is_at(assignment, place) and _is_on(assignment, now.date()) and _is_open(assignment, office, now)
    ]
    if not applicable:
        return None
    return max(applicable, key=lambda assignment: _particularity(assignment, place.units))


def assigned_to(assignments: Iterable[Assignment], place: Place) -> tuple[Assignment, ...]:
    """What is asked at this place at some time."""
    return tuple(assignment for assignment in assignments if _is_at(assignment, place))


def assignment_problems(assignments: Sequence[Assignment]) -> Iterator[Problem]:
    """All faults of assignments that are in force together; `where` is the key within them."""
    ids = [assignment.id for assignment in assignments]
    for id in dict.fromkeys(ids):
        if ids.count(id) > 1:
            yield ID_REPEATED(where="assignments", detail=f"“{id}”")
    for assignment in assignments:
        where = f"assignments {assignment.id}"
        if assignment.starts and assignment.ends and assignment.ends < assignment.starts:
            yield ENTRY_INVALID(where=f"{where}.ends", detail="trước ngày đầu")
        if not assignment.respondents:
            yield ENTRY_INVALID(where=f"{where}.respondents", detail="cần ít nhất một")
        for index, span in enumerate(assignment.hours):
            if span.start >= span.end:
                yield ENTRY_INVALID(where=f"{where}.hours[{index}].end", detail=NOT_AFTER_START)
    for one, other in combinations(assignments, 2):
        if one.id != other.id and _conflict(one, other):
            yield ASSIGNMENTS_CONFLICT(
                where=f"assignments {one.id}, {other.id}", detail=f"cùng nơi “{_place_words(one)}”, cùng lúc"
            )


def _is_at(assignment: Assignment, place: Place) -> bool:
    return (
        assignment.unit in place.units
        and assignment.counter in ("", place.counter)
        and assignment.device in (None, place.device)
    )


def _is_on(assignment: Assignment, day: date) -> bool:
    return (assignment.starts or day) <= day <= (assignment.ends or day)


def _is_open(assignment: Assignment, office: OfficeHours, now: datetime) -> bool:
    if assignment.hours:
        return is_open(assignment.hours, (), now)
    return is_open(office.opening, office.special_days, now)


def _particularity(assignment: Assignment, units: Sequence[str]) -> tuple[bool, bool, int, int, bool]:
    return (
        assignment.device is not None,
        assignment.counter != "",
        -units.index(assignment.unit),
        *_window_particularity(assignment),
    )


def _window_particularity(assignment: Assignment) -> tuple[int, bool]:
    return (assignment.starts is not None) + (assignment.ends is not None), bool(assignment.hours)


def _conflict(one: Assignment, other: Assignment) -> bool:
    """Whether both could be asked at one place and moment, and nothing says which."""
    return (
        (one.unit, one.counter, one.device) == (other.unit, other.counter, other.device)
        and _window_particularity(one) == _window_particularity(other)
        and (one.starts or date.min) <= (other.ends or date.max)
        and (other.starts or date.min) <= (one.ends or date.max)
        and overlap(one.hours, other.hours)
    )


def _place_words(assignment: Assignment) -> str:
    return " ".join(filter(None, (assignment.unit, assignment.counter, assignment.device)))
