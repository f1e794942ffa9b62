"""The one widget in the window: the bars, the screen that is shown between them, and what a touch may be.

A touch counts only if it began a moment after its screen could first be seen: what was meant for the last
screen never answers the next one. A second finger does nothing. Where no target is hit, the touch still
reports that somebody is there.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from kivy.clock import Clock
from kivy.core.window import Window
from kivy.uix.widget import Widget

from kiosk.events import Event, Focused, SignsTouched, Touched
from kiosk.i18n import Translate
from kiosk.screens import SCREENS
from kiosk.screens.code_column import CodeColumn
from kiosk.screens.screen import Screen, WallClock
from kiosk.staff_desk import DeskEvent
from kiosk.view import (
    ChoiceView,
    ContactView,
    FirstStartView,
    NumberView,
    RatingView,
    Shown,
    TextView,
    View,
    WirelessView,
    YesNoView,
)
from kiosk.widgets.bars import BottomBar, TopBar
from kiosk.widgets.clip import Clip
from kiosk.widgets.lettering import Rect
from kiosk.widgets.target import Target
from kiosk.widgets.theme import Theme, boxes
from sync.contract.addressing import addressing

Report = Callable[[Event | DeskEvent], object]
FindClip = Callable[[str, str], Path | None]
MakeTheme = Callable[[Shown, tuple[int, int]], Theme]


class Stage(Widget):
    """Shows one picture after another.

    Args:
        report: gets every event that a touch means.
        translate: language -> the interface's words.
        make_theme: the look for a picture and a window size.
        now: the time of day.
        guard_ms: how long a new screen ignores touches.
    """

    def __init__(
        self,
        report: Report,
        translate: Callable[[str], Translate],
        make_theme: MakeTheme,
        now: WallClock,
        guard_ms: int,
    ) -> None:
        super().__init__(size_hint=(None, None))
        self._report = report
        self._translate = translate
        self._make_theme = make_theme
        self._now = now
        self._guard = guard_ms / 1000
        self._screens: dict[type[View], Screen] = {}
        self._page = ""
        self._seen: float | None = None
        self._finger: Any = None
        self._focus = -1
        self.screen: Screen | None = None
        self.shown: Shown | None = None
        self.theme: Theme | None = None
        self.find_clip: FindClip = lambda text, language: None
        self.clip = Clip(lambda: report(SignsTouched()))
        self.top_bar = TopBar()
        self.bottom_bar = BottomBar(report, translate)
        self.code = CodeColumn()
        self.add_widget(self.top_bar)
        self.add_widget(self.bottom_bar)
        self.add_widget(self.clip)
        self.add_widget(self.code)

    def show(self, shown: Shown, size: tuple[int, int]) -> None:
        """Draw `shown` in a window of `size` pixels."""
        theme = self._make_theme(shown, size)
        screen = self.build(type(shown.view))
        if screen is not self.screen:
            if self.screen is not None:
                self.screen.leave()
                self.remove_widget(self.screen)
            self.add_widget(screen)
            self.screen = screen
        page = f"{shown.frame.visit} {page_of(shown.view)}"
        if page != self._page:
            self._page, self._seen = page, None
            self.move_focus(None)
            self._quit()
        self.shown, self.theme, self.size = shown, theme, size
        words = addressing(self._translate(shown.frame.manners.language), shown.frame.address)
        Window.clearcolor = theme.ground
        top, bottom, body = boxes(theme)
        screen.office_name = shown.frame.office
        frame = shown.frame
        headline = screen.headline(shown.view, words, theme, body)
        self.top_bar.show(frame, words, top, theme, screen.office_shown, headline)
        self.bottom_bar.show(frame, words, bottom, theme)
        screen.show(shown.view, words, theme, self._alongside(shown, words, theme, body))

    def _alongside(self, shown: Shown, words: Translate, theme: Theme, body: Rect) -> Rect:
        """Show the clip of a question, or the code for a phone; the room that is left for the screen.

        There is no room for both, and a clip says what nothing else on the screen does.
        """
        question = question_of(shown.view)
        path = self.find_clip(question, shown.frame.manners.language) if question else None
        code = shown.frame.code if path is None else None
        tight = isinstance(shown.view, RatingView) and len(shown.view.rows) > 1
        rest = self.code.show(code, words, theme, body, tight=tight)
        if path is None:
            self.clip.hide()
            return rest
        return self._signed(path, shown, words, theme, body)

    def _signed(self, path: Path, shown: Shown, words: Translate, theme: Theme, body: Rect) -> Rect:
        """Show this clip of a question; the room that is left for the question."""
        manners = shown.frame.manners
        x, y, width, height = body
        place: Rect
        rest: Rect
        if theme.portrait:
            high = round(height * 0.26)
            wide = round((high - theme.dp(48)) * 0.8)
            place, rest = (x, y + height - high, wide, high), (x, y, width, height - high - theme.gap)
        else:
            wide = round(width * 0.22)
            high = min(round(height), round(wide * 1.25) + theme.dp(48))
            left = x if theme.left_hand else x + width - wide
            place = (left, y + height - high, wide, high)
            gap = theme.dp(32)
            rest = (x + wide + gap if theme.left_hand else x, y, width - wide - gap, height)
        self.clip.show(path, place, theme, words("Ngôn ngữ ký hiệu"), manners.signs)
        return rest

    def build(self, kind: type[View]) -> Screen:
        """The screen for this kind of view; built when it is first asked for, then kept."""
        if kind not in self._screens:
            self._screens[kind] = SCREENS[kind](self._report, self._now)
        return self._screens[kind]

    def rehearse(self, shown: Shown) -> None:
        """Draw `shown` where nobody sees it, so that the first citizen who comes there doesn't wait.

        It is drawn behind the picture on the glass and never handed over, for the graphics driver compiles
        what it meets for the first time. The bars are others, for a press may be going on in ours.
        """
        kind = type(shown.view)
        if self.theme is None or isinstance(self.screen, SCREENS[kind]):
            return
        screen = self.build(kind)
        words = addressing(self._translate(shown.frame.manners.language), shown.frame.address)
        top, bottom, body = boxes(self.theme)
        bars = TopBar(), BottomBar(self._report, self._translate)
        bars[0].show(shown.frame, words, top, self.theme, screen.office_shown)
        bars[1].show(shown.frame, words, bottom, self.theme)
        screen.show(shown.view, words, self.theme, body)
        for part in (screen, *bars):
            self.add_widget(part)
        Window.dispatch("on_draw")
        for part in (screen, *bars):
            self.remove_widget(part)
        screen.leave()

    def flipped(self, *_: object) -> None:
        """A picture has just come to the glass."""
        if self._seen is None:
            self._seen = Clock.time()

    # Touch

    def on_touch_down(self, touch: Any) -> bool:
        """Let a touch through only if it is the only one and meant for this screen."""
        if getattr(touch, "button", "left") != "left":
            return True
        if self._finger is not None and finger_of(self._finger) != finger_of(touch):
            return True
        if not self._is_awake():
            return True
        if self._finger is not None:
            self._quit()  # of what became of the last touch nobody will hear
        self._finger = touch
        touch.grab(self)
        self.move_focus(None)
        if not super().on_touch_down(touch):
            self._report(Touched())
        return True

    def on_touch_move(self, touch: Any) -> bool:
        """Sliding means nothing."""
        return bool(super().on_touch_move(touch))

    def on_touch_up(self, touch: Any) -> bool:
        """The finger is gone."""
        if touch.grab_current is self:
            touch.ungrab(self)
            if touch is self._finger:
                self._finger = None
            return True
        return bool(super().on_touch_up(touch))

    def _quit(self) -> None:
        """Forget every press that has not acted: it was meant for something else."""
        for target in _targets(self, hidden=True):
            target.quit()

    def _is_awake(self) -> bool:
        """Whether the screen was seen for long enough that a press can be meant for it."""
        return self._seen is not None and Clock.time() - self._seen >= self._guard

    # Keypad

    def targets(self) -> list[Target]:
        """Everything that can be touched now: the screen's in its order, then the bars'."""
        return [*self.answers(), *self._bar_targets()]

    def answers(self) -> list[Target]:
        """What the screen offers, the most likely first."""
        return [] if self.screen is None else list(_targets(self.screen))

    def _bar_targets(self) -> list[Target]:
        return [*([self.clip] if self.clip.shown else []), *_targets(self.bottom_bar)]

    def move_focus(self, by: int | None) -> None:
        """Move the keypad's focus by this many targets; None takes it away."""
        targets = self.targets()
        for target in targets:
            if target.focused:
                target.focused = False
                target.paint()
        if by is None or not targets:
            self._focus = -1
            return
        self._focus = (self._focus + by) % len(targets) if self._focus >= 0 else (0 if by > 0 else -1)
        targets[self._focus].focused = True
        targets[self._focus].paint()
        target = targets[self._focus]
        self._report(Focused(target.said or target.name, target.answer, target.writes))

    def press_answer(self, place: int) -> None:
        """Do what the answer of this number does; where none shows one, the answer in this place, from 1."""
        answers = self.answers()
        if any(target.number for target in answers):
            answers = [target for target in answers if target.number == place]
        else:
            answers = answers[place - 1 : place]
        for target in answers[:1]:
            self._press(target)

    def press_focus(self) -> bool:
        """Do what the target in focus does; False where there is none."""
        for target in self.targets():
            if target.focused:
                self._press(target)
                return True
        return False

    def press_forward(self) -> bool:
        """Go on, skip or send; False where the screen offers none of them."""
        if not self.bottom_bar.on.shown:
            return False
        self._press(self.bottom_bar.on)
        return True

    def _press(self, target: Target) -> None:
        if self._is_awake():
            target.press()
            target.choose()


