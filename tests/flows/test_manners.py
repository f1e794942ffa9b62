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
    NotNow,
    OpeningChanged,
    ShowPrivacy,
    SignsTouched,
    Sound,
    Speak,
    Speaking,
    Tagged,
    TextSizeTouched,
    Timeout,
    Toggled,
    Touched,
    WipeWanted,
    Writing,
)
from kiosk.session import (
    ANYTHING_MORE,
    CALLED_IN_VAIN,
    MORE,
    ONCE_MORE,
    READ_TO_HEADPHONES,
    SEND,
    SEVERAL,
    TAKEN,
    TAKEN_BACK,
)
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
    return flow.send(Tagged(TAG), Answered("result", 5))


def thanked(flow: Flow) -> Flow:
    asking(flow).send(Answered("service", 5))
    while flow.screen != "ThanksView":
        flow.send(Forward())
    return flow


def closed(flow: Flow) -> Flow:
    return flow.send(OpeningChanged(False))


def full(flow: Flow) -> Flow:
    flow.disk_is_full = True
    asking(flow).send(Answered("service", 5))
    while flow.screen != "OutOfOrderView":
        flow.send(Forward())
    return flow


SCREENS = {
    "IdleView": lambda flow: flow,
    "PrivacyView": lambda flow: flow.send(Tagged(TAG), ShowPrivacy()),
    "RatingView": lambda flow: flow.send(Tagged(TAG)),
    "GateView": lambda flow: asking(flow).send(Answered("service", 5)),
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
    return flow.send(Tagged(TAG), EarTouched())


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


def said(flow: Flow) -> list[str]:
    """What was spoken since the last time."""
    texts = [effect.text for effect in flow.effects if isinstance(effect, Speak)]
    flow.effects.clear()
    return texts


def test_answers_are_offered_by_number_and_none_is_spoken_when_it_is_touched() -> None:
    flow = every_question()
    view = flow.shown.view
    assert isinstance(view, RatingView)
    labels = [level.label for level in view.rows[0].levels]
    assert labels[0] == "Rất hài lòng"
    offered = [text for number, label in enumerate(labels, 1) for text in (str(number), label)]
    question = flow.rules.survey.questions[0].text["vi"]
    assert said(flow)[-1 - len(offered) :] == [question, *offered]
    heard = []
    for answer in (1, 5):
        flow.send(Answered("result", answer))
        heard.append(said(flow))
    assert heard == [[ONCE_MORE], [ONCE_MORE]], "the same for every answer"


def test_the_order_of_the_numbers_is_that_of_the_screen() -> None:
    flow = Flow(rules_for(every_kind(), best_first=False)).send(Tagged(TAG), EarTouched())
    rising = sorted(flow.rules.survey.levels, key=lambda level: level.value)
    labels = [level.label["vi"] for level in rising]
    assert said(flow)[-2 * len(labels) + 1 :: 2] == labels


def test_every_answer_that_can_be_chosen_by_number_shows_its_number() -> None:
    flow, numbered = every_question(), []
    for question in ANSWERS:
        view = flow.shown.view
        if not isinstance(view, NumberView):
            assert isinstance(view, RatingView | ChoiceView | YesNoView)
            assert view.numbered
            numbered.append(question)
        touch_twice(flow, question)
        if question in ("why-result", "trips"):
            flow.send(Forward())
    assert len(numbered) == len(ANSWERS) - 1
    plain = Flow(rules_for(every_kind())).send(Tagged(TAG)).shown.view
    assert isinstance(plain, RatingView)
    assert not plain.numbered


def test_into_headphones_an_answer_is_spoken_when_it_is_touched() -> None:
    flow = every_question().send(EarTouched())
    assert READ_TO_HEADPHONES in said(flow)
    flow.send(Answered("result", 5))
    assert said(flow) == [flow.rules.survey.level(5).label["vi"]]


@pytest.mark.parametrize("headphones", [False, True])
def test_of_several_options_it_is_said_whether_one_is_taken_and_aloud_never_which(headphones: bool) -> None:
    flow = every_question()
    if headphones:
        flow.send(EarTouched())
    flow.send(Answered("result", 3), Answered("result", 3))
    view = flow.shown.view
    assert isinstance(view, ChoiceView)
    slow = next(tile for tile in view.tiles if tile.id == "slow")
    numbers = [text for place, tile in enumerate(view.tiles, 1) for text in (str(place), tile.label)]
    assert said(flow)[-len(numbers) - 1 :] == [SEVERAL, *numbers]
    once = slow.label if headphones else ONCE_MORE
    for then in (TAKEN, TAKEN_BACK):
        flow.send(Toggled("why-result", "slow"), Toggled("why-result", "slow"))
        assert said(flow) == [once, then]


def test_at_the_gate_both_ways_on_are_said() -> None:
    flow = SCREENS["GateView"](Flow(rules_for(kien_hung()))).send(EarTouched())
    assert said(flow)[-3:] == [ANYTHING_MORE, SEND, MORE]


def test_who_asked_for_signs_gets_them_until_the_visit_ends() -> None:
    flow = Flow(rules_for(every_kind())).send(Tagged(TAG), Start(), SignsTouched())
    assert flow.shown.frame.manners.signs
    flow.send(Answered("result", 3))
    assert flow.shown.frame.manners.signs
    flow.wait(500).send(Tagged(TAG), Start())
    assert not flow.shown.frame.manners.signs


def test_a_third_touch_ends_reading() -> None:
    flow = every_question().send(EarTouched(), EarTouched())
    flow.effects.clear()
    manners = flow.shown.frame.manners
    assert (manners.ear, manners.headphones) == (False, False)
    flow.send(Answered("result", 5))
    assert said(flow) == []
    assert flow.state.visit is not None
    assert flow.state.visit.answers == {"result": 5}


def test_the_next_citizen_has_to_choose_headphones_anew() -> None:
    flow = every_question().send(EarTouched(), NotNow()).wait(500)
    manners = flow.send(Tagged(TAG), EarTouched()).shown.frame.manners
    assert (manners.ear, manners.headphones) == (True, False)


def test_aloud_a_keypad_moves_over_answers_and_keys_with_the_same_sound() -> None:
    flow = every_question()
    flow.effects.clear()
    flow.send(Focused("Hài lòng", ("result", 4)), Focused("a", None, writes=True), Focused("Gọi cán bộ"))
    heard = [effect for effect in flow.effects if isinstance(effect, Speak | Sound)]
    assert heard == [Sound("press"), Sound("press"), Speak("Gọi cán bộ", "vi")]
    flow.send(Focused("Hài lòng", ("result", 4)), Answered("result", 4))
    assert flow.state.visit is not None
    assert flow.state.visit.answers == {}, "what was not heard is chosen by a second press"


def test_whoever_hears_the_questions_is_asked_one_at_a_time() -> None:
    flow = Flow(rules_for(every_kind(), ratings_per_page=3)).send(Tagged(TAG))
    flow.send(Answered("result", 3), Forward(), Toggled("why-result", "slow"), Forward())
    flow.send(Answered("manner", 4), Answered("place", 2))
    view = flow.shown.view
    assert isinstance(view, RatingView)
    assert [row.question for row in view.rows] == ["manner", "place", "fee"]
    view = flow.send(EarTouched()).shown.view
    assert isinstance(view, RatingView)
    assert [(row.question, row.marked) for row in view.rows] == [("manner", 4)]
    flow.send(Forward())
    assert flow.state.visit is not None
    assert flow.state.visit.answers["place"] == 2, "no answer is lost"
    view = flow.shown.view
    assert isinstance(view, RatingView)
    assert [row.question for row in view.rows] == ["place"]


def test_the_whole_of_what_happens_with_answers_is_read_aloud(flow: Flow) -> None:
    flow.send(Tagged(TAG), EarTouched(), ShowPrivacy())
    privacy = flow.rules.survey.privacy
    spoken = [effect for effect in flow.effects if isinstance(effect, Speak)][-4:]
    wanted = (privacy.purpose, privacy.data, privacy.controller, privacy.rights)
    assert [words.text for words in spoken] == [text["vi"] for text in wanted]
    assert [words.queued for words in spoken] == [False, True, True, True]
    assert flow.send(ClosePrivacy()).screen == "RatingView"


def writing() -> Flow:
    flow = asking(Flow(rules_for(kien_hung())))
    flow.send(Answered("service", 5), MoreWanted())
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
    assert not view.ear, "aloud, everybody would hear what is written"
    view = flow.send(EarTouched()).shown.view
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
    flow = every_question().send(EarTouched(), Focused("Hài lòng", ("result", 4)), Answered("result", 4))
    assert flow.state.visit is not None
    assert flow.state.visit.answers == {"result": 4}


def test_what_a_keypad_left_is_no_longer_armed() -> None:
    flow = every_question().send(EarTouched())
    flow.send(Focused("Hài lòng", ("result", 4)), Focused("Gọi cán bộ"))
    flow.send(Answered("result", 4))
    assert flow.state.visit is not None
    assert flow.state.visit.answers == {}


def test_a_question_without_the_chosen_language_says_that_it_is_in_vietnamese() -> None:
    survey = kien_hung()
    first = survey.questions[0]
    only = replace(first, text={"vi": first.text["vi"]})
    flow = Flow(rules_for(replace(survey, questions=(only, *survey.questions[1:]))))
    flow.send(Tagged(TAG), LanguageChosen("en"))
    view = flow.shown.view
    assert isinstance(view, RatingView)
    assert view.rows[0].text == first.text["vi"]
    assert flow.shown.frame.notice == ONLY_VIETNAMESE
    flow.send(Answered("result", 4))
    assert flow.shown.frame.notice == ""
