"""The visits of the Kiến Hưng plan, step by step."""

from datetime import datetime, timedelta

import pytest

from kiosk.events import (
    Answered,
    Back,
    CallStaff,
    ContactWanted,
    ContrastTouched,
    EarTouched,
    Event,
    Focused,
    Forward,
    HelpWanted,
    Joined,
    LanguageChosen,
    MoreWanted,
    Noticed,
    NotNow,
    OpeningChanged,
    Replaced,
    ShowPrivacy,
    Speak,
    StartAgain,
    StillHere,
    StorageBack,
    StorageFailed,
    Tagged,
    TextSizeTouched,
    Toggled,
    Touched,
    Voided,
    WipeWanted,
    Writing,
)
from kiosk.session import READ_ALOUD
from kiosk.view import GateView, NumberView, RatingView, TextView
from sync.contract.response import Outcome
from sync.contract.validation import violations
from tests.flows.flow import OTHER_TAG, START, TAG, Flow, kien_hung, rules_for
from tests.support.surveys import every_kind


@pytest.fixture
def flow() -> Flow:
    return Flow(rules_for(kien_hung()))


HAPPY: list[tuple[Event, str]] = [
    (Tagged(TAG), "RatingView"),
    (Answered("result", 5), "RatingView"),
    (Answered("service", 4), "GateView"),
    (Forward(), "ThanksView"),
    (Touched(), "IdleView"),
]


def happy() -> list[Event]:
    return [event for event, _ in HAPPY]


def adding() -> list[Event]:
    """From the scan to the first page behind the gate."""
    return [*happy()[:3], MoreWanted()]


BRANCHES: dict[str, tuple[list[tuple[Event, str]], str]] = {
    "sent": ([(Forward(), "ThanksView")], ""),
    "left alone": ([], "ThanksView"),
    "added nothing": (
        [
            (MoreWanted(), "TextView"),
            (Forward(), "TextView"),
            (Forward(), "ContactView"),
            (Forward(), "ThanksView"),
        ],
        "",
    ),
    "added and left alone": ([(MoreWanted(), "TextView"), (Forward(), "TextView")], "StillThereView"),
    "back and on again": (
        [(Back(), "RatingView"), (Answered("service", 4), "GateView"), (Forward(), "ThanksView")],
        "",
    ),
    "more, and back to the gate": (
        [(MoreWanted(), "TextView"), (Back(), "GateView"), (Forward(), "ThanksView")],
        "",
    ),
}


@pytest.mark.parametrize("branch", BRANCHES)
def test_every_way_through_the_gate_leaves_one_complete_response(flow: Flow, branch: str) -> None:
    steps, then = BRANCHES[branch]
    flow.send(*happy()[:3])
    assert flow.screen == "GateView"
    for event, screen in steps:
        flow.send(event)
        assert flow.screen == screen, event
    if then:
        flow.wait(9 if then == "ThanksView" else 91)
        assert flow.screen == then
        flow.wait(30)
    assert [stored.response.outcome for stored in flow.stored] == ["complete"]
    assert flow.last.response.answers == {"result": 5, "service": 4}
    assert violations(flow.last.response, flow.rules.survey) == []


def test_a_satisfied_citizen_is_done_with_two_touches(flow: Flow) -> None:
    flow.send(Tagged(TAG), Answered("result", 5), Answered("service", 5)).wait(8)
    assert (flow.screen, flow.last.response.outcome) == ("ThanksView", "complete")


def test_who_touches_the_glass_at_the_gate_is_given_time(flow: Flow) -> None:
    flow.send(*happy()[:3]).wait(6).send(TextSizeTouched()).wait(7)
    assert flow.screen == "GateView"
    assert flow.wait(2).screen == "ThanksView"


def test_a_power_cut_at_the_gate_leaves_a_complete_response(flow: Flow) -> None:
    flow.send(*happy()[:3])
    assert [draft.response.outcome for draft in flow.drafts.values()] == ["complete"]
    assert all(violations(draft.response, flow.rules.survey) == [] for draft in flow.drafts.values())


