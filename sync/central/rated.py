"""Which cases have had their say, at whatever terminal: so that no handover is rated twice.

A terminal knows what was rated on its own glass. Of the others of its unit it learns here: the configuration
it fetches carries the case list with these cases marked. Bodies are read once; later calls read what arrived
since.
"""

import threading
from datetime import UTC, date, datetime, time, timedelta

import msgspec
from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Connection, select

from sync.central.schema import responses
from sync.contract.bundle import Case, Cases, CentreSettings
from sync.contract.ids import lowest_uuid7

# Outcomes that are a say: the same ones a terminal counts by itself.
RATED = ("complete", "partial", "declined")
# PostgreSQL commits out of order: a row may become visible after one with a higher position was read.
OVERLAP = 5000


class _Tag(Struct, frozen=True):
    cases: tuple[str, ...] = ()


class _Body(Struct, frozen=True):
    """All of a response that matters here."""

    tag: _Tag | None = None


_decoder = msgspec.json.Decoder(_Body)


class RatedCases:
    """The rated cases by unit, in memory; may be asked from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._from: date | None = None
        self._last = 0
        self._days: dict[str, dict[str, str]] = {}

    def of(self, connection: Connection, unit: str, since: date) -> list[str]:
        """Hashes of the cases of `unit` that were rated on `since` or later, in their own order."""
        with self._lock:
            self._read(connection, since)
            days = self._days.get(unit, {})
            return sorted(case for case, day in days.items() if day >= since.isoformat())

    def _read(self, connection: Connection, since: date) -> None:
        query = select(responses.c.position, responses.c.unit, responses.c.day, responses.c.body)
        if self._from is None or since < self._from:
            # Ids begin with their time: a range of the index, not all of the table.
            self._from = since
            query = query.where(responses.c.id >= _lowest_id(since - timedelta(days=1)))
        else:
            query = query.where(responses.c.position > self._last - OVERLAP)
        query = query.where(responses.c.tagged == 1, responses.c.outcome.in_(RATED))
        for position, unit, day, body in connection.execute(query):
            self._last = max(self._last, position)
            tag = _decoder.decode(body).tag
            for case in tag.cases if tag else ():
                known = self._days.setdefault(unit, {})
                known[case] = max(day, known.get(case, ""))


def _lowest_id(day: date) -> str:
    """The smallest UUIDv7 of a day (UTC)."""
    return lowest_uuid7(datetime.combine(day, time(), UTC))


def mark_rated(cases: list[Case], rated: list[str]) -> list[Case]:
    """`cases` with those in `rated` marked; rated ones that are on no list are added."""
    left = dict.fromkeys(rated)
    marked = [replace(case, rated=case.case in left) for case in cases]
    for case in marked:
        left.pop(case.case, None)
    return marked + [Case(case, rated=True) for case in left]


def mark_in_bundle(
    files: dict[str, str], rated: RatedCases, connection: Connection, unit: str, today: date
) -> None:
    """Mark the rated cases of `unit` in a bundle's cases.json; nothing where the unit has no case key."""
    if "cases.json" not in files:
        return
    cases = msgspec.json.decode(files["cases.json"], type=Cases)
    if not cases.key:
        return
    settings = msgspec.toml.decode(files.get("settings.toml", ""), type=CentreSettings)
    since = today - timedelta(days=settings.repeat_days)
    marked = mark_rated(list(cases.case), rated.of(connection, unit, since))
    files["cases.json"] = msgspec.json.encode(replace(cases, case=tuple(marked))).decode()
