"""Who may have a request under way: fair to every device, and bounded whatever anybody sends.

Promises:
- a device that floods, or sends byte by byte, takes its own share and never another's place;
- only who has proven to be a device (its signature covers the head) has a line in a table, before the body;
  a line lasts as long as its requests: made-up key ids leave nothing behind;
- memory is bounded: bodies that arrive take so many bytes, as sent, all together; none is unpacked, judged
  or stored without a place, so that there are never more unpacked bodies at once than there are places;
- who is turned away is told so before any work, with HL4015 and Retry-After, and comes back with jitter.

    all places taken, or the device's share is                     HL4015 (429), before the body is read
    half of them taken, and the device has a request under way     HL4015: those who have none go first
    a body that is not whole after `patience_seconds`              gives its place up, and goes on arriving;
                                                                   once whole, it has the next place there is
    a body slower than `bytes_per_second` after `grace_seconds`    HL4036 (408), and the connection is closed
    more bytes of bodies at hand than `held_bytes`, or too many late ones        HL4015

The limits are each process's: a centre of four takes four times as much. One event loop calls this: no locks.
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
    """How much one process of the centre takes on at once.

    admitted: requests of devices that arrive or are being worked on. Unpacked, 500 responses take 2 MiB or 3.
    per_device: those of one device; an agent has one, and a second after a line was cut.
    late: requests whose body takes longer than patience_seconds; they hold none of the places.
    held_bytes: bytes of all bodies that arrive, wait or are being worked on, as sent.
    grace_seconds: how long a body may take however small it is; after that it has to keep up with
    bytes_per_second. A line of 8 kbit/s carries twice that.
    strangers: enrolments at once; nobody has proven to be a device there.
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
        # Late ones that are whole, in the order in which they came to be.
        self._waiting: deque[Arrival] = deque()
        # Device -> its requests under way. No line is ever zero.
        self._of: dict[str, int] = {}

    @property
    def devices(self) -> int:
        """How many devices have a request under way."""
        return len(self._of)

    @property
    def late(self) -> int:
        """How many requests have no place: their body was late, and arrives or waits."""
        return self._late

    def glance(self) -> None:
        """Turn away at once where nobody at all can be admitted. Raises ProblemError HL4015."""
        if self._places >= self.limits.admitted:
            raise _busy()

    @contextmanager
    def device(self, id: str) -> Iterator["Arrival"]:
        """A place for one request of a device that has proven who it is. Raises ProblemError HL4015."""
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
        """Room for one request of a stranger: it takes no device's place. Raises ProblemError HL4015."""
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
        """So many places are free again; who waits longest has them before anybody who comes now."""
        self._places -= places
        while self._waiting and self._places < self.limits.admitted:
            self._waiting.popleft()._go_on()


class Arrival:
    """One admitted request: it has its places, or is late and has none; and it holds so many bytes."""

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
        """Give everything back."""
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
        """Give the place up; False where too many have done so."""
        if self._all._late >= self._all.limits.late:
            return False
        self._late = True
        self._all._late += 1
        self._all._give_back(self._own)
        return True

    async def _step_back(self) -> None:
        """Have a place again. Whoever came this far is not turned away, but waits for its turn."""
        if not self._late:
            return
        if self._all._places + self._own <= self._all.limits.admitted:
            self._go_on()
            return
        self._all._waiting.append(self)
        try:
            await self._turn.wait()
        finally:
            if self._late:  # it went away before its turn came
                self._all._waiting.remove(self)

    def _go_on(self) -> None:
        self._late = False
        self._all._late -= 1
        self._all._places += self._own
        self._turn.set()


def _busy() -> ProblemError:
    return ProblemError(CENTRE_BUSY())
