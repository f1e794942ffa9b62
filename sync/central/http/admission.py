"""Which requests may be under way: fair to every device, and bounded under any load.

Promises:
- a device that floods, or sends byte by byte, uses up its own share and never the place of another one;
- only a verified device (its signature covers the head) has an entry in a table, before the body is read; an
  entry lasts as long as its requests: made-up key ids leave nothing behind;
- memory is bounded: the bodies that arrive take at most `held_bytes` bytes in total, as sent; none is
  unpacked, judged or stored without a place, so there are never more unpacked bodies than places;
- a request is refused before any work, with HL4015 and Retry-After; the device returns with jitter.

    all places taken, or the whole share of the device             HL4015 (429), before the body is read
    half of them taken, and the device has a request under way     HL4015: devices without one go first
    a body that is not complete after `patience_seconds`           gives its place up, but keeps arriving;
                                                                   once complete, it gets the next free place
    a body slower than `bytes_per_second` after `grace_seconds`    HL4036 (408), and the connection is closed
    more bytes of bodies in memory than `held_bytes`, or too many late ones      HL4015

The limits are per process: a centre of four processes takes four times as much. All calls come from one event
loop, so there are no locks.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

import anyio
from msgspec import Struct

from sync.central.intake import bodies
from sync.contract.problem import ProblemError
from sync.contract.problem.wire import CENTRE_BUSY, REQUEST_TOO_SLOW


class Limits(Struct, frozen=True):
    """How much one process of the centre handles at once.

    admitted: requests of devices that arrive or are being handled. Unpacked, 500 responses take 2 or 3 MiB.
    per_device: those of one device; an agent has one, and a second one after its line was cut.
    late: requests whose body takes longer than patience_seconds; they hold none of the places.
    held_bytes: bytes of all bodies that arrive, wait or are being handled, as sent.
    grace_seconds: how long a body of any size may take; after that it has to keep up with
    bytes_per_second. A line of 8 kbit/s carries twice that.
    strangers: enrolments at once; their callers are not verified devices yet.
    """

    admitted: int = 64
    per_device: int = 4
    late: int = 512
    held_bytes: int = 64 * 1024 * 1024
    patience_seconds: float = 1.0
    grace_seconds: float = 30.0
    bytes_per_second: int = 500
    strangers: int = 16


class Admission:
    """Admits requests; see above."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._places = self._late = self._held = self._strangers = 0
        # Late requests whose body is complete, in the order of completion.
        self._waiting: deque[Arrival] = deque()
        # Device -> its requests under way; never zero.
        self._of: dict[str, int] = {}

    @property
    def devices(self) -> int:
        """How many devices have a request under way."""
        return len(self._of)

    @property
    def late(self) -> int:
        """How many requests have no place: their body was late, and still arrives or waits."""
        return self._late

    def glance(self) -> None:
        """Refuse at once if no request at all can be admitted. Raises ProblemError HL4015."""
        if self._places >= self.limits.admitted:
            raise _busy()

    @contextmanager
    def device(self, id: str) -> Iterator["Arrival"]:
        """A place for one request of a verified device. Raises ProblemError HL4015."""
        limits, mine = self.limits, self._of.get(id, 0)
        room = limits.admitted // 2 if mine else limits.admitted
        if mine >= limits.per_device or self._places >= max(room, 1):
            raise _busy()
        self._of[id] = mine + 1
        self._places += 1
        arrival = Arrival(self, places=1)
        try:
            yield arrival
        finally:
            arrival.leave()
            self._of[id] -= 1
            if not self._of[id]:
                del self._of[id]

    @contextmanager
    def stranger(self) -> Iterator["Arrival"]:
        """Room for one request of a stranger, which takes no device's place. Raises ProblemError HL4015."""
        if self._strangers >= self.limits.strangers:
            raise _busy()
        self._strangers += 1
        arrival = Arrival(self, places=0)
        try:
            yield arrival
        finally:
            arrival.leave()
            self._strangers -= 1

    def _give_back(self, places: int) -> None:
        """Free this number of places; the requests that wait longest get them before new ones."""
        self._places -= places
        while self._waiting and self._places < self.limits.admitted:
            self._waiting.popleft()._go_on()


class Arrival:
    """One admitted request: the places it has, none if it is late, and the bytes it holds."""

    def __init__(self, admission: Admission, *, places: int) -> None:
        self._all = admission
        self._own = places
        self._late = False
        self._turn = asyncio.Event()
        self._held = 0

    async def body(self, chunks: AsyncIterator[bytes], declared: str | None, limit: int) -> bytes:
        """The body as sent, of at most `limit` bytes; `declared` is its Content-Length.

        Raises ProblemError HL4007, HL4015 or HL4036.
        """
        limits = self._all.limits
        deadline = anyio.current_time() + limits.grace_seconds
        crowded, whole = False, None
        with anyio.CancelScope(deadline=deadline) as scope:

            def arrived(size: int) -> None:
                self._hold(size)
                scope.deadline = deadline + self._held / limits.bytes_per_second

            def late() -> None:
                nonlocal crowded
                crowded = not self._step_aside()
                if crowded:
                    scope.cancel()

            timer = asyncio.get_running_loop().call_later(limits.patience_seconds, late)
            try:
                whole = await bodies.read_limited(chunks, declared, limit, arrived)
            finally:
                timer.cancel()
        if whole is None:
            raise _busy() if crowded else ProblemError(REQUEST_TOO_SLOW(where="body"))
        await self._step_back()
        return whole

    def leave(self) -> None:
        """Give back its places and bytes."""
        if self._late:
            self._all._late -= 1
        else:
            self._all._give_back(self._own)
        self._all._held -= self._held
        self._held = 0

    def _hold(self, size: int) -> None:
        if self._all._held + size > self._all.limits.held_bytes:
            raise _busy()
        self._all._held += size
        self._held += size

    def _step_aside(self) -> bool:
        """Give the place up; False if too many requests have done so."""
        if self._all._late >= self._all.limits.late:
            return False
        self._late = True
        self._all._late += 1
        self._all._give_back(self._own)
        return True

    async def _step_back(self) -> None:
        """Get a place again. A request that came this far is not refused, but waits for its turn."""
        if not self._late:
            return
        if self._all._places + self._own <= self._all.limits.admitted:
            self._go_on()
            return
        self._all._waiting.append(self)
        try:
            await self._turn.wait()
        finally:
            if self._late:  # it was cancelled before its turn
                self._all._waiting.remove(self)

    def _go_on(self) -> None:
        self._late = False
        self._all._late -= 1
        self._all._places += self._own
        self._turn.set()


def _busy() -> ProblemError:
    return ProblemError(CENTRE_BUSY())
