"""Whom the visitor is here for: equally large tiles, none of them chosen before."""

from functools import partial
from typing import Any

from kiosk.events import RespondentChosen
from kiosk.i18n import Translate
from kiosk.screens.screen import Report, Screen, WallClock
from kiosk.session import RESPONDENTS, WHOM_FOR
from kiosk.view import RespondentView
from kiosk.widgets.heading import Heading
from kiosk.widgets.lettering import Rect, fitting
from kiosk.widgets.option import Option, grid, numbered
from kiosk.widgets.theme import Theme

MOST_LINES = 3
"""Of words on one tile."""


class RespondentScreen(Screen):
    """See `RespondentView`."""

    def __init__(self, report: Report, now: WallClock) -> None:
        super().__init__(report, now)
        self.heading = Heading()
        self.options = [Option() for _ in range(3)]
        self.add_widget(self.heading)

    def show(self, view: Any, words: Translate, theme: Theme, box: Rect) -> None:
        """The question above, the tiles below."""
        assert isinstance(view, RespondentView)
        rest = self.heading.show(words(WHOM_FOR), "", theme, box)
        for option in self.options:
            self.remove_widget(option)
        count = len(view.respondents)
        boxes = grid(count, rest, 1 if theme.portrait else count, theme.gap, theme.dp(240))
        numbers = range(1, count + 1) if view.numbered else [0] * count
        labels = [words(RESPONDENTS[each]) for each in view.respondents]
        said = [numbered(label, number) for label, number in zip(labels, numbers, strict=True)]
        size, _ = fitting(said, boxes[0][2] - theme.dp(96), MOST_LINES, theme.type(28))
        for option, respondent, label, number, place in zip(
            self.options, view.respondents, labels, numbers, boxes, strict=False
        ):
            option.armed = respondent == view.armed
            option.answer = ("", respondent)
            option.act = partial(self.report, RespondentChosen(respondent))
            self.add_widget(option)
            option.show(label, place, theme, size, number)

    def leave(self) -> None:
        """Forget a press that has not acted."""
        for option in self.options:
            option.quit()
