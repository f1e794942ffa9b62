"""The terminal before it is enrolled: the office's code is scanned or typed, and the agent tries it.

    scanner, camera, keys ──► joining (pure) ──► <outbox>/enrolment-code ──► agent ──► centre
                                  ▲                                            │
               screen ◄───────────┴────────── <agent>/enrolling.json ◄─────────┤
                                               <agent>/enrolled.json ◄─────────┘

Once the agent has an identity and the first configuration is there, the terminal goes on by itself; so does
one that needs no code any more, because its kiosk.toml names it and somebody copied a configuration there.
"""

import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from functools import partial
from pathlib import Path

from kivy.core.window import Window

from kiosk.devices.camera import Camera, webcam
from kiosk.devices.event_keyboard import EventKeyboard
from kiosk.devices.grabbing import finder
from kiosk.devices.scanner import Scan, Scanner
from kiosk.devices.wedge import Wedge
from kiosk.devices.wifi import Wifi
from kiosk.events import Event, LanguageChosen
from kiosk.glass import later, monotonic_ms
from kiosk.i18n import Translate
from kiosk.identity import agent_folder
from kiosk.joining import Joining, failed, first_start_view, handed_over, scanned, touched
from kiosk.prelude import Prelude
from kiosk.screens.stage import MakeTheme, Stage
from kiosk.session import Manners
from kiosk.settings import Settings
from kiosk.staff_desk import CameraWanted, DeskEvent
from kiosk.usable import needs_code, usable_bundle
from kiosk.view import FirstStartView, Frame, Shown, look_at_wireless
from kiosk.wireless import WifiAnswered, WifiWanted, Wireless, WirelessEvent, begin, step
from sync.contract.problem import ProblemError
from sync.contract.problem.agent import DEVICE_NOT_ENROLLED
from sync.host.first_start import drop_code, read_code_file, read_enrolled, read_progress, write_code
from sync.host.wifi import Question
from sync.outbox import storage_problem

LOOK_SECONDS = 0.5
"""How often it looks for what the agent says."""
GREETING_SECONDS = 3.0
"""How long it shows whose terminal it is now, at least."""
CONFIGURED_SECONDS = 30.0
"""How long it waits for the first configuration; then the terminal says what is missing."""


class FirstStart:
    """Shows the way to a code until this terminal is enrolled. Needs a window, and leaves it empty."""

    def __init__(
        self,
        settings: Settings,
        translate: Callable[[str], Translate],
        make_theme: MakeTheme,
        description: Path | None,
    ) -> None:
        self._settings = settings
        self._agent, self._outbox = agent_folder(settings), settings.data / "outbox"
        self._state = Joining()
        self._wireless: Wireless | None = None
        self._enrolled_at: float | None = None
        self._done = False
        guard = settings.screen.touch_guard_ms
        stage = Stage(self._touched, translate, make_theme, lambda: datetime.now().astimezone(), guard)
        self._prelude = Prelude(stage, description)
        loop = self._prelude.loop
        self._wifi = Wifi(settings.wifi, loop.call)
        self._wedge = Wedge(monotonic_ms, lambda: loop.looked_ms, later)
        self._sources: list[Scanner] = [self._wedge]
        if settings.scanner != "wedge":
            self._sources.append(EventKeyboard(finder(settings.scanner)))
        self._camera = Camera(webcam(settings.camera)) if settings.camera else None
        if self._camera is not None:
            self._sources.append(self._camera)

    def run(self) -> bool:
        """Whether this terminal can go on; False where the process shall end first."""
        if code := read_code_file(self._outbox):  # this process was started again meanwhile
            self._state = handed_over(self._state, code.mark, monotonic_ms())
        keys = {"on_textinput": lambda *_: True, "on_key_down": self._key_down, "on_key_up": self._key_up}
        Window.bind(**keys)
        for source in self._sources:
            source.start(lambda scan: self._prelude.loop.call(partial(self._scanned, scan)))
        self._prelude.status(DEVICE_NOT_ENROLLED().lines()[0])
        try:
            return self._prelude.run(self._look, LOOK_SECONDS, lambda: self._done)
        finally:
            for source in self._sources:
                source.stop()
            Window.unbind(**keys)

    def _key_down(self, _: object, __: int, scancode: int, *___: object) -> bool:
        self._wedge.pressed(scancode)
        return True

    def _key_up(self, _: object, __: int, scancode: int, *___: object) -> bool:
        self._wedge.released(scancode)
        return True

    def _touched(self, event: Event | DeskEvent) -> None:
        if isinstance(event, WirelessEvent):
            self._connect(event)
            return
        if self._wireless is not None and not isinstance(event, LanguageChosen):
            return
        if isinstance(event, CameraWanted) and self._camera is not None:
            self._camera.look()
        self._take(touched(self._state, event))

    def _connect(self, event: WirelessEvent) -> None:
        """Something on the way into a Wi-Fi network."""
        question: Question | None = None
        if self._wireless is not None:
            self._wireless, question = step(self._wireless, event)
        elif isinstance(event, WifiWanted):
            self._wireless, question = begin()
        if question is not None:
            self._wifi.ask(question, lambda answer: self._connect(WifiAnswered(answer)))
        self._draw()

    def _scanned(self, scan: Scan) -> None:
        self._wireless = None
        self._take(scanned(self._state, scan, refused=self._view().stage == "refused"))

    def _take(self, state: Joining) -> None:
        before, self._state = self._state, state
        try:
            if state.sent:
                mark = write_code(self._outbox, state.sent)
                self._state = handed_over(state, mark, monotonic_ms())
            elif before.mark and not state.mark:
                drop_code(self._outbox)
        except OSError as error:
            self._state = failed(state, storage_problem(error, self._outbox))
        self._draw()

    def _look(self) -> None:
        if read_enrolled(self._agent) is not None:
            self._wait_for_configuration()
        elif not needs_code(self._settings):
            self._done = True
        self._draw()

    def _wait_for_configuration(self) -> None:
        if self._enrolled_at is None:
            self._enrolled_at = time.monotonic()
            with suppress(OSError):  # it is used up: nobody can do anything with it
                drop_code(self._outbox)
        shown = time.monotonic() - self._enrolled_at
        if shown < GREETING_SECONDS:
            return
        try:
            usable_bundle(self._settings)
        except ProblemError:
            self._done = shown >= CONFIGURED_SECONDS
        else:
            self._done = True

    def _view(self) -> FirstStartView:
        return first_start_view(
            self._state,
            read_progress(self._agent),
            read_enrolled(self._agent),
            now_ms=monotonic_ms(),
            camera=self._camera is not None,
            wifi=self._wifi.is_there,
        )

    def _draw(self) -> None:
        view = self._view()
        name = self._settings.office.name
        frame = Frame(
            office=name.get(self._state.language, name.get("vi", "")),
            manners=Manners(language=self._state.language),
            languages=("vi", "en"),
            help=False,
            choosing=True,
            forward="next" if view.stage == "form" and view.typed and self._wireless is None else "",
        )
        drawn = view if self._wireless is None else look_at_wireless(self._wireless)
        self._prelude.show(Shown(drawn, frame))
