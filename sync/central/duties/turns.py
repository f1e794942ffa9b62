"""What a duty gets to work with, and what it says afterwards."""

import os
from collections.abc import Callable
from datetime import date, datetime, time
from typing import NamedTuple

from msgspec import Struct
from sqlalchemy import Connection

from sync.central.figures.branch_query import branches_of
from sync.central.office.address import own_address
from sync.central.office.keys.stored import Keys
from sync.central.office.messages.carriers import Carrier
from sync.central.office.messages.identity import CENTRE_ITSELF
from sync.central.office.messages.mail import Mail
from sync.central.office.messages.retries import Channel
from sync.central.office.messages.settings import (
    MessageSettings,
    load_settings,
    mail_password,
    webhook_secret,
)
from sync.central.office.messages.subscribing import subscribers
from sync.central.office.messages.webhook import Webhook
from sync.central.office.names import NameBook, Names
from sync.central.office.people.permissions import Held, Person
from sync.central.office.units.tree import CENTRE
from sync.central.store.days_over import Days
from sync.central.store.storage import Storage
from sync.contract.plan import VIET_NAM
from sync.contract.problem import Problem

MORNING = time(7)
"""When what is due on a day is said: before the office opens."""
_PROGRAM = Person(account=CENTRE_ITSELF, login="", name="", roles=(Held(role="viewer", unit=CENTRE),))
"""The webhook's program is told what a viewer of the whole centre may see."""


class Turn(Struct, frozen=True, kw_only=True):
    """One turn of all duties. clock: the time, with its offset; now: when the turn began.

    serving: in the serving process, which may not be the one that sends.
    """

    storage: Storage
    clock: Callable[[], datetime]
    now: datetime
    keys: Keys
    days: Days
    names: NameBook
    serving: bool

    @property
    def today(self) -> date:
        """The day in Viet Nam."""
        return self.now.astimezone(VIET_NAM).date()

    def settings(self) -> MessageSettings:
        """Those of messages, read now, so that a mistake in them stops messages and nothing else.

        Raises ProblemError HL1001 … HL1003, HL1010 or HL4101.
        """
        return load_settings(self.keys.folder.parent)

    def carriers(self) -> dict[Channel, Carrier]:
        """By what this process sends; none where another one does. Raises ProblemError as `settings`."""
        settings = self.settings()
        sends = settings.sent_by == "server" or not self.serving
        return _carriers(settings, self.keys, self.clock) if sends else {}


class Duty(NamedTuple):
    """Something that falls due. title: as people read it. work: does what is due, and says how much."""

    name: str
    title: str
    work: Callable[[Turn], int]


class Done(Struct, frozen=True):
    """What a duty did in a turn; problem: why it could not."""

    duty: str
    title: str
    count: int
    problem: Problem | None = None


def _carriers(settings: MessageSettings, keys: Keys, clock: Callable[[], datetime]) -> dict[Channel, Carrier]:
    data, carriers = keys.folder.parent, dict[Channel, Carrier]()
    if settings.mail is not None:
        carriers["mail"] = Mail(settings.mail, mail_password(settings.mail, data, os.environ))
    if settings.webhook is not None:
        secret = webhook_secret(settings.webhook, data, os.environ)
        carriers["webhook"] = Webhook(settings.webhook, secret, clock)
    return carriers


def recipients(connection: Connection, settings: MessageSettings, kind: str) -> list[Person]:
    """Who wants messages of this kind; the program that is called gets every kind."""
    return readers_of(connection, kind, webhook=settings.webhook is not None)


def readers_of(connection: Connection, kind: str, *, webhook: bool) -> list[Person]:
    """The same. webhook: there is a program that is called."""
    return [*subscribers(connection, kind), *([_PROGRAM] if webhook else [])]


def office_of(connection: Connection, names: Names, today: date) -> str:
    """Who says it: the unit that is above all others, else the product's name."""
    roots = branches_of(connection, CENTRE, today)
    return names.units.get(roots[0], roots[0]) if len(roots) == 1 else "Hài Lòng"


def site_of(connection: Connection) -> str:
    """The centre's address, for links; "" while nobody has named it."""
    return own_address(connection)


def own_unit(connection: Connection, unit: str, today: date) -> str:
    """The unit whose page somebody opens first: the only one that is above all, for the whole centre."""
    roots = branches_of(connection, CENTRE, today) if unit == CENTRE else ()
    return roots[0] if len(roots) == 1 else unit


def at_morning(day: date) -> datetime:
    """The moment at which what is due on a day is said."""
    return datetime.combine(day, MORNING, VIET_NAM)
