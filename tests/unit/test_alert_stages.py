"""What may be done with an alert, by whom, and what becomes of it."""

import pytest

from sync.central.office.alerts.stages import COURSE, Stage, Step
from sync.contract.problem import ProblemError

possible, advance, replay = COURSE.possible, COURSE.advance, COURSE.replay
LAN, MINH, CENTRE = 1, 2, 0
TAKEN = Stage("taken", LAN)


def test_an_alert_is_taken_acted_on_closed_and_reopened() -> None:
    steps = [
        Step(step="take", account=LAN),
        Step(step="act", account=LAN, note="Đã gọi kỹ thuật"),
        Step(step="close", account=LAN, result="fixed"),
    ]
    assert replay(steps) == Stage("closed", LAN, "fixed")
    assert replay([*steps, Step(step="reopen", account=MINH, note="Lại im")]) == Stage("new")


def test_only_its_owner_handles_an_alert_and_another_takes_it_first() -> None:
    assert possible(TAKEN, LAN) == ("act", "close")
    assert possible(TAKEN, MINH) == ("take",)
    with pytest.raises(ProblemError, match=r"HL5175.*take"):
        advance(TAKEN, Step(step="close", account=MINH, result="fixed"))


@pytest.mark.parametrize("stage", [Stage("new"), TAKEN])
def test_the_centre_closes_what_is_over_whoever_holds_it(stage: Stage) -> None:
    done = advance(stage, Step(step="recover", account=CENTRE, result="recovered"))
    assert done == Stage("closed", stage.owner, "recovered")
    with pytest.raises(ProblemError, match="HL5175"):
        advance(done, Step(step="recover", account=CENTRE, result="recovered"))


@pytest.mark.parametrize(
    ("step", "where"),
    [
        (Step(step="act", account=LAN, note=" "), "note"),
        (Step(step="act", account=LAN, note="x" * 1001), "note"),
        (Step(step="close", account=LAN), "result"),
        (Step(step="close", account=LAN, result="recovered"), "result"),
    ],
)
def test_what_was_done_and_how_it_ended_is_written(step: Step, where: str) -> None:
    with pytest.raises(ProblemError, match=rf"HL5177.*{where}"):
        advance(TAKEN, step)
