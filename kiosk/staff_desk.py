"""The staff screen as a pure state machine: (desk, event, now) -> desk, effects.

    closed ──"Cán bộ"──► lock ──PIN or badge──► home ──► tools ──► Wi-Fi
       ▲                  │                      │
       │                  │                      ├──► tag by hand, void
       └──────────────────┴───── 60 s, "Xong", or a handover ◄┘

Promises: nothing of it opens without a PIN or a badge; a wrong PIN makes the next try wait longer, also after
the screen was closed, a badge was shown or the terminal was started again; a try counts before its PIN is
compared; it leaves by itself; no answer of any citizen is to be seen on it.
"""

from typing import Final, Literal

from msgspec import Struct
from msgspec.structs import replace

from kiosk.events import Now
from kiosk.staff import Tries
from kiosk.wireless import Wireless, WirelessEvent, begin
from kiosk.wireless import step as step_wireless
from sync.host.wifi import Question

Page = Literal["closed", "lock", "home", "tools", "tag", "void", "wifi"]
OF_FACTS: Final = ("home", "tools")
"""The pages that say how the terminal is."""

# What one touch does at once.
Deed = Literal["sign_out", "sound", "language", "assist", "wipe", "restart", "usb", "logs"]

PIN_LENGTH = 12  # digits at most
TOLD_FOR_MS = 120_000
"""How long what was said while the screen was closed is of interest to the officer who opens it."""

VOID_REASONS = ("Quét nhầm thẻ", "Công dân đã rời quầy", "Thử máy")


class Desk(Struct, frozen=True, kw_only=True):
    """What the staff screen shows.

    pin: digits typed so far. wanted: what is looked for among the procedures. tries: wrong PINs so far.
    recent: codes tagged by hand, newest first. message: a word about what was just done.
    wireless: the way into a Wi-Fi network, while its page is open.
    told: the last message while it was closed, and when (monotonic): the glass showed it as a sign alone.
    """

    page: Page = "closed"
    pin: str = ""
    wanted: str = ""
    message: str = ""
    told: tuple[str, int] = ("", 0)
    tries: Tries = Tries()
    recent: tuple[str, ...] = ()
    wireless: Wireless = Wireless()
    token: int = 0


# --- events ------------------------------------------------------------------------------------------


class StaffWanted(Struct, frozen=True):
    """The button "Cán bộ"."""


class DeskLeft(Struct, frozen=True):
    """Staff are done, or a visit begins."""


class DeskTouched(Struct, frozen=True):
    """A finger somewhere on the staff screen."""


class DeskTimeout(Struct, frozen=True):
    """Nobody touched it for long."""

    token: int


class Digit(Struct, frozen=True):
    """One digit of the PIN."""

    digit: str


class Erased(Struct, frozen=True):
    """The last digit again."""


class PinEntered(Struct, frozen=True):
    """The PIN is whole."""


class PinChecked(Struct, frozen=True):
    """Whether it was right."""

    right: bool


class BadgeShown(Struct, frozen=True):
    """A valid badge was scanned."""


class DeskTold(Struct, frozen=True):
    """A short word about a scan, such as why it was refused."""

    text: str


class CameraWanted(Struct, frozen=True):
    """Scan with the tablet's camera: a badge, a procedure card or a dossier code."""


class PageWanted(Struct, frozen=True):
    """Another page of the staff screen."""

    page: Page


class Looked(Struct, frozen=True):
    """The text to look for among the procedures."""

    text: str


class ProcedureChosen(Struct, frozen=True):
    """A handover tagged by hand; None: of an unknown procedure."""

    code: str | None


class Did(Struct, frozen=True):
    """One of the things a touch does at once."""

    what: Deed


class VoidChosen(Struct, frozen=True):
    """The visit at hand has a wrong tag, for this reason."""

    reason: str


DeskEvent = (
    StaffWanted
    | DeskLeft
    | DeskTouched
    | DeskTimeout
    | Digit
    | Erased
    | PinEntered
    | PinChecked
    | BadgeShown
    | DeskTold
    | CameraWanted
    | PageWanted
    | Looked
    | ProcedureChosen
    | Did
    | VoidChosen
    | WirelessEvent
)


# --- effects -----------------------------------------------------------------------------------------


class CheckPin(Struct, frozen=True):
    """Keep `tries`, this one among them; only then compare with the hash in the settings: `PinChecked`."""

    pin: str
    tries: Tries


class KeepTries(Struct, frozen=True):
    """Keep them, for the PIN was right."""

    tries: Tries


class TagByHand(Struct, frozen=True):
    """Accept a handover of this procedure; None: unknown."""

    code: str | None


class Do(Struct, frozen=True):
    """What a touch does at once: sign out, play a sound, turn the language, note that an officer helps with
    this visit, wipe the glass, restart, or copy responses or logs to a USB stick.
    """

    what: Deed


class VoidVisit(Struct, frozen=True):
    """Void the visit at hand."""

    reason: str


class LookWithCamera(Struct, frozen=True):
    """Switch the camera on until it has read one code."""


