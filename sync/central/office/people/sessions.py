"""Sessions of browsers, kept on the server.

Promises:
- a cookie holds 256 random bits, of which the SHA-256 is stored; it is a new one at every sign-in and after
  the second factor, so that a cookie put into a browser beforehand opens nothing;
- a session ends IDLE seconds after the last page that its person asked for and ABSOLUTE seconds after its
  begin, whichever is first; what an open page asks by itself does not count;
- a page view writes nothing: when a session was last seen is kept in memory and stored once a minute for all
  sessions together, see `Seen`;
- the token of forms follows from the cookie, so it is another one in every session and is stored nowhere.
"""

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Callable
from threading import Lock

from msgspec import Struct
from sqlalchemy import Connection, delete, insert, or_, select, update

from sync.central.office.audit.acts import Act
from sync.central.store.schema import one_time_links, sessions, sign_in_tries

IDLE = 45 * 60  # seconds
ABSOLUTE = 12 * 3600  # seconds
STEP_UP = 15 * 60  # seconds
LONGEST_BROWSER = 200  # characters

CookieText = Callable[[], str]
"""256 random bits as text, `secrets.token_urlsafe` in the product."""


class Browser(Struct, frozen=True):
    """Where a request comes from, for its owner to recognise. address: see `throttle.client_address`."""

    address: str
    name: str = ""


class SessionStatus(Struct, frozen=True, kw_only=True):
    """An open session in the list of its owner. Times are seconds since 1970."""

    id: int
    begun_at: int
    seen_at: int
    address: str
    browser: str
    own: bool


class Seen:
    """When each session of this process was last seen, until that is stored."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._at: dict[bytes, int] = {}

    def note(self, digest: bytes, now: int) -> None:
        """The session was seen now."""
        with self._lock:
            self._at[digest] = now

    def of(self, digest: bytes) -> int:
        """When the session was last seen, as far as this is not stored yet; else 0."""
        with self._lock:
            return self._at.get(digest, 0)

    def waiting(self) -> dict[bytes, int]:
        """What has to be stored; `stored` takes it off."""
        with self._lock:
            return dict(self._at)

    def stored(self, kept: dict[bytes, int]) -> None:
        """These were stored, and need not be kept in memory unless they were seen again."""
        with self._lock:
            for digest, at in kept.items():
                if self._at.get(digest) == at:
                    del self._at[digest]


def keep_seen(connection: Connection, kept: dict[bytes, int]) -> None:
    """Store when these sessions were last seen."""
    for digest, at in kept.items():
        later = (sessions.c.digest == digest) & (sessions.c.seen_at < at)
        connection.execute(update(sessions).where(later).values(seen_at=at))


def is_over(*, begun_at: int, seen_at: int, now: int) -> bool:
    """Whether a session has ended by itself. Pure."""
    return now - seen_at >= IDLE or now - begun_at >= ABSOLUTE


def is_stepped_up(stepped_at: int | None, now: int) -> bool:
    """Whether the person has shown lately who it is. Pure."""
    return stepped_at is not None and 0 <= now - stepped_at < STEP_UP


def cookie_digest(cookie: str) -> bytes:
    """What is stored of a cookie."""
    return hashlib.sha256(cookie.encode()).digest()


def csrf_token(cookie: str) -> str:
    """What every form of this session has to carry."""
    return urlsafe_b64encode(hashlib.sha256(b"form\0" + cookie.encode()).digest()).decode().rstrip("=")


def open_session(
    connection: Connection,
    *,
    account: int,
    how: str,
    passed: bool,
    stepped: bool,
    now: int,
    cookie_text: CookieText,
    browser: Browser,
) -> str:
    """Begin a session and return its cookie. how, passed: see schema.py. stepped: it counts as stepped up."""
    cookie = cookie_text()
    connection.execute(
        insert(sessions).values(
            digest=cookie_digest(cookie),
            account=account,
            how=how,
            passed=int(passed),
            begun_at=now,
            seen_at=now,
            stepped_at=now if stepped else None,
            address=browser.address[:64],
            browser=browser.name[:LONGEST_BROWSER],
        )
    )
    return cookie


def exchange_cookie(
    connection: Connection,
    cookie: str,
    *,
    now: int,
    cookie_text: CookieText,
    how: str | None = None,
    stepped: bool = True,
) -> str:
    """Let the session go on under a new cookie, passed; the old one opens nothing any more.

    stepped: the person has shown now who it is, by all that the account has.
    """
    fresh = cookie_text()
    values: dict[str, object] = {"digest": cookie_digest(fresh), "passed": 1, "seen_at": now}
    if stepped:
        values["stepped_at"] = now
    if how is not None:
        values["how"] = how
    connection.execute(update(sessions).where(sessions.c.digest == cookie_digest(cookie)).values(values))
    return fresh


def step_up(connection: Connection, cookie: str, now: int) -> None:
    """The person has shown now who it is."""
    mine = sessions.c.digest == cookie_digest(cookie)
    connection.execute(update(sessions).where(mine).values(stepped_at=now))


def list_sessions(connection: Connection, account: int, *, own: int, now: int) -> list[SessionStatus]:
    """The open sessions of an account, the newest first. own: the session that asks."""
    query = select(sessions).where(sessions.c.account == account).order_by(sessions.c.id.desc())
    return [
        SessionStatus(
            id=row.id,
            begun_at=row.begun_at,
            seen_at=row.seen_at,
            address=row.address,
            browser=row.browser,
            own=row.id == own,
        )
        for row in connection.execute(query)
        if not is_over(begun_at=row.begun_at, seen_at=row.seen_at, now=now)
    ]


def end_session(act: Act, account: int, id: int) -> None:
    """End a session of this account; if it has ended already, nothing is left to do."""
    mine = (sessions.c.account == account) & (sessions.c.id == id)
    act.connection.execute(delete(sessions).where(mine))
    act.note("session-end", f"account {account}", str(id))


def end_other_sessions(act: Act, account: int, *, own: int) -> None:
    """End every session of this account but one."""
    others = (sessions.c.account == account) & (sessions.c.id != own)
    count = act.connection.execute(delete(sessions).where(others)).rowcount
    act.note("session-end", f"account {account}", f"others: {count}")


def tidy(connection: Connection, now: int, window: int) -> None:
    """Delete what has ended by itself: sessions, links, and tries older than `window` seconds."""
    over = or_(sessions.c.seen_at <= now - IDLE, sessions.c.begun_at <= now - ABSOLUTE)
    connection.execute(delete(sessions).where(over))
    connection.execute(delete(one_time_links).where(one_time_links.c.expires_at <= now))
    connection.execute(delete(sign_in_tries).where(sign_in_tries.c.tried_at <= now - window))
