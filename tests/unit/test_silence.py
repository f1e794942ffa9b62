"""Which devices are silent, and whether a whole unit is: minute by minute, as the watcher looks."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from sync.central.duties.silence import Machine, over, silences
from sync.central.office.alerts.alarms import Ended, Silence
from sync.contract.plan import VIET_NAM

START = datetime(2026, 3, 2, 10, 0, tzinfo=VIET_NAM)
LIMIT = timedelta(minutes=30)


class Watching:
    """A watcher that keeps what it raised. beats: the minutes in which each device sends something."""

    def __init__(self, beats: Mapping[str, Iterable[int]], *, unit: str = "xa-1") -> None:
        self.beats = {device: sorted({0, *minutes}) for device, minutes in beats.items()}
        self.unit = unit
        self.known: list[Silence] = []
        self.raised: list[tuple[int, str, str]] = []
        self.ended: list[tuple[int, str]] = []

    def look(self, minute: int, resting: Iterable[str] = ()) -> None:
        now = START + timedelta(minutes=minute)
        machines = [
            Machine(
                id=device,
                unit=self.unit,
                heard=START + timedelta(minutes=max(at for at in minutes if at <= minute)),
                limit=LIMIT,
                rests=device in set(resting),
            )
            for device, minutes in self.beats.items()
        ]
        alarms = list(silences(machines, self.known, now))
        self.raised += [(minute, alarm.kind, alarm.subject) for alarm in alarms]
        self.known += [
            Silence(
                id=alarm.id,
                kind=alarm.kind,
                subject=alarm.subject,
                since=alarm.since,
                open=True,
                ended=False,
            )
            for alarm in alarms
        ]
        done = {heard.id for heard in over(machines, self.known)}
        self.ended += [(minute, each.subject) for each in self.known if each.id in done]
        self.known = [
            Silence(
                id=each.id,
                kind=each.kind,
                subject=each.subject,
                since=each.since,
                open=each.open and each.id not in done,
                ended=each.ended or each.id in done,
            )
            for each in self.known
        ]

    def until(self, minutes: int) -> "Watching":
        for minute in range(minutes):
            self.look(minute)
        return self


def test_a_device_is_silent_once_and_again_after_it_was_heard() -> None:
    watching = Watching({"may-1": [60], "may-2": range(200)}).until(200)
    assert watching.raised == [(31, "silent", "may-1"), (91, "silent", "may-1")]
    assert watching.ended == [(60, "may-1")]


def test_where_all_devices_of_a_unit_fall_silent_its_unit_is_named_once_and_none_of_them() -> None:
    watching = Watching({"may-1": range(10), "may-2": range(13), "may-3": range(6)}).until(200)
    assert watching.raised == [(43, "silent-unit", "xa-1")]
    assert watching.ended == []


def test_a_device_alone_is_named_only_when_another_one_of_its_unit_was_heard_well_after_it() -> None:
    # may-1 falls silent after minute 9; may-2 is still heard in minute 40.
    assert Watching({"may-1": range(10), "may-2": range(41)}).until(45).raised == [(40, "silent", "may-1")]


def test_who_is_still_silent_when_another_one_of_its_unit_is_heard_again_is_named_alone() -> None:
    watching = Watching({"may-1": [0, *range(60, 200)], "may-2": [0], "may-3": [2]}).until(100)
    assert watching.raised == [
        (33, "silent-unit", "xa-1"),
        (61, "silent", "may-2"),
        (61, "silent", "may-3"),
    ]
    assert watching.ended == [(60, "xa-1")]


def test_a_device_that_was_closed_by_a_person_or_is_known_from_before_a_restore_is_not_raised_again() -> None:
    watching = Watching({"may-1": [0]})
    after = START + timedelta(minutes=5)  # the restored database knows an older sign of life
    watching.known = [Silence(id="a", kind="silent", subject="may-1", since=after, open=False, ended=False)]
    assert watching.until(100).raised == []


def test_a_device_that_rests_or_whose_unit_wants_no_alert_is_not_raised() -> None:
    watching = Watching({"may-1": [0], "may-2": [0]})
    for minute in range(100):
        watching.look(minute, resting=["may-1", "may-2"])
    assert watching.raised == []
    nobody = Machine(id="may-3", unit="xa-1", heard=START, limit=None)
    assert list(silences([nobody], [], START + timedelta(days=2))) == []


def test_an_alert_about_a_device_that_is_not_used_any_more_is_over() -> None:
    known = Silence(id="a", kind="silent", subject="may-1", since=START, open=True, ended=False)
    assert list(over([], [known])) == [Ended("a", "unused")]
    of_unit = replace(known, kind="silent-unit", subject="xa-1")
    moved = Machine(id="may-1", unit="xa-2", heard=START + LIMIT, limit=LIMIT)
    assert list(over([moved], [known, of_unit])) == [Ended("a", "recovered"), Ended("a", "unused")]


BEATS = st.dictionaries(
    st.sampled_from(["may-1", "may-2", "may-3"]), st.sets(st.integers(0, 120), max_size=40), min_size=1
)


@given(BEATS, st.sets(st.integers(0, 150)))
def test_every_silence_is_raised_and_none_twice_whichever_minutes_are_looked_at(
    beats: dict[str, set[int]], skipped: set[int]
) -> None:
    watching = Watching(beats)
    for minute in range(200):
        if minute not in skipped:
            watching.look(minute)
    for device, minutes in watching.beats.items():
        last = max(minutes)
        named = [each for each in watching.known if each.subject in (device, "xa-1") and each.open]
        assert named, device
        assert all(each.since >= START + timedelta(minutes=last) for each in named)
    episodes = [each.id for each in watching.known]
    assert len(episodes) == len(set(episodes))
