"""A moving picture as its frames: a ZIP file of JPEG or PNG pictures, in the order of their names.

It is decoded a frame at a time by the SDL_image that Kivy brings: no video library is needed, and only one
frame is held. A video becomes such a file by one call of ffmpeg, on any machine.
"""

import ctypes
import zipfile
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from msgspec import Struct

A_SECOND = 12
"""Frames."""

_RGB24 = 0x17101803
_ENDINGS = (".jpg", ".jpeg", ".png")


class Frame(Struct, frozen=True):
    """One picture: pixels from the top left, three bytes each."""

    width: int
    height: int
    pixels: bytes


class Frames:
    """The frames of one file; one that can't be read is None."""

    def __init__(self, path: Path) -> None:
        self._file: zipfile.ZipFile | None = None
        self.names: tuple[str, ...] = ()
        try:
            self._file = zipfile.ZipFile(path)
        except (OSError, zipfile.BadZipFile):
            return
        names = sorted(self._file.namelist())
        self.names = tuple(name for name in names if name.lower().endswith(_ENDINGS))

    def __len__(self) -> int:
        return len(self.names)

    def frame(self, place: int) -> Frame | None:
        """The picture in this place, from 0."""
        if self._file is None or place >= len(self.names):
            return None
        try:
            return decoded(self._file.read(self.names[place]))
        except (OSError, zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError):
            return None  # damaged, packed in a way that we can't read, or encrypted

    def close(self) -> None:
        """Give the file back."""
        if self._file is not None:
            self._file.close()


class _Surface(ctypes.Structure):
    """SDL_Surface (SDL 2), as far as it is needed."""

    _fields_ = (
        ("flags", ctypes.c_uint32),
        ("format", ctypes.c_void_p),
        ("width", ctypes.c_int),
        ("height", ctypes.c_int),
        ("pitch", ctypes.c_int),
        ("pixels", ctypes.c_void_p),
    )


def decoded(data: bytes) -> Frame | None:
    """A JPEG or PNG picture; None where it is none."""
    sdl, image = _libraries()
    found = image.IMG_Load_RW(sdl.SDL_RWFromConstMem(data, len(data)), 1)
    if not found:
        return None
    plain = sdl.SDL_ConvertSurfaceFormat(found, _RGB24, 0)
    sdl.SDL_FreeSurface(found)
    if not plain:
        return None
    try:
        surface = plain.contents
        row = 3 * surface.width
        whole = ctypes.string_at(surface.pixels, surface.pitch * surface.height)
        rows = (whole[at : at + row] for at in range(0, len(whole), surface.pitch))
        return Frame(surface.width, surface.height, b"".join(rows))
    finally:
        sdl.SDL_FreeSurface(plain)


@lru_cache(1)
def _libraries() -> tuple[Any, Any]:
    spec = find_spec("kivy")
    bundled = Path(spec.origin).parent.parent if spec and spec.origin else Path()

    def load(name: str, system: str) -> Any:
        found = sorted(bundled.glob(f"[Kk]ivy.libs/{name}*.so*"))
        return ctypes.CDLL(str(found[0]) if found else system, ctypes.RTLD_GLOBAL)

    sdl, image = load("libSDL2-2", "libSDL2-2.0.so.0"), load("libSDL2_image", "libSDL2_image-2.0.so.0")
    surface = ctypes.POINTER(_Surface)
    sdl.SDL_RWFromConstMem.argtypes = [ctypes.c_char_p, ctypes.c_int]
    sdl.SDL_RWFromConstMem.restype = ctypes.c_void_p
    sdl.SDL_ConvertSurfaceFormat.argtypes = [surface, ctypes.c_uint32, ctypes.c_uint32]
    sdl.SDL_ConvertSurfaceFormat.restype = surface
    sdl.SDL_FreeSurface.argtypes = [surface]
    image.IMG_Load_RW.argtypes = [ctypes.c_void_p, ctypes.c_int]
    image.IMG_Load_RW.restype = surface
    return sdl, image
