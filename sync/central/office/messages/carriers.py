"""What carries a message to the far side, and how it fails."""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from msgspec import Struct

from sync.central.office.messages.identity import Content


class Parcel(Struct, frozen=True, kw_only=True):
    """A message on its way. id: see `message_id`. to: an e-mail address, "" for a webhook.

    site: the centre's address, which makes links of paths. office: who says it.
    """

    id: str
    kind: str
    content: Content
    made: datetime
    to: str
    site: str
    office: str


class RefusedError(Exception):
    """The far side did not take this message. for_good: it never will."""

    def __init__(self, why: str, *, for_good: bool = False) -> None:
        super().__init__(why)
        self.why, self.for_good = why, for_good


class UnreachableError(Exception):
    """The far side takes no message at all now, so no other one is tried either."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class UnsureError(Exception):
    """The message was handed over, and there was no answer."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class NotOursError(Exception):
    """The claim was given up meanwhile, so nothing may be handed over."""


class Carrier(Protocol):
    """One way to the far side."""

    def carry(self, parcel: Parcel, hand_over: Callable[[], None]) -> None:
        """Deliver it; `hand_over` is called once, when the next step is the one that may deliver it.

        Raises RefusedError, UnreachableError, UnsureError, and what `hand_over` raises.
        """