class AskWifi(Struct, frozen=True):
    """Ask the helper for Wi-Fi: `WifiAnswered`."""

    question: Question


class CloseAfter(Struct, frozen=True):
    """Send `DeskTimeout(token)` after that many milliseconds."""

    milliseconds: int
    token: int


DeskEffect = CheckPin | KeepTries | TagByHand | Do | VoidVisit | LookWithCamera | AskWifi | CloseAfter

_MESSAGES = {"sign_out": "Đã rời quầy", "sound": "Đã phát âm thanh thử"}


def step(desk: Desk, event: DeskEvent, now: Now, seconds: int) -> tuple[Desk, tuple[DeskEffect, ...]]:
    """What `event` makes of the desk, which closes itself after `seconds` without touch."""
    if isinstance(event, StaffWanted):
        if desk.page != "closed":
            return desk, ()
        opened = replace(_closed(desk), page="lock", message=_just_told(desk, now), told=desk.told)
        return _stay(opened, seconds)
    if desk.page == "closed":
        return _keep_told(desk, event, now), ()
    if isinstance(event, DeskTimeout):
        return (_closed(desk), ()) if event.token == desk.token else (desk, ())
    if isinstance(event, DeskLeft):
        return _closed(desk), ()
    if isinstance(event, DeskTold):
        return replace(desk, message=event.text), ()
    changed, effects = _at_lock(desk, event, now) if desk.page == "lock" else _inside(desk, event)
    if changed.page == "closed":
        return changed, effects
    changed, waiting = _stay(changed, seconds)
    return changed, (*effects, *waiting)


def _at_lock(desk: Desk, event: DeskEvent, now: Now) -> tuple[Desk, tuple[DeskEffect, ...]]:
    match event:
        case Digit(digit) if digit.isdecimal() and len(digit) == 1 and len(desk.pin) < PIN_LENGTH:
            return replace(desk, pin=desk.pin + digit, message=""), ()
        case Erased():
            return replace(desk, pin=desk.pin[:-1]), ()
        case PinEntered() if desk.pin:
            wait = desk.tries.waits(now.monotonic_ms)
            if wait:
                return replace(desk, pin="", message=f"Xin đợi {wait} giây"), ()
            tries = desk.tries.failed(now.monotonic_ms)
            return replace(desk, pin="", tries=tries), (CheckPin(desk.pin, tries),)
        case PinChecked(right):
            if right:
                home = replace(desk, page="home", message=_just_told(desk, now), tries=Tries())
                return home, (KeepTries(Tries()),)
            return replace(desk, message="Mã PIN không đúng"), ()
        case CameraWanted():
            return replace(desk, message="Đưa mã vào trước máy ảnh"), (LookWithCamera(),)
        case BadgeShown():
            return replace(desk, page="home", pin="", message=""), ()
        case _:
            return desk, ()


def _inside(desk: Desk, event: DeskEvent) -> tuple[Desk, tuple[DeskEffect, ...]]:
    match event:
        case PageWanted("home" | "tools" | "tag" | "void" as page):
            return replace(desk, page=page, wanted="", message=""), ()
        case PageWanted("wifi"):
            wireless, question = begin()
            return replace(desk, page="wifi", message="", wireless=wireless), (AskWifi(question),)
        case _ if desk.page == "wifi" and isinstance(event, WirelessEvent):
            return _in_wireless(desk, event)
        case Looked(text):
            return replace(desk, wanted=text), ()
        case ProcedureChosen(code) if desk.page == "tag":
            recent = (code, *(known for known in desk.recent if known != code))[:8] if code else desk.recent
            return replace(_closed(desk), recent=recent), (TagByHand(code),)
        case VoidChosen(reason) if desk.page == "void" and reason in VOID_REASONS:
            return _closed(desk), (VoidVisit(reason),)
        case Did("assist" | "wipe" | "restart" as what):
            return _closed(desk), (Do(what),)
        case Did(what):
            return replace(desk, message=_MESSAGES.get(what, "")), (Do(what),)
        case _:
            return desk, ()


def _in_wireless(desk: Desk, event: WirelessEvent) -> tuple[Desk, tuple[DeskEffect, ...]]:
    wireless, question = step_wireless(desk.wireless, event)
    if wireless is None:
        return replace(desk, page="tools", wireless=Wireless()), ()
    return replace(desk, wireless=wireless), (AskWifi(question),) if question else ()


def _keep_told(desk: Desk, event: DeskEvent, now: Now) -> Desk:
    return replace(desk, told=(event.text, now.monotonic_ms)) if isinstance(event, DeskTold) else desk


def _just_told(desk: Desk, now: Now) -> str:
    text, at_ms = desk.told
    return text if now.monotonic_ms - at_ms <= TOLD_FOR_MS else ""


def _closed(desk: Desk) -> Desk:
    """Nothing of what was typed stays; how often it was wrong does."""
    return Desk(tries=desk.tries, recent=desk.recent, token=desk.token + 1)


def _stay(desk: Desk, seconds: int) -> tuple[Desk, tuple[DeskEffect, ...]]:
    token = desk.token + 1
    return replace(desk, token=token), (CloseAfter(seconds * 1000, token),)
