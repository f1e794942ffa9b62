"""The terminal's command: Kivy's environment first, then the app.

Kivy reads its configuration the moment it is imported, from whatever home it finds, and with every
convenience of a developer's desktop switched on. A public terminal inherits none of that: everything that
matters is set here, before the first `import kivy` anywhere in the process.
"""

import argparse
import ctypes
import gc
import os
import signal
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.devices.touch_matrix import AS_IT_IS, TouchMatrix
from kiosk.driver import start_loading
from kiosk.unused import import_kivy

if TYPE_CHECKING:
    from kiosk.ended import Run
    from kiosk.settings import Settings
    from sync.contract.problem import Problem

M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3  # of mallopt(3)
LARGE_BLOCK = 64 * 1024  # bytes

__all__ = ["main", "prepare_kivy"]


def give_memory_back() -> None:
    """Let large blocks go back to the system when they are freed: a fifth less memory with pictures drawn.

    glibc keeps them by default, and raises the size that counts as large with every one it frees. Elsewhere
    nothing is changed.
    """
    libc = ctypes.CDLL(None)
    if hasattr(libc, "mallopt"):
        libc.mallopt(M_TRIM_THRESHOLD, LARGE_BLOCK)
        libc.mallopt(M_MMAP_THRESHOLD, LARGE_BLOCK)


def prepare_kivy(
    home: Path, size: tuple[int, int] | None = None, *, rotate: int = 0, touch: TouchMatrix = AS_IT_IS
) -> None:
    """Give Kivy an environment of our own. Call it before anything imports Kivy.

    Args:
        home: a folder of ours for what Kivy wants to keep. Never `~/.kivy`: a stray configuration there could
            bring back the inspector, or a second source of the same touch.
        size: width and height in pixels for a borderless window; None takes the whole screen as it is.
        rotate: degrees that the picture is turned clockwise, and touches with it.
        touch: corrects where touches count.

    What is switched off, and why: Kivy's reading of our command line; its log files and console log (a
    widget's text must never reach a log); the second input provider (every tap would arrive twice on Linux);
    multisampling (memory, and our edges are smoothed where they are drawn); escape and F1; the pointer; the
    frame limit (`kiosk.loop` paces itself). SDL draws where `kiosk.window` lets it.
    """
    if "kivy" in sys.modules:
        raise RuntimeError("prepare_kivy must run before Kivy is imported")
    give_memory_back()
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
        KIVY_CLOCK="default",
        KIVY_EVENTLOOP="asyncio",
        KIVY_DPI="96",
        KIVY_METRICS_DENSITY="1",
        KIVY_METRICS_FONTSCALE="1",
    )
    from kivy.config import Config

    from kiosk.loop import screen_size
    from kiosk.window import default_driver

    if driver := default_driver(os.environ):
        os.environ["SDL_VIDEODRIVER"] = driver

    Config.remove_section("input")
    Config.add_section("input")
    Config.set("input", "mouse", "pointer,disable_multitouch,disable_hover")
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
    width, height = size or screen_size() or (1280, 800)
    Config.set("graphics", "width", str(width))
    Config.set("graphics", "height", str(height))
    Config.set("graphics", "rotation", str(-rotate % 360))  # Kivy turns the other way
    Config.set("graphics", "position", "custom")
    Config.set("graphics", "left", "0")
    Config.set("graphics", "top", "0")
    import_kivy(home)
    # Last: it brings with it what reads the configuration.
    from kiosk.pointer import register

    register(touch)


def main(arguments: list[str] | None = None) -> int:
    """Start the terminal: `hailong-kiosk --config kiosk.toml`. 2 when it can't run: a setting, no screen.

    `hailong-kiosk voices …`, `hailong-kiosk preview …` and `hailong-kiosk wifi` are other programs: what the
    terminal reads aloud, a form as pictures, and the helper that connects to Wi-Fi.
    """
    arguments = sys.argv[1:] if arguments is None else arguments
    if arguments[:1] == ["voices"]:
        from kiosk.voices.commands import main as voices

        return voices(arguments[1:])
    if arguments[:1] == ["preview"]:
        from kiosk.preview.command import main as preview

        return preview(arguments[1:], prepare_kivy)
    if arguments == ["wifi"]:
        from sync.host.nmcli import reply
        from sync.host.wifi import serve

        serve(sys.stdin.buffer, sys.stdout.buffer, reply)
        return 0
    parser = argparse.ArgumentParser(prog="hailong-kiosk", description="The satisfaction terminal.")
    parser.add_argument("--config", type=Path, required=True, help="the file kiosk.toml")
    parser.add_argument("--describe", type=Path, help="write a line for every picture to this file")
    asked = parser.parse_args(arguments)
    driver = start_loading()
    gc.disable()  # nothing that is imported becomes garbage
    from kiosk.boot import boot_id
    from kiosk.ended import Run
    from kiosk.settings import load_settings
    from sync.contract.problem import ProblemError
    from sync.contract.problem.terminal import TERMINAL_CRASHED

    try:
        settings = load_settings(asked.config)
    except ProblemError as error:
        say(error.problem)
        if "NOTIFY_SOCKET" in os.environ:  # the service manager would start it again at once
            from kiosk.unreadable import wait_for_change

            wait_for_change(asked.config)
        return 2
    try:
        screen = settings.screen
        size = (screen.width, screen.height)
        driver.join()
        whole = size if all(size) else None
        prepare_kivy(settings.data / "kivy", whole, rotate=screen.rotate, touch=screen.touch)
        # Until the window is there, and listens, a signal ends the process at once.
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        now, this = datetime.now().astimezone(), Run(settings.data, boot_id())
        with this.noted(now) as crashes:
            if now in crashes:
                say(TERMINAL_CRASHED(where=str(settings.data), detail=f"{len(crashes)} lần trong 24 giờ qua"))
            _serve(settings, asked.describe, this, crashes)
    except ProblemError as error:
        say(error.problem)
        return 2
    finally:
        gc.enable()
    return 0


def _serve(
    settings: "Settings", description: Path | None, this: "Run", crashes: tuple[datetime, ...]
) -> None:
    from kiosk.window import require_screen

    require_screen(os.environ)
    from kiosk.app import run

    gc.freeze()  # nor is it looked through while somebody touches the glass
    gc.enable()

    def lost(why: "Problem") -> None:
        say(why)
        this.ended()

    run(settings, description, lost, crashes)


def say(problem: "Problem") -> None:
    """Show a problem to the person who looks after the terminal: in the log and in `systemctl status`."""
    from sync.host.systemd import Systemd

    print("\n".join(problem.lines()), file=sys.stderr, flush=True)
    Systemd(os.environ).status(problem.lines()[0])


if __name__ == "__main__":
    sys.exit(main())
