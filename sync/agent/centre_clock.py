"""The centre's time, for a machine whose own clock may be wrong.

A terminal without network time begins in 1970 when its battery is empty, or years ahead when somebody typed a
wrong date. The centre's certificate is then "not valid", before a word is exchanged. So the time comes from
an answer that the centre has signed for a request of ours (`Wire.learn_time`), and from then on:

- the dates of certificates and key lists are compared with it, see certificates.py;
- it goes on with a clock that nobody sets, so that a correction of this machine's clock changes nothing;
- `centre-time.json` names it to a helper of the system that may set this machine's clock (setting_clock.py).

What this machine writes down itself keeps this machine's time: the centre corrects that (intake/moment.py).
"""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
from msgspec import Struct

from sync.agent.uptime import Uptime
from sync.contract.response import Moment
from sync.host.secret_file import write_secret
from sync.updates.watch import read_plain

TOLERANCE = timedelta(seconds=120)  # a request takes some time
NAME = "centre-time.json"


class CentreClock:
    """The centre's time as far as it is known, else this machine's.

    Args:
        own: this machine's clock, with its offset.
        monotonic: a clock in seconds that nobody sets.

    """

    def __init__(self, own: Callable[[], datetime], monotonic: Callable[[], float] = time.monotonic) -> None:
        self._own = own
        self._monotonic = monotonic
        self._learned: tuple[datetime, float] | None = None

    def learn(self, at: datetime) -> None:
        """Go on from this time of the centre."""
        self._learned = at, self._monotonic()

    @property
    def is_known(self) -> bool:
        """Whether it was learned from the centre."""
        return self._learned is not None

    def now(self) -> datetime:
        """The time."""
        if self._learned is None:
            return self._own()
        at, since = self._learned
        return at + timedelta(seconds=self._monotonic() - since)

    @property
    def ahead(self) -> timedelta:
        """How far it is ahead of this machine's clock; zero while that is all there is."""
        return self.now() - self._own() if self._learned else timedelta(0)

    @property
    def corrects(self) -> bool:
        """Whether this machine's clock is known to be wrong now."""
        return abs(self.ahead) > TOLERANCE


class CentreTime(Struct, frozen=True):
    """The centre's time, and what this machine's `Uptime` was then."""

    at: Moment
    uptime: Uptime

    def now(self, uptime: Uptime) -> datetime | None:
        """The centre's time now; None after another start of this machine, or where no clock shows it."""
        if not uptime.boot or uptime.boot != self.uptime.boot:
            return None
        try:
            return self.at + timedelta(milliseconds=uptime.running - self.uptime.running)
        except OverflowError:
            return None


def write_centre_time(folder: Path, at: datetime, uptime: Uptime) -> None:
    """Name the centre's time to who may set this machine's clock. Raises OSError."""
    write_secret(folder / NAME, msgspec.json.encode(CentreTime(at, uptime)), mode=0o640)


def read_centre_time(folder: Path) -> CentreTime | None:
    """What the agent named last; None if it never did, or in no plain file: root reads this, too."""
    try:
        return msgspec.json.decode(read_plain(folder / NAME), type=CentreTime)
    except (OSError, msgspec.DecodeError):
        return None
