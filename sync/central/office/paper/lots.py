"""Lots: filled forms that came back together, counted by people before anybody keys them.

A lot is open until as many forms were keyed or noted as invalid as were counted. Its lowest and its highest
number were printed, see print_check.py.
"""

import secrets
from datetime import date
from typing import Any, Literal, get_args

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Connection, Row, func, insert, select, update

from sync.central.office.audit.acts import Act
from sync.central.office.paper.asked import (
    FORMS,
    Asked,
    asked_of,
    check_asked,
    check_id,
    check_number,
    check_text,
    columns_of,
    wrong,
)
from sync.central.office.paper.print_check import check_printed
from sync.central.store.database import one_at_a_time
from sync.central.store.paper_tables import paper_forms, paper_lots
from sync.contract.plan import VIET_NAM
from sync.contract.problem import ProblemError
from sync.contract.problem.paper import LOT_UNKNOWN
from sync.contract.text import without_marks

# box: the ballot box was opened by two people. handed: one person handed the forms to another.
Way = Literal["box", "handed"]
WAYS: tuple[Way, ...] = get_args(Way)
PaperChannel = Literal["paper", "post"]
CHANNELS: tuple[PaperChannel, ...] = get_args(PaperChannel)
SEED_BYTES = 32
"""Of the seed that the forms to key twice are drawn with; no `Lot` has it, so that no page can show it."""


class Lot(Struct, frozen=True, kw_only=True):
    """Forms that came back on a day. first, last: the lowest and the highest number among them.

    twice: percent of its valid forms that are keyed by two people.
    """

    id: str
    asked: Asked
    way: Way
    channel: PaperChannel
    day: date
    first_person: str
    second_person: str
    counted: int
    first: int
    last: int
    note: str = ""
    twice: int = 0


def open_lot(act: Act, lot: Lot, *, account: int = 0) -> Lot:
    """Note that these forms came back; a lot that was noted before with this id is returned as it is.

    lot: its id is from `new_id`. account: of who notes it. Raises ProblemError HL5020, HL5224, HL5234.
    """
    connection = act.connection
    lot = _checked(lot, act.now.astimezone(VIET_NAM).date())
    one_at_a_time(connection)
    row = connection.execute(select(paper_lots).where(paper_lots.c.id == lot.id)).first()
    if row is not None:
        if lot_of(row) != lot:
            raise wrong("id")
        act.undo()
        return lot
    check_asked(connection, lot.asked, act.now.astimezone(VIET_NAM).date())
    check_printed(connection, lot.asked, first=lot.first, last=lot.last)
    connection.execute(
        insert(paper_lots).values(
            id=lot.id,
            **columns_of(lot.asked),
            way=lot.way,
            channel=lot.channel,
            day=lot.day.isoformat(),
            first_person=lot.first_person,
            second_person=lot.second_person,
            **_counts(lot),
            twice=lot.twice,
            seed=secrets.token_hex(SEED_BYTES),
            account=account,
            changed_at=act.now.isoformat(),
        )
    )
    act.note("paper-open", f"paper lot {lot.id}", f"{lot.asked.unit} {lot.counted}")
    return lot


def recount(act: Act, id: str, *, counted: int, first: int, last: int, note: str) -> Lot:
    """Note that the forms of a lot were counted again. Raises ProblemError HL5221, HL5224, HL5234."""
    one_at_a_time(act.connection)
    before = lot_named(act.connection, id)
    lot = replace(before, counted=counted, first=first, last=last, note=note)
    lot = _checked(lot, act.now.astimezone(VIET_NAM).date())
    check_printed(act.connection, lot.asked, first=first, last=last)
    entered = entered_in(act.connection, id)
    if counted < entered:
        raise wrong("counted", f"đã nhập {entered} phiếu")
    values = {**_counts(lot), "changed_at": act.now.isoformat()}
    act.connection.execute(update(paper_lots).where(paper_lots.c.id == id).values(values))
    act.note("paper-recount", f"paper lot {id}", f"{before.counted} {counted}")
    return lot


def lot_named(connection: Connection, id: str) -> Lot:
    """The lot with this id; raises ProblemError HL5221 if there is none."""
    row = connection.execute(select(paper_lots).where(paper_lots.c.id == id)).first()
    if row is None:
        raise ProblemError(LOT_UNKNOWN(where="lot", detail=id))
    return lot_of(row)


def entered_in(connection: Connection, id: str) -> int:
    """How many forms of a lot were keyed or noted as invalid."""
    query = select(func.count()).select_from(paper_forms).where(paper_forms.c.lot == id)
    return int(connection.execute(query).scalar_one())


def lot_of(row: Row[Any]) -> Lot:
    """The lot of this row."""
    return Lot(
        id=row.id,
        asked=asked_of(row),
        way=row.way,
        channel=row.channel,
        day=date.fromisoformat(row.day),
        first_person=row.first_person,
        second_person=row.second_person,
        counted=row.counted,
        first=row.first,
        last=row.last,
        note=row.note,
        twice=row.twice,
    )


def _counts(lot: Lot) -> dict[str, str | int]:
    return {"counted": lot.counted, "first": lot.first, "last": lot.last, "note": lot.note}


def _checked(lot: Lot, today: date) -> Lot:
    """The lot with its texts as they are kept; raises ProblemError HL5224."""
    check_id(lot.id)
    if lot.way not in WAYS:
        raise wrong("way")
    if lot.channel not in CHANNELS:
        raise wrong("channel")
    if lot.day > today:
        raise wrong("day", "ngày này chưa tới")
    first = check_text(lot.first_person, "first_person", needed=True)
    second = check_text(lot.second_person, "second_person", needed=True)
    if without_marks(first) == without_marks(second):
        raise wrong("second_person", "phải là hai người khác nhau")
    check_number(lot.counted, "counted", most=FORMS)
    check_number(lot.first, "first")
    check_number(lot.last, "last", least=lot.first)
    check_number(lot.twice, "twice", least=0, most=100)
    return replace(lot, first_person=first, second_person=second, note=check_text(lot.note, "note"))
