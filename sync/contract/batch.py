"""Batches: the responses in one request, and the receipts in its answer."""

from typing import Literal

import msgspec
from msgspec import Struct

from sync.contract.problem import Problem
from sync.contract.ranges import Ranges
from sync.contract.response import Moment, Seq, Uuid
from sync.contract.text import Id

BATCH_LIMIT = 500  # responses
BATCH_BYTES = 1024 * 1024  # bytes of the body before compression

# The header in which a tablet says which start of its machine this is and how long it has run, so that the
# centre can put a wrong clock right: "<boot>;ms=<milliseconds>". Not signed: figures alone depend on it.
UPTIME = "Hailong-Uptime"

ReceiptStatus = Literal["stored", "duplicate", "conflict", "refused", "held"]
# The centre safely keeps the response: nothing more to send. The others are set aside for a person.
SETTLED: tuple[ReceiptStatus, ...] = ("stored", "duplicate")


class Batch(Struct, frozen=True, forbid_unknown_fields=True):
    """Responses of one device, oldest first, each as its canonical bytes."""

    device: Id
    responses: tuple[msgspec.Raw, ...]


class Receipt(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The centre's decision about one response. `digest`: SHA-256 of the bytes it judged, hex."""

    id: Uuid
    seq: Seq
    status: ReceiptStatus
    digest: str
    problem: Problem | None = None


class BatchReply(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One receipt per response, in the order they were sent.

    request: SHA-256 of the request's body, hex: which request this answers.
    epoch: raised whenever the centre was restored from a backup.
    held: ranges [first, last] of this device's `seq` that the centre holds.
    server_time: so that a terminal knows how wrong its clock is.
    bundle: the newest version of the configuration for the device's unit; 0 if the centre does not say.
    """

    receipts: tuple[Receipt, ...]
    request: str
    epoch: int
    held: Ranges
    server_time: Moment
    bundle: int = 0
