"""What may be done with a remedy, by whom, and what becomes of it."""

from itertools import product

import pytest

from sync.central.office.remedies.stages import (
    NOTE,
    STEPS,
    Stage,
    Step,
    StepName,
    advance,
    possible,
    replay,
)
from sync.contract.problem import ProblemError

LAN, MINH = 1, 2


def done(*names: StepName, by: int = LAN) -> Stage:
    return replay(Step(step=name, account=by, note="Đã làm") for name in names)


def test_a_remedy_is_begun_finished_checked_and_reopened() -> None:
    finished = replay([Step(step="finish", account=LAN, note="Thêm một quầy", after="91,0% (n = 88)")])
    assert finished == Stage("done", LAN, "Thêm một quầy", "91,0% (n = 88)")
    checked = advance(finished, Step(step="check", account=MINH))
    assert checked == Stage("checked", LAN, "Thêm một quầy", "91,0% (n = 88)")
    assert (
        advance(finished, Step(step="check", account=MINH, after="93,0% (n = 90)")).after == "93,0% (n = 90)"
    )
    assert advance(checked, Step(step="reopen", account=MINH, note="Lại chờ lâu")) == Stage()


def test_who_did_it_does_not_check_it() -> None:
    assert possible(done("begin", "finish"), LAN) == ("reopen",)
    assert possible(done("begin", "finish"), MINH) == ("check", "reopen")
    with pytest.raises(ProblemError, match=r"HL5171.*reopen"):
        advance(done("finish"), Step(step="check", account=LAN))


def test_only_the_steps_of_the_table_are_possible() -> None:
    wanted = {
        (): {"begin", "finish", "drop"},
        ("begin",): {"finish", "drop"},
        ("finish",): {"check", "reopen"},
        ("drop",): {"reopen"},
    }
    for steps, step in product(wanted, STEPS):
        stage = done(*steps)  # type: ignore[arg-type]
        assert (step in possible(stage, MINH)) == (step in wanted[steps]), (steps, step)


@pytest.mark.parametrize("step", ["finish", "drop"])
@pytest.mark.parametrize(("note", "after", "where"), [(" ", "", "note"), ("x", "y" * (NOTE + 1), "after")])
def test_a_result_is_written_and_not_too_long(step: StepName, note: str, after: str, where: str) -> None:
    with pytest.raises(ProblemError, match=rf"HL5173.*{where}"):
        advance(Stage(), Step(step=step, account=LAN, note=note, after=after))
