"""A reason that was touched is part of the response, however its page is left."""

import pytest
from msgspec.structs import replace

from kiosk.events import Answered, Back, Event, Forward, MoreWanted, Tagged, Toggled
from sync.contract.response import Answer
from tests.flows.flow import TAG, Flow, kien_hung, rules_for
from tests.support.surveys import every_kind

RATING_AND_REASONS = replace(kien_hung(), questions=every_kind().questions[:2])
FAST, KIND = Toggled("why-result", "fast"), Toggled("why-result", "kind")


@pytest.fixture
def flow() -> Flow:
    return Flow(rules_for(RATING_AND_REASONS)).send(Tagged(TAG), Answered("result", 5), MoreWanted())


@pytest.mark.parametrize("leave", [(Forward(),), (Back(), Forward())], ids=["sent", "back to the gate"])
def test_a_touched_reason_is_sent(flow: Flow, leave: tuple[Event, ...]) -> None:
    flow.send(FAST, *leave)
    assert flow.last.response.outcome == "complete"
    assert flow.last.response.answers == {"result": 5, "why-result": ("fast",)}


def test_a_touched_reason_outlives_silence_and_a_power_cut(flow: Flow) -> None:
    given: dict[str, Answer] = {"result": 5, "why-result": ("fast", "kind")}
    flow.send(KIND, FAST)
    assert [draft.response.answers for draft in flow.drafts.values()] == [given]
    assert flow.wait(200).last.response.answers == given


@pytest.mark.parametrize("leave", [(Forward(),), (Back(), Forward())], ids=["sent", "back to the gate"])
def test_a_reason_that_was_taken_back_is_no_answer(flow: Flow, leave: tuple[Event, ...]) -> None:
    flow.send(FAST, FAST)
    assert flow.shown.frame.forward == "send"
    assert flow.send(*leave).last.response.answers == {"result": 5}
