"""Judges refused responses again, after a missing or wrong survey or catalogue was corrected.

    python -m sync.central set-aside list --data DATA
    python -m sync.central set-aside judge --data DATA --dry-run --reason "bổ sung phiếu hỏi phiên bản 2"

Promises:
- a response that is valid now is stored once, at the end of the order of arrival, so that no pull misses it
  or gets it twice; its time of receipt stays the original one;
- a response that is still wrong stays set aside, with its current reason;
- one whose handover was answered meanwhile stays set aside as repeated, see store/first_answers.py;
- what a revoked device sent is judged only if a person names the device and asks for it;
- what is held because its device may not say it (scope.py) is judged by what the centre knows now; it is
  stored in spite of that only if a person names the device and asks for what is held;
- two versions of one response are never judged: a person decides which one counts;
- the device's ledger needs no change, because its numbers were already here; the next heartbeat's answer
  informs the device, it sends those responses again, gets the answer "duplicate", and may delete them after
  their retention;
- every run that changes something is in the audit log, with numbers and the reason.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from msgspec import Struct
from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Row,
    and_,
    delete,
    func,
    literal,
    or_,
    select,
    update,
)

from sync.central.intake.claims import Claims, visits_alone
from sync.central.intake.forms import Forms, load_forms
from sync.central.intake.ingest import REPEATED, store
from sync.central.intake.judge import Judged, judge
from sync.central.intake.scope import HELD, within_scope
from sync.central.office.audit.acts import By, acting
from sync.central.office.devices import find_device, list_devices
from sync.central.store.database import one_at_a_time, reading
from sync.central.store.schema import set_aside
from sync.contract.batch import Receipt
from sync.contract.masking import mask_digits
from sync.contract.problem import ProblemError
from sync.contract.problem.centre import DEVICE_UNKNOWN
from sync.contract.problem.wire import NOTHING_SET_ASIDE
from sync.contract.ranges import Ranges, to_ranges

CHUNK = 500  # responses per transaction


class Aside(Struct, frozen=True):
    """Responses of one device that are set aside for one reason. since: milliseconds since 1970."""

    device: str
    status: str
    problem: str
    detail: str
    count: int
    since: int


class Rejudged(Struct, frozen=True):
    """The results for one device's responses: stored now, here already, refused or held, in conflict."""

    device: str
    stored: int = 0
    duplicate: int = 0
    refused: int = 0
    held: int = 0
    conflict: int = 0


def list_aside(connection: Connection) -> list[Aside]:
    """Everything that waits for a person's decision, by device and reason."""
    reason = (set_aside.c.device, set_aside.c.status, set_aside.c.problem, set_aside.c.detail)
    query = (
        select(*reason, func.count(), func.min(set_aside.c.received_at))
        .where(set_aside.c.problem != "")
        .group_by(*reason)
        .order_by(*reason)
    )
    return [Aside(*row) for row in connection.execute(query)]


def aside_of(connection: Connection, device: str) -> Ranges:
    """The `seq` of this device that are set aside here."""
    query = select(set_aside.c.seq).where(set_aside.c.device == device, set_aside.c.problem != "")
    return to_ranges(connection.execute(query).scalars())


def rejudge(
    engine: Engine,
    by: By,
    *,
    reason: str,
    device: str = "",
    problem: str = "",
    held: bool = False,
    dry_run: bool,
    claims: Claims = visits_alone,
) -> list[Rejudged]:
    """Judge refused responses again in small transactions; returns the results, device by device.

    Args:
        engine: the database.
        by, reason: for the audit log.
        device: only responses of this device; "" for all.
        problem: only those set aside for this one, by its number; "" for any.
        held: include what it sent after it was revoked, or beyond its scope; only with `device`.
        dry_run: report the results, and change nothing.
        claims: what a response claims as the answer of a handover; without keys, its visit and no case.

    """
    vouched = held and bool(device)
    wanted = or_(
        set_aside.c.status == "refused",
        and_(set_aside.c.status == "held", or_(literal(vouched), set_aside.c.problem.in_(HELD))),
    )
    if problem:
        wanted = and_(wanted, set_aside.c.problem == problem)
    with reading(engine) as connection:
        forms = load_forms(connection)
        query = select(set_aside.c.device).where(wanted).distinct().order_by(set_aside.c.device)
        names = [name for name in connection.execute(query).scalars() if device in ("", name)]
        judging = _Judging(forms=forms, vouched=vouched, claims=claims)
    return [_rejudge_device(engine, by, name, wanted, judging, reason, dry_run) for name in names]


