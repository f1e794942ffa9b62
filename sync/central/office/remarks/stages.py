"""What may be done with a remark, and what becomes of it. Pure.

new       take    taken       by the account that takes it
taken     take    taken       by another account, which owns it then
taken     answer  answered    by its owner, with a note: what was said or done
taken     close   closed      by its owner: there was nothing to answer
answered  close   closed
answered  reopen  new         with a note: why
closed    reopen  new
"""

from typing import Literal, get_args

from sync.central.office.work.owned import Course, WorkStage, WorkStep
from sync.contract.problem.centre import REMARK_ENTRY_WRONG, REMARK_STEP_WRONG

State = Literal["new", "taken", "answered", "closed"]
StepName = Literal["take", "answer", "close", "reopen"]
Result = Literal["fixed", "explained", "passed-on", "noted"]
"""How it ended: put right; explained to the citizen; passed on to another body; read, with nothing to do."""

STATES: tuple[State, ...] = get_args(State)
STEPS: tuple[StepName, ...] = get_args(StepName)
RESULTS: tuple[Result, ...] = get_args(Result)

Stage = WorkStage[State]
Step = WorkStep[StepName]
COURSE: Course[State, StepName] = Course(
    new="new",
    next={
        ("new", "take"): "taken",
        ("taken", "take"): "taken",
        ("taken", "answer"): "answered",
        ("taken", "close"): "closed",
        ("answered", "close"): "closed",
        ("answered", "reopen"): "new",
        ("closed", "reopen"): "new",
    },
    steps=STEPS,
    noted=("answer", "reopen"),
    results={"close": RESULTS},
    step_wrong=REMARK_STEP_WRONG,
    entry_wrong=REMARK_ENTRY_WRONG,
)
