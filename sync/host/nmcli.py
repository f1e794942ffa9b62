"""NetworkManager through its command `nmcli`: which Wi-Fi networks there are, and connecting to one.

    python -m kiosk wifi        answers one question on standard input, see `sync/host/wifi.py`

The password goes to nmcli's standard input, because every user can read a command line. NetworkManager keeps
it in a file of root's, as it does for every connection. A Wi-Fi connection of this name is deleted first, so
that an earlier wrong password is not tried again; a wired one of the same name stays.
"""

import re
import subprocess
from collections.abc import Callable

from msgspec import Struct

from sync.contract.problem import Problem
from sync.contract.problem.terminal import (
    WIFI_MISSING,
    WIFI_NETWORK_GONE,
    WIFI_NETWORK_REFUSED,
    WIFI_PASSWORD_WRONG,
)
from sync.host.wifi import Answer, Connect, Look, Question, WifiNetwork

MOST = 40  # networks in one answer
PATIENCE = 50  # seconds for one command

_NOT_RUNNING, _NOT_THERE = 8, 10  # exit codes of nmcli(1)
_FIELD = re.compile(r"(?:[^\\:]|\\.)*")


class Done(Struct, frozen=True):
    """How a command ended."""

    code: int
    out: str = ""
    said: str = ""


# (arguments, standard input) -> how it ended
Run = Callable[[tuple[str, ...], str], Done]


def run(arguments: tuple[str, ...], given: str = "") -> Done:
    """Run nmcli; one that is not installed, or does not end, is the same as NetworkManager not running."""
    try:
        ended = subprocess.run(
            ("nmcli", *arguments),
            input=given,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"},
        )
    except (OSError, subprocess.TimeoutExpired):
        return Done(_NOT_RUNNING)
    return Done(ended.returncode, ended.stdout, ended.stderr)


def reply(question: Question, run: Run = run) -> Answer:
    """The answer to one question of the kiosk."""
    match question:
        case Look():
            return _look(run)
        case Connect(name, password):
            return Answer(problem=_connect(name, password, run))


def _look(run: Run) -> Answer:
    devices = run(("-t", "-f", "TYPE", "device"), "")
    if devices.code or "wifi" not in devices.out.split():
        return Answer(problem=WIFI_MISSING())
    run(("radio", "wifi", "on"), "")
    fields = "IN-USE,SIGNAL,SECURITY,SSID"
    seen = run(("-t", "-e", "yes", "-f", fields, "device", "wifi", "list", "--rescan", "yes"), "")
    if seen.code:
        return Answer(problem=WIFI_MISSING())
    return Answer(networks=networks(seen.out))


def _connect(name: str, password: str, run: Run) -> Problem | None:
    _forget(name, run)
    secret = f"{password}\n" if password else ""
    asking = ("--ask",) if password else ()
    ended = run((*asking, "--wait", "45", "device", "wifi", "connect", name), secret)
    if ended.code == 0:
        return None
    _forget(name, run)
    return why(ended)


def _forget(name: str, run: Run) -> None:
    """Delete the Wi-Fi connections of this name."""
    known = run(("-t", "-e", "yes", "-f", "UUID,TYPE,NAME", "connection", "show"), "")
    for line in known.out.splitlines():
        match _fields(line):
            case [uuid, "802-11-wireless", found] if found == name:
                run(("connection", "delete", "uuid", uuid), "")


def why(ended: Done) -> Problem:
    """What went wrong, by what nmcli said; its words are not passed on."""
    if ended.code == _NOT_RUNNING:
        return WIFI_MISSING()
    if ended.code == _NOT_THERE or "could not be found" in ended.said:
        return WIFI_NETWORK_GONE()
    if "Secrets were required" in ended.said or "802-11-wireless-security" in ended.said:
        return WIFI_PASSWORD_WRONG()
    return WIFI_NETWORK_REFUSED()


def networks(listed: str) -> tuple[WifiNetwork, ...]:
    """What `nmcli -t` listed: each name once, the one in use first, then by strength.

    Networks without a name, and those that want more than a password (802.1X), are left out.
    """
    strongest: dict[str, tuple[bool, int, bool]] = {}
    for line in listed.splitlines():
        fields = _fields(line)
        if len(fields) != 4 or not fields[1].isdecimal():
            continue
        used, signal, security, name = fields
        if name.strip() in ("", "--") or "802.1X" in security:
            continue
        here, known, _ = strongest.get(name, (False, -1, False))
        secured = security not in ("", "--")
        strongest[name] = (here or used == "*", max(known, int(signal)), secured)
    ordered = sorted(strongest.items(), key=lambda item: (not item[1][0], -item[1][1], item[0]))
    return tuple(
        WifiNetwork(name=name, bars=bars(signal), secured=secured, connected=used)
        for name, (used, signal, secured) in ordered[:MOST]
    )


def bars(signal: int) -> int:
    """A strength of 0 to 100 as nmcli shows it, in bars."""
    return sum(signal > limit for limit in (5, 30, 55, 80))


def _fields(line: str) -> list[str]:
    """The fields of one line of `nmcli -t`: a colon or backslash within one is escaped."""
    found, at = [], 0
    while True:
        field = _FIELD.match(line, at)
        assert field is not None  # it matches nothing, too
        found.append(re.sub(r"\\(.)", r"\1", field.group()))
        at = field.end() + 1
        if at > len(line):
            return found
