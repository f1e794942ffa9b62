"""Which letters a font has, read from its own tables (OpenType: `cmap`, formats 4 and 12)."""

import struct
import unicodedata
from collections.abc import Iterable
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path

from sync.contract.problem import ProblemError
from sync.contract.problem.files import ENTRY_INVALID, FILE_UNREADABLE

NOTO = Path("/usr/share/fonts/truetype/noto")
"""Where Debian's fonts-noto-core puts the fonts of most scripts."""

_KINDS = (b"\x00\x01\x00\x00", b"OTTO", b"true")


@cache
def screen_fonts() -> tuple[Path, Path]:
    """The two weights that the terminal shows where no other font is set: Roboto, as Kivy bundles it."""
    spec = find_spec("kivy")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("kivy")
    fonts = Path(spec.origin).parent / "data" / "fonts"
    return fonts / "Roboto-Regular.ttf", fonts / "Roboto-Bold.ttf"


@lru_cache
def letters_of(font: Path) -> frozenset[int]:
    """The code points that a font has a glyph for.

    Raises:
        ProblemError: HL1001 where the file can't be read, HL1003 where it is no TrueType or OpenType font.
    """
    try:
        data = font.read_bytes()
    except OSError as error:
        raise ProblemError(FILE_UNREADABLE(where=str(font), detail=str(error.strerror))) from error
    try:
        return frozenset(_letters(data))
    except (struct.error, KeyError) as error:
        detail = "không phải phông TrueType hoặc OpenType (.ttf, .otf)"
        raise ProblemError(ENTRY_INVALID(where=str(font), detail=detail)) from error


def bold_of(font: Path) -> Path:
    """The bold weight that lies next to a regular one (NotoSansKhmer-Bold.ttf); else the font itself."""
    bold = font.with_name(font.name.replace("-Regular.", "-Bold."))
    return bold if bold.is_file() else font


def noto_for(letters: Iterable[str], folder: Path = NOTO) -> Path | None:
    """The Noto font that has all these letters: Noto Sans, or the one of the script they are of."""
    wanted = sorted(letters)
    name = unicodedata.name(wanted[-1], "").title().split() if wanted else []
    for script in ("", "".join(name[:1]), "".join(name[:2])):
        path = folder / f"NotoSans{script}-Regular.ttf"
        if path.is_file() and {ord(letter) for letter in wanted} <= letters_of(path):
            return path
    return None


def _letters(data: bytes) -> set[int]:
    if data[:4] not in _KINDS:
        raise KeyError(data[:4])
    tables = struct.unpack_from(">H", data, 4)[0]
    names = {
        data[12 + 16 * i : 16 + 16 * i]: struct.unpack_from(">I", data, 20 + 16 * i)[0] for i in range(tables)
    }
    cmap = names[b"cmap"]
    letters: set[int] = set()
    for index in range(struct.unpack_from(">H", data, cmap + 2)[0]):
        at = cmap + struct.unpack_from(">I", data, cmap + 8 + 8 * index)[0]
        if struct.unpack_from(">H", data, at)[0] == 4:
            segments = struct.unpack_from(">H", data, at + 6)[0] // 2
            ends = struct.unpack_from(f">{segments}H", data, at + 14)
            starts = struct.unpack_from(f">{segments}H", data, at + 16 + 2 * segments)
            for start, end in zip(starts, ends, strict=True):
                letters |= set(range(start, end + 1)) - {0xFFFF}
        if struct.unpack_from(">H", data, at)[0] == 12:
            for group in range(struct.unpack_from(">I", data, at + 12)[0]):
                start, end, _ = struct.unpack_from(">III", data, at + 16 + 12 * group)
                letters |= set(range(start, end + 1))
    return letters
