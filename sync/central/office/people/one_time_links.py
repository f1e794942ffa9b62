"""Addresses that open a session once: for a first or forgotten password, and to sign in right after set-up.

Promises:
- a link holds 256 random bits, of which the SHA-256 is stored;
- it opens one session, also if two requests come at once, and none after its end;
- a new link of an account takes the place of those before, and a restore keeps none.
"""

import hashlib
from collections.abc import Callable
from typing import Literal

from msgspec import Struct
from sqlalchemy import Connection, delete, insert, select

from sync.central.office.audit.acts import Act
from sync.central.office.people.accounts import changeable
from sync.central.office.people.permissions import Person
from sync.central.store.schema import one_time_links
from sync.contract.problem import ProblemError
from sync.contract.problem.centre import BEYOND_OWN_ROLE

LASTS = 15 * 60  # seconds

# password: the person has to set a password first. once: the person is signed in.
LinkKind = Literal["password", "once"]


class Link(Struct, frozen=True):
    """A link that was used just now."""

    account: int
    kind: str


def make_link(
    act: Act,
    account: int,
    *,
    kind: LinkKind,
    link_text: Callable[[], str],
    giver: Person | None = None,
) -> str:
    """The code of a new link of an account, for the end of its address; it can be read only now.

    link_text: 256 random bits as text, `secrets.token_urlsafe` in the product.
    giver: None for a person at the command line, who alone may let somebody in without a password.
    Raises ProblemError HL5100, HL5105 or HL5108.
    """
    person = changeable(act, account, giver)
    if giver is not None and kind == "once":
        raise ProblemError(BEYOND_OWN_ROLE(detail=person.login))
    text = link_text()
    act.connection.execute(delete(one_time_links).where(one_time_links.c.account == account))
    end = int(act.now.timestamp()) + LASTS
    values = {"digest": _digest(text), "account": account, "kind": kind, "expires_at": end}
    act.connection.execute(insert(one_time_links).values(values))
    act.note("one-time-link", f"account {account}", kind)
    return text


def link_ends(connection: Connection, text: str, account: int, now: int) -> int | None:
    """Until when this code opens a session of the account, in Unix seconds; None if it opens none."""
    query = select(one_time_links.c.expires_at).where(
        one_time_links.c.digest == _digest(text),
        one_time_links.c.account == account,
        one_time_links.c.expires_at > now,
    )
    return connection.execute(query).scalar()


def spend_link(connection: Connection, text: str, now: int) -> Link | None:
    """The link with this code, which is spent in this write transaction; None if there is none any more."""
    query = select(one_time_links).where(one_time_links.c.digest == _digest(text))
    row = connection.execute(query).first()
    spent = delete(one_time_links).where(one_time_links.c.digest == _digest(text))
    if row is None or connection.execute(spent).rowcount != 1 or row.expires_at <= now:
        return None
    return Link(row.account, row.kind)


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()
