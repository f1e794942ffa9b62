"""Roles are given at a unit between two days, and taken. The last administrator of a centre stays one,
and the last one without an end gets none."""

from datetime import date

from sqlalchemy import Connection, insert, update

from sync.central.office.audit.acts import Act
from sync.central.office.people.accounts import (
    admin_days,
    check_new_account,
    create_account,
    day_of,
    is_ended,
    read_person,
)
from sync.central.office.people.permissions import ROLES, Person
from sync.central.office.people.rights import check_role
from sync.central.office.units.stored import is_unit
from sync.central.store.database import one_at_a_time
from sync.central.store.schema import roles
from sync.contract.problem import ProblemError, Wrong
from sync.contract.problem.centre import (
    ACCOUNT_ENDED,
    LAST_ADMIN,
    ROLE_DAYS_WRONG,
    ROLE_NOT_HELD,
    ROLE_UNKNOWN,
    UNIT_UNKNOWN,
)


def add_person(
    act: Act,
    *,
    login: str,
    name: str,
    officer: str = "",
    role: str,
    unit: str,
    first: date | None = None,
    last: date | None = None,
    giver: Person | None = None,
) -> int:
    """Make an account with its first role, and return its number.

    Raises ProblemsError with everything that is wrong with both, and as `create_account` and `give_role`.
    """
    wrong = Wrong()
    with wrong:
        check_new_account(act.connection, login=login, name=name, officer=officer)
    with wrong:
        _check_unit(act.connection, unit)
    with wrong:
        check_role_and_days(role, first, last, day_of(act))
    wrong.check()
    account = create_account(act, login=login, name=name, officer=officer)
    give_role(act, account, role=role, unit=unit, first=first, last=last, giver=giver)
    return account


def give_role(
    act: Act,
    account: int,
    *,
    role: str,
    unit: str,
    first: date | None = None,
    last: date | None = None,
    giver: Person | None = None,
) -> None:
    """Give a role at a unit, "" for the whole centre, in place of the same role there with other days.

    giver: None for a person at the command line. Raises ProblemError HL5003, HL5011, HL5100, HL5104, HL5105,
    HL5107 or HL5108.
    """
    connection, today = act.connection, day_of(act)
    wrong = Wrong()
    with wrong:
        _check_unit(connection, unit)
    with wrong:
        check_role_and_days(role, first, last, today)
    wrong.check()
    one_at_a_time(connection)
    person = read_person(connection, account)
    if is_ended(connection, account):
        raise ProblemError(ACCOUNT_ENDED(detail=person.login))
    check_role(connection, giver, role=role, unit=unit, day=today, last=last or date.max)
    administered = admin_days(connection, today)
    _take(act, account, role, unit)
    days = {"first_day": first.isoformat() if first else "", "last_day": last.isoformat() if last else ""}
    values = {"account": account, "role": role, "unit": unit, "given_at": act.now.isoformat(), **days}
    connection.execute(insert(roles).values(values))
    _keep_an_admin(act, administered)
    act.note(
        "role-give", f"account {account}", f"{role} {unit or '*'} {days['first_day']}..{days['last_day']}"
    )


def _check_unit(connection: Connection, unit: str) -> None:
    if unit and not is_unit(connection, unit):
        raise ProblemError(UNIT_UNKNOWN(where="--unit", detail=unit))


def check_role_and_days(role: str, first: date | None, last: date | None, today: date) -> None:
    """Raise ProblemsError for a role that can't be given today: HL5003 (there is none), HL5107 (its days)."""
    wrong = Wrong()
    with wrong:
        if role not in ROLES:
            raise ProblemError(ROLE_UNKNOWN(where="--role", detail=", ".join(ROLES)))
    with wrong:
        if last is not None and (last < today or last < (first or today)):
            raise ProblemError(ROLE_DAYS_WRONG(detail=f"{first or today:%d/%m/%Y} – {last:%d/%m/%Y}"))
    wrong.check()


def take_role(act: Act, account: int, *, role: str, unit: str, giver: Person | None = None) -> None:
    """Take a role at a unit away; it counts no more from now on.

    Raises ProblemError HL5100, HL5104 (the last administrator), HL5105 or HL5106.
    """
    one_at_a_time(act.connection)
    read_person(act.connection, account)
    check_role(act.connection, giver, role=role, unit=unit, day=day_of(act))
    administered = admin_days(act.connection, day_of(act))
    if _take(act, account, role, unit) == 0:
        raise ProblemError(ROLE_NOT_HELD(detail=f"{role} {unit}".strip()))
    _keep_an_admin(act, administered)
    act.note("role-take", f"account {account}", f"{role} {unit or '*'}")


def _take(act: Act, account: int, role: str, unit: str) -> int:
    held = (roles.c.account == account) & (roles.c.role == role) & (roles.c.unit == unit)
    taken = update(roles).where(held, roles.c.taken_at.is_(None)).values(taken_at=act.now.isoformat())
    return act.connection.execute(taken).rowcount


def _keep_an_admin(act: Act, administered: set[date]) -> None:
    if administered - admin_days(act.connection, day_of(act)):
        raise ProblemError(LAST_ADMIN())
