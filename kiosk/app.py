"""The composition root: builds devices, outbox, session and screens, joins them, and runs until told to end.

    settings, bundle ──► Rules, Place ──► Terminal ◄── scanner, glass
                                             │ ▲
                                      state  ▼ │ events
                                           Stage (window)

Nothing is decided here. What is not needed for the first picture is imported and built after it.
"""

import os
import signal
import sys
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kivy.base import EventLoop, runTouchApp
from kivy.clock import Clock
from kivy.core.window import Window
from msgspec.structs import replace

from kiosk.address import address_of, addressing
from kiosk.boot import boot_id
from kiosk.devices import keypad
from kiosk.devices.backlight import Backlight
from kiosk.devices.panel import dots_per_inch
from kiosk.devices.scanner import Scan, Scanner
from kiosk.devices.sound import Speaker, find_prompt
from kiosk.devices.wedge import Wedge
from kiosk.ended import recent
from kiosk.events import EarTouched, Now, OpeningChanged
from kiosk.facts import Facts, troubles
from kiosk.handovers import officer_missing
from kiosk.health import Health
from kiosk.i18n import Catalogues, Translate
from kiosk.languages import offered_languages
from kiosk.loop import Loop, load_sdl, screen_size, take_keyboard, told_dots_per_inch
from kiosk.opening import is_open
from kiosk.picture import check_picture
from kiosk.rated_here import RatedHere
from kiosk.rehearsal import scenes
from kiosk.renewal import Renewal
from kiosk.screens.description import describe
from kiosk.screens.stage import Stage, finger_of
from kiosk.session import Rules, State, begin
from kiosk.settings import ASSETS, Settings
from kiosk.staff_desk import Desk
from kiosk.tagging import Counter, Habits
from kiosk.terminal import Terminal
from kiosk.usable import Usable, checked, first_usable, refused
from kiosk.view import Shown, look, look_at_desk
from kiosk.waiting import Waiting
from kiosk.widgets.criteria_layout import criteria_that_fit
from kiosk.widgets.theme import Theme, check_office_colours
from kiosk.widgets.typefaces import use_fonts
from kiosk.window import connection_watched, is_seen, no_screen
from sync import __version__
from sync.contract.catalogue import Catalogue
from sync.contract.problem import Problem, ProblemError
from sync.host.systemd import Systemd

if TYPE_CHECKING:
    from kiosk.devices.camera import Camera
    from kiosk.devices.event_keyboard import EventKeyboard, Held

CLOSED_LIGHT_MS = 30_000
"""How long a touch lights a closed terminal."""


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
    """The bundle, waited for where there is none yet, and why it is an earlier one; None: end the process."""
    try:
        return first_usable(settings)
    except ProblemError as error:
        runTouchApp(embedded=True)
        translate = Catalogues(ASSETS / "locales").translate
        look = partial(theme_for, settings, _dpi(settings))
        return Waiting(settings, translate, look, description).run(error.problem), None


