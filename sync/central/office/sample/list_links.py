"""Addresses through which a unit without an account, such as a school, sends its list once.

Promises:
- a link holds 256 random bits, of which the SHA-256 is stored;
- it takes one list, also if two requests come at once, and none after its end or after the draw;
- a new link of a unit takes the place of the one before, and a restore keeps none.
"""

import hashlib
from collections.abc import Callable, Sequence
from typing import Final

from msgspec import Struct
from sqlalchemy import Connection, delete, insert, select

from sync.central.office.audit.acts import Act
from sync.central.office.sample.commitment import Stratum
from sync.central.office.sample.sealed_list import (
    Frame,
    Place,
    SealedPerson,
    check_open,
    of_place,
    take_list,
)
from sync.central.store.sample_tables import list_links
from sync.contract.problem import ProblemError
from sync.contract.problem.browser import LINK_INVALID

LASTS: Final = 14 * 24 * 3600  # seconds
SOURCE: Final = "link"


class ListLink(Struct, frozen=True):
    """A link that still takes a list. ends: in Unix seconds."""

    place: Place
    ends: int


def make_list_link(act: Act, place: Place, link_text: Callable[[], str]) -> str:
    """The code of a new link, for the end of its address; it can be read only now.

    link_text: 256 random bits as text. Raises ProblemError HL4310, HL4313.
    """
    check_open(act.connection, place.stratum)
    text = link_text()
    act.connection.execute(delete(list_links).where(of_place(list_links, place)))
    act.connection.execute(
        insert(list_links).values(
            digest=_digest(text),
            plan=place.stratum.plan,
            stratum=place.stratum.group,
            unit=place.unit,
            expires_at=int(act.now.timestamp()) + LASTS,
        )
    )
    act.note("list-link", place.subject)
    return text


def find_list_link(connection: Connection, text: str, now: int) -> ListLink | None:
    """The link with this code; None if there is none, or none any more."""
    c = list_links.c
    row = connection.execute(select(list_links).where(c.digest == _digest(text), c.expires_at > now)).first()
    return None if row is None else ListLink(Place(Stratum(row.plan, row.stratum), row.unit), row.expires_at)


def send_list(act: Act, text: str, people: Sequence[SealedPerson], *, lines: int) -> Frame:
    """Take a list in through a link, which is spent by that; raises ProblemError HL4232, HL4310, HL4313."""
    link = find_list_link(act.connection, text, int(act.now.timestamp()))
    spent = delete(list_links).where(list_links.c.digest == _digest(text))
    if link is None or act.connection.execute(spent).rowcount != 1:
        raise ProblemError(LINK_INVALID())
    return take_list(act, link.place, people, lines=lines, source=SOURCE)


def end_list_links(connection: Connection) -> None:
    """No link is valid any more, as after a restore."""
    connection.execute(delete(list_links))


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()
