"""Tombstones: which device is asked to erase which response, and whether it has done so.

A response that is forgotten here leaves a tombstone for the device it came from; if the device is not known
(the response has not arrived yet), for all devices. A correction came from no device, and leaves none. A
heartbeat's answer announces new tombstones; the device fetches and erases them, and a later heartbeat reports
the number up to which everything is erased.

Promises:
- tombstones are numbered in the order in which they become visible: a device that asks for those after a
  number misses none;
- each is signed when it is given out, by the key that signs then: changing or revoking a key leaves no
  tombstone that devices would refuse;
- one that a person withdraws is no longer given out; its number is not used again, so no device misses one;
- an entry that no device could read is skipped: it does not block the others;
- once every device that is asked has reported the response as erased, the tombstone keeps only a digest of
  its id (response_digest.py) and the day of the request: neither the moment of the response nor its device;
- the same applies to a tombstone that was withdrawn, to one of a device that has no key and so can't ask, and
  to one that has reached the retention of a response without a plan;
- the audit log names the response by that digest;
- if a centre is restored from a backup older than a removal, the device gives the tombstone back
  (`removal.take_back`): the centre checks its own signature on it, and removes the response again. A response
  whose tombstone no device gives back has to be forgotten again by a person: the audit log of the replaced
  database has its digest, and `forget` accepts that too.

A tablet that is reset to a state before it erased something, after it had reported the erasure, is not asked
again: what it sends is refused, and its own copy is deleted after its retention.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from msgspec import Struct
from nacl.signing import SigningKey
from sqlalchemy import ColumnElement, Connection, Row, delete, func, insert, or_, select, true, update

from sync.central.intake.ingest import TAKEN
from sync.central.intake.own_devices import OWN_LEDGERS
from sync.central.office.audit.acts import Act
from sync.central.store.database import one_at_a_time
from sync.central.store.response_digest import digest_of, is_digest
from sync.central.store.schema import devices, gone, responses, set_aside, tombstones
from sync.contract.ids import is_response_id
from sync.contract.masking import mask_digits
from sync.contract.problem import ProblemError
from sync.contract.problem.centre import RESPONSE_UNKNOWN
from sync.contract.tombstones import LIMIT, Tombstone, make_tombstone


class Erasure(Struct, frozen=True):
    """One tombstone. digest: of the response's id. device: "" for all devices, or if it is no longer kept.

    done, wanted: how many devices have erased it, and how many are asked. open: whether the id is still kept.
    withdrawn: when a person withdrew it; "" while it is in force.
    """

    number: int
    digest: str
    device: str
    at: str
    done: int
    wanted: int
    open: bool
    withdrawn: str


def ask(connection: Connection, ids: Sequence[str], now: datetime) -> None:
    """Leave tombstones for these responses, before they are removed in the same write transaction."""
    one_at_a_time(connection)
    digests = {id: digest_of(id) for id in ids}
    these = tombstones.c.digest.in_(digests.values())
    asked = select(tombstones.c.digest).where(these, tombstones.c.withdrawn_at.is_(None))
    known = set(connection.execute(asked).scalars())
    owners: dict[str, str] = {}
    # TAKEN rows come last, so that their device wins: the stored response is in one of the centre's ledgers.
    taken = set_aside.c.status == TAKEN
    for table, which in ((set_aside, ~taken), (responses, true()), (set_aside, taken)):
        rows = connection.execute(select(table.c.id, table.c.device).where(table.c.id.in_(ids), which))
        owners.update({row.id: row.device for row in rows})
    last = connection.execute(select(func.max(tombstones.c.number))).scalar() or 0
    new = [id for id in ids if digests[id] not in known and not owners.get(id, "").startswith(OWN_LEDGERS)]
    anew = tombstones.c.digest.in_([digests[id] for id in new])
    connection.execute(delete(tombstones).where(anew))  # withdrawn ones
    for number, id in enumerate(new, last + 1):
        row = {"number": number, "digest": digests[id], "id": id, "device": owners.get(id)}
        connection.execute(insert(tombstones).values(**row, at=now.isoformat()))


def withdraw(act: Act, *, id: str, reason: str) -> None:
    """Stop asking devices to erase this response, and accept it if it is sent again.

    id: or its digest. A tablet that has erased it already can't restore it.
    Raises ProblemError HL5012 if no erasure was asked for.
    """
    connection = act.connection
    one_at_a_time(connection)
    digest = id if is_digest(id) else digest_of(id)
    asked = (tombstones.c.digest == digest) & tombstones.c.withdrawn_at.is_(None)
    withdrawn = update(tombstones).where(asked).values(withdrawn_at=act.now.isoformat(), id=None, device=None)
    if connection.execute(withdrawn).rowcount == 0:
        detail = f"không có yêu cầu xóa nào cho '{id}'; xem `hailong-central erasures`"
        raise ProblemError(RESPONSE_UNKNOWN(where="response", detail=detail))
    connection.execute(delete(gone).where(gone.c.digest == digest, gone.c.reason == "forgotten"))
    act.note("forget-withdraw", digest, mask_digits(reason))


def newest(connection: Connection, device: str) -> int:
    """The number of the newest tombstone for this device, 0 if there is none; at least what it has erased."""
    asked = select(func.max(tombstones.c.number)).where(_for(device))
    erased = select(devices.c.erased).where(devices.c.id == device)
    return max(connection.execute(query).scalar() or 0 for query in (asked, erased))


def behind(
    connection: Connection, device: str, after: int, key_id: str, key: SigningKey
) -> tuple[int, tuple[Tombstone, ...]]:
    """The tombstones for this device after number `after`, signed now, and the number of the last."""
    query = select(tombstones).where(_for(device), tombstones.c.number > after)
    rows = connection.execute(query.order_by(tombstones.c.number).limit(LIMIT)).all()
    through = rows[-1].number if rows else newest(connection, device)
    return through, tuple(make_tombstone(row.id, key_id, key) for row in rows if is_response_id(row.id))


def list_erasures(connection: Connection) -> list[Erasure]:
    """Every tombstone, and the devices' progress with it."""
    erased = _erased(connection)
    erasures = []
    for row in connection.execute(select(tombstones).order_by(tombstones.c.number)):
        done, wanted = _progress(row, erased) if row.done is None else (row.done, row.wanted)
        erasures.append(
            Erasure(
                number=row.number,
                digest=row.digest,
                device=row.device or "",
                at=row.at,
                done=done,
                wanted=wanted,
                open=row.id is not None,
                withdrawn=row.withdrawn_at or "",
            )
        )
    return erasures


