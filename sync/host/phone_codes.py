"""A code for a citizen's own phone, signed for the kiosk without the kiosk ever having the key.

    kiosk ──token──► <agent's folder>/phone.sock ──► the agent, which alone can read device.key
          ◄─signature─

The agent's folder belongs to the agent; the kiosk's group may open the socket in it, and read nothing more
than before. What comes through it is signed only if it is a whole token of this very device
(agent/code_signing.py), after a purpose that no request and no receipt has: the socket signs nothing else.

Failure table: no agent, a stale socket, silence → None, and the terminal shows no code. No visit waits.
"""

import socket
from pathlib import Path

SOCKET = "phone.sock"
LONGEST = 2048  # bytes of a token; a signature has 64
PATIENCE = 1.0  # seconds; an answer takes some milliseconds


def ask_signature(path: Path, packed: bytes, patience: float = PATIENCE) -> bytes | None:
    """The signature of this token by the agent behind the socket `path`; None where it gives none."""
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(patience)
            connection.connect(str(path))
            connection.sendall(packed)
            connection.shutdown(socket.SHUT_WR)
            return read_to_end(connection, 64) or None
    except OSError:
        return None


def read_to_end(connection: socket.socket, longest: int) -> bytes:
    """Everything that the other side sends, b"" for more than `longest` bytes; raises OSError."""
    parts, size = [], 0
    while part := connection.recv(4096):
        parts.append(part)
        size += len(part)
        if size > longest:
            return b""
    return b"".join(parts)
