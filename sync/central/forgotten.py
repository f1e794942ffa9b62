"""Tombstones: which device is asked to erase which response, and whether it has done so.

A response that is forgotten here leaves a tombstone for the device it came from; where that is not known (it
has not arrived yet) for all of them. What a correction made came from no device, and leaves none. Devices
ask for theirs as soon as a heartbeat's answer says that there are new ones, erase, and say with a later
heartbeat up to which number everything is erased.

Promises:
- tombstones are numbered in the order in which they become visible: a device that has asked for those
  behind a number misses none;
- each is signed when it is given out, by the key that signs then: a key that is changed or revoked leaves
  no tombstone behind that nobody believes;
- one that a person withdraws is given out no more; its number stays taken, so that no device misses one;
- an entry that no device could read is passed over: it keeps nobody from the others;
- a centre that was restored from a backup of before a response was forgotten is told so by the device
  (`removal.take_back`): it believes its own signature, and nothing else, and removes the response again.
  What nobody hands back, such as the responses of a device that is no longer there, has to be forgotten
  once more: the audit log of the database that was replaced names it.
"""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct
from nacl.signing import SigningKey
from sqlalchemy import ColumnElement, Connection, delete, func, insert, or_, select, true, update

from sync.central import audit, corrections
from sync.central.database import one_at_a_time
from sync.central.intake.ingest import TAKEN
from sync.central.schema import devices, gone, responses, set_aside, tombstones
from sync.contract.forgetting import LIMIT, Tombstone, make_tombstone
from sync.contract.ids import is_response_id
from sync.contract.problem import ProblemError, problem


class Erasure(Struct, frozen=True):
    """One tombstone. device: "" for all. done, wanted: devices that have erased it, and that are asked.

    withdrawn: when a person took it back; "" while it holds.
    """

    number: int
    id: str
    device: str
    at: str
    done: int
    wanted: int
    withdrawn: str


def ask(connection: Connection, ids: Sequence[str], now: datetime) -> None:
    """Leave tombstones for these responses, before they are removed in the same write transaction."""
    one_at_a_time(connection)
    asked = select(tombstones.c.id).where(tombstones.c.id.in_(ids), tombstones.c.withdrawn_at.is_(None))
    known = set(connection.execute(asked).scalars())
    owners: dict[str, str] = {}
    # Last of all what was taken: its response is in a ledger of the centre's own.
    taken = set_aside.c.status == TAKEN
    for table, which in ((set_aside, ~taken), (responses, true()), (set_aside, taken)):
        rows = connection.execute(select(table.c.id, table.c.device).where(table.c.id.in_(ids), which))
        owners.update({row.id: row.device for row in rows})
    last = connection.execute(select(func.max(tombstones.c.number))).scalar() or 0
    new = [id for id in ids if id not in known and owners.get(id) != corrections.DEVICE]
    connection.execute(delete(tombstones).where(tombstones.c.id.in_(new)))  # withdrawn ones: asked anew
    for number, id in enumerate(new, last + 1):
        connection.execute(
            insert(tombstones).values(number=number, id=id, device=owners.get(id), at=now.isoformat())
        )


def withdraw(connection: Connection, *, id: str, reason: str, now: datetime, who: str) -> None:
    """Ask no device any more to erase this response, and take it if it is sent again.

    A tablet that has erased it already can't bring it back. Raises ProblemError HL5012 where nobody asked.
    """
    one_at_a_time(connection)
    asked = (tombstones.c.id == id) & tombstones.c.withdrawn_at.is_(None)
    withdrawn = update(tombstones).where(asked).values(withdrawn_at=now.isoformat())
    if connection.execute(withdrawn).rowcount == 0:
        detail = f"không có yêu cầu xóa nào cho '{id}'; xem `hailong-central erasures`"
        raise ProblemError(problem("HL5012", where="response", detail=detail))
    connection.execute(delete(gone).where(gone.c.id == id, gone.c.reason == "forgotten"))
    audit.record(connection, now=now, who=who, act="forget-withdraw", subject=id, detail=reason)


def newest(connection: Connection, device: str) -> int:
    """The number of the newest tombstone for this device, 0 without any."""
    query = select(func.max(tombstones.c.number)).where(_for(device))
    return connection.execute(query).scalar() or 0


def behind(
    connection: Connection, device: str, after: int, key_id: str, key: SigningKey
) -> tuple[int, tuple[Tombstone, ...]]:
    """The tombstones for this device behind number `after`, signed now, and the number of the last."""
    query = select(tombstones).where(_for(device), tombstones.c.number > after)
    rows = connection.execute(query.order_by(tombstones.c.number).limit(LIMIT)).all()
    through = rows[-1].number if rows else min(after, newest(connection, device))
    return through, tuple(make_tombstone(row.id, key_id, key) for row in rows if is_response_id(row.id))


def list_erasures(connection: Connection) -> list[Erasure]:
    """Every tombstone, and how far the devices are with it."""
    query = select(devices.c.id, devices.c.erased).where(
        devices.c.public_key.is_not(None), devices.c.state == "active"
    )
    erased = {row.id: row.erased for row in connection.execute(query)}
    found = []
    for row in connection.execute(select(tombstones).order_by(tombstones.c.number)):
        asked = [row.device] if row.device else list(erased)
        done = sum(erased.get(device, 0) >= row.number for device in asked)
        withdrawn = row.withdrawn_at or ""
        found.append(Erasure(row.number, row.id, row.device or "", row.at, done, len(asked), withdrawn))
    return found


def _for(device: str) -> ColumnElement[bool]:
    return or_(tombstones.c.device == device, tombstones.c.device.is_(None)) & tombstones.c.withdrawn_at.is_(
        None
    )
