"""agent.toml: where the outbox is, and what this device can't learn from its enrolment code."""

from pathlib import Path
from urllib.parse import urlsplit

from msgspec import Struct

from sync.contract.address import check_encrypted
from sync.contract.files import read_toml
from sync.contract.problem import ProblemError
from sync.contract.problem.files import ENTRY_INVALID
from sync.contract.text import Id


class AgentSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """All settings of the agent. Paths are absolute once loaded; in the file, from the folder it is in.

    centre: address of the centre, such as https://hailong.example.vn; needed only where the enrolment
        code names none
    device: this device's id in the catalogue; empty: the id that the centre gave to the code. If it is set,
        a code for another device is refused
    outbox: folder of the outbox, written by the kiosk
    folder: folder of the agent's own files: receipts and lock
    bundle: where the kiosk reads its configuration; empty: the agent fetches none
    updates: folder of the helper that takes releases of the software; empty: the agent fetches none
    ca: a PEM file with the only certificate authority to trust; empty: those of the system
    plain_http: allow http:// to another machine than this one (a closed network only)
    poll_seconds: how often to look for new responses
    heartbeat_seconds: how often, at least, to report this device's state to the centre and look for a new
        configuration
    silence_seconds: after how long without an answer to a heartbeat, or without the newest configuration,
        that is shown as a problem
    timeout_seconds: how long to wait for a connection, for the line to take a piece, for an answer to begin,
        and for it to end; the end may take longer at 500 bytes a second and more
    """

    outbox: str
    folder: str
    centre: str = ""
    device: Id = ""
    bundle: str = ""
    updates: str = ""
    ca: str = ""
    plain_http: bool = False
    poll_seconds: float = 1.0
    heartbeat_seconds: float = 60.0
    timeout_seconds: float = 30.0
    silence_seconds: float = 3600.0


def load_settings(path: Path) -> AgentSettings:
    """The settings in `path`; raises ProblemError HL1001 … HL1003, or HL4101 for plain HTTP to elsewhere."""
    settings = read_toml(path, AgentSettings)
    address = urlsplit(settings.centre)
    if settings.centre and (address.scheme not in ("http", "https") or not address.hostname):
        raise ProblemError(ENTRY_INVALID(where=f"{path}: centre", detail="không phải địa chỉ http(s)"))
    check_encrypted(settings.centre, f"{path}: centre", plain_http=settings.plain_http)
    for name in ("poll_seconds", "heartbeat_seconds", "timeout_seconds"):
        if getattr(settings, name) <= 0:
            raise ProblemError(ENTRY_INVALID(where=f"{path}: {name}", detail="phải lớn hơn 0"))
    base = path.resolve().parent
    return AgentSettings(
        centre=settings.centre.rstrip("/"),
        device=settings.device,
        outbox=str(base / settings.outbox),
        folder=str(base / settings.folder),
        bundle=str(base / settings.bundle) if settings.bundle else "",
        updates=str(base / settings.updates) if settings.updates else "",
        ca=str(base / settings.ca) if settings.ca else "",
        plain_http=settings.plain_http,
        poll_seconds=settings.poll_seconds,
        heartbeat_seconds=settings.heartbeat_seconds,
        timeout_seconds=settings.timeout_seconds,
        silence_seconds=settings.silence_seconds,
    )
