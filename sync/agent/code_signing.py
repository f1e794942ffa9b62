"""Signs codes for citizens' phones; the kiosk can't read this device's key, see host/phone_codes.py.

Promises:
- only a whole token that names this device and is valid for no more than its days is signed;
- nothing else of the agent waits for it: it has a thread of its own, and one caller at a time;
- a caller that is silent is left after a second.

Failure table: the socket can't be made (no such sockets here, a path that is too long, a full disk) → no
codes, and everything else as usual. The disk can't be written any more when the agent ends → the socket's
name stays, and the agent ends as usual.
"""

import contextlib
import socket
import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from nacl.signing import SigningKey

from sync.contract.phone_token import check_days, sign_token, unpack
from sync.contract.problem import ProblemError
from sync.host.phone_codes import LONGEST, PATIENCE, SOCKET, read_to_end


class CodeSigner:
    """The agent's side of the socket.

    Args:
        folder: the agent's.
        device, key: whose tokens are signed, and with what.
        now: the time, with its offset.

    """

    def __init__(self, folder: Path, device: str, key: SigningKey, now: Callable[[], datetime]) -> None:
        self._path = folder / SOCKET
        self._device = device
        self._key = key
        self._now = now
        self._socket: socket.socket | None = None

    def start(self) -> None:
        """Listen, if this machine allows it."""
        with contextlib.suppress(OSError, AttributeError):  # Windows has no sockets with a path
            listening = socket.socket(socket.AF_UNIX)
            try:
                self._path.unlink(missing_ok=True)
                listening.bind(str(self._path))
                self._path.chmod(0o660)
                listening.listen(4)
            except OSError:
                listening.close()
                raise
            self._socket = listening
            threading.Thread(target=self._serve, args=(listening,), name="codes", daemon=True).start()

    def close(self) -> None:
        """Stop listening."""
        if self._socket is not None:
            # On a disk that can't be written the name stays, and the next start takes it away.
            with contextlib.suppress(OSError):
                self._path.unlink(missing_ok=True)
            with contextlib.suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)
            self._socket.close()
            self._socket = None

    def _serve(self, listening: socket.socket) -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return  # closed
            with connection, contextlib.suppress(OSError):
                connection.settimeout(PATIENCE)
                connection.sendall(self.signature(read_to_end(connection, LONGEST)))

    def signature(self, packed: bytes) -> bytes:
        """The signature of a token of this device; b"" for anything else."""
        try:
            token = unpack(packed)
            check_days(token, self._now())
        except ProblemError:
            return b""
        return sign_token(packed, self._key) if token.device == self._device else b""