def waiting_for(connection: Connection, device: str) -> int:
    """How many responses this device is asked to erase and has not reported as erased."""
    erased = select(devices.c.erased).where(devices.c.id == device).scalar_subquery()
    query = select(func.count()).select_from(tombstones).where(_for(device), tombstones.c.number > erased)
    return int(connection.execute(query).scalar_one())


def let_go(connection: Connection, *, asked_before: date | None = None) -> None:
    """Drop ids that are no longer needed: all devices that are asked have erased, or none can ask.

    asked_before: ids of requests made before this day are dropped in any case.
    """
    erased = _erased(connection)
    for row in connection.execute(select(tombstones).where(tombstones.c.id.is_not(None))).all():
        done, wanted = _progress(row, erased)
        late = asked_before is not None and row.at < asked_before.isoformat()
        # A tombstone for all devices is kept until there is at least one device to ask.
        if late or (done == wanted and (wanted or row.device)):
            still = (tombstones.c.number == row.number) & tombstones.c.id.is_not(None)
            kept = {"id": None, "device": None, "at": row.at[:10], "done": done, "wanted": wanted}
            connection.execute(update(tombstones).where(still).values(kept))


def _erased(connection: Connection) -> dict[str, tuple[bool, int]]:
    """For every device with a key: whether it is trusted, and the number up to which it has erased."""
    query = select(devices.c.id, devices.c.state, devices.c.erased).where(devices.c.public_key.is_not(None))
    return {row.id: (row.state == "active", row.erased) for row in connection.execute(query)}


def _progress(row: Row[Any], erased: dict[str, tuple[bool, int]]) -> tuple[int, int]:
    """How many devices have erased the response of this tombstone, and how many are asked."""
    if row.device:
        asked = [row.device] if row.device in erased else []
    else:
        asked = [device for device, (active, _) in erased.items() if active]
    done = sum(active and number >= row.number for active, number in map(erased.__getitem__, asked))
    return done, len(asked)


def _for(device: str) -> ColumnElement[bool]:
    whose = or_(tombstones.c.device == device, tombstones.c.device.is_(None))
    return whose & tombstones.c.withdrawn_at.is_(None) & tombstones.c.id.is_not(None)
