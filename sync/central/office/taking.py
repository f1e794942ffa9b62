"""Responses that two tablets under one name numbered alike: a person can let the second one's count too.

    python -m sync.central set-aside take --data DATA --device may-01 --reason "máy chép từ máy khác"

A response is set aside (HL4010) if another response of its device has its number: the tablet was set up
again, or is a copy of another one. It is a real answer all the same, and storing it loses no other response.

Promises:
- a response is stored under its own id, so only once, however often this runs; two versions of one id are
  left for a person;
- it gets the next number in one of the centre's ledgers (`ledger_of`), because its own number is taken;
  everything else in it is as the tablet wrote it;
- the row that was set aside stays as `taken`: by its digest the tablet gets the answer "duplicate" when it
  sends the response again, and it records the device for a later request to forget the response;
- every run that changes something is in the audit log, with its reason.
"""

from collections.abc import Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import asdict, replace
from sqlalchemy import Connection, Engine, Row, insert, select, update

from sync.central.intake.claims import Claims, visits_alone
from sync.central.intake.forms import Forms, load_forms
from sync.central.intake.ingest import TAKEN, store
from sync.central.intake.judge import Judged, Moves, judge
from sync.central.office.audit.acts import By, acting
from sync.central.office.devices import find_device
from sync.central.store.database import one_at_a_time
from sync.central.store.schema import devices, responses, set_aside
from sync.contract.canonical import canonical_bytes, decode_response
from sync.contract.masking import mask_digits
from sync.contract.problem import ProblemError
from sync.contract.problem.centre import DEVICE_UNKNOWN
from sync.contract.problem.wire import SEQ_CONFLICT

CHUNK = 500  # responses per transaction


class Taken(Struct, frozen=True, kw_only=True):
    """taken: stored now. refused: they break their survey. doubled: their id is stored with other content.

    repeated: kept apart, for another response answered the same handover.
    """

    taken: int = 0
    refused: int = 0
    doubled: int = 0
    repeated: int = 0


def ledger_of(device: str) -> str:
    """The device whose ledger takes the responses that `device` numbered twice."""
    return f"centre-taken-{device}"[:64]


def take(
    engine: Engine, by: By, *, device: str, reason: str, dry_run: bool, claims: Claims = visits_alone
) -> Taken:
    """Store what `device` has sent under numbers that were taken, in small transactions.

    dry_run: report the results, and change nothing. claims: as in `set_aside.rejudge`. Raises ProblemError
    HL5004.
    """
    total = Taken()
    after = 0
    while True:
        with acting(engine, by) as act:
            connection = act.connection
            one_at_a_time(connection)
            place = connection.execute(select(devices).where(devices.c.id == device)).first()
            if place is None:
                raise ProblemError(DEVICE_UNKNOWN(where="--device", detail=device))
            rows = connection.execute(
                select(set_aside)
                .where(set_aside.c.device == device, set_aside.c.problem == SEQ_CONFLICT.number)
                .where(set_aside.c.position > after)
                .order_by(set_aside.c.position)
                .limit(CHUNK)
            ).all()
            if not rows:
                act.undo()
                return total
            after = rows[-1].position
            done = _take(connection, place, rows, claims)
            total = _sum(total, done)
            if dry_run or not (done.taken or done.repeated):
                act.undo()
            else:
                act.note("take", device, f"{done.taken} {SEQ_CONFLICT.number}: {mask_digits(reason)}")


def _sum(one: Taken, other: Taken) -> Taken:
    return Taken(**{name: n + getattr(other, name) for name, n in asdict(one).items()})


def _take(connection: Connection, place: Row[Any], rows: Sequence[Row[Any]], claims: Claims) -> Taken:
    ids = [row.id for row in rows]
    stored = set(connection.execute(select(responses.c.id).where(responses.c.id.in_(ids))).scalars())
    first = {row.id: row.position for row in reversed(rows) if row.id not in stored}
    chosen = [row for row in rows if first.get(row.id) == row.position]
    ledger = ledger_of(place.id)
    seq = _last_number(connection, ledger, place)
    moves, forms = find_device(connection, place.id).moves, load_forms(connection)
    good: list[tuple[Row[Any], Judged]] = []
    for row in chosen:
        judged = _judge(row, ledger, seq + 1 + len(good), place.unit, moves, forms, claims)
        if judged.problem is None:
            good.append((row, judged))
    received_at = rows[-1].received_at
    receipts, _ = store(connection, ledger, [each for _, each in good], received_at, revoked=False)
    repeated = sum(receipt.status != "stored" for receipt in receipts)
    taken = [row.position for row, _ in good]
    connection.execute(
        update(set_aside).where(set_aside.c.position.in_(taken)).values(status=TAKEN, problem="", detail="")
    )
    return Taken(
        taken=len(good) - repeated,
        refused=len(chosen) - len(good),
        doubled=len(rows) - len(chosen),
        repeated=repeated,
    )


def _last_number(connection: Connection, ledger: str, place: Row[Any]) -> int:
    made = connection.execute(select(devices.c.made).where(devices.c.id == ledger)).scalar()
    if made is None:
        values = {"kind": place.kind, "unit": place.unit, "counter": place.counter}
        connection.execute(insert(devices).values(id=ledger, **values))
    return made or 0


def _judge(
    row: Row[Any], ledger: str, seq: int, unit: str, moves: Moves, forms: Forms, claims: Claims
) -> Judged:
    response = replace(decode_response(bytes(row.body)), device=ledger, seq=seq)
    return judge(
        canonical_bytes(response),
        device=ledger,
        unit=unit,
        forms=forms,
        received_at=row.received_at,
        moves=moves,
        claims=claims,
    )
