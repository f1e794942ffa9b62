"""How long responses have waited for the centre, for the staff screen, the status and the heartbeat alike.

A response that was erased before it was sent keeps its number and is sent as erased, but the time when it
ended is lost: the age is that of the first response after it.
"""

from datetime import datetime

import msgspec

from sync.outbox.reader import OutboxReader
from sync.outbox.receipts import ReceiptsView

_PIECE = 20  # responses read at once; almost always the first one is enough


class _Times(msgspec.Struct, frozen=True):
    finished_at: datetime | None = None  # none where the response was erased


def oldest_unsent(outbox: OutboxReader, view: ReceiptsView, made: int) -> datetime | None:
    """When the oldest response without a receipt ended, of those up to number `made` that can be read.

    None: nothing waits, or the time of no waiting response is known. Raises OSError, ForeignFormat.
    """
    for first, last in view.unsent(made):
        seq = first - 1
        while seq < last and (found := outbox.after(seq, limit=_PIECE, max_bytes=_PIECE * 4096)):
            for each in found:
                if each.seq <= last and (ended := _ended(each.body)) is not None:
                    return ended
            seq = found[-1].seq
    return None


def _ended(body: bytes) -> datetime | None:
    try:
        return msgspec.json.decode(body, type=_Times).finished_at
    except msgspec.DecodeError:
        return None
