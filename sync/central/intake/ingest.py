"""One batch, one transaction, one receipt per response.

Promises:
- a receipt is sent only after the commit that stores its response;
- whether a response is already stored is decided by the unique constraint on its id; the lookup beforehand is
  only a shortcut for repeated batches;
- a device's `seq` is used once: on SQLite by a unique constraint; on PostgreSQL, where a constraint over all
  partitions would have to include the id, by the device's ledger, which holds every `seq` and stays locked
  until the commit;
- no readable response is discarded: conflicts and refusals are kept in `set_aside`;
- a response with sealed words becomes work of the office (`remarks`) in the same transaction, once;
- the centre keeps at most `ALLOWANCE` bytes of them per device and day, and at most `RANGES` ranges in a
  ledger: a batch beyond that is refused as a whole, stays on its device, and is sent again.

    same id, same digest                    duplicate
    same id, other digest                   conflict HL4005, the later one set aside
    same device and seq, other id           conflict HL4010, set aside, the device marked as cloned
    breaks its survey, unknown survey, …    refused with its problem, set aside
    device revoked, or out of its scope     held, set aside, see scope.py
    forgotten, or past its retention        duplicate, not stored
    set aside, and taken by a person        duplicate, see taking.py
    its handover has an answer already      duplicate; set aside as repeated, see store/first_answers.py
    erased on the device                    duplicate; set aside too if nobody here asked for it
    more set aside today than ALLOWANCE     HL4049 for the batch, nothing of it stored; accepted tomorrow
    more gaps between its `seq` than RANGES HL4053 for the batch, nothing of it stored
"""

from collections.abc import Collection, Mapping, Sequence
from operator import attrgetter
from typing import Any

import msgspec
from msgspec.structs import astuple
from psycopg.errors import CheckViolation, UniqueViolation
from sqlalchemy import (
    BigInteger,
    Connection,
    Integer,
    LargeBinary,
    SmallInteger,
    Text,
    bindparam,
    func,
    select,
    text,
    update,
)

from sync.central.intake.judge import ROW, Judged, ResponseRow
from sync.central.intake.moment import day_begins, instant
from sync.central.intake.scope import HELD
from sync.central.store import rollups
from sync.central.store.first_answers import claim, release
from sync.central.store.response_digest import digest_of
from sync.central.store.schema import devices, responses, set_aside
from sync.contract.batch import Receipt
from sync.contract.problem import Problem, ProblemError
from sync.contract.problem.wire import (
    ALLOWANCE_EXCEEDED,
    DEVICE_REVOKED,
    ERASED_UNASKED,
    ID_CONFLICT,
    SEQ_CONFLICT,
    TOO_MANY_GAPS,
)
from sync.contract.ranges import Ranges, to_ranges, union, within

_DAY = 86_400_000  # milliseconds
ALLOWANCE = 8 * 1024 * 1024  # bytes set aside, by device and day: some ten thousand responses
RANGES = 2000  # ranges of a device's `seq`; a device that works correctly has a handful
TAKEN = "taken"
"""The status of a response that was set aside and has since been stored under another number."""
REPEATED = "repeated"
"""The status of one whose handover was answered before it; its detail is the id of the answer that counts."""

_SQLITE_INSERT = f"INSERT OR IGNORE INTO responses ({', '.join(ROW)}) VALUES ({', '.join('?' * len(ROW))})"
_SQLITE_GONE = "SELECT digest FROM gone WHERE digest IN (SELECT value FROM json_each(?))"
_POSTGRES_GONE = "SELECT digest FROM gone WHERE digest = ANY(%s)"
_POSTGRES_DIGESTS = "SELECT id, digest FROM responses WHERE id BETWEEN %s AND %s AND id = ANY(%s)"
_COPY_TYPES = {
    BigInteger: "int8",
    Integer: "int4",
    SmallInteger: "int2",
    LargeBinary: "bytea",
    Text: "text",
}
_STAGING = (
    f"CREATE TEMP TABLE IF NOT EXISTS staging ON COMMIT DELETE ROWS AS "
    f"SELECT {', '.join(ROW)} FROM responses WITH NO DATA"
)
_TYPES = [_COPY_TYPES.get(type(responses.c[name].type), "varchar") for name in ROW]
_MERGE = (
    f"INSERT INTO responses ({', '.join(ROW)}) SELECT {', '.join(ROW)} FROM staging "
    f"ORDER BY seq ON CONFLICT DO NOTHING RETURNING id"
)


