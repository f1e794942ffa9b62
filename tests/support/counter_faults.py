"""What a machine at a counter bears: no screen, one that dies or hangs, no configuration, an idle hour."""

import re
import time
from datetime import datetime
from pathlib import Path

from rich.console import Console

from tests.support.booted import Booted
from tests.support.counter import Counter
from tests.support.office import until

KILLED, HUNG = 5.0, 40.0
"""Seconds after which the picture is there again, at most."""
IDLE = 180.0
"""Seconds of an idle machine that are looked at; what comes once an hour is made to come in them."""
AFTERWARDS = 75.0
"""Seconds after which what was started has found its rest: what it does each minute, it has done once. Who
first reads a file that was just written sets its time of access, and counts as who wrote that."""
CENTRE = ("var/lib/hailong/central", "var/lib/caddy")
"""What the centre writes, which is on the same machine here."""
TIMERS = " ".join(f"hailong-central-{name}.timer" for name in ("backup", "check", "purge", "tick"))


def borne(machine: Booted, console: Console) -> None:
    """All of it; raises at the first that isn't borne."""
    counter = Counter(machine)
    killed_screen(counter, console)
    hung_screen(counter, console)
    missing_screen(counter)
    missing_configuration(counter)
    idle_hour(counter, console)


def killed_screen(counter: Counter, console: Console) -> None:
    """Xorg is killed: the fastest of three counts, because this machine has other work, too."""
    took = [counter.until_idle_after("kill -KILL $(pidof Xorg)") for _ in range(3)]
    console.print(
        f"Xorg killed: picture after {', '.join(f'{each:.1f}' for each in took)} s", highlight=False
    )
    assert min(took) <= KILLED


def hung_screen(counter: Counter, console: Console) -> None:
    """Xorg answers nobody any more."""
    took = counter.until_idle_after("kill -STOP $(pidof Xorg)", 2 * HUNG)
    console.print(f"Xorg hung: picture after {took:.1f} s", highlight=False)
    assert took <= HUNG


def missing_screen(counter: Counter) -> None:
    """The terminal's unit is not active and says so; the screen comes, and the terminal by itself."""
    counter.machine.run("systemctl stop hailong-display")

    def said() -> bool:
        state = counter.state("hailong-kiosk")
        return state["ActiveState"] != "active" and "HL2010" in state["StatusText"]

    until(said, "HL2010 in the status")
    before = counter.pictures()
    counter.machine.run("systemctl start hailong-display")
    counter.until_idle(before)


def missing_configuration(counter: Counter) -> None:
    """The glass says so, and nothing is started again and again."""
    counter.machine.run(
        "systemctl stop hailong-agent\nmv /var/lib/hailong/agent/bundle /var/lib/hailong/agent/away\n"
        "systemctl restart hailong-kiosk"
    )
    until(lambda: counter.shown().screen == "UnconfiguredView", "a word on the glass")
    until(lambda: counter.state("hailong-kiosk")["ActiveState"] == "active", "the terminal")
    assert counter.state("hailong-kiosk")["NRestarts"] == "0"
    before = counter.pictures()
    counter.machine.run("mv /var/lib/hailong/agent/away /var/lib/hailong/agent/bundle")
    counter.until_idle(before)
    assert counter.state("hailong-kiosk")["NRestarts"] == "0"
    counter.machine.run("systemctl start hailong-agent")
    counter.settle()


def written(counter: Counter, since: float) -> list[str]:
    """Files and folders of the machine's disk that were changed since then (seconds since 1970)."""
    moment = datetime.fromtimestamp(since).astimezone().isoformat()
    skipped = " ".join(f"-path /{folder} -prune -o" for folder in CENTRE)
    changed = f"-newerct '{moment}'"
    on_disk = "-exec sh -c '! mountpoint -q \"$0\"' {} ';'"
    return counter.machine.run(f"find / -xdev {skipped} {changed} {on_disk} -print").splitlines()


def bytes_written(counter: Counter) -> dict[str, int]:
    """Of each process of the terminal: what it has given to a disk, in bytes (proc(5))."""
    given = {}
    for unit in ("hailong-kiosk", "hailong-agent", "hailong-display"):
        pid = counter.machine.run(f"systemctl show -p MainPID --value {unit}").strip()
        said = Path(f"{counter.inside}/proc/{pid}/io").read_text("ascii")
        (number,) = re.findall(r"^write_bytes: (\d+)$", said, re.MULTILINE)
        given[unit] = int(number)
    return given


def idle_hour(counter: Counter, console: Console) -> None:
    """Nobody comes, and nothing is written; the service of the hourly timer runs in between."""
    # After the restart of the guide the journal is in memory. The centre's timers, which leave marks of
    # their own, are on this machine only here.
    # The helper of updates notes once, when it first runs, what is on the disk.
    counter.machine.run(
        f"systemctl restart systemd-journald\nsystemctl stop {TIMERS}\nsystemctl start hailong-update"
    )
    time.sleep(AFTERWARDS)
    began, before = time.time(), bytes_written(counter)
    time.sleep(IDLE / 2)
    counter.machine.run("systemctl start hailong-update")
    time.sleep(IDLE / 2)
    after, changed = bytes_written(counter), written(counter, began)
    counter.machine.run(f"systemctl start {TIMERS}")
    given = {unit: after[unit] - before[unit] for unit in after}
    console.print(f"{IDLE / 60:g} idle minutes: {given} bytes; changed: {changed}", highlight=False)
    assert changed == []
    assert set(given.values()) == {0}
