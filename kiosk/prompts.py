"""Makes the spoken prompts of a terminal: `python -m kiosk.prompts --config kiosk.toml`.

Every text of the surveys and of the interface, in every language offered, becomes a file in the data
folder, spoken by espeak-ng. Where somebody recorded a text (assets/sounds/<language>/), that one is used.
"""

import argparse
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import get_args

from rich.console import Console
from rich.progress import track

from kiosk.address import address_of, addressing
from kiosk.devices.sound import RATE, prompt_name
from kiosk.i18n import Catalogues
from kiosk.settings import ASSETS, Settings, load_settings
from kiosk.widgets.key_layout import Page, layout, spoken_name
from sync.contract.bundle import Bundle, load_bundle
from sync.contract.problem import ProblemError, problem
from sync.contract.survey import Choice, Choices, Number, survey_texts
from sync.contract.text import pick

MOST_FIGURES = 100
"""Of one question's figures so many are spoken: the first ones."""


def spoken_texts(bundle: Bundle, settings: Settings, catalogues: Catalogues) -> Iterator[tuple[str, str]]:
    """Every (language, text) that the ear button may have to say, each once."""
    seen = set()
    interface = {word for language in catalogues.languages() for word in catalogues.words(language)}
    keys = {
        spoken_name(key) for page in get_args(Page) for row in layout(page, wide=True).rows for key in row
    }
    figures = sorted(
        {
            figure
            for survey in bundle.surveys
            for question in survey.questions
            if isinstance(question, Number)
            for figure in range(question.minimum, question.maximum + 1)[:MOST_FIGURES]
        }
        | set(range(1, _most_answers(bundle) + 1))
    )
    address = address_of(settings.respondent, bundle.survey(settings.survey))
    for language in settings.languages:
        translate = addressing(catalogues.translate(language), address)
        texts: Iterable[str] = (
            *(pick(text, language) for survey in bundle.surveys for _, text in survey_texts(survey)),
            *(pick(procedure.name, language) for procedure in bundle.catalogue.procedures),
            *(translate(word) for word in sorted(interface | keys)),
            *(str(figure) for figure in figures),
        )
        for text in texts:
            if (language, text) not in seen:
                seen.add((language, text))
                yield language, text


def _most_answers(bundle: Bundle) -> int:
    """How many answers the question with the most of them offers, "không áp dụng" among them."""
    options = [
        len(question.options)
        for survey in bundle.surveys
        for question in survey.questions
        if isinstance(question, Choice | Choices)
    ]
    return 1 + max([2, *options, *(len(survey.levels) for survey in bundle.surveys)])


def make_prompt(text: str, language: str, path: Path) -> None:
    """Speak `text` into `path` (mono, 16 bit, 22050 Hz); raises ProblemError HL3020 where espeak-ng can't."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    try:
        subprocess.run(
            ["espeak-ng", "-v", language, "-s", "150", "-w", str(fresh), "--", text],
            check=True,
            capture_output=True,
        )
    except (OSError, subprocess.CalledProcessError) as error:
        raise ProblemError(problem("HL3020", where=str(path.parent), detail=type(error).__name__)) from error
    fresh.replace(path)


def main(arguments: list[str] | None = None) -> int:
    """Make what is missing; 0 when every text can be heard."""
    parser = argparse.ArgumentParser(prog="python -m kiosk.prompts", description=__doc__)
    parser.add_argument("--config", type=Path, required=True)
    settings = load_settings(parser.parse_args(arguments).config)
    wanted = [
        (language, text, settings.data / "prompts" / language / prompt_name(text))
        for language, text in spoken_texts(
            load_bundle(settings.bundle), settings, Catalogues(ASSETS / "locales")
        )
    ]
    missing = [
        (language, text, path)
        for language, text, path in wanted
        if not path.exists() and not (ASSETS / "sounds" / language / path.name).exists()
    ]
    for language, text, path in track(missing, "Tạo lời đọc", transient=True):
        make_prompt(text, language, path)
    Console().print(f"{len(wanted)} lời đọc, {len(missing)} vừa tạo ({RATE} Hz)")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except ProblemError as error:
        sys.exit(str(error))
