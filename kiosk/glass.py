"""The window as the terminal's world (`terminal.World`): time, drawing and sound.

What is drawn is worked out in `view`, whether the panel is lit in `opening`, and what keeps citizens from
using the terminal in `health`.
"""

import os
import time
from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kivy.base import EventLoop
from kivy.clock import Clock
from kivy.core.window import Window
from msgspec.structs import replace

from kiosk.devices.backlight import Backlight
from kiosk.devices.sound import Speaker
from kiosk.events import CodeWanted, Now
from kiosk.facts import Facts, troubles
from kiosk.handovers import officer_missing
from kiosk.health import Health
from kiosk.i18n import Translate
from kiosk.light import CLOSED_LIGHT_MS, Light
from kiosk.phone_code import Place
from kiosk.rehearsal import scenes
from kiosk.screens.description import describe
from kiosk.screens.stage import Stage, finger_of
from kiosk.session import Rules, State, respondent_of
from kiosk.settings import Settings
from kiosk.staff_desk import Desk
from kiosk.tagging import Counter
from kiosk.terminal import Terminal
from kiosk.view import Shown, look, look_at_desk
from kiosk.widgets.theme import Theme
from sync.contract.addressing import address_of, addressing
from sync.contract.catalogue import Catalogue
from sync.host.wifi import Answer, Question

if TYPE_CHECKING:
    from kiosk.devices.camera import Camera
    from kiosk.devices.phone_codes import PhoneCodes
    from kiosk.devices.wifi import Wifi