def test_a_happy_visit_goes_from_scan_to_thanks_and_home(flow: Flow) -> None:
    for event, screen in HAPPY:
        flow.send(event)
        assert flow.screen == screen, event
    response = flow.last.response
    assert (response.outcome, response.answers, response.tag) == (
        "complete",
        {"result": 5, "service": 4},
        TAG,
    )
    assert flow.last.words == {}
    assert violations(response, flow.rules.survey) == []


def test_thanks_is_shown_only_after_the_response_is_durable(flow: Flow) -> None:
    flow.disk_is_full = True
    flow.send(*happy()[:-1])
    assert flow.screen == "OutOfOrderView"
    assert flow.stored == []


def test_a_full_disk_is_tried_again_and_keeps_the_visit(flow: Flow) -> None:
    flow.disk_is_full = True
    flow.send(*happy()[:-1]).wait(30)
    assert flow.stored == []
    flow.disk_is_full = False
    flow.wait(6)
    assert flow.last.response.answers == {"result": 5, "service": 4}
    assert len(flow.stored) == 1


def test_words_are_kept_apart_and_long_digit_runs_masked(flow: Flow) -> None:
    flow.send(*adding(), Writing("unsatisfied", "Chờ lâu, gọi 0900 000 000"), *[Forward()] * 3)
    assert flow.last.words == {"unsatisfied": "Chờ lâu, gọi •••• ••• •••"}
    assert "unsatisfied" not in flow.last.response.answers


def test_contact_details_are_kept_only_from_those_who_want_to_leave_them(flow: Flow) -> None:
    flow.send(*adding(), Forward(), Forward(), Writing("contact", "Ẩn danh", "name"), Forward(), Touched())
    assert flow.last.words == {}
    flow.send(*adding(), Forward(), Forward(), ContactWanted("contact", True))
    flow.send(Writing("contact", "Tổ 5", "address"), Forward())
    assert flow.last.words == {"contact": {"address": "Tổ 5"}}
    assert "contact" not in flow.last.response.answers


def test_words_that_were_not_handed_in_are_not_kept(flow: Flow) -> None:
    flow.send(*adding(), Writing("unsatisfied", "Tôi đổi ý")).wait(200)
    assert (flow.last.response.outcome, flow.last.words) == ("complete", {})


def test_without_a_key_open_questions_are_not_asked() -> None:
    flow = Flow(rules_for(kien_hung(), can_seal=False)).send(*happy()[:2])
    assert flow.shown.frame.pages == 2
    flow.send(Answered("service", 3), Forward())
    assert flow.last.response.outcome == "complete"


def test_with_nothing_behind_it_the_gate_only_sends() -> None:
    flow = Flow(rules_for(kien_hung(), can_seal=False)).send(*happy()[:3])
    view = flow.shown.view
    assert isinstance(view, GateView)
    assert not view.more
    assert flow.send(MoreWanted()).screen == "GateView"
    assert flow.send(Forward()).screen == "ThanksView"


@pytest.mark.parametrize(
    ("steps", "outcome"),
    [
        (1, "timed_out"),
        (2, "partial"),
        (3, "complete"),
    ],
)
def test_an_abandoned_visit_is_kept_as_what_it_is(flow: Flow, steps: int, outcome: Outcome) -> None:
    flow.send(*happy()[:steps]).wait(300)
    assert [stored.response.outcome for stored in flow.stored] == [outcome]
    assert flow.screen == "IdleView"
    assert violations(flow.last.response, flow.rules.survey) == []


def test_somebody_still_there_goes_on_where_they_were(flow: Flow) -> None:
    flow.send(*happy()[:2]).wait(41)
    assert flow.screen == "StillThereView"
    flow.send(StillHere())
    assert (flow.screen, flow.state.visit and flow.state.visit.answers) == ("RatingView", {"result": 5})


def test_help_is_one_touch_away_where_it_is_asked_who_is_there(flow: Flow) -> None:
    flow.send(*happy()[:2]).wait(41)
    assert flow.shown.frame.help
    flow.send(TextSizeTouched())
    assert (flow.screen, flow.shown.frame.manners.text_step) == ("RatingView", 1)
    flow.wait(41).send(HelpWanted())
    assert (flow.screen, flow.effects.count(CallStaff())) == ("RatingView", 1)


