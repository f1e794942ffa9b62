"""The loop of steps and waits, until the agent is stopped.

SIGTERM ends it within a moment, also in the middle of a transfer: a request under way is cancelled, because
a batch may always be sent again; a receipt that is being written is finished first.
"""

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from sync.agent.pushing import Delivered, Idle, Pusher, Step, Stuck
from sync.agent.retry import Verdict, backoff, pause
from sync.agent.sending import Refused
from sync.contract.problem import Problem

BEAT_AGAIN = 15.0  # seconds after the first heartbeat that failed; the others keep their interval
STUCK_AGAIN = 5.0  # seconds after a step that this device's own disk stopped


class StopRequested(BaseException):
    """Raised out of a request that is under way when the agent is stopped."""


class Stopper:
    """Knows whether the process was asked to stop, and wakes the thread that waits."""

    def __init__(self) -> None:
        self._told = threading.Event()
        self._breakable = False

    @property
    def told(self) -> bool:
        """Whether it is time to end."""
        return self._told.is_set()

    def stop(self) -> None:
        """Ask the process to end."""
        self._told.set()
        if self._breakable:
            self._breakable = False
            raise StopRequested

    def wait(self, seconds: float) -> None:
        """Wait this long, or until asked to stop."""
        self._told.wait(seconds)

    @contextmanager
    def breakable(self) -> Iterator[None]:
        """A context in which a signal raises StopRequested."""
        self._breakable = True
        try:
            if self.told:
                raise StopRequested
            yield
        finally:
            self._breakable = False

    def listen(self) -> None:
        """Stop at SIGTERM and SIGINT."""

        def told(_number: int, _frame: FrameType | None) -> None:
            self.stop()

        signal.signal(signal.SIGTERM, told)
        signal.signal(signal.SIGINT, told)


class Loop:
    """The agent's main loop.

    Args:
        pusher: takes the steps.
        wait: waits for the given seconds, or less when asked to stop.
        told: whether it was asked to stop.
        random: uniform in [0, 1).
        poll: seconds between two looks at an empty outbox.
        beat: sends a heartbeat; returns what went wrong, if anything, and then the next one follows soon.
        beat_every: the longest interval between two heartbeats, in seconds of the clock `monotonic`.
        is_news: whether a heartbeat is due at once, because a batch's answer announced something new.
        spare: one short piece of other work, called while nothing waits to be sent.
        alive: called at least every `alive_every` seconds while all is well (0: between steps only).
        report: called when this device's own disk stops the work, and (with None) when the work continues.

    """

    def __init__(
        self,
        pusher: Pusher,
        *,
        wait: Callable[[float], None],
        told: Callable[[], bool],
        random: Callable[[], float],
        poll: float,
        beat: Callable[[], Problem | None] = lambda: None,
        beat_every: float = float("inf"),
        is_news: Callable[[], bool] = lambda: False,
        spare: Callable[[], None] = lambda: None,
        monotonic: Callable[[], float] = time.monotonic,
        alive: Callable[[], None] = lambda: None,
        alive_every: float = 0.0,
        report: Callable[[Problem | None], None] = lambda _: None,
    ) -> None:
        self._pusher = pusher
        self._wait = wait
        self._told = told
        self._random = random
        self._poll = poll
        self._beat = beat
        self._beat_every = beat_every
        self._is_news = is_news
        self._spare = spare
        self._monotonic = monotonic
        self._alive = alive
        self._alive_every = alive_every
        self._report = report
        self._reported: Problem | None = None

    def run(self) -> None:
        """Push until asked to stop."""
        failures = 0
        # The first heartbeat is sent at once. A refused batch delays the next batch, and no heartbeat.
        beat_at = push_at = self._monotonic()
        failing = False
        while not self._told():
            if self._monotonic() >= beat_at or self._is_news():
                failed = self._beat() is not None
                every = min(self._beat_every, BEAT_AGAIN) if failed and not failing else self._beat_every
                failing = failed
                # Intervals are up to a fifth shorter, so that devices spread out.
                beat_at = self._monotonic() + every * (0.8 + 0.2 * self._random())
            self._alive()
            if self._monotonic() >= push_at:
                step = self._pusher.step()
                self._tell(step.problem if isinstance(step, Stuck) else None)
                if isinstance(step, Delivered):
                    failures = 0
                elif isinstance(step, Refused):
                    failures += 1
                elif isinstance(step, Idle):
                    self._spare()
                push_at = self._monotonic() + self._delay(step, failures)
            self._rest(min(beat_at, push_at) - self._monotonic())

    def _delay(self, step: Step, failures: int) -> float:
        """Seconds from this step to the next; failures: refused batches in a row."""
        if isinstance(step, Delivered):
            return 0.0
        if isinstance(step, Idle):
            return self._poll
        if isinstance(step, Stuck):
            return STUCK_AGAIN
        if step.verdict is Verdict.PAUSE:
            return max(step.after, pause(self._random))
        return backoff(failures, self._random, at_least=step.after)

    def drain(self, progress: Callable[[int], None], attempts: int) -> bool:
        """Push what is there; False if `attempts` in a row have failed, or the heartbeat has.

        It begins with a heartbeat, which may bring new keys: without them every answer might be rejected.
        With nothing to send, only the heartbeat shows whether the centre can be reached.

        progress: called with the number of responses that just got their receipt.
        """
        wrong = self._beat()
        failures = 0
        while not self._told():
            step = self._pusher.step()
            if isinstance(step, Idle):
                return step.postponed == 0 and wrong is None
            if isinstance(step, Delivered):
                failures = 0
                progress(step.count)
                continue
            failures += 1
            if isinstance(step, Stuck):
                self._tell(step.problem)
                return False
            if step.verdict is Verdict.PAUSE or failures >= attempts:
                return False
            self._rest(backoff(failures, self._random, at_least=step.after))
        return False

    def _tell(self, found: Problem | None) -> None:
        if found != self._reported:
            self._reported = found
            self._report(found)

    def _rest(self, seconds: float) -> None:
        """Wait, in pieces short enough for the watchdog."""
        end = self._monotonic() + seconds
        while not self._told() and (left := end - self._monotonic()) > 0:
            self._wait(min(left, self._alive_every or left))
            self._alive()
