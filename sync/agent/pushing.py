"""From the outbox to the centre and back to the receipts, one batch a step.

Promises:
- what has no receipt is offered again until it has one, oldest first, also after any crash;
- a receipt is on disk before the next batch is chosen;
- a line that breaks off, or is too slow for a batch, gets half as much; what gets through eight times running
  may be twice as much: so a line that carries one response in time carries them all;
- only a receipt that the centre signed settles a response. A request that was refused, whatever its status
  and by any machine, settles nothing: it raises an alarm and is tried again;
- one response that the centre can't read stops nothing: the batch is halved until it is alone, then the
  others go on, an alarm is raised, and it is tried again every now and then. Where one after the other is
  refused, the fault is not theirs: that backs off like any other failure;
- a response that the outbox can't read any more, and that the centre does not hold, is given up by its
  number, and a person is told;
- where the centre knows higher numbers of this device than its outbox does (another disk, an older copy), the
  kiosk is told to go on behind them; the numbers it skips are no loss here;
- what was set aside is offered again where a person asks for that, so nothing is ever set aside for good;
- what has a receipt and is not held by the centre that answers is offered again: it was restored, or it is
  another copy of it;
- where the disk fails to give a response back, the others go on, an alarm is raised, and it is tried again
  every now and then: such a response is neither sent nor lost;
- a disk that is full or can't be written stops nothing for good: a step that came to nothing says so, and is
  taken again; what was sent meanwhile is a duplicate.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
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
    """Everything durable has its receipt, but `postponed` responses, which are tried again later.

    The disk does not give them back, or the centre refused the request that held one of them alone.
    """

    postponed: int = 0


class Stuck(Struct, frozen=True):
    """This device itself stands in the way: its disk above all. Nothing was lost; try again."""

    problem: Problem


class Delivered(Struct, frozen=True):
    """So many responses have their receipt now."""

    count: int


Step = Idle | Delivered | Refused | Stuck

STEADY = 8  # batches running: got through, then a larger one is tried; refused alone, then it backs off
SPANS = 50  # stretches of numbers taken back after one heartbeat; the next one takes more
POSTPONED_AGAIN = 600.0  # seconds until what was passed over is tried again


class Pusher:
    """Takes steps; see `step`.

    Args:
        outbox: the kiosk's responses.
        receipts: the agent's own memory.
        sender: speaks to the centre.
        now: the time, with its offset.
        limit: responses in a batch at most.
        asked: a file by which a person asks to offer again whatever the centre does not keep safe.

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
        self._refused = 0  # alone, since the last batch that got through
        self._cursor = receipts.through
        self._absent: set[tuple[int, int]] = set()
        self._postponed: dict[tuple[int, int], Problem] = {}
        self._postponed_at = now()
        self.stuck: Problem | None = None
        self.failing = False  # whether the last batch had no answer of the centre's

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
        """Remember what the outbox passes over behind the cursor, and has no receipt.

        It is unread for now; or lost to damage, or was sent and deleted before the receipts were lost: the
        centre knows.
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
        """Go on without these, which can't be sent now; they stay unsent. Raises StorageFailed."""
        if not self._postponed:
            self._postponed_at = self._now()
        self._postponed[first, last] = found
        self.note_problem(found)

    @property
    def _notes(self) -> Notes:
        return self._receipts.view.notes

    def _alarm(self) -> Problem | None:
        """What stays wrong although a batch came through."""
        if self._postponed:
            return next(iter(self._postponed.values()))
        standing = self._notes.standing
        return next((standing[cause] for cause in get_args(Cause) if cause in standing), None)

    def _accept(self, reply: BatchReply) -> None:
        self._store(reply.receipts)
        self.reconcile(reply.epoch, reply.held)
        offset = (reply.server_time - self._now()).total_seconds()
        self._receipts.note(
            last_success=self._now().replace(microsecond=0),
            clock_offset_seconds=round(offset),
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

    def begin_after(self, made: int) -> None:
        """Tell the kiosk to use no number up to `made`, the highest that the centre knows of this device.

        Raises OSError, StorageFailed.
        """
        if made > self._outbox.watermark() and made != self._notes.begin_after:
            self._receipts.note(begin_after=made)

    def reconcile(self, epoch: int, held: Ranges) -> None:
        """Compare with what the centre holds.

        Receipts of what it does not hold are taken back, whatever its epoch: two copies of a centre that were
        restored in the same minute have the same one. What is absent from the outbox is received if the
        centre holds it, else lost until it does.

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
        """Offer again what was refused, held or in conflict, and is set aside at the centre no more.

        A person there has put right what was wrong: the answer will be a receipt like any other.

        Args:
            held, aside: as in the answer to a heartbeat.

        Raises:
            StorageFailed: nothing was taken back; the next heartbeat comes to the same.

        """
        rows = self._receipts.view.set_aside.values()
        # What the centre could not even read is not held there: it would only be refused again.
        kept = [row.seq for row in rows if row.status in ("refused", "held", "conflict")]
        done = within(held, kept) - within(aside, kept)
        for span in to_ranges(done)[:SPANS]:
            self._receipts.withdraw(*span)
        if done:
            self._start_over()

    def _offer_again(self, held: Ranges, *, restored: bool) -> None:
        """Take back the receipts of what is not held.

        What was set aside stays so where the centre was not restored: it could not read that, or it is lost.
        Numbers that were never used here are nobody's to offer.
        """
        aside = () if restored else self._receipts.view.set_aside
        settled = sorted((*held, *self._outbox.skipped, *((seq, seq) for seq in aside)))
        gone = [part for span in self._receipts.view.received for part in gaps(settled, *span)]
        for span in gone:
            self._receipts.withdraw(*span)
        if gone or restored:
            self._start_over()

    def _offer_all(self) -> None:
        """Offer again whatever is set aside, and look at everything that has no receipt."""
        for span in to_ranges(self._receipts.view.set_aside):
            self._receipts.withdraw(*span)
        self._start_over()

    def _start_over(self) -> None:
        """Look at everything again that has no receipt."""
        self._postponed.clear()
        self._cursor = self._receipts.through

    def note_problem(self, found: Problem) -> None:
        """Remember what is wrong, for the status, until a batch comes through. Raises StorageFailed."""
        self._note(found)

    def stand(self, cause: Cause, found: Problem | None) -> None:
        """Remember what is wrong until this cause of it is gone (None), whatever comes through meanwhile.

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


def as_problem(error: OSError | ProblemError) -> Problem:
    """What went wrong on this device, as a problem."""
    if isinstance(error, ProblemError):
        return error.problem
    return storage_problem(error, Path(str(error.filename or "")))