def test_staff_can_be_called_where_nothing_can_be_stored(flow: Flow) -> None:
    flow.send(StorageFailed("HL2002"))
    assert (flow.screen, flow.shown.frame.help) == ("OutOfOrderView", True)
    flow.send(HelpWanted(), ContrastTouched())
    assert CallStaff() in flow.effects
    assert (flow.screen, flow.shown.frame.manners.high_contrast) == ("OutOfOrderView", True)
    flow.send(StorageBack())
    assert flow.shown.frame.manners.high_contrast is False


def test_not_now_after_an_answer_keeps_the_answer(flow: Flow) -> None:
    flow.send(Tagged(TAG), Answered("result", 5), Back(), NotNow())
    assert (flow.last.response.outcome, flow.last.response.answers) == ("partial", {"result": 5})
    assert violations(flow.last.response, flow.rules.survey) == []
    flow.send(Tagged(TAG), Answered("result", 5), Answered("service", 5), MoreWanted())
    flow.send(Writing("unsatisfied", "chờ lâu"), Forward(), StartAgain(), NotNow())
    assert (flow.last.response.outcome, flow.last.words) == ("declined", {})


def test_not_now_is_kept_as_declined(flow: Flow) -> None:
    flow.send(Tagged(TAG), NotNow())
    assert (flow.last.response.outcome, flow.screen) == ("declined", "IdleView")


def test_back_shows_the_question_with_nothing_marked_and_keeps_the_answer(flow: Flow) -> None:
    flow.send(*happy()[:2], Back())
    view = flow.shown.view
    assert isinstance(view, RatingView)
    assert [row.marked for row in view.rows] == [None]
    assert flow.shown.frame.forward == "next"
    flow.send(Forward(), Answered("service", 1), Forward())
    assert flow.last.response.answers == {"result": 5, "service": 1}


def test_an_answer_can_be_changed_by_going_back(flow: Flow) -> None:
    flow.send(*happy()[:2], Back(), Answered("result", 1), Answered("service", 2), Forward())
    assert flow.last.response.answers == {"result": 1, "service": 2}


def test_starting_again_forgets_everything_that_was_said(flow: Flow) -> None:
    flow.send(*adding(), Writing("unsatisfied", "bỏ"), Forward(), StartAgain())
    assert flow.state.visit is not None
    assert (flow.state.visit.answers, flow.state.visit.words, flow.state.visit.writing) == ({}, {}, {})
    assert flow.shown.frame.page == 1


def test_screens_and_progress_are_the_same_for_every_rating() -> None:
    def walk(level: int) -> list[tuple[str, int, int, str]]:
        flow = Flow(rules_for(kien_hung()))
        seen: list[tuple[str, int, int, str]] = []
        for event in (
            Tagged(TAG),
            Answered("result", level),
            Answered("service", level),
            MoreWanted(),
            Forward(),
            Forward(),
            Forward(),
        ):
            flow.send(event)
            frame = flow.shown.frame
            seen.append((flow.screen, frame.page, frame.pages, frame.forward))
        return seen

    assert all(walk(level) == walk(5) for level in (1, 2, 3, 4))


def test_without_a_tag_a_touch_starts_a_visit_only_where_allowed(flow: Flow) -> None:
    assert flow.send(Touched()).screen == "IdleView"
    open_to_touch = Flow(rules_for(kien_hung(), start_by_touch=True)).send(Touched())
    assert open_to_touch.screen == "RatingView"
    open_to_touch.send(*happy()[1:4])
    assert open_to_touch.last.response.tag is None


def test_a_scan_just_after_the_touch_still_tags_the_visit() -> None:
    flow = Flow(rules_for(kien_hung(), start_by_touch=True)).send(Touched(), Tagged(TAG), *happy()[1:4])
    assert [stored.response.tag for stored in flow.stored] == [TAG]


