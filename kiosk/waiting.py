"""The terminal before it has a configuration: it shows what is missing, and goes on by itself.

The agent puts the first bundle in place; a bundle that can't be used yet, or does not fit kiosk.toml, is
waited for in the same way. The process is ready and watched all the while.
"""

import os
import signal
import sys
from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path

from kivy.base import EventLoop
from kivy.clock import Clock
from kivy.core.window import Window

from kiosk.address import address_of
from kiosk.i18n import Translate
from kiosk.loop import Loop
from kiosk.screens.description import describe
from kiosk.screens.stage import MakeTheme, Stage
from kiosk.session import Manners
from kiosk.settings import Settings
from kiosk.usable import Usable, usable_bundle
from kiosk.view import Frame, Shown, UnconfiguredView
from kiosk.window import is_seen
from sync.contract.problem import Problem, ProblemError
from sync.host.systemd import Systemd

LOOK_SECONDS = 2
"""How often it looks for a configuration."""


class BundleWait:
    """Shows what is missing until it is there. Needs a window, and leaves it empty."""

    def __init__(
        self,
        settings: Settings,
        translate: Callable[[str], Translate],
        make_theme: MakeTheme,
        description: Path | None,
    ) -> None:
        self._settings = settings
        self._description = description
        self._loop = Loop()
        self._systemd = Systemd(os.environ)
        self._shown: Problem | None = None
        self._usable: Usable | None = None
        guard = settings.screen.touch_guard_ms
        self._stage = Stage(lambda _: None, translate, make_theme, lambda: datetime.now().astimezone(), guard)

    def run(self, missing: Problem) -> Usable | None:
        """The bundle as soon as there is one that can be used; None where the process shall end first.

        Args:
            missing: what is in the way now.
        """
        Window.add_widget(self._stage)
        Window.bind(on_resize=self._draw)
        signal.signal(signal.SIGTERM, lambda *_: self._loop.stop())
        signal.signal(signal.SIGINT, lambda *_: self._loop.stop())
        signal.signal(signal.SIGHUP, lambda *_: self._loop.call(partial(self._look, 0)))
        Window.bind(on_flip=self._flipped)
        self._say(missing)
        clocks = [Clock.schedule_interval(self._look, LOOK_SECONDS)]
        if self._systemd.watchdog_seconds:
            clocks.append(Clock.schedule_interval(self._feed_the_watchdog, self._systemd.watchdog_seconds))
        while self._usable is None and not EventLoop.quit and EventLoop.status == "started":
            self._loop.turn()
        for clock in clocks:
            clock.cancel()
        Window.unbind(on_resize=self._draw)
        Window.remove_widget(self._stage)
        return self._usable

    def _flipped(self, *_: object) -> None:
        """The first picture has come to the glass."""
        Window.unbind(on_flip=self._flipped)
        self._systemd.ready()

    def _look(self, _: float) -> None:
        try:
            self._usable = usable_bundle(self._settings)
        except ProblemError as error:
            self._say(error.problem)
        else:
            self._systemd.status("")

    def _say(self, missing: Problem) -> None:
        if missing == self._shown:
            return
        self._shown = missing
        sys.stderr.write(f"{ProblemError(missing)}\n")
        self._systemd.status(missing.lines()[0])
        self._draw()

    def _draw(self, *_: object) -> None:
        if self._shown is None:
            return
        name = self._settings.office.name.get("vi", "")
        address = address_of(self._settings.respondent)
        frame = Frame(office=name, manners=Manners(), languages=("vi",), address=address, help=False)
        self._stage.show(Shown(UnconfiguredView(self._shown), frame), tuple(Window.size))
        if self._description is not None:
            describe(self._stage, self._description)

    def _feed_the_watchdog(self, _: float) -> None:
        if is_seen():
            self._systemd.alive()
