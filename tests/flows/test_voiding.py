"""Staff may void the visit of a wrong card, and never what a citizen has begun to answer."""

from collections.abc import Sequence

import pytest
from msgspec.structs import replace

from kiosk.events import (
    Answered,
    Back,
    ClosePrivacy,
    Event,
    ShowPrivacy,
    Start,
    Tagged,
    Voided,
    Writing,
)
from kiosk.facts import Facts
from kiosk.session import Rules
from kiosk.staff_desk import Desk
from kiosk.tagging import Counter
from kiosk.view import StaffHomeView, look_at_desk
from sync.contract.survey import OpenText
from tests.flows.flow import CATALOGUE, SETTINGS, TAG, Flow, kien_hung, rules_for

VOID = Voided("cb-01", "quét nhầm")
READY_SCREEN = rules_for(kien_hung(), ready_screen=True)
FIRST_PAGE = rules_for(kien_hung())
WORDS_FIRST = rules_for(replace(kien_hung(), questions=(OpenText(id="words", text={"vi": "Ý kiến?"}),)))


def home(flow: Flow) -> StaffHomeView:
    """What staff can do now."""
    view = look_at_desk(
        Desk(page="home"), Counter(), flow.state, Facts(), flow.rules, SETTINGS, CATALOGUE
    ).view
    assert isinstance(view, StaffHomeView)
    return view


@pytest.mark.parametrize(
    ("rules", "events"),
    [
        (READY_SCREEN, []),
        (READY_SCREEN, [Start(), Back()]),
        (READY_SCREEN, [ShowPrivacy()]),
        (FIRST_PAGE, []),
        (FIRST_PAGE, [ShowPrivacy(), ClosePrivacy()]),
        (WORDS_FIRST, [Start(), Writing("words", "chờ"), Writing("words", ""), Back()]),
    ],
)
def test_a_visit_without_an_answer_can_be_voided(rules: Rules, events: Sequence[Event]) -> None:
    flow = Flow(rules).send(Tagged(TAG), *events)
    assert (home(flow).can_assist, home(flow).can_void) == (True, True)
    assert flow.send(VOID).last.response.outcome == "voided"


@pytest.mark.parametrize(
    ("rules", "events"),
    [
        (READY_SCREEN, [Start(), Answered("result", 5), Back(), Back()]),
        (READY_SCREEN, [Start(), Answered("result", 5), Back(), Back(), ShowPrivacy()]),
        (FIRST_PAGE, [Answered("result", 5), Back(), ShowPrivacy()]),
        (WORDS_FIRST, [Start(), Writing("words", "chờ"), Back()]),
    ],
)
def test_what_a_citizen_answered_cannot_be_voided(rules: Rules, events: Sequence[Event]) -> None:
    flow = Flow(rules).send(Tagged(TAG), *events)
    assert (home(flow).can_assist, home(flow).can_void) == (True, False)
    assert flow.send(VOID).stored == []
    assert flow.wait(600).last.response.outcome in ("partial", "complete")
