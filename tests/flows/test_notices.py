"""A notice has an audience: what the officer is told is never read by a citizen, and the other way round."""

import pytest

from kiosk.events import (
    Answered,
    Event,
    HelpWanted,
    Noticed,
    Now,
    OpeningChanged,
    ShowPrivacy,
    Tagged,
    WipeWanted,
)
from kiosk.session import CALLED
from kiosk.staff_desk import TOLD_FOR_MS, Desk, DeskTold, StaffWanted, step
from tests.flows.flow import START, TAG, Flow, kien_hung, rules_for

TAKEN = Noticed("Đã nhận thẻ: Cán bộ Một")
REFUSED = Noticed("Thẻ đã hết hạn", refused=True)
ANSWERS = (Answered("result", 5), Answered("service", 1))
VISITOR: dict[str, tuple[Event, ...]] = {
    "RatingView": (),
    "ReadyView": (),
    "PrivacyView": (ShowPrivacy(),),
    "GateView": ANSWERS,
}
NOBODY: dict[str, tuple[Event, ...]] = {
    "IdleView": (),
    "ClosedView": (OpeningChanged(False),),
    "WipingView": (WipeWanted(),),
}


def visit(screen: str) -> Flow:
    flow = Flow(rules_for(kien_hung(), ready_screen=screen == "ReadyView"))
    if screen == "StillThereView":
        return flow.send(Tagged(TAG), ANSWERS[0]).wait(41)
    if screen == "ThanksView":
        return flow.send(Tagged(TAG), *ANSWERS).wait(9)
    if screen == "OutOfOrderView":
        flow.disk_is_full = True
        return flow.send(Tagged(TAG), *ANSWERS).wait(9)
    return flow.send(Tagged(TAG), *VISITOR[screen])


@pytest.mark.parametrize("told", [TAKEN, REFUSED], ids=["taken", "refused"])
@pytest.mark.parametrize("screen", [*VISITOR, "StillThereView", "ThanksView", "OutOfOrderView"])
def test_while_a_citizen_is_there_words_for_the_officer_are_a_sign(screen: str, told: Noticed) -> None:
    flow = visit(screen)
    before = flow.shown
    flow.send(told)
    assert flow.screen == screen
    assert told.text not in str(flow.shown)
    assert flow.shown.frame.told == ("refused" if told.refused else "taken")
    assert flow.shown.view == before.view
    assert flow.wait(5).shown.frame.told == ""


@pytest.mark.parametrize("screen", NOBODY)
def test_where_nobody_is_the_officer_reads_what_became_of_the_scan(screen: str) -> None:
    flow = Flow(rules_for(kien_hung())).send(*NOBODY[screen], TAKEN)
    assert flow.screen == screen
    assert (flow.shown.frame.notice, flow.shown.frame.told) == (TAKEN.text, "")
    assert flow.wait(5).shown.frame.notice == ""


def test_a_scan_does_not_end_what_the_citizen_is_told() -> None:
    flow = visit("RatingView").send(HelpWanted(), TAKEN)
    assert (flow.shown.frame.notice, flow.shown.frame.told) == (CALLED, "taken")
    flow.wait(3)
    assert (flow.shown.frame.notice, flow.shown.frame.told) == ("", "taken")


def test_words_from_before_the_visit_do_not_stand_over_it() -> None:
    flow = Flow(rules_for(kien_hung())).send(TAKEN, Tagged(TAG))
    assert (flow.screen, flow.shown.frame.notice, flow.shown.frame.told) == ("RatingView", "", "taken")


def at(milliseconds: int) -> Now:
    return Now(START, milliseconds, bytes(16))


@pytest.mark.parametrize(("later", "message"), [(TOLD_FOR_MS, REFUSED.text), (TOLD_FOR_MS + 1, "")])
def test_the_staff_screen_opens_with_what_the_glass_showed_as_a_sign(later: int, message: str) -> None:
    desk, _ = step(Desk(), DeskTold(REFUSED.text), at(0), 60)
    assert desk.page == "closed"
    desk, _ = step(desk, StaffWanted(), at(later), 60)
    assert (desk.page, desk.message) == ("lock", message)
