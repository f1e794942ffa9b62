"""What a restore keeps of people from the database that it replaces, and what it ends.

Promises:
- an account that had ended stays ended, and a role that had been taken stays taken;
- a password, second factor or recovery code that was changed, reset or used after the backup is not the old
  one again;
- which officer a person is stays known if either database knows it, and an approver is who is one in both;
- an account made after the backup is kept as one that has ended, so that its number, by which remarks and the
  audit log name its person, is given to nobody else;
- no session, link or count of tries outlives a restore.

Who got an account or a role after the backup gets it again by hand, an account under another login.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, Row, delete, func, insert, select, update

from sync.central.store.schema import accounts, one_time_links, recovery_codes, roles, sessions, sign_in_tries

_SECRETS = ("password", "factor", "factor_proposed", "factor_step", "secrets_at", "ended_at")

Note = Callable[[str, str], None]


class PeopleDecided(Struct, frozen=True):
    """Rows of the replaced database. taken: of roles; codes: of recovery codes."""

    accounts: Sequence[Any]
    taken: Sequence[Any]
    codes: Sequence[Any]


def read_people(connection: Connection) -> PeopleDecided:
    """What this database holds of people."""
    taken = (
        select(roles, accounts.c.login)
        .join(accounts, accounts.c.id == roles.c.account)
        .where(roles.c.taken_at.is_not(None))
    )
    return PeopleDecided(
        connection.execute(select(accounts)).all(),
        connection.execute(taken).all(),
        connection.execute(select(recovery_codes)).all(),
    )


class PeopleCarried(Struct, frozen=True):
    """count: accounts and roles changed or added. numbers: of each account there, its number here."""

    count: int
    numbers: Mapping[int, int]


def carry_people(connection: Connection, decided: PeopleDecided, note: Note, now: datetime) -> PeopleCarried:
    """Repeat here what is missing. note: the audit log's line."""
    here = {(row.login, row.created_at): row for row in connection.execute(select(accounts))}
    numbers, missing = dict[int, int](), []
    count = 0
    for row in decided.accounts:
        known = here.get((row.login, row.created_at))
        if known is None:
            missing.append(row)
            continue
        numbers[row.id] = known.id
        codes = [code for code in decided.codes if code.account == row.id]
        acts = _mark(connection, row, known)
        if _later(row, known):
            _take_over(connection, row, known.id, codes)
            acts.append("account-end" if row.ended_at else "account-secrets")
        elif row.secrets_at == known.secrets_at:
            _spend(connection, row, known.id, codes)
        for act in acts:
            note(act, f"account {known.id}")
        count += bool(acts)
    added = _add_ended(connection, missing, now)
    for number in added.values():
        note("account-end", f"account {number}")
    for role in decided.taken:
        account = numbers.get(role.account)
        if account is not None and _take(connection, role, account):
            note("role-take", f"account {account}")
            count += 1
    return PeopleCarried(count + len(added), numbers | added)


def end_sessions(connection: Connection) -> None:
    """End every session and link, and forget tries to sign in."""
    for table in (sessions, one_time_links, sign_in_tries):
        connection.execute(delete(table))


def _mark(connection: Connection, row: Row[Any], known: Row[Any]) -> list[str]:
    """Let the stricter of two marks hold; which acts that repeats."""
    officer, approver = row.officer or known.officer, min(row.approver, known.approver)
    changed = update(accounts).where(accounts.c.id == known.id)
    connection.execute(changed.values(officer=officer, approver=approver))
    acts = {"account-officer": officer != known.officer, "account-approver": approver != known.approver}
    return [act for act, is_new in acts.items() if is_new]


def _add_ended(connection: Connection, rows: Sequence[Row[Any]], now: datetime) -> dict[int, int]:
    """Add accounts that have ended; each number there, and the one here.

    A number or login that another account has here, after an earlier restore, is replaced by a new one.
    """
    logins = set(connection.execute(select(accounts.c.login)).scalars())
    used = set(connection.execute(select(accounts.c.id)).scalars())
    numbers = dict[int, int]()
    for row in rows:
        number = max(used | {each.id for each in rows}) + 1 if row.id in used else row.id
        used.add(number)
        # No login that a person chooses has a "~".
        login = f"{row.login[:40]}~{number}" if row.login in logins else row.login
        # Its secrets_at stays: a restore ends no account that another copy still has.
        values = {name: getattr(row, name) for name in ("name", "officer", "secrets_at", "created_at")}
        values |= {"id": number, "login": login, "ended_at": row.ended_at or now.isoformat()}
        connection.execute(insert(accounts).values(values))
        numbers[row.id] = number
    if rows and connection.dialect.name == "postgresql":
        # PostgreSQL's sequence doesn't know of numbers that were inserted.
        last = select(func.max(accounts.c.id)).scalar_subquery()
        sequence = func.pg_get_serial_sequence("accounts", "id")
        connection.execute(select(func.setval(sequence, last)))
    return numbers


def _later(row: Row[Any], known: Row[Any]) -> bool:
    return bool(datetime.fromisoformat(row.secrets_at) > datetime.fromisoformat(known.secrets_at))


def _take_over(connection: Connection, row: Row[Any], account: int, codes: Sequence[Any]) -> None:
    values = {name: getattr(row, name) for name in _SECRETS}
    connection.execute(update(accounts).where(accounts.c.id == account).values(values))
    connection.execute(delete(recovery_codes).where(recovery_codes.c.account == account))
    if codes:
        kept = [{"account": account, "digest": code.digest, "used_at": code.used_at} for code in codes]
        connection.execute(insert(recovery_codes), kept)


def _spend(connection: Connection, row: Row[Any], account: int, codes: Sequence[Any]) -> None:
    """The same secrets: what was used of them stays used."""
    earlier = (accounts.c.id == account) & (accounts.c.factor_step < row.factor_step)
    connection.execute(update(accounts).where(earlier).values(factor_step=row.factor_step))
    for code in codes:
        if code.used_at:
            same = (recovery_codes.c.account == account) & (recovery_codes.c.digest == code.digest)
            connection.execute(update(recovery_codes).where(same).values(used_at=code.used_at))


def _take(connection: Connection, role: Row[Any], account: int) -> bool:
    same = (
        (roles.c.account == account)
        & (roles.c.role == role.role)
        & (roles.c.unit == role.unit)
        & (roles.c.given_at == role.given_at)
        & roles.c.taken_at.is_(None)
    )
    return connection.execute(update(roles).where(same).values(taken_at=role.taken_at)).rowcount > 0
