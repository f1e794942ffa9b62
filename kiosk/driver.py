"""The graphics driver, loaded while Python still imports: it takes as long, and needs nothing of it.

Without a graphics processor the driver is a compiler of a hundred megabytes. X loads it when it is first
asked about OpenGL; asked from a thread, it is there when the window wants it.
"""

import ctypes
import os
import sys
import threading


def start_loading() -> threading.Thread:
    """Begin; join the thread before anything else speaks to X."""
    thread = threading.Thread(target=_load, name="driver", daemon=True)
    thread.start()
    return thread


def _load() -> None:
    if sys.platform != "linux" or not os.environ.get("DISPLAY"):
        return
    try:
        x, gl = ctypes.CDLL("libX11.so.6"), ctypes.CDLL("libGL.so.1")
    except OSError:
        return  # SDL says what is missing, or finds another way
    x.XOpenDisplay.restype = ctypes.c_void_p
    display = ctypes.c_void_p(x.XOpenDisplay(None))
    if display:
        # The connection stays: with its last one the driver would go.
        gl.glXQueryServerString(display, 0, 1)
