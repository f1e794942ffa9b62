"""Something to be touched: it shows the press in the same frame, and acts when the finger leaves it.

Acting on release, and only where the finger is still on it, lets a slip be taken back (WCAG 2.2, success
criterion 2.5.2). All pressed targets look the same.
"""

from collections.abc import Callable
from typing import Any

from kivy.clock import Clock

from kiosk.widgets.lettering import Rect
from kiosk.widgets.surface import Surface
from kiosk.widgets.theme import Colour, Theme
from sync.contract.response import Answer

SHOWN = 0.05
"""Seconds for which the choice of an answer is to be seen at least, from the press on.

A finger stays for 60 to 120 ms, and the mark with it: nobody waits for this but who taps faster, and they see
the mark, three pictures long. It is the same for every answer."""


class Target(Surface):
    """A surface that does one thing.

    `marked`: it is the answer given. `focused`: the keypad is on it. `armed`: it was read aloud, and the
    next touch chooses it. `answer`: to which question it gives which answer, None it gives none. `said`: what
    is read aloud, where that is not its name. `number`: by which it is offered, 0 none. `writes`: it is a key
    that writes. `shown_for`: see `SHOWN`.
    """

    writes = False

    def __init__(self, act: Callable[[], object] = lambda: None, shown_for: float = 0.0) -> None:
        super().__init__()
        self.act = act
        self.name = ""
        self.said = ""
        self.answer: tuple[str, Answer] | None = None
        self.number = 0
        self.marked = False
        self.focused = False
        self.armed = False
        self.pressed = False
        self.shown = True
        self._shown_for = shown_for
        self._since = 0.0
        self._pending: Any = None
        self._box: Rect = (0, 0, 0, 0)
        self._was = ""
        self._theme: Theme | None = None

    def place(self, box: Rect, theme: Theme) -> None:
        """Fill `box`.

        A press goes on where the same thing is drawn again at the same place: something else on the screen
        changed, such as a message to the staff, and no citizen shall have to touch twice for that.
        """
        if (box, self.name) != (self._box, self._was):
            self.quit()
        self.shown = True
        self._box, self._was, self._theme = box, self.name, theme
        self.paint()

    def hide(self) -> None:
        """Be gone until the next `place`."""
        self.quit()
        self.shown = False
        self.draw((0, 0, 0, 0), (0, 0, 0, 0), (0, 0, 0, 0), 0, 1)
        self.pos = (-10_000, -10_000)

    def quit(self) -> None:
        """Forget a press that has not acted yet."""
        self.pressed = False
        if self._pending is not None:
            self._pending.cancel()
            self._pending = None

    def paint(self) -> None:
        """Draw the surface as it is: at rest, pressed, marked or in focus."""
        if self._theme is None or not self.shown:
            return
        theme, line = self._theme, self._theme.border
        fill, edge = self.colours(theme)
        if self.pressed or self.marked:
            ring = theme.dp(9) if theme.high_contrast else theme.dp(4)
            fill, edge, line = theme.pressed, theme.ink, max(ring, 3)
        if self.focused or self.armed:
            edge, line = theme.primary, max(theme.dp(9 if theme.high_contrast else 5), 4)
        self.draw(self._box, fill, edge, line, theme.radius)

    def colours(self, theme: Theme) -> tuple[Colour, Colour]:
        """Fill and edge at rest."""
        return theme.surface, theme.hairline

    def on_touch_down(self, touch: Any) -> bool:
        """The finger comes down: show it."""
        if not self.shown or not self.collide_point(*touch.pos):
            return False
        if self._pending is not None:
            return True  # it is chosen already: a finger that bounces says nothing new
        touch.grab(self)
        self.press()
        return True

    def on_touch_up(self, touch: Any) -> bool:
        """The finger leaves: act, if it is still here."""
        if touch.grab_current is not self:
            return False
        touch.ungrab(self)
        if self.pressed and self._near(*touch.pos):
            self.choose()
        else:
            self.quit()
            self.paint()
        return True

    def press(self) -> None:
        """Show that it is being touched."""
        self.pressed = True
        self._since = Clock.time()
        self.paint()

    def choose(self) -> None:
        """Act, once the press was to be seen for long enough; chosen again meanwhile, it acts once."""
        if self._pending is not None:
            return
        rest = self._since + self._shown_for - Clock.time()
        if rest > 0:
            self._pending = Clock.schedule_once(self._act, rest)
        else:
            self._act()

    def _act(self, *_: object) -> None:
        self._pending = None
        self.pressed = False
        self.paint()
        self.act()

    def _near(self, x: float, y: float) -> bool:
        """Inside, or a trembling finger's breadth away."""
        grace = self._theme.dp(24) if self._theme else 0
        left, bottom, width, height = self._box
        return left - grace <= x <= left + width + grace and bottom - grace <= y <= bottom + height + grace
