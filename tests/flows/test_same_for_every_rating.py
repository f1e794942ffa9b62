"""Somebody who watches learns nothing: the visits of the satisfied and of the dissatisfied, step by step.

What is marked or answered differs. The screens and what stands around them, their times, sounds and waits are
the same.
"""

import pytest
from msgspec.structs import replace

from kiosk.events import Effect
from kiosk.view import ChoiceView, GateView, RatingRow, Shown
from sync.contract.survey import Survey
from tests.flows.flow import rules_for
from tests.support.citizen import (
    DISSATISFIED,
    HURRIED,
    IN_WORDS,
    SATISFIED,
    SILENT,
    Wish,
    heard,
    walk,
)
from tests.support.plans import shipped_surveys
from tests.support.surveys import betraying, every_kind

SURVEYS = {**shipped_surveys(), "every-kind": every_kind()}
Seen = tuple[Shown, int, tuple[Effect, ...]]


def seen(survey: Survey, wish: Wish, together: int) -> list[Seen]:
    """What somebody behind the citizen sees and hears of a visit, and when."""
    rules = rules_for(survey, respondents=survey.respondents[:1], ratings_per_page=together)
    return [
        (unmarked(moment.shown), moment.since, heard(moment.effects)) for moment in walk(rules, wish, HURRIED)
    ]


def unmarked(shown: Shown) -> Shown:
    """A picture without its marks. Reasons have words of their own for each rating, behind the gate alone."""
    view = shown.view
    if hasattr(view, "rows"):
        rows = tuple(replace(row, marked=None) if isinstance(row, RatingRow) else row for row in view.rows)
        return replace(shown, view=replace(view, rows=rows))
    if isinstance(view, ChoiceView) and view.several:
        return replace(shown, view=replace(view, tiles=(), marked=()))
    return shown


@pytest.mark.parametrize("together", [1, 3, 5])
@pytest.mark.parametrize("wish", [SATISFIED, SILENT, IN_WORDS], ids=lambda wish: wish.name)
@pytest.mark.parametrize("survey", SURVEYS.values(), ids=SURVEYS)
def test_screens_times_and_sounds_are_the_same_for_every_rating(
    survey: Survey, wish: Wish, together: int
) -> None:
    best, worst = (seen(survey, replace(wish, best=best), together) for best in (True, False))
    assert best == worst


@pytest.mark.parametrize("best", [True, False])
@pytest.mark.parametrize("survey", shipped_surveys().values(), ids=shipped_surveys())
def test_no_reasons_are_asked_before_the_gate(survey: Survey, best: bool) -> None:
    views = [shown.view for shown, _, _ in seen(survey, replace(IN_WORDS, best=best), 5)]
    gate = next(place for place, view in enumerate(views) if isinstance(view, GateView))
    assert not any(isinstance(view, ChoiceView) and view.several for view in views[:gate])


def test_a_question_that_only_the_dissatisfied_get_would_be_found() -> None:
    assert seen(betraying(), SATISFIED, 1) != seen(betraying(), DISSATISFIED, 1)
