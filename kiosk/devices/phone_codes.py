"""The agent that signs codes for phones: asked from a thread, because sealing and signing take a moment."""

import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path

from kiosk.events import CodeWanted
from kiosk.phone_code import Place, code_address
from sync.host.phone_codes import ask_signature


class PhoneCodes:
    """The agent behind its socket.

    path: of the socket. call: runs something on the screen's thread.
    """

    def __init__(self, path: Path, call: Callable[[Callable[[], object]], object]) -> None:
        self._path = path
        self._call = call

    def ask(self, wanted: CodeWanted, place: Place, made: Callable[[str], None]) -> None:
        """Make the code of a visit; `made` is called on the screen's thread, with "" where there is none."""

        def wait() -> None:
            address = code_address(wanted, place, partial(ask_signature, self._path))
            self._call(partial(made, address))

        threading.Thread(target=wait, name="phone code", daemon=True).start()
