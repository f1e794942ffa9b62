"""The composition root: builds devices, outbox, session and screens, joins them, and runs until told to end.

    settings, bundle ──► Rules, ServicePoint ──► Terminal ◄── scanner, glass
                                             │ ▲
                                      state  ▼ │ events
                                           Stage (window)

Nothing is decided here: `housekeeping` has what the terminal does by itself, `keys` what keys do, `glass` the
drawing. What is not needed for the first picture is imported and built after it.
"""

import os
import signal
import sys
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from kivy.base import EventLoop, runTouchApp
from kivy.clock import Clock
from kivy.core.window import Window
from msgspec.structs import replace

from kiosk.asking import Asked, asked_now, asked_survey, phone_site
from kiosk.boot import boot_id
from kiosk.devices.panel import dots_per_inch
from kiosk.devices.scanner import Scan, Scanner
from kiosk.devices.sound import Speaker, find_prompt
from kiosk.devices.wedge import Wedge
from kiosk.emblem import emblem_file
from kiosk.ended import recent
from kiosk.facts import Facts
from kiosk.glass import Glass, later, monotonic_ms, theme_for
from kiosk.housekeeping import Housekeeping
from kiosk.i18n import Catalogues
from kiosk.identity import agent_folder
from kiosk.keys import Keys
from kiosk.languages import offered_languages
from kiosk.loop import Loop, load_sdl, screen_size, take_keyboard, told_dots_per_inch
from kiosk.picture import check_picture
from kiosk.rated_here import RatedHere
from kiosk.replaced import Software
from kiosk.resting import Resting
from kiosk.screens.stage import Stage
from kiosk.session import Rules, begin
from kiosk.settings import ASSETS, Settings
from kiosk.tagging import Habits
from kiosk.terminal import Terminal
from kiosk.usable import Usable, first_usable, needs_code
from kiosk.usb import ask_for_copy, last_copy
from kiosk.waiting import BundleWait
from kiosk.widgets.criteria_layout import criteria_that_fit
from kiosk.widgets.theme import Theme, check_office_colours
from kiosk.widgets.typefaces import use_fonts
from kiosk.window import connection_watched, is_seen, no_screen
from sync import __version__
from sync.contract.problem import Problem, ProblemError
from sync.host.phone_codes import SOCKET
from sync.host.systemd import Systemd
from sync.host.usb_note import UsbJob

if TYPE_CHECKING:
    from kiosk.devices.event_keyboard import EventKeyboard


def run(
    settings: Settings,
    description: Path | None,
    lost: Callable[[Problem], None],
    crashes: tuple[datetime, ...] = (),
) -> None:
    """Open the window and serve visits until the window is closed or the process is told to end.

    Args:
        settings: of this terminal; the bundle they name is waited for where there is none yet.
        description: a file that gets a line for every picture, for a program that drives the terminal: the
            kind of view, and the name and place of everything that can be touched. Nothing that a citizen
            entered.
        lost: is called with the reason when the screen is gone; then the process ends.
        crashes: of this terminal's processes before this one.

    Raises:
        ProblemError: a setting is wrong, or there is no window; nothing was opened.
    """
    if Window is None:
        raise ProblemError(no_screen(os.environ))
    check_office_colours(settings.office.primary, settings.office.accent)
    use_fonts(settings.fonts.values())
    with connection_watched(lost, os.environ):
        usable, instead_of = _first(settings, description)
        if usable is None:
            EventLoop.close()
        else:
            App(settings, usable, instead_of, description, crashes).run()


def _first(settings: Settings, description: Path | None) -> tuple[Usable | None, Problem | None]:
    """The bundle, waited for where there is none yet, and why it is an earlier one; None: end the process.

    A terminal that is not enrolled, and has no configuration copied there by hand, is enrolled first.
    """
    look = Catalogues(ASSETS / "locales").translate, partial(theme_for, settings, _dpi(settings)), description
    if needs_code(settings):
        from kiosk.first_start import FirstStart

        runTouchApp(embedded=True)
        if not FirstStart(settings, *look).run():
            return None, None
    try:
        return first_usable(settings)
    except ProblemError:
        runTouchApp(embedded=True)
        return BundleWait(settings, *look).run(), None


LOOK_SECONDS = 3
"""How often the terminal looks for a new configuration."""


