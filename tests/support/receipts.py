"""What the agent knows about one response."""

from typing import Literal

from sync.contract.batch import ReceiptStatus
from sync.outbox import ReceiptsView


def status_of(view: ReceiptsView, seq: int) -> ReceiptStatus | Literal["lost"] | None:
    """The receipt of one response (`stored` also means `duplicate`); None: there is none yet."""
    if seq in view.set_aside:
        return view.set_aside[seq].status
    return "stored" if any(first <= seq <= last for first, last in view.received) else None
