"""Nobody is there: whose terminal this is, an invitation, the time. Nothing moves.

One event a minute sets the clock, and shifts everything by a few pixels so that nothing burns into the panel.
"""

from typing import Any

from kivy.clock import Clock

from kiosk.events import Touched
from kiosk.i18n import Translate
from kiosk.screens.screen import Report, Screen, WallClock
from kiosk.view import IdleView
from kiosk.widgets.emblem import Emblem
from kiosk.widgets.face import Face
from kiosk.widgets.lettering import Lettering, Rect, text_height
from kiosk.widgets.push_button import PushButton
from kiosk.widgets.stack import Line, stack
from kiosk.widgets.theme import Theme

SHIFTS = ((0, 0), (4, 2), (8, 4), (4, 6), (0, 8), (-4, 6), (-8, 4), (-4, 2))
"""Where the picture stands from minute to minute, in pixels."""


class IdleScreen(Screen):
    """See `IdleView`."""

    office_shown = False

    def __init__(self, report: Report, now: WallClock) -> None:
        super().__init__(report, now)
        self.office = Lettering(bold=True)
        self.invitation = Lettering()
        self.time = Lettering(align="right")
        self.for_staff = Lettering()
        self.emblem = Emblem()
        self.start = PushButton(lambda: report(Touched()), weight="primary", bold=True)
        self.faces = [Face(mood) for mood in (2, 1, 0, -1, -2)]
        for part in (
            self.office,
            self.invitation,
            self.time,
            self.for_staff,
            self.emblem,
            self.start,
            *self.faces,
        ):
            self.add_widget(part)
        self._minute: Any = None
        self._shown: tuple[IdleView, Translate, Theme, Rect] | None = None

    def show(self, view: Any, words: Translate, theme: Theme, box: Rect) -> None:
        """The office's name large, the invitation below it."""
        assert isinstance(view, IdleView)
        self._shown = (view, words, theme, box)
        now = self.now()
        shift_x, shift_y = SHIFTS[now.minute % len(SHIFTS)]
        x, y, width, height = box[0] + shift_x, box[1] + shift_y, box[2], box[3] - 8
        clock = theme.dp(56)
        self.time.place(
            f"{now:%H:%M}", (x, y + height - clock, width, clock), theme.type(36), theme.quiet_ink
        )
        sign = theme.dp(96)
        emblem = self.emblem.place(view.emblem, (x, y + height - sign, theme.dp(240), sign))
        aside = emblem + theme.dp(24) if emblem else 0
        told, across = _for_staff(view, words), width - aside - theme.dp(160)
        high = max(clock, text_height(told, across, theme.help))
        self.for_staff.place(
            told,
            (x + aside, y + height - high, across, high),
            theme.help,
            theme.accent if view.troubles else theme.quiet_ink,
        )
        face, gap = theme.dp(72), theme.dp(20)
        foot = max(theme.dp(96), theme.answer) if view.touch else face
        above = max(sign + theme.dp(8) if emblem else clock, high)
        room = (x, y + foot + theme.dp(48), width, height - foot - theme.dp(48) - above)
        lowest = stack(
            (
                Line(
                    self.office, self.office_name.replace(" · ", "\n"), theme.title, theme.ink, theme.dp(24)
                ),
                Line(self.invitation, words(_invitation(view)), theme.type(32), theme.quiet_ink),
            ),
            room,
            "middle",
        )
        bottom = lowest - theme.dp(48) - foot
        if view.touch:
            text = words("Bắt đầu")
            wide = max(self.start.width_for(text, theme, theme.type(32)), theme.dp(360))
            self.start.show(text, (x, bottom, wide, foot), theme, theme.type(32))
        else:
            self.start.hide()
        for place, small in enumerate(self.faces):
            if view.touch:
                small.hide()
            else:
                small.place(x + place * (face + gap), bottom, face, theme)
        self._wait_for_the_minute()

    def leave(self) -> None:
        """No clock runs while somebody is there."""
        if self._minute is not None:
            self._minute.cancel()
            self._minute = None

    def _wait_for_the_minute(self) -> None:
        self.leave()
        now = self.now()
        self._minute = Clock.schedule_once(self._next_minute, 60 - now.second - now.microsecond / 1e6 + 0.05)

    def _next_minute(self, _: float) -> None:
        if self._shown is not None:
            self.show(*self._shown)


def _invitation(view: IdleView) -> str:
    if view.touch:
        return "Mời ông/bà cho biết mức độ hài lòng về dịch vụ vừa nhận."
    return "Khi nhận kết quả, mời ông/bà cho biết mức độ hài lòng tại đây."


def _for_staff(view: IdleView, words: Translate) -> str:
    """What staff should see at a glance, small at the top: nobody signed in, something not well."""
    said = [] if view.signed_in else [words("Chưa có cán bộ nhận quầy")]
    if view.troubles:
        said.append(words("Cần kiểm tra: {what}").format(what=", ".join(map(words, view.troubles))))
    return " · ".join(said)
