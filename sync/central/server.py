"""The centre as a process: granian, with one worker over SQLite and as many as wanted over PostgreSQL."""

from datetime import datetime
from functools import partial
from pathlib import Path

from granian import Granian
from granian.constants import Interfaces

from sync.central.app import build_app
from sync.central.centre import Centre
from sync.central.database import open_database
from sync.central.keys import load_keys
from sync.central.setup import database_url
from sync.central.signed import SignedReplies


def local_now() -> datetime:
    """The time with the offset of this place."""
    return datetime.now().astimezone()


def load_app(data: Path, url: str | None) -> SignedReplies:
    """The application over a data folder that `init` has made."""
    engine = open_database(database_url(data, url))
    return build_app(Centre(engine, now=local_now, keys=load_keys(data / "keys")))


def run(data: Path, url: str | None, host: str, port: int, workers: int) -> None:
    """Serve until SIGTERM or SIGINT; requests that have begun are finished."""
    server = Granian(
        "sync.central.server:load_app",
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        workers=workers,
        websockets=False,
        log_access=False,
    )
    server.serve(target_loader=partial(_load, data, url), wrap_loader=False)


def _load(data: Path, url: str | None, *_: object, **__: object) -> SignedReplies:
    return load_app(data, url)
