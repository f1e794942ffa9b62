"""The way to a session: from a password, a code or a link. visitor.py says who holds one.

Promises:
- at most MOST wrong tries in WINDOW seconds per account, also for names that nobody has, and MOST_OF_ADDRESS
  per address, also if many come at once; a try counts before it is examined;
- whether a name exists shows neither in the answer nor in its time;
- a password is examined while no transaction is open, so devices never wait for it;
- every sign-in, refused try, new password and new factor leaves a line in the audit log, without any secret.
"""

import os
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from sync.central.office.audit.acts import Act, By, recording
from sync.central.office.people import second_factor, sessions, throttle
from sync.central.office.people.box import AccountBox
from sync.central.office.people.one_time_links import spend_link
from sync.central.office.people.passwords import Passwords, check_password
from sync.central.office.people.second_factor import RandomBytes, spend_code
from sync.central.office.people.sessions import Browser, exchange_cookie, open_session
from sync.central.office.people.visitor import BY_LINK, ONCE, TYPED, Visitor, find_visitor
from sync.central.store.database import one_at_a_time
from sync.central.store.schema import accounts, sign_in_tries
from sync.central.store.storage import Storage
from sync.contract.problem import ProblemError
from sync.contract.problem.browser import (
    CODE_WRONG,
    LINK_INVALID,
    SIGN_IN_NEEDED,
    SIGN_IN_WRONG,
    STEP_UP_NEEDED,
    TOO_MANY_TRIES,
)

_NOBODY = "browser"  # who acts in the audit log, before it is known who it is