class Glass:
    """The window as the terminal's world: time, drawing and sound."""

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
        self.facts = Facts()
        self.health = Health()
        self._light = Backlight()
        self._lit_until = 0
        Window.bind(on_flip=self._flipped, on_resize=self._resized)
        Window.bind(on_touch_down=self._finger_down, on_touch_up=self._finger_up)

    def configure(self, rules: Rules, catalogue: Catalogue) -> None:
        """Draw by these from now on."""
        self._rules, self._catalogue = rules, catalogue

    def hang(self, picture: str) -> None:
        """Show this picture file whenever nobody is there."""
        self._settings = replace(self._settings, office=replace(self._settings.office, picture=picture))
        self._resized()

    def now(self) -> Now:
        """The instant, with fresh chance."""
        return Now(datetime.now().astimezone(), _monotonic_ms(), os.urandom(16))

    def after(self, milliseconds: int, call: Callable[[], None]) -> Callable[[], None]:
        """Call once, so much later; what is returned calls that off."""
        return _later(milliseconds, call)

    def when_drawn(self, call: Callable[[], None]) -> None:
        """Call once, when the next picture has come to the glass."""
        self._undrawn.append(call)

    def show(self, state: State) -> None:
        """Draw this state."""
        self._state = state
        self._light.set(lit=state.phase != "closed" or _monotonic_ms() < self._lit_until)
        counter = self.terminal.counter if self.terminal else Counter()
        missing = officer_missing(counter, self._rules, self._settings, self._catalogue)
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
        self.health = self.health.asked(_monotonic_ms())
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
        words = addressing(self._translate(language), address_of(self._rules.respondent, self._rules.survey))
        return self.speaker.speak(words(text), language, queued)

    def call_staff(self) -> None:
        """The sound and the words on the screen are the call: the desk stands beside the terminal."""

    def look_with_camera(self) -> None:
        """Switch the camera on, where there is one."""
        if self.camera is not None:
            self.camera.look()

    def restart(self) -> None:
        """End the loop; the service manager starts the terminal anew."""
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
        self.health = self.health.touched(_monotonic_ms(), finger_of(touch))
        if self._state is None or self._state.phase != "closed":
            return False
        dark = self._light.can_switch and _monotonic_ms() >= self._lit_until
        self._lit_until = _monotonic_ms() + CLOSED_LIGHT_MS
        self.show(self._state)
        self.after(CLOSED_LIGHT_MS, self._resized)
        return dark  # whoever could see nothing meant nothing by it

    def _finger_up(self, _: object, touch: Any) -> bool:
        self.health = self.health.released(finger_of(touch))
        return False


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
        bundle = usable.bundle
        self._crashes = crashes
        self._settings = settings
        self._renewal = Renewal(settings.bundle, bundle.version.version, bundle.keys)
        self._boot = boot_id()
        self._dpi = _dpi(settings)
        self._picture = ""
        self._refused = ""
        if instead_of is not None:
            self._refuse(instead_of)
        self._words = Catalogues(ASSETS / "locales")
        self._language_problems: tuple[Problem, ...] = ()
        rules = self._rules(usable)
        translate = self._words.translate
        self._glass = Glass(self._showable(settings), rules, bundle.catalogue, translate, description)
        self.stage = Stage(
            lambda event: self.terminal.send(event),
            translate,
            partial(theme_for, settings, self._dpi),
            lambda: datetime.now().astimezone(),
            settings.screen.touch_guard_ms,
        )
        self._glass.stage = self.stage
        Window.add_widget(self.stage)
        runTouchApp(embedded=True)
        if is_open(settings.opening, datetime.now().astimezone()):
            self._glass.show(begin(rules))
            EventLoop.idle()  # the first picture; what follows is not needed for it
        from kiosk.keeper import Keeper
        from kiosk.pin_tries import PinTries

        self._keeper = Keeper(settings, lambda: self.terminal.forget_rated())
        self._rated_here = RatedHere(settings.data / "rated.json")
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
            keep_rated=self._rated_here.keep,
        )
        self._glass.terminal = self.terminal
        self.loop = Loop()
        self._wedge = Wedge(_monotonic_ms, lambda: self.loop.looked_ms, _later)
        self._scanner: Scanner = self._wedge
        self._keypad: EventKeyboard | None = None
        self._open = True
        self._systemd = Systemd(os.environ)

    def _rules(self, usable: Usable) -> Rules:
        settings, survey = self._settings, usable.survey
        offered = offered_languages(settings, survey, usable.bundle.catalogue, self._words)
        use_fonts(offered.fonts)
        if offered.problems != self._language_problems:
            self._language_problems = offered.problems
            for each in offered.problems:
                sys.stderr.write(f"{ProblemError(each)}\n")
        return Rules(
            survey=survey,
            device=settings.device,
            unit=settings.unit,
            plan=settings.plan,
            respondent=settings.respondent,
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
        Window.bind(on_textinput=lambda *_: True, on_key_down=self._key, on_key_up=self._key_up)
        Window.bind(focus=self._keyboard_moved)
        self._wedge.start(self.terminal.scanned)
        if settings.scanner != "wedge" or settings.keypad:
            from kiosk.devices.event_keyboard import EventKeyboard
        if settings.scanner != "wedge":
            self._scanner = EventKeyboard(_finder(settings.scanner))
            self._scanner.start(self._heard)
        if settings.keypad:
            self._keypad = EventKeyboard(_finder(settings.keypad), alone=self._keypad_pressed)
            self._keypad.start()
        if settings.camera:
            from kiosk.devices.camera import Camera, webcam

            self._glass.camera = Camera(webcam(settings.camera))
            self._glass.camera.start(self._heard)
        Clock.schedule_interval(self._look_at_the_clock, 30)
        Clock.schedule_interval(self._mend_storage, settings.patience.retry_storage)
        Clock.schedule_interval(self._keep_house, 60)
        pieces: list[Callable[[], object]] = [
            self._open_store,
            self._find_voice,
            self._find_picture,
            self._look_at_itself,
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

    def _showable(self, settings: Settings) -> Settings:
        """Without an emblem that can't be shown, and so far without the picture: it can be large."""
        office = replace(settings.office, picture="")
        if office.emblem and not self._can_show(office.emblem):
            office = replace(office, emblem="")
        return replace(settings, office=office)

    def _find_picture(self) -> None:
        picture = self._settings.office.picture
        if picture and self._can_show(picture):
            self._glass.hang(picture)

    def _can_show(self, path: str) -> bool:
        try:
            check_picture(path)
        except ProblemError as error:
            sys.stderr.write(f"{error}\n")
            self._picture = error.problem.number
            return False
        return True

    def _feed_the_watchdog(self, _: float) -> None:
        ailments = self._glass.health.ailments(_monotonic_ms(), seen=is_seen())
        if ailments:
            self._systemd.status(", ".join(ailments))
        else:
            self._systemd.alive()

    def _look_at_itself(self) -> None:
        """What staff see of the terminal itself; drawn anew where it changed."""
        scanner = self._scanner.state == "ready"
        sound = self._glass.speaker is not None and self._glass.speaker.state == "ready"
        facts = self._keeper.facts(scanner=scanner, sound=sound or self._settings.volume == 0)
        keyboard = Window.focus or self._scanner is not self._wedge
        language = self._language_problems[0].number if self._language_problems else ""
        keypad = self._keypad is None or self._keypad.state == "ready"
        facts = replace(
            facts,
            bundle=self._refused,
            keyboard=keyboard,
            keypad=keypad,
            language=language,
            picture=self._picture,
            crashes=len(recent(self._crashes, datetime.now().astimezone())),
        )
        if facts == self._glass.facts:
            return
        self._glass.facts = facts
        if self.terminal.desk.page == "home":
            self._glass.show_desk(self.terminal.desk)
        elif self.terminal.desk.page == "closed" and self.terminal.state.phase == "idle":
            self._glass.show(self.terminal.state)

    def _open_store(self) -> None:
        found = self._keeper.open()
        if found is not None:
            self.terminal.storage_is(found.number)
            return
        self._recover()
        self.terminal.remember(self._rated_here.load())

    def _recover(self) -> None:
        """Keep visits that were interrupted; what a full disk refuses is tried again when nobody is there."""
        try:
            self.terminal.recover(self._keeper.drafts())
        except ProblemError as error:
            self.terminal.storage_is(error.problem.number)

    def _mend_storage(self, _: float) -> None:
        """Try again where storage failed; looks at no disk while all is well."""
        if self._keeper.problem_number:
            if not self._keeper.is_open:
                self._open_store()
            self._keeper.maintain()
        self.terminal.storage_is(self._keeper.problem_number)

    def _keep_house(self, _: float) -> None:
        """While nobody is there: verify, delete, erase what is to be forgotten, take a new configuration."""
        if self.terminal.state.phase in ("idle", "closed") and self._keeper.is_open:
            self._recover()
            if self._keeper.maintain():
                Clock.unschedule(self._go_on_keeping_house)
                Clock.schedule_once(self._go_on_keeping_house, 1)
        if self.terminal.between_visits:
            self._renew()

    def _go_on_keeping_house(self, _: float) -> None:
        """The next short step, in a while of its own."""
        self._keep_house(0)

    def _renew(self) -> None:
        """What the centre configured anew counts from the next visit on; a wrong bundle changes nothing."""
        try:
            with refused(self._settings.bundle):
                bundle = self._renewal.newer()
                if bundle is None:
                    return
                usable = checked(self._settings, bundle)
                rules = self._rules(usable)
        except ProblemError as error:
            self._refuse(error.problem)
            self._look_at_itself()
            return
        self._renewal.took(bundle)
        self._refused = ""
        self.terminal.configure(
            rules=rules, place=usable.place, catalogue=bundle.catalogue, sealing=usable.sealing
        )
        self._glass.configure(rules, bundle.catalogue)
        self._look_at_itself()
        self._glass.show(self.terminal.state)

    def _refuse(self, why: Problem) -> None:
        """The configuration in place can't be used: the one before it goes on, and staff see that."""
        sys.stderr.write(f"{ProblemError(why)}\n")
        self._refused = why.number

    def _look_at_the_clock(self, _: float) -> None:
        now = datetime.now().astimezone()
        opened = is_open(self._settings.opening, now)
        if opened != self._open:
            self._open = opened
            self.terminal.send(OpeningChanged(opened))
            if not opened:
                self.terminal.sign_out()
        self.terminal.time_passed()
        if self._keeper.is_open:
            self._look_at_itself()

    # Keys: those of the window spell scans, those of the keypad drive. Nothing else ever sees a key.

    def _key(self, _: object, __: int, scancode: int, *___: object) -> bool:
        self._wedge.pressed(scancode)
        return True

    def _key_up(self, _: object, __: int, scancode: int, *___: object) -> bool:
        self._wedge.released(scancode)
        return True

    def _keypad_pressed(self, key: str) -> None:
        """A key of the keypad, from a thread of its own."""
        self.loop.call(partial(self._drive, key))

    def _drive(self, key: str) -> None:
        match keypad.wish(key):
            case "next":
                self.stage.move_focus(1)
            case "previous":
                self.stage.move_focus(-1)
            case "choose":
                self.stage.press_focus()
            case "choose_or_go_on":
                if not self.stage.press_focus():
                    self.stage.press_forward()
            case "read_aloud":
                self.terminal.send(EarTouched())
            case int(place):
                self.stage.press_answer(place)

    def _keyboard_moved(self, *_: object) -> None:
        """Another window took the keyboard, or it is back: staff see so, and it is asked for until it is."""
        self._look_at_itself()
        Clock.unschedule(self._take_keyboard)
        if not Window.focus:
            Clock.schedule_interval(self._take_keyboard, 1)

    def _take_keyboard(self, _: float) -> None:
        take_keyboard()

    def _heard(self, scan: Scan) -> None:
        """A scan from a thread of its own."""
        self.loop.call(partial(self.terminal.scanned, scan))


def theme_for(settings: Settings, dpi: int, shown: Shown, size: tuple[int, int]) -> Theme:
    """The look of one picture in a window of this size, on a panel with so many dots per inch."""
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


def _finder(device: str) -> "Callable[[], Held | None]":
    """Holds the keyboard that a setting names, "evdev:vendor:product", where it is plugged in."""
    from kiosk.devices.grabbing import grab

    _, vendor, product = device.split(":")
    return partial(grab, int(vendor, 16), int(product, 16))


def _dpi(settings: Settings) -> int:
    """Of the panel; the setting has the last word, because panels lie."""
    return settings.screen.dpi or dots_per_inch(screen_size(), told_dots_per_inch())


def _monotonic_ms() -> int:
    return time.monotonic_ns() // 1_000_000


def _later(milliseconds: int, call: Callable[[], None]) -> Callable[[], None]:
    event = Clock.schedule_once(lambda _: call(), milliseconds / 1000)
    return lambda: event.cancel()


def _find_clip(folders: Sequence[Path], text: str, language: str) -> Path | None:
    """The clip that signs a text: next to its prompt, in the language it is shown in."""
    return find_prompt(text, language, folders, ".zip") or find_prompt(text, "vi", folders, ".zip")


def _speaker(
    settings: Settings, folders: Sequence[Path], after: Callable[[int, Callable[[], None]], object]
) -> Speaker:
    from kiosk.devices.sound import SdlSpeaker

    return SdlSpeaker(load_sdl(), ASSETS / "sounds", folders, settings.volume, after)
