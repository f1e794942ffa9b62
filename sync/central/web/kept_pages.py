"""Pages of figures, kept for a moment for all who may see the same.

A page that many people look at, or that renews itself in many windows, is decided once a second instead of
once a view, so that devices get the processor's time. Its frame is drawn for each person.

- A page is at most `seconds` old. A change that an administrative act made is seen at once, for acts are part
  of what a page is kept under; what devices send may be seen that much later.
- It is given to nobody with other roles, dates of roles, officer or language than who it was decided for.
- Two who need the same page at once wait for one decision.
- `seconds` of 0 keeps nothing.
"""

from collections.abc import Callable, Hashable
from datetime import datetime
from threading import Lock
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from sync.central.office.people.permissions import Person
from sync.central.store.freshness import read_revision
from sync.central.web.look import Look
from sync.central.web.shown import Shown

MOST = 64
"""Pages that are kept: those of a second, so no more than are decided in one."""


class _Key(Struct, frozen=True):
    """person: without who it is. acts: see freshness.py."""

    make: Callable[..., Shown]
    arguments: tuple[Hashable, ...]
    person: Person
    language: str
    acts: tuple[Any, ...]


class _Kept(Struct, frozen=True):
    at: datetime
    shown: Shown


class KeptPages:
    """Pages by what they depend on. Threads may share it."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._pages: dict[_Key, _Kept] = {}
        self._deciding: dict[_Key, Lock] = {}

    def __len__(self) -> int:
        """How many pages are kept or being decided."""
        return len(self._deciding)

    def decided(self, look: Look, make: Callable[..., Shown], arguments: tuple[Hashable, ...]) -> Shown:
        """The page that `make` decides on, or did less than `seconds` ago; raises what `make` raises."""
        if not self._seconds:
            return make(look, *arguments)
        key = _Key(
            make,
            arguments,
            replace(look.person, account=0, login="", name=""),
            look.translation.language,
            read_revision(look.connection, look.today, look.today, over=True).acts,
        )
        if key not in self._deciding and len(self._deciding) >= MOST:
            self._pages, self._deciding = {}, {}
        with self._deciding.setdefault(key, Lock()):
            kept = self._pages.get(key)
            if kept is not None and 0 <= (look.now - kept.at).total_seconds() < self._seconds:
                return kept.shown
            shown = make(look, *arguments)
            self._pages[key] = _Kept(look.now, shown)
            return shown
