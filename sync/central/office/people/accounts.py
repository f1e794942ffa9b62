"""Accounts of people: made, listed, ended. One that has ended stays, because the audit log names it."""

import re
from collections.abc import Collection, Iterable
from datetime import date
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, Row, delete, insert, select, update

from sync.central.office.audit.acts import Act
from sync.central.office.people.permissions import Held, Person
from sync.central.office.people.rights import check_person
from sync.central.store.database import one_at_a_time
from sync.central.store.known_ids import OFFICER, known
from sync.central.store.outgoing import subscriptions
from sync.central.store.schema import accounts, one_time_links, recovery_codes, roles, sessions
from sync.contract.masking import mask_digits
from sync.contract.plan import VIET_NAM
from sync.contract.problem import ProblemError, Wrong
from sync.contract.problem.centre import (
    ACCOUNT_ENDED,
    ACCOUNT_UNKNOWN,
    BEYOND_OWN_ROLE,
    LAST_ADMIN,
    LOGIN_TAKEN,
    LOGIN_UNUSABLE,
    NAME_UNUSABLE,
    OFFICER_NEVER_NAMED,
)
from sync.contract.text import nfc

_LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{2,63}", re.ASCII)
_LONGEST_NAME = 100


class AccountStatus(Struct, frozen=True, kw_only=True):
    """An account as people see it in a list. ended_at: "" while it is open."""

    person: Person
    has_password: bool
    has_factor: bool
    created_at: str
    ended_at: str


def create_account(act: Act, *, login: str, name: str, officer: str = "") -> int:
    """Make an account without any role, and return its number.

    Raises ProblemsError as `check_new_account`.
    """
    one_at_a_time(act.connection)
    check_new_account(act.connection, login=login, name=name, officer=officer)
    login, name = _login(login), _name(name)
    moment = act.now.isoformat()
    values = {"login": login, "name": name, "officer": officer or None}
    made = insert(accounts).values(**values, secrets_at=moment, created_at=moment).returning(accounts.c.id)
    account = int(act.connection.execute(made).scalar_one())
    act.note("account", f"account {account}", login)
    return account


def check_new_account(connection: Connection, *, login: str, name: str, officer: str = "") -> None:
    """Raise ProblemsError with all that is wrong with a new account.

    HL5101 (the name for signing in is taken), HL5102, HL5109, HL5112 (no such officer).
    """
    login, name = _login(login), _name(name)
    wrong = Wrong()
    with wrong:
        if not _LOGIN.fullmatch(login):
            raise ProblemError(LOGIN_UNUSABLE(detail=login[:64]))
        if connection.execute(select(accounts.c.id).where(accounts.c.login == login)).first():
            raise ProblemError(LOGIN_TAKEN(detail=login))
    with wrong:
        if not name or len(name) > _LONGEST_NAME or not name.isprintable():
            raise ProblemError(NAME_UNUSABLE())
    with wrong:
        _check_officer(connection, officer)
    wrong.check()


def _login(typed: str) -> str:
    return typed.strip().lower()


def _name(typed: str) -> str:
    return nfc(typed).strip()


def change_officer(act: Act, account: int, officer: str, *, giver: Person | None = None) -> None:
    """Record which officer this person is, "" for none; nobody does it for oneself.

    Raises ProblemError HL5100, HL5105, HL5108 or HL5112.
    """
    one_at_a_time(act.connection)
    changeable(act, account, giver, oneself=False)
    _check_officer(act.connection, officer)
    act.connection.execute(update(accounts).where(accounts.c.id == account).values(officer=officer or None))
    act.note("account-officer", f"account {account}", officer)


def mark_approver(act: Act, account: int, approver: bool, *, giver: Person | None = None) -> None:
    """Let this person approve reports, or no longer; nobody marks oneself. Raises HL5100 or HL5105."""
    one_at_a_time(act.connection)
    changeable(act, account, giver, oneself=False)
    changed = update(accounts).where(accounts.c.id == account).values(approver=int(approver))
    act.connection.execute(changed)
    act.note("account-approver", f"account {account}", "yes" if approver else "no")


def end_account(act: Act, account: int, reason: str, *, giver: Person | None = None) -> None:
    """End an account: its sessions, links and tokens count no more from now on.

    Raises ProblemError HL5100, HL5104 (the last administrator), HL5105 or HL5108.
    """
    connection = act.connection
    one_at_a_time(connection)
    changeable(act, account, giver)
    administered = admin_days(connection, day_of(act))
    connection.execute(
        update(accounts)
        .where(accounts.c.id == account)
        .values(
            ended_at=act.now.isoformat(),
            password=None,
            factor=None,
            factor_proposed=None,
            secrets_at=act.now.isoformat(),
        )
    )
    for table in (sessions, one_time_links, recovery_codes, subscriptions):
        connection.execute(delete(table).where(table.c.account == account))
    if administered - admin_days(connection, day_of(act)):
        raise ProblemError(LAST_ADMIN())
    act.note("account-end", f"account {account}", mask_digits(reason))


