"""What may be done with a remark, by whom, and what becomes of it."""

import itertools

import pytest

from sync.central.office.remarks.stages import (
    COURSE,
    RESULTS,
    STATES,
    STEPS,
    Stage,
    Step,
    StepName,
)
from sync.central.office.work.owned import NOTE
from sync.contract.problem import ProblemError

possible, advance, replay = COURSE.possible, COURSE.advance, COURSE.replay
MINE, OTHER = 1, 2


def step(name: StepName, account: int = MINE, **entries: str) -> Step:
    usual = {"answer": {"note": "đã gọi lại"}, "reopen": {"note": "chưa xong"}, "close": {"result": "fixed"}}
    return Step(step=name, account=account, **{**usual.get(name, {}), **entries})


def test_a_remark_is_taken_answered_closed_and_reopened() -> None:
    taken = advance(Stage("new"), step("take"))
    assert taken == Stage("taken", MINE)
    answered = advance(taken, step("answer"))
    assert answered == Stage("answered", MINE)
    closed = advance(answered, step("close", OTHER, result="explained"))
    assert closed == Stage("closed", MINE, "explained")
    assert advance(closed, step("reopen", OTHER)) == Stage("new")


def test_what_needs_no_answer_is_closed_by_its_owner() -> None:
    assert advance(Stage("taken", MINE), step("close", result="noted")) == Stage("closed", MINE, "noted")


def test_a_remark_that_another_holds_must_be_taken_first() -> None:
    held = Stage("taken", OTHER)
    assert possible(held, MINE) == ("take",)
    with pytest.raises(ProblemError, match=r"HL5121.*take"):
        advance(held, step("answer"))
    assert advance(held, step("take")) == Stage("taken", MINE)


def test_only_the_steps_that_are_possible_can_be_done_in_every_state() -> None:
    for state, name, owner in itertools.product(STATES, STEPS, (None, MINE, OTHER)):
        stage = Stage(state, owner)
        if name in possible(stage, MINE):
            assert advance(stage, step(name)) != stage
        else:
            with pytest.raises(ProblemError, match="HL5121"):
                advance(stage, step(name))
    assert [possible(Stage(state, MINE), MINE) for state in STATES] == [
        ("take",),
        ("answer", "close"),
        ("close", "reopen"),
        ("reopen",),
    ]


@pytest.mark.parametrize(
    ("state", "wrong", "where"),
    [
        ("taken", step("answer", note=" "), "note"),
        ("taken", step("answer", note="x" * (NOTE + 1)), "note"),
        ("closed", step("reopen", note=""), "note"),
        ("answered", step("close", result=""), "result"),
        ("answered", step("close", result="good"), "result"),
        ("taken", step("answer", result=RESULTS[0]), "result"),
    ],
)
def test_a_note_or_result_that_is_missing_or_wrong_is_refused(state: str, wrong: Step, where: str) -> None:
    with pytest.raises(ProblemError, match=rf"HL5123.*{where}"):
        advance(Stage(state, MINE), wrong)  # type: ignore[arg-type]


def test_steps_lead_where_they_led_one_by_one() -> None:
    steps = [step("take"), step("take", OTHER), step("answer", OTHER), step("reopen"), step("take")]
    assert replay(steps) == Stage("taken", MINE)
    with pytest.raises(ProblemError, match="HL5121"):
        replay([step("take"), step("answer", OTHER)])
