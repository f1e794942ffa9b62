"""Cases that have already been rated, at any terminal of the unit, so that no handover is rated twice.

A terminal knows what was rated on its own screen. The rest comes from here: in the configuration it fetches,
its unit's case list has the rated cases marked. The cases that a response rated are sealed in it
(contract/case_box.py); the serving process opens them in memory only, and writes them nowhere.

Promises:
- a terminal is given the key and the cases of its own unit, and of no other; a request with a token instead
  of a signature gets none;
- a case counts as rated where a device of its unit says so, whatever unit its tag names;
- what a device rated before it moved counts as rated in the unit it had then, and in no other;
- a forgotten response is announced no more, by any process, from the next configuration on;
- cases are in the order of their hashes, which reveals nothing.

Bodies are read once; later calls read only what has arrived since.
"""

import threading
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import msgspec
from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import ColumnElement, Connection, exists, func, select

from sync.central.office import corrections
from sync.central.office.keys.by_unit import decode_list, read_list
from sync.central.store.schema import device_moves, devices, responses, tombstones
from sync.contract.bundle import Case, Cases
from sync.contract.case_box import open_case
from sync.contract.ids import lowest_uuid7
from sync.contract.response import RATED, CaseHash

# PostgreSQL commits out of order: a row can become visible after one with a higher position was read.
OVERLAP = 5000
# Ids in one query.
CHUNK = 5000


class _Tag(Struct, frozen=True):
    cases: tuple[str, ...] = ()


class _Body(Struct, frozen=True):
    """The part of a response that is read here."""

    tag: _Tag | None = None


_decoder = msgspec.json.Decoder(_Body)


class _Say(Struct, frozen=True):
    """The cases that one response rated, and the day."""

    day: str
    cases: tuple[str, ...]


class Sources(Struct, frozen=True):
    """The devices that are or ever were in `unit`: the ones always there, and the ones that have moved."""

    unit: str
    settled: tuple[str, ...]
    moved: tuple[str, ...]


class _Known:
    """What was read so far from the responses of some devices. tombstone: the newest one at that time."""

    def __init__(self, sources: Sources, since: date) -> None:
        self.lock = threading.Lock()
        self.sources = sources
        self.since = since
        self.position: int | None = None
        self.tombstone = 0
        self.says: dict[str, _Say] = {}


class RatedCases:
    """The rated cases, in memory; may be asked from several threads.

    Args:
        keys: the private keys that open cases, see `Keys.case_keys`.

    """

    def __init__(self, keys: Sequence[bytes]) -> None:
        self._keys = tuple(keys)
        self._lock = threading.Lock()
        self._known: dict[str, _Known] = {}

    def of(self, connection: Connection, sources: Sources, since: date) -> list[str]:
        """Hashes of the cases that these devices rated there on `since` or later, in their own order."""
        with self._lock:
            known = self._known.get(sources.unit)
            if known is None or known.sources != sources or since < known.since:
                known = self._known[sources.unit] = _Known(sources, since)
        with known.lock:
            known.since = since
            self._read(connection, known)
            return sorted({case for say in known.says.values() for case in say.cases})

    def _read(self, connection: Connection, known: _Known) -> None:
        """Add what has arrived, and drop what is too old or was forgotten."""
        tombstone = connection.execute(select(func.max(tombstones.c.number))).scalar() or 0
        if tombstone != known.tombstone:
            here = _here(connection, list(known.says))
            known.says = {id: say for id, say in known.says.items() if id in here}
        last = connection.execute(select(func.max(responses.c.position))).scalar() or 0
        rows = connection.execute(
            select(responses.c.id, responses.c.day, responses.c.body).where(*_wanted(known))
        )
        for id, day, body in rows:
            if id not in known.says:
                tag = _decoder.decode(body).tag
                known.says[id] = _Say(day, self._opened(tag.cases if tag else ()))
        known.position, known.tombstone = last, tombstone
        first = known.since.isoformat()
        known.says = {id: say for id, say in known.says.items() if say.day >= first}

    def _opened(self, boxes: Sequence[str]) -> tuple[str, ...]:
        cases = (open_case(box, self._keys) for box in boxes)
        return tuple(case for case in cases if case is not None)


