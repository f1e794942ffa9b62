"""Every page of a form as a citizen sees it, in the order of a visit. Pure.

Questions that are asked only under a condition are shown, too: an office checks every word.
"""

from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from kiosk.events import Now
from kiosk.session import Manners, Phase, Rules, Visit, begin, gate_page, has_more, visit_pages
from kiosk.settings import Office, Settings
from kiosk.view import Shown, look
from sync.contract.catalogue import Catalogue, Unit
from sync.contract.pages import Page
from sync.contract.response import Answer, Tag
from sync.contract.survey import Rating, Survey
from sync.contract.text import Text

OFFICE: Text = {"vi": "Bộ phận Tiếp nhận và Trả kết quả", "en": "One-stop shop"}
_UNIT = "xem-truoc"


class Manner(Struct, frozen=True):
    """How it is shown: language, text size from 0 to 2, and how many ratings share a page."""

    language: str
    text_step: int
    criteria: int


def scenes_of(survey: Survey, manner: Manner, now: Now, office: Text = OFFICE) -> Iterator[tuple[str, Shown]]:
    """The privacy notice, every page before it is answered, the gate, and the thanks; by name."""
    everything = replace(survey, questions=tuple(replace(each, when=None) for each in survey.questions))
    rules = Rules(
        survey=everything,
        device=_UNIT,
        unit=_UNIT,
        respondents=survey.respondents[:1],
        language=manner.language,
        languages=survey.languages,
        can_seal=True,
        ratings_per_page=manner.criteria,
    )
    settings = Settings(device=_UNIT, unit=_UNIT, survey=survey.id, office=Office(office))
    catalogue = Catalogue(units=(Unit(_UNIT, office),))
    # Every rating in the middle, so that the reasons after it are shown.
    middle = survey.levels[len(survey.levels) // 2].value
    answers: dict[str, Answer] = {each.id: middle for each in survey.questions if isinstance(each, Rating)}
    visit = Visit(id="", tag=Tag(unit=_UNIT), started=now, answers=answers)
    start = replace(begin(rules), manners=Manners(language=manner.language, text_step=manner.text_step))

    def shown(phase: Phase, page: int = 0, unanswered: Page = ()) -> Shown:
        open_ids = {question.id for question in unanswered}
        given = {id: level for id, level in answers.items() if id not in open_ids}
        state = replace(start, phase=phase, visit=replace(visit, page=page, answers=given))
        return look(state, rules, settings, catalogue)

    yield "privacy", shown("privacy")
    gate = gate_page(visit, rules) if has_more(visit, rules) else None
    for number, page in enumerate(visit_pages(visit, rules)):
        if number == gate:
            yield "gate", shown("gate", number)
        yield f"page-{number + 1}", shown("asking", number, page)
    yield "thanks", shown("thanks")
