"""Where scans come from: a scanner that types, one that is held by its event device, the tablet's camera.

They differ in how they read and are alike in what they say: a whole text, or why there is none.
No source keeps, logs or prints what it read; it hands the text over once and forgets it.
"""

from collections.abc import Callable
from typing import Literal, Protocol

from sync.contract.codes import Refusal

# One scan: its text, or why there is none.
Scan = str | Refusal
Heard = Callable[[Scan], None]

# ready: a scan would be heard. missing: no such device now; it is looked for. off: not asked to listen.
ScannerState = Literal["ready", "missing", "off"]


class Scanner(Protocol):
    """A source of scans."""

    @property
    def state(self) -> ScannerState:
        """Whether a scan would be heard now."""

    def start(self, heard: Heard) -> None:
        """Listen until `stop`; `heard` is called once a scan, maybe on a thread of the scanner's own."""

    def stop(self) -> None:
        """Stop listening and let the device go; may be called twice."""