def _wanted(known: _Known) -> list[ColumnElement[bool]]:
    """The conditions for responses of these devices that may have arrived since the last reading."""
    # Ids begin with their time, so this reads a range of the index, not the whole table.
    conditions = [responses.c.id >= _lowest_id(known.since - timedelta(days=1))]
    if known.position is not None:
        conditions.append(responses.c.position > known.position - OVERLAP)
    sources = known.sources
    # A moved device names its old unit, and has its key, until it fetches the configuration of the new one.
    moved = responses.c.device.in_(sources.moved) & (responses.c.unit == sources.unit)
    return [
        *conditions,
        responses.c.device.in_(sources.settled) | moved,
        responses.c.tagged == 1,
        responses.c.outcome.in_(RATED),
    ]


def _here(connection: Connection, ids: Sequence[str]) -> set[str]:
    """The ids among these whose response is still stored."""
    chunks = (ids[first : first + CHUNK] for first in range(0, len(ids), CHUNK))
    queries = (select(responses.c.id).where(responses.c.id.in_(chunk)) for chunk in chunks)
    return {id for query in queries for id in connection.execute(query).scalars()}


def _lowest_id(day: date) -> str:
    """The smallest UUIDv7 of a day (UTC)."""
    return lowest_uuid7(datetime.combine(day, time(), UTC))


# --- what a terminal is given ------------------------------------------------------------------------


class MarkedList(Struct, frozen=True):
    """The parts of the list that a terminal is given, before they are decoded and joined.

    unit: whose list it is. text: its file. rated: hashes of the cases that were rated.
    """

    unit: str
    text: bytes
    rated: tuple[str, ...]

    def cases(self) -> Cases:
        """The key and the cases, those rated marked; raises ProblemError HL5002 for an unusable list."""
        stored = decode_list(self.text, self.unit)
        marked = mark_rated(stored.case, self.rated)
        return Cases(key=stored.key, case=tuple(sorted(marked, key=lambda case: case.case)))

    def by_applicant(self) -> dict[str, tuple[CaseHash, ...]]:
        """The cases on the list whose applicant is known, by the name of their file; empty ones left out.

        Raises ProblemError HL5002.
        """
        stored = decode_list(self.text, self.unit)
        files = {"organisations.json": stored.organisations, "citizens.json": stored.citizens}
        return {name: hashes for name, hashes in files.items() if hashes}


def list_for(
    connection: Connection, unit: str, *, keys: Path, rated: RatedCases, since: date
) -> MarkedList | None:
    """The list of `unit` with what was rated at its own devices; None if it has no list.

    keys: the folder of the centre's keys. Raises ProblemError HL5002 for a list that can't be used.
    """
    text = read_list(keys, unit)
    if text is None:
        return None
    return MarkedList(unit, text, tuple(rated.of(connection, _sources(connection, unit), since)))


def _sources(connection: Connection, unit: str) -> Sources:
    once = select(device_moves.c.device).where(device_moves.c.unit == unit)
    has_moved = exists().where(device_moves.c.device == devices.c.id)
    query = select(devices.c.id, has_moved.label("moved")).order_by(devices.c.id)
    here = (devices.c.unit == unit) | devices.c.id.in_(once)
    rows = connection.execute(query.where(here, devices.c.id != corrections.DEVICE)).all()
    settled, moved = (tuple(row.id for row in rows if row.moved == is_moved) for is_moved in (False, True))
    return Sources(unit, settled, moved)


def mark_rated(cases: Sequence[Case], rated: Sequence[str]) -> list[Case]:
    """`cases` with those in `rated` marked; rated ones that are on no list are added."""
    left = dict.fromkeys(rated)
    marked = [replace(case, rated=case.case in left) for case in cases]
    for case in marked:
        left.pop(case.case, None)
    return marked + [Case(case, rated=True) for case in left]
