"""Who the visitor is: known from the case, or from one choice before the first question."""

import pytest
from msgspec.structs import replace

from kiosk.events import (
    Answered,
    Back,
    EarTouched,
    Forward,
    Joined,
    NotNow,
    RespondentChosen,
    ShowPrivacy,
    Speak,
    Start,
    StartAgain,
    Tagged,
    Touched,
)
from kiosk.rehearsal import scenes
from kiosk.session import ONCE_MORE, RESPONDENTS, WHOM_FOR, current_page, may_be_voided
from kiosk.view import RespondentView
from sync.contract.response import Response
from tests.flows.flow import CATALOGUE, SETTINGS, TAG, Flow, kien_hung, rules_for
from tests.flows.test_rehearsal import NOW

FORM = replace(kien_hung(), respondents=("citizen", "organisation"))
BOTH = rules_for(FORM, respondents=("citizen", "organisation"), organisations=frozenset({"c" * 32}))
ONE = replace(BOTH, respondents=("citizen",))
OF_ORGANISATION = replace(TAG, source="case", cases=("c" * 32,))
FIRST = FORM.questions[0].id
FOR_ORGANISATION = RespondentChosen("organisation")


def arrived(**changes: object) -> Flow:
    return Flow(replace(BOTH, **changes)).send(Tagged(TAG))


def finished(flow: Flow) -> Response:
    """Every rating before the gate is answered, and nothing is added."""
    while flow.state.phase in ("ready", "asking"):
        assert flow.state.visit is not None
        flow.send(*(Answered(question.id, 4) for question in current_page(flow.state.visit, flow.rules)))
    return flow.send(Forward()).last.response


def spoken(flow: Flow) -> list[str]:
    return [effect.text for effect in flow.effects if isinstance(effect, Speak)]


def test_the_choice_comes_before_the_first_question_and_says_what_was_handed_over() -> None:
    flow = arrived()
    assert flow.shown.view == RespondentView(respondents=("citizen", "organisation"))
    frame = flow.shown.frame
    assert frame.handover is not None
    assert frame.handover.procedure == "Đăng ký khai sinh"
    assert (frame.back, frame.pages, frame.restart) == (False, 0, False)
    flow.send(FOR_ORGANISATION)
    assert flow.screen == "RatingView"
    assert flow.shown.frame.back


def test_the_choice_is_in_the_response_and_no_answer_of_the_form() -> None:
    response, plain = finished(arrived().send(FOR_ORGANISATION)), finished(Flow(ONE).send(Tagged(TAG)))
    assert (response.respondent, response.outcome) == ("organisation", "complete")
    assert (response.answers, response.timing.keys()) == (plain.answers, plain.timing.keys())
    assert plain.respondent == "citizen"


def test_nobody_is_chosen_before_the_touch_and_nothing_else_goes_on() -> None:
    flow = arrived()
    flow.send(Answered(FIRST, 5), Forward(), Start(), Back(), RespondentChosen("staff"), Touched())
    assert flow.screen == "RespondentView"
    assert may_be_voided(flow.state)


@pytest.mark.parametrize("ready_screen", [False, True])
def test_back_from_the_first_question_leads_to_the_choice_which_can_be_changed(ready_screen: bool) -> None:
    flow = arrived(ready_screen=ready_screen).send(RespondentChosen("citizen"), Back())
    assert flow.screen == "RespondentView"
    flow.send(FOR_ORGANISATION, Answered(FIRST, 2), StartAgain())
    assert finished(flow).respondent == "organisation"


def test_not_now_and_privacy_are_one_touch_away() -> None:
    flow = arrived().send(ShowPrivacy())
    assert flow.screen == "PrivacyView"
    assert arrived().send(NotNow()).last.response.outcome == "declined"


def test_a_case_that_is_known_as_an_organisation_s_says_so_silently() -> None:
    flow = Flow(BOTH).send(Tagged(OF_ORGANISATION))
    assert flow.screen == "RatingView"
    assert finished(flow).respondent == "organisation"
    joined = arrived().send(Joined(OF_ORGANISATION))
    assert joined.screen == "RatingView"


def test_a_case_that_is_known_as_a_citizen_s_says_so_silently() -> None:
    rules = replace(BOTH, citizens=frozenset({"d" * 32}))
    flow = Flow(rules).send(Tagged(replace(TAG, source="case", cases=("d" * 32,))))
    assert flow.screen == "RatingView"
    assert finished(flow).respondent == "citizen"
    assert Flow(rules).send(Tagged(replace(TAG, source="case", cases=("e" * 32,)))).screen == "RespondentView"


def test_where_one_respondent_is_asked_nothing_is_chosen() -> None:
    flow = Flow(ONE).send(Tagged(OF_ORGANISATION))
    assert flow.screen == "RatingView"
    assert finished(flow).respondent == "citizen"


def test_who_leaves_at_the_choice_has_declined_nothing() -> None:
    flow = arrived().wait(BOTH.patience.ready)
    assert flow.last.response.outcome == "timed_out"
    assert flow.screen == "IdleView"


def test_with_the_ear_on_the_choice_is_read_out_by_numbers_and_takes_a_second_touch() -> None:
    flow = arrived().send(EarTouched())
    assert spoken(flow)[-5:] == [WHOM_FOR, "1", RESPONDENTS["citizen"], "2", RESPONDENTS["organisation"]]
    flow.send(FOR_ORGANISATION)
    assert flow.shown.view == RespondentView(
        respondents=("citizen", "organisation"), armed="organisation", numbered=True
    )
    assert spoken(flow)[-1] == ONCE_MORE
    flow.send(FOR_ORGANISATION)
    assert flow.screen == "RatingView"


def test_the_choice_is_rehearsed_before_the_first_citizen_sees_it() -> None:
    kinds = [type(shown.view).__name__ for shown in scenes(BOTH, SETTINGS, CATALOGUE, NOW)]
    assert kinds[0] == "RespondentView"
    assert "RatingView" in kinds
