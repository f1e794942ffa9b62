"""How the terminal itself is: what staff see at a glance in the morning and on their screen. Pure."""

from datetime import datetime

from msgspec import Struct

from sync.contract.problem.table import KINDS
from sync.contract.problem.terminal import TERMINAL_CRASHED
from sync.host.usb_note import UsbJob

# Beyond this the times on responses mislead; the centre counts them on the right day as far as it knows,
# and somebody should know.
CLOCK_TOLERANCE_SECONDS = 120
# A crash is over when the terminal is back; a terminal that crashes again and again needs somebody.
MANY_CRASHES = 3
# A terminal that could not send for that long needs somebody to look at the network.
SENDING_TOLERANCE_HOURS = 24


class UsbCopy(Struct, frozen=True, kw_only=True):
    """A copy to a USB stick, asked for or finished `at`.

    job: of responses, or of logs. waits: it is under way. copied: responses that are on the stick; left:
    those for which it has no room. receipts: that came from the centre on it; release: the
    version of the software that did, "" none. problem: number of why it failed, "" none.
    """

    at: datetime
    job: UsbJob = "copy"
    waits: bool = False
    copied: int = 0
    left: int = 0
    receipts: int = 0
    release: str = ""
    problem: str = ""


class Facts(Struct, frozen=True, kw_only=True):
    """What is known now.

    scanner, sound: whether there is one. keyboard: whether what a scanner types reaches the window.
    keypad: whether the one that is set is there.
    storage: number of the problem in its way, "" none.
    unsent, unsent_since: responses without a receipt, and when the oldest ended. set_aside: for a person.
    last_sync: the last time the centre answered. clock_offset: seconds it is ahead of ours, None unknown.
    sync_problem: number of the agent's last problem. alarms: numbers of the outbox's.
    heard: when a scan was last heard since the start, None never.
    version: of the configuration in use, taken at `since`; 0 unknown.
    bundle: number of the problem for which a new configuration was refused, so that the one before it goes
    on, or for which it asks nothing here; "" none.
    language: number of the problem for which a language, or a part of it, is not shown; "" none.
    crashes: of the terminal's process in the last day.
    usb: the last copy to a USB stick, None where there was none.
    picture: number of the problem for which a picture or the colours of the office are not shown; "" none.
    wifi: whether this machine can be connected to Wi-Fi here.
    """

    scanner: bool = True
    keyboard: bool = True
    keypad: bool = True
    sound: bool = True
    storage: str = ""
    unsent: int = 0
    unsent_since: datetime | None = None
    set_aside: int = 0
    last_sync: datetime | None = None
    sync_problem: str = ""
    clock_offset: int | None = None
    alarms: tuple[str, ...] = ()
    heard: datetime | None = None
    version: int = 0
    since: datetime | None = None
    bundle: str = ""
    language: str = ""
    crashes: int = 0
    picture: str = ""
    usb: UsbCopy | None = None
    wifi: bool = False


def troubles(facts: Facts, now: datetime) -> tuple[str, ...]:
    """What is not well, in Vietnamese words of the interface; empty: everything is."""
    found = []
    if not (facts.scanner and facts.keyboard):
        found.append("Máy quét")
    if not facts.keypad:
        found.append("Bàn phím số")
    if not facts.sound:
        found.append("Âm thanh")
    if facts.clock_offset is not None and abs(facts.clock_offset) > CLOCK_TOLERANCE_SECONDS:
        found.append("Đồng hồ")
    if facts.storage or facts.alarms:
        found.append("Bộ nhớ")
    waiting = facts.unsent_since is not None and (now - facts.unsent_since).total_seconds() / 3600
    if facts.set_aside or waiting > SENDING_TOLERANCE_HOURS:
        found.append("Gửi dữ liệu")
    if facts.bundle or facts.language or facts.picture:
        found.append("Cấu hình")
    if facts.crashes >= MANY_CRASHES:
        found.append("Máy tự dừng")
    return tuple(found)


def advice(facts: Facts) -> str:
    """What happened and what to do about the worst problem there is, in Vietnamese; "" none."""
    worst_first = (
        facts.storage,
        *facts.alarms,
        facts.bundle,
        facts.language,
        facts.picture,
        TERMINAL_CRASHED.number if facts.crashes else "",
        facts.sync_problem,
    )
    for number in worst_first:
        if number in KINDS:
            kind = KINDS[number]
            return f"{number}: {kind.title}. {kind.remedy}."
    return ""
