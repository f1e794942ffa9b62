"""Everything that has to be answered is: send it, or add something. A thin bar shows when it sends itself.

The same for every rating. Both ways are equally large; sending is filled, for it is what most people want.
"""

from typing import Any

from kivy.clock import Clock

from kiosk.events import Forward, MoreWanted
from kiosk.i18n import Translate
from kiosk.screens.screen import Report, Screen, WallClock
from kiosk.session import ALL_ANSWERED, ANY_MORE_CRITERIA, ANYTHING_MORE, MORE, MORE_CRITERIA, SEND
from kiosk.view import GateView
from kiosk.widgets.heading import Heading
from kiosk.widgets.lettering import Lettering, Rect
from kiosk.widgets.option import grid
from kiosk.widgets.push_button import PushButton
from kiosk.widgets.theme import Theme
from kiosk.widgets.time_bar import TimeBar

STEP = 0.1
"""Seconds between two pictures of the bar."""


class GateScreen(Screen):
    """See `GateView`."""

    def __init__(self, report: Report, now: WallClock) -> None:
        super().__init__(report, now)
        self.heading = Heading()
        self.send = PushButton(lambda: report(Forward()), weight="primary", bold=True)
        self.more = PushButton(lambda: report(MoreWanted()))
        self.bar = TimeBar()
        self.by_itself = Lettering()
        for part in (self.heading, self.send, self.more, self.bar, self.by_itself):
            self.add_widget(part)
        self._turn: int | None = None
        self._until = 0.0
        self._seconds = 1.0
        self._ticking: Any = None

    def show(self, view: Any, words: Translate, theme: Theme, box: Rect) -> None:
        """The question above, both ways below it, the bar at the foot; a new turn fills the bar again."""
        assert isinstance(view, GateView)
        if view.turn != self._turn:
            self._turn, self._seconds = view.turn, max(1, view.seconds)
            self._until = Clock.time() + view.seconds
            self._tick_on()
        x, y, width, height = box
        foot = theme.dp(44)
        text = words("Phiếu tự gửi sau giây lát")
        self.by_itself.place(
            text, (x, y + theme.dp(12), width, foot - theme.dp(12)), theme.help, theme.quiet_ink
        )
        self.bar.place((x, y, width, theme.dp(6)), theme)
        self._draw()
        anything = ANY_MORE_CRITERIA if view.criteria else ANYTHING_MORE
        heading = words(anything if view.more else ALL_ANSWERED)
        above = (x, y + foot + theme.gap, width, height - foot - theme.gap)
        rest = self.heading.show(heading, "", theme, above)
        boxes = grid(2 if view.more else 1, rest, 1 if theme.portrait else 2, theme.gap, theme.dp(220))
        size = theme.type(36)
        self.send.show(words(SEND), boxes[0], theme, size)
        if view.more:
            self.more.show(words(MORE_CRITERIA if view.criteria else MORE), boxes[1], theme, size)
        else:
            self.more.hide()

    def leave(self) -> None:
        """Stop counting."""
        self._turn = None
        if self._ticking is not None:
            self._ticking.cancel()
            self._ticking = None

    def _tick_on(self) -> None:
        if self._ticking is None:
            self._ticking = Clock.schedule_interval(lambda _: self._draw(), STEP)

    def _draw(self) -> None:
        self.bar.fill(max(0.0, self._until - Clock.time()) / self._seconds)
