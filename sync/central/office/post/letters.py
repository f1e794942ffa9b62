"""Letters of a plan, and where each of them is.

    draft ──sent──► sent ──reminded──► reminded        nobody has answered yet
                      │                   │
                      ├──► undelivered, lost           the post has brought it back, or nobody knows
                      ├──► form                        its form came back (keyed, or noted as invalid)
                      └──► link                        answered through its link

A letter keeps the day of each of these; its state is what the days say.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Any, Literal, get_args

from msgspec import Struct
from sqlalchemy import Connection, Row, Select, select

from sync.central.office.paper.asked import Asked
from sync.central.store.letter_tables import letters
from sync.central.store.paper_tables import print_runs
from sync.contract.problem import ProblemError
from sync.contract.problem.posting import LETTER_UNKNOWN

LetterState = Literal["draft", "sent", "reminded", "form", "link", "undelivered", "lost"]
STATES: tuple[LetterState, ...] = get_args(LetterState)
WAITING: frozenset[LetterState] = frozenset({"sent", "reminded"})
"""Sent, and neither answered nor brought back."""
# The days of a letter, the one that decides first: an answer through a link was before the form, or it would
# have been kept apart.
_DECIDES: tuple[tuple[str, LetterState], ...] = (
    ("answered_on", "link"),
    ("returned_on", "form"),
    ("lost_on", "lost"),
    ("undelivered_on", "undelivered"),
    ("reminded_on", "reminded"),
    ("sent_on", "sent"),
)


class Letter(Struct, frozen=True, kw_only=True):
    """One letter. form: the number of its form. number, signed_on: of the letter itself, "" and None before.

    has_address: its organisation was not removed yet. drafts: of legal documents that it is asked about.
    """

    asked: Asked
    form: int
    run: str
    number: str = ""
    signed_on: date | None = None
    postal_code: str = ""
    sent_on: date | None = None
    reminded_on: date | None = None
    returned_on: date | None = None
    answered_on: date | None = None
    undelivered_on: date | None = None
    lost_on: date | None = None
    has_address: bool = True
    drafts: tuple[str, ...] = ()

    @property
    def state(self) -> LetterState:
        """Where it is."""
        return next((state for name, state in _DECIDES if getattr(self, name)), "draft")

    @property
    def since(self) -> date | None:
        """The day of its state; None for a draft."""
        return next((day for name, _ in _DECIDES if (day := getattr(self, name))), None)


def letters_of(connection: Connection, plan: str, units: Collection[str] | None = None) -> tuple[Letter, ...]:
    """The letters of a plan at these units, None for all, by unit and number."""
    query = letter_query().where(letters.c.plan == plan).order_by(letters.c.unit, letters.c.form)
    if units is not None:
        query = query.where(letters.c.unit.in_(units))
    return tuple(map(letter_of, connection.execute(query)))


def letter_named(connection: Connection, plan: str, unit: str, form: int) -> Letter:
    """The letter with the form of this number; raises ProblemError HL4345 if there is none."""
    c = letters.c
    query = letter_query().where(c.plan == plan, c.unit == unit, c.form == form)
    row = connection.execute(query).first()
    if row is None:
        raise ProblemError(LETTER_UNKNOWN(where="form", detail=str(form)))
    return letter_of(row)


def count_states(found: Iterable[Letter]) -> dict[LetterState, int]:
    """How many are in each state, also where that is none."""
    counts = Counter(letter.state for letter in found)
    return {state: counts[state] for state in STATES}


def waiting(found: Sequence[Letter]) -> tuple[Letter, ...]:
    """Those that were sent, and nobody has answered."""
    return tuple(letter for letter in found if letter.state in WAITING)


def letter_query() -> Select[Any]:
    """Rows for `letter_of`."""
    r = print_runs.c
    return select(letters, r.plan_group, r.survey, r.version).join(print_runs, r.id == letters.c.run)


def letter_of(row: Row[Any]) -> Letter:
    """The letter of this row."""
    days = (
        *("signed_on", "sent_on", "reminded_on", "returned_on", "answered_on", "undelivered_on"),
        "lost_on",
    )
    return Letter(
        asked=Asked(
            unit=row.unit, plan=row.plan, group=row.plan_group, survey=row.survey, version=row.version
        ),
        form=row.form,
        run=row.run,
        number=row.number,
        postal_code=row.postal_code,
        has_address=bool(row.sealed_box),
        drafts=tuple(row.drafts.splitlines()),
        **{name: date.fromisoformat(day) if (day := getattr(row, name)) else None for name in days},
    )
