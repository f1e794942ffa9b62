"""Everybody is addressed with one form of words: the questions', and everything around them."""

from pathlib import Path

import pytest

from kiosk.i18n import Catalogues
from kiosk.session import ANYTHING_MORE, STILL_THERE, THANKS
from kiosk.settings import ASSETS
from sync.contract.addressing import ADDRESSES, address_of, addressed, addressing
from sync.contract.response import Respondent
from sync.contract.survey import survey_texts
from tests.support.assets import load_survey

SURVEYS = sorted((ASSETS / "surveys").glob("*.toml"))
ENGLISH = Catalogues(ASSETS / "locales").translate("en")


def vietnamese(text: str) -> str:
    return text


@pytest.mark.parametrize("path", SURVEYS, ids=lambda path: path.stem)
def test_a_shipped_survey_and_the_words_around_it_address_people_alike(path: Path) -> None:
    survey = load_survey(path)
    for respondent in survey.respondents:
        address = address_of(respondent, survey)
        texts = [text["vi"].lower() for _, text in survey_texts(survey)]
        others = set(ADDRESSES.values()) - {address}
        assert [text for text in texts if any(other in text for other in others)] == []


@pytest.mark.parametrize(
    ("survey", "respondent", "address"),
    [
        ("thach-ha-noi-bo", "staff", "anh/chị"),
        ("quang-binh-to-chuc", "organisation", "quý vị"),
        ("kien-hung", "organisation", "ông/bà"),
        ("kien-hung", "citizen", "ông/bà"),
    ],
)
def test_the_form_says_how_people_are_addressed(survey: str, respondent: Respondent, address: str) -> None:
    assert address_of(respondent, load_survey(ASSETS / "surveys" / f"{survey}.toml")) == address


@pytest.mark.parametrize("respondent", ADDRESSES)
def test_without_a_form_people_are_addressed_as_usual(respondent: Respondent) -> None:
    assert address_of(respondent) == ADDRESSES[respondent]


def test_sentences_begin_with_a_capital_whatever_the_address() -> None:
    assert addressed(STILL_THERE, "anh/chị") == "Anh/chị còn ở đây không?"
    assert addressed(THANKS, "quý vị") == "Xin cảm ơn quý vị."


def test_another_language_keeps_its_sentence_or_has_one_of_its_own() -> None:
    assert addressing(ENGLISH, "anh/chị")(ANYTHING_MORE) == "Would you like to add anything?"
    own = {"Anh/chị còn ở đây không?": "Still there, colleague?"}
    assert addressing(lambda text: own.get(text, text), "anh/chị")(STILL_THERE) == "Still there, colleague?"
    assert addressing(vietnamese, "anh/chị")(STILL_THERE) == "Anh/chị còn ở đây không?"
