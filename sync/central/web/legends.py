"""What the signs of a drawing mean, next to it."""

from msgspec import Struct

from sync.central.figures.summary import Summary
from sync.central.presenting.drawing.level_bar import level_swatch
from sync.central.presenting.drawing.markup import Svg
from sync.central.web.look import Look
from sync.contract.text import pick


class Swatch(Struct, frozen=True):
    """One sign of a legend."""

    drawing: Svg
    meaning: str


def level_legend(look: Look, form: Summary | None) -> tuple[Swatch, ...]:
    """The levels of a form as its bars show them, the best first."""
    if form is None:
        return ()
    levels = sorted(look.names.surveys[form.survey, form.version].levels, key=lambda each: -each.value)
    place = {value: at for at, value in enumerate(sorted(each.value for each in levels), 1)}
    return tuple(
        Swatch(level_swatch(place[each.value], len(levels)), pick(each.label, look.translation.language))
        for each in levels
    )
