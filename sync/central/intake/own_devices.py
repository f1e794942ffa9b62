"""Devices of the centre that number responses of their own: gapless, in the transaction that stores them.

A source without a terminal (citizens' phones of a unit, a keying desk) is a device like any other, so its
responses are judged, counted, pulled and receipted by the same rules. Its numbers are given here, while its
row is locked: a transaction that is undone leaves no gap.
"""

import hashlib

from sqlalchemy import Connection, select, text

from sync.central.store.locks import Lock, hold
from sync.central.store.schema import devices

# Ledgers of the centre itself have names that begin so; they are sources of responses, but no terminals.
OWN_LEDGERS = "centre-"
PHONES = f"{OWN_LEDGERS}phone-"
INTERVIEWS = f"{OWN_LEDGERS}interview-"
_LONGEST = 64
_NEW = text(
    "INSERT INTO devices (id, kind, unit, counter) VALUES (:id, :kind, :unit, '') ON CONFLICT DO NOTHING"
)


def own_device(kind: str, unit: str) -> str:
    """The id of the centre's device of this kind in a unit; the prefix is no device's of a catalogue."""
    name = f"{OWN_LEDGERS}{kind}-{unit}"
    if len(name) <= _LONGEST:
        return name
    return f"{OWN_LEDGERS}{kind}-{hashlib.sha256(unit.encode()).hexdigest()[:32]}"


def next_number(connection: Connection, device: str, *, kind: str, unit: str) -> int:
    """The number of the device's next response, which this transaction has to store.

    The device is made if there is none yet, and its row stays locked until the commit. LINE comes before the
    row, see locks.py: an answer from a phone holds LINE alone, and waits for the same row.
    """
    hold(connection, Lock.LINE, shared=True)
    connection.execute(_NEW, {"id": device, "kind": kind, "unit": unit})
    made = select(devices.c.made).where(devices.c.id == device).with_for_update()
    return int(connection.execute(made).scalar_one()) + 1
