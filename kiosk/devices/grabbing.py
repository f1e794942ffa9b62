"""A keyboard of one USB vendor and product, taken from /dev/input for this program alone (Linux).

Four requests to the kernel (linux/input.h) by `ioctl`: who a device is, which keys it has, that its events
carry monotonic times, and the grab, after which neither the window nor a log-in console sees its keys.
Nothing of Linux is imported before a keyboard is looked for.
"""

import io
import struct
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

# struct input_id: bus, vendor, product, version.
_IDENTITY = struct.Struct("@4H")
_INT = struct.Struct("@i")
_KEY_BYTES = 0x300 // 8
_KEY_ENTER = 28

# The requests' numbers where the kernel writes them as on x86 and ARM.
_EVIOCGID = 0x80004502 | _IDENTITY.size << 16
_EVIOCGBIT_KEYS = 0x80004521 | _KEY_BYTES << 16
_EVIOCSCLOCKID = 0x400445A0
_EVIOCGRAB = 0x40044590


def grab(vendor: int, product: int, folder: Path = Path("/dev/input")) -> io.FileIO | None:
    """The first such keyboard, held until it is closed; None where there is none that can be held."""
    from fcntl import ioctl

    for path in sorted(folder.glob("event*")):
        try:
            device = io.FileIO(path)
        except OSError:
            continue
        try:
            if _is_wanted(device, vendor, product):
                ioctl(device, _EVIOCSCLOCKID, _INT.pack(time.CLOCK_MONOTONIC))
                ioctl(device, _EVIOCGRAB, 1)
                return device
        except OSError:
            pass  # no event device, unplugged a moment ago, or held by another program
        device.close()
    return None


def finder(device: str) -> Callable[[], io.FileIO | None]:
    """Grabs the keyboard that a setting names, "evdev:vendor:product", where it is plugged in."""
    _, vendor, product = device.split(":")
    return partial(grab, int(vendor, 16), int(product, 16))


def _is_wanted(device: io.FileIO, vendor: int, product: int) -> bool:
    """Whether it is of this vendor and product, and has an Enter key (a scanner has further devices)."""
    from fcntl import ioctl

    identity = ioctl(device, _EVIOCGID, bytes(_IDENTITY.size))
    keys = ioctl(device, _EVIOCGBIT_KEYS, bytes(_KEY_BYTES))
    has_enter = bool(keys[_KEY_ENTER // 8] & 1 << _KEY_ENTER % 8)
    return _IDENTITY.unpack(identity)[1:3] == (vendor, product) and has_enter