class App:
    """Everything of one terminal's process."""

    def __init__(
        self,
        settings: Settings,
        usable: Usable,
        instead_of: Problem | None,
        description: Path | None,
        crashes: tuple[datetime, ...] = (),
    ) -> None:
        bundle, started = usable.bundle, datetime.now().astimezone()
        settings = replace(settings, device=usable.here.device)  # the outbox is this device's until the end
        self._crashes = crashes
        self._settings = settings
        self._boot = boot_id()
        self._dpi = _dpi(settings)
        self._hung = self._picture = self._emblem = ""
        self._words = Catalogues(ASSETS / "locales")
        self._language_problems: tuple[Problem, ...] = ()
        asked = asked_now(usable.agenda, started)
        rules = self._rules(usable, asked)
        translate = self._words.translate
        self._glass = Glass(self._shown(usable), rules, bundle.catalogue, translate, description)
        self.stage = Stage(
            lambda event: self.terminal.send(event),
            translate,
            lambda shown, size: theme_for(self._glass.settings, self._dpi, shown, size),
            lambda: datetime.now().astimezone(),
            settings.screen.touch_guard_ms,
        )
        self._glass.stage = self.stage
        Window.add_widget(self.stage)
        runTouchApp(embedded=True)
        if asked.open:
            self._glass.show(begin(rules))
            EventLoop.idle()  # the first picture; what follows is not needed for it
        from kiosk.configuration import Configuration
        from kiosk.keeper import OutboxKeeper
        from kiosk.pin_tries import PinTries

        self._keeper = OutboxKeeper(settings, usable.here.device, lambda: self.terminal.forget_rated())
        rated_here = RatedHere(settings.data / "rated.json")
        self.terminal = Terminal(
            rules=rules,
            place=usable.place,
            habits=Habits(idle_minutes=settings.badge_idle_minutes, repeat_days=settings.repeat_days),
            catalogue=bundle.catalogue,
            store=self._keeper,
            sealing=usable.sealing,
            world=self._glass,
            staff_pin=settings.staff_pin,
            tries=PinTries(settings.data, self._boot),
            keep_rated=rated_here.keep,
            rest=lambda: self._housekeeping.rest(datetime.now().astimezone()),
            ask_for_copy=self._ask_for_copy,
            attended=lambda somebody: self._housekeeping.attended(somebody, datetime.now().astimezone()),
        )
        self._glass.terminal = self.terminal
        self.loop = Loop()
        self._wedge = Wedge(monotonic_ms, lambda: self.loop.looked_ms, later)
        self._keys = Keys(self._wedge, self.stage, self.terminal.send)
        self._scanner: Scanner = self._wedge
        self._keypad: EventKeyboard | None = None
        configuration = Configuration(
            settings=settings,
            usable=usable,
            refusal=instead_of,
            asked=asked,
            terminal=self.terminal,
            drawn=self._glass,
            rules=self._rules,
            shown=self._shown,
            outbox=self._keeper.folder,
            crashes=self._crashes_before,
            now=started,
        )
        self._software = Software.of(__file__)
        self._housekeeping = Housekeeping(
            terminal=self.terminal,
            keeper=self._keeper,
            rated=rated_here.load,
            configuration=configuration,
            picture=self._glass,
            look=self._facts,
            resting=Resting.of(os.environ),
            leaves=self._leaves,
        )
        self._systemd = Systemd(os.environ)

    def _rules(self, usable: Usable, asked: Asked) -> Rules:
        settings, assignment = usable.settings, asked.assignment
        survey = asked_survey(usable.bundle, usable.agenda, asked)
        offered = offered_languages(settings, survey, usable.bundle.catalogue, self._words)
        use_fonts(offered.fonts)
        if offered.problems != self._language_problems:
            self._language_problems = offered.problems
            for each in offered.problems:
                sys.stderr.write(f"{ProblemError(each)}\n")
        return Rules(
            survey=survey,
            device=usable.here.device,
            unit=usable.here.unit,
            counter=usable.here.counter,
            plan=assignment.plan if assignment else None,
            respondents=assignment.respondents if assignment else survey.respondents[:1],
            organisations=usable.bundle.organisations,
            citizens=usable.bundle.citizens,
            asks=assignment is not None,
            phone_site=phone_site(usable.bundle, asked),
            language=offered.languages[0],
            languages=offered.languages,
            language_names=offered.names(self._words),
            start_by_touch=settings.start_by_touch,
            ready_screen=settings.ready_screen,
            best_first=settings.screen.best_first,
            ratings_per_page=min(settings.screen.ratings_per_page, criteria_that_fit(self._plain_look())),
            can_seal=usable.sealing is not None,
            patience=settings.patience,
            boot=self._boot,
            app=__version__,
        )

    def _plain_look(self) -> Theme:
        """Of this window, in the text size that nobody changed."""
        width, height = Window.size
        return Theme(width=width, height=height, dpi=self._dpi)

    def run(self) -> None:
        """Serve until the end, and give everything back."""
        self.open()
        try:
            self.loop.run()
        finally:
            self.close()

    def open(self) -> None:
        """Listen to signals and to the clock; `loop` then serves."""
        signal.signal(signal.SIGTERM, lambda *_: self.loop.stop())
        signal.signal(signal.SIGINT, lambda *_: self.loop.stop())
        signal.signal(signal.SIGHUP, lambda *_: self.loop.call(partial(self._keep_house, 0)))
        self._look_at_the_clock(0)
        self._glass.show(self.terminal.state)
        self._glass.when_drawn(self._complete)

    def close(self) -> None:
        """Give the outbox and the window back."""
        if self._glass.camera is not None:
            self._glass.camera.stop()
        self.terminal.keep_drafts()
        self._keeper.close()
        EventLoop.close()

    def _complete(self) -> None:
        """What the first picture did not need, a piece a turn so that a touch or a scan comes in between."""
        settings = self._settings
        Window.bind(on_textinput=lambda *_: True, on_key_down=self._keys.down, on_key_up=self._keys.up)
        Window.bind(focus=self._keyboard_moved)
        self._wedge.start(self.terminal.scanned)
        if settings.scanner != "wedge" or settings.keypad:
            from kiosk.devices.event_keyboard import EventKeyboard
            from kiosk.devices.grabbing import finder
        if settings.scanner != "wedge":
            self._scanner = EventKeyboard(finder(settings.scanner))
            self._scanner.start(self._heard)
        if settings.keypad:
            self._keypad = EventKeyboard(finder(settings.keypad), alone=self._keypad_pressed)
            self._keypad.start()
        if settings.camera:
            from kiosk.devices.camera import Camera, webcam

            self._glass.camera = Camera(webcam(settings.camera))
            self._glass.camera.start(self._heard)
        from kiosk.devices.phone_codes import PhoneCodes
        from kiosk.devices.wifi import Wifi

        self._glass.wifi = Wifi(settings.wifi, self.loop.call)
        self._glass.codes = PhoneCodes(agent_folder(settings) / SOCKET, self.loop.call)
        Clock.schedule_interval(self._look_for_news, LOOK_SECONDS)
        Clock.schedule_interval(self._look_at_the_clock, 30)
        Clock.schedule_interval(lambda _: self._housekeeping.retry_storage(), settings.patience.retry_storage)
        Clock.schedule_interval(self._keep_house, 60)
        pieces: list[Callable[[], object]] = [
            self._housekeeping.open_store,
            self._find_voice,
            self._find_picture,
            self._housekeeping.look_at_itself,
            lambda: self._housekeeping.report(datetime.now().astimezone()),
            *(partial(self.stage.rehearse, shown) for shown in self._glass.scenes()),
        ]

        self._systemd.ready()
        if self._systemd.watchdog_seconds:
            Clock.schedule_interval(self._feed_the_watchdog, self._systemd.watchdog_seconds)

        def next_piece(_: float) -> bool:
            pieces.pop(0)()
            return bool(pieces)

        Clock.schedule_interval(next_piece, 0.02)

    def _find_voice(self) -> None:
        from kiosk.prompts import prompt_folders

        folders = prompt_folders(self._settings)
        self.stage.find_clip = partial(_find_clip, folders)
        self._glass.speaker = _speaker(self._settings, folders, self._glass.after)

    def _shown(self, usable: Usable) -> Settings:
        """The settings to draw by: the office's look, without an emblem or picture that can't be shown.

        The picture comes with `_find_picture`: it can be large.
        """
        office = replace(usable.settings.office, picture=self._hung)
        self._emblem = _reported(ProblemError(usable.colours)) if usable.colours else ""
        try:
            if usable.bundle.office.emblem:
                emblem = emblem_file(self._settings.data, usable.bundle.office.emblem)
                office = replace(office, emblem=emblem)
            if office.emblem:
                check_picture(office.emblem)
        except ProblemError as error:
            self._emblem = _reported(error)
            office = replace(office, emblem="")
        return replace(usable.settings, office=office)

    def _find_picture(self) -> None:
        picture = self._settings.office.picture
        if not picture:
            return
        try:
            check_picture(picture)
        except ProblemError as error:
            self._picture = _reported(error)
        else:
            self._hung = picture
            self._glass.hang(picture)

    def _feed_the_watchdog(self, _: float) -> None:
        ailments = self._glass.health.ailments(monotonic_ms(), seen=is_seen())
        if ailments:
            self._systemd.status(", ".join(ailments))
        else:
            self._systemd.alive()

    def _facts(self) -> Facts:
        """What storage and devices are like now."""
        scanner = self._scanner.state == "ready"
        sound = self._glass.speaker is not None and self._glass.speaker.state == "ready"
        facts = self._keeper.facts(scanner=scanner, sound=sound or self._settings.volume == 0)
        keyboard = Window.focus or self._scanner is not self._wedge
        language = self._language_problems[0].number if self._language_problems else ""
        keypad = self._keypad is None or self._keypad.state == "ready"
        return replace(
            facts,
            keyboard=keyboard,
            keypad=keypad,
            language=language,
            picture=self._emblem or self._picture,
            usb=last_copy(self._keeper.folder, agent_folder(self._settings), datetime.now().astimezone()),
            crashes=self._crashes_before(datetime.now().astimezone()),
            wifi=self._glass.wifi is not None and self._glass.wifi.is_there,
        )

    def _ask_for_copy(self, job: UsbJob) -> Problem | None:
        obstacle = ask_for_copy(self._keeper.folder, datetime.now().astimezone(), job)
        if obstacle is None:
            self._housekeeping.look_at_itself()
        return obstacle

    def _leaves(self) -> None:
        """End if another release has taken the place of this one; the service manager starts that."""
        if self._software.replaced():
            self._glass.restart()

    def _crashes_before(self, now: datetime) -> int:
        """How many there were in the last day."""
        return len(recent(self._crashes, now))

    def _keep_house(self, _: float) -> None:
        if self._housekeeping.keep_house(datetime.now().astimezone()):
            Clock.unschedule(self._go_on_keeping_house)
            Clock.schedule_once(self._go_on_keeping_house, 1)

    def _go_on_keeping_house(self, _: float) -> None:
        """The next short step; a handler of its own, so that a second one replaces it."""
        self._keep_house(0)

    def _look_for_news(self, _: float) -> None:
        self._housekeeping.look_for_news(datetime.now().astimezone())

    def _look_at_the_clock(self, _: float) -> None:
        self._housekeeping.look_at_the_clock(datetime.now().astimezone())

    def _keypad_pressed(self, key: str) -> None:
        """A key of the keypad, from a thread of its own."""
        self.loop.call(partial(self._keys.drive, key))

    def _keyboard_moved(self, *_: object) -> None:
        """The keyboard went to another window or came back: staff see that, and it is asked for."""
        self._housekeeping.look_at_itself()
        Clock.unschedule(self._take_keyboard)
        if not Window.focus:
            Clock.schedule_interval(self._take_keyboard, 1)

    def _take_keyboard(self, _: float) -> None:
        take_keyboard()

    def _heard(self, scan: Scan) -> None:
        """A scan from a thread of its own."""
        self.loop.call(partial(self.terminal.scanned, scan))


def _reported(error: ProblemError) -> str:
    """The number of a problem that goes to the log."""
    sys.stderr.write(f"{error}\n")
    return error.problem.number


def _dpi(settings: Settings) -> int:
    """Of the panel; the setting has the last word, because panels lie."""
    return settings.screen.dpi or dots_per_inch(screen_size(), told_dots_per_inch())


def _find_clip(folders: Sequence[Path], text: str, language: str) -> Path | None:
    """The clip that signs a text: next to its prompt, in the language it is shown in."""
    return find_prompt(text, language, folders, ".zip") or find_prompt(text, "vi", folders, ".zip")


def _speaker(
    settings: Settings, folders: Sequence[Path], after: Callable[[int, Callable[[], None]], object]
) -> Speaker:
    from kiosk.devices.sound import SdlSpeaker

    return SdlSpeaker(load_sdl(), ASSETS / "sounds", folders, settings.volume, after)
