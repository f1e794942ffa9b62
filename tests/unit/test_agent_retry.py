"""What the agent makes of an answer, and how long it waits: pure, so no test waits."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nacl.signing import SigningKey

from sync.agent.loop import BEAT_AGAIN, STUCK_AGAIN, Loop
from sync.agent.pushing import Delivered, Idle, Step, Stuck
from sync.agent.retry import (
    FIRST_CEILING,
    LAST_CEILING,
    PAUSE,
    RETRY_AFTER_LIMIT,
    Verdict,
    backoff,
    pause,
    retry_after,
)
from sync.agent.sending import KEYS_LIMIT, Answer, Refused, Wire
from sync.contract.problem import Problem
from sync.contract.problem.agent import CENTRE_UNREACHABLE
from sync.contract.problem.terminal import STORAGE_FULL

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


@given(st.integers(1, 10_000), st.floats(0, 1, exclude_max=True))
def test_a_wait_is_anywhere_below_a_ceiling_that_doubles_up_to_a_limit(failures: int, chance: float) -> None:
    ceiling = min(LAST_CEILING, FIRST_CEILING * 2.0 ** min(failures - 1, 60))
    assert 0 <= backoff(failures, lambda: chance) <= ceiling
    assert backoff(failures, lambda: 0.5) == ceiling / 2


def test_what_retry_after_asks_for_is_kept_and_jitter_comes_on_top() -> None:
    assert backoff(1, lambda: 0.0, at_least=30) == 30
    assert backoff(1, lambda: 0.9, at_least=30) > 30


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, 0),
        ("", 0),
        ("7", 7),
        ("-5", 0),
        ("soon", 0),
        ("1.5", 0),
        ("٣", 0),
        ("9" * 400, RETRY_AFTER_LIMIT),
        (format_datetime(NOW + timedelta(seconds=90)), 90),
        (format_datetime(NOW - timedelta(days=9)), 0),
        (format_datetime(NOW + timedelta(days=9)), RETRY_AFTER_LIMIT),
        ("Wed, 99 Foo 2026 00:00:00 GMT", 0),
    ],
)
def test_nonsense_in_retry_after_is_bounded(header: str | None, seconds: float) -> None:
    assert retry_after(header, NOW) == seconds


@given(st.text(max_size=60))
def test_no_retry_after_brings_the_agent_down(header: str) -> None:
    assert 0 <= retry_after(header, NOW) <= RETRY_AFTER_LIMIT


# --- the loop, with time in hand ----------------------------------------------------------------------------


class Time:
    """A clock that stands still but for the waits, which it writes down."""

    def __init__(self, until: float) -> None:
        self.now = 0.0
        self.waits: list[float] = []
        self._until = until

    def wait(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += seconds

    def told(self) -> bool:
        return self.now >= self._until


class Script:
    """A pusher whose steps are written down beforehand."""

    def __init__(self, *steps: Step) -> None:
        self._steps = list(steps)

    def step(self) -> Step:
        return self._steps.pop(0) if self._steps else Idle()


def loop(script: Script, time: Time, **options: object) -> Loop:
    settings = {"random": lambda: 0.5, "poll": 1.0, **options}
    return Loop(
        script,  # type: ignore[arg-type]
        wait=time.wait,
        told=time.told,
        monotonic=lambda: time.now,
        **settings,  # type: ignore[arg-type]
    )


def refused(verdict: Verdict, after: float = 0.0) -> Refused:
    return Refused(CENTRE_UNREACHABLE(), verdict, after)


def test_failures_wait_longer_each_time_and_a_success_starts_over() -> None:
    time = Time(until=12)
    again = refused(Verdict.AGAIN)
    loop(Script(again, again, again, Delivered(1), again), time).run()
    assert time.waits[:4] == [0.5, 1.0, 2.0, 0.5]


def test_a_refused_key_makes_it_pause_for_minutes_not_for_ever() -> None:
    time = Time(until=1000)
    loop(Script(refused(Verdict.PAUSE)), time).run()
    assert time.waits[0] == pause(lambda: 0.5)
    assert PAUSE / 2 <= time.waits[0] <= PAUSE


def test_no_wait_is_longer_than_the_watchdog_allows() -> None:
    time = Time(until=1000)
    signs: list[float] = []
    options = {"alive": lambda: signs.append(time.now), "alive_every": 60.0}
    loop(Script(refused(Verdict.PAUSE, 900.0)), time, **options).run()
    assert max(later - sooner for sooner, later in pairwise(signs)) <= 60


class Beats:
    """Records when heartbeats were sent; those of these numbers fail."""

    def __init__(self, time: Time, *fails: int) -> None:
        self._time = time
        self._fails = fails
        self.at: list[float] = []

    def __call__(self) -> Problem | None:
        self.at.append(self._time.now)
        return CENTRE_UNREACHABLE() if len(self.at) in self._fails else None


def test_a_heartbeat_that_failed_is_tried_again_soon_and_then_at_its_interval() -> None:
    time = Time(until=400)
    beats = Beats(time, 1, 2)
    loop(Script(), time, beat=beats, beat_every=100.0).run()
    soon = 0.9 * BEAT_AGAIN
    assert beats.at == pytest.approx([0.0, soon, soon + 90, soon + 180, soon + 270, soon + 360])


@pytest.mark.parametrize("random", [0.0, 0.5, 0.999])
def test_two_heartbeats_are_never_further_apart_than_their_interval(random: float) -> None:
    time = Time(until=3600)
    beats = Beats(time)
    steps = [refused(Verdict.PAUSE, 900.0), refused(Verdict.AGAIN, 300.0)]  # waits of batches, not of these
    loop(Script(*steps), time, beat=beats, beat_every=60.0, random=lambda: random).run()
    apart = [later - sooner for sooner, later in pairwise(beats.at)]
    assert apart == pytest.approx([60 * (0.8 + 0.2 * random)] * len(apart))


def test_news_in_the_answer_to_a_batch_brings_the_heartbeat_at_once() -> None:
    time = Time(until=50)
    beats = Beats(time)
    news = [False, True]
    idle = [Idle()] * 30
    loop(Script(*idle), time, beat=beats, beat_every=40.0, is_news=lambda: bool(news) and news.pop(0)).run()
    assert beats.at == pytest.approx([0.0, 2.0, 38.0])


def test_a_batch_that_was_refused_is_not_sent_again_sooner_because_of_heartbeats() -> None:
    time = Time(until=100)
    sent: list[float] = []

    class Refusing(Script):
        def step(self) -> Step:
            sent.append(time.now)
            return refused(Verdict.AGAIN, 45.0)

    loop(Refusing(), time, beat=Beats(time), beat_every=10.0).run()
    assert sent == pytest.approx([0.0, 45.5, 91.5])


def test_draining_gives_up_after_so_many_failures_in_a_row() -> None:
    again = refused(Verdict.AGAIN)
    done: list[int] = []
    assert loop(Script(Delivered(5), again, again, Delivered(2)), Time(1000)).drain(done.append, 3)
    assert done == [5, 2]
    assert not loop(Script(again, again, again), Time(1000)).drain(done.append, 3)


def test_draining_asks_first_whom_to_believe() -> None:
    order: list[str] = []

    class Told(Script):
        def step(self) -> Step:
            order.append("step")
            return super().step()

    def beat() -> None:
        order.append("beat")

    assert loop(Told(Delivered(1)), Time(1000), beat=beat).drain(lambda _: None, 3)
    assert order == ["beat", "step", "step"]


# --- a disk that stands in the way --------------------------------------------------------------------------


def test_a_full_disk_is_told_once_and_tried_again_soon_and_told_when_it_is_over() -> None:
    time = Time(until=30)
    told: list[Problem | None] = []
    full = Stuck(STORAGE_FULL())
    loop(Script(full, full, full, Delivered(1), full), time, report=told.append).run()
    assert time.waits[:3] == [STUCK_AGAIN] * 3
    assert told == [full.problem, None, full.problem, None]


def test_draining_ends_where_the_disk_stands_in_the_way_or_keeps_something_back() -> None:
    assert not loop(Script(Delivered(1), Stuck(STORAGE_FULL())), Time(1000)).drain(lambda _: None, 3)
    assert not loop(Script(Delivered(1), Idle(postponed=2)), Time(1000)).drain(lambda _: None, 3)


# --- a line that breaks off ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "broke_off"),
    [
        (httpx.ConnectError("refused"), False),
        (httpx.ConnectTimeout("nobody there"), False),
        (httpx.ReadTimeout("silence"), True),
        (httpx.WriteTimeout("full"), True),
        (httpx.RemoteProtocolError("cut"), True),
        (httpx.Response(408), True),
        (httpx.Response(503), False),
    ],
)
def test_only_what_was_on_its_way_asks_for_smaller_batches(
    fault: httpx.HTTPError | httpx.Response, broke_off: bool
) -> None:
    def answer(_: httpx.Request) -> httpx.Response:
        if isinstance(fault, httpx.HTTPError):
            raise fault
        return httpx.Response(fault.status_code, stream=httpx.ByteStream(b""))

    wire = Wire(httpx.Client(transport=httpx.MockTransport(answer)), lambda: NOW)
    key = SigningKey(bytes(32))
    found = wire.ask("POST", "http://centre/", b"", key=key, key_id="kiosk-1", trusted=lambda _: {})
    assert isinstance(found, Refused)
    assert (found.broke_off, found.verdict) == (broke_off, Verdict.AGAIN)


# --- an answer that drips -----------------------------------------------------------------------------------


class Dripping(httpx.SyncByteStream):
    """So many bytes at a time, with so many seconds between them, and no end for very long."""

    def __init__(self, time: Time, *, size: int, seconds: float, pieces: int = 100_000) -> None:
        self.time = time
        self.size = size
        self.seconds = seconds
        self.left = pieces

    def __iter__(self) -> Iterator[bytes]:
        while self.left:
            self.left -= 1
            self.time.now += self.seconds
            yield bytes(self.size)


def fetched(body: Dripping, most: int = KEYS_LIMIT) -> Answer | Refused:
    network = httpx.MockTransport(lambda _: httpx.Response(200, stream=body))
    client = httpx.Client(transport=network, base_url="http://centre")
    wire = Wire(client, lambda: NOW, patience=30.0, monotonic=lambda: body.time.now)
    return wire.fetch("/v1/keys", most)


def test_whoever_answers_byte_by_byte_does_not_hold_the_device() -> None:
    time = Time(0)
    found = fetched(Dripping(time, size=1, seconds=0.2))
    assert isinstance(found, Refused)
    assert found.problem.detail == "ReadTimeout"
    assert time.now < 31


def test_an_answer_may_take_long_on_a_line_that_is_slow_but_steady() -> None:
    time = Time(0)
    found = fetched(Dripping(time, size=70, seconds=0.1, pieces=3000))  # 8 kbit/s, a third of it lost
    assert isinstance(found, Answer)
    assert time.now > 290


def test_more_than_all_key_lists_is_not_taken_from_a_stranger() -> None:
    body = Dripping(Time(0), size=16 * 1024, seconds=0.0)
    found = fetched(body)
    assert isinstance(found, Refused)
    assert (found.problem.detail, 100_000 - body.left) == ("DecodingError", 17)
