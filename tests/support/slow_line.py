"""A TCP proxy on loopback that is a bad line: a limited rate, and pieces that are lost."""

import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count
from random import Random

PIECE = 100  # bytes
TRIES = 5  # times a piece is sent; lost every time, it ends the connection
_RESET = struct.pack("ii", 1, 0)  # SO_LINGER with no time: closing sends RST


class SlowLine:
    """Forwards to `port`. lost: pieces that did not arrive; broken: connections that ended because of it."""

    def __init__(self, port: int, *, bytes_per_second: float, loss: float, seed: int) -> None:
        self._target = port
        self._seconds = 1 / bytes_per_second
        self._loss = loss
        self._seed = seed
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.lost = self.broken = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        for number in count():
            try:
                near, _ = self._listener.accept()
                far = socket.create_connection(("127.0.0.1", self._target))
            except OSError:
                return
            for way, source, sink in (("there", near, far), ("back", far, near)):
                # Chance of its own, so that what is lost does not depend on which thread comes first.
                chance = Random(f"{self._seed} {number} {way}")
                threading.Thread(target=self._carry, args=(source, sink, chance), daemon=True).start()

    def _carry(self, source: socket.socket, sink: socket.socket, chance: Random) -> None:
        with suppress(OSError):
            while data := source.recv(PIECE):
                if not self._arrives(len(data), chance):
                    self.broken += 1
                    break
                sink.sendall(data)
        for end in (source, sink):
            with suppress(OSError):
                end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
                end.shutdown(socket.SHUT_RDWR)  # wakes the thread that reads from it
                end.close()

    def _arrives(self, size: int, chance: Random) -> bool:
        for _ in range(TRIES):
            time.sleep(size * self._seconds)
            if chance.random() >= self._loss:
                return True
            self.lost += 1
        return False

    def close(self) -> None:
        """Stop listening."""
        self._listener.close()


@contextmanager
def slow_line(port: int, *, bytes_per_second: float, loss: float, seed: int) -> Iterator[SlowLine]:
    """A bad line before `port`."""
    line = SlowLine(port, bytes_per_second=bytes_per_second, loss=loss, seed=seed)
    try:
        yield line
    finally:
        line.close()
