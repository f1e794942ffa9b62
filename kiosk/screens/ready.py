"""After a scan, where a terminal has this screen: the handover, privacy in one sentence, begin or not now."""

from typing import Any

from kiosk.events import NotNow, ShowPrivacy, Start
from kiosk.i18n import Translate
from kiosk.screens.screen import Report, Screen, WallClock
from kiosk.view import ReadyView
from kiosk.widgets.lettering import Lettering, Rect
from kiosk.widgets.push_button import PushButton
from kiosk.widgets.stack import Line, stack
from kiosk.widgets.theme import Theme


class ReadyScreen(Screen):
    """See `ReadyView`."""

    def __init__(self, report: Report, now: WallClock) -> None:
        super().__init__(report, now)
        self.heading = Lettering()
        self.title = Lettering(bold=True)
        self.officer = Lettering()
        self.privacy = Lettering()
        self.more = PushButton(lambda: report(ShowPrivacy()), weight="quiet", icon="info")
        self.start = PushButton(lambda: report(Start()), weight="primary", bold=True)
        self.not_now = PushButton(lambda: report(NotNow()))
        for part in (
            self.heading, self.title, self.officer, self.privacy, self.start, self.not_now, self.more,
        ):  # fmt: skip
            self.add_widget(part)

    def show(self, view: Any, words: Translate, theme: Theme, box: Rect) -> None:
        """The handover above, the two ways on below."""
        assert isinstance(view, ReadyView)
        handover = view.handover
        x, y, width, height = box
        high = max(theme.dp(96), theme.answer)
        size = theme.type(30)
        start, later = words("Bắt đầu"), words("Để sau")
        wide: float = max(self.start.width_for(start, theme, size), theme.dp(320))
        narrow: float = max(self.not_now.width_for(later, theme, theme.label), theme.dp(200))
        if theme.portrait:
            wide = narrow = width
            self.start.show(start, (x, y + high + theme.gap, wide, high), theme, size)
            self.not_now.show(later, (x, y, narrow, high), theme)
            foot = 2 * high + theme.gap
        else:
            self.start.show(start, (x, y, wide, high), theme, size)
            self.not_now.show(later, (x + wide + theme.gap, y, narrow, high), theme)
            foot = high
        y, height = y + foot + theme.dp(24), height - foot - theme.dp(24)
        more = words("Tìm hiểu thêm")
        more_wide = self.more.width_for(more, theme, theme.help)
        side = theme.target
        if theme.portrait:
            # Without a surface its words line up with the others; with one, its edge does.
            left = x if theme.high_contrast else x - theme.dp(20)
            self.more.show(more, (left, y, more_wide, side), theme, theme.help)
            self.privacy.place(handover.privacy, (x, y + side, width, side), theme.help, theme.quiet_ink)
            side *= 2
        else:
            room = width - more_wide - theme.gap
            self.privacy.place(handover.privacy, (x, y, room, side), theme.help, theme.quiet_ink)
            right = x + min(room, self.privacy.ink_box[2] + theme.gap)
            self.more.show(more, (right, y, more_wide, side), theme, theme.help)
        officer = words("Người phục vụ: {name}").format(name=handover.officer) if handover.officer else ""
        stack(
            (
                Line(self.heading, words("Kết quả vừa trao") if handover.procedure else "", theme.body,
                     theme.quiet_ink, theme.dp(8)),
                Line(self.title, handover.procedure or words("Mời ông/bà cho ý kiến"), theme.title, theme.ink,
                     theme.dp(16)),
                Line(self.officer, officer, theme.body, theme.ink),
            ),
            (x, y + side + theme.gap, width, height - side - theme.gap),
            "middle",
        )  # fmt: skip
