"""Tombstones, the centre's requests to erase: fetched, verified, handed to the kiosk, reported when done.

The agent erases nothing: it keeps the tombstones in its receipts; the kiosk reads them there, erases, and
reports that in a file of its own (`sync/outbox/erasing.py`).

Promises:
- a tombstone that the centre did not sign is not handed on, nor are those that came with it;
- tombstones are kept while the key that signed them is valid: a centre that was restored from an earlier
  backup gets the newest 500 of them again, and until it has answered nothing counts as reported to it;
- an entry that can't be read is reported by its position, and does not block the others;
- "erased" is reported to the centre only while the kiosk reports it for every tombstone.
"""

from sync.agent.sending import Refused, Sender
from sync.contract.problem import Problem
from sync.contract.tombstones import LIMIT, ForgottenRequest
from sync.outbox import OutboxReader, Receipts


class TombstoneKeeper:
    """Keeps the tombstones of this device up to date.

    Args:
        sender: speaks to the centre.
        receipts: the agent's own memory.
        outbox: shows what the kiosk has erased.

    """

    def __init__(self, sender: Sender, receipts: Receipts, outbox: OutboxReader) -> None:
        self._sender = sender
        self._receipts = receipts
        self._outbox = outbox

    def done(self) -> tuple[int, int]:
        """Epoch and number of the last tombstone if all are carried out, else zeros. Raises OSError."""
        view = self._receipts.view
        if not view.tombstones or not self._outbox.is_erased(frozenset(view.tombstones)):
            return 0, 0
        return view.notes.forgotten_epoch or 0, view.notes.forgotten_through

    def learn(self, epoch: int, newest: int) -> Problem | None:
        """Fetch new tombstones; returns what went wrong, if anything.

        Args:
            epoch, newest: as in the answer to the heartbeat.

        Raises:
            StorageFailed: nothing was stored.

        """
        view = self._receipts.view
        same = view.notes.forgotten_epoch in (None, epoch)
        through = view.notes.forgotten_through if same else 0
        if same and through == newest:
            return None
        known = () if same else tuple(view.tombstones.values())[-LIMIT:]
        answer = self._sender.forgotten(ForgottenRequest(through, known))
        if isinstance(answer, Refused):
            return answer.problem
        reply, unread = answer
        self._receipts.forget(reply.tombstones, forgotten_epoch=reply.epoch, forgotten_through=reply.through)
        return unread
