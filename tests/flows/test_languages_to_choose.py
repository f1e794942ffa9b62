"""From three languages on they are chosen from a list, on every screen, and the list is never in the way."""

import pytest

from kiosk.events import (
    Answered,
    Back,
    Commit,
    EarTouched,
    LanguageChosen,
    LanguagesWanted,
    NotNow,
    Speak,
    StorageFailed,
    Tagged,
    TextSizeTouched,
    Touched,
)
from kiosk.session import CHOOSE_LANGUAGE
from kiosk.view import LanguageListView, Tile
from tests.flows.flow import TAG, Flow, kien_hung, rules_for
from tests.flows.test_manners import SCREENS

NAMES = {"vi": "Tiếng Việt", "en": "English", "km": "ភាសាខ្មែរ"}


@pytest.fixture
def flow() -> Flow:
    return Flow(rules_for(kien_hung(), languages=tuple(NAMES), language_names=NAMES, start_by_touch=True))


@pytest.mark.parametrize("screen", SCREENS)
def test_a_language_is_chosen_on_every_screen_and_the_screen_is_back(flow: Flow, screen: str) -> None:
    SCREENS[screen](flow).send(LanguagesWanted())
    tiles = tuple(Tile(id, name) for id, name in NAMES.items())
    assert flow.shown.view == LanguageListView(tiles, "vi")
    assert (flow.shown.frame.back, flow.shown.frame.forward, flow.shown.frame.pages) == (True, "", 0)
    flow.send(LanguageChosen("km"))
    assert flow.screen == ("RatingView" if screen == "StillThereView" else screen)
    assert flow.shown.frame.manners.language == "km"


@pytest.mark.parametrize("leave", [LanguagesWanted(), Back()])
@pytest.mark.parametrize("screen", ["IdleView", "RatingView", "GateView", "ClosedView"])
def test_the_way_back_changes_nothing(flow: Flow, screen: str, leave: Back | LanguagesWanted) -> None:
    before = SCREENS[screen](flow).shown.frame
    flow.send(LanguagesWanted(), leave)
    assert (flow.screen, flow.shown.frame) == (screen, before)


def test_a_touch_next_to_the_languages_starts_no_visit(flow: Flow) -> None:
    flow.send(LanguagesWanted(), Touched())
    assert (flow.screen, flow.state.visit) == ("IdleView", None)
    assert flow.send(Touched()).screen == "RatingView"


def test_a_list_that_was_left_open_closes(flow: Flow) -> None:
    assert flow.send(LanguagesWanted()).wait(61).screen == "IdleView"
    assert flow.send(LanguagesWanted(), Tagged(TAG)).screen == "RatingView"
    asking = Flow(flow.rules).send(Tagged(TAG), Answered("result", 5))
    assert asking.send(LanguagesWanted()).wait(41).screen == "StillThereView"


def test_a_list_over_out_of_order_closes_while_storage_is_tried_again(flow: Flow) -> None:
    flow.disk_is_full = True
    flow.send(Tagged(TAG), NotNow(), LanguagesWanted()).wait(50)
    assert flow.send(TextSizeTouched()).wait(50).screen == "LanguageListView", "somebody still chooses"
    assert flow.wait(11).screen == "OutOfOrderView"
    flow.effects.clear()
    flow.wait(61)
    assert any(isinstance(effect, Commit) for effect in flow.effects)
    flow.send(LanguagesWanted())
    flow.disk_is_full = False
    assert flow.wait(61).screen == "IdleView"
    assert flow.last.response.outcome == "declined"


def test_a_list_over_out_of_order_closes_where_nothing_is_left_to_store(flow: Flow) -> None:
    flow.send(StorageFailed("HL2001"), LanguagesWanted(), LanguagesWanted(), LanguagesWanted())
    assert flow.wait(61).screen == "OutOfOrderView"


def test_at_the_gate_there_is_time_to_choose(flow: Flow) -> None:
    SCREENS["GateView"](flow).send(LanguagesWanted()).wait(20)
    assert flow.screen == "LanguageListView"
    flow.send(LanguageChosen("en")).wait(9)
    assert flow.last.response.outcome == "complete"


def test_with_the_ear_on_the_list_says_what_it_is(flow: Flow) -> None:
    SCREENS["RatingView"](flow).send(EarTouched())
    flow.effects.clear()
    flow.send(LanguagesWanted())
    assert Speak(CHOOSE_LANGUAGE, "vi") in flow.effects
    flow.effects.clear()
    flow.send(LanguageChosen("en"))
    assert {effect.language for effect in flow.effects if isinstance(effect, Speak)} == {"en"}
