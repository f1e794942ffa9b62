"""What form a paragraph and its letters have, from all that says so: defaults, styles, and the text itself.

From weak to strong: the document's defaults, the table's style, the paragraph's style and those that it is
based on, the style of the letters, and what is said at the place itself. Bold, italic and capitals of styles
take turns: a bold style within a bold style is not bold, as in Word.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from lxml import etree
from msgspec import Struct

from sync.central.reports.official_form.unpacked import A, W

# What Word takes where a file says nothing.
_FONT: Final = "Times New Roman"
_SIZE: Final = 10.0
_OFF = frozenset({"0", "false", "off", "none"})
_TOGGLES = ("b", "i", "caps")
_DEEPEST = 12

Properties = Mapping[str, Mapping[str, str]]


class Letters(Struct, frozen=True, kw_only=True):
    """The form of letters. plain, other: the fonts of ASCII letters and of all others."""

    plain: str
    other: str
    size: float
    bold: bool
    italic: bool
    capitals: bool
    underline: bool
    hidden: bool
    colour: str


class Styles:
    """The styles of one document. Any of the parts may be missing."""

    def __init__(self, styles: etree._Element | None, theme: etree._Element | None) -> None:
        self._styles: dict[str, etree._Element] = {}
        self._default: dict[str, str] = {}
        self._base: dict[str, etree._Element | None] = {"pPr": None, "rPr": None}
        self._theme = dict(_theme_fonts(theme)) if theme is not None else {}
        self._known: dict[tuple[str, str], dict[str, dict[str, str]]] = {}
        # Of what was said before, by what says it: most paragraphs and runs of a document are alike.
        self._paragraphs: dict[tuple[str, bytes], Properties] = {}
        self._letters: dict[tuple[str, str, bytes], Letters] = {}
        if styles is None:
            return
        for style in styles.iterfind(f"{W}style"):
            id, kind = style.get(f"{W}styleId", ""), style.get(f"{W}type", "paragraph")
            self._styles[id] = style
            if style.get(f"{W}default") in ("1", "true", "on"):
                self._default[kind] = id
        for name in self._base:
            self._base[name] = styles.find(f"{W}docDefaults/{W}{name}Default/{W}{name}")

    def paragraph(self, own: etree._Element | None, table: str) -> Properties:
        """Properties of a paragraph whose pPr is `own`; table: the style of its table, "" outside tables."""
        key = (table, _text(own))
        if key not in self._paragraphs:
            self._paragraphs[key] = self._paragraph_of(own, table)
        return self._paragraphs[key]

    def _paragraph_of(self, own: etree._Element | None, table: str) -> Properties:
        said: dict[str, dict[str, str]] = {}
        _add(said, self._base["pPr"])
        if table:
            _merge(said, self._of_style(table, "pPr"))
        _merge(said, self._of_style(self._style(own, "pStyle", "paragraph"), "pPr"))
        _add(said, own)
        return said

    def letters(
        self, paragraph: etree._Element | None, own: etree._Element | None, table: str = ""
    ) -> Letters:
        """The form of a run whose rPr is `own`, in a paragraph whose pPr is `paragraph`."""
        style = self._style(paragraph, "pStyle", "paragraph")
        key = (table, style, _text(own))
        if key not in self._letters:
            self._letters[key] = self._letters_of(style, own, table)
        return self._letters[key]

    def _letters_of(self, style: str, own: etree._Element | None, table: str) -> Letters:
        said: dict[str, dict[str, str]] = {}
        _add(said, self._base["rPr"])
        levels = [
            self._of_style(table, "rPr") if table else {},
            self._of_style(style, "rPr"),
            self._of_style(self._style(own, "rStyle", "character"), "rPr"),
        ]
        for level in levels:
            _merge(said, level)
        on = {name: sum(_is_on(level.get(name)) for level in levels) % 2 == 1 for name in _TOGGLES}
        for name in _TOGGLES:
            on[name] = on[name] or _is_on(_values(self._base["rPr"]).get(name))
        direct = _values(own)
        for name in _TOGGLES:
            if name in direct:
                on[name] = _is_on(direct[name])
        _merge(said, direct)
        plain, other = self._fonts(said.get("rFonts", {}))
        size = number(said.get("sz", {}).get("val"))
        colour = said.get("color", {}).get("val", "auto").upper()
        return Letters(
            plain=plain,
            other=other,
            size=size / 2 if size else _SIZE,
            bold=on["b"],
            italic=on["i"],
            capitals=on["caps"],
            underline="u" in said and said["u"].get("val", "single") not in _OFF,
            hidden=_is_on(said.get("vanish")),
            colour="" if colour == "AUTO" else colour,
        )

    def is_ruled(self, table: str) -> bool:
        """Whether the style of a table draws lines."""
        return any(has_borders(style.find(f"{W}tblPr/{W}tblBorders")) for style in self._based_on(table))

    def _fonts(self, fonts: Mapping[str, str]) -> tuple[str, str]:
        return self._font(fonts, "ascii"), self._font(fonts, "hAnsi")

    def _font(self, fonts: Mapping[str, str], script: str) -> str:
        theme = fonts.get(f"{script}Theme", "")
        return (self._theme.get(theme[:5], "") if theme else "") or fonts.get(script, "") or _FONT

    def _style(self, own: etree._Element | None, name: str, kind: str) -> str:
        element = None if own is None else own.find(f"{W}{name}")
        given = "" if element is None else element.get(f"{W}val", "")
        return given if given in self._styles else self._default.get(kind, "")

    def _of_style(self, id: str, name: str) -> dict[str, dict[str, str]]:
        """What a style says, with all that it is based on."""
        key = (id, name)
        if key not in self._known:
            said: dict[str, dict[str, str]] = {}
            for style in reversed(list(self._based_on(id))):
                _add(said, style.find(f"{W}{name}"))
            self._known[key] = said
        return self._known[key]

    def _based_on(self, id: str) -> Iterator[etree._Element]:
        for _ in range(_DEEPEST):
            style = self._styles.get(id)
            if style is None:
                return
            yield style
            base = style.find(f"{W}basedOn")
            id = "" if base is None else base.get(f"{W}val", "")


def number(text: str | None) -> float:
    """A number as the file has it, 0 where it has none."""
    try:
        value = float(text or 0)
    except ValueError:
        return 0.0
    return value if abs(value) < 1e9 else 0.0


def attributes(element: etree._Element | None) -> dict[str, str]:
    """The attributes by their names without namespace; none of no element."""
    if element is None:
        return {}
    return {str(key).rpartition("}")[2]: str(value) for key, value in element.attrib.items()}


def has_borders(borders: etree._Element | None) -> bool:
    """Whether any of these borders is drawn."""
    if borders is None:
        return False
    return any(border.get(f"{W}val", "none") not in ("none", "nil") for border in borders)


def _is_on(said: Mapping[str, str] | None) -> bool:
    return said is not None and said.get("val", "1") not in _OFF


def _text(properties: etree._Element | None) -> bytes:
    return b"" if properties is None else etree.tostring(properties, with_tail=False)


def _values(properties: etree._Element | None) -> dict[str, dict[str, str]]:
    """The properties by name, each with its attributes; what is nested, such as borders, by its own name."""
    said: dict[str, dict[str, str]] = {}
    if properties is None:
        return said
    for element in properties:
        if not isinstance(element.tag, str):
            continue
        name = element.tag.rpartition("}")[2]
        said[name] = attributes(element)
        if name in ("pBdr", "numPr"):
            for inner in element:
                if isinstance(inner.tag, str):
                    said[f"{name}.{inner.tag.rpartition('}')[2]}"] = attributes(inner)
    return said


def _add(said: dict[str, dict[str, str]], properties: etree._Element | None) -> None:
    _merge(said, _values(properties))


def _merge(said: dict[str, dict[str, str]], more: Mapping[str, Mapping[str, str]]) -> None:
    """What is said later wins, attribute by attribute."""
    for name, values in more.items():
        there = said.setdefault(name, {})
        if name == "rFonts":
            for script in ("ascii", "hAnsi"):  # a font by name wins over one of the theme, and the reverse
                if script in values:
                    there.pop(f"{script}Theme", None)
        if name == "ind":
            for wins, loses in (("firstLine", "hanging"), ("hanging", "firstLine")):
                if wins in values:
                    there.pop(loses, None)
        there.update(values)


def _theme_fonts(theme: etree._Element) -> Iterator[tuple[str, str]]:
    for name in ("major", "minor"):
        latin = theme.find(f".//{A}{name}Font/{A}latin")
        if latin is not None:
            yield name, latin.get("typeface", "")
