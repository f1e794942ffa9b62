"""Telling a scan from keys: a scanner that poses as a keyboard types fast and ends with Enter. Pure.

    key ──► key ──► key ──► Enter ──► quiet for `settle_ms` ──► one scan

A scan is whole when its keys came within 100 ms of each other, all within 2 s, and Enter followed. It is
kept back for a moment after Enter: if more keys follow, two scanners were typing at once, and what looks
like one code may be parts of two.

Failure table:
    no Enter within 100 ms                         HALF, nothing for fewer than 4 keys (somebody's elbow)
    keys within `settle_ms` after Enter            TWO_AT_ONCE
    more than 512 characters, or longer than 2 s   TOO_LONG
    a bar `|`, as on identity and health cards     IDENTITY_CARD, and the text is dropped at that key
After a refusal, or keys without Enter, it is deaf until no key came for half a second: the rest of a broken
scan can look like a code of its own (`H26-260227-0004` is the end of `000.00.12.H26-260227-0004`).

The text lives in `Burst.text` until the scan is told or refused, and no longer; `repr` never shows it.
"""

from typing import Literal

from msgspec import Struct

from kiosk.devices.scanner import Scan
from sync.contract.codes import SCAN_LIMIT, Refusal

GAP_MS = 100
WHOLE_MS = 2000
# Two scanners that type within this of each other are told apart; it is part of every scan's latency.
SETTLE_MS = 60
STRAY_KEYS = 3
DEAF_MS = 500


class Burst(Struct, frozen=True):
    """The keys so far. Times are monotonic milliseconds."""

    phase: Literal["quiet", "typing", "settling", "deaf"] = "quiet"
    text: str = ""
    began_ms: int = 0
    last_ms: int = 0

    def __repr__(self) -> str:
        return f"Burst({self.phase}, {len(self.text)} characters)"

    def due_ms(self, settle_ms: int = SETTLE_MS) -> int | None:
        """When `passed` has to be called if no key comes; None: never."""
        match self.phase:
            case "quiet":
                return None
            case "settling":
                return self.last_ms + settle_ms
            case "deaf":
                return self.last_ms + DEAF_MS
            case "typing":
                return self.last_ms + GAP_MS + 1


QUIET = Burst()


def typed(burst: Burst, text: str, now_ms: int, settle_ms: int = SETTLE_MS) -> tuple[Burst, list[Scan]]:
    """A key (or several) that gave `text`."""
    burst, told = _catch_up(burst, now_ms, settle_ms)
    if burst.phase == "deaf":
        return Burst("deaf", last_ms=now_ms), told
    if burst.phase == "settling":
        return _refuse(Refusal.TWO_AT_ONCE, now_ms, told)
    began_ms = burst.began_ms if burst.phase == "typing" else now_ms
    text = burst.text + text
    if "|" in text:
        return _refuse(Refusal.IDENTITY_CARD, now_ms, told)
    if len(text) > SCAN_LIMIT or now_ms - began_ms > WHOLE_MS:
        return _refuse(Refusal.TOO_LONG, now_ms, told)
    return Burst("typing", text, began_ms, now_ms), told


def entered(burst: Burst, now_ms: int, settle_ms: int = SETTLE_MS) -> tuple[Burst, list[Scan]]:
    """The Enter key. A second one right after the first is a scanner's own line end."""
    burst, told = _catch_up(burst, now_ms, settle_ms)
    if burst.phase == "deaf":
        return Burst("deaf", last_ms=now_ms), told
    if burst.phase != "typing":
        return burst, told
    if now_ms - burst.began_ms > WHOLE_MS:
        return _refuse(Refusal.TOO_LONG, now_ms, told)
    if settle_ms == 0:
        return QUIET, [*told, burst.text]
    return Burst("settling", burst.text, burst.began_ms, now_ms), told


def passed(burst: Burst, now_ms: int, settle_ms: int = SETTLE_MS) -> tuple[Burst, list[Scan]]:
    """No key until now."""
    return _catch_up(burst, now_ms, settle_ms)


def _catch_up(burst: Burst, now_ms: int, settle_ms: int) -> tuple[Burst, list[Scan]]:
    """What the silence since the last key has decided."""
    due_ms = burst.due_ms(settle_ms)
    if due_ms is None or now_ms < due_ms:
        return burst, []
    if burst.phase == "settling":
        return QUIET, [burst.text]
    if burst.phase == "typing" and now_ms < burst.last_ms + DEAF_MS:
        told: list[Scan] = [Refusal.HALF] if len(burst.text) > STRAY_KEYS else []
        return Burst("deaf", last_ms=burst.last_ms), told
    if burst.phase == "typing" and len(burst.text) > STRAY_KEYS:
        return QUIET, [Refusal.HALF]
    return QUIET, []


def _refuse(reason: Refusal, now_ms: int, told: list[Scan]) -> tuple[Burst, list[Scan]]:
    return Burst("deaf", last_ms=now_ms), [*told, reason]
