"""Receives what a service would send to systemd: its datagrams (sd_notify(3))."""

import socket
from contextlib import suppress
from pathlib import Path


class Manager:
    """Listens at a socket of its own; `heard` has everything so far."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(path))
        self._socket.setblocking(False)
        self.heard: list[str] = []

    def environment(self) -> dict[str, str]:
        """The environment of a service with a watchdog of one second."""
        return {"NOTIFY_SOCKET": str(self._path), "WATCHDOG_USEC": "1000000"}

    def listen(self) -> list[str]:
        """Read what has arrived, and return everything so far."""
        with suppress(BlockingIOError):
            while True:
                self.heard.append(self._socket.recv(4096).decode())
        return self.heard
