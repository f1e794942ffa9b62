"""The cases that were rated at this terminal, kept over a restart until the centre announces them itself.

They lie apart from the responses, which name their cases only to the centre (contract/case_box.py): a sorted
set, without times, answers or officers. What the configuration announces leaves it, and everything leaves it
when a response is erased on request, for nothing here says which case was whose.

Failure table: the file can't be read or written (a full disk) → a case may be asked for twice until the
centre announces it; nobody's visit waits for this file.
"""

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import msgspec

from sync.host.secret_file import write_secret


class RatedHere:
    """The set of one terminal, in the file `path`."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def load(self) -> frozenset[str]:
        """What was kept; empty where there is nothing that can be read."""
        try:
            return msgspec.json.decode(self._path.read_bytes(), type=frozenset[str])
        except (OSError, msgspec.DecodeError):
            return frozenset()

    def keep(self, cases: Iterable[str]) -> None:
        """Keep these and no others, for as long as there is room."""
        with suppress(OSError):
            write_secret(self._path, msgspec.json.encode(sorted(cases)))