def changeable(act: Act, account: int, giver: Person | None, *, oneself: bool = True) -> Person:
    """The person of an open account, if the giver may change all of it; oneself: also one's own.

    Raises ProblemError HL5100, HL5105 or HL5108.
    """
    person = read_person(act.connection, account)
    check_person(act.connection, giver, person, day_of(act))
    if giver is not None and giver.account == account and not oneself:
        raise ProblemError(BEYOND_OWN_ROLE(detail=person.login))
    if is_ended(act.connection, account):
        raise ProblemError(ACCOUNT_ENDED(detail=person.login))
    return person


def _check_officer(connection: Connection, officer: str) -> None:
    if officer and not any(kind == OFFICER for kind, _, _ in known(connection, {officer})):
        raise ProblemError(OFFICER_NEVER_NAMED(detail=officer))


def day_of(act: Act) -> date:
    """The day of an act in Viet Nam."""
    return act.now.astimezone(VIET_NAM).date()


def list_accounts(connection: Connection) -> list[AccountStatus]:
    """All accounts, also those that have ended, by their names for signing in."""
    held = roles_of(connection)
    query = select(accounts).order_by(accounts.c.login)
    return [_status(row, held.get(row.id, ())) for row in connection.execute(query)]


def account_status(connection: Connection, account: int) -> AccountStatus:
    """One account as the list has it; raises ProblemError HL5100."""
    row = connection.execute(select(accounts).where(accounts.c.id == account)).first()
    if row is None:
        raise ProblemError(ACCOUNT_UNKNOWN(detail=str(account)))
    return _status(row, roles_of(connection, account).get(account, ()))


def _status(row: Row[Any], held: Iterable[Held]) -> AccountStatus:
    return AccountStatus(
        person=person_of(row, held),
        has_password=bool(row.password),
        has_factor=bool(row.factor),
        created_at=row.created_at,
        ended_at=row.ended_at or "",
    )


def account_names(connection: Connection, numbers: Collection[int]) -> dict[int, str]:
    """The names of these people, also of those whose account has ended."""
    query = select(accounts.c.id, accounts.c.name).where(accounts.c.id.in_(numbers))
    return {row.id: row.name for row in connection.execute(query)}


def find_account(connection: Connection, login: str) -> int:
    """The number of the account with this name for signing in; raises ProblemError HL5100."""
    query = select(accounts.c.id).where(accounts.c.login == login.strip().lower())
    account = connection.execute(query).scalar()
    if account is None:
        raise ProblemError(ACCOUNT_UNKNOWN(detail=login[:64]))
    return int(account)


def read_person(connection: Connection, account: int) -> Person:
    """The person of an account, also of one that has ended; raises ProblemError HL5100."""
    return account_status(connection, account).person


def is_ended(connection: Connection, account: int) -> bool:
    """Whether the account has ended; also True if there is none."""
    query = select(accounts.c.id).where(accounts.c.id == account, accounts.c.ended_at.is_(None))
    return connection.execute(query).first() is None


def admin_days(connection: Connection, day: date) -> set[date]:
    """On which of `day` and the last of all days somebody administers the whole centre, as of now.

    What takes one of them away is refused: an end for the only role without one locks everybody out later.
    """
    query = (
        select(roles)
        .join(accounts, accounts.c.id == roles.c.account)
        .where(roles.c.role == "admin", roles.c.unit == "", roles.c.taken_at.is_(None))
        .where(accounts.c.ended_at.is_(None))
    )
    every = [held_of(row) for row in connection.execute(query)]
    return {each for each in (day, date.max) if any(held.on(each) for held in every)}


def person_of(row: Row[Any], held: Iterable[Held]) -> Person:
    """The person that a row of `accounts` holds."""
    return Person(
        account=row.id,
        login=row.login,
        name=row.name,
        roles=tuple(held),
        approver=bool(row.approver),
        officer=row.officer or "",
    )


def roles_of(connection: Connection, account: int | None = None) -> dict[int, tuple[Held, ...]]:
    """The roles of this account, or of all, that were not taken, also those whose days are not now."""
    query = select(roles).where(roles.c.taken_at.is_(None)).order_by(roles.c.id)
    if account is not None:
        query = query.where(roles.c.account == account)
    found: dict[int, tuple[Held, ...]] = {}
    for row in connection.execute(query):
        found[row.account] = (*found.get(row.account, ()), held_of(row))
    return found


def held_of(row: Row[Any]) -> Held:
    """The role that a row of `roles` holds."""
    return Held(role=row.role, unit=row.unit, first=_day(row.first_day), last=_day(row.last_day))


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
