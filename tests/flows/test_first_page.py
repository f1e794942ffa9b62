"""The first question is the ready screen: every way from a scan, its outcome and its touches."""

import pytest
from msgspec.structs import replace

from kiosk.events import (
    Answered,
    Back,
    ClosePrivacy,
    EarTouched,
    Event,
    Forward,
    NotNow,
    Replaced,
    ShowPrivacy,
    Speak,
    Start,
    StartAgain,
    Tagged,
    Toggled,
    Touched,
)
from sync.contract.response import Outcome
from sync.contract.survey import Survey
from tests.flows.flow import OTHER_TAG, TAG, Flow, kien_hung, rules_for
from tests.support.surveys import every_kind

FIVE, FOUR = Answered("result", 5), Answered("service", 4)
GIVEN = {"result": 5, "service": 4}

WAYS: dict[str, tuple[list[Event], int, Outcome, dict[str, int]]] = {
    "two answers, silence at the gate": ([FIVE, FOUR], 2, "complete", GIVEN),
    "two answers, sent": ([FIVE, FOUR, Forward()], 3, "complete", GIVEN),
    "silence": ([], 0, "timed_out", {}),
    "not now": ([NotNow()], 1, "declined", {}),
    "privacy, then silence": ([ShowPrivacy()], 1, "timed_out", {}),
    "privacy, back, not now": ([ShowPrivacy(), ClosePrivacy(), NotNow()], 3, "declined", {}),
    "privacy, back, two answers": ([ShowPrivacy(), ClosePrivacy(), FIVE, FOUR], 4, "complete", GIVEN),
    "one answer, silence": ([FIVE], 1, "partial", {"result": 5}),
    "one answer, back, not now": ([FIVE, Back(), NotNow()], 3, "partial", {"result": 5}),
    "one answer, begun again, not now": ([FIVE, StartAgain(), NotNow()], 3, "declined", {}),
    "one answer, begun again, silence": ([FIVE, StartAgain()], 2, "timed_out", {}),
}


@pytest.mark.parametrize("begin", [Tagged(TAG), Touched()], ids=["scan", "touch"])
@pytest.mark.parametrize("way", WAYS)
def test_every_way_from_the_first_question_leaves_its_one_response(begin: Event, way: str) -> None:
    touches, count, outcome, answers = WAYS[way]
    flow = Flow(rules_for(kien_hung(), start_by_touch=True)).send(begin)
    assert flow.screen == "RatingView", "the first question is on the screen at once"
    flow.send(*touches).wait(200)
    assert len(touches) == count
    assert [(stored.response.outcome, stored.response.answers) for stored in flow.stored] == [
        (outcome, answers)
    ]
    assert flow.screen == "IdleView"


READY_SCREEN: dict[str, tuple[list[Event], Outcome]] = {
    "started, two answers": ([Start(), FIVE, FOUR], "complete"),
    "silence": ([], "timed_out"),
    "started, silence": ([Start()], "timed_out"),
    "not now": ([NotNow()], "declined"),
    "started, one answer, back, back, not now": ([Start(), FIVE, Back(), Back(), NotNow()], "partial"),
    "answers before the start": ([FIVE, FOUR, NotNow()], "declined"),
    "not now where it is not offered": ([Start(), NotNow()], "timed_out"),
}


@pytest.mark.parametrize("way", READY_SCREEN)
def test_a_terminal_that_is_set_to_has_a_screen_of_its_own_before_the_first_question(way: str) -> None:
    touches, outcome = READY_SCREEN[way]
    flow = Flow(rules_for(kien_hung(), ready_screen=True)).send(Tagged(TAG))
    assert (flow.screen, flow.shown.frame.handover) == ("ReadyView", None)
    flow.send(*touches).wait(200)
    assert [stored.response.outcome for stored in flow.stored] == [outcome]


def beginning_with(*ids: str) -> Survey:
    """A survey whose first questions are these."""
    survey = every_kind()
    first = [question for id in ids for question in survey.questions if question.id == id]
    others = [question for question in survey.questions if question not in first]
    return replace(survey, questions=(*first, *others))


@pytest.mark.parametrize(
    ("id", "event"),
    [("way", Answered("way", "a")), ("again", Answered("again", True)), ("place", Answered("place", "na"))],
)
def test_a_first_question_of_any_kind_is_answered_at_once(id: str, event: Event) -> None:
    flow = Flow(rules_for(beginning_with(id))).send(Tagged(TAG))
    assert flow.shown.frame.handover is not None
    flow.send(event)
    visit = flow.state.visit
    assert visit is not None
    assert (flow.state.phase, set(visit.answers)) == ("asking", {id})


def test_a_keyboard_is_never_the_first_thing_to_be_met() -> None:
    flow = Flow(rules_for(beginning_with("words"))).send(Tagged(TAG))
    assert flow.screen == "ReadyView"
    assert flow.send(Start()).screen == "TextView"


def test_what_means_nothing_on_the_first_page_does_not_begin_the_visit() -> None:
    flow = Flow(rules_for(kien_hung())).send(Tagged(TAG))
    flow.send(Start(), Back(), StartAgain(), Forward(), Answered("result", 9), Toggled("result", "x"))
    assert flow.state.phase == "ready"


def test_the_frame_stays_the_same_until_the_first_page_is_left() -> None:
    three = beginning_with("manner", "place", "fee")
    flow = Flow(rules_for(three, ratings_per_page=3)).send(Tagged(TAG))
    before = flow.shown.frame
    assert (before.handover is not None, before.back, before.page) == (True, False, 1)
    flow.send(Answered("manner", 4))
    after = flow.shown.frame
    assert (after.handover, after.back, after.page) == (before.handover, False, 1)
    flow.send(Answered("place", 4), Forward())
    assert (flow.shown.frame.handover, flow.shown.frame.back) == (None, True)
    flow.send(Back())
    assert flow.shown.frame.handover == before.handover


def test_the_time_spent_on_privacy_is_not_that_of_the_first_answer() -> None:
    flow = Flow(rules_for(kien_hung())).send(Tagged(TAG), ShowPrivacy()).wait(30)
    flow.send(ClosePrivacy(), FIVE, FOUR, Forward())
    assert flow.last.response.timing == {"result": 1500, "service": 1500}


def test_the_first_page_of_the_next_visit_is_another_page() -> None:
    flow = Flow(rules_for(kien_hung())).send(Tagged(TAG))
    before = flow.shown
    flow.send(Replaced(True), Tagged(OTHER_TAG))
    assert flow.shown.view == before.view
    # So a finger that was put down in the last visit answers nothing here.
    assert flow.shown.frame.visit != before.frame.visit


def test_privacy_and_the_first_question_are_read_aloud_once() -> None:
    flow = Flow(rules_for(kien_hung())).send(Tagged(TAG), EarTouched(), FIVE)
    survey = flow.rules.survey
    spoken = [effect.text for effect in flow.effects if isinstance(effect, Speak)]
    for text in (survey.privacy.summary, survey.questions[0].text):
        assert spoken.count(text["vi"]) == 1
    assert flow.state.visit is not None
    assert flow.state.visit.answers == {}