@pytest.mark.parametrize(("corrected", "outcome"), [(True, "voided"), (False, "timed_out")])
def test_a_replaced_tag_still_leaves_its_one_response(flow: Flow, corrected: bool, outcome: Outcome) -> None:
    flow.send(Tagged(TAG), Replaced(corrected))
    assert [(stored.response.tag, stored.response.outcome) for stored in flow.stored] == [(TAG, outcome)]
    assert flow.screen == "IdleView"
    assert violations(flow.last.response, flow.rules.survey) == []


def test_a_joined_dossier_changes_the_tag_of_the_visit(flow: Flow) -> None:
    flow.send(Tagged(TAG), Joined(OTHER_TAG), *happy()[1:4])
    assert [stored.response.tag for stored in flow.stored] == [OTHER_TAG]


def test_a_tag_voided_by_staff_stays_on_record(flow: Flow) -> None:
    flow.send(Tagged(TAG), Voided("cb-01", "quét nhầm"))
    response = flow.last.response
    assert response.outcome == "voided"
    assert response.void is not None
    assert response.void.reason == "quét nhầm"
    assert violations(response, flow.rules.survey) == []


def test_a_tag_leaves_a_draft_before_anybody_touches(flow: Flow) -> None:
    flow.send(Tagged(TAG))
    assert [draft.response.outcome for draft in flow.drafts.values()] == ["timed_out"]
    flow.send(Answered("result", 2))
    assert [draft.response.answers for draft in flow.drafts.values()] == [{"result": 2}]


def test_what_a_citizen_changed_goes_back_for_the_next(flow: Flow) -> None:
    flow.send(Tagged(TAG), LanguageChosen("en"), TextSizeTouched(), EarTouched(), NotNow(), Tagged(OTHER_TAG))
    manners = flow.state.manners
    assert (manners.language, manners.text_step, manners.ear) == ("vi", 0, False)


def test_what_somebody_changed_and_left_goes_back_by_itself(flow: Flow) -> None:
    flow.send(TextSizeTouched(), LanguageChosen("en"))
    assert (flow.state.manners.language, flow.state.manners.text_step) == ("en", 1)
    flow.wait(61)
    assert (flow.state.manners.language, flow.state.manners.text_step) == ("vi", 0)


def test_the_first_page_names_procedure_and_officer_in_the_language_chosen(flow: Flow) -> None:
    flow.send(Tagged(TAG), LanguageChosen("en"))
    handover = flow.shown.frame.handover
    assert handover is not None
    assert (handover.procedure, handover.officer) == ("Birth registration", "Cán bộ Một")
    flow.send(Answered("result", 5))
    assert flow.shown.frame.handover is None


def test_with_the_ear_on_the_first_touch_speaks_and_the_second_chooses(flow: Flow) -> None:
    flow.send(Tagged(TAG), EarTouched(), EarTouched(), Answered("result", 5))
    assert Speak("Rất hài lòng", "vi") in flow.effects
    assert flow.state.visit is not None
    assert flow.state.visit.answers == {}
    flow.send(Answered("result", 5))
    assert flow.state.visit.answers == {"result": 5}


def test_a_number_that_does_not_apply_can_be_said_so() -> None:
    flow = Flow(rules_for(every_kind(), ratings_per_page=3))
    flow.send(Tagged(TAG), Answered("result", 5), Forward())
    flow.send(*(Answered(id, 4) for id in ("manner", "place", "fee")), Forward(), Answered("way", "a"))
    view = flow.shown.view
    assert isinstance(view, NumberView)
    assert view.not_applicable
    flow.send(Answered("trips", "na"))
    view = flow.shown.view
    assert isinstance(view, NumberView)
    assert (view.marked, view.none, flow.shown.frame.forward) == (None, True, "next")


def test_with_the_ear_on_a_reason_is_said_before_it_is_taken() -> None:
    flow = Flow(rules_for(every_kind()))
    flow.send(Tagged(TAG), EarTouched(), EarTouched(), Answered("result", 5), Answered("result", 5))
    flow.send(Toggled("why-result", "fast"))
    assert Speak("fast?", "vi") in flow.effects
    assert flow.state.visit is not None
    assert flow.state.visit.marks == {}
    flow.send(Toggled("why-result", "fast"))
    assert flow.state.visit.marks == {"why-result": ("fast",)}


