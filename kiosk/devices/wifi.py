"""The helper that connects this terminal to Wi-Fi: asked from a thread, because it takes seconds."""

import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path

from sync.host.wifi import Answer, Question, ask


class Wifi:
    """The helper behind a socket.

    path: of the socket. call: runs something on the screen's thread.
    """

    def __init__(self, path: Path, call: Callable[[Callable[[], object]], object]) -> None:
        self._path = path
        self._call = call

    @property
    def is_there(self) -> bool:
        """Whether this machine has such a helper."""
        return self._path.is_socket()

    def ask(self, question: Question, answered: Callable[[Answer], None]) -> None:
        """Ask; `answered` is called on the screen's thread."""

        def wait() -> None:
            answer = ask(self._path, question)
            self._call(partial(answered, answer))

        threading.Thread(target=wait, name="wifi", daemon=True).start()
