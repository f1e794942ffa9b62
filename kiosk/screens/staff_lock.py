"""The door to the staff screen: a badge, or the PIN on large keys. What was typed shows as dots."""

from functools import partial
from typing import Any

from kiosk.i18n import Translate
from kiosk.screens.screen import Report, Screen, WallClock
from kiosk.staff_desk import CameraWanted, DeskLeft, Digit, Erased, PinEntered
from kiosk.view import StaffLockView
from kiosk.widgets.heading import Heading
from kiosk.widgets.lettering import Lettering, Rect
from kiosk.widgets.option import grid
from kiosk.widgets.push_button import PushButton
from kiosk.widgets.theme import Theme

DOT = "•"


class StaffLockScreen(Screen):
    """See `StaffLockView`."""

    def __init__(self, report: Report, now: WallClock) -> None:
        super().__init__(report, now)
        self.heading = Heading()
        self.dots = Lettering()
        self.message = Lettering(valign="top")
        self.leave_button = PushButton(lambda: report(DeskLeft()))
        self.camera = PushButton(lambda: report(CameraWanted()))
        self.erase = PushButton(lambda: report(Erased()))
        self.enter = PushButton(lambda: report(PinEntered()), weight="primary", bold=True)
        self.digits = [PushButton(partial(report, Digit(digit))) for digit in "1234567890"]
        for part in (
            self.heading, self.dots, self.message, self.leave_button, self.camera, self.erase, self.enter,
            *self.digits,
        ):  # fmt: skip
            self.add_widget(part)

    def show(self, view: Any, words: Translate, theme: Theme, box: Rect) -> None:
        """What to do on the left, the keys on the right (below in portrait)."""
        assert isinstance(view, StaffLockView)
        x, y, width, height = box
        wide = width if theme.portrait else round(width * 0.46)
        pad = (x + width - wide, y, wide, round(height * 0.6) if theme.portrait else height)
        room = (x, y + pad[3] + theme.gap, width, height - pad[3] - theme.gap)
        if not theme.portrait:
            room = (x, y, width - wide - theme.dp(48), height)
        left, bottom, across, _ = self.heading.show(
            words("Dành cho cán bộ"), words("Quét thẻ cán bộ, hoặc nhập mã PIN."), theme, room
        )
        top = room[1] + room[3] - self._heading_height(room, theme)
        line = theme.dp(56)
        self.dots.place(
            " ".join(DOT * view.digits), (left, top - line, across, line), theme.type(48), theme.ink
        )
        lowest = bottom + theme.target + theme.gap
        place = (left, lowest, across, top - line - lowest)
        self.message.place(_message(view, words), place, theme.body, theme.accent)
        close = words("Đóng")
        closing = self.leave_button.width_for(close, theme, theme.label)
        self.leave_button.show(close, (left, bottom, closing, theme.target), theme)
        if view.camera:
            scan = words("Quét bằng máy ảnh")
            scanning = self.camera.width_for(scan, theme, theme.label)
            self.camera.show(scan, (left + closing + theme.gap, bottom, scanning, theme.target), theme)
        else:
            self.camera.hide()
        keys = (*self.digits[:9], self.erase, self.digits[9], self.enter)
        names = (*"123456789", words("Xóa"), "0", words("Vào"))
        for key, name, place in zip(keys, names, grid(12, pad, 3, theme.gap, theme.dp(140)), strict=True):
            key.show(name, place, theme, theme.type(32))

    def _heading_height(self, room: Rect, theme: Theme) -> float:
        return min(room[3] * 0.4, theme.dp(160))


def _message(view: StaffLockView, words: Translate) -> str:
    """The last message; else what the number in the staff's corner means."""
    if view.message:
        return words(view.message)
    said = [words("Chưa có cán bộ nhận quầy")] if view.officer_missing else []
    if view.troubles:
        said.append(words("Cần kiểm tra: {what}").format(what=", ".join(map(words, view.troubles))))
    return " · ".join(said)
