"""A stage in a real window of this process, without a session: for pictures and for the layout test."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from PIL import Image

from kiosk.__main__ import prepare_kivy


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
    from kivy.base import runTouchApp
    from kivy.core.window import Window

    from kiosk.i18n import Catalogues
    from kiosk.screens.stage import Stage
    from kiosk.widgets.theme import Theme

    def theme(shown: Any, size: tuple[int, int]) -> Theme:
        manners = shown.frame.manners
        return Theme(
            width=size[0],
            height=size[1],
            text_step=manners.text_step,
            high_contrast=manners.high_contrast,
            left_hand=manners.left_hand,
            dpi=dpi(),
        )

    catalogues = Catalogues(Path("assets/locales"))
    stage = Stage(report, catalogues.translate, theme, now, guard_ms=0)
    Window.add_widget(stage)
    runTouchApp(embedded=True)
    return stage


def picture(stage: Any) -> Image.Image:
    """The picture of the stage, once everything is drawn."""
    import time

    from kivy.base import EventLoop
    from kivy.core.window import Window
    from kivy.graphics.opengl import GL_RGB, GL_UNSIGNED_BYTE, glReadPixels

    from kiosk.screens.thanks import DRAWN_IN, ThanksScreen

    if isinstance(stage.screen, ThanksScreen):
        end = time.monotonic() + DRAWN_IN + 0.05
        while time.monotonic() < end:
            EventLoop.idle()
            time.sleep(0.02)
    EventLoop.idle()
    Window.dispatch("on_draw")
    width, height = Window.size
    data = glReadPixels(0, 0, width, height, GL_RGB, GL_UNSIGNED_BYTE)
    Window.dispatch("on_flip")
    return Image.frombytes("RGB", (width, height), bytes(data)).transpose(Image.Transpose.FLIP_TOP_BOTTOM)
