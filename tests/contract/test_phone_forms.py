"""Every shipped form on a phone: the glass's words in the glass's order, on small pages without a script."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from litestar.testing import TestClient
from msgspec.structs import replace
from sqlalchemy import delete, insert, select

from kiosk.session import RESPONDENTS, WHOM_FOR
from sync.central.office.forms import terminal_words
from sync.central.office.forms.scenes import scenes_of
from sync.central.office.phone.walk import TOGETHER
from sync.central.store.database import reading, writing
from sync.central.store.schema import responses, surveys
from sync.contract.canonical import decode_response
from sync.contract.response import SurveyRef
from sync.contract.survey import Choices, Contact, OpenText, Rating, Survey
from sync.contract.text import pick
from tests.support.assets import load_survey
from tests.support.phone import Phone, code_of, trust
from tests.support.wire import NOW, ROOT, CentreUnderTest, visit

FORMS = sorted((ROOT / "assets" / "surveys").glob("*.toml"))


@pytest.fixture(scope="module")
def central(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CentreUnderTest]:
    centre = CentreUnderTest(tmp_path_factory.mktemp("forms"))
    trust(centre)
    with writing(centre.engine) as connection:
        connection.execute(delete(surveys))
        for path in FORMS:
            survey = load_survey(path)
            body = msgspec.json.encode(survey).decode()
            connection.execute(insert(surveys).values(id=survey.id, version=survey.version, body=body))
    yield centre
    centre.close()


@pytest.fixture(scope="module")
def client(central: CentreUnderTest) -> Iterator[Any]:
    with TestClient(central.app) as client:
        yield client


def words(survey: Survey, language: str) -> list[str]:
    """The questions and answers of the glass, in its order."""
    return [
        text
        for scene in scenes_of(survey, language, ratings_per_page=TOGETHER)
        if scene.kind == "page"
        for asked in scene.asked
        for text in (
            asked.text,
            *(tile.label for tile in asked.tiles),
            *((asked.none,) if asked.none else ()),
        )
        if not (asked.kind == "contact" and text != asked.text)
    ]


def given(survey: Survey, name: str, offered: list[str]) -> str | list[str]:
    """An answer to one field: the middle level of a rating, as the scenes have it; else the first."""
    question = survey.question(name.partition(".")[0])
    if isinstance(question, OpenText | Contact):
        return "Không có"
    if not offered:
        return "1"
    if isinstance(question, Rating):
        levels = sorted(level.value for level in survey.levels)
        return str(levels[len(levels) // 2])
    return offered[:1] if isinstance(question, Choices) else offered[0]


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_words_of_the_glass_in_its_order_on_small_pages(
    central: CentreUnderTest, client: Any, path: Path, language: str
) -> None:
    survey = load_survey(path)
    number = 2 * FORMS.index(path) + (language == "en") + 1
    made = replace(visit(number), survey=SurveyRef(survey.id, survey.version))
    code = code_of(made, NOW, respondents=survey.respondents[:1])
    phone = Phone(client, code).open(language)
    read: list[str] = []
    for _ in range(40):
        assert phone.answer.status_code == 200
        assert len(phone.answer.content) <= 20 * 1024
        read += phone.page.texts
        fields = {name[2:]: given(survey, name[2:], kind) for name, kind in phone.page.offered.items()}
        gate = phone.page.moves[:2] == ["gui", "tiep"]
        if phone.page.moves[0] == "gui" and not gate:
            break
        phone.send("tiep", **fields)
    rest = iter(read)
    missing = [text for text in words(survey, language) if text not in rest]
    assert missing == []
    phone.send("gui", **fields)
    assert pick(survey.thanks, language) in phone.text()
    with reading(central.engine) as connection:
        query = select(responses.c.body).order_by(responses.c.position.desc()).limit(1)
        stored = decode_response(bytes(connection.execute(query).scalar_one()))
    assert (stored.survey.id, stored.outcome) == (survey.id, "complete")


def test_who_answers_is_asked_in_the_words_of_the_glass() -> None:
    assert terminal_words.RESPONDENTS == RESPONDENTS
    assert terminal_words.WHOM_FOR == WHOM_FOR
