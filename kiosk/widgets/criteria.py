"""Several criteria on one page: a row of faces for each, the labels of the levels once above them.

A whole cell is to be touched, and all cells are of equal size; "không áp dụng" is a sixth, quiet column.
"""

from collections.abc import Callable, Sequence
from functools import partial

from kivy.uix.widget import Widget
from msgspec.structs import replace

from kiosk.i18n import Translate
from kiosk.view import RatingRow as Row
from kiosk.widgets.criteria_layout import criteria_layout, head_size, question_size
from kiosk.widgets.face import Face
from kiosk.widgets.icon import Icon
from kiosk.widgets.lettering import Lettering, Rect, fitting
from kiosk.widgets.target import SHOWN, Target
from kiosk.widgets.theme import Box, Theme
from sync.contract.response import Answer
from sync.contract.survey import NOT_APPLICABLE

FACE = 0.72
"""Diameter of a face as a share of its cell's shorter side; the sign of "không áp dụng" is quieter."""

SIGN = 0.36

AnswerOf = Callable[[str, Answer], object]


class Cell(Target):
    """One level of one criterion; `mood` None: it does not apply."""

    large = False

    def __init__(self, mood: int | None) -> None:
        super().__init__(shown_for=SHOWN)
        self.mood = mood
        self.sign = Icon("minus") if mood is None else Face(mood)
        self.add_widget(self.sign)

    def show(self, box: Box, theme: Theme) -> None:
        """Fill `box`, the face in its middle."""
        self.place(box, theme)
        x, y, width, height = box
        side = round(min(width, height) * (SIGN if self.mood is None else FACE))
        left, bottom = round(x + (width - side) / 2), round(y + (height - side) / 2)
        if isinstance(self.sign, Face):
            self.sign.place(left, bottom, side, theme)
        else:
            self.sign.place(left, bottom, side, theme.quiet_ink)

    def quit(self) -> None:
        """Forget a press, and show that: nothing else may be drawn again here."""
        was_pressed = self.pressed
        super().quit()
        if was_pressed:
            self.paint()


class _Criterion(Widget):
    """One row: its question and its cells."""

    def __init__(self, moods: Sequence[int], report: AnswerOf) -> None:
        super().__init__(size_hint=(None, None))
        self._report = report
        self.question = Lettering(bold=True)
        self.cells = [Cell(mood) for mood in moods]
        self.none = Cell(None)
        for part in (self.question, *self.cells, self.none):
            self.add_widget(part)

    def show(self, row: Row, none: str, box: Box, cells: Sequence[Box], theme: Theme, size: float) -> None:
        """The question in `box`, in this type size; `none`: the words for "không áp dụng"."""
        self.question.valign = "bottom" if theme.portrait else "middle"
        self.question.place(row.text, box, size, theme.ink)
        offered: list[tuple[Cell, str, Answer]] = [
            (cell, level.label, level.value) for cell, level in zip(self.cells, row.levels, strict=True)
        ]
        if row.not_applicable:
            offered.append((self.none, none, NOT_APPLICABLE))
        else:
            self.none.sign.hide()
            self.none.hide()
        for (cell, name, answer), place in zip(offered, cells, strict=False):
            cell.name, cell.answer = name, (row.question, answer)
            cell.act = partial(self._report, row.question, answer)
            cell.show(place, theme)

    def mark(self, marked: Answer | None, *, in_turn: bool) -> None:
        """Show the answer that is given; in_turn: the keypad's digits give the answers of this row."""
        for place, cell in enumerate((*self.cells, self.none), start=1):
            cell.number = place if in_turn else 0
            chosen = cell.answer is not None and cell.answer[1] == marked
            if chosen != cell.marked:
                cell.marked = chosen
                cell.paint()


class Criteria(Widget):
    """Three to five criteria. `report` gets the question and the level's value, or "na"."""

    def __init__(self, report: AnswerOf) -> None:
        super().__init__(size_hint=(None, None))
        self._report = report
        self._moods: tuple[int, ...] = ()
        self._heads: list[Lettering] = []
        self._criteria: list[_Criterion] = []
        self._shown: tuple[object, ...] = ()

    def show(self, rows: Sequence[Row], words: Translate, theme: Theme, box: Rect) -> None:
        """Fill `box`; where nothing but marks changed, draw nothing but marks."""
        none = words("Không áp dụng")
        optional = [none] if any(row.not_applicable for row in rows) else []
        labels = (*(level.label for level in rows[0].levels), *optional)
        shown = (tuple(replace(row, marked=None, armed=None) for row in rows), labels, theme, box)
        if shown != self._shown:
            self._shown = shown
            self._build(tuple(level.mood for level in rows[0].levels), len(rows))
            self._place(rows, labels, none, theme, box)
        # On a full page digits change the last answer: without a number anywhere they would change the first.
        in_turn = next((row for row in rows if row.marked is None), rows[-1])
        for criterion, row in zip(self._criteria, rows, strict=False):
            criterion.mark(row.marked, in_turn=row is in_turn)

    def _place(self, rows: Sequence[Row], labels: Sequence[str], none: str, theme: Theme, box: Rect) -> None:
        x, y, width, height = (round(number) for number in box)
        layout = criteria_layout(theme, (x, y, width, height), len(rows), len(labels))
        size, _ = fitting(labels, layout.heads[0][2], 2, head_size(theme))
        for head, label, place in zip(self._heads, labels, layout.heads, strict=False):
            head.place(label, place, size, theme.quiet_ink if label == none else theme.ink)
        for head in self._heads[len(labels) :]:
            head.forget()
        texts = [row.text for row in rows]
        size, _ = fitting(texts, layout.questions[0][2], 2, question_size(theme), bold=True)
        for criterion, row, question, cells in zip(
            self._criteria, rows, layout.questions, layout.cells, strict=False
        ):
            criterion.show(row, none, question, cells, theme, size)

    def _build(self, moods: tuple[int, ...], rows: int) -> None:
        if moods != self._moods:
            self._moods = moods
            self.clear_widgets()
            self._heads = [Lettering(align="center", valign="bottom") for _ in (*moods, None)]
            self._criteria = []
            for head in self._heads:
                self.add_widget(head)
        while len(self._criteria) < rows:
            self._criteria.append(_Criterion(moods, self._report))
        for place, criterion in enumerate(self._criteria):
            if place < rows and criterion.parent is None:
                self.add_widget(criterion)
            elif place >= rows and criterion.parent is not None:
                self.remove_widget(criterion)
