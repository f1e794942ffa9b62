"""Which letters a font has, read from its own tables."""

import struct
from importlib.util import find_spec
from pathlib import Path


def screen_fonts() -> tuple[Path, Path]:
    """The two weights that the terminal shows, as Kivy bundles them."""
    spec = find_spec("kivy")
    assert spec is not None
    assert spec.origin is not None
    fonts = Path(spec.origin).parent / "data" / "fonts"
    return fonts / "Roboto-Regular.ttf", fonts / "Roboto-Bold.ttf"


def letters_of(font: Path) -> set[int]:
    """The code points that a TrueType font has a glyph for: its cmap table, formats 4 and 12."""
    data = font.read_bytes()
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
