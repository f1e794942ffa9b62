"""The panel's light: off while the office is closed, on with the first touch.

Linux shows each panel's light as a folder in /sys/class/backlight, and its file `bl_power` takes 0 for on and
4 for off (Documentation/ABI/stable/sysfs-class-backlight). A panel without one simply stays lit.
"""

from pathlib import Path

FOLDER = Path("/sys/class/backlight")
ON, OFF = "0", "4"


class Backlight:
    """Every panel under `folder`."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._files = sorted(folder.glob("*/bl_power"))
        self._lit: bool | None = None

    @property
    def can_switch(self) -> bool:
        """Whether there is a light to switch."""
        return bool(self._files)

    def set(self, lit: bool) -> None:
        """Switch the light on or off; says nothing to the panel where that is how it is already."""
        if lit == self._lit:
            return
        self._lit = lit
        for file in self._files:
            try:
                file.write_text(ON if lit else OFF)
            except OSError:
                # Not ours to switch (see deploy/tablet): the terminal works in the light, too.
                continue
