"""The window before there is a terminal to serve with: something is missing, is waited for, and then found.

The process is ready once its first picture is on the glass, and watched all the while.
"""

import os
import signal
from collections.abc import Callable
from pathlib import Path

from kivy.base import EventLoop
from kivy.clock import Clock
from kivy.core.window import Window

from kiosk.loop import Loop
from kiosk.replaced import LOOK_SECONDS, Software
from kiosk.screens.description import describe
from kiosk.screens.stage import Stage
from kiosk.view import Shown
from kiosk.window import is_seen
from sync.host.systemd import Systemd


class Prelude:
    """Shows `stage` until something is there. Needs a window, and leaves it empty."""

    def __init__(self, stage: Stage, description: Path | None) -> None:
        self._stage = stage
        self._description = description
        self._shown: Shown | None = None
        self._undescribed = False
        self._systemd = Systemd(os.environ)
        self.loop = Loop()

    def run(self, look: Callable[[], object], every: float, found: Callable[[], bool]) -> bool:
        """Call `look` every `every` seconds, and on SIGHUP, until `found`; False: the process shall end."""
        Window.add_widget(self._stage)
        Window.bind(on_resize=self._draw, on_flip=self._flipped)
        signal.signal(signal.SIGTERM, lambda *_: self.loop.stop())
        signal.signal(signal.SIGINT, lambda *_: self.loop.stop())
        signal.signal(signal.SIGHUP, lambda *_: self.loop.call(look))
        look()
        software = Software.of(__file__)
        clocks = [
            Clock.schedule_interval(lambda _: look(), every),
            Clock.schedule_interval(lambda _: self._leave_to(software), LOOK_SECONDS),
        ]
        if self._systemd.watchdog_seconds:
            clocks.append(Clock.schedule_interval(self._feed_the_watchdog, self._systemd.watchdog_seconds))
        while not found() and not EventLoop.quit and EventLoop.status == "started":
            self.loop.turn()
        for clock in clocks:
            clock.cancel()
        Window.unbind(on_resize=self._draw, on_flip=self._flipped)
        Window.remove_widget(self._stage)
        return found()

    def show(self, shown: Shown) -> None:
        """Draw this, unless it is on the glass already."""
        if shown != self._shown:
            self._shown = shown
            self._draw()

    def status(self, text: str) -> None:
        """What the service manager shows of this process."""
        self._systemd.status(text)

    def _flipped(self, *_: object) -> None:
        """A picture has come to the glass."""
        self._systemd.ready()
        self._stage.flipped()
        if self._undescribed and self._description is not None:
            self._undescribed = False
            describe(self._stage, self._description)

    def _draw(self, *_: object) -> None:
        if self._shown is None:
            return
        self._stage.show(self._shown, tuple(Window.size))
        self._undescribed = True

    def _leave_to(self, software: Software) -> None:
        if software.replaced():
            self.loop.stop()

    def _feed_the_watchdog(self, _: float) -> None:
        if is_seen():
            self._systemd.alive()
