"""Readiness and watchdog of systemd (sd_notify(3)): one datagram to the socket it names in the environment.

Started by hand there is no such socket, and nothing is sent.
"""

import socket
from collections.abc import Mapping


class Systemd:
    """What this process tells the service manager; `environment` is usually `os.environ`."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._address = environment.get("NOTIFY_SOCKET", "")
        self._every = int(environment.get("WATCHDOG_USEC", "0")) / 1e6

    @property
    def watchdog_seconds(self) -> float:
        """How often `alive` should be called: half of what systemd tolerates; 0: it does not watch."""
        return self._every / 2

    def ready(self) -> None:
        """The service does its work now."""
        self._send("READY=1")

    def alive(self) -> None:
        """Feed the watchdog; leaving it out long enough lets systemd restart the service."""
        self._send("WATCHDOG=1")

    def stopping(self) -> None:
        """The service is ending on purpose."""
        self._send("STOPPING=1")

    def status(self, text: str) -> None:
        """One line for `systemctl status`; never an answer, a code or a name."""
        self._send(f"STATUS={text}")

    def _send(self, message: str) -> None:
        if not self._address:
            return
        # A leading @ stands for the abstract namespace, whose addresses begin with NUL.
        address = "\0" + self._address[1:] if self._address.startswith("@") else self._address
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as to:
                to.sendto(message.encode(), address)
        except OSError:
            # The service manager is gone or busy: the work goes on, and its watchdog will judge.
            return
