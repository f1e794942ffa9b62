"""The main loop: it sleeps in SDL until something happens, and answers a touch in the same tick.

Kivy's own loop wakes sixty times a second and holds an event back until the next frame. A terminal that
shows the same picture all day should draw nothing, and one that is touched should answer at once. So:

- The process sleeps in `SDL_WaitEventTimeout` until an event arrives or the next Clock event is due, one
  second at most (Python can then run its signal handlers, and the watchdog hears from us).
- When an event wakes it, the touch is dispatched, the canvas drawn and the picture flipped in that same tick.
- Another thread wakes it with `call`: the work is queued, then `SDL_PushEvent` ends the sleep. What a thread
  gives to `Clock.schedule_once` would wait until the sleep ends by itself.
- What moves is held to `FRAME` seconds a picture, so an animation doesn't spin.

The numbers behind it are printed by `make bench NAME=kiosk`.
"""

import ctypes
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any

FRAME = 1 / 60
"""Seconds between two pictures while something moves."""

LONGEST_SLEEP = 1.0
"""Seconds after which the loop looks around even if nothing happened."""

_USER_EVENT_BYTES = 128
"""More than any SDL_Event (56 bytes in SDL 2)."""


def load_sdl() -> Any:
    """The SDL2 that Kivy itself uses.

    The wheel brings its own copy next to the package; another would have an event queue of its own. Where
    Kivy was built against the system's library, that one is already in the process under its usual name.

    Raises:
        OSError: there is no SDL2 at all.
    """
    import kivy

    bundled = sorted(Path(kivy.__file__).parent.parent.glob("[Kk]ivy.libs/libSDL2-2*.so*"))
    sdl = ctypes.CDLL(str(bundled[0]) if bundled else "libSDL2-2.0.so.0")
    sdl.SDL_WaitEventTimeout.argtypes = [ctypes.c_void_p, ctypes.c_int]
    sdl.SDL_PushEvent.argtypes = [ctypes.c_void_p]
    sdl.SDL_RegisterEvents.argtypes = [ctypes.c_int]
    sdl.SDL_RegisterEvents.restype = ctypes.c_uint32
    return sdl


class _DisplayMode(ctypes.Structure):
    """SDL_DisplayMode (SDL 2)."""

    _fields_ = (
        ("format", ctypes.c_uint32),
        ("width", ctypes.c_int),
        ("height", ctypes.c_int),
        ("refresh_rate", ctypes.c_int),
        ("driver", ctypes.c_void_p),
    )


def screen_size() -> tuple[int, int] | None:
    """Width and height of the first screen in pixels; None where SDL finds none. Call it before the window.

    A full-screen window takes this size from the window manager; where there is none, as on a bare tablet,
    it would keep the size it was made with. SDL's video stays open: opening it takes a while, and the window
    needs it next.
    """
    sdl, video = load_sdl(), 0x20
    if sdl.SDL_InitSubSystem(video) != 0:
        return None
    mode = _DisplayMode()
    found = sdl.SDL_GetDesktopDisplayMode(0, ctypes.byref(mode)) == 0
    return (mode.width, mode.height) if found else None


def told_dots_per_inch() -> tuple[float, float]:
    """What the window system says of the first screen, across and down; 0 where it says nothing.

    Call it while the window is there.
    """
    sdl = load_sdl()
    across, down = ctypes.c_float(0), ctypes.c_float(0)
    known = sdl.SDL_GetDisplayDPI(0, None, ctypes.byref(across), ctypes.byref(down)) == 0
    return (across.value, down.value) if known else (0.0, 0.0)


def take_keyboard() -> None:
    """Bring the window before all others and ask for the keyboard, which another program has taken."""
    sdl = load_sdl()
    sdl.SDL_GL_GetCurrentWindow.restype = ctypes.c_void_p
    window = ctypes.c_void_p(sdl.SDL_GL_GetCurrentWindow())
    sdl.SDL_RaiseWindow(window)
    sdl.SDL_SetWindowInputFocus(window)


class Loop:
    """Runs Kivy's event loop asleep, and lets other threads wake it.

    One per process; made after the window exists, because SDL must be running.
    """

    def __init__(self) -> None:
        self._sdl = load_sdl()
        self._wake_type = self._sdl.SDL_RegisterEvents(1)
        self._calls: deque[Callable[[], object]] = deque()
        self._turns = 0
        self._woke = 0.0
        self._looked_ms = 0

    @property
    def turns(self) -> int:
        """How often the loop has woken: what a watchdog looks at, and what an idle terminal keeps low."""
        return self._turns

    @property
    def looked_ms(self) -> int:
        """Until when every event has been dispatched, in monotonic milliseconds.

        What came later may wait unseen, for as long as this process is busy or is not given the processor.
        """
        return self._looked_ms

    def call(self, work: Callable[[], object]) -> None:
        """Run `work` on the main thread as soon as it wakes, and wake it. Safe from any thread."""
        self._calls.append(work)
        self.wake()

    def wake(self) -> None:
        """End the sleep now. Safe from any thread."""
        event = ctypes.create_string_buffer(_USER_EVENT_BYTES)
        ctypes.cast(event, ctypes.POINTER(ctypes.c_uint32))[0] = self._wake_type
        self._sdl.SDL_PushEvent(event)

    def run(self) -> None:
        """Run until the window is closed or `stop` is called.

        Raises:
            Exception: what a handler raised; the loop hides nothing.
        """
        from kivy.base import EventLoop

        while not EventLoop.quit and EventLoop.status == "started":
            self.turn()

    def stop(self) -> None:
        """End `run` after the current turn. Call it on the main thread."""
        from kivy.base import EventLoop

        EventLoop.quit = True

    def turn(self, longest: float = LONGEST_SLEEP) -> None:
        """One turn: sleep, take what arrived, dispatch it, draw if something changed.

        Args:
            longest: seconds to sleep at most.
        """
        from kivy.base import EventLoop
        from kivy.clock import Clock

        pause = self._pause(longest)
        if pause > 0:
            self._sdl.SDL_WaitEventTimeout(None, max(1, round(pause * 1000)))
        self._turns += 1
        self._woke = Clock.time()
        looked_ms = time.monotonic_ns() // 1_000_000
        EventLoop.window.mainloop()
        self._looked_ms = looked_ms
        while self._calls:
            self._calls.popleft()()
        EventLoop.idle()

    def _pause(self, longest: float) -> float:
        from kivy.base import EventLoop
        from kivy.clock import Clock

        now = Clock.time()
        due = Clock.get_min_timeout()
        if self._calls:
            return 0.0
        if due <= 0 or EventLoop.window.canvas.needs_redraw:
            return float(self._woke + FRAME - now)
        return float(min(longest, due - now))