class Glass:
    """The window, and what is drawn in it now."""

    def __init__(
        self,
        settings: Settings,
        rules: Rules,
        catalogue: Catalogue,
        translate: Callable[[str], Translate],
        description: Path | None,
    ) -> None:
        self._settings = settings
        self._translate = translate
        self._rules = rules
        self._catalogue = catalogue
        self._description = description
        self._undrawn: list[Callable[[], None]] = []
        self._state: State | None = None
        self.stage: Stage | None = None
        self.speaker: Speaker | None = None
        self.terminal: Terminal | None = None
        self.camera: Camera | None = None
        self.wifi: Wifi | None = None
        self.codes: PhoneCodes | None = None
        self.facts = Facts()
        self.health = Health()
        self._panel = Backlight()
        self._light = Light()
        Window.bind(on_flip=self._flipped, on_resize=self._resized)
        Window.bind(on_touch_down=self._finger_down, on_touch_up=self._finger_up)

    @property
    def settings(self) -> Settings:
        """What is drawn by now."""
        return self._settings

    def configure(self, rules: Rules, catalogue: Catalogue, settings: Settings) -> None:
        """Draw by these from now on."""
        self._rules, self._catalogue, self._settings = rules, catalogue, settings

    def hang(self, picture: str) -> None:
        """Show this picture file whenever nobody is there."""
        self._settings = replace(self._settings, office=replace(self._settings.office, picture=picture))
        self._resized()

    def now(self) -> Now:
        """The instant, with fresh chance."""
        return Now(datetime.now().astimezone(), monotonic_ms(), os.urandom(16))

    def after(self, milliseconds: int, call: Callable[[], None]) -> Callable[[], None]:
        """Call once, that many milliseconds later; what is returned cancels it."""
        return later(milliseconds, call)

    def when_drawn(self, call: Callable[[], None]) -> None:
        """Call once, when the next picture has come to the glass."""
        self._undrawn.append(call)

    def show(self, state: State) -> None:
        """Draw this state."""
        self._state = state
        self._panel.set(lit=self._light.is_lit(state.phase, monotonic_ms()))
        counter = self.terminal.counter if self.terminal else Counter()
        missing = officer_missing(counter, self._rules, self._catalogue)
        attention = len(troubles(self.facts, datetime.now().astimezone())) + missing
        self._draw(look(state, self._rules, self._settings, self._catalogue, attention=attention))

    def scenes(self) -> tuple[Shown, ...]:
        """What the next citizen will see."""
        return scenes(self._rules, self._settings, self._catalogue, self.now())

    def show_desk(self, desk: Desk) -> None:
        """Draw the staff screen."""
        if self.terminal is not None:
            facts = replace(self.facts, heard=self.terminal.heard)
            self._draw(
                look_at_desk(
                    desk,
                    self.terminal.counter,
                    self.terminal.state,
                    facts,
                    self.terminal.rules,
                    self._settings,
                    self._catalogue,
                    troubles(facts, datetime.now().astimezone()),
                )
            )

    def _draw(self, shown: Shown) -> None:
        if self.stage is None:
            return
        self.health = self.health.asked(monotonic_ms())
        self.stage.show(shown, tuple(Window.size))
        if self._description is not None:
            self.when_drawn(partial(describe, self.stage, self._description))

    def play(self, sound: str) -> None:
        """Play a short sound."""
        if self.speaker is not None:
            self.speaker.play(sound)

    def speak(self, text: str, language: str, queued: bool) -> int:
        """Say a text aloud; how many milliseconds it takes until all is said."""
        if self.speaker is None:
            return 0
        # The session says the interface's words in Vietnamese; what is no such word stays as it is.
        respondent = respondent_of(self._state.visit if self._state else None, self._rules)
        words = addressing(self._translate(language), address_of(respondent, self._rules.survey))
        return self.speaker.speak(words(text), language, queued)

    def call_staff(self) -> None:
        """The sound and the words on the screen are the call: the officer sits next to the terminal."""

    def look_with_camera(self) -> None:
        """Switch the camera on, where there is one."""
        if self.camera is not None:
            self.camera.look()

    def ask_wifi(self, question: Question, answered: Callable[[Answer], None]) -> None:
        """Ask the helper, where there is one."""
        if self.wifi is not None:
            self.wifi.ask(question, answered)

    def make_code(self, wanted: CodeWanted, place: Place, made: Callable[[str], None]) -> None:
        """Ask the agent, where there is one."""
        if self.codes is not None:
            self.codes.ask(wanted, place, made)

    def restart(self) -> None:
        """End the loop; the service manager starts the terminal again."""
        EventLoop.quit = True

    def _flipped(self, *_: object) -> None:
        self.health = self.health.shown()
        # Bound handlers run before the picture is handed over, so the work waits for the next turn.
        if self.stage is not None:
            self.stage.flipped()
        for call in self._undrawn:
            Clock.schedule_once(lambda _, call=call: call(), 0)
        self._undrawn.clear()

    def _resized(self, *_: object) -> None:
        if self.terminal is not None and self.terminal.desk.page != "closed":
            self.show_desk(self.terminal.desk)
        elif self._state is not None:
            self.show(self._state)

    def _finger_down(self, _: object, touch: Any) -> bool:
        self.health = self.health.touched(monotonic_ms(), finger_of(touch))
        if self._state is None or self._state.phase != "closed":
            return False
        was_dark = self._panel.can_switch and not self._light.is_lit(self._state.phase, monotonic_ms())
        self._light = self._light.touched(monotonic_ms())
        self.show(self._state)
        self.after(CLOSED_LIGHT_MS, self._resized)
        return was_dark  # a touch on a dark screen only lights it

    def _finger_up(self, _: object, touch: Any) -> bool:
        self.health = self.health.released(finger_of(touch))
        return False


def theme_for(settings: Settings, dpi: int, shown: Shown, size: tuple[int, int]) -> Theme:
    """The look of one picture in a window of this size, on a panel of `dpi` dots per inch."""
    manners = shown.frame.manners
    return Theme(
        width=size[0],
        height=size[1],
        text_step=manners.text_step,
        high_contrast=manners.high_contrast,
        left_hand=manners.left_hand,
        primary_colour=settings.office.primary,
        accent_colour=settings.office.accent,
        dpi=dpi,
    )


def monotonic_ms() -> int:
    """Milliseconds on a clock that never goes back."""
    return time.monotonic_ns() // 1_000_000


def later(milliseconds: int, call: Callable[[], None]) -> Callable[[], None]:
    """Call once, that many milliseconds later; what is returned cancels it."""
    event = Clock.schedule_once(lambda _: call(), milliseconds / 1000)
    return lambda: event.cancel()
