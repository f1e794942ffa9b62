"""When a visit really ended if its tablet's clock was wrong, and which day that is in Viet Nam. Pure.

The time that the tablet wrote is never changed. Figures count a response on `responses.day`: the day in Viet
Nam of `finished_at` plus `responses.clock_offset` seconds, which is computed here when the response arrives:

    same start of the machine     exact: response and request both name it and how long it has run
    another start                 the clock's error now, if the visit fits that clock better
    before 2000, or a year ahead  the day it arrived: nothing better is known
    keyed in by a person          the time that was typed

A difference of two minutes or less is not corrected: requests take some time.
"""

from datetime import datetime

from msgspec import Struct

from sync.contract.moments import day_at
from sync.contract.plan import VIET_NAM
from sync.contract.response import Response

TOLERANCE = 120_000  # milliseconds
EARLIEST = 946_684_800_000  # 2000-01-01: an earlier time means a clock that was never set
AHEAD = 366 * 86_400_000


class TabletClock(Struct, frozen=True):
    """What a request shows of its tablet's clock. Times in milliseconds.

    received: when its head arrived, by the centre's clock. behind: by how much the tablet's clock was behind
    that. boot, running: which start of the machine that was, and how long ago; boot is "" if not reported.
    """

    received: int
    behind: int = 0
    boot: str = ""
    running: int = 0


def carried_clock(
    received: int, created: int, ahead: int | None, boot: str = "", running: int = 0
) -> TabletClock:
    """The tablet's clock when it copied its responses to a stick, which arrived `received`.

    created: when it copied them, in seconds by its own clock. ahead: by how many seconds the centre's clock
    was ahead of that when they last spoke, None if they never did. How long the stick was on its way is in
    no figure.
    """
    own = created * 1000
    for behind in ((ahead or 0) * 1000, 0):
        if EARLIEST <= own + behind <= received + TOLERANCE:
            return TabletClock(own + behind, behind, boot, running)
    return TabletClock(received, received - own, boot, running)


def clock_offset(response: Response, clock: TabletClock) -> int:
    """Seconds to add to `finished_at`."""
    finished = _milliseconds(response.finished_at)
    behind = 0 if response.entered else _behind(response, finished, clock)
    if abs(behind) <= TOLERANCE:
        behind = 0
    latest = clock.received + AHEAD
    if clock.received >= EARLIEST and not EARLIEST <= finished + behind <= latest:
        behind = clock.received - finished
    return behind // 1000


def _behind(response: Response, finished: int, clock: TabletClock) -> int:
    since = clock.running - response.monotonic_ms
    if clock.boot and clock.boot == response.boot and since >= 0:
        return clock.received - since - finished
    nearer = abs(clock.received - clock.behind - finished) < abs(clock.received - finished)
    return clock.behind if nearer else 0


def instant(at: int) -> datetime:
    """The instant of these milliseconds since 1970, in Viet Nam's time."""
    return datetime.fromtimestamp(at / 1000, VIET_NAM)


def day_of(finished_at: datetime, offset: int) -> str:
    """The day in Viet Nam of a time that needs `offset` seconds added."""
    return day_at(_milliseconds(finished_at) + offset * 1000)


def day_begins(at: int) -> int:
    """The beginning of the day in Viet Nam that contains `at`; both in milliseconds since 1970."""
    return _milliseconds(instant(at).replace(hour=0, minute=0, second=0, microsecond=0))


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
