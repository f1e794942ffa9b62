"""Every page of every shipped form as a citizen sees it: do the real texts fit, in every size and language?

python -m tests.support.shipped_pages --size 1280x800                    a line for each text that does not
python -m tests.support.shipped_pages --size 1280x800 --pictures FOLDER  and pictures
"""

import argparse
import tempfile
from collections.abc import Iterator
from itertools import count
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from kiosk.events import Answered, Forward, MoreWanted, ShowPrivacy, Tagged
from kiosk.session import Manners, current_page
from kiosk.settings import Office, Settings
from kiosk.view import GateView, Shown, look
from kiosk.widgets.criteria_layout import criteria_that_fit
from kiosk.widgets.theme import Theme
from sync.contract.catalogue import Catalogue, Unit
from sync.contract.response import Tag
from sync.contract.survey import Rating, Survey
from tests.flows.flow import Flow, rules_for
from tests.support.plans import shipped_surveys

OFFICE = {"vi": "Bộ phận Tiếp nhận và trả kết quả", "en": "One-stop shop"}


class Manner(Struct, frozen=True):
    """How it is shown: language, text size from 0 to 2, and how many ratings share a page."""

    language: str
    text_step: int
    criteria: int


def shown_pages(survey: Survey, manner: Manner) -> Iterator[tuple[str, Shown]]:
    """Privacy, then every page of a visit that rates everything in the middle, by name."""
    rules = rules_for(survey, respondents=survey.respondents[:1], ratings_per_page=manner.criteria)
    flow = Flow(rules)
    settings = Settings(device="may-01", unit="phuong-mau", survey=survey.id, office=Office(OFFICE))
    catalogue = Catalogue(units=(Unit("phuong-mau", OFFICE),))
    manners = Manners(language=manner.language, text_step=manner.text_step)

    def shown() -> Shown:
        return look(replace(flow.state, manners=manners), rules, settings, catalogue)

    flow.send(Tagged(Tag(unit="phuong-mau")), ShowPrivacy())
    yield f"{survey.id}-privacy", shown()
    flow = Flow(rules).send(Tagged(Tag(unit="phuong-mau")))
    pages = count(1)
    while flow.state.phase in ("ready", "asking", "gate"):
        assert flow.state.visit is not None
        yield f"{survey.id}-{next(pages)}", shown()
        view = flow.shown.view
        if isinstance(view, GateView):
            flow.send(MoreWanted() if view.more else Forward())
            continue
        page = flow.shown.frame.page
        for question in current_page(flow.state.visit, rules):
            if isinstance(question, Rating):
                flow.send(Answered(question.id, survey.levels[2].value))
        if flow.state.phase in ("ready", "asking") and flow.shown.frame.page == page:
            flow.send(Forward())
    yield f"{survey.id}-thanks", shown()


def main() -> None:
    """Show all of them in a window of this size, on the display there is."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--size", required=True)
    parser.add_argument("--pictures", type=Path)
    parser.add_argument("--step", type=int, action="append")
    asked = parser.parse_args()
    width, height = map(int, asked.size.split("x"))

    from tests.support.gallery import NOON
    from tests.support.layout import violations
    from tests.support.stage import open_stage, picture

    with tempfile.TemporaryDirectory() as home:
        stage = open_stage((width, height), Path(home), now=lambda: NOON)
        for language in ("vi", "en"):
            for step in asked.step or (0, 1, 2):
                fit = criteria_that_fit(Theme(width=width, height=height, text_step=step))
                manner = Manner(language, step, fit)
                for survey in shipped_surveys().values():
                    for name, shown in shown_pages(survey, manner):
                        stage.show(shown, (width, height))
                        for found in violations(stage):
                            print(f"{asked.size} {language} step {step} {name}: {found}", flush=True)
                        if asked.pictures:
                            asked.pictures.mkdir(parents=True, exist_ok=True)
                            picture(stage).save(asked.pictures / f"{language}-{step}-{name}.png")


if __name__ == "__main__":
    main()
