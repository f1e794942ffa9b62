"""What this terminal asks now: by the assignments of the configuration, else by kiosk.toml. Pure.

kiosk.toml counts only where the configuration has no assignments.toml at all.

Promises (each has a test of this name):
- what is open now is asked, as `contract.assignment.asked_at` says;
- outside the hours it is closed, and a handover is asked what the day's assignment says, one with hours of
  its own last;
- on a day without an assignment no visit begins;
- where nothing is assigned no visit begins, and the rest of the configuration counts.
"""

from datetime import UTC, datetime, time

from msgspec import Struct
from msgspec.structs import replace

from kiosk.identity import Identity
from kiosk.settings import Settings
from sync.contract.assignment import Assignment, OfficeHours, Place, asked_at
from sync.contract.bundle import Bundle
from sync.contract.opening import Opening
from sync.contract.problem import ProblemError
from sync.contract.problem.files import REFERENCE_DANGLING
from sync.contract.survey import Survey

_ALWAYS = OfficeHours()


class Asked(Struct, frozen=True):
    """assignment: of this day, None where there is none. open: it is asked now."""

    assignment: Assignment | None
    open: bool


class Agenda(Struct, frozen=True):
    """All that is asked at one place. assignments: those of the place, whatever their days; () nothing."""

    assignments: tuple[Assignment, ...]
    place: Place
    hours: OfficeHours


def agenda_of(bundle: Bundle, settings: Settings, here: Identity, units: tuple[str, ...]) -> Agenda:
    """What is asked at this terminal; units: its unit, then those above it.

    Raises ProblemError HL1005 where kiosk.toml names what the configuration lacks: the centre refuses what
    such a terminal would store, and better no visit than one that never counts.
    """
    place = Place(units=units, counter=here.counter, device=here.device)
    hours = OfficeHours(bundle.office.opening or settings.opening, bundle.office.special_days)
    assignments = bundle.assignments
    if assignments is None:
        assignments = _by_settings(bundle, settings, here)
    here_alone = tuple(each for each in assignments if asked_at([_always(each)], place, _ALWAYS, _ANY_DAY))
    return Agenda(here_alone, place, hours)


def asked_now(agenda: Agenda, now: datetime) -> Asked:
    """What is asked at `now`, in local time."""
    open_now = asked_at(agenda.assignments, agenda.place, agenda.hours, now)
    if open_now:
        return Asked(open_now, True)
    by_day = [each for each in agenda.assignments if not each.hours]
    today = asked_at(by_day, agenda.place, _ALWAYS, now) or asked_at(
        map(_all_day, agenda.assignments), agenda.place, _ALWAYS, now
    )
    return Asked(next((each for each in agenda.assignments if today and each.id == today.id), None), False)


def asked_survey(bundle: Bundle, agenda: Agenda, asked: Asked) -> Survey:
    """The form that is asked; where none is, one whose words the closed terminal needs."""
    of_place = asked.assignment or next(iter(agenda.assignments), None)
    return (of_place and bundle.survey(of_place.survey)) or bundle.surveys[0]


def phone_site(bundle: Bundle, asked: Asked) -> str:
    """Where a code for citizens' own phones leads; "" where there is none to show.

    None where the centre has no public address, and where the plan that is asked for counts no phones.
    """
    assignment = asked.assignment
    if assignment is None or assignment.plan is None:
        return bundle.office.public_url
    groups = [group for plan in bundle.plans if plan.id == assignment.plan for group in plan.groups]
    counted = any("phone" in group.channels for group in groups if group.survey == assignment.survey)
    return bundle.office.public_url if counted else ""


_ANY_DAY = datetime(2000, 1, 1, tzinfo=UTC)


def _always(assignment: Assignment) -> Assignment:
    """The same without its days and hours."""
    return replace(assignment, starts=None, ends=None, hours=())


def _all_day(assignment: Assignment) -> Assignment:
    """The same, open all day on each day of its hours."""
    hours = tuple(Opening(span.days, time.min, time.max) for span in assignment.hours)
    return replace(assignment, hours=hours)


def _by_settings(bundle: Bundle, settings: Settings, here: Identity) -> tuple[Assignment, ...]:
    """What kiosk.toml says is asked here, as an assignment of this device; () where it says nothing."""
    if settings.survey is None:
        return ()
    survey = bundle.survey(settings.survey)
    if survey is None:
        detail = f"không có phiếu hỏi “{settings.survey}”"
        raise ProblemError(REFERENCE_DANGLING(where="survey", detail=detail))
    if settings.respondent not in survey.respondents:
        detail = f"phiếu hỏi “{survey.id}” không hỏi “{settings.respondent}”"
        raise ProblemError(REFERENCE_DANGLING(where="respondent", detail=detail))
    assigned = Assignment(
        id="kiosk.toml",
        unit=here.unit,
        device=here.device,
        survey=survey.id,
        plan=settings.plan,
        respondents=(settings.respondent,),
    )
    return (assigned,)
