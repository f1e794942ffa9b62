"""Why the visit at hand does not count. Its record stays, with the reason."""

from functools import partial
from typing import Any

from kiosk.i18n import Translate
from kiosk.screens.screen import Report, Screen, WallClock
from kiosk.staff_desk import PageWanted, VoidChosen
from kiosk.view import StaffVoidView
from kiosk.widgets.heading import Heading
from kiosk.widgets.lettering import Rect
from kiosk.widgets.option import Option, grid
from kiosk.widgets.push_button import PushButton
from kiosk.widgets.theme import Theme


class StaffVoidScreen(Screen):
    """See `StaffVoidView`."""

    def __init__(self, report: Report, now: WallClock) -> None:
        super().__init__(report, now)
        self.heading = Heading()
        self.back = PushButton(lambda: report(PageWanted("home")), icon="back")
        self._options: list[Option] = []

    def show(self, view: Any, words: Translate, theme: Theme, box: Rect) -> None:
        """The question above, the reasons below."""
        assert isinstance(view, StaffVoidView)
        x, y, width, height = self.heading.show(
            words("Vì sao hủy lượt đang chờ?"), words("Lượt bị hủy vẫn được lưu cùng lý do."), theme, box
        )
        back = words("Quay lại")
        self.back.show(back, (x, y, self.back.width_for(back, theme, theme.label), theme.target), theme)
        foot = theme.target + theme.dp(24)
        self._options = [Option() for _ in view.reasons]
        self.clear_widgets()
        for part in (self.heading, self.back, *self._options):
            self.add_widget(part)
        boxes = grid(len(view.reasons), (x, y + foot, width, height - foot), 1, theme.gap, theme.dp(112))
        for option, reason, place in zip(self._options, view.reasons, boxes, strict=True):
            option.act = partial(self.report, VoidChosen(reason))
            option.show(words(reason), place, theme, theme.type(26))
