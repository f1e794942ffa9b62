"""Paper forms over a removal and a restore, and whether a backup has all of them.

The responses of keying desks exist only at the centre, as corrections do: carrying.py carries them first.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, and_, delete, exists, func, insert, select, update

from sync.central.intake.own_devices import OWN_LEDGERS
from sync.central.store.paper_tables import (
    paper_forms,
    paper_handovers,
    paper_lots,
    paper_seconds,
    print_runs,
)
from sync.central.store.schema import responses, voided
from sync.contract.canonical import decode_response

Rows = Sequence[Any]  # of the driver
_ACCOUNTS = {"account", "first_account", "decider", "giver", "receiver"}
# The name of every keying desk begins so.
DESK = OWN_LEDGERS + "desk-"


class PaperKept(Struct, frozen=True):
    """Rows of print runs, lots, forms, second keyings, and handings over."""

    runs: Rows
    lots: Rows
    forms: Rows
    seconds: Rows
    handovers: Rows


def same_forms(connection: Connection, ids: Collection[str]) -> set[str]:
    """Every response that was keyed from the same paper forms as these: a form keyed again has several."""
    forms = _forms_of(connection, ids)
    if not forms:
        return set()
    # All but one of a form are voided, and that one is named by it.
    f = paper_forms.c
    named = f.number.in_({number for _, _, number in forms})
    may_be = exists().where(voided.c.id == responses.c.id) | exists().where(
        f.response == responses.c.id, named
    )
    query = _KEYED.where(responses.c.unit.in_({unit for unit, _, _ in forms}), may_be)
    return {row.id for row in connection.execute(query) if _form(row) in forms}


_KEYED = select(*(responses.c[name] for name in ("id", "unit", "plan", "body"))).where(
    responses.c.device.startswith(DESK)
)


def _forms_of(connection: Connection, ids: Collection[str]) -> set[tuple[str, str, int]]:
    """The forms that these responses were keyed from."""
    return {_form(row) for row in connection.execute(_KEYED.where(responses.c.id.in_(ids)))}


def _form(row: Any) -> tuple[str, str, int]:
    """Unit, plan and number of a form."""
    entered = decode_response(bytes(row.body)).entered
    return row.unit, row.plan or "", int((entered and entered.form_no) or 0)


def forget_responses(connection: Connection, ids: Sequence[str]) -> None:
    """Let no form name one of these responses, which are about to be removed. Only the day of keying stays.

    What a form was compared with goes too, also of one that was noted as invalid since.
    """
    own, s = paper_forms.c.response.in_(ids), paper_seconds.c
    for unit, plan, number in sorted(_forms_of(connection, ids)):
        connection.execute(delete(paper_seconds).where(s.unit == unit, s.plan == plan, s.number == number))
    day = func.substr(paper_forms.c.keyed_at, 1, 10) + "T00:00:00+00:00"
    left = {"response": None, "unlisted": "", "answered_on": "", "keyed_at": day}
    connection.execute(update(paper_forms).where(own).values(left))


def read_paper(connection: Connection) -> PaperKept:
    """All of this database."""
    tables = (print_runs, paper_lots, paper_forms, paper_seconds, paper_handovers)
    return PaperKept(*(connection.execute(select(table)).all() for table in tables))


def carry_paper(connection: Connection, kept: PaperKept, numbers: Mapping[int, int]) -> int:
    """Add what is missing here, and what was changed later there; how many rows that were.

    numbers: of each account there, its number here. A form names its response only if that is here.
    """
    named = [row.response for row in kept.forms if row.response]
    here = set(connection.execute(select(responses.c.id).where(responses.c.id.in_(named))).scalars())
    count = 0
    for table, rows, key, changed in (
        (print_runs, kept.runs, ("unit", "plan", "first"), "changed_at"),
        (paper_lots, kept.lots, ("id",), "changed_at"),
        (paper_forms, kept.forms, ("unit", "plan", "number", "copy"), "keyed_at"),
        (paper_seconds, kept.seconds, ("unit", "plan", "number"), "changed_at"),
        (paper_handovers, kept.handovers, ("id",), "changed_at"),
    ):
        known = {_key(row, key): getattr(row, changed) for row in connection.execute(select(table))}
        for row in rows:
            if known.get(_key(row, key), "") >= getattr(row, changed):
                continue
            values = dict(row._mapping)
            for name in _ACCOUNTS & values.keys():
                values[name] = numbers.get(values[name], values[name])
            if table is paper_forms and row.response not in here:
                values["response"] = None
            own = and_(*(table.c[name] == getattr(row, name) for name in key))
            connection.execute(delete(table).where(own))
            connection.execute(insert(table).values(values))
            count += 1
    return count


def _key(row: Any, names: tuple[str, ...]) -> tuple[Any, ...]:
    return tuple(getattr(row, name) for name in names)


def paper_fault(connection: Connection) -> str:
    """What is wrong with the stored forms, "" for nothing: for the check of a backup."""
    f = paper_forms.c
    queries = {
        "a handing over of no lot": select(paper_handovers.c.id).where(
            ~exists().where(paper_lots.c.id == paper_handovers.c.lot)
        ),
        "a paper form of no lot": select(f.id).where(~exists().where(paper_lots.c.id == f.lot)),
        "a paper form of no response": select(f.id).where(
            f.response.is_not(None), ~exists().where(responses.c.id == f.response)
        ),
    }
    for fault, query in queries.items():
        if connection.execute(query.limit(1)).first():
            return fault
    return ""
