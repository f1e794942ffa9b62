"""The fields with which a role is given: which one, at which unit, between which days."""

from datetime import date
from typing import Final

from sync.central.office.configuration.officers import officer_named
from sync.central.office.configuration.scope import scope_of
from sync.central.office.people.permissions import is_within, may_anywhere
from sync.central.office.people.roles import check_role_and_days
from sync.central.office.units.stored import is_unit
from sync.central.office.units.tree import CENTRE
from sync.central.web.choices import Option
from sync.central.web.look import Look
from sync.central.web.people_rows import ROLE_NAMES
from sync.contract.problem import ProblemError, Wrong
from sync.contract.problem.browser import FORM_INVALID

MANAGE: Final = "manage-people"
# More units than this are not listed: a person types the code.
LISTED = 200


def role_options(look: Look) -> tuple[Option, ...]:
    """The roles that the visitor may give somewhere."""
    own = {held.role for held in look.person.roles if held.on(look.today)}
    return tuple(
        Option(role, look.say(name))
        for role, name in ROLE_NAMES.items()
        if any(is_within(role, each) for each in own)
    )


def unit_options(look: Look) -> tuple[Option, ...]:
    """The units at which the visitor may give roles, the highest first; none if they are too many to list."""
    highest = may_anywhere(look.person, MANAGE, look.today)
    names = look.names.units
    codes = dict.fromkeys(highest)
    for unit in highest:
        codes |= dict.fromkeys(sorted(scope_of(look.connection, unit, look.today)))
    if len(codes) > LISTED:
        return ()
    whole = look.say("Toàn trung tâm")
    return tuple(Option(code, names.get(code, code) if code else whole) for code in codes)


def check_unit(look: Look, unit: str) -> None:
    """Raise ProblemError HL4241 for a unit that there is not, or whose people are not the visitor's."""
    if not look.may(MANAGE, unit) or (unit != CENTRE and not is_unit(look.connection, unit)):
        raise ProblemError(
            FORM_INVALID(where="don_vi", detail="không có đơn vị này, hoặc ngoài quyền của bạn")
        )


def check_officer(look: Look, officer: str) -> None:
    """Raise ProblemError HL4241 for an officer that there is not, or who is at no unit of the visitor's."""
    if not officer:
        return
    known = officer_named(look.connection, officer)
    if known is None or not look.may(MANAGE, known.unit):
        raise ProblemError(
            FORM_INVALID(where="can_bo", detail="không có cán bộ này, hoặc ngoài quyền của bạn")
        )


def read_role(look: Look, *, role: str, unit: str, first: str, last: str) -> tuple[date | None, date | None]:
    """The days of a role that was typed; raises ProblemsError with everything that is wrong with it."""
    wrong = Wrong()
    begins = ends = None
    with wrong:
        check_unit(look, unit)
    with wrong:
        begins = typed_day(first, "tu")
    with wrong:
        ends = typed_day(last, "den")
    with wrong:
        check_role_and_days(role, begins, ends, look.today)
    wrong.check()
    return begins, ends


def typed_day(text: str, name: str) -> date | None:
    """The day of a field, None if it is empty; raises ProblemError HL4241."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise ProblemError(FORM_INVALID(where=name)) from error
