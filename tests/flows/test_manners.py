"""How a citizen is met on every screen: help at hand, everything said aloud, nobody hurried."""

import pytest
from msgspec.structs import replace

from kiosk.events import (
    Answered,
    CallStaff,
    ClosePrivacy,
    ContrastTouched,
    EarTouched,
    Focused,
    Forward,
    HelpWanted,
    KeyTouched,
    LanguageChosen,
    MoreWanted,
    OpeningChanged,
    ShowPrivacy,
    Sound,
    Speak,
    Speaking,
    Start,
    Tagged,
    TextSizeTouched,
    Timeout,
    Toggled,
    Touched,
    WipeWanted,
    Writing,
)
from kiosk.session import CALLED_IN_VAIN, ONCE_MORE
from kiosk.view import (
    ONLY_VIETNAMESE,
    ChoiceView,
    NumberView,
    RatingRow,
    RatingView,
    StillThereView,
    TextView,
    YesNoView,
)
from sync.contract.response import Answer
from tests.flows.flow import TAG, Flow, kien_hung, rules_for
from tests.support.surveys import every_kind


@pytest.fixture
def flow() -> Flow:
    return Flow(rules_for(kien_hung(), start_by_touch=True))


def asking(flow: Flow) -> Flow:
    return flow.send(Tagged(TAG), Start())


def thanked(flow: Flow) -> Flow:
    asking(flow).send(Answered("result", 5), Answered("service", 5))
    while flow.screen != "ThanksView":
        flow.send(Forward())
    return flow


def closed(flow: Flow) -> Flow:
    return flow.send(OpeningChanged(False))


def full(flow: Flow) -> Flow:
    flow.disk_is_full = True
    asking(flow).send(Answered("result", 5), Answered("service", 5))
    while flow.screen != "OutOfOrderView":
        flow.send(Forward())
    return flow


SCREENS = {
    "IdleView": lambda flow: flow,
    "ReadyView": lambda flow: flow.send(Tagged(TAG)),
    "PrivacyView": lambda flow: flow.send(Tagged(TAG), ShowPrivacy()),
    "RatingView": asking,
    "GateView": lambda flow: asking(flow).send(Answered("result", 5), Answered("service", 5)),
    "StillThereView": lambda flow: asking(flow).wait(41),
    "ThanksView": thanked,
    "OutOfOrderView": full,
    "ClosedView": closed,
}


@pytest.mark.parametrize("screen", SCREENS)
def test_staff_can_be_called_and_type_made_larger_on_every_screen(flow: Flow, screen: str) -> None:
    SCREENS[screen](flow)
    assert flow.screen == screen
    assert flow.shown.frame.help
    flow.send(HelpWanted())
    assert CallStaff() in flow.effects
    assert flow.shown.frame.notice
    flow.send(TextSizeTouched(), ContrastTouched())
    manners = flow.shown.frame.manners
    assert (manners.text_step, manners.high_contrast) == (1, True)


def test_what_was_changed_on_the_thanks_does_not_wait_for_the_next_citizen(flow: Flow) -> None:
    thanked(flow).send(TextSizeTouched(), LanguageChosen("en"))
    assert flow.screen == "ThanksView"
    flow.wait(4)
    assert flow.screen == "ThanksView", "who makes the type larger wants to read"
    flow.wait(2)
    assert flow.screen == "IdleView"
    manners = flow.shown.frame.manners
    assert (manners.text_step, manners.language) == (0, "vi")


def test_what_was_changed_on_the_closed_screen_goes_back(flow: Flow) -> None:
    closed(flow).send(TextSizeTouched())
    flow.wait(61)
    assert flow.screen == "ClosedView"
    assert flow.shown.frame.manners.text_step == 0


def test_after_hours_nobody_is_promised_to_come(flow: Flow) -> None:
    assert closed(flow).send(HelpWanted()).shown.frame.notice == CALLED_IN_VAIN


def test_while_the_glass_is_wiped_nothing_can_be_touched(flow: Flow) -> None:
    flow.send(WipeWanted())
    before = flow.state
    flow.send(Touched(), HelpWanted(), TextSizeTouched(), EarTouched())
    assert flow.state == before
    assert not flow.shown.frame.help


def test_a_countdown_tells_the_time_that_is_left(flow: Flow) -> None:
    asking(flow).wait(41)
    view = flow.shown.view
    assert isinstance(view, StillThereView)
    assert view.seconds == 20
    flow.send(Speaking(2500))
    longer = flow.shown.view
    assert isinstance(longer, StillThereView)
    assert longer.seconds == 23
    assert longer.turn != view.turn, "the figure begins anew"
    flow.wait(longer.seconds - 1)
    assert flow.screen == "StillThereView"
    flow.wait(1)
    assert flow.screen == "IdleView"


def every_question() -> Flow:
    flow = Flow(rules_for(every_kind()))
    return flow.send(Tagged(TAG), EarTouched(), Start())


