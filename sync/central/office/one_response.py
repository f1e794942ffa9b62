"""One response with what became of it, for a person who may see it.

A response that there is not, one of a foreign unit, and one about the person who asks are all None; so is one
that was corrected to be about them, or no longer to be.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Literal

from msgspec import Struct
from sqlalchemy import Connection, Row, exists, or_, select, true

from sync.central.office.corrections import DEVICE, naming, related
from sync.central.office.people.permissions import PermittedAct, Person, is_about, may_anywhere
from sync.central.office.units.stored import visible
from sync.central.office.units.tree import CENTRE
from sync.central.store.schema import responses, voided
from sync.central.store.singly import shown_singly
from sync.contract.canonical import decode_response
from sync.contract.plan import VIET_NAM
from sync.contract.response import Entered, Response, Void


class Stored(Struct, frozen=True, kw_only=True):
    """A response as it is stored.

    unit, day: those under which it counts. clock_offset: seconds by which its tablet's clock was put right.
    voided: a later response takes it back.
    """

    response: Response
    unit: str
    day: date
    received_at: datetime
    clock_offset: int
    voided: bool

    @property
    def counts(self) -> bool:
        """Whether it is in any figure."""
        return not self.voided and self.response.outcome != "voided"


class Happened(Struct, frozen=True, kw_only=True):
    """Something that became of a response. id: the response that says so, or that it was made from.

    who: as the audit log names them; "" if unknown. reason: "" without one.
    """

    what: Literal["voided", "replaced", "voids", "replaces"]
    id: str
    at: datetime
    who: str
    reason: str


def read_one(
    connection: Connection, person: Person, act: PermittedAct, id: str, today: date
) -> Stored | None:
    """The response, if the person may do this at its unit, as that was in the tree of its day.

    One of staff can be corrected or forgotten by its id, but is shown to nobody, see store/singly.py.
    """
    c = responses.c
    is_voided = exists().where(voided.c.id == c.id)
    query = select(responses, is_voided.label("is_voided"))
    query = query.where(c.id == id, _within(may_anywhere(person, act, today)))
    if act in ("see-rows", "see-words"):
        query = query.where(shown_singly())
    row = connection.execute(query).first()
    if row is None or is_about(person, row.officer) or id in naming(connection, person.officer):
        return None
    return _stored(row)


def _within(units: Sequence[str]) -> Any:
    return true() if CENTRE in units else or_(*(visible(unit) for unit in units))


def _stored(row: Row[Any]) -> Stored:
    return Stored(
        response=decode_response(bytes(row.body)),
        unit=row.unit,
        day=date.fromisoformat(row.day),
        received_at=datetime.fromtimestamp(row.received_at / 1000, VIET_NAM),
        clock_offset=row.clock_offset,
        voided=bool(row.is_voided),
    )


def history_of(connection: Connection, stored: Stored) -> tuple[Happened, ...]:
    """What became of a response, and what it came from, in the order of time."""
    own, c = stored.response, responses.c
    ids = related(connection, own.id) - {own.id}
    query = select(c.body).where(or_(c.id.in_(ids), c.voids == own.id))
    others = [decode_response(bytes(body)) for body in connection.execute(query).scalars()]
    voids = [each.void for each in (own, *others) if each.void is not None]
    # A response that is replaced is voided in the same act, which says by whom and why.
    why = {void.response: void for void in voids if void.response is not None}
    happened = [each for other in others for each in _of(own, other, why)]
    happened += _of_itself(own, why)
    return tuple(sorted(happened, key=lambda each: each.at))


def _of(own: Response, other: Response, why: Mapping[str, Void]) -> list[Happened]:
    void, entered = other.void, other.entered
    if void is not None and void.response == own.id:
        return [Happened(what="voided", id=other.id, at=other.finished_at, who=void.by, reason=void.reason)]
    if entered is not None and entered.by == DEVICE and entered.form_no == own.id:
        return [_replaced("replaced", other.id, entered, why.get(own.id))]
    return []


def _of_itself(own: Response, why: Mapping[str, Void]) -> list[Happened]:
    void, entered = own.void, own.entered
    if void is not None and void.response is not None:
        return [Happened(what="voids", id=void.response, at=own.finished_at, who=void.by, reason=void.reason)]
    if entered is not None and entered.by == DEVICE:
        return [_replaced("replaces", entered.form_no, entered, why.get(entered.form_no))]
    return []


def _replaced(
    what: Literal["replaced", "replaces"], id: str, entered: Entered, void: Void | None
) -> Happened:
    who, reason = (void.by, void.reason) if void else ("", "")
    return Happened(what=what, id=id, at=entered.at, who=who, reason=reason)


def find_id(connection: Connection, typed: str) -> str:
    """The id of the response that a person names by its id, or its device and number there; "" for none."""
    *device, last = typed.split() or [""]
    c = responses.c
    if not device:
        return connection.execute(select(c.id).where(c.id == last.lower())).scalar() or ""
    if len(device) > 1 or not (last.isascii() and last.isdigit() and len(last) < 10):
        return ""
    of_device = select(c.id).where(c.device == device[0].lower(), c.seq == int(last))
    return connection.execute(of_device).scalar() or ""
