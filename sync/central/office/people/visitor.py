"""Who opens a page. Everything that the administrators' pages ask of people begins with a `Visitor`."""

from datetime import datetime
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Connection, select

from sync.central.office.people.accounts import held_of, person_of
from sync.central.office.people.permissions import Person, needs_second_factor
from sync.central.office.people.sessions import Seen, cookie_digest, csrf_token, is_over, is_stepped_up
from sync.central.store.schema import accounts, roles, sessions

# What the person has to do before anything else, in this order; "" for nothing.
Due = Literal["", "code", "password", "factor"]

# How a session was opened.
TYPED, BY_LINK, ONCE = "typed", "password", "once"


class Visitor(Struct, frozen=True, kw_only=True):
    """Who opens a page, by an open session.

    person: who it is; without any role and mark while something is due. session: its number. csrf: what every
    form has to carry. stepped_up: whether acts that need it may be done now. due: "code" (the second factor),
    "password" (a new one), "factor" (an app has to be set up). has_factor: whether there is one.
    """

    person: Person
    session: int
    csrf: str
    shown_lately: bool
    stepped_up: bool
    due: Due
    has_factor: bool

    @property
    def who(self) -> str:
        """The person, as the audit log names it."""
        return f"account {self.person.account}"


def find_visitor(
    connection: Connection, cookie: str, now: datetime, seen: Seen | None = None, *, by_itself: bool = False
) -> Visitor | None:
    """The visitor with this cookie; None if there is no such session, or it has ended, or its account has.

    It writes nothing. seen: where it is noted that the session was seen; by_itself: it is not, because an
    open page asks without its person.
    """
    moment, digest = int(now.timestamp()), cookie_digest(cookie)
    query = (
        select(accounts, sessions.c.id.label("session"), sessions.c.how, sessions.c.passed)
        .add_columns(sessions.c.begun_at, sessions.c.seen_at, sessions.c.stepped_at)
        .add_columns(roles.c.role, roles.c.unit, roles.c.first_day, roles.c.last_day)
        .join(sessions, sessions.c.account == accounts.c.id)
        .outerjoin(roles, (roles.c.account == accounts.c.id) & roles.c.taken_at.is_(None))
        .where(sessions.c.digest == digest, accounts.c.ended_at.is_(None))
        .order_by(roles.c.id)
    )
    # One row for each role; without any role, one row that names none.
    rows = connection.execute(query).all() if cookie else []
    if not rows:
        return None
    row = rows[0]
    seen_at = max(row.seen_at, seen.of(digest) if seen else 0)
    if is_over(begun_at=row.begun_at, seen_at=seen_at, now=moment):
        return None
    if seen is not None and not by_itself:
        seen.note(digest, moment)
    person = person_of(row, [held_of(each) for each in rows if each.role is not None])
    due = what_is_due(
        passed=bool(row.passed),
        how=row.how,
        has_password=bool(row.password),
        has_factor=bool(row.factor),
        needs_factor=needs_second_factor(person),
    )
    lately = is_stepped_up(row.stepped_at, moment)
    return Visitor(
        # A page that forgets to ask what is due shows and does nothing all the same.
        person=replace(person, roles=(), approver=False) if due else person,
        session=row.session,
        csrf=csrf_token(cookie),
        shown_lately=lately,
        stepped_up=not due and lately,
        due=due,
        has_factor=bool(row.factor),
    )


def what_is_due(*, passed: bool, how: str, has_password: bool, has_factor: bool, needs_factor: bool) -> Due:
    """What a session still lacks. Pure."""
    if not passed:
        return "code"
    if how == ONCE:
        return ""
    if how == BY_LINK or not has_password:
        return "password"
    return "factor" if needs_factor and not has_factor else ""