class SignInDesk:
    """Lets people in.

    Args:
        storage: the database.
        now: the time, with its offset.
        passwords: hashes and compares them.
        box: opens and seals the secrets of second factors.
        random_bytes: for the secrets of second factors. cookie_text: for cookies, 256 bits.

    """

    def __init__(
        self,
        storage: Storage,
        *,
        now: Callable[[], datetime],
        passwords: Passwords,
        box: AccountBox,
        random_bytes: RandomBytes = os.urandom,
        cookie_text: Callable[[], str] = secrets.token_urlsafe,
    ) -> None:
        self._storage = storage
        self._now = now
        self._passwords = passwords
        self._box = box
        self._random_bytes = random_bytes
        self._cookie_text = cookie_text

    # --- in and out --------------------------------------------------------------------------------------

    def sign_in(self, login: str, password: str, browser: Browser) -> str:
        """The cookie of a new session; it waits for the second factor where the account has one.

        Raises ProblemError HL4230 or HL4231.
        """
        subjects = (throttle.of_login(login), throttle.of_address(browser.address))
        tries = self._count_try(subjects)
        with self._storage.reading() as connection:
            known = accounts.c.login == login.strip().lower()
            row = connection.execute(select(accounts).where(known, accounts.c.ended_at.is_(None))).first()
        who = f"account {row.id}" if row else _NOBODY
        if not self._passwords.matches(password, row.password if row else None) or row is None:
            self._refused("sign-in-refused", who)
            raise ProblemError(SIGN_IN_WRONG())
        with self._acting(who) as act:
            # The password may have been changed, or the account ended, while it was examined.
            same = (accounts.c.id == row.id) & (accounts.c.password == row.password)
            current = act.connection.execute(select(accounts.c.factor).where(same)).first()
            if current is None:
                raise ProblemError(SIGN_IN_WRONG())
            _was_right(act.connection, subjects[0], tries)
            sessions.tidy(act.connection, int(act.now.timestamp()), throttle.WINDOW)
            cookie = self._open(act, row.id, TYPED, browser, passed=current.factor is None)
            act.note("sign-in", who, "password")
        return cookie

    def give_code(self, cookie: str, code: str, browser: Browser) -> str:
        """Pass the second factor; the new cookie of the session.

        Raises ProblemError HL4231, HL4233 or HL4234.
        """
        visitor = self._visitor(cookie)
        self._spend(visitor, code, browser)
        with self._acting(visitor.who) as act:
            fresh = exchange_cookie(
                act.connection, cookie, now=int(act.now.timestamp()), cookie_text=self._cookie_text
            )
            act.note("sign-in", visitor.who, "second factor")
        return fresh

    def use_link(self, text: str, browser: Browser) -> str:
        """The cookie of a new session for a one-time link; raises ProblemError HL4232."""
        with self._storage.changing() as connection:
            moment = int(self._now().timestamp())
            link = spend_link(connection, text, moment)
            row = None
            if link is not None:
                open_account = (accounts.c.id == link.account) & accounts.c.ended_at.is_(None)
                row = connection.execute(select(accounts).where(open_account)).first()
            if link is None or row is None:
                raise ProblemError(LINK_INVALID())
            who = f"account {row.id}"
            with recording(connection, By(who, self._now())) as act:
                sessions.tidy(connection, moment, throttle.WINDOW)
                how = ONCE if link.kind == ONCE else BY_LINK
                passed = how == ONCE or row.factor is None
                cookie = self._open(act, row.id, how, browser, passed=passed)
                act.note("sign-in", who, f"link {link.kind}")
        return cookie

    def sign_out(self, cookie: str) -> None:
        """End this session, if it is open."""
        with self._storage.reading() as connection:
            visitor = find_visitor(connection, cookie, self._now())
        if visitor is not None:
            with self._acting(visitor.who) as act:
                sessions.end_session(act, visitor.person.account, visitor.session)

    # --- who it is, once more ----------------------------------------------------------------------------

    def step_up(self, cookie: str, secret: str, browser: Browser) -> None:
        """Show again who it is: by a code, or by the password where there is no second factor.

        Raises ProblemError HL4230, HL4231, HL4233 or HL4234.
        """
        visitor = self._visitor(cookie)
        if visitor.has_factor:
            self._spend(visitor, secret, browser)
        else:
            self._check_own_password(visitor, secret, browser)
        with self._acting(visitor.who) as act:
            moment = int(act.now.timestamp())
            sessions.step_up(act.connection, cookie, moment)
            act.note("step-up", visitor.who)

    # --- one's own secrets -------------------------------------------------------------------------------

    def set_password(self, cookie: str, new: str, browser: Browser, *, old: str = "") -> str:
        """Set one's password; the new cookie. All other sessions end.

        old: needed unless a password is due, or the account has none yet.

        Raises ProblemError HL4230, HL4231, HL4234, HL4235 (the second factor is due) or HL5103.
        """
        visitor = self._visitor(cookie)
        if visitor.due == "code":
            raise ProblemError(STEP_UP_NEEDED())
        check_password(new, visitor.person.login)
        if visitor.due != "password" and self._password_of(visitor) is not None:
            self._check_own_password(visitor, old, browser)
        hashed, account = self._passwords.hash(new), visitor.person.account
        with self._acting(visitor.who) as act:
            changed = update(accounts).where(accounts.c.id == account)
            act.connection.execute(changed.values(password=hashed, secrets_at=act.now.isoformat()))
            sessions.end_other_sessions(act, account, own=visitor.session)
            moment = int(act.now.timestamp())
            fresh = exchange_cookie(
                act.connection,
                cookie,
                now=moment,
                cookie_text=self._cookie_text,
                how=TYPED,
                # The password alone is no confirmation where there is a second factor.
                stepped=not visitor.has_factor,
            )
            act.note("password", visitor.who)
        return fresh

    def propose_factor(self, cookie: str) -> str:
        """Begin to set up a second factor; its secret in base32, see `second_factor.provisioning_uri`.

        Raises ProblemError HL4234, or HL4235 if the person has not shown lately who it is.
        """
        visitor = self._may_change_factor(cookie)
        with self._acting(visitor.who) as act:
            return second_factor.propose_factor(
                act, visitor.person.account, box=self._box, random_bytes=self._random_bytes
            )

    def proposed_factor(self, cookie: str) -> str:
        """The secret that waits for its first code, in base32; "" if there is none.

        Raises ProblemError HL4234 or HL4235, as `propose_factor` does.
        """
        visitor = self._may_change_factor(cookie)
        with self._storage.reading() as connection:
            return second_factor.proposed_secret(connection, visitor.person.account, box=self._box)

    def confirm_factor(self, cookie: str, code: str) -> tuple[str, tuple[str, ...]]:
        """Let the proposed factor count; the new cookie, and ten recovery codes.

        Raises ProblemError HL4233, HL4234, HL4235 or HL5110.
        """
        visitor = self._may_change_factor(cookie)
        account = visitor.person.account
        with self._acting(visitor.who) as act:
            codes = second_factor.confirm_factor(
                act, account, code, box=self._box, random_bytes=self._random_bytes
            )
            sessions.end_other_sessions(act, account, own=visitor.session)
            moment = int(act.now.timestamp())
            fresh = exchange_cookie(act.connection, cookie, now=moment, cookie_text=self._cookie_text)
        return fresh, codes

    def renew_recovery_codes(self, cookie: str) -> tuple[str, ...]:
        """Ten new recovery codes in place of those before; raises ProblemError HL4234 or HL4235."""
        visitor = self._may_change_factor(cookie)
        with self._acting(visitor.who) as act:
            return second_factor.renew_recovery_codes(
                act, visitor.person.account, random_bytes=self._random_bytes
            )

    # --- parts -------------------------------------------------------------------------------------------

    def _acting(self, who: str) -> AbstractContextManager[Act]:
        return _act(self._storage, By(who, self._now()))

    def _visitor(self, cookie: str) -> Visitor:
        with self._storage.reading() as connection:
            visitor = find_visitor(connection, cookie, self._now())
        if visitor is None:
            raise ProblemError(SIGN_IN_NEEDED())
        return visitor

    def _may_change_factor(self, cookie: str) -> Visitor:
        visitor = self._visitor(cookie)
        if visitor.due in ("code", "password") or not visitor.shown_lately:
            raise ProblemError(STEP_UP_NEEDED())
        return visitor

    def _open(self, act: Act, account: int, how: str, browser: Browser, *, passed: bool) -> str:
        return open_session(
            act.connection,
            account=account,
            how=how,
            passed=passed,
            stepped=passed,
            now=int(act.now.timestamp()),
            cookie_text=self._cookie_text,
            browser=browser,
        )

    def _spend(self, visitor: Visitor, code: str, browser: Browser) -> None:
        account = visitor.person.account
        subjects = (throttle.of_code(account), throttle.of_address(browser.address))
        tries = self._count_try(subjects)
        with self._storage.changing() as connection:
            right = spend_code(connection, account, code, box=self._box, now=self._now())
            if right:
                _was_right(connection, subjects[0], tries)
        if not right:
            self._refused("second-factor-refused", visitor.who)
            raise ProblemError(CODE_WRONG())

    def _check_own_password(self, visitor: Visitor, password: str, browser: Browser) -> None:
        subjects = (throttle.of_login(visitor.person.login), throttle.of_address(browser.address))
        tries = self._count_try(subjects)
        if not self._passwords.matches(password, self._password_of(visitor)):
            self._refused("password-refused", visitor.who)
            raise ProblemError(SIGN_IN_WRONG())
        with self._storage.changing() as connection:
            _was_right(connection, subjects[0], tries)

    def _password_of(self, visitor: Visitor) -> str | None:
        query = select(accounts.c.password).where(accounts.c.id == visitor.person.account)
        with self._storage.reading() as connection:
            return connection.execute(query).scalar()

    def _count_try(self, subjects: Sequence[bytes]) -> tuple[int, ...]:
        """Count a try against a person and an address, as if it were wrong; raises ProblemError HL4231."""
        now = int(self._now().timestamp())
        with self._storage.reading() as connection:  # a flood of tries never uses the devices' writer
            _check_tries(connection, subjects, now)
        with self._storage.changing() as connection:
            one_at_a_time(connection)
            _check_tries(connection, subjects, now)
            made = insert(sign_in_tries).returning(sign_in_tries.c.id)
            return tuple(
                int(connection.execute(made.values(subject=subject, tried_at=now)).scalar_one())
                for subject in subjects
            )

    def _refused(self, act: str, who: str) -> None:
        with self._acting(who) as refused:
            refused.note(act, who)


@contextmanager
def _act(storage: Storage, by: By) -> Iterator[Act]:
    with storage.changing() as connection, recording(connection, by) as act:
        yield act


def _check_tries(connection: Connection, subjects: Sequence[bytes], now: int) -> None:
    limits = (throttle.MOST, throttle.MOST_OF_ADDRESS)
    for subject, most in zip(subjects, limits, strict=True):
        query = select(sign_in_tries.c.tried_at).where(sign_in_tries.c.subject == subject)
        wait = throttle.wait_seconds(connection.execute(query).scalars(), now, most)
        if wait:
            raise ProblemError(TOO_MANY_TRIES(detail=f"còn {-(-wait // 60)} phút"))


def _was_right(connection: Connection, subject: bytes, tries: Sequence[int]) -> None:
    """Take these tries back, and all others against the person; those against the address stay."""
    mine = (sign_in_tries.c.subject == subject) | sign_in_tries.c.id.in_(tries)
    connection.execute(delete(sign_in_tries).where(mine))
