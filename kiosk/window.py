"""The terminal runs only where its picture can be seen; without a screen it ends with a problem, HL2010.

SDL falls back to drawing into memory where it finds no screen, and a service that does so looks well in front
of a dark panel. So X is the only driver that is tried on Linux, what SDL has chosen is looked at, and a
connection that breaks later ends the process: the service manager starts it again. Who wants another driver
(KMSDRM, or `offscreen` for a test) names it in SDL_VIDEODRIVER.
"""

import ctypes
import os
import socket
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from kiosk.loop import load_sdl
from sync.contract.problem import Problem, ProblemError
from sync.contract.problem.terminal import SCREEN_MISSING

UNSEEN = {"offscreen", "dummy", "evdev"}
"""Drivers of SDL that show nothing."""

_VIDEO = 0x20  # SDL_INIT_VIDEO
_SHOWN = 0x04  # SDL_WINDOW_SHOWN
_MINIMIZED = 0x40  # SDL_WINDOW_MINIMIZED


def default_driver(environment: Mapping[str, str], platform: str = sys.platform) -> str:
    """The value for SDL_VIDEODRIVER: what the environment names, else X on Linux; "" lets SDL choose."""
    return environment.get("SDL_VIDEODRIVER") or ("x11" if platform == "linux" else "")


def require_screen(environment: Mapping[str, str]) -> None:
    """Refuse to start where nobody could see the picture; call it before the window is made.

    SDL's video stays open for the window.

    Raises:
        ProblemError: HL2010, with the reason.
    """
    asked = default_driver(environment)
    sdl = load_sdl()
    if sdl.SDL_InitSubSystem(_VIDEO) != 0:
        raise ProblemError(no_screen(environment))
    driver = _driver(sdl)
    if driver in UNSEEN and driver not in asked.split(","):
        raise ProblemError(SCREEN_MISSING(detail=f"SDL chỉ có trình điều khiển '{driver}'"))


def no_screen(environment: Mapping[str, str]) -> Problem:
    """Why there is no screen, as far as it can be found out."""
    driver, display = default_driver(environment), environment.get("DISPLAY", "")
    if driver != "x11":
        return SCREEN_MISSING(where="SDL_VIDEODRIVER", detail=f"không dùng được '{driver}'")
    if not display:
        return SCREEN_MISSING(where="DISPLAY", detail="biến này chưa được đặt")
    if _nobody_listens(display):
        return SCREEN_MISSING(where=f"DISPLAY={display}", detail="không có máy chủ X nào trả lời")
    return SCREEN_MISSING(where=f"DISPLAY={display}", detail="máy chủ X từ chối kết nối, hoặc thiếu OpenGL")


@contextmanager
def connection_watched(lost: Callable[[Problem], None], environment: Mapping[str, str]) -> Iterator[None]:
    """Within the block: when X is gone, `lost` is called and the process ends with code 2. Needs a window."""
    if _driver(load_sdl()) != "x11":
        yield
        return
    gone = SCREEN_MISSING(where=f"DISPLAY={environment.get('DISPLAY', '')}", detail="máy chủ X đã ngừng")

    def broken(_: object) -> int:
        # Xlib calls this in the middle of whatever waited for X, and ends the process when it returns: no
        # cleaning up is safe here. The outbox is made for processes that end at any time.
        lost(gone)
        os._exit(2)

    handler = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p)(broken)
    xlib = ctypes.CDLL("libX11.so.6")  # SDL has loaded it: one name, one copy
    xlib.XSetIOErrorHandler.restype = ctypes.c_void_p
    xlib.XSetIOErrorHandler.argtypes = [ctypes.c_void_p]
    before = xlib.XSetIOErrorHandler(handler)
    try:
        yield
    finally:
        xlib.XSetIOErrorHandler(before)


def is_seen() -> bool:
    """Whether the window is on the screen: neither hidden nor minimized.

    X is asked, and its answer waited for: who feeds a watchdog afterwards doesn't while X hangs.
    """
    sdl = load_sdl()
    sdl.SDL_GL_GetCurrentWindow.restype = ctypes.c_void_p
    sdl.SDL_GetWindowFlags.argtypes = [ctypes.c_void_p]
    sdl.SDL_GetWindowFlags.restype = ctypes.c_uint32
    window = sdl.SDL_GL_GetCurrentWindow()
    if window and _driver(sdl) == "x11":
        _wait_for_x(sdl, window)
    flags: int = sdl.SDL_GetWindowFlags(window) if window else 0
    return bool(flags & _SHOWN) and not flags & _MINIMIZED


class _WindowInfo(ctypes.Structure):
    """SDL_SysWMinfo (SDL 2), as far as it is the same for X; `rest` is as large as other systems need."""

    _fields_ = (
        ("version", ctypes.c_uint8 * 3),
        ("subsystem", ctypes.c_int),
        ("display", ctypes.c_void_p),
        ("rest", ctypes.c_uint8 * 64),
    )


def _wait_for_x(sdl: Any, window: int) -> None:
    info = _WindowInfo()
    sdl.SDL_GetVersion(info.version)
    sdl.SDL_GetWindowWMInfo.argtypes = [ctypes.c_void_p, ctypes.c_void_p]
    if sdl.SDL_GetWindowWMInfo(window, ctypes.byref(info)):
        xlib = ctypes.CDLL("libX11.so.6")
        xlib.XSync.argtypes = [ctypes.c_void_p, ctypes.c_int]
        xlib.XSync(info.display, 0)


def _driver(sdl: Any) -> str:
    sdl.SDL_GetCurrentVideoDriver.restype = ctypes.c_char_p
    return (sdl.SDL_GetCurrentVideoDriver() or b"").decode()


def _nobody_listens(display: str) -> bool:
    """Whether a display of this machine has no server; one elsewhere is not asked."""
    host, _, number = display.rpartition(":")
    if host not in ("", "unix"):
        return False
    path = f"/tmp/.X11-unix/X{number.partition('.')[0]}"
    for address in (path, "\0" + path):
        with socket.socket(socket.AF_UNIX) as probe:
            if probe.connect_ex(address) == 0:
                return False
    return True