def test_with_the_ear_on_the_first_touch_is_seen_and_the_second_chooses() -> None:
    flow = every_question()
    view = flow.shown.view
    assert isinstance(view, RatingView)
    question = view.rows[0].question
    flow.send(Answered(question, 4))
    view = flow.shown.view
    assert isinstance(view, RatingView)
    assert (view.rows[0].armed, view.rows[0].marked) == (4, None)
    assert flow.shown.frame.notice == ONCE_MORE
    flow.send(Answered(question, 4))
    assert flow.state.visit is not None
    assert flow.state.visit.answers[question] == 4


ANSWERS: dict[str, Answer] = {
    "result": 3, "why-result": "slow", "manner": 4, "place": "na", "fee": 2, "way": "a", "trips": 0,
    "again": False,
}  # fmt: skip


def touch_twice(flow: Flow, question: str) -> tuple[object, object]:
    """What was armed and marked after the first touch of this question's answer; then the second touch."""
    answer = ANSWERS[question]
    event = Toggled(question, str(answer)) if question == "why-result" else Answered(question, answer)
    flow.send(event)
    view = flow.shown.view
    shown = view.rows[0] if isinstance(view, RatingView) else view
    assert isinstance(shown, RatingRow | ChoiceView | YesNoView | NumberView)
    flow.send(event)
    return shown.armed, shown.marked


def test_an_armed_answer_is_seen_for_every_kind_of_question() -> None:
    flow = every_question()
    for question, answer in ANSWERS.items():
        assert touch_twice(flow, question) in ((answer, None), (answer, ())), question
        if question in ("why-result", "trips"):  # no single touch leads on from these
            flow.send(Forward())
    assert flow.state.visit is not None
    assert flow.state.visit.answers == {**ANSWERS, "why-result": ("slow",)}


def test_where_questions_share_a_page_an_answer_is_said_with_its_own_question() -> None:
    flow = Flow(rules_for(every_kind(), ratings_per_page=3)).send(Tagged(TAG), EarTouched(), Start())
    touch_twice(flow, "result")
    flow.send(Forward())
    view = flow.shown.view
    assert isinstance(view, RatingView)
    second = view.rows[1]
    flow.send(Answered(second.question, 5))
    said = [effect for effect in flow.effects if isinstance(effect, Speak)][-2:]
    assert [(words.text, words.queued) for words in said] == [
        (second.text, False),
        (second.levels[0].label, True),
    ]


def test_the_whole_of_what_happens_with_answers_is_read_aloud(flow: Flow) -> None:
    flow.send(Tagged(TAG), EarTouched(), ShowPrivacy())
    privacy = flow.rules.survey.privacy
    said = [effect for effect in flow.effects if isinstance(effect, Speak)][-4:]
    wanted = (privacy.purpose, privacy.data, privacy.controller, privacy.rights)
    assert [words.text for words in said] == [text["vi"] for text in wanted]
    assert [words.queued for words in said] == [False, True, True, True]
    assert flow.send(ClosePrivacy()).screen == "ReadyView"


def writing() -> Flow:
    flow = asking(Flow(rules_for(kien_hung())))
    flow.send(Answered("result", 5), Answered("service", 5), MoreWanted())
    assert isinstance(flow.shown.view, TextView)
    return flow


def test_every_key_is_heard() -> None:
    flow = writing()
    flow.effects.clear()
    flow.send(Writing("unsatisfied", "t"), KeyTouched())
    assert [effect for effect in flow.effects if isinstance(effect, Sound)] == [Sound("press")] * 2


def test_with_the_ear_on_keys_are_read_aloud_and_nobody_is_hurried() -> None:
    flow = writing().send(EarTouched())
    view = flow.shown.view
    assert isinstance(view, TextView)
    assert view.ear
    flow.wait(80).send(Focused("Dấu cách"))
    assert Speak("Dấu cách", "vi") in flow.effects
    flow.wait(80)
    assert flow.screen == "TextView"


def test_an_old_countdown_ends_nothing(flow: Flow) -> None:
    asking(flow).wait(41)
    old = flow.state.timer
    flow.send(Speaking(5000), Timeout(old))
    assert flow.screen == "StillThereView"


def test_an_answer_that_a_keypad_has_heard_is_chosen_at_once() -> None:
    flow = every_question().send(Focused("Hài lòng", ("result", 4)), Answered("result", 4))
    assert flow.state.visit is not None
    assert flow.state.visit.answers == {"result": 4}


def test_what_a_keypad_left_is_no_longer_armed() -> None:
    flow = every_question().send(Focused("Hài lòng", ("result", 4)), Focused("Gọi cán bộ"))
    flow.send(Answered("result", 4))
    assert flow.state.visit is not None
    assert flow.state.visit.answers == {}


def test_a_question_without_the_chosen_language_says_that_it_is_in_vietnamese() -> None:
    survey = kien_hung()
    first = survey.questions[0]
    only = replace(first, text={"vi": first.text["vi"]})
    flow = Flow(rules_for(replace(survey, questions=(only, *survey.questions[1:]))))
    flow.send(Tagged(TAG), LanguageChosen("en"), Start())
    view = flow.shown.view
    assert isinstance(view, RatingView)
    assert view.rows[0].text == first.text["vi"]
    assert flow.shown.frame.notice == ONLY_VIETNAMESE
    flow.send(Answered("result", 4))
    assert flow.shown.frame.notice == ""
