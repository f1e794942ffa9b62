"""Everything that the terminal may say has a prompt."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from kiosk.events import Now
from kiosk.i18n import Catalogues
from kiosk.prompts import spoken_texts
from kiosk.session import ONCE_MORE, READ_ALOUD, READ_TO_HEADPHONES, Visit, offered_answers
from kiosk.settings import ASSETS
from sync.contract.assignment import Assignment
from sync.contract.bundle import Bundle, BundleVersion, Cases, CentreSettings, PublicKeys, Revoked
from sync.contract.survey import Survey
from sync.contract.text import pick
from tests.flows.flow import CATALOGUE, SETTINGS, START, kien_hung, rules_for
from tests.support.assets import load_survey

SURVEYS = sorted((ASSETS / "surveys").glob("*.toml"))


def bundle_of(survey: Survey) -> Bundle:
    return Bundle(
        version=BundleVersion(1, START, START),
        catalogue=CATALOGUE,
        surveys=(survey,),
        plans=(),
        settings=CentreSettings(),
        keys=PublicKeys(),
        revoked=Revoked(),
        cases=Cases(),
    )


def spoken(survey: Survey, language: str) -> set[str]:
    settings = replace(SETTINGS, survey=survey.id, languages=(language,))
    return {text for _, text in spoken_texts(bundle_of(survey), settings, Catalogues(ASSETS / "locales"))}


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("path", SURVEYS, ids=lambda path: path.stem)
def test_every_answer_and_its_number_can_be_said(path: Path, language: str) -> None:
    survey = load_survey(path)
    prompts = spoken(survey, language)
    translate = Catalogues(ASSETS / "locales").translate(language)
    visit, rules = Visit(id="", tag=None, started=Now(START, 0, b"")), rules_for(survey)
    for question in survey.questions:
        for number, text in enumerate(offered_answers(question, visit, rules), start=1):
            assert str(number) in prompts
            assert translate(pick(text, language)) in prompts
    assert {translate(text) for text in (READ_ALOUD, READ_TO_HEADPHONES, ONCE_MORE)} <= prompts


def test_everybody_who_is_asked_is_addressed_in_the_prompts() -> None:
    staff = load_survey(ASSETS / "surveys" / "thach-ha-noi-bo.toml")
    assignments = (
        Assignment(id="dan", unit="phuong-mau", survey="kien-hung"),
        Assignment(id="can-bo", unit="phuong-mau", device="may-02", survey=staff.id, respondents=("staff",)),
    )
    bundle = replace(bundle_of(kien_hung()), surveys=(kien_hung(), staff), assignments=assignments)
    texts = {text for _, text in spoken_texts(bundle, SETTINGS, Catalogues(ASSETS / "locales"))}
    assert {"Xin cảm ơn ông/bà.", "Xin cảm ơn anh/chị.", "Ông/bà làm thủ tục cho ai?"} <= texts


def test_what_is_not_translated_is_said_in_vietnamese() -> None:
    survey = load_survey(SURVEYS[0])
    title = survey.title["vi"]
    survey = replace(survey, title={**survey.title, "xx": "Titulus"})
    settings = replace(SETTINGS, survey=survey.id, languages=("xx",))
    texts = set(spoken_texts(bundle_of(survey), settings, Catalogues(ASSETS / "locales")))
    assert {("xx", "Titulus"), ("xx", "1"), ("vi", "Quay lại")} <= texts
    assert not {("vi", title), ("xx", "Quay lại")} & texts
