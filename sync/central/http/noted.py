"""Which pulls the audit log holds already, so that equal ones of a token are one line a minute.

Promises:
- whatever a token asks, it adds at most LINES + 1 lines a minute and process to the log, of bounded length:
  behind LINES different pulls one more line says that there were others;
- a call is answered only after a line that covers it is durable.
"""

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct

LINES = 20
LONGEST = 200  # characters of a detail


class Line(Struct, frozen=True):
    """One pull: the route's template, never a caller's own path, and what was asked for."""

    route: str
    asked: str


OTHERS = Line("*", "còn cách hỏi khác trong phút này")


class NotedPulls:
    """The lines of the minute that is under way, by token. Threads may ask while one adds."""

    def __init__(self) -> None:
        self._noted: tuple[datetime | None, Mapping[int, frozenset[Line]]] = (None, {})

    def missing(self, token: int, line: Line, now: datetime) -> Line | None:
        """What has to be written before this pull is answered; None where a line covers it."""
        lines = self._of(now).get(token, frozenset())
        if line in lines or OTHERS in lines:
            return None
        return line if len(lines) < LINES else OTHERS

    def add(self, token: int, line: Line, now: datetime) -> None:
        """This line is durable now."""
        lines = self._of(now)
        self._noted = (_minute(now), {**lines, token: lines.get(token, frozenset()) | {line}})

    def _of(self, now: datetime) -> Mapping[int, frozenset[Line]]:
        minute, lines = self._noted
        return lines if minute == _minute(now) else {}


def _minute(now: datetime) -> datetime:
    return now.replace(second=0, microsecond=0)
