"""What may be done with a remedy, and what becomes of it. Pure.

open      begin   doing
open      finish  done       with a result
doing     finish  done       with a result
done      check   checked    by another account than those that finished it or had to do it
open      drop    closed     with a note: why it is not done
doing     drop    closed
done      reopen  open       with a note: why
checked   reopen  open
closed    reopen  open
"""

from collections.abc import Iterable
from typing import Literal, get_args

from msgspec import Struct

from sync.contract.problem import ProblemError
from sync.contract.problem.centre import REMEDY_ENTRY_WRONG, REMEDY_STEP_WRONG

State = Literal["open", "doing", "done", "checked", "closed"]
StepName = Literal["begin", "finish", "check", "drop", "reopen"]

STATES: tuple[State, ...] = get_args(State)
STEPS: tuple[StepName, ...] = get_args(StepName)
WAITING: tuple[State, ...] = ("open", "doing")
"""Not done yet, so that they can be overdue."""
NOTE = 1000  # characters

_NEXT: dict[tuple[State, StepName], State] = {
    ("open", "begin"): "doing",
    ("open", "finish"): "done",
    ("doing", "finish"): "done",
    ("done", "check"): "checked",
    ("open", "drop"): "closed",
    ("doing", "drop"): "closed",
    ("done", "reopen"): "open",
    ("checked", "reopen"): "open",
    ("closed", "reopen"): "open",
}
_NOTED: tuple[StepName, ...] = ("finish", "drop", "reopen")


class Stage(Struct, frozen=True):
    """Where a remedy is. finisher: the account that finished it. result, after: what it wrote then."""

    state: State = "open"
    finisher: int | None = None
    result: str = ""
    after: str = ""


class Step(Struct, frozen=True, kw_only=True):
    """What an account does. note: of `finish`, the result. after: the figure as it is then."""

    step: StepName
    account: int
    note: str = ""
    after: str = ""


def possible(stage: Stage, account: int, assigned: int | None = None) -> tuple[StepName, ...]:
    """What this account may do now. assigned: the account that has to do it, if it is one."""
    return tuple(step for step in STEPS if _next(stage, step, account, assigned) is not None)


def advance(stage: Stage, step: Step, assigned: int | None = None) -> Stage:
    """The stage after this step; assigned: as of `possible`.

    Raises ProblemError HL5171 (not possible now), HL5173 (note or figure).
    """
    state = _next(stage, step.step, step.account, assigned)
    if state is None:
        allowed = ", ".join(possible(stage, step.account, assigned))
        raise ProblemError(REMEDY_STEP_WRONG(where="step", detail=f"làm được bây giờ: {allowed}"))
    if step.step in _NOTED and not step.note.strip():
        raise ProblemError(REMEDY_ENTRY_WRONG(where="note", detail="trống"))
    for name, text in (("note", step.note), ("after", step.after)):
        if len(text) > NOTE:
            raise ProblemError(REMEDY_ENTRY_WRONG(where=name, detail=f"dài hơn {NOTE} ký tự"))
    match step.step:
        case "reopen":
            return Stage()
        case "finish" | "drop":
            return Stage(state, step.account, step.note, step.after)
        case "check":
            return Stage(state, stage.finisher, stage.result, step.after or stage.after)
        case _:
            return Stage(state)


def replay(steps: Iterable[Step]) -> Stage:
    """Where a remedy is after all these steps; raises ProblemError as `advance`."""
    stage = Stage()
    for step in steps:
        stage = advance(stage, step)
    return stage


def _next(stage: Stage, step: StepName, account: int, assigned: int | None) -> State | None:
    if step == "check" and account in (stage.finisher, assigned):
        return None
    return _NEXT.get((stage.state, step))
