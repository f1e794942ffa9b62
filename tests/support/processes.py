"""Real processes for tests: started in a group of their own, and always ended."""

import os
import secrets
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import IO

# Below the ports that a system gives to outgoing connections, so that none of these takes one.
# Browsers open no page at 10080.
PORTS = range(10_081, 32_768)
SIDE_BY_SIDE = 8


def free_port() -> int:
    """A port on loopback that nobody listens on, and that no test of another worker is given.

    Two workers that ask the system both get the same port if neither has begun to listen.
    """
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:]) % SIDE_BY_SIDE
    while True:
        port = secrets.choice(PORTS[worker::SIDE_BY_SIDE])
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


@contextmanager
def running(
    command: Sequence[str], environment: Mapping[str, str], *, log: IO[bytes] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """A process that runs inside the block; it and its children are killed at the end."""
    process = subprocess.Popen(command, env=dict(environment), start_new_session=True, stdout=log, stderr=log)
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def wait_until(holds: Callable[[], bool], *, seconds: float = 60) -> None:
    """Return as soon as the condition is true; fail if it never is."""
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            raise AssertionError("it never came to hold")
        time.sleep(0.05)
