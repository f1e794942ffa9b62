"""Several criteria on a page: it leads on when it is full, and a row is changed by one touch."""

import pytest
from msgspec import Struct

from kiosk.events import (
    Answered,
    Back,
    EarTouched,
    Event,
    Forward,
    MoreWanted,
    Sound,
    StillHere,
    Tagged,
    TextSizeTouched,
)
from kiosk.view import GateView, RatingView
from sync.contract.response import Answer
from tests.flows.flow import TAG, Flow, rules_for
from tests.support.plans import shipped_surveys

NINE = shipped_surveys()["quang-binh-cong-dan"]
FIRST = ("attitude", "facilities", "openness", "process", "procedures")
SECOND = ("time", "fees", "quality", "overall")
OPTIONAL = ("task", "fairness", "outcome", "impact", "feedback")


def rate(*ids: str, level: Answer = 4) -> list[Event]:
    return [Answered(id, level) for id in ids]


def begun(most: int = 5) -> Flow:
    return Flow(rules_for(NINE, ratings_per_page=most)).send(Tagged(TAG))


class Seen(Struct, frozen=True):
    """What is on the glass: the rows and their marks."""

    rows: dict[str, Answer | None]
    page: tuple[int, int]
    forward: str


def seen(flow: Flow) -> Seen:
    view, frame = flow.shown.view, flow.shown.frame
    assert isinstance(view, RatingView), view
    return Seen({row.question: row.marked for row in view.rows}, (frame.page, frame.pages), frame.forward)


def answers(flow: Flow) -> dict[str, Answer]:
    assert flow.state.visit is not None
    return flow.state.visit.answers


def test_a_full_page_leads_on_and_nine_criteria_take_ten_touches() -> None:
    flow = begun()
    assert seen(flow) == Seen(dict.fromkeys(FIRST), (1, 2), "")
    flow.send(*rate(*FIRST[:4]))
    assert seen(flow) == Seen({**dict.fromkeys(FIRST[:4], 4), "procedures": None}, (1, 2), "")
    flow.send(*rate("procedures"))
    assert seen(flow) == Seen(dict.fromkeys(SECOND), (2, 2), "")
    flow.send(*rate(*SECOND))
    assert flow.screen == "GateView"
    flow.send(Forward())
    assert flow.screen == "ThanksView"
    assert (flow.last.response.outcome, len(flow.last.response.answers)) == ("complete", 9)


def test_a_page_may_be_filled_in_any_order() -> None:
    flow = begun().send(*rate(*reversed(FIRST)))
    assert list(seen(flow).rows) == list(SECOND)


def test_another_touch_changes_a_row_before_the_page_is_full() -> None:
    flow = begun().send(*rate("attitude", level=5), *rate("attitude", level=2))
    assert seen(flow).rows["attitude"] == 2
    flow.send(*rate(*FIRST[1:]))
    assert answers(flow)["attitude"] == 2


def test_a_page_gone_back_to_shows_no_marks_and_takes_a_change_in_one_touch() -> None:
    flow = begun().send(*rate(*FIRST), Back())
    assert seen(flow) == Seen(dict.fromkeys(FIRST), (1, 2), "next")
    flow.send(*rate("openness", level=1))
    assert seen(flow).rows == {**dict.fromkeys(FIRST), "openness": 1}
    flow.send(Forward())
    assert list(seen(flow).rows) == list(SECOND)
    assert answers(flow) == {**dict.fromkeys(FIRST, 4), "openness": 1}


def test_a_page_filled_anew_after_going_back_leads_on_again() -> None:
    flow = begun().send(*rate(*FIRST), Back(), *rate(*FIRST, level=2))
    assert list(seen(flow).rows) == list(SECOND)
    assert set(answers(flow).values()) == {2}


def test_what_does_not_apply_fills_its_row() -> None:
    flow = begun().send(*rate(*FIRST), *rate("time", "fees", "quality", level="na"), *rate("overall"))
    assert flow.screen == "GateView"
    assert answers(flow)["fees"] == "na"


def test_silence_on_a_page_half_full_keeps_what_was_given() -> None:
    flow = begun().send(*rate(*FIRST[:2])).wait(40)
    assert flow.screen == "StillThereView"
    flow.send(StillHere())
    assert seen(flow).rows["facilities"] == 4
    flow.wait(60)
    response = flow.last.response
    assert (response.outcome, response.answers) == ("partial", dict.fromkeys(FIRST[:2], 4))
    assert set(response.timing) == set(FIRST[:2])


@pytest.mark.parametrize("more", [False, True])
def test_criteria_that_may_be_left_out_are_behind_one_question(more: bool) -> None:
    flow = begun().send(*rate(*FIRST, *SECOND))
    view = flow.shown.view
    assert isinstance(view, GateView)
    assert (view.more, view.criteria) == (True, True)
    if more:
        flow.send(MoreWanted())
        assert seen(flow) == Seen(dict.fromkeys(OPTIONAL), (1, 1), "send")
        flow.send(*rate(*OPTIONAL[:2]), Forward())
    else:
        flow.wait(8)
    assert flow.screen == "ThanksView"
    assert flow.last.response.outcome == "complete"
    assert len(flow.last.response.answers) == 9 + 2 * more


def test_a_form_with_words_behind_the_gate_asks_for_words() -> None:
    form = shipped_surveys()["van-thang"]
    flow = Flow(rules_for(form, ratings_per_page=5)).send(Tagged(TAG))
    flow.send(*rate("officer", "procedures", "time", "overall"))
    view = flow.shown.view
    assert isinstance(view, GateView)
    assert (view.more, view.criteria) == (True, False)


@pytest.mark.parametrize("level", [1, 2, 3, 4, 5, "na"])
def test_every_rating_sounds_and_waits_alike(level: Answer) -> None:
    flow = begun().send(*rate(*FIRST))
    flow.effects.clear()
    flow.send(
        *rate("time", "fees", "quality", level=level), *rate("overall", level=level if level != "na" else 3)
    )
    kinds = [type(effect).__name__ for effect in flow.effects]
    assert kinds == ["Sound", "KeepDraft", "After"] * 4
    assert [effect for effect in flow.effects if isinstance(effect, Sound)] == [Sound("press")] * 4


def test_larger_text_asks_one_question_a_page_from_the_one_shown_on() -> None:
    flow = begun().send(*rate(*FIRST, "time", "fees"), TextSizeTouched())
    assert seen(flow) == Seen({"time": 4}, (6, 9), "next")
    flow.send(Forward())
    assert list(seen(flow).rows) == ["fees"]
    flow.send(TextSizeTouched(), TextSizeTouched())
    assert list(seen(flow).rows) == ["fees"], "it stays so until the visit ends"
    flow.send(*rate("fees", "quality", "overall"))
    assert flow.screen == "GateView"
    assert len(answers(flow)) == 9


def test_text_made_larger_before_the_scan_counts_for_the_visit() -> None:
    flow = Flow(rules_for(NINE, ratings_per_page=5)).send(TextSizeTouched(), Tagged(TAG))
    assert list(seen(flow).rows) == ["attitude"]


@pytest.mark.parametrize("touch", [EarTouched(), TextSizeTouched()])
def test_back_from_the_gate_leads_to_the_last_question_also_when_pages_were_split_there(touch: Event) -> None:
    flow = begun().send(*rate(*FIRST, *SECOND), touch)
    assert flow.screen == "GateView"
    flow.send(Back())
    assert list(seen(flow).rows) == ["overall"]
