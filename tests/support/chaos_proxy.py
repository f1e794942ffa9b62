"""A TCP proxy on loopback that resets connections after a number of bytes drawn by chance."""

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from random import Random

_RESET = struct.pack("ii", 1, 0)  # SO_LINGER with no time: closing sends RST


class ChaosProxy:
    """Forwards to `port`; `calm` stops the resets. `resets` counts them."""

    def __init__(self, port: int, seed: int, most: int) -> None:
        self._target = port
        self._random = Random(seed)
        self._most = most
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.calm = False
        self.resets = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            far = socket.create_connection(("127.0.0.1", self._target))
            budget = [10**9 if self.calm else self._random.randrange(1, self._most)]
            for source, sink in ((near, far), (far, near)):
                threading.Thread(target=self._carry, args=(source, sink, budget), daemon=True).start()

    def _carry(self, source: socket.socket, sink: socket.socket, budget: list[int]) -> None:
        with suppress(OSError):
            while data := source.recv(4096):
                passed = data[: budget[0]]
                budget[0] -= len(passed)
                sink.sendall(passed)
                if len(passed) < len(data):
                    self.resets += 1
                    break
        for end in (source, sink):
            with suppress(OSError):
                end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
                end.shutdown(socket.SHUT_RDWR)  # wakes the thread that reads from it
                end.close()

    def close(self) -> None:
        """Stop listening."""
        self._listener.close()


@contextmanager
def chaos(port: int, *, seed: int, most: int) -> Iterator[ChaosProxy]:
    """A proxy before `port` whose connections last for at most `most` bytes."""
    proxy = ChaosProxy(port, seed, most)
    try:
        yield proxy
    finally:
        proxy.close()
