"""`hailong-agent logs`: what a technician needs of this device, as one small text.

Promises:
- no word of any citizen, no code and no name is in it, whatever a program of ours wrote to the journal: of
  our own lines only what is known beforehand is copied (a problem's number, its title and place, the places
  of a traceback and the type of its exception); of everything else, how long it was;
- it has at most `LONGEST` bytes, and the newest lines are kept.

Journals are in memory on a terminal (deploy/tablet/etc/systemd/journald.conf.d): a power cut ends them.
"""

import platform
import re
import subprocess
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from sync.contract.details import ENGLISH
from sync.contract.plan import VIET_NAM
from sync.contract.problem.table import KINDS

LONGEST = 200_000  # bytes
LINES = 5_000  # of the journal
JOURNAL = (
    "journalctl", "--no-pager", "--quiet", "--output=json", f"--lines={LINES}",
    "--output-fields=MESSAGE,SYSLOG_IDENTIFIER,UNIT,_SYSTEMD_UNIT",
    "--unit=hailong-*",
)  # fmt: skip
SERVICES = ("systemctl", "list-units", "--all", "--plain", "--no-legend", "--no-pager", "hailong-*")

_PROBLEM = re.compile(r"(?P<number>HL\d{4})(?: \[(?P<where>[^\]]*)\])?")
_DETAIL = re.compile(r"\(([^()]*)\)")
_PLACE = re.compile(r'  File "[\w/.<>-]+", line \d+, in [\w<>]+', re.ASCII)
_RAISED = re.compile(r"(?:\w+\.)*\w*(?:Error|Exception|Interrupt|Exit)(?=:|\Z)", re.ASCII)
_TECHNICAL = re.compile(r"[\w./:=@-]{1,120}", re.ASCII)

# A command -> what it printed; "" where it can't be run.
Output = Callable[[Sequence[str]], str]


def output(command: Sequence[str]) -> str:
    """What a command prints."""
    try:
        ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return ended.stdout


def logs(version: str, status: Iterable[str], now: datetime, run: Output = output) -> str:
    """The whole text. version: of this program. status: the lines of `hailong-agent status`."""
    head = [
        f"Hài Lòng {version}, {now.astimezone(VIET_NAM):%d/%m/%Y %H:%M}",
        f"{platform.system()} {platform.release()} {platform.machine()}, Python {platform.python_version()}",
        "",
        *status,
        "",
        *(run(SERVICES).splitlines() or ["không hỏi được systemd"]),
        "",
    ]
    journal = [shareable(entry) for entry in _entries(run(JOURNAL))]
    return _newest("\n".join(head), journal or ["không đọc được nhật ký: chạy lệnh này bằng root"])


def shareable(entry: dict[str, Any]) -> str:
    """One entry of the journal, without anything that a citizen could have written."""
    message = entry.get("MESSAGE")
    said = message if isinstance(message, str) else ""
    unit = str(entry.get("UNIT") or entry.get("_SYSTEMD_UNIT") or "?")
    own = entry.get("SYSLOG_IDENTIFIER") != "systemd"
    return f"{_moment(entry)} {unit}: {_known(said) if own else said}"


def _known(said: str) -> str:
    """What may be copied of a line that one of our programs wrote."""
    if problem := _PROBLEM.match(said):
        return _problem(problem, said)
    if said == "Traceback (most recent call last):" or _PLACE.fullmatch(said):
        return said
    if raised := _RAISED.match(said):
        return raised.group()
    return f"({len(said)} ký tự)"


def _problem(found: re.Match[str], said: str) -> str:
    kind = KINDS.get(found["number"])
    where = found["where"] or ""
    details = [detail for detail in _DETAIL.findall(said) if detail in ENGLISH]
    parts = [
        found["number"],
        f"[{where}]" if _TECHNICAL.fullmatch(where) else "",
        kind.title if kind else "",
        f"({details[0]})" if details else "",
    ]
    return " ".join(part for part in parts if part)


def _entries(printed: str) -> Iterable[dict[str, Any]]:
    for line in printed.splitlines():
        try:
            yield msgspec.json.decode(line, type=dict[str, Any])
        except msgspec.DecodeError:
            continue  # half a line of a journal that was cut off


def _moment(entry: dict[str, Any]) -> str:
    microseconds = str(entry.get("__REALTIME_TIMESTAMP", ""))
    if not microseconds.isdecimal():
        return "?"
    return f"{datetime.fromtimestamp(int(microseconds) / 1e6, UTC).astimezone(VIET_NAM):%d/%m %H:%M:%S}"


def _newest(head: str, lines: Sequence[str]) -> str:
    """Head and lines within `LONGEST` bytes; where that is too much, the oldest lines are left out."""
    room = LONGEST - len(head.encode()) - 1
    kept: list[str] = []
    for line in reversed(lines):
        room -= len(line.encode()) + 1
        if room < 0:
            break
        kept.append(line)
    return "\n".join([head, *reversed(kept)]) + "\n"