def store(
    connection: Connection, device: str, batch: Sequence[Judged], received_at: int, *, revoked: bool
) -> tuple[list[Receipt], Ranges]:
    """Store a batch of `device` in the open write transaction.

    Returns one receipt per response, in their order, and the ranges of `seq` that are stored afterwards.
    """
    good = [] if revoked else [item for item in batch if item.row is not None]
    rollups.line_up(connection, (_counted(item.row) for item in good if item.row is not None))
    # Two batches of one device wait for each other here: the second adds to the ledger of the first.
    before = _read_ledger(connection, device)
    repeated = _claim(connection, good)
    if repeated:
        good = [item for item in good if item.id not in repeated]
    fresh = insert_rows(connection, good, before[0])
    if len(fresh) == len(batch):
        receipts = [_receipt(item, "stored") for item in batch]
    else:
        receipts = _settle(connection, batch, fresh, repeated, revoked=revoked)
        # What a number that was taken keeps out answers nothing: a phone may answer its visit.
        release(connection, [receipt.id for receipt in receipts if _is_clone(receipt)])
        away = _gone(connection, batch)
        kept = [
            (item, receipt)
            for item, receipt in zip(batch, receipts, strict=True)
            if receipt.problem or item.id in repeated or (item.forgotten and item.id not in away)
        ]
        _set_aside(connection, device, kept, repeated, received_at)
    made = [item.row for item, receipt in zip(batch, receipts, strict=True) if receipt.status == "stored"]
    cloned = any(_is_clone(receipt) for receipt in receipts)
    held = _update_ledger(connection, device, before, batch, received_at, cloned=cloned)
    _begin_remarks(connection, [row for row in made if row is not None and row.sealed_box is not None])
    # Last, because batches of other devices wait for these counts until this one is committed.
    rollups.add(connection, [_counted(row) for row in made if row is not None])
    return receipts, held


_REMARK = text(
    "INSERT INTO remarks (id, day, since, unit, procedure, officer) "
    "VALUES (:id, :day, :since, :unit, :procedure, :officer) ON CONFLICT DO NOTHING"
)


def _begin_remarks(connection: Connection, rows: Sequence[ResponseRow]) -> None:
    """Let what citizens wrote in these responses become work, see office/remarks/.

    Which questions have words can't be seen from outside the box.
    """
    if not rows:
        return
    remarks = [
        {
            "id": row.id,
            "day": row.day,
            # A response that arrives late is not overdue when it arrives.
            "since": max(row.day, instant(row.received_at).date().isoformat()),
            "unit": row.unit,
            "procedure": row.procedure or "",
            "officer": row.officer or "",
        }
        for row in rows
    ]
    connection.execute(_REMARK, remarks)


def _counted(row: ResponseRow) -> rollups.Stored:
    """The part of a row that is counted."""
    return rollups.Stored(*_counted_values(row))


_counted_values = attrgetter(*rollups.Stored._fields)


def _receipt(item: Judged, status: Any, found: Problem | None = None) -> Receipt:
    return Receipt(id=item.id, seq=item.seq, status=status, digest=item.digest.hex(), problem=found)


def _is_clone(receipt: Receipt) -> bool:
    return receipt.problem is not None and receipt.problem.kind is SEQ_CONFLICT


def insert_rows(connection: Connection, good: Sequence[Judged], held: Ranges = ()) -> set[str]:
    """Insert the responses that are not stored yet; returns the ids of the new rows.

    good: responses of one device. held: its `seq` that may be stored already, locked until the commit.
    """
    if not good:
        return set()
    away = _gone(connection, good)
    new = [item for item in good if item.id not in away] if away else good
    if not new:
        return set()
    if connection.dialect.name == "postgresql":
        free = _one_a_seq(connection, new, held)
        return _copy(connection, free) if free else set()
    before = connection.exec_driver_sql("SELECT coalesce(max(position), 0) FROM responses").scalar_one()
    result = connection.exec_driver_sql(_SQLITE_INSERT, [astuple(item.row) for item in new if item.row])
    if result.rowcount == len(new):
        return {item.id for item in new}
    made = connection.execute(select(responses.c.id).where(responses.c.position > before))
    return {row.id for row in made}


def _one_a_seq(connection: Connection, good: Sequence[Judged], held: Ranges) -> Sequence[Judged]:
    """Those of `good` whose `seq` no other response has: almost always all of them, without any query.

    The result stays valid until the commit, because the device's row is locked. A repeated batch ends here.
    """
    seqs = [item.seq for item in good]
    known = within(held, seqs)
    if not known and len(set(seqs)) == len(seqs):
        return good
    stored = _digests(connection, [item.id for item in good])
    fresh = [item for item in good if item.id not in stored]
    asked = [item.seq for item in fresh if item.seq in known]
    owners: dict[int, str] = {}
    if asked and fresh[0].row:
        device = fresh[0].row.device
        query = select(responses.c.seq, responses.c.id)
        rows = connection.execute(query.where(responses.c.device == device, responses.c.seq.in_(asked)))
        owners = {row.seq: row.id for row in rows}
    for item in fresh:
        owners.setdefault(item.seq, item.id)
    return [item for item in fresh if owners[item.seq] == item.id]


