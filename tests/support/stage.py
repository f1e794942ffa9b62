"""A stage in a real window of this process, without a session: for pictures and for the layout test."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from PIL import Image

from kiosk.__main__ import prepare_kivy
from kiosk.preview.drawing import empty_stage, pixels


def open_stage(
    size: tuple[int, int],
    home: Path,
    now: Callable[[], datetime],
    report: Callable[[Any], object] = lambda event: None,
    dpi: Callable[[], int] = lambda: 0,
) -> Any:
    """A window of `size` with an empty stage; `report` gets its events. Needs a display; once a process.

    dpi: of the panel, asked for every picture; 0 unknown.
    """
    prepare_kivy(home, size)
    return empty_stage(Path("assets/locales"), now, report, dpi)


def picture(stage: Any) -> Image.Image:
    """The picture of the stage, once everything is drawn."""
    size, data = pixels(stage)
    return Image.frombytes("RGB", size, data).transpose(Image.Transpose.FLIP_TOP_BOTTOM)
