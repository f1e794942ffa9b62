"""Every page of every shipped form as a citizen sees it: do the real texts fit, in every size and language?

python -m tests.support.shipped_pages --size 1280x800                    a line for each text that does not
python -m tests.support.shipped_pages --size 1280x800 --pictures FOLDER  and pictures
"""

import argparse
import tempfile
from pathlib import Path

from kiosk.events import Now
from kiosk.preview.scenes import Manner, scenes_of
from kiosk.widgets.criteria_layout import criteria_that_fit
from kiosk.widgets.theme import Theme
from tests.support.plans import shipped_surveys


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

    now = Now(NOON, 0, bytes(16))
    with tempfile.TemporaryDirectory() as home:
        stage = open_stage((width, height), Path(home), now=lambda: NOON)
        for language in ("vi", "en"):
            for step in asked.step or (0, 1, 2):
                fit = criteria_that_fit(Theme(width=width, height=height, text_step=step))
                manner = Manner(language, step, fit)
                for survey in shipped_surveys().values():
                    for name, shown in scenes_of(survey, manner, now):
                        stage.show(shown, (width, height))
                        for found in violations(stage):
                            where = f"{asked.size} {language} step {step} {survey.id} {name}"
                            print(f"{where}: {found}", flush=True)
                        if asked.pictures:
                            asked.pictures.mkdir(parents=True, exist_ok=True)
                            picture(stage).save(asked.pictures / f"{language}-{step}-{survey.id}-{name}.png")


if __name__ == "__main__":
    main()
