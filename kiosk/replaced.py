"""Whether another release of the software took the place of the one that runs, as a package upgrade does.

    /opt/hailong/kiosk/current ──► releases/<version>    replaced by one rename

The terminal ends then as soon as nobody is at the glass, and the service manager starts the new release: an
upgrade breaks into no visit. A terminal that runs from sources has no such link.
"""

from pathlib import Path

CURRENT, RELEASES = "current", "releases"
LOOK_SECONDS = 3
"""How often it is looked at while nobody is there."""


class Software:
    """The release that this process runs. release: its folder; None: not one of several."""

    def __init__(self, release: Path | None) -> None:
        self._link = release.parents[1] / CURRENT if release else None
        self._own = _identity(release) if release else None

    @classmethod
    def of(cls, module: str) -> "Software":
        """The release that holds this module's file (…/releases/<version>/lib/…)."""
        found = (each for each in Path(module).resolve().parents if each.parent.name == RELEASES)
        return cls(next(found, None))

    def replaced(self) -> bool:
        """Whether a start now would run something else, also where it has the same version."""
        if self._link is None or self._own is None:
            return False
        return _identity(self._link) not in (None, self._own)


def _identity(folder: Path) -> tuple[int, int] | None:
    """Which folder this is, whatever it is called; None where there is none."""
    try:
        about = folder.stat()
    except OSError:
        return None
    return about.st_dev, about.st_ino
