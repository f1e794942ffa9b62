"""Connections that say nothing, or not all of it, are closed after ten seconds and keep nobody out."""

import selectors
import socket
import time
from contextlib import ExitStack

import pytest

from sync.central.server import HEAD_MILLISECONDS
from sync.contract.batch import BatchReply
from tests.support.served import ServedCentre

EACH = 150
SAID = {
    "nothing": b"",
    "half a head": b"POST /v1/batches HTTP/1.1\r\nHost: centre\r\nSignature-Input: hail",
    "half a preface of HTTP/2": b"PRI * HTTP/2.0\r\n",
    "HTTP/2, then nothing": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00",
}
GRACE = 5.0  # seconds, for a busy machine


# Once: to a socket it makes no difference which database is behind it.
@pytest.mark.parametrize("served", ["sqlite"], indirect=True)
def test_silent_and_half_open_connections_are_closed_and_keep_nobody_out(served: ServedCentre) -> None:
    tablet = served.device("phuong-mot")
    with ExitStack() as open_ones, selectors.DefaultSelector() as waiting:
        for said in SAID.values():
            for _ in range(EACH):
                connection = socket.create_connection(("127.0.0.1", served.port), timeout=30)
                open_ones.enter_context(connection)
                connection.sendall(said)
                waiting.register(connection, selectors.EVENT_READ, said)
        began = time.monotonic()
        assert isinstance(tablet.push(tablet.visit()), BatchReply)
        assert served.client.get("/health").is_success
        assert time.monotonic() - began < GRACE
        deadline = began + HEAD_MILLISECONDS / 1000 + GRACE
        while waiting.get_map() and (left := deadline - time.monotonic()) > 0:
            for key, _ in waiting.select(left):
                if is_closed(key.fileobj):  # type: ignore[arg-type]
                    waiting.unregister(key.fileobj)
        still = [
            name for name, said in SAID.items() for key in waiting.get_map().values() if key.data == said
        ]
        assert still == []


def is_closed(connection: socket.socket) -> bool:
    """Whether the other side has ended it; whatever it says before that is read."""
    try:
        return connection.recv(65536) == b""
    except ConnectionResetError:
        return True
