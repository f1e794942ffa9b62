"""On which line of a TOML text a key is: tomllib decodes a text but reports no lines. Pure.

The text has to be valid TOML. A path is made of names and of places in lists: ("officers", 3, "unit").
"""

import re
from bisect import bisect_right
from collections.abc import Mapping

Path = tuple[str | int, ...]

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_SPACE = re.compile(r"[ \t]*")
_STRING = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}' r"|'''.*?'{3,5}" r'|"(?:\\.|[^"\\\n])*"' r"|'[^'\n]*'",
    re.DOTALL,
)
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_PLAIN_VALUE = re.compile(r"[^,\]}\n#]*")
_ESCAPED = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))")


def line_of(text: str, path: Path) -> int:
    """The line (from 1) of the value at `path`; of what holds it, where there is no such value."""
    lines = lines_of(text)
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path, 1)


def lines_of(text: str) -> Mapping[Path, int]:
    """The line on which each key and each entry of a list first appears."""
    scanner = _Scanner(text)
    scanner.scan()
    return scanner.lines


class _Scanner:
    def __init__(self, text: str) -> None:
        self.lines: dict[Path, int] = {}
        self._text = text
        self._at = 0
        self._starts = [0, *(found.end() for found in re.finditer("\n", text))]
        # The last entry of each list that is written as [[name]].
        self._last: dict[Path, int] = {}

    def scan(self) -> None:
        table: Path = ()
        while self._skip(_BLANK):
            if self._take("[["):
                names = self._names()
                place = self._resolved(names[:-1]) + names[-1:]
                index = self._last.get(place, -1) + 1
                self._last[place] = index
                table = (*place, index)
                self._note(table)
                self._take("]]")
            elif self._take("["):
                table = self._resolved(self._names())
                self._note(table)
                self._take("]")
            else:
                self._pair(table)

    def _resolved(self, names: Path) -> Path:
        """A table's path: below a list of tables, a name means the list's last entry."""
        path: Path = ()
        for name in names:
            path = (*path, name)
            if path in self._last:
                path = (*path, self._last[path])
        return path

    def _pair(self, table: Path) -> None:
        place = table + self._names()
        self._note(place)
        self._take("=")
        self._value(place)

    def _value(self, place: Path) -> None:
        self._skip(_SPACE)
        if self._take("["):
            index = 0
            while not self._ends("]"):
                self._note((*place, index))
                self._value((*place, index))
                index += 1
        elif self._take("{"):
            while not self._ends("}"):
                self._pair(place)
        elif not self._match(_STRING):
            self._match(_PLAIN_VALUE)

    def _ends(self, sign: str) -> bool:
        """Whether the list or inline table ends here; a comma before it is passed."""
        self._skip(_BLANK)
        self._take(",")
        self._skip(_BLANK)
        return self._take(sign) or self._at >= len(self._text)

    def _names(self) -> Path:
        names: list[str] = []
        while True:
            self._skip(_SPACE)
            quoted = self._match(_STRING)
            names.append(_unquoted(quoted) if quoted else self._match(_BARE_KEY))
            self._skip(_SPACE)
            if not self._take("."):
                return tuple(names)

    def _note(self, path: Path) -> None:
        line = bisect_right(self._starts, self._at)
        for length in range(1, len(path) + 1):
            self.lines.setdefault(path[:length], line)

    def _skip(self, pattern: re.Pattern[str]) -> bool:
        """Pass what matches; whether there is more."""
        self._match(pattern)
        return self._at < len(self._text)

    def _match(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self._text, self._at)
        if match is None:
            return ""
        self._at = match.end()
        return match[0]

    def _take(self, sign: str) -> bool:
        if not self._text.startswith(sign, self._at):
            return False
        self._at += len(sign)
        return True


def _unquoted(key: str) -> str:
    if key.startswith("'"):
        return key[1:-1]
    return _ESCAPED.sub(lambda found: _character(*found.groups()), key[1:-1])


def _character(four: str | None, eight: str | None, sign: str | None) -> str:
    if sign is not None:
        return {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}.get(sign, sign)
    return chr(int(four or eight or "0", 16))
