"""What a person has to look at in the state of a centre: each point at its limit."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sync.central.office.condition import (
    BACKUP_AGE,
    CERTIFICATE_WARN,
    CHECK_AGE,
    DISK_ROOM,
    ERASURE_AGE,
    LAG_SECONDS,
    Backup,
    Condition,
    Disk,
    KeyState,
    LogState,
    Point,
    Waiting,
    concerns,
)
from sync.central.office.jobs import Failure
from sync.central.office.keys.offline import WARN
from sync.central.office.machine import Machine

NOW = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
GIGABYTE = 1_000_000_000
NOTHING = Waiting(0, None)


def key(**different: Any) -> KeyState:
    return KeyState(**{"id": "k", "use": "centre", "signs": True, "named": True, "until": None, **different})


def log(problem: str = "") -> LogState:
    return LogState(lines=7, digest="a" * 64, problem=problem, wrong=None, whole=True)


def machine(**different: Any) -> Machine:
    usual: dict[str, Any] = {
        "synchronized": True,
        "offset": timedelta(hours=7),
        "certificate": None,
        "exposed": (),
        "foreign": (),
    }
    return Machine(**{**usual, **different})


def points(**different: Any) -> list[Point]:
    """What needs a person in a centre that is well apart from this."""
    usual: dict[str, Any] = {
        "release": "0.2.0",
        "database": "SQLite 3",
        "database_bytes": GIGABYTE,
        "epoch": 1,
        "lag_seconds": 0.0,
        "disk": Disk(DISK_ROOM + GIGABYTE, 100 * GIGABYTE),
        "backup": Backup("central-20260301", NOW),
        "keys": (key(),),
        "log": log(),
        "aside": NOTHING,
        "erasures": NOTHING,
        "messages": NOTHING,
        "devices": (),
        "releases": {},
    }
    return [concern.point for concern in concerns(Condition(**{**usual, **different}), NOW)]


@pytest.mark.parametrize(
    ("just", "beyond", "point"),
    [
        (Backup("f", NOW - BACKUP_AGE), Backup("f", NOW - BACKUP_AGE - SECOND), Point.OLD_BACKUP),
        (Backup("f", NOW), None, Point.NO_BACKUP),
        (LAG_SECONDS, LAG_SECONDS + 1, Point.LAG),
        (Disk(DISK_ROOM + GIGABYTE, 0), Disk(DISK_ROOM + GIGABYTE - 1, 0), Point.DISK),
        ((key(until=NOW + WARN + SECOND),), (key(until=NOW + WARN),), Point.KEY_ENDS),
        ((), (key(until=NOW),), Point.KEY_ENDED),
        ((), (key(named=False),), Point.KEY_UNSIGNED),
        (log(), log("HL5041"), Point.LOG_WRONG),
    ],
)
def test_what_a_person_has_to_look_at_begins_beyond_its_limit(
    just: object, beyond: object, point: Point
) -> None:
    names = {
        Point.OLD_BACKUP: "backup",
        Point.NO_BACKUP: "backup",
        Point.LAG: "lag_seconds",
        Point.DISK: "disk",
        Point.LOG_WRONG: "log",
    }
    name = names.get(point, "keys")
    assert points(**{name: just}) == []
    assert points(**{name: beyond}) == [point]


@pytest.mark.parametrize(
    ("just", "beyond", "point"),
    [
        ({"synchronized": None}, {"synchronized": False}, Point.CLOCK),
        ({"offset": timedelta(hours=7)}, {"offset": timedelta(0)}, Point.ZONE),
        (
            {"certificate": NOW + CERTIFICATE_WARN + SECOND},
            {"certificate": NOW + CERTIFICATE_WARN},
            Point.CERTIFICATE_ENDS,
        ),
        ({"certificate": None}, {"certificate": NOW}, Point.CERTIFICATE_ENDED),
        ({"unanswered": False}, {"unanswered": True}, Point.UNANSWERED),
        ({"idle": False}, {"idle": True}, Point.IDLE),
        ({"exposed": ()}, {"exposed": ("/a/keys",)}, Point.EXPOSED),
        ({"foreign": ()}, {"foreign": ("/a/central.db",)}, Point.FOREIGN),
    ],
)
def test_what_is_known_of_the_machine_is_judged_and_what_is_not_known_is_not(
    just: dict[str, Any], beyond: dict[str, Any], point: Point
) -> None:
    assert points(machine=machine(**just)) == []
    assert points(machine=machine(**beyond)) == [point]
    assert points(machine=None) == []


def test_a_restore_is_tried_every_month_from_the_first_backup_on() -> None:
    late = NOW - CHECK_AGE - SECOND
    assert points(first_backup=NOW - CHECK_AGE) == []
    assert points(first_backup=late) == [Point.CHECK_OLD]
    assert points(first_backup=late, checked=Backup("f", NOW - CHECK_AGE)) == []
    assert points(first_backup=late, checked=Backup("f", late)) == [Point.CHECK_OLD]


def test_a_job_that_failed_needs_a_person_before_an_old_backup() -> None:
    old = Backup("f", NOW - BACKUP_AGE - SECOND)
    assert points(failures=(Failure("backup", NOW),), backup=old) == [Point.FAILED, Point.OLD_BACKUP]


def test_what_waits_needs_a_person_at_once_or_after_a_week() -> None:
    assert points(aside=Waiting(1, NOW)) == [Point.ASIDE]
    assert points(erasures=Waiting(4, NOW - ERASURE_AGE)) == []
    assert points(erasures=Waiting(4, NOW - ERASURE_AGE - SECOND)) == [Point.ERASURES]
    assert points(messages=Waiting(2, NOW)) == [Point.MESSAGES]


def test_the_most_urgent_comes_first() -> None:
    found = points(lag_seconds=99.0, backup=None, log=log("HL5008"), aside=Waiting(1, NOW))
    assert found == [Point.LOG_WRONG, Point.NO_BACKUP, Point.LAG, Point.ASIDE]
