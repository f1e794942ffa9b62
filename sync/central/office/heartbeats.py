"""What a device reports about itself every minute, and the answer it gets."""

from datetime import datetime

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, select, update

from sync.central.office import erasure_list
from sync.central.office.configuration.versions import believed
from sync.central.office.set_aside import aside_of
from sync.central.store.schema import devices
from sync.contract.heartbeat import Heartbeat
from sync.contract.ranges import Ranges


class Standing(Struct, frozen=True, kw_only=True):
    """What the centre knows of a device.

    made: responses it has made. held: which `seq` are here. aside: which of them are set aside.
    tombstone: the number of its newest tombstone.
    """

    made: int
    held: Ranges
    aside: Ranges
    tombstone: int


def take_in(
    connection: Connection, device: str, beat: Heartbeat, *, newest: int, epoch: int, now: datetime
) -> Standing:
    """Store a device's heartbeat in the open write transaction.

    newest: the version of its unit's configuration. epoch: the centre's.
    """
    key = devices.c.id == device
    row = connection.execute(
        select(devices.c.made, devices.c.held, devices.c.erased, devices.c.bundle, devices.c.lags_since)
        .where(key)
        .with_for_update()
    ).one()
    tombstone = erasure_list.newest(connection, device)
    # A number of another epoch counts other tombstones; one above the newest tombstone can't be right.
    said = beat.erased if beat.epoch == epoch else 0
    erased = min(max(row.erased, said), tombstone)
    made = max(row.made, beat.made)
    connection.execute(
        update(devices)
        .where(key)
        .values(
            seen_at=now.isoformat(),
            made=made,
            erased=erased,
            heartbeat=msgspec.json.encode(beat).decode(),
            heartbeat_at=now.isoformat(),
            bundle=row.bundle if beat.bundle == row.bundle else believed(connection, beat.bundle),
            lags_since=None if beat.bundle >= newest else row.lags_since or now.isoformat(),
        )
    )
    if erased > row.erased:
        erasure_list.let_go(connection)
    return Standing(
        made=made,
        held=msgspec.json.decode(row.held, type=Ranges),
        aside=aside_of(connection, device),
        tombstone=tombstone,
    )
