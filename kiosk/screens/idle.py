"""Nobody is there: whose terminal this is, an invitation as large as a question, the time. Nothing moves.

One event a minute sets the clock, and shifts everything by a few pixels so that nothing burns into the panel.
What staff should look at is a number in their corner (`kiosk.widgets.staff_sign`), not here.
"""

from typing import Any

from kivy.clock import Clock

from kiosk.events import Touched
from kiosk.i18n import Translate
from kiosk.screens.screen import Report, Screen, WallClock
from kiosk.view import IdleView
from kiosk.widgets.face import Face
from kiosk.widgets.lettering import Lettering, Rect, text_height, text_width
from kiosk.widgets.picture import Picture
from kiosk.widgets.push_button import PushButton
from kiosk.widgets.stack import Line, stack
from kiosk.widgets.theme import Theme

SHIFTS = ((0, 0), (4, 2), (8, 4), (4, 6), (0, 8), (-4, 6), (-8, 4), (-4, 2))
"""Where the picture is from minute to minute, in pixels."""

MOODS = (2, 1, 0, -1, -2)


class IdleScreen(Screen):
    """See `IdleView`."""

    office_shown = False

    def __init__(self, report: Report, now: WallClock) -> None:
        super().__init__(report, now)
        self.office = Lettering(bold=True)
        self.invitation = Lettering(bold=True)
        self.time = Lettering(align="right")
        self.emblem = Picture()
        self.picture = Picture()
        self.start = PushButton(lambda: report(Touched()), weight="primary", bold=True)
        self.faces = [Face(mood) for mood in MOODS]
        for part in (
            self.office, self.invitation, self.time, self.emblem, self.picture, self.start, *self.faces,
        ):  # fmt: skip
            self.add_widget(part)
        self._shift = SHIFTS[0]
        self._minute: Any = None
        self._shown: tuple[IdleView, Translate, Theme, Rect] | None = None

    def show(self, view: Any, words: Translate, theme: Theme, box: Rect) -> None:
        """The office and the time at the top; below them the invitation, and faces from side to side."""
        assert isinstance(view, IdleView)
        self._shown = (view, words, theme, box)
        now = self.now()
        if not self.start.pressed:  # a button that moved away under the finger would forget the touch
            self._shift = SHIFTS[now.minute % len(SHIFTS)]
        shift_x, shift_y = self._shift
        x, y, width, height = box[0] + shift_x, box[1] + shift_y, box[2], box[3] - 8
        head = self._head(view, f"{now:%H:%M}", theme, (x, y, width, height))
        room = (x, y, width, height - head - theme.dp(24))
        room = self._beside_picture(view, theme, room)
        self._invite(view, words, theme, room)
        self._wait_for_the_minute()

    def leave(self) -> None:
        """No clock runs while somebody is there."""
        if self._minute is not None:
            self._minute.cancel()
            self._minute = None

    def _head(self, view: IdleView, time: str, theme: Theme, box: Rect) -> float:
        """The emblem, the office's name and the time at the top of `box`; the height they take."""
        x, y, width, height = box
        sign = theme.dp(96)
        size = theme.type(32)
        clock = text_width(time, size) + size
        emblem = self.emblem.place(view.emblem, (x, y + height - sign, theme.dp(240), sign))
        left = emblem + theme.dp(24) if emblem else 0
        name = self.office_name.replace(" · ", "\n")
        across = width - left - clock
        high: float = max(
            sign if emblem else 0, min(text_height(name, across, size, bold=True), height * 0.3)
        )
        self.office.place(name, (x + left, y + height - high, across, high), size, theme.quiet_ink)
        # On the line of the name's first line.
        line = min(high, text_height(time, clock, size))
        spare = (high - self.office.ink_box[3]) / 2
        self.time.place(
            time, (x + width - clock, y + height - spare - line, clock, line), size, theme.quiet_ink
        )
        return high

    def _beside_picture(self, view: IdleView, theme: Theme, room: Rect) -> Rect:
        """Place the picture: on the right, in portrait above; return what it leaves of `room`."""
        x, y, width, height = room
        if not view.picture:
            self.picture.place("", room)
            return room
        if theme.portrait:
            high = height * 0.4
            self.picture.place(view.picture, (x, y + height - high, width, high))
            return (x, y, width, height - high - theme.dp(32))
        wide = self.picture.place(view.picture, (x + width * 0.6, y, width * 0.4, height))
        self.picture.place(view.picture, (x + width - wide, y, wide, height))
        return (x, y, width - wide - theme.dp(48), height)

    def _invite(self, view: IdleView, words: Translate, theme: Theme, room: Rect) -> None:
        """The invitation, and below it the five faces, or the button where a touch is enough."""
        x, y, width, height = room
        text, size = words(view.invitation), theme.type(52)
        measure = min(width, theme.measure_of(size))
        between = theme.dp(40)
        wanted = text_height(text, measure, size, bold=True)
        foot: float
        if view.touch:
            foot = max(theme.dp(112), theme.answer)
        else:
            across = (width - (len(MOODS) - 1) * theme.dp(24)) / len(MOODS)
            foot = min(across, max(theme.dp(88), height - wanted - between))
        above = min(wanted, height - foot - between)
        bottom = round(y + (height - above - between - foot) / 2)
        stack(
            (Line(self.invitation, text, size, theme.ink),),
            (x, bottom + foot + between, measure, above),
            "top",
        )
        if not view.touch:
            self.start.hide()
        else:
            begin, type_size = words("Bắt đầu"), theme.type(36)
            wide = max(self.start.width_for(begin, theme, type_size), theme.dp(440))
            self.start.show(begin, (x, bottom, wide, foot), theme, type_size)
        for place, face in enumerate(self.faces):
            if view.touch:
                face.hide()
            else:
                step = (width - foot) / (len(MOODS) - 1)
                face.place(round(x + place * step), bottom, round(foot), theme)

    def _wait_for_the_minute(self) -> None:
        self.leave()
        now = self.now()
        self._minute = Clock.schedule_once(self._next_minute, 60 - now.second - now.microsecond / 1e6 + 0.05)

    def _next_minute(self, _: float) -> None:
        if self._shown is not None:
            self.show(*self._shown)
