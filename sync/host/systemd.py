"""Readiness and watchdog of systemd (sd_notify(3)): one datagram to the socket it names in the environment.

If the process was started by hand there is no such socket, and nothing is sent.
"""

import socket
from collections.abc import Mapping


class Systemd:
    """Messages of this process to the service manager; `environment` is usually `os.environ`."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._address = environment.get("NOTIFY_SOCKET", "")
        self._every = int(environment.get("WATCHDOG_USEC", "0")) / 1e6

    @property
    def watchdog_seconds(self) -> float:
        """How often `alive` should be called: half of systemd's limit; 0 if systemd does not watch."""
        return self._every / 2

    def ready(self) -> None:
        """Report that the service is ready."""
        self._send("READY=1")

    def alive(self) -> None:
        """Feed the watchdog; without this call systemd restarts the service after a while."""
        self._send("WATCHDOG=1")

    def stopping(self) -> None:
        """Report that the service is ending on purpose."""
        self._send("STOPPING=1")

    def status(self, text: str) -> None:
        """Report one line for `systemctl status`; never an answer, a code or a name."""
        self._send(f"STATUS={text}")

    def _send(self, message: str) -> None:
        if not self._address:
            return
        # A leading @ means the abstract namespace, whose addresses begin with NUL.
        address = "\0" + self._address[1:] if self._address.startswith("@") else self._address
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as to:
                to.sendto(message.encode(), address)
        except OSError:
            # The service manager is gone or busy: work continues, and its watchdog decides.
            return
