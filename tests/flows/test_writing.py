"""From the settings to the keyboard: how an office wants Vietnamese to be written."""

import pytest
from msgspec.structs import replace

from kiosk.events import Answered, Back, ContactWanted, Event, Forward, MoreWanted, Tagged, Writing
from kiosk.typing_vi import Composition
from kiosk.view import ContactView, TextView, look
from tests.flows.flow import CATALOGUE, SETTINGS, TAG, Flow, kien_hung, rules_for

TO_THE_FIRST_TEXT = (Tagged(TAG), Answered("result", 4), Answered("service", 4), MoreWanted())


@pytest.fixture
def flow() -> Flow:
    return Flow(rules_for(kien_hung())).send(*TO_THE_FIRST_TEXT)


def test_text_and_contact_are_written_as_the_settings_say(flow: Flow) -> None:
    settings = replace(SETTINGS, tone_style="new", typing="vni")
    text = look(flow.state, flow.rules, settings, CATALOGUE).view
    assert isinstance(text, TextView)
    assert (text.tone_style, text.typing) == ("new", "vni")
    flow.send(Forward(), Forward(), ContactWanted("contact", wanted=True))
    contact = look(flow.state, flow.rules, settings, CATALOGUE).view
    assert isinstance(contact, ContactView)
    assert (contact.tone_style, contact.typing) == ("new", "vni")


def test_what_is_written_key_by_key_is_stored_as_it_stood_and_numbers_are_masked(flow: Flow) -> None:
    composition = Composition()
    for key in "Chowf laau, goij 0900 000 001 website":
        composition = composition.press(key)
        flow.send(Writing("unsatisfied", composition.finished().text))
    flow.send(Forward(), Forward(), Forward())
    words = flow.last.words
    assert words["unsatisfied"] == "Chờ lâu, gọi •••• ••• ••• website"


def test_a_text_that_was_left_backwards_is_sent(flow: Flow) -> None:
    flow.send(Writing("unsatisfied", "gọi 0900 000 001"), Back())
    assert [draft.words for draft in flow.drafts.values()] == [{"unsatisfied": "gọi •••• ••• •••"}]
    flow.send(Forward())
    assert flow.last.words == {"unsatisfied": "gọi •••• ••• •••"}


def test_a_text_that_was_cleared_is_not_sent(flow: Flow) -> None:
    flow.send(Writing("unsatisfied", "chờ lâu"), Back(), MoreWanted(), Writing("unsatisfied", ""), Back())
    assert flow.send(Forward()).last.words == {}


def test_silence_sends_no_half_written_text(flow: Flow) -> None:
    flow.send(Writing("unsatisfied", "chờ l")).wait(600)
    assert (flow.last.response.outcome, flow.last.words) == ("complete", {})


def test_contact_details_that_were_left_backwards_are_not_sent(flow: Flow) -> None:
    to_the_gate: tuple[Event, ...] = (Back(),) * 4
    flow.send(Forward(), Forward(), ContactWanted("contact", wanted=True))
    flow.send(Writing("contact", "Nguyễn Văn Mẫu", "name"), *to_the_gate)
    assert flow.screen == "GateView"
    assert flow.send(Forward()).last.words == {}
