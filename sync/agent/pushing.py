"""From the outbox to the centre and back to the receipts, one batch a step.

Promises:
- what has no receipt is offered again until it has one, oldest first, also after any crash;
- a receipt is on disk before the next batch is chosen;
- one response that the centre can't read stops nothing: the batch is halved until it stands alone, then it is
  set aside with its reason, and stays in the outbox;
- a response that the outbox can't read any more, and that the centre does not hold, is given up by its
  number, and a person is told;
- when the centre says it was restored (another epoch), everything it no longer holds is offered again.
"""

from collections.abc import Callable, Sequence
from datetime import datetime

from msgspec import Struct

from sync.agent.retry import Verdict
from sync.agent.sending import Refused, Sender
from sync.contract.batch import BATCH_BYTES, BATCH_LIMIT, BatchReply, Receipt
from sync.contract.problem import Problem
from sync.outbox import OutboxReader, Receipts, StoredResponse


class Idle(Struct, frozen=True):
    """Everything durable has its receipt."""


class Delivered(Struct, frozen=True):
    """So many responses have their receipt now."""

    count: int


Step = Idle | Delivered | Refused


class Pusher:
    """Takes steps; see `step`.

    Args:
        outbox: the kiosk's responses.
        receipts: the agent's own memory.
        sender: speaks to the centre.
        now: the time, with its offset.
        limit: responses in a batch at most.

    """

    def __init__(
        self,
        outbox: OutboxReader,
        receipts: Receipts,
        sender: Sender,
        now: Callable[[], datetime],
        *,
        limit: int = BATCH_LIMIT,
    ) -> None:
        self._outbox = outbox
        self._receipts = receipts
        self._sender = sender
        self._now = now
        self._most = self._limit = limit
        self._cursor = receipts.through
        self._absent: set[tuple[int, int]] = set()

    def waiting(self) -> int:
        """How many durable responses have no receipt yet. Raises OSError."""
        return unsent(self._receipts.view.received, self._outbox.watermark())

    def step(self) -> Step:
        """Send the next batch and store its receipts. Raises OSError, StorageFailed."""
        batch = self._next()
        if not batch:
            return Idle()
        answer = self._sender.push(batch)
        if isinstance(answer, BatchReply):
            self._accept(answer)
            return Delivered(len(batch))
        if answer.verdict is Verdict.SMALLER and len(batch) > 1:
            self._limit = len(batch) // 2
            return Delivered(0)
        if answer.verdict is not Verdict.SMALLER or not answer.signed:
            # Only the centre can say that a response is at fault; anything else on the way can only say "not
            # now".
            self.note_problem(answer.problem)
            return answer
        alone = batch[0]
        self._store([Receipt(alone.id, alone.seq, "refused", alone.digest, answer.problem)])
        return Delivered(1)

    def _next(self) -> Sequence[StoredResponse]:
        """The oldest responses without a receipt, within the limits of a batch."""
        while True:
            durable = self._outbox.watermark()
            found = self._outbox.after(self._cursor, limit=self._limit, max_bytes=BATCH_BYTES)
            self._note_absent([each.seq for each in found] or [durable + 1])
            if not found:
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

        It is lost to damage, or was sent and deleted before the receipts were lost: the centre knows.
        """
        before = self._cursor
        for seq in readable:
            self._absent.update(missing(before + 1, seq - 1, self._receipts.view.received))
            before = seq

    def _accept(self, reply: BatchReply) -> None:
        self._store(reply.receipts)
        self.reconcile(reply.epoch, reply.held)
        offset = (reply.server_time - self._now()).total_seconds()
        self._receipts.note(
            last_success=self._now().isoformat(timespec="seconds"),
            clock_offset_seconds=f"{offset:.0f}",
            problem="",
        )
        self._limit = min(self._most, self._limit * 2)

    def _store(self, receipts: Sequence[Receipt]) -> None:
        self._receipts.add(receipts)
        self._cursor = max(receipt.seq for receipt in receipts)

    def reconcile(self, epoch: int, held: Sequence[tuple[int, int]]) -> None:
        """Compare with what the centre holds.

        Where it was restored since (another epoch), receipts of what it no longer holds are taken back. What
        is absent from the outbox is received if the centre holds it, else lost.

        Raises StorageFailed.
        """
        known = self._receipts.view.notes.get("epoch")
        if known != str(epoch):
            if known is not None:
                self._offer_again(held)
            self._receipts.note(epoch=str(epoch))
        for first, last in sorted(self._absent):
            lost = missing(first, last, held)
            for span in lost:
                self._receipts.lost(*span)
            for span in missing(first, last, lost):
                self._receipts.received(*span)
        self._absent.clear()

    def _offer_again(self, held: Sequence[tuple[int, int]]) -> None:
        for first, last in self._receipts.view.received:
            for lost_first, lost_last in missing(first, last, held):
                self._receipts.withdraw(lost_first, lost_last)
        self._cursor = self._receipts.through

    def note_problem(self, found: Problem) -> None:
        """Remember what is wrong, for the status. Raises StorageFailed."""
        text = f"{found.number} {found.where} {found.detail}".rstrip()
        if self._receipts.view.notes.get("problem") != text:
            self._receipts.note(problem=text, problem_since=self._now().isoformat(timespec="seconds"))


def unsent(received: Sequence[tuple[int, int]], made: int) -> int:
    """How many of 1 … made are in none of the ranges."""
    return made - sum(max(0, min(last, made) - first + 1) for first, last in received)


def missing(first: int, last: int, held: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The parts of first … last that are in none of the ascending ranges."""
    parts = []
    start = first
    for held_first, held_last in held:
        if held_last < start:
            continue
        if held_first > last:
            break
        if held_first > start:
            parts.append((start, held_first - 1))
        start = held_last + 1
    if start <= last:
        parts.append((start, last))
    return parts
