"""What the agent remembers between two steps, next to the receipts. The kiosk reads it too.

A missing member has its default, so a file of an older version can be read. A member of another type makes
the receipts foreign (HL2004): nothing is deleted or erased until they can be read.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from msgspec import Struct

from sync.contract.problem import Problem

Cause = Literal["clock", "heartbeat", "keys", "configuration", "forgotten"]
"""What can be wrong next to sending: it is reported until it is fixed, even while batches succeed."""


class Notes(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """See the module.

    epoch: the centre's epoch when the receipts were last compared with what it holds.
    last_success: when the last batch got its receipts; clock_offset_seconds: how far the centre's clock was
    ahead then.
    problem: what is wrong now; problem_since: when it began, or when the last one ended.
    standing: problems by cause, each reported until its cause is fixed.
    begin_after: the outbox must not use numbers up to this one; the centre knows them from another outbox.
    forgotten_epoch, forgotten_through: the last tombstone that is here, and the centre's epoch it belongs to.
    usb_taken: when the centre signed the newest answer that came on a USB stick, in seconds since 1970.
    doubted: the configuration in use may have been signed with a key that is revoked now.
    """

    epoch: int | None = None
    last_success: datetime | None = None
    clock_offset_seconds: int | None = None
    problem: Problem | None = None
    problem_since: datetime | None = None
    standing: Mapping[Cause, Problem] = {}
    begin_after: int = 0
    forgotten_epoch: int | None = None
    forgotten_through: int = 0
    usb_taken: int = 0
    doubted: bool = False
