"""Devices come first: who reads for administrators waits before each statement while a device's call runs.

A page and a batch share one interpreter and few processors. A page that goes on next to a batch would double
the time that the batch takes, and a batch is short.

- A reader that comes to a statement while a device's call runs waits until none runs, at most
  PATIENCE_SECONDS: it gets on however many devices call.
- What a reader does between two statements, such as drawing its page, goes on next to the call.
- A transaction that writes never waits here, for it may hold what a device's call waits for.
"""

from collections.abc import Callable
from threading import Event, Lock
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, event

from sync.central.store.database import is_writing

T = TypeVar("T")
PATIENCE_SECONDS = 0.02
"""As long as a batch takes. A page of a dozen statements is a quarter of a second later at most."""


class Precedence:
    """Which calls of devices run. Threads may share it. patience: seconds that a reader waits at most."""

    def __init__(self, patience: float = PATIENCE_SECONDS) -> None:
        self._patience = patience
        self._lock = Lock()
        self._calls = 0
        self._quiet = Event()
        self._quiet.set()

    def first(self, call: Callable[..., T], *arguments: object) -> T:
        """What the `call` of a device returns."""
        with self._lock:
            self._calls += 1
            self._quiet.clear()
        try:
            return call(*arguments)
        finally:
            with self._lock:
                self._calls -= 1
                if not self._calls:
                    self._quiet.set()

    def heeded_by(self, engine: Engine) -> None:
        """Let every reader through `engine` wait while a device's call runs."""
        event.listen(engine, "before_cursor_execute", self._give_way)

    def _give_way(self, connection: Connection, *_: Any) -> None:
        if not is_writing(connection):
            self._quiet.wait(self._patience)