def finger_of(touch: Any) -> int | str:
    """What distinguishes one finger from another.

    A pointer that poses as a mouse is a single one: pressed again, it was released in between, also where a
    second button made Kivy miss that.
    """
    return "mouse" if touch.device == "mouse" else int(touch.uid)


def question_of(view: View) -> str:
    """The question on the screen; "" none, or several."""
    match view:
        case RatingView(rows):
            return rows[0].text if len(rows) == 1 else ""
        case ContactView() | ChoiceView() | YesNoView() | NumberView():
            return view.text
        case _:
            return ""


def page_of(view: View) -> str:
    """What makes a page another one: the kind of screen and the questions on it."""
    kind = type(view).__name__
    match view:
        case RatingView(rows):
            return " ".join((kind, *(row.question for row in rows)))
        case ContactView():
            return f"{kind} {view.question} {'open' if view.open else 'closed'}"
        case ChoiceView() | YesNoView() | NumberView() | TextView():
            return f"{kind} {view.question}"
        case FirstStartView() | WirelessView():
            return f"{kind} {view.stage}"
        case _:
            return kind


def _targets(widget: Any, hidden: bool = False) -> Iterator[Target]:
    for child in reversed(widget.children):
        if isinstance(child, Target) and (child.shown or hidden):
            yield child
        yield from _targets(child, hidden)
