"""What may be done with a document in which state, and what becomes of it. Pure.

draft      write      draft        what an official writes
draft      refresh    draft        the figures are read again
draft      return     draft        back to who drafted it, with a remark
draft      approve    approved     by somebody else; the figures stay as they are from now on
approved   return     draft
approved   send       sent         number and day of the signed paper are known
approved   publish    published
sent       publish    published
published  send       published
published  announce   published    read out or put up, on a day
sent, published       revise       a draft of the next revision begins; this one stays until that is issued
sent, published       replace      replaced, by its revision
any but the last two  withdraw     withdrawn, with a reason
"""

from collections.abc import Mapping
from typing import Literal, get_args

from sync.contract.problem import ProblemError
from sync.contract.problem.centre import REPORT_STEP_WRONG

State = Literal["draft", "approved", "sent", "published", "replaced", "withdrawn"]
StepName = Literal[
    "write", "refresh", "approve", "return", "send", "publish", "announce", "revise", "replace", "withdraw"
]

STATES: tuple[State, ...] = get_args(State)
STEPS: tuple[StepName, ...] = get_args(StepName)

_NEXT: Mapping[tuple[State, StepName], State] = {
    ("draft", "write"): "draft",
    ("draft", "refresh"): "draft",
    ("draft", "return"): "draft",
    ("draft", "approve"): "approved",
    ("draft", "withdraw"): "withdrawn",
    ("approved", "return"): "draft",
    ("approved", "send"): "sent",
    ("approved", "publish"): "published",
    ("approved", "withdraw"): "withdrawn",
    ("sent", "publish"): "published",
    ("sent", "revise"): "sent",
    ("sent", "replace"): "replaced",
    ("sent", "withdraw"): "withdrawn",
    ("published", "send"): "published",
    ("published", "announce"): "published",
    ("published", "revise"): "published",
    ("published", "replace"): "replaced",
    ("published", "withdraw"): "withdrawn",
}
# In these states the figures don't change any more.
FROZEN: frozenset[State] = frozenset({"approved", "sent", "published", "replaced", "withdrawn"})
# A period whose document is in one of these states has one.
LIVING: frozenset[State] = frozenset({"draft", "approved", "sent", "published"})


def possible(state: State, *, sent: bool = False) -> tuple[StepName, ...]:
    """What may be done in this state. sent: number and day are known already."""
    return tuple(step for step in STEPS if _next(state, step, sent) is not None)


def advance(state: State, step: StepName, *, sent: bool = False) -> State:
    """The state after this step; raises ProblemError HL5163 if it can't be done now."""
    state_then = _next(state, step, sent)
    if state_then is None:
        allowed = ", ".join(possible(state, sent=sent))
        raise ProblemError(REPORT_STEP_WRONG(where=step, detail=f"làm được bây giờ: {allowed}"))
    return state_then


def _next(state: State, step: StepName, sent: bool) -> State | None:
    return None if sent and step == "send" else _NEXT.get((state, step))
