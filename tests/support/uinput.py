"""A keyboard that the kernel takes for a real one (needs /dev/uinput)."""

import fcntl
import io
import struct
from collections.abc import Iterator
from contextlib import contextmanager

# linux/uinput.h: UI_SET_EVBIT, UI_SET_KEYBIT, UI_DEV_SETUP, UI_DEV_CREATE, and struct uinput_setup.
_SET_EVENT, _SET_KEY, _SETUP, _CREATE = 0x40045564, 0x40045565, 0x405C5503, 0x5501
_UINPUT_SETUP = struct.Struct("@4H80sI")
_USB, _KEY_EVENTS = 3, 1


@contextmanager
def made_keyboard(vendor: int, product: int) -> Iterator[io.FileIO]:
    """A keyboard inside the block; key events are written to it."""
    with io.FileIO("/dev/uinput", "w") as keyboard:
        fcntl.ioctl(keyboard, _SET_EVENT, _KEY_EVENTS)
        for key in range(1, 120):
            fcntl.ioctl(keyboard, _SET_KEY, key)
        fcntl.ioctl(keyboard, _SETUP, _UINPUT_SETUP.pack(_USB, vendor, product, 1, b"scanner", 0))
        fcntl.ioctl(keyboard, _CREATE)
        yield keyboard
