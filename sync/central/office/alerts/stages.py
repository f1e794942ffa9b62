"""What may be done with an alert, and what becomes of it. Pure.

new      take     taken      by the account that takes it
taken    take     taken      by another account, which owns it then
taken    act      taken      by its owner, with a note: what was done
taken    close    closed     by its owner, with a result
new      recover  closed     by the centre itself: what it was about is over
taken    recover  closed
closed   reopen   new        with a note: why
"""

from typing import Literal, get_args

from sync.central.office.work.owned import Course, WorkStage, WorkStep
from sync.contract.problem.centre import ALERT_ENTRY_WRONG, ALERT_STEP_WRONG

State = Literal["new", "taken", "closed"]
PersonStep = Literal["take", "act", "close", "reopen"]
StepName = Literal["take", "act", "close", "reopen", "recover"]
Result = Literal["fixed", "explained", "passed-on", "false"]
"""How it ended: put right; explained; passed on to another body; there was nothing wrong."""
OwnResult = Literal["recovered", "unused", "sent"]
"""Why the centre closed it itself: the device was heard again; it is not used any more; the report was
sent."""

STATES: tuple[State, ...] = get_args(State)
RESULTS: tuple[Result, ...] = get_args(Result)

Stage = WorkStage[State]
Step = WorkStep[StepName]
COURSE: Course[State, StepName] = Course(
    new="new",
    next={
        ("new", "take"): "taken",
        ("taken", "take"): "taken",
        ("taken", "act"): "taken",
        ("taken", "close"): "closed",
        ("new", "recover"): "closed",
        ("taken", "recover"): "closed",
        ("closed", "reopen"): "new",
    },
    steps=get_args(PersonStep),
    noted=("act", "reopen"),
    results={"close": RESULTS, "recover": get_args(OwnResult)},
    step_wrong=ALERT_STEP_WRONG,
    entry_wrong=ALERT_ENTRY_WRONG,
)
