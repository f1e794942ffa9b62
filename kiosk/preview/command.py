"""`hailong-kiosk preview phieu.toml --to anh`: every page of a form as a picture, without a terminal.

It draws into memory, so it needs no screen. A form in Excel becomes TOML by `hailong-central forms export`.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

from kiosk.events import Now
from kiosk.preview.scenes import Manner, scenes_of
from kiosk.settings import ASSETS
from sync.contract.files import decode_toml, read_text
from sync.contract.problem import Problem, ProblemError, ProblemsError
from sync.contract.problem.files import TEXT_MISSING
from sync.contract.survey import Survey, survey_problems

SIZE = (1280, 800)
"""Of a tablet of 10 inches."""


def main(arguments: list[str], prepare: Callable[[Path, tuple[int, int]], None]) -> int:
    """Draw the form; 2 if it can't be used. prepare: gives Kivy its environment, see `prepare_kivy`."""
    parser = argparse.ArgumentParser(
        prog="hailong-kiosk preview", description="Vẽ từng trang của một phiếu hỏi thành tệp PNG."
    )
    parser.add_argument("form", type=Path, metavar="PHIẾU", help="tệp .toml của phiếu hỏi")
    parser.add_argument("--to", type=Path, required=True, help="thư mục chứa ảnh")
    parser.add_argument("--size", type=_size, default=SIZE, help="cỡ màn hình, thí dụ 1280x800")
    parser.add_argument("--language", help="thí dụ en; không ghi: mọi ngôn ngữ của phiếu")
    asked = parser.parse_args(arguments)
    try:
        survey = _read(asked.form)
        languages = _languages(survey, asked.language)
        asked.to.mkdir(parents=True, exist_ok=True)
    except ProblemError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    with tempfile.TemporaryDirectory() as home:
        os.environ["SDL_VIDEODRIVER"] = "offscreen"
        prepare(Path(home), asked.size)
        for path in _draw(survey, languages, asked.size, asked.to):
            sys.stdout.write(f"{path}\n")
    return 0


def _size(text: str) -> tuple[int, int]:
    width, _, height = text.partition("x")
    return int(width), int(height)


def _read(path: Path) -> Survey:
    """The form; raises ProblemError, with every fault of the form."""
    survey = decode_toml(read_text(path), Survey, str(path))
    faults = [Problem(each.number, f"{path}: {each.where}", each.detail) for each in survey_problems(survey)]
    if faults:
        raise ProblemsError(faults)
    return survey


def _languages(survey: Survey, language: str | None) -> tuple[str, ...]:
    if language is None:
        return survey.languages
    if language not in survey.languages:
        raise ProblemError(TEXT_MISSING(where="--language", detail=f"thiếu lời bằng “{language}”"))
    return (language,)


def _draw(survey: Survey, languages: tuple[str, ...], size: tuple[int, int], folder: Path) -> Iterator[Path]:
    from kiosk.preview.drawing import empty_stage, save
    from kiosk.widgets.criteria_layout import criteria_that_fit
    from kiosk.widgets.theme import Theme

    moment = datetime.now().astimezone()
    stage = empty_stage(ASSETS / "locales", lambda: moment)
    criteria = criteria_that_fit(Theme(width=size[0], height=size[1], dpi=0))
    for language in languages:
        scenes = scenes_of(survey, Manner(language, 0, criteria), Now(moment, 0, bytes(16)))
        for number, (name, shown) in enumerate(scenes, start=1):
            stage.show(shown, size)
            path = folder / f"{survey.id}-{survey.version}-{language}-{number:02}-{name}.png"
            save(stage, path)
            yield path
