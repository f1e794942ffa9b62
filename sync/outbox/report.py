"""What the terminal reports about itself: a file in the outbox folder that the agent reads.

    <outbox>/terminal.json    written by the kiosk, whole, and only when something changes

The kiosk and the agent are two users of the system: each only writes its own folder.
"""

from datetime import datetime
from pathlib import Path

import msgspec
from msgspec import Struct

from sync.contract.response import Count
from sync.host.secret_file import write_secret

FILE = "terminal.json"


class TerminalReport(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The configuration that the terminal serves with.

    bundle: its version; since: when it was taken. refused: the version of a newer one that it could not use,
    0 if none; refused_problem, refused_where: the number of the reason, and its place.
    crashes: how often the terminal ended unexpectedly in the last day.
    """

    bundle: Count = 0
    since: datetime | None = None
    refused: Count = 0
    refused_problem: str = ""
    refused_where: str = ""
    crashes: Count = 0


def read_report(outbox: Path) -> TerminalReport | None:
    """The terminal's last report; None if there is none, or it can't be read."""
    try:
        return msgspec.json.decode((outbox / FILE).read_bytes(), type=TerminalReport)
    except (OSError, msgspec.DecodeError):
        return None


def write_report(outbox: Path, report: TerminalReport) -> None:
    """Replace the terminal's report, readable by the group of the folder; raises OSError."""
    write_secret(outbox / FILE, msgspec.json.encode(report), mode=0o640)