def _copy(connection: Connection, good: Sequence[Judged]) -> set[str]:
    """COPY into the table; if a row exists already, COPY into a temporary table and merge.

    Almost every batch holds only new responses, and then a direct COPY is the fastest way.
    """
    driver = connection.connection.driver_connection
    assert driver is not None
    with driver.cursor() as cursor:
        cursor.execute("SAVEPOINT fresh")
        try:
            _copy_rows(cursor, "responses", good)
        except (UniqueViolation, CheckViolation):
            # A check is violated if a partition was made after this COPY had chosen one: choose again.
            cursor.execute("ROLLBACK TO SAVEPOINT fresh")
        else:
            return {item.id for item in good}
        cursor.execute(_STAGING)
        _copy_rows(cursor, "staging", good)
        cursor.execute(_MERGE)
        return {row[0] for row in cursor.fetchall()}


def _copy_rows(cursor: Any, table: str, good: Sequence[Judged]) -> None:
    with cursor.copy(f"COPY {table} ({', '.join(ROW)}) FROM STDIN WITH (FORMAT BINARY)") as copy:
        copy.set_types(_TYPES)
        for item in good:
            if item.row:
                copy.write_row(astuple(item.row))


def _claim(connection: Connection, good: Sequence[Judged]) -> dict[str, str]:
    """Those whose handover another response answered, and that one; almost always none, without a query."""
    claims = {item.id: item.claim for item in good if item.claim is not None}
    if not claims:
        return {}
    away = _gone(connection, [item for item in good if item.claim is not None])
    repeated = claim(connection, {id: each for id, each in claims.items() if id not in away})
    # A visit that nobody answered is stored, and voided once a phone answers it: sent again, a duplicate.
    there = _digests(connection, list(repeated)) if repeated else {}
    return {id: first for id, first in repeated.items() if id not in there}


def _settle(
    connection: Connection,
    batch: Sequence[Judged],
    fresh: set[str],
    repeated: Collection[str],
    *,
    revoked: bool,
) -> list[Receipt]:
    """Receipts for a batch in which a response was already stored, was removed permanently, or is invalid."""
    away = _gone(connection, batch)
    there = _digests(connection, [item.id for item in batch if item.row is not None or _is_held(item)])
    unclaimed = set(fresh)
    changed = [item.id for item in batch if there.get(item.id, item.digest) != item.digest]
    taken = _taken(connection, changed)
    receipts = []
    for item in batch:
        if item.id in away or item.forgotten or item.id in repeated:
            receipts.append(_receipt(item, "duplicate"))
        elif revoked:
            receipts.append(_receipt(item, "held", DEVICE_REVOKED()))
        elif _is_held(item) and there.get(item.id) == item.digest:
            receipts.append(_receipt(item, "duplicate"))  # a person has vouched for it
        elif item.problem is not None:
            status = "held" if _is_held(item) else "refused"
            receipts.append(_receipt(item, status, item.problem))
        elif item.id not in there:
            receipts.append(_receipt(item, "conflict", SEQ_CONFLICT(where="seq", detail=str(item.seq))))
        elif (item.id, item.digest) in taken:
            receipts.append(_receipt(item, "duplicate"))
        elif there[item.id] != item.digest:
            receipts.append(_receipt(item, "conflict", ID_CONFLICT(where="id", detail=item.id)))
        elif item.id in unclaimed:
            unclaimed.discard(item.id)
            receipts.append(_receipt(item, "stored"))
        else:
            receipts.append(_receipt(item, "duplicate"))
    return receipts


def _is_held(item: Judged) -> bool:
    return item.problem is not None and item.problem.number in HELD


def _taken(connection: Connection, ids: Sequence[str]) -> set[tuple[str, bytes]]:
    """The ids and digests of these that were set aside and have since been stored under another number."""
    if not ids:
        return set()
    query = select(set_aside.c.id, set_aside.c.digest).where(set_aside.c.id.in_(ids))
    rows = connection.execute(query.where(set_aside.c.status == TAKEN))
    return {(row.id, bytes(row.digest)) for row in rows}


def _gone(connection: Connection, batch: Sequence[Judged]) -> set[str]:
    """The ids of those of `batch` that were removed permanently."""
    ids = {digest_of(item.id): item.id for item in batch}
    if connection.dialect.name == "postgresql":
        rows = connection.exec_driver_sql(_POSTGRES_GONE, (list(ids),))
    else:
        rows = connection.exec_driver_sql(_SQLITE_GONE, (msgspec.json.encode(list(ids)).decode(),))
    return {ids[digest] for digest in rows.scalars()}


