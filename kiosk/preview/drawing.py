"""A scene as a picture: drawn by the terminal's own screens, and read back from the window.

Kivy must be prepared, see `kiosk.__main__.prepare_kivy`.
"""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from kiosk.events import Event
from kiosk.staff_desk import DeskEvent
from kiosk.view import Shown


def empty_stage(
    locales: Path,
    now: Callable[[], datetime],
    report: Callable[[Event | DeskEvent], object] = lambda event: None,
    dpi: Callable[[], int] = lambda: 0,
) -> Any:
    """An empty stage in the window of this process; `report` gets its events. Once a process.

    dpi: of the panel, asked for every picture; 0 unknown.
    """
    from kivy.base import runTouchApp
    from kivy.core.window import Window

    from kiosk.i18n import Catalogues
    from kiosk.screens.stage import Stage
    from kiosk.widgets.theme import Theme

    def theme(shown: Shown, size: tuple[int, int]) -> Theme:
        manners = shown.frame.manners
        return Theme(
            width=size[0],
            height=size[1],
            text_step=manners.text_step,
            high_contrast=manners.high_contrast,
            left_hand=manners.left_hand,
            dpi=dpi(),
        )

    stage = Stage(report, Catalogues(locales).translate, theme, now, guard_ms=0)
    Window.add_widget(stage)
    runTouchApp(embedded=True)
    return stage


def pixels(stage: Any) -> tuple[tuple[int, int], bytes]:
    """Size and RGB bytes of the stage once everything is drawn, the lowest row first."""
    from kivy.base import EventLoop
    from kivy.core.window import Window
    from kivy.graphics.opengl import GL_RGB, GL_UNSIGNED_BYTE, glReadPixels

    from kiosk.screens.thanks import ThanksScreen

    EventLoop.idle()
    if isinstance(stage.screen, ThanksScreen):
        stage.screen.finish()
    Window.dispatch("on_draw")
    width, height = Window.size
    data = glReadPixels(0, 0, width, height, GL_RGB, GL_UNSIGNED_BYTE)
    Window.dispatch("on_flip")
    return (width, height), bytes(data)


def save(stage: Any, path: Path) -> None:
    """Write the stage as a PNG file."""
    from kivy.graphics.texture import Texture

    size, data = pixels(stage)
    texture = Texture.create(size=size, colorfmt="rgb")
    texture.blit_buffer(data, colorfmt="rgb", bufferfmt="ubyte")
    texture.save(str(path), flipped=True)
