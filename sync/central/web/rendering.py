"""Templates to HTML. Every value is escaped; a template reads only what its page struct has.

A misspelt name in a template is an error, not an empty place. Drawings are the only markup that comes from
code: they say so themselves (`__html__`), and sync/central/presenting escapes every text in them.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from sync.central.presenting import days, numbers
from sync.central.presenting.drawing.face import face, face_symbol
from sync.central.presenting.language import Language, capital
from sync.central.web.field_labels import labelled
from sync.central.web.static_files import StaticFile
from sync.central.web.translation import Translation

_TEMPLATES = Path(__file__).parent / "templates"
# How values are written, by the name of the filter; each takes the language last.
_WRITTEN: Mapping[str, Callable[..., object]] = {
    "whole": numbers.whole,
    "decimal": numbers.decimal,
    "mean": numbers.mean,
    "percent": numbers.percent,
    "align": numbers.align,
    "with_n": numbers.with_n,
    "n_words": numbers.n_words,
    "out_of": numbers.out_of,
    "points": numbers.points,
    "size": numbers.size,
    "day": days.day_words,
    "short_day": days.short_day,
    "weekday": days.weekday,
    "full_day": days.full_day,
    "near_day": days.near_day,
    "moment": days.moment_on,
    "past_moment": days.past_moment,
    "span": days.span,
    "work_time": days.work_time,
    "month": days.month_words,
    "short_month": days.short_month,
    "period": days.period_words,
}


class Renderer:
    """The templates of one process, compiled once for each language."""

    def __init__(
        self, translations: Mapping[Language, Translation], static: Mapping[str, StaticFile]
    ) -> None:
        self._environments = {
            language: environment(translation, static) for language, translation in translations.items()
        }

    def render(self, language: Language, template: str, page: object, frame: object) -> str:
        """The HTML of a page; a template sees `page` and `frame`."""
        return self._environments[language].get_template(template).render(page=page, frame=frame)


def environment(translation: Translation, static: Mapping[str, StaticFile]) -> Environment:
    """The templates in one language."""
    environment: Any = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        extensions=["jinja2.ext.i18n"],
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.install_gettext_callables(translation.gettext, translation.ngettext, newstyle=True)
    language = translation.language
    environment.globals["static"] = lambda name: static[name].address
    environment.globals["language"] = language
    environment.filters["face"] = face
    environment.filters["face_symbol"] = face_symbol
    environment.filters["labelled"] = lambda where: labelled(where, translation.gettext)
    environment.filters["capital"] = capital
    environment.filters["time"] = days.time_words
    environment.filters["instant"] = datetime.fromisoformat
    for name, written in _WRITTEN.items():
        environment.filters[name] = _in(language, written)
    made: Environment = environment
    return made


def _in(language: Language, written: Callable[..., object]) -> Callable[..., object]:
    return lambda value, *arguments: written(value, *arguments, language=language)
