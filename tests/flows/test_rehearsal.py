"""What the terminal draws ahead is what its citizens will see, and nothing that one of them left."""

from kiosk.events import Now, Tagged
from kiosk.rehearsal import scenes
from kiosk.view import ContactView, GateView, RatingView, StillThereView, TextView, ThanksView
from tests.flows.flow import CATALOGUE, SETTINGS, START, TAG, Flow, kien_hung, rules_for
from tests.support.surveys import every_kind

NOW = Now(START, 0, bytes(16))


def test_the_first_question_is_drawn_ahead_as_it_will_be_seen() -> None:
    rules = rules_for(kien_hung())
    ahead = scenes(rules, SETTINGS, CATALOGUE, NOW)
    flow = Flow(rules)
    flow.send(Tagged(TAG))
    assert ahead[0].view == flow.shown.view


def test_each_kind_of_screen_is_drawn_ahead_once() -> None:
    ahead = [type(shown.view) for shown in scenes(rules_for(every_kind()), SETTINGS, CATALOGUE, NOW)]
    assert len(ahead) == len(set(ahead))
    assert {RatingView, TextView, ContactView, ThanksView} <= set(ahead)
    assert not {GateView, StillThereView} & set(ahead), "what counts down is drawn when it counts"
