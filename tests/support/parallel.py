"""Runs work in a thread of its own, while the test works on the same PostgreSQL database."""

import threading
from collections.abc import Callable

from sync.central.store.database import reading
from tests.support.wire import CentreUnderTest


class Parallel:
    """Work in a thread of its own; `join` raises what it raised."""

    def __init__(self, central: CentreUnderTest, work: Callable[[], object]) -> None:
        self._central = central
        self._work = work
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def _run(self) -> None:
        try:
            self._work()
        except BaseException as error:  # noqa: BLE001 - raised again in `join`
            self._error = error

    def waits(self) -> bool:
        """Whether a session waits for a lock."""
        with reading(self._central.engine) as connection:
            waiting = connection.exec_driver_sql(
                "SELECT count(*) FROM pg_stat_activity "
                "WHERE wait_event_type = 'Lock' AND datname = current_database()"
            ).scalar_one()
        return bool(waiting)

    def is_at_rest(self) -> bool:
        """Whether it is done, or waits for a lock."""
        return self.waits() or not self._thread.is_alive()

    def join(self) -> None:
        """Wait for its end."""
        self._thread.join()
        if self._error is not None:
            raise self._error
