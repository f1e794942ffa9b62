"""The terminal's command: Kivy's environment first, then the app.

Kivy reads its configuration the moment it is imported, from whatever home it finds, and with every
convenience of a developer's desktop switched on. A public terminal inherits none of that: everything that
matters is set here, before the first `import kivy` anywhere in the process.
"""

import os
import sys
from pathlib import Path

__all__ = ["main", "prepare_kivy"]


def prepare_kivy(home: Path, size: tuple[int, int] | None = None) -> None:
    """Give Kivy an environment of our own. Call it before anything imports Kivy.

    Args:
        home: a folder of ours for what Kivy wants to keep. Never `~/.kivy`: a stray configuration there could
            bring back the inspector, or a second source of the same touch.
        size: width and height in pixels for a borderless window; None takes the whole screen as it is.

    What is switched off, and why: Kivy's reading of our command line; its log files and console log (a
    widget's text must never reach a log); the second input provider (every tap would arrive twice on Linux);
    multisampling (memory, and our edges are smoothed where they are drawn); escape and F1; the pointer; the
    frame limit (`kiosk.loop` paces itself).
    """
    if "kivy" in sys.modules:
        raise RuntimeError("prepare_kivy must run before Kivy is imported")
    home.mkdir(parents=True, exist_ok=True)
    os.environ.update(
        KIVY_HOME=str(home),
        KIVY_NO_ARGS="1",
        KIVY_NO_CONFIG="1",
        KIVY_NO_CONSOLELOG="1",
        KIVY_NO_FILELOG="1",
        KIVY_NO_ENV_CONFIG="1",
        KIVY_LOG_MODE="PYTHON",
        KIVY_WINDOW="sdl2",
        KIVY_TEXT="sdl2",
        KIVY_IMAGE="sdl2",
        KIVY_AUDIO="sdl2",
        KIVY_CLIPBOARD="dummy",
        KIVY_DPI="96",
        KIVY_METRICS_DENSITY="1",
        KIVY_METRICS_FONTSCALE="1",
    )
    from kivy.config import Config

    Config.remove_section("input")
    Config.add_section("input")
    Config.set("input", "mouse", "mouse,disable_multitouch,disable_hover")
    Config.set("kivy", "exit_on_escape", "0")
    Config.set("kivy", "log_level", "warning")
    Config.set("kivy", "pause_on_minimize", "0")
    Config.set("graphics", "multisamples", "0")
    Config.set("graphics", "maxfps", "0")
    Config.set("graphics", "show_cursor", "0")
    Config.set("graphics", "allow_screensaver", "0")
    Config.set("graphics", "resizable", "0")
    Config.set("graphics", "borderless", "1")
    Config.set("graphics", "fullscreen", "0" if size else "auto")
    if size:
        Config.set("graphics", "width", str(size[0]))
        Config.set("graphics", "height", str(size[1]))
        Config.set("graphics", "position", "custom")
        Config.set("graphics", "left", "0")
        Config.set("graphics", "top", "0")


def main() -> None:
    """Start the terminal."""
    from kiosk.app import main as run

    run()


if __name__ == "__main__":
    main()
