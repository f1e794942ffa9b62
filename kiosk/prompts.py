"""Which texts the ear button may have to say, in which language, and where their prompts lie."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import get_args

from kiosk.i18n import Catalogues
from kiosk.settings import ASSETS, Settings
from kiosk.widgets.key_layout import Page, layout, spoken_name
from sync.contract.addressing import address_of, addressing
from sync.contract.bundle import Bundle
from sync.contract.survey import Choice, Choices, Number, survey_texts
from sync.contract.text import Text

MOST_FIGURES = 100
"""How many of one question's figures are spoken: the first ones."""


def recorded_folder(settings: Settings) -> Path:
    """The office's own recordings: <language>/<name of the prompt>."""
    return settings.data / "voices"


def made_folder(settings: Settings) -> Path:
    """What programs spoke."""
    return settings.data / "prompts"


def prompt_folders(settings: Settings) -> tuple[Path, ...]:
    """Where prompts are looked for: the office's recordings, those that come with the program, made ones."""
    return recorded_folder(settings), ASSETS / "sounds", made_folder(settings)


def spoken_texts(bundle: Bundle, settings: Settings, catalogues: Catalogues) -> Iterator[tuple[str, str]]:
    """Every (language, text) that may have to be said, each once, the survey's first.

    What is not translated into a language is said in Vietnamese, and so counts there.
    """
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
    addresses = _addresses(bundle, settings)
    for language in settings.languages:
        words = catalogues.words(language)
        interface_in = [addressing(catalogues.translate(language), address) for address in addresses]
        texts: Iterable[tuple[str, str]] = (
            *(_in(language, text) for survey in bundle.surveys for _, text in survey_texts(survey)),
            *(_in(language, procedure.name) for procedure in bundle.catalogue.procedures),
            *((language, str(figure)) for figure in figures),
            *(
                (language if word in words else "vi", translate(word))
                for translate in interface_in
                for word in sorted(interface | keys)
                if "{" not in word  # something is filled in before it is shown
            ),
        )
        for said in texts:
            if said not in seen:
                seen.add(said)
                yield said


def _addresses(bundle: Bundle, settings: Settings) -> list[str]:
    """How this unit's terminals address whom they ask."""
    asked = [
        (each.survey, respondent) for each in bundle.assignments or () for respondent in each.respondents
    ]
    asked = asked or [(settings.survey or "", settings.respondent)]
    return list(dict.fromkeys(address_of(respondent, bundle.survey(id)) for id, respondent in asked))


def _in(language: str, text: Text) -> tuple[str, str]:
    return (language, text[language]) if language in text else ("vi", text["vi"])


def _most_answers(bundle: Bundle) -> int:
    """How many answers the question with the most of them offers, "không áp dụng" among them."""
    options = [
        len(question.options)
        for survey in bundle.surveys
        for question in survey.questions
        if isinstance(question, Choice | Choices)
    ]
    return 1 + max([2, *options, *(len(survey.levels) for survey in bundle.surveys)])
