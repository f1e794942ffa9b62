"""What Kivy loads at its import and this terminal never uses: without it the first picture comes sooner.

- Kivy parses a style for every widget of its own; none of them is used here but `Widget`, which has none.
- Kivy's clock imports asyncio, and with it ssl and sockets, for a loop that `kiosk.loop` runs instead.
- It runs a program to find the C library, which is in the process already.
"""

import ctypes.util
import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any


def import_kivy(home: Path) -> None:
    """Import what Kivy is built on, without what is not used; call it once Kivy's configuration is set.

    Args:
        home: a folder of ours, which gets an empty style.
    """
    import kivy

    (home / "style.kv").touch()
    asyncio = ModuleType("asyncio")
    vars(asyncio).update(wait_for=None)
    with (
        _instead(vars(kivy), "kivy_data_dir", str(home)),
        _instead(vars(ctypes.util), "find_library", lambda _: None),
        _instead(sys.modules, "asyncio", sys.modules.get("asyncio", asyncio)),
    ):
        importlib.import_module("kivy.clock")
        importlib.import_module("kivy.lang.builder")


@contextmanager
def _instead(names: dict[str, Any], name: str, value: object) -> Iterator[None]:
    """Within the block the name means this value; then what it meant before, if anything."""
    before = names.get(name)
    names[name] = value
    try:
        yield
    finally:
        if before is None:
            del names[name]
        else:
            names[name] = before
