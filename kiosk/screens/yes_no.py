"""Yes or no: two equal tiles."""

from functools import partial
from typing import Any

from kiosk.events import Answered
from kiosk.i18n import Translate
from kiosk.screens.screen import Report, Screen, WallClock
from kiosk.view import YesNoView
from kiosk.widgets.heading import Heading
from kiosk.widgets.lettering import Rect
from kiosk.widgets.option import Option, grid
from kiosk.widgets.theme import Theme
from sync.contract.response import Answer
from sync.contract.survey import NOT_APPLICABLE


class YesNoScreen(Screen):
    """See `YesNoView`."""

    def __init__(self, report: Report, now: WallClock) -> None:
        super().__init__(report, now)
        self.heading = Heading()
        self.options = [Option() for _ in range(3)]
        self.add_widget(self.heading)

    def show(self, view: Any, words: Translate, theme: Theme, box: Rect) -> None:
        """The question above, the tiles below."""
        assert isinstance(view, YesNoView)
        rest = self.heading.show(view.text, view.help, theme, box)
        answers: list[tuple[Answer, str]] = [(True, words("Có")), (False, words("Không"))]
        if view.not_applicable:
            answers.append((NOT_APPLICABLE, words("Không áp dụng")))
        for option in self.options:
            self.remove_widget(option)
        columns = 1 if theme.portrait else len(answers)
        boxes = grid(len(answers), rest, columns, theme.gap, theme.dp(200))
        for number, (option, (answer, text), place) in enumerate(
            zip(self.options, answers, boxes, strict=False), start=1
        ):
            option.marked = view.marked is not None and view.marked == answer
            option.armed = view.armed is not None and view.armed == answer
            option.answer = (view.question, answer)
            option.act = partial(self.report, Answered(view.question, answer))
            self.add_widget(option)
            option.show(text, place, theme, theme.type(36), number if view.numbered else 0)
