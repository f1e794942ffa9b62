"""Letters that Roboto lacks are set with the fonts of kiosk.toml: a text is cut into runs of one font each.

Khmer and other scripts need shaping: SDL_ttf does it once it knows the script, but Kivy measures without. So
such a run is measured here, by the same library.
"""

import ctypes
import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import kivy
import regex
from kivy.core.text import LabelBase
from msgspec import Struct

from kiosk.font import bold_of, letters_of, screen_fonts

_OURS = "hailong "
"""Kivy's registry of fonts, which every label shares, holds ours under names that begin so."""

_SCRIPTS = {
    "KHMER": "Khmr",
    "THAI": "Thai",
    "LAO": "Laoo",
    "CHAM": "Cham",
    "TAI": "Tavt",
    "MYANMAR": "Mymr",
    "DEVANAGARI": "Deva",
    "ARABIC": "Arab",
    "HANGUL": "Hang",
    "CJK": "Hani",
}
"""The first word of a letter's name in Unicode -> its script in ISO 15924."""


class Run(Struct, frozen=True):
    """A piece of a line that one font draws. font: a file, "" Roboto. script: "" Latin, for Roboto."""

    text: str
    font: str = ""
    script: str = ""


_CLUSTER = regex.compile(r"\X")
"""A letter with its marks: an accent from another font would be anywhere but on its letter."""


def use_fonts(fonts: Iterable[Path]) -> None:
    """From now on letters that Roboto lacks come from these. Call it before anything is drawn."""
    for font in fonts:
        LabelBase.register(_OURS + str(font), str(font), fn_bold=str(bold_of(font)))


def runs(text: str, bold: bool) -> list[Run]:
    """The text, cut wherever another font has to draw; one run where one font has it all, Roboto first."""
    fonts = _registered()
    roboto = letters_of(screen_fonts()[0])
    if not fonts or all(ord(letter) in roboto for letter in text):
        return [Run(text)]
    letters = {ord(letter) for letter in text}
    cut: list[Run] = []
    if whole := next((font for font, known in fonts.items() if letters <= known), ""):
        cut = [Run(text, whole)]
    else:
        for cluster in _CLUSTER.findall(text):
            font = _font_for(cluster, cut[-1].font if cut else "", fonts, roboto)
            if cut and font == cut[-1].font:
                cut[-1] = Run(cut[-1].text + cluster, font)
            else:
                cut.append(Run(cluster, font))
    return [
        Run(run.text, str(bold_of(Path(run.font))) if bold else run.font, _script(run.text))
        if run.font
        else run
        for run in cut
    ]


def _font_for(cluster: str, last: str, fonts: Mapping[str, frozenset[int]], roboto: frozenset[int]) -> str:
    """A space or a sign stays with what is before it; else Roboto where it has all of the cluster."""
    letters = {ord(letter) for letter in cluster}
    neutral = unicodedata.category(cluster[0])[0] in "ZPMC"
    if neutral and last and letters <= fonts[last]:
        return last
    if letters <= roboto:
        return ""
    return next((font for font, known in fonts.items() if letters <= known), "")


def _registered() -> dict[str, frozenset[int]]:
    names = [name for name in LabelBase._fonts if name.startswith(_OURS)]
    return {name.removeprefix(_OURS): letters_of(Path(name.removeprefix(_OURS))) for name in names}


def _script(text: str) -> str:
    for letter in text:
        if script := _SCRIPTS.get(unicodedata.name(letter, "").partition(" ")[0]):
            return script
    return ""


def shaped_width(run: Run, size: int) -> int:
    """The width in pixels of a run that is set with a font of ours."""
    ttf, width = _load_ttf(), ctypes.c_int()
    font = _opened(run.font, size)
    ttf.TTF_SetFontScriptName(font, (run.script or "Latn").encode())
    ttf.TTF_SizeUTF8(font, run.text.encode(), ctypes.byref(width), None)
    return width.value


@lru_cache(64)
def _opened(font: str, size: int) -> int:
    handle: int = _load_ttf().TTF_OpenFont(font.encode(), size)
    return handle


@lru_cache(1)
def _load_ttf() -> Any:
    """The SDL_ttf that Kivy itself uses; see `kiosk.loop.load_sdl`."""
    bundled = sorted(Path(kivy.__file__).parent.parent.glob("[Kk]ivy.libs/libSDL2_ttf*.so*"))
    ttf = ctypes.CDLL(str(bundled[0]) if bundled else "libSDL2_ttf-2.0.so.0")
    ttf.TTF_OpenFont.restype = ctypes.c_void_p
    ttf.TTF_OpenFont.argtypes = [ctypes.c_char_p, ctypes.c_int]
    ttf.TTF_SetFontScriptName.argtypes = [ctypes.c_void_p, ctypes.c_char_p]
    ttf.TTF_SizeUTF8.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p, ctypes.c_void_p]
    ttf.TTF_Init()
    return ttf
