"""The states of a delivery, and what a refusal or a silence leads to. Pure.

    waiting ──claim──► claimed ──just before the far side can accept it──► handing ──► sent
       ▲                  │                                                   │
       ├─────later────────┴────────────────refused for now────────────────────┤
       │                                                                      ├──► failed: refused for good,
    a person sends it again ◄──── unsure: nobody knows ◄──────silence─────────┘    or too often

A claim that is not heard of for LEASE is over: nothing was handed over, so another process may claim it.
"""

from datetime import timedelta
from enum import StrEnum
from typing import Literal

from msgspec import Struct

Channel = Literal["mail", "webhook"]


class State(StrEnum):
    """WAITING, CLAIMED and HANDING are open; of UNSURE only a person at the far side knows.
    LEFT: it is not sent any more: a person has decided so, or its recipient may not read it now or does not
    want it.
    """

    WAITING = "waiting"
    CLAIMED = "claimed"
    HANDING = "handing"
    SENT = "sent"
    FAILED = "failed"
    UNSURE = "unsure"
    LEFT = "left"


LEASE = timedelta(minutes=5)
"""How long a process may carry one message: longer than its connection may take."""
# Fifteen minutes of trouble go unnoticed; a server that is off over a weekend is waited for.
_PAUSES = (
    timedelta(minutes=1),
    timedelta(minutes=4),
    timedelta(minutes=15),
    timedelta(hours=1),
    *(timedelta(hours=6),) * 12,
)
_IDEMPOTENT: frozenset[Channel] = frozenset({"webhook"})


class After(Struct, frozen=True):
    """What a delivery becomes; pause: until it may be claimed again."""

    state: State
    pause: timedelta = timedelta(0)


def after_refusal(tries: int, *, for_good: bool) -> After:
    """After the far side said no, or could not be reached. tries: how often that was, this time included."""
    if for_good or tries > len(_PAUSES):
        return After(State.FAILED)
    return After(State.WAITING, _PAUSES[tries - 1])


def while_handing(channel: Channel) -> State:
    """The state of a delivery that the far side may have accepted, until it is known.

    A webhook's receiver gets the message's id, by which it takes a second call as the first: it may be
    claimed again. A mailbox need not compare, so an e-mail may not.
    """
    return State.CLAIMED if channel in _IDEMPOTENT else State.HANDING
