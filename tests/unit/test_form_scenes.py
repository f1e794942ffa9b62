"""Previews at the centre show what the terminal shows: the same pages, the same words, in the same order."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from kiosk.events import Now
from kiosk.i18n import Catalogues
from kiosk.preview.scenes import Manner
from kiosk.preview.scenes import scenes_of as kiosk_scenes
from kiosk.screens.contact import TITLES
from kiosk.screens.number import MOST_TILES as KIOSK_TILES
from kiosk.session import ANY_MORE_CRITERIA, ANYTHING_MORE, MORE, MORE_CRITERIA, SEND, SEVERAL, THANKS
from kiosk.settings import ASSETS
from kiosk.view import (
    ChoiceView,
    ContactView,
    GateView,
    NumberView,
    PrivacyView,
    RatingView,
    Shown,
    TextView,
    ThanksView,
    YesNoView,
)
from kiosk.widgets.bars import FORWARD_WORDS
from kiosk.widgets.criteria_layout import criteria_that_fit
from kiosk.widgets.theme import Theme
from sync.central.office.forms.previewing import RATINGS_PER_PAGE, preview
from sync.central.office.forms.scenes import MOST_TILES, Asked, Scene, scenes_of
from sync.central.office.forms.terminal_words import ENGLISH
from sync.contract.addressing import addressing
from sync.contract.survey import Survey
from tests.support.plans import shipped_surveys
from tests.support.surveys import every_kind

CATALOGUES = Catalogues(ASSETS / "locales")
NOW = Now(datetime(2026, 11, 23, 9, tzinfo=UTC), 0, bytes(16))
SURVEYS = [every_kind(), *shipped_surveys().values()]
NONE = "Không áp dụng"


def words_of_terminal(survey: Survey, language: str, shown: Shown) -> list[str]:
    """What this view has to read, from top to bottom."""
    say = addressing(CATALOGUES.translate(language), shown.frame.address)
    forward = [say(FORWARD_WORDS[shown.frame.forward])] if shown.frame.forward else []
    return [*_of_view(shown.view, say), *forward]


def _of_view(view: Any, say: Any) -> Iterator[str]:
    none = [say(NONE)] if getattr(view, "not_applicable", False) else []
    match view:
        case PrivacyView():
            yield say("Ý kiến của ông/bà được dùng thế nào")
            yield from (say("Mục đích"), view.purpose, say("Thông tin được ghi"), view.data)
            yield from (
                say("Cơ quan chịu trách nhiệm"),
                view.controller,
                say("Quyền của ông/bà"),
                view.rights,
            )
            yield say("Tôi đã rõ")
        case RatingView():
            for row in view.rows:
                yield from filter(None, (row.text, "" if len(view.rows) > 1 else row.help))
                yield from (f"{level.label} {level.mood}" for level in row.levels)
                yield from [say(NONE)] if row.not_applicable else []
        case ChoiceView():
            yield from filter(None, (view.text, view.help or (say(SEVERAL) if view.several else "")))
            yield from (*(tile.label for tile in view.tiles), *none)
        case YesNoView():
            yield from filter(None, (view.text, view.help, say("Có"), say("Không"), *none))
        case NumberView():
            yield from filter(None, (view.text, view.help))
            few = view.maximum - view.minimum < KIOSK_TILES
            yield from map(str, range(view.minimum, view.maximum + 1) if few else ())
            yield from none
        case TextView():
            yield from filter(None, (view.text, view.help, say("Chạm vào các phím để viết")))
        case ContactView():
            yield from filter(
                None, (view.text, view.help, say("Có, tôi để lại liên hệ"), say("Không để lại"))
            )
        case GateView():
            yield say(ANY_MORE_CRITERIA if view.criteria else ANYTHING_MORE)
            yield from (say(SEND), say(MORE_CRITERIA if view.criteria else MORE))
        case ThanksView():
            yield from (view.text or say(THANKS), say("Ý kiến của ông/bà đã được ghi nhận."))


def words_of_centre(scene: Scene) -> list[str]:
    words = [*scene.lines]
    for asked in scene.asked:
        words += [*_of_question(asked, alone=len(scene.asked) == 1)]
    return [*words, *filter(None, (scene.forward,))]


def _of_question(asked: Asked, *, alone: bool) -> Iterator[str]:
    yield from filter(None, (asked.text, asked.help if alone else ""))
    for tile in asked.tiles:
        yield tile.label if tile.mood is None else f"{tile.label} {tile.mood}"
    yield from filter(None, (asked.hint, asked.none))


@pytest.mark.parametrize("survey", SURVEYS, ids=lambda survey: survey.id)
@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_centre_shows_the_pages_of_the_terminal_word_by_word(survey: Survey, language: str) -> None:
    fit = criteria_that_fit(Theme(width=1280, height=800))
    terminal = [shown for _, shown in kiosk_scenes(survey, Manner(language, 0, fit), NOW)]
    centre = scenes_of(survey, language)
    assert fit == RATINGS_PER_PAGE
    assert [words_of_centre(scene) for scene in centre] == [
        words_of_terminal(survey, language, shown) for shown in terminal
    ]
    places = [(scene.number, scene.of) for scene in centre if scene.kind == "page"]
    assert places == [
        (shown.frame.page, shown.frame.pages)
        for shown in terminal
        if shown.frame.pages and not isinstance(shown.view, GateView)
    ]


@pytest.mark.parametrize("survey", SURVEYS, ids=lambda survey: survey.id)
def test_as_many_pages_as_the_preview_in_words(survey: Survey) -> None:
    named = [line for line in preview(survey, "vi") if line.startswith("Trang ")]
    assert len([scene for scene in scenes_of(survey, "vi") if scene.kind == "page"]) == len(named)


def test_the_words_of_the_terminal_are_those_of_its_catalogue() -> None:
    say = CATALOGUES.translate("en")
    assert {text: say(text) for text in ENGLISH} == dict(ENGLISH)
    assert set(TITLES.values()) <= set(ENGLISH)
    assert MOST_TILES == KIOSK_TILES


def test_conditions_and_answers_after_other_levels_are_shown_too() -> None:
    asked = {asked.id: asked for scene in scenes_of(every_kind(), "vi") for asked in scene.asked}
    assert asked["trips"].when == "“Cách nộp?”: “A?”"
    why = asked["why-result"]
    assert [tile.label for tile in why.tiles] == ["slow?", "rude?"]
    assert [(tile.label, len(tile.after)) for tile in why.others] == [("fast?", 2), ("kind?", 2)]
