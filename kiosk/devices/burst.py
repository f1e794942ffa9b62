"""A scan or single keys: a scanner that poses as a keyboard types fast and ends with Enter. Pure.

    key ──► key ──► key ──► Enter or Tab ──► silence of 60 ms ──► one scan
    key ──► silence of 150 ms ──► one key, pressed by a person

Keys within 150 ms of each other belong to one scan, whatever keys they are: no digit, Tab or Enter among them
does anything else. Only a key with a pause before and after it can be a person's. It need not be: a code
of one character, or a scanner slow enough, looks the same. So a scanner's single keys are dropped,
and only those of a device that kiosk.toml names as a keypad act.

Silence is what counts, and it counts only where somebody listened: `silent` is called for a time until which
a key would have been heard, never because a key was dealt with late. A machine that is busy for seconds in
the middle of a scan loses nothing of it.

Failure table:
    no end within 150 ms                           HALF; nothing for 3 characters (an elbow)
    keys within 60 ms after the end                TWO_AT_ONCE: two scanners, or a code of several lines
    more than 512 characters                       TOO_LONG
    a bar `|`, as on identity and health cards     IDENTITY_CARD, and the text is dropped at that key
    keys that the system lost                      HALF
After a refusal, or keys without an end, it is deaf until no key came for half a second: the rest of a broken
scan can look like a code of its own (`H26-260227-0004` is the end of `000.00.12.H26-260227-0004`). For the
same reason keys that follow a single key so soon are no scan. A key alone within 300 ms after a scan, such as
a late second line end, does nothing.

The text lives in `Burst.text` until the scan is reported or refused, and no longer; `repr` never shows it.
"""

import re
from typing import Literal

from msgspec import Struct

from kiosk.devices.scanner import Scan
from kiosk.devices.us_keyboard import UNKNOWN
from sync.contract.codes import SCAN_LIMIT, Refusal

GAP_MS = 150
# Two scanners that type within this of each other are told apart; it is part of every scan's latency.
SETTLE_MS = 60
STRAY_KEYS = 3
DEAF_MS = 500
LATE_END_MS = 300

# What a scanner types after a code: Enter, the line end of a code's own text, or Tab.
_ENDS = ("\r", "\n", "\t")
# `]Q1`, `]C0`: the kind of bar code (ISO/IEC 15424), which some scanners type before the text.
_AIM_IDENTIFIER = re.compile(r"\][A-Za-z][0-9A-Za-z]")


class Alone(Struct, frozen=True):
    """A key that a person pressed, by its name."""

    key: str


Reading = Scan | Alone


class Burst(Struct, frozen=True, kw_only=True):
    """The keys so far.

    keys: how many. key: the name of the only one. last_ms: when the last came, monotonic milliseconds.
    follows: a single key less than `DEAF_MS` before these, or a scan less than `LATE_END_MS` before.
    """

    phase: Literal["quiet", "typing", "settling", "deaf"] = "quiet"
    text: str = ""
    keys: int = 0
    key: str = ""
    last_ms: int = 0
    follows: Literal["nothing", "key", "scan"] = "nothing"

    def __repr__(self) -> str:
        return f"Burst({self.phase}, {len(self.text)} characters)"

    @property
    def due_ms(self) -> int | None:
        """When `silent` has to be called if no key comes; None: never."""
        match self.phase:
            case "quiet" if self.follows == "nothing":
                return None
            case "quiet" if self.follows == "scan":
                return self.last_ms + LATE_END_MS
            case "settling":
                return self.last_ms + SETTLE_MS
            case "quiet" | "deaf":
                return self.last_ms + DEAF_MS
            case "typing":
                return self.last_ms + GAP_MS + 1


QUIET = Burst()


def pressed(burst: Burst, text: str, key: str, now_ms: int) -> tuple[Burst, list[Reading]]:
    """The key of this name came, and typed `text`."""
    if burst.phase == "deaf":
        return Burst(phase="deaf", last_ms=now_ms), []
    is_end = text in _ENDS
    if burst.phase == "settling":
        return (burst, []) if is_end else _refuse(Refusal.TWO_AT_ONCE, now_ms)
    if is_end and burst.text:
        if burst.follows == "key":
            return _refuse(Refusal.HALF, now_ms)
        return Burst(phase="settling", text=burst.text, last_ms=now_ms), []
    text = burst.text if is_end else burst.text + text
    if "|" in text:
        return _refuse(Refusal.IDENTITY_CARD, now_ms)
    if len(text) > SCAN_LIMIT:
        return _refuse(Refusal.TOO_LONG, now_ms)
    typing = Burst(
        phase="typing",
        text=text,
        keys=burst.keys + 1,
        key="" if burst.keys else key,
        last_ms=now_ms,
        follows=burst.follows,
    )
    return typing, []


def lost(now_ms: int) -> tuple[Burst, list[Reading]]:
    """The system says that it lost keys: what came before and after them is no code."""
    return _refuse(Refusal.HALF, now_ms)


def silent(burst: Burst, until_ms: int) -> tuple[Burst, list[Reading]]:
    """No key came until then: one would have been heard."""
    told: list[Reading] = []
    while (due_ms := burst.due_ms) is not None and due_ms <= until_ms:
        burst, more = _decided(burst)
        told += more
    return burst, told


def _decided(burst: Burst) -> tuple[Burst, list[Reading]]:
    """What the silence after the last key has decided."""
    if burst.phase == "settling":
        text = _AIM_IDENTIFIER.sub("", burst.text, 1) if burst.text.startswith("]") else burst.text
        return Burst(last_ms=burst.last_ms, follows="scan"), [text]
    if burst.phase != "typing":
        return QUIET, []
    if burst.keys == 1 and burst.follows != "scan":
        return Burst(last_ms=burst.last_ms, follows="key"), [Alone(burst.key)]
    is_half = len(burst.text.replace(UNKNOWN, "")) > STRAY_KEYS
    half: list[Reading] = [Refusal.HALF] if is_half else []
    return Burst(phase="deaf", last_ms=burst.last_ms), half


def _refuse(reason: Refusal, now_ms: int) -> tuple[Burst, list[Reading]]:
    return Burst(phase="deaf", last_ms=now_ms), [reason]