def test_with_the_ear_on_a_keypad_hears_where_it_stands_and_is_not_hurried(flow: Flow) -> None:
    flow.send(Tagged(TAG), Focused("Để sau"), EarTouched(), Focused("Để sau"))
    assert flow.effects.count(Speak("Để sau", "vi")) == 1
    flow.wait(30).send(Focused("Hài lòng")).wait(30)
    assert flow.screen == "RatingView"


def test_with_the_ear_on_every_screen_begins_by_saying_what_it_asks(flow: Flow) -> None:
    flow.send(Tagged(TAG), EarTouched(), Answered("result", 5), Answered("result", 5))
    spoken = [effect.text for effect in flow.effects if isinstance(effect, Speak)]
    survey = flow.rules.survey
    asked = [question.text["vi"] for question in survey.questions[:2]]
    assert [text for text in spoken if text in asked] == asked
    assert (spoken[0], spoken[1], spoken[2]) == (READ_ALOUD, survey.privacy.summary["vi"], asked[0])


def test_with_the_ear_off_nothing_is_said(flow: Flow) -> None:
    flow.send(*happy())
    assert not any(isinstance(effect, Speak) for effect in flow.effects)


def test_privacy_is_one_touch_away_and_leads_back(flow: Flow) -> None:
    flow.send(Tagged(TAG), ShowPrivacy())
    assert flow.screen == "PrivacyView"


def test_an_answer_that_was_not_offered_changes_nothing(flow: Flow) -> None:
    flow.send(Tagged(TAG), Answered("result", 9), Answered("service", 5), Answered("result", True))
    assert flow.state.visit is not None
    assert (flow.state.visit.answers, flow.shown.frame.page) == ({}, 1)


def test_writing_shows_what_was_written(flow: Flow) -> None:
    flow.send(*adding(), Writing("unsatisfied", "Xếp hàng lâu"))
    view = flow.shown.view
    assert isinstance(view, TextView)
    assert (view.written, flow.shown.frame.forward) == ("Xếp hàng lâu", "next")


def test_a_notice_goes_by_itself(flow: Flow) -> None:
    flow.send(Noticed("Mã không hợp lệ"))
    assert flow.shown.frame.notice == "Mã không hợp lệ"
    assert flow.wait(5).shown.frame.notice == ""


def test_help_is_acknowledged_on_the_screen(flow: Flow) -> None:
    assert flow.send(Tagged(TAG), HelpWanted()).shown.frame.notice != ""


def test_wiping_locks_touch_and_ends_by_itself(flow: Flow) -> None:
    flow.send(WipeWanted(), Touched(), Answered("result", 5))
    assert flow.screen == "WipingView"
    assert flow.wait(31).screen == "IdleView"


def test_closing_waits_for_the_visit_at_hand(flow: Flow) -> None:
    flow.send(*happy()[:2], OpeningChanged(False))
    assert flow.screen == "RatingView"
    flow.send(*happy()[2:])
    assert flow.screen == "ClosedView"
    assert flow.send(OpeningChanged(True)).screen == "IdleView"


def test_the_time_of_each_answer_is_kept(flow: Flow) -> None:
    flow.send(*adding(), Forward(), Forward(), Forward())
    assert flow.last.response.timing == {
        "result": 1500,
        "service": 1500,
        "unsatisfied": 1500,
        "suggestion": 1500,
        "contact": 1500,
    }


@pytest.mark.parametrize("begun", [START.replace(year=2099), START.replace(year=1970)])
def test_a_visit_during_which_the_clock_was_put_right_has_the_right_time(begun: datetime) -> None:
    flow = Flow(rules_for(kien_hung()), begun)
    steps = happy()
    flow.send(*steps[:2])
    flow.start = START
    flow.send(*steps[2:])
    response = flow.last.response
    assert response.finished_at == START + timedelta(milliseconds=1500 * 4)
    assert response.started_at == START + timedelta(milliseconds=1500)
