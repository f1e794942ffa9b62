"""Whatever a form begins with, sending it and silence after the last required question mean the same."""

import pytest
from msgspec.structs import replace

from kiosk.events import Answered, Back, ContactWanted, Event, Forward, NotNow, Start, Tagged, Writing
from sync.contract.survey import Contact, OpenText, Question
from tests.flows.flow import TAG, Flow, kien_hung, rules_for

WORDS = OpenText(id="words", text={"vi": "Ý kiến?"})
CONTACT = Contact(id="contact", text={"vi": "Liên hệ?"})

FORMS: dict[str, tuple[tuple[Question, ...], list[Event]]] = {
    "only a text": ((WORDS,), [Start(), Writing("words", "chờ lâu"), Forward()]),
    "contact details that nobody wants to leave": (
        (WORDS, CONTACT),
        [Start(), Writing("words", "chờ lâu"), Forward(), ContactWanted("contact", False)],
    ),
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("silent", [False, True], ids=["sent", "silence"])
def test_at_the_gate_everything_is_answered(form: str, silent: bool) -> None:
    questions, events = FORMS[form]
    flow = Flow(rules_for(replace(kien_hung(), questions=questions))).send(Tagged(TAG), *events)
    assert flow.screen == "GateView"
    flow.wait(200) if silent else flow.send(Forward())
    assert (flow.last.response.outcome, flow.last.words) == ("complete", {"words": "chờ lâu"})


@pytest.mark.parametrize(
    ("answers", "outcome"),
    [
        ([], "declined"),
        ([Answered("result", 5), Back()], "partial"),
        ([Answered("result", 5), Answered("service", 4), Back(), Back()], "complete"),
    ],
)
def test_not_now_after_going_back_is_what_silence_would_be(answers: list[Event], outcome: str) -> None:
    flow = Flow(rules_for(kien_hung())).send(Tagged(TAG), *answers, NotNow())
    assert flow.last.response.outcome == outcome
