"""What a message is, and what makes two of them the same one. Pure."""

import hashlib
from collections.abc import Mapping
from datetime import date

from msgspec import Struct

from sync.central.office.people.permissions import PermittedAct

MONDAY, REMINDER, ALERTS, APPROVAL = "monday", "reminder", "alerts", "approval"
CODE, TRIAL = "code", "trial"
KINDS: Mapping[str, PermittedAct] = {
    MONDAY: "see-figures",
    REMINDER: "see-figures",
    ALERTS: "see-alerts",
    APPROVAL: "approve-report",
}
"""The kinds that a person may ask for, each with the act that its reader must be permitted.

Their names are in web/message_words.py.
"""
CENTRE_ITSELF = 0
"""The recipient of what goes to the centre's webhook."""


class Key(Struct, frozen=True, kw_only=True):
    """Two messages with one key are the same message. subject: what it is about, such as a unit's code."""

    kind: str
    subject: str
    due: date
    recipient: int


class Link(Struct, frozen=True):
    """A page of the centre, such as /don-vi/phuong-mot, and what a reader finds there."""

    title: str
    path: str


class Content(Struct, frozen=True):
    """What is said: a title, a sentence a line, and where to read on.

    units: it is for who is permitted the act of its kind at each of these, "" for the whole centre; none:
    whatever its recipient may do.
    """

    title: str
    lines: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()
    units: tuple[str, ...] = ()


def message_id(key: Key, site: str) -> str:
    """The name of a message over all centres, by which the far side recognises it. site: of the centre."""
    parts = (site, key.kind, key.subject, key.due.isoformat(), str(key.recipient))
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]
