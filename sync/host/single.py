"""One server per port and per data folder: a second one is refused before it listens.

The web server listens with SO_REUSEPORT, so that its workers share a port. Another server could join them,
and the system would split requests between two databases without an error.
"""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sync.contract.problem import ProblemError
from sync.contract.problem.centre import SERVER_ALREADY_RUNNING
from sync.host.locking import lock_file

LOCK = "serve.lock"


@contextmanager
def only_server(data: Path, host: str, port: int) -> Iterator[None]:
    """Hold the data folder while the server runs.

    Raises:
        ProblemError: HL5027 if another one serves this folder or listens on this port.

    """
    with holding(data):
        _refuse_taken(host, port)
        yield


@contextmanager
def holding(data: Path) -> Iterator[None]:
    """Keep every server from serving this folder meanwhile; raises ProblemError HL5027 if one does."""
    held = os.open(data / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        if not lock_file(held):
            raise ProblemError(SERVER_ALREADY_RUNNING(where=str(data)))
        yield
    finally:
        os.close(held)


def _refuse_taken(host: str, port: int) -> None:
    """Bind the port without SO_REUSEPORT, which fails if another process listens on it."""
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    with socket.socket(family, kind, protocol) as probe:
        # Connections of a server that has just ended are no obstacle.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except OSError as error:
            detail = error.strerror or ""
            raise ProblemError(SERVER_ALREADY_RUNNING(where=f"{host}:{port}", detail=detail)) from error
