"""One to three questions of the scale: the question the largest text, the answers the largest shapes."""

from typing import Any

from kivy.uix.widget import Widget

from kiosk.events import Answered
from kiosk.i18n import Translate
from kiosk.screens.screen import Report, Screen, WallClock
from kiosk.view import RatingRow as Row
from kiosk.view import RatingView
from kiosk.widgets.lettering import Lettering, Rect
from kiosk.widgets.option import numbered
from kiosk.widgets.push_button import PushButton
from kiosk.widgets.rating_row import RatingRow
from kiosk.widgets.stack import Line, stack
from kiosk.widgets.theme import Theme
from sync.contract.response import Answer
from sync.contract.survey import NOT_APPLICABLE


class _Rating(Widget):
    """One question, its row of tiles, and "không áp dụng" where the survey allows it."""

    def __init__(self, report: Report) -> None:
        super().__init__(size_hint=(None, None))
        self._report = report
        self.question = Lettering(bold=True)
        self.help = Lettering()
        self.row = RatingRow(self._answer)
        self.none = PushButton(lambda: self._answer(NOT_APPLICABLE))
        self._id = ""
        for part in (self.question, self.help, self.row, self.none):
            self.add_widget(part)

    def show(
        self,
        row: Row,
        words: Translate,
        theme: Theme,
        box: Rect,
        *,
        alone: bool,
        optional: bool,
        in_numbers: bool,
    ) -> None:
        """Fill `box`.

        alone: no other question shares the page. optional: one of the page has "không áp dụng", and all leave
        room for it, so that their tiles are equally large. in_numbers: answers show theirs.
        """
        self._id = row.question
        self.none.marked = row.marked == NOT_APPLICABLE
        self.none.answer = (row.question, NOT_APPLICABLE)
        self.none.armed = row.armed == NOT_APPLICABLE
        self.none.number = len(row.levels) + 1 if in_numbers else 0
        if alone:
            self._alone(row, words, theme, box, in_numbers=in_numbers)
        else:
            self._among_others(row, words, theme, box, optional)

    def _alone(self, row: Row, words: Translate, theme: Theme, box: Rect, *, in_numbers: bool) -> None:
        """The question above, the tiles below, "không áp dụng" at their foot."""
        x, y, width, height = box
        if row.not_applicable:
            text = words("Không áp dụng")
            label = numbered(text, self.none.number)
            wide = max(theme.answer, self.none.width_for(label, theme, theme.label))
            self.none.show(label, (x, y, wide, theme.answer), theme)
            self.none.name = text
            y, height = y + theme.answer + theme.gap, height - theme.answer - theme.gap
        else:
            self.none.hide()
        tiles = round(height * (0.62 if theme.portrait else 0.66))
        top = y + tiles
        stack(
            (
                Line(self.question, row.text, theme.question, theme.ink, theme.dp(8)),
                Line(self.help, row.help, theme.help, theme.quiet_ink),
            ),
            (x, top + theme.gap, min(width, theme.measure_of(theme.question)), height - tiles - theme.gap),
            "middle",
        )
        self.row.show(row, (x, y, width, tiles), theme, in_numbers=in_numbers)

    def _among_others(self, row: Row, words: Translate, theme: Theme, box: Rect, optional: bool) -> None:
        """The question and "không áp dụng" on one line, the tiles below."""
        x, y, width, height = box
        room = float(width)
        high = max(theme.dp(56), round(height * 0.3), theme.answer if theme.dpi and optional else 0)
        if row.not_applicable:
            text = words("Không áp dụng")
            wide = self.none.width_for(text, theme, theme.help)
            side = min(high, theme.answer)
            place = (x + width - wide, y + height - high + (high - side) / 2, wide, side)
            self.none.show(text, place, theme, theme.help)
            room -= wide + theme.gap
        else:
            self.none.hide()
        self.question.place(row.text, (x, y + height - high, room, high), theme.type(30), theme.ink)
        self.help.forget()
        self.row.show(row, (x, y, width, height - high - theme.dp(8)), theme)

    def _answer(self, answer: Answer) -> None:
        self._report(Answered(self._id, answer))


class RatingScreen(Screen):
    """See `RatingView`."""

    def __init__(self, report: Report, now: WallClock) -> None:
        super().__init__(report, now)
        self._ratings: list[_Rating] = []

    def show(self, view: Any, words: Translate, theme: Theme, box: Rect) -> None:
        """Stack the questions, equally high."""
        assert isinstance(view, RatingView)
        while len(self._ratings) < len(view.rows):
            self._ratings.append(_Rating(self.report))
        self.clear_widgets()
        x, y, width, height = box
        gap = theme.dp(24)
        each = (height - gap * (len(view.rows) - 1)) / len(view.rows)
        alone, optional = len(view.rows) == 1, any(row.not_applicable for row in view.rows)
        for place, (rating, row) in enumerate(zip(self._ratings, view.rows, strict=False)):
            bottom = y + height - (place + 1) * each - place * gap
            self.add_widget(rating)
            room = (x, round(bottom), width, round(each))
            rating.show(row, words, theme, room, alone=alone, optional=optional, in_numbers=view.numbered)
