"""One question of the scale, the largest text above the largest shapes, or several criteria as rows."""

from typing import Any

from kivy.uix.widget import Widget

from kiosk.events import Answered
from kiosk.i18n import Translate
from kiosk.screens.screen import Report, Screen, WallClock
from kiosk.view import RatingRow as Row
from kiosk.view import RatingView
from kiosk.widgets.criteria import Criteria
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

    def show(self, row: Row, words: Translate, theme: Theme, box: Rect, *, in_numbers: bool) -> None:
        """Fill `box`: the question above, the tiles below, "không áp dụng" at their foot.

        in_numbers: answers show theirs.
        """
        self._id = row.question
        self.none.marked = row.marked == NOT_APPLICABLE
        self.none.answer = (row.question, NOT_APPLICABLE)
        self.none.armed = row.armed == NOT_APPLICABLE
        self.none.number = len(row.levels) + 1 if in_numbers else 0
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

    def _answer(self, answer: Answer) -> None:
        self._report(Answered(self._id, answer))


class RatingScreen(Screen):
    """See `RatingView`."""

    def __init__(self, report: Report, now: WallClock) -> None:
        super().__init__(report, now)
        self._rating = _Rating(report)
        self._criteria = Criteria(lambda question, answer: report(Answered(question, answer)))

    def show(self, view: Any, words: Translate, theme: Theme, box: Rect) -> None:
        """One question as large as there is room, several as rows."""
        assert isinstance(view, RatingView)
        several = len(view.rows) > 1
        shown: Widget = self._criteria if several else self._rating
        if self.children != [shown]:
            self.clear_widgets()
            self.add_widget(shown)
        if several:
            self._criteria.show(view.rows, words, theme, box)
        else:
            self._rating.show(view.rows[0], words, theme, box, in_numbers=view.numbered)
