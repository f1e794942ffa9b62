"""From the outbox to the centre and back to the receipts, one batch per step.

Promises:
- a response without a receipt is offered again until it has one, oldest first, also after any crash;
- a receipt is on disk before the next batch is chosen;
- when the line breaks, or is too slow for a batch, the batch size is halved; after eight batches in a row
  that got through it is doubled: a line that carries one response in time carries them all;
- only a receipt that the centre signed settles a response. A refused request settles nothing, whatever its
  status and whichever machine refused it: it raises an alarm and is tried again;
- one response that the centre can't read does not block the others: the batch is halved until it is alone,
  then the others are sent, an alarm is raised, and it is tried again every POSTPONED_AGAIN seconds. If one
  after another is refused, the fault is not theirs: that backs off like any other failure;
- a response that the outbox can't read any more, and that the centre does not hold, is given up by its
  number, and that is shown to a person;
- if the centre knows higher numbers of this device than its outbox does (another disk, an older copy), the
  kiosk is asked to continue after them; the numbers it skips don't count as lost;
- what was set aside is offered again when a person asks for that, so nothing is set aside permanently;
- what has a receipt but is not held by the centre that answers is offered again: the centre was restored, or
  is another copy;
- if the disk fails to read a response, the others are sent, an alarm is raised, and it is tried again every
  POSTPONED_AGAIN seconds: such a response is neither sent nor lost;
- a disk that is full or can't be written only delays: a step that could not be completed returns `Stuck` and
  is taken again; what was sent meanwhile is a duplicate.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import get_args

from msgspec import Struct

from sync.agent.retry import Verdict
from sync.agent.sending import UNSIGNED, Refused, Sender
from sync.contract.batch import BATCH_BYTES, BATCH_LIMIT, BatchReply, Receipt
from sync.contract.problem import Problem, ProblemError
from sync.contract.ranges import Ranges, gaps, to_ranges, within
from sync.outbox import Cause, Notes, OutboxReader, Receipts, StoredResponse, storage_problem


class Idle(Struct, frozen=True):
    """Everything durable has its receipt, except `postponed` responses, which are tried again later.

    The disk can't read them, or the centre refused the request that held one of them alone.
    """

    postponed: int = 0


class Stuck(Struct, frozen=True):
    """This device itself is the cause, usually its disk. Nothing was lost; try again."""

    problem: Problem


class Delivered(Struct, frozen=True):
    """The number of responses that got their receipt."""

    count: int


Step = Idle | Delivered | Refused | Stuck

STEADY = 8  # batches in a row: that got through, until a larger one; refused alone, until it backs off
SPANS = 50  # ranges of numbers taken back after one heartbeat; the next one takes more
POSTPONED_AGAIN = 600.0  # seconds until postponed responses are tried again


class Pusher:
    """Takes steps; see `step`.

    Args:
        outbox: the kiosk's responses.
        receipts: the agent's own memory.
        sender: speaks to the centre.
        now: the time, with its offset.
        limit: the most responses in a batch.
        asked: a file by which a person asks to offer again everything that the centre does not hold.

    """

    def __init__(
        self,
        outbox: OutboxReader,
        receipts: Receipts,
        sender: Sender,
        now: Callable[[], datetime],
        *,
        limit: int = BATCH_LIMIT,
        asked: Path | None = None,
    ) -> None:
        self._outbox = outbox
        self._asked = asked
        self._receipts = receipts
        self._sender = sender
        self._now = now
        self._most = self._limit = limit
        self._passed = 0
        self._refused = 0  # responses refused alone since the last batch that got through
        self._cursor = receipts.through
        self._absent: set[tuple[int, int]] = set()
        self._postponed: dict[tuple[int, int], Problem] = {}
        self._postponed_at = now()
        self.stuck: Problem | None = None
        self.failing = False  # whether the last batch got no answer from the centre
        self.announced = 0  # the newest version of the configuration that a batch's answer named

    def waiting(self) -> int:
        """How many durable responses have no receipt yet. Raises OSError."""
        return self._receipts.view.queue(self._outbox.watermark())

    def step(self) -> Step:
        """Send the next batch and store its receipts."""
        try:
            if self.stuck is not None:
                self.note_problem(self.stuck)
            step = self._step()
            if self.stuck is not None and self._notes.problem == self.stuck:
                self._note(self._alarm())
        except (OSError, ProblemError) as error:
            self.stuck = as_problem(error)
            return Stuck(self.stuck)
        self.stuck = None
        return step

    def _step(self) -> Step:
        if self._asked is not None and self._asked.exists():
            self._offer_all()
            self._asked.unlink()
        batch = self._next()
        if not batch:
            return Idle(sum(last - first + 1 for first, last in self._postponed))
        answer = self._sender.push(batch)
        if isinstance(answer, BatchReply):
            self.failing = False
            self._accept(answer)
            return Delivered(len(batch))
        self.failing = True
        if answer.verdict is Verdict.SMALLER and len(batch) > 1:
            self._shrink(len(batch))
            return Delivered(0)
        if answer.broke_off:
            self._shrink(len(batch))
        if answer.verdict is not Verdict.SMALLER or not answer.signed:
            if answer.problem.kind not in UNSIGNED or "keys" not in self._notes.standing:
                self.note_problem(answer.problem)
            return answer
        self._postpone(batch[0].seq, batch[0].seq, answer.problem)
        self._cursor = batch[0].seq
        self._refused += 1
        return Delivered(0) if self._refused < STEADY else answer

    def _next(self) -> Sequence[StoredResponse]:
        """The oldest responses without a receipt, within the limits of a batch."""
        if self._postponed and abs((self._now() - self._postponed_at).total_seconds()) >= POSTPONED_AGAIN:
            self._start_over()
        while True:
            durable = self._outbox.watermark()
            found = self._outbox.after(self._cursor, limit=self._limit, max_bytes=BATCH_BYTES)
            self._note_absent([each.seq for each in found] or [durable + 1])
            if not found:
                self._cursor = max(self._cursor, durable)
                return []
            received = self._receipts.view.received
            wanted = [
                each for each in found if not any(first <= each.seq <= last for first, last in received)
            ]
            if wanted:
                return wanted
            self._cursor = found[-1].seq

    def _note_absent(self, readable: Sequence[int]) -> None:
        """Remember the numbers after the cursor that the outbox passes over and that have no receipt.

        They are unreadable for now, lost to damage, or were sent and deleted before the receipts were lost:
        `reconcile` learns which from the centre.
        """
        before = self._cursor
        unreadable = self._outbox.unreadable
        for seq in readable:
            for span in gaps(self._receipts.view.received, before + 1, seq - 1):
                for part in self._without_skipped(*span):
                    self._absent.update(gaps([(each.first, each.last) for each in unreadable], *part))
                for each in unreadable:
                    first, last = max(span[0], each.first), min(span[1], each.last)
                    if first <= last:
                        self._postpone(first, last, each.problem)
            before = seq

    def _without_skipped(self, first: int, last: int) -> Ranges:
        """The parts of first … last that this outbox has used; the others need nothing more."""
        skipped = sorted(self._outbox.skipped)
        used = gaps(skipped, first, last)
        for span in gaps(used, first, last):
            self._receipts.received(*span)
        return used

    def _postpone(self, first: int, last: int, found: Problem) -> None:
        """Continue without these, which can't be sent now; they stay unsent. Raises StorageFailed."""
        if not self._postponed:
            self._postponed_at = self._now()
        self._postponed[first, last] = found
        self.note_problem(found)

    @property
    def _notes(self) -> Notes:
        return self._receipts.view.notes

    def _alarm(self) -> Problem | None:
        """The problem that remains although a batch got through."""
        if self._postponed:
            return next(iter(self._postponed.values()))
        standing = self._notes.standing
        return next((standing[cause] for cause in get_args(Cause) if cause in standing), None)

    def take(self, reply: BatchReply) -> None:
        """Store the receipts of a batch, and compare with what the centre holds. Raises StorageFailed."""
        self.announced = max(self.announced, reply.bundle)
        self._store(reply.receipts)
        self.reconcile(reply.epoch, reply.held)

    def _accept(self, reply: BatchReply) -> None:
        self.take(reply)
        self._receipts.note(
            last_success=self._now().replace(microsecond=0),
            clock_offset_seconds=_seconds(reply.server_time - self._now()),
        )
        self._note(self._alarm())
        self._passed += 1
        self._refused = 0
        if self._passed >= STEADY:
            self._passed = 0
            self._limit = min(self._most, self._limit * 2)

    def _shrink(self, tried: int) -> None:
        self._passed = 0
        self._limit = max(1, tried // 2)

    def _store(self, receipts: Sequence[Receipt]) -> None:
        self._receipts.add(receipts)
        self._cursor = max(receipt.seq for receipt in receipts)

    def clock_is(self, ahead: timedelta) -> None:
        """Note how far the centre's clock is ahead of this machine's. Raises StorageFailed."""
        if _seconds(ahead) != self._notes.clock_offset_seconds:
            self._receipts.note(clock_offset_seconds=_seconds(ahead))

    def begin_after(self, made: int) -> None:
        """Ask the kiosk to use no number up to `made`, the highest that the centre knows of this device.

        Raises OSError, StorageFailed.
        """
        if made > self._outbox.watermark() and made != self._notes.begin_after:
            self._receipts.note(begin_after=made)

    def reconcile(self, epoch: int, held: Ranges) -> None:
        """Compare with what the centre holds.

        Receipts of responses that it does not hold are taken back, whatever its epoch: two copies of a centre
        that were restored in the same minute have the same one. A response that is absent from the outbox
        counts as received if the centre holds it, else as lost until it does.

        Raises StorageFailed.
        """
        known = self._notes.epoch
        self._offer_again(held, restored=known not in (None, epoch))
        if known != epoch:
            self._receipts.note(epoch=epoch)
        for first, last in sorted(self._absent):
            lost = gaps(held, first, last)
            for span in lost:
                self._receipts.lost(*span)
            for span in gaps(lost, first, last):
                self._receipts.received(*span)
        self._absent.clear()
        rows = self._receipts.view.set_aside.values()
        given_up = [row.seq for row in rows if row.status == "lost"]
        for span in to_ranges(within(held, given_up)):
            self._receipts.received(*span)

    def reconsider(self, held: Ranges, aside: Ranges) -> None:
        """Offer again what was refused, held or in conflict, and is no longer set aside at the centre.

        A person there has corrected the cause, so the answer will be an ordinary receipt.

        Args:
            held, aside: as in the answer to a heartbeat.

        Raises:
            StorageFailed: nothing was taken back; the next heartbeat tries again.

        """
        rows = self._receipts.view.set_aside.values()
        # A response that the centre could not read is not held there: it would only be refused again.
        kept = [row.seq for row in rows if row.status in ("refused", "held", "conflict")]
        done = within(held, kept) - within(aside, kept)
        for span in to_ranges(done)[:SPANS]:
            self._receipts.withdraw(*span)
        if done:
            self._start_over()

    def _offer_again(self, held: Ranges, *, restored: bool) -> None:
        """Take back the receipts of what is not held.

        What was set aside stays so unless the centre was restored: it could not read that, or it is lost.
        Numbers that were never used here have nothing to offer.
        """
        aside = () if restored else self._receipts.view.set_aside
        settled = sorted((*held, *self._outbox.skipped, *((seq, seq) for seq in aside)))
        gone = [part for span in self._receipts.view.received for part in gaps(settled, *span)]
        for span in gone:
            self._receipts.withdraw(*span)
        if gone or restored:
            self._start_over()

    def _offer_all(self) -> None:
        """Offer again everything that is set aside or has no receipt."""
        for span in to_ranges(self._receipts.view.set_aside):
            self._receipts.withdraw(*span)
        self._start_over()

    def _start_over(self) -> None:
        """Read everything again that has no receipt, also what was postponed."""
        self._postponed.clear()
        self._cursor = self._receipts.through

    def note_problem(self, found: Problem) -> None:
        """Note what is wrong, for the status, until a batch gets through. Raises StorageFailed."""
        self._note(found)

    def stand(self, cause: Cause, found: Problem | None) -> None:
        """Note what is wrong until this cause is gone (None), even while batches get through.

        Raises StorageFailed.
        """
        before = self._notes.standing.get(cause)
        if found != before:
            others = {other: each for other, each in self._notes.standing.items() if other != cause}
            self._receipts.note(standing=others | ({cause: found} if found else {}))
        if found or (before and self._notes.problem == before):
            self._note(self._alarm())

    def _note(self, found: Problem | None) -> None:
        if self._notes.problem != found:
            self._receipts.note(problem=found, problem_since=self._now().replace(microsecond=0))


def _seconds(span: timedelta) -> int:
    return round(span.total_seconds())


def as_problem(error: OSError | ProblemError) -> Problem:
    """What went wrong on this device, as a problem."""
    if isinstance(error, ProblemError):
        return error.problem
    return storage_problem(error, Path(str(error.filename or "")))
