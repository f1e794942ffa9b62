"""A lot of paper forms goes from one person to another, and both confirm it.

    offered ──receiver counts the same──► received        the receiver holds the lot
       ├──receiver says why──────────────► refused        the giver still holds it
       └──giver─────────────────────────► withdrawn

Promises (each has a test of this name):
- a lot is offered by who holds it, to one person who may key it;
- it is received by that person alone, who has counted as many forms as the lot has;
- until then, and when it was refused, the giver holds it.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Literal

from msgspec import Struct
from sqlalchemy import Connection, Row, insert, select, update

from sync.central.office.audit.acts import Act
from sync.central.office.paper.asked import check_id, check_number, check_text, wrong
from sync.central.office.paper.lots import lot_named
from sync.central.office.people.above import above
from sync.central.office.people.accounts import list_accounts
from sync.central.office.people.permissions import may
from sync.central.store.database import one_at_a_time
from sync.central.store.paper_tables import paper_handovers, paper_lots
from sync.contract.masking import mask_digits
from sync.contract.plan import VIET_NAM
from sync.contract.problem import ProblemError
from sync.contract.problem.planning import (
    FORMS_COUNTED_OTHERWISE,
    LOT_HELD_BY_ANOTHER,
    LOT_OFFERED,
    NOT_OFFERED_TO_YOU,
)

HandoverState = Literal["offered", "received", "refused", "withdrawn"]


class LotHandover(Struct, frozen=True, kw_only=True):
    """One handing over. giver, receiver: accounts. counted: by the receiver, 0 before.

    note: of the giver; answer: why the receiver refused.
    """

    id: str
    lot: str
    giver: int
    receiver: int
    state: HandoverState
    counted: int
    note: str
    answer: str
    offered_at: datetime
    changed_at: datetime


def holder_of(connection: Connection, lot: str) -> int:
    """The account that holds a lot: who received it last, else who noted it; 0 for a command."""
    h = paper_handovers.c
    last = select(h.receiver).where(h.lot == lot, h.state == "received").order_by(h.changed_at.desc())
    receiver = connection.execute(last.limit(1)).scalar()
    if receiver is not None:
        return int(receiver)
    noted = select(paper_lots.c.account).where(paper_lots.c.id == lot)
    return int(connection.execute(noted).scalar_one())


def handovers_of(connection: Connection, lot: str) -> tuple[LotHandover, ...]:
    """All of a lot, the newest first."""
    h = paper_handovers.c
    query = select(paper_handovers).where(h.lot == lot).order_by(h.offered_at.desc(), h.id)
    return tuple(map(_handover_of, connection.execute(query)))


def offered_to(connection: Connection, account: int) -> tuple[LotHandover, ...]:
    """What waits for this person to be received, the oldest first."""
    h = paper_handovers.c
    query = select(paper_handovers).where(h.receiver == account, h.state == "offered")
    return tuple(map(_handover_of, connection.execute(query.order_by(h.offered_at, h.id))))


def receivers(connection: Connection, unit: str, day: date) -> Mapping[int, str]:
    """The people who may key forms of a unit, and so may get its lots, by account."""
    higher = above(connection, unit, day)
    return {
        status.person.account: status.person.name
        for status in list_accounts(connection)
        if not status.ended_at and may(status.person, "key-forms", unit, day, higher)
    }


def offer_lot(act: Act, lot: str, *, id: str, receiver: int, note: str, account: int) -> None:
    """Offer a lot to another person. id: from `new_id`; what was offered with it before stays as it is.

    Raises ProblemError HL4301 (somebody else holds it), HL4302 (it is offered), HL5221, HL5224.
    """
    connection = act.connection
    check_id(id)
    one_at_a_time(connection)
    of = lot_named(connection, lot)
    if any(each.id == id for each in handovers_of(connection, lot)):
        act.undo()
        return
    if holder_of(connection, lot) not in (0, account):
        raise ProblemError(LOT_HELD_BY_ANOTHER(where="lot", detail=lot))
    if any(each.state == "offered" for each in handovers_of(connection, lot)):
        raise ProblemError(LOT_OFFERED(where="lot", detail=lot))
    day = act.now.astimezone(VIET_NAM).date()
    if receiver == account or receiver not in receivers(connection, of.asked.unit, day):
        raise wrong("receiver")
    connection.execute(
        insert(paper_handovers).values(
            id=id,
            lot=lot,
            giver=account,
            receiver=receiver,
            state="offered",
            counted=0,
            note=check_text(note, "note"),
            answer="",
            offered_at=act.now.isoformat(),
            changed_at=act.now.isoformat(),
        )
    )
    act.note("paper-offer", f"paper lot {lot}", f"account {receiver}")


def receive_lot(act: Act, lot: str, *, counted: int, account: int) -> None:
    """Confirm that a lot came, counted by its receiver.

    Raises ProblemError HL4303 (it is not offered to this person), HL4304 (another number), HL5221, HL5224.
    """
    one_at_a_time(act.connection)
    of, offer = lot_named(act.connection, lot), _offered(act.connection, lot)
    if offer.receiver != account:
        raise ProblemError(NOT_OFFERED_TO_YOU(where="lot", detail=lot))
    if check_number(counted, "counted", least=0) != of.counted:
        detail = f"đếm được {counted}, lô ghi {of.counted}"
        raise ProblemError(FORMS_COUNTED_OTHERWISE(where="counted", detail=detail))
    _end(act, offer, "received", counted=counted)
    act.note("paper-receive", f"paper lot {lot}", f"account {offer.giver} {counted}")


def refuse_lot(act: Act, lot: str, *, why: str, account: int) -> None:
    """Say that a lot was not received, and why; raises ProblemError HL4303, HL5224."""
    one_at_a_time(act.connection)
    offer = _offered(act.connection, lot)
    if offer.receiver != account:
        raise ProblemError(NOT_OFFERED_TO_YOU(where="lot", detail=lot))
    why = check_text(why, "answer", needed=True)
    _end(act, offer, "refused", answer=why)
    act.note("paper-refuse", f"paper lot {lot}", f"account {offer.giver} {mask_digits(why)}")


def withdraw_offer(act: Act, lot: str, *, account: int) -> None:
    """Take an offer back that was not answered; raises ProblemError HL4303."""
    one_at_a_time(act.connection)
    offer = _offered(act.connection, lot)
    if offer.giver != account:
        raise ProblemError(NOT_OFFERED_TO_YOU(where="lot", detail=lot))
    _end(act, offer, "withdrawn")
    act.note("paper-withdraw", f"paper lot {lot}", f"account {offer.receiver}")


def _offered(connection: Connection, lot: str) -> LotHandover:
    offers = [each for each in handovers_of(connection, lot) if each.state == "offered"]
    if not offers:
        raise ProblemError(NOT_OFFERED_TO_YOU(where="lot", detail=lot))
    return offers[0]


def _end(act: Act, offer: LotHandover, state: HandoverState, **values: Any) -> None:
    changed = {"state": state, "changed_at": act.now.isoformat(), **values}
    act.connection.execute(update(paper_handovers).where(paper_handovers.c.id == offer.id).values(changed))


def _handover_of(row: Row[Any]) -> LotHandover:
    return LotHandover(
        id=row.id,
        lot=row.lot,
        giver=row.giver,
        receiver=row.receiver,
        state=row.state,
        counted=row.counted,
        note=row.note,
        answer=row.answer,
        offered_at=datetime.fromisoformat(row.offered_at),
        changed_at=datetime.fromisoformat(row.changed_at),
    )
