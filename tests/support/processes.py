"""Real processes for tests: started in a group of their own, and always ended."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import IO


def free_port() -> int:
    """A port on loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
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
