"""People of a centre under test: accounts with roles, and browsers in which they are signed in."""

import secrets
from datetime import date

import pyotp
from argon2 import PasswordHasher
from sqlalchemy import Connection, update

from sync.central.office.audit.acts import By, acting
from sync.central.office.people.accounts import create_account
from sync.central.office.people.box import AccountBox
from sync.central.office.people.one_time_links import LinkKind, make_link
from sync.central.office.people.passwords import Passwords
from sync.central.office.people.permissions import Person
from sync.central.office.people.roles import give_role
from sync.central.office.people.sessions import Browser
from sync.central.office.people.sign_in import SignInDesk
from sync.central.office.people.visitor import Visitor, find_visitor
from sync.central.store.database import reading
from sync.central.store.schema import accounts
from sync.central.store.storage import Storage
from tests.support.wire import CentreUnderTest

PASSWORD = "một câu ngắn dễ nhớ"
BROWSER = Browser("192.0.2.7", "Firefox")


def quick_passwords() -> Passwords:
    """Passwords that cost next to nothing."""
    return Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


def sign_in_desk(central: CentreUnderTest) -> SignInDesk:
    """The desk of a centre, at the centre's clock."""
    return SignInDesk(
        Storage(central.engine),
        now=lambda: central.now(),
        passwords=quick_passwords(),
        box=AccountBox(central.keys.account_keys()),
    )


def make_person(
    central: CentreUnderTest,
    login: str,
    *roles: tuple[str, str],
    officer: str = "",
    password: str | None = PASSWORD,
    last: date | None = None,
) -> int:
    """An account with these roles at these units, and a password; its number."""
    with acting(central.engine, By("test", central.now())) as act:
        account = create_account(act, login=login, name=login.title(), officer=officer)
        for role, unit in roles:
            give_role(act, account, role=role, unit=unit, last=last)
        if password is not None:
            _set_password(act.connection, account, password)
    return account


def _set_password(connection: Connection, account: int, password: str) -> None:
    hashed = quick_passwords().hash(password)
    connection.execute(update(accounts).where(accounts.c.id == account).values(password=hashed))


def link_of(
    central: CentreUnderTest, account: int, kind: LinkKind = "password", giver: Person | None = None
) -> str:
    """A new one-time link of an account."""
    with acting(central.engine, By("test", central.now())) as act:
        return make_link(act, account, kind=kind, link_text=lambda: secrets.token_urlsafe(32), giver=giver)


def signed_in(central: CentreUnderTest, account: int) -> str:
    """The cookie of a session in which nothing is due, stepped up now."""
    return sign_in_desk(central).use_link(link_of(central, account, "once"), BROWSER)


def visitor_of(central: CentreUnderTest, cookie: str) -> Visitor | None:
    """Who holds this cookie."""
    with reading(central.engine) as connection:
        return find_visitor(connection, cookie, central.now())


def with_factor(central: CentreUnderTest, cookie: str) -> tuple[str, pyotp.TOTP, tuple[str, ...]]:
    """Set up a second factor in this session: the new cookie, the app, and the recovery codes."""
    desk = sign_in_desk(central)
    app = pyotp.TOTP(desk.propose_factor(cookie))
    cookie, codes = desk.confirm_factor(cookie, app.at(central.now()))
    return cookie, app, codes
