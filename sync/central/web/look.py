"""What a page reads with: one connection, who looks, when, and at which units they may look.

A page asks for a unit by the code in its address. A unit that there is not, and one that the visitor may not
see, raise the same problem, so the two answers can't be told apart.
"""

from datetime import date, datetime

from msgspec import Struct

from sync.central.office.access import Caller
from sync.central.office.corrections import naming
from sync.central.office.names import Names
from sync.central.office.people.above import above
from sync.central.office.people.permissions import (
    PermittedAct,
    Person,
    covering,
    grants,
    may,
    may_anywhere,
    only_months_over,
)
from sync.central.office.remarks.listing import Reader, RemarkAct, reader_of
from sync.central.office.units.tree import CENTRE
from sync.central.pulling.desk import Administrators
from sync.central.store.database import Connection
from sync.central.web.translation import Translation
from sync.contract.plan import VIET_NAM
from sync.contract.problem import ProblemError
from sync.contract.problem.browser import NOT_PERMITTED
from sync.contract.problem.wire import ADDRESS_UNKNOWN

# The callers of pages have no token; their number is only compared with other numbers.
NO_TOKEN = 0


class Place(Struct, frozen=True):
    """A unit that a page is about; code: "" for the whole centre."""

    code: str
    name: str


class Look:
    """One look at the centre.

    person: who looks; None for a stranger. now: with its offset.
    """

    def __init__(
        self,
        connection: Connection,
        *,
        person: Person | None,
        now: datetime,
        translation: Translation,
        administrators: Administrators,
    ) -> None:
        self.connection = connection
        self._person = person
        self.now = now
        self.translation = translation
        self.administrators = administrators
        self._units_above: dict[str, frozenset[str]] = {}
        self._names: Names | None = None

    @property
    def person(self) -> Person:
        """Who looks; not on pages that strangers may open."""
        assert self._person is not None
        return self._person

    @property
    def today(self) -> date:
        """The day in Viet Nam."""
        return self.now.astimezone(VIET_NAM).date()

    @property
    def names(self) -> Names:
        """What codes mean in the visitor's language; read once, at first use."""
        if self._names is None:
            self._names = self.administrators.names(self.connection, self.translation.language)
        return self._names

    def say(self, text: str, **values: object) -> str:
        """The text in the visitor's language, with these values in it."""
        return self.translation.gettext(text) % values if values else self.translation.gettext(text)

    def place(self, act: PermittedAct, code: str | None = None) -> Place:
        """The unit of an address, if the visitor may do `act` there; without a code, their own.

        Raises ProblemError HL4010 for a unit that there is not, or that is not theirs; HL4236 if they may do
        this nowhere.
        """
        if code is None:
            units = may_anywhere(self.person, act, self.today)
            if not units:
                raise ProblemError(NOT_PERMITTED())
            code = CENTRE if CENTRE in units else units[0]
        elif not self.may(act, code) or (code != CENTRE and code not in self.names.units):
            raise ProblemError(ADDRESS_UNKNOWN())
        return Place(code, (self.names.units.get(code) or code) if code else self.say("Toàn bộ"))

    def may(self, act: PermittedAct, code: str) -> bool:
        """Whether the visitor may do this at the unit today, a step-up aside."""
        return may(self.person, act, code, self.today, self._above(code))

    def caller(self, code: str, act: PermittedAct = "see-figures") -> Caller:
        """The visitor as a caller of the figures of a unit: their widest role there, at the unit it is held.

        Raises ProblemError HL4010 if there is none.
        """
        held = [
            role
            for role in covering(self.person, code, self.today, self._above(code))
            if grants(role.role, act)
        ]
        if not held:
            raise ProblemError(ADDRESS_UNKNOWN())
        widest = min(held, key=lambda role: (_WIDEST.index(role.role), role.unit != CENTRE))
        return Caller(
            NO_TOKEN,
            widest.role,
            unit=widest.unit or None,
            label=f"account {self.person.account}",
            officer=self.person.officer,
        )

    def reader(self, act: RemarkAct = "see-remarks") -> Reader | None:
        """The visitor as a reader of remarks that are not about them; None if that is allowed nowhere."""
        about = naming(self.connection, self.person.officer)
        return reader_of(self.person, self.today, act, about)

    def only_days_over(self, code: str) -> bool:
        """Whether the visitor gets only days that are over, as all but administrators: see days_over.py."""
        return self.caller(code).role != "admin"

    def only_months_over(self, code: str) -> bool:
        """Whether officers' figures of this unit are shown to the visitor only for months that are over."""
        return only_months_over(self.person, code, self.today, self._above(code))

    def _above(self, code: str) -> frozenset[str]:
        if all(held.unit in (CENTRE, code) for held in self.person.roles):
            return frozenset()  # no role that is held above would count
        if code not in self._units_above:
            self._units_above[code] = above(self.connection, code, self.today)
        return self._units_above[code]


_WIDEST = ("admin", "analyst", "viewer", "keyer", "interviewer")