class _Judging(Struct, frozen=True):
    """By what is judged. vouched: a person answers for what is held."""

    forms: Forms
    vouched: bool
    claims: Claims


def _rejudge_device(
    engine: Engine,
    by: By,
    device: str,
    wanted: ColumnElement[bool],
    judging: _Judging,
    reason: str,
    dry_run: bool,
) -> Rejudged:
    found: Counter[str] = Counter()
    after = 0
    query = select(set_aside).where(set_aside.c.device == device, wanted).order_by(set_aside.c.position)
    while True:
        with acting(engine, by) as act:
            one_at_a_time(act.connection)
            rows = act.connection.execute(query.where(set_aside.c.position > after).limit(CHUNK)).all()
            if not rows:
                act.undo()
                return Rejudged(device, **found)
            after = rows[-1].position
            counts, changed = _judge_again(act.connection, device, rows, judging)
            found += counts
            if dry_run or not changed:
                act.undo()
                continue
            detail = ", ".join(f"{count} {status}" for status, count in sorted(counts.items()))
            act.note("rejudge", device, f"{detail}: {mask_digits(reason)}")


def _judge_again(
    connection: Connection, device: str, rows: Sequence[Row[Any]], judging: _Judging
) -> tuple[Counter[str], bool]:
    """The results for these rows, and whether anything has changed."""
    place = find_device(connection, device)
    judged: list[Judged] = []
    for row in rows:
        one = judge(
            bytes(row.body),
            device=device,
            unit=place.unit,
            forms=judging.forms,
            received_at=row.received_at,
            moves=place.moves,
            claims=judging.claims,
        )
        if not (judging.vouched and row.problem in HELD):
            (one,) = within_scope(
                connection, [one], unit=place.unit, moves=place.moves, received_at=row.received_at
            )
        judged.append(one)
    receipts, _ = store(connection, device, judged, rows[0].received_at, revoked=False)
    changed = [_keep(connection, row, receipt) for row, receipt in zip(rows, receipts, strict=True)]
    return Counter(receipt.status for receipt in receipts), any(changed)


def _keep(connection: Connection, row: Row[Any], receipt: Receipt) -> bool:
    """Set the row aside for its new reason, or no longer; returns whether that changed anything."""
    key = set_aside.c.position == row.position
    if receipt.problem is None:
        # A second answer is not stored, and stays apart as one: `store` has said so.
        connection.execute(delete(set_aside).where(key, set_aside.c.status != REPEATED))
        return True
    now = {
        "status": receipt.status,
        "problem": receipt.problem.number,
        "detail": receipt.problem.detail,
    }
    if now == {name: getattr(row, name) for name in now}:
        return False
    connection.execute(update(set_aside).where(key).values(now))
    return True


# The command for each status that needs a person's decision.
_NEXT = {"conflict": "`set-aside take --device …`", "held": "`set-aside judge --held --device …`"}


def nothing_aside(engine: Engine, device: str) -> ProblemError:
    """HL4023 with what there is instead, or HL5004 if there is no such device."""
    with reading(engine) as connection:
        if device and not list_devices(connection, device):
            return ProblemError(DEVICE_UNKNOWN(where="--device", detail=device))
        rows = [each for each in list_aside(connection) if device in ("", each.device)]
    there = "; ".join(
        f"{each.device}: {each.count} phiếu {each.problem} {_NEXT.get(each.status, '')}".rstrip()
        for each in rows
    )
    return ProblemError(NOTHING_SET_ASIDE(where="set-aside", detail=there or "không có phiếu nào"))
