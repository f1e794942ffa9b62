"""Finds texts that leave their box, their tile or the window, or overlap something else; one line for each.

python -m tests.support.layout --size 1280x800          on the display there is
python -m tests.support.layout --size 1280x800 --break  with one label that does not fit, as a control
"""

import argparse
import tempfile
from collections.abc import Iterator
from itertools import product
from math import hypot
from pathlib import Path
from typing import Any

from kiosk.widgets.criteria_layout import criteria_that_fit
from kiosk.widgets.theme import Theme

Rect = tuple[float, float, float, float]

SLACK = 2.0
"""Pixels that rounding may cost."""

SMALLEST_TARGET = 44
"""Pixels; a key of the keyboard on the smallest panel is the smallest thing to be touched."""

FINGER, ANSWER = 9 / 25.4, 15 / 25.4
"""Inches that anything to be touched, and an answer, is wide and high at least."""

LINES = 2
"""Lines of the citizen's own words in sight above the keyboard, at least."""


def main() -> None:
    """Go through all samples in both languages, three text sizes and both hands."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--size", required=True)
    parser.add_argument("--inches", type=float, nargs="*", default=[], help="diagonals of such panels")
    parser.add_argument("--break", dest="broken", action="store_true")
    asked = parser.parse_args()
    width, height = map(int, asked.size.split("x"))

    from tests.support.gallery import NOON
    from tests.support.stage import open_stage

    dots = [0, *(round(hypot(width, height) / inches) for inches in asked.inches)]
    dpi = 0
    with tempfile.TemporaryDirectory() as home:
        stage = open_stage((width, height), Path(home), now=lambda: NOON, dpi=lambda: dpi)
        from tests.support.samples import samples

        for dpi, language, step in product(dots, ("vi", "en"), (0, 1, 2)):
            fit = criteria_that_fit(Theme(width=width, height=height, dpi=dpi, text_step=step))
            for name, shown in samples(language, step, step == 2, fit):
                stage.show(shown, (width, height))
                if asked.broken and name == "rating":
                    break_a_label(stage)
                for violation in violations(stage, dpi):
                    print(f"{asked.size} {dpi} dpi {language} step {step} {name}: {violation}", flush=True)
                if (
                    shown.frame.code
                    and (language, step) == ("vi", 0)
                    and not is_read(stage, shown.frame.code)
                ):
                    print(f"{asked.size} {dpi} dpi {name}: no camera reads the code", flush=True)


def is_read(stage: Any, address: str) -> bool:
    """Whether a decoder that is not ours reads this code in the picture."""
    import zxingcpp

    from tests.support.stage import picture

    return address in [found.text for found in zxingcpp.read_barcodes(picture(stage).convert("L"))]


def break_a_label(stage: Any) -> None:
    """Give one tile a label that is too long for it."""
    from kiosk.widgets.rating_row import Tile

    tile = next(widget for widget in walk(stage) if isinstance(widget, Tile))
    box = (*tile.label.pos, *tile.label.size)
    wide = (box[0] - 400, box[1], box[2] + 800, box[3])
    tile.label.place("Rất hài lòng về mọi điều", wide, 40, (0, 0, 0, 1), smallest=40)


def violations(stage: Any, dpi: int = 0) -> Iterator[str]:
    """Every layout fault in the picture that `stage` shows on a panel of `dpi`."""
    from kiosk.widgets.face import Face
    from kiosk.widgets.icon import Icon
    from kiosk.widgets.lettering import Lettering
    from kiosk.widgets.picture import Picture
    from kiosk.widgets.target import Target

    window = (0.0, 0.0, float(stage.width), float(stage.height))
    texts = [widget for widget in walk(stage) if isinstance(widget, Lettering) and widget.lines]
    signs = [widget for widget in walk(stage) if isinstance(widget, Icon | Face) and widget._drawn]
    targets = list(stage.targets())
    for text in texts:
        ink = text.ink_box
        if not inside(ink, window):
            yield f"'{text.text}' leaves the window: {ink}"
        if not inside(ink, box_of(text)):
            yield f"'{text.text}' leaves its box: {ink} in {box_of(text)}"
        tile = next((parent for parent in parents(text) if isinstance(parent, Target)), None)
        if tile is not None and cross(ink, box_of(tile)) and not inside(ink, box_of(tile)):
            yield f"'{text.text}' leaves its tile: {ink} in {box_of(tile)}"
        if tile is None:
            for target in targets:
                if cross(ink, box_of(target)):
                    yield f"'{text.text}' runs under the target '{target.name}'"
    yield from misaddressed(stage, texts)
    things = [(text.text, text.ink_box) for text in texts]
    signs += [widget for widget in walk(stage) if isinstance(widget, Picture) and widget.width]
    things += [(getattr(sign, "name", "a picture"), box_of(sign)) for sign in signs]
    from kiosk.widgets.theme import LINE_HEIGHT
    from kiosk.widgets.written_text import WrittenText

    for sheet in (widget for widget in walk(stage) if isinstance(widget, WrittenText) and widget._sheet):
        if sheet.height < LINES * sheet._size * LINE_HEIGHT:
            yield f"less than {LINES} lines of one's own words are in sight: {sheet.height} pixels"
    for index, (name, box) in enumerate(things):
        for other, beside in things[index + 1 :]:
            if cross(box, beside):
                yield f"'{name}' crosses '{other}'"
    loose = [text for text in texts if not any(isinstance(parent, Target) for parent in parents(text))]
    for index, text in enumerate(loose):
        for neighbour in loose[index + 1 :]:
            if run_together(text, neighbour):
                yield f"'{text.text}' runs into '{neighbour.text}'"
    for index, target in enumerate(targets):
        box = box_of(target)
        if not inside(box, window):
            yield f"the target '{target.name}' leaves the window: {box}"
        if min(target.size) < max(SMALLEST_TARGET, FINGER * dpi):
            yield f"the target '{target.name}' is too small: {target.size}"
        if is_answer(stage, target) and min(target.size) < ANSWER * dpi:
            yield f"the answer '{target.name}' is too small: {target.size}"
        for beside in targets[index + 1 :]:
            if cross(box, box_of(beside)):
                yield f"the targets '{target.name}' and '{beside.name}' cross"


def is_answer(stage: Any, target: Any) -> bool:
    """Whether a citizen answers with it: a target of a question screen, but not the keyboard or a field."""
    from kiosk.view import (
        ChoiceView,
        ContactView,
        GateView,
        IdleView,
        NumberView,
        RatingView,
        ReadyView,
        StillThereView,
        YesNoView,
    )

    view = stage.shown.view
    asks = isinstance(
        view, RatingView | ChoiceView | YesNoView | NumberView | GateView | StillThereView | IdleView
    )
    asks = asks or isinstance(view, ReadyView) or (isinstance(view, ContactView) and not view.open)
    return asks and target in stage.answers() and getattr(target, "weight", "") != "quiet"


def walk(widget: Any) -> Iterator[Any]:
    """All widgets below this one."""
    for child in widget.children:
        yield child
        yield from walk(child)


def parents(widget: Any) -> Iterator[Any]:
    """The widgets that contain this one, from the inside out."""
    while widget.parent is not None and widget.parent is not widget:
        widget = widget.parent
        yield widget


def box_of(widget: Any) -> Rect:
    """x, y, width, height."""
    return (widget.x, widget.y, widget.width, widget.height)


def misaddressed(stage: Any, texts: list[Any]) -> Iterator[str]:
    """Words that address a citizen on a screen for respondents who are addressed otherwise."""
    from sync.contract.addressing import CITIZENS

    for text in texts:
        if stage.shown.frame.address != CITIZENS and CITIZENS in text.text.lower():
            yield f"'{text.text}' addresses a citizen"


def run_together(text: Any, other: Any) -> bool:
    """Whether two texts on one line, such as a label and its value, are less than half an em apart."""
    left, right = sorted((text.ink_box, other.ink_box))
    on_one_line = min(left[1] + left[3], right[1] + right[3]) - max(left[1], right[1]) > SLACK
    apart = right[0] - (left[0] + left[2])
    return on_one_line and bool(apart < min(text.type_size, other.type_size) / 2)


def inside(inner: Rect, outer: Rect) -> bool:
    """Whether `inner` is in `outer`, except for rounding."""
    return (
        inner[0] >= outer[0] - SLACK
        and inner[1] >= outer[1] - SLACK
        and inner[0] + inner[2] <= outer[0] + outer[2] + SLACK
        and inner[1] + inner[3] <= outer[1] + outer[3] + SLACK
    )


def cross(one: Rect, other: Rect) -> bool:
    """Whether two boxes share more than an edge."""
    wide = min(one[0] + one[2], other[0] + other[2]) - max(one[0], other[0])
    high = min(one[1] + one[3], other[1] + other[3]) - max(one[1], other[1])
    return wide > SLACK and high > SLACK


if __name__ == "__main__":
    main()
