"""What Kivy loads at its import and this terminal never uses. Without it the start is an eighth of a second
shorter.

- Kivy parses a style for every widget of its own; none of them is used here but `Widget`, which has none.
- Kivy's clock imports asyncio, and with it ssl and sockets, for a loop that `kiosk.loop` runs instead.
"""

import importlib
import sys
from pathlib import Path
from types import ModuleType


def import_kivy(home: Path) -> None:
    """Import what Kivy is built on, without what is not used. Kivy's environment and configuration are set before.

    Args:
        home: a folder of ours, which gets an empty style.
    """
    import kivy

    asyncio = ModuleType("asyncio")
    asyncio.wait_for = None  # type: ignore[attr-defined]
    (home / "style.kv").touch()
    data, kivy.kivy_data_dir = kivy.kivy_data_dir, str(home)
    left_out = "asyncio" not in sys.modules
    if left_out:
        sys.modules["asyncio"] = asyncio
    try:
        importlib.import_module("kivy.clock")
        importlib.import_module("kivy.lang.builder")
    finally:
        kivy.kivy_data_dir = data
        if left_out:
            del sys.modules["asyncio"]