def _digests(connection: Connection, ids: Sequence[str]) -> dict[str, bytes]:
    rows: Any
    if connection.dialect.name == "postgresql" and ids:
        # The lowest and the highest id limit the query to the partitions of their months.
        rows = connection.exec_driver_sql(_POSTGRES_DIGESTS, (min(ids), max(ids), list(ids)))
    else:
        rows = connection.execute(select(responses.c.id, responses.c.digest).where(responses.c.id.in_(ids)))
    return {row.id: bytes(row.digest) for row in rows}


_SET_ASIDE = text(
    "INSERT INTO set_aside (id, device, seq, digest, received_at, status, problem, detail, body) "
    "VALUES (:id, :device, :seq, :digest, :received_at, :status, :problem, :detail, :body) "
    # What waited for a person, and would be stored now, may have become a second answer meanwhile.
    "ON CONFLICT (device, id, digest) DO UPDATE SET status = excluded.status, problem = excluded.problem, "
    f"detail = excluded.detail WHERE excluded.status = '{REPEATED}' AND set_aside.status <> '{TAKEN}'"
)


def _set_aside(
    connection: Connection,
    device: str,
    kept: Sequence[tuple[Judged, Receipt]],
    repeated: Mapping[str, str],
    received_at: int,
) -> None:
    rows = []
    for item, receipt in kept:
        found = ERASED_UNASKED() if item.forgotten else receipt.problem
        status = "forgotten" if item.forgotten else REPEATED if item.id in repeated else receipt.status
        rows.append(
            {
                "id": item.id,
                "device": device,
                "seq": item.seq,
                "digest": item.digest,
                "received_at": received_at,
                "status": status,
                "problem": found.number if found else "",
                "detail": found.detail if found else repeated.get(item.id, ""),
                "body": item.body,
            }
        )
    if rows:
        _check_allowance(connection, device, rows, received_at)
        connection.execute(_SET_ASIDE, rows)


class FullForTodayError(ProblemError):
    """HL4049: more of a device would be set aside than a day allows. seconds: until the next day begins."""

    def __init__(self, device: str, size: int, received_at: int) -> None:
        super().__init__(ALLOWANCE_EXCEEDED(detail=f"{device}: {size} byte, nhiều nhất {ALLOWANCE}"))
        self.seconds = (day_begins(received_at + _DAY) - received_at) // 1000


def _check_allowance(
    connection: Connection, device: str, rows: Sequence[dict[str, Any]], received_at: int
) -> None:
    """Return if the centre can keep these as well; raises FullForTodayError."""
    own = set_aside.c.device == device
    ids = [row["id"] for row in rows]
    query = select(set_aside.c.id, set_aside.c.digest).where(own, set_aside.c.id.in_(ids))
    there = {(row.id, bytes(row.digest)) for row in connection.execute(query)}
    fresh = {(row["id"], row["digest"]): len(row["body"]) for row in rows}
    more = sum(size for key, size in fresh.items() if key not in there)
    if not more:
        return
    today = set_aside.c.received_at >= day_begins(received_at)
    used = connection.execute(select(func.sum(func.length(set_aside.c.body))).where(own, today)).scalar() or 0
    if used + more > ALLOWANCE:
        raise FullForTodayError(device, used + more, received_at)


def _read_ledger(connection: Connection, device: str) -> tuple[Ranges, int]:
    """Which `seq` are stored and how many the device made, locked until the end of the transaction."""
    row = connection.execute(_LEDGER, {"asked": device}).one()
    return msgspec.json.decode(row.held, type=Ranges), row.made


_LEDGER = select(devices.c.held, devices.c.made).where(devices.c.id == bindparam("asked")).with_for_update()


def _update_ledger(
    connection: Connection,
    device: str,
    known: tuple[Ranges, int],
    batch: Sequence[Judged],
    received_at: int,
    *,
    cloned: bool,
) -> Ranges:
    """Store which `seq` arrived, and when. A refused one counts too, because its bytes are kept."""
    before, made_before = known
    held = union(before, to_ranges(item.seq for item in batch if item.seq))
    if len(held) > max(RANGES, len(before)):
        raise ProblemError(TOO_MANY_GAPS(where="seq", detail=f"{device}: hơn {RANGES} đoạn"))
    made = max(made_before, held[-1][1] if held else 0)
    changes: dict[str, Any] = {"seen_at": instant(received_at).isoformat()}
    if held != before or made != made_before:
        changes |= {"held": msgspec.json.encode(held).decode(), "made": made}
    if cloned:
        changes["cloned"] = 1
    connection.execute(update(devices).where(devices.c.id == device).values(changes))
    return held
