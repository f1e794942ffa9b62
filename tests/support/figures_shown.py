"""The numbers of an aggregate page, each with where it is found in `/v1/summary`: see figure_links.py."""

from decimal import Decimal
from html.parser import HTMLParser
from typing import Any

from msgspec import Struct

_VOID = frozenset({"br", "hr", "img", "input", "link", "meta", "wbr"})


class Shown(Struct, frozen=True):
    """A number as it is written, the query of the summary, and the path in its answer."""

    text: str
    query: str
    path: str

    @property
    def number(self) -> Decimal | None:
        """What is written in Vietnamese; None for a dash."""
        text = self.text.replace("\u00a0", "").replace("%", "").replace(".", "").replace(",", ".")
        return None if text == "–" else Decimal(text)


def figures_shown(html: str) -> list[Shown]:
    """All of them, in their order."""
    reader = _Reader()
    reader.feed(html)
    return reader.shown


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.shown: list[Shown] = []
        self._open: list[tuple[str, str, str]] = []  # tag, query, data-v
        self._text = ""

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if tag in _VOID:
            return
        given = {name: value or "" for name, value in attributes}
        around = self._open[-1][1] if self._open else ""
        self._open.append((tag, given.get("data-q", around), given.get("data-v", "")))
        self._text = ""

    def handle_data(self, data: str) -> None:
        self._text += data

    def handle_endtag(self, tag: str) -> None:
        while self._open:
            opened, query, at = self._open.pop()
            if at:
                own, _, path = at.partition("#")
                self.shown.append(Shown(self._text.strip(), own or query, path))
            if opened == tag:
                break


def figure(answer: Any, path: str) -> Any:
    """What the answer of the summary has at this path."""
    value = answer
    for step in path.strip("/").split("/"):
        if isinstance(value, list):
            value = _element(value, step)
        elif "+" in step:
            value = sum(value[each] for each in step.split("+"))
        else:
            value = value[step]
    return value


def _element(values: list[Any], step: str) -> Any:
    if "=" not in step:
        return values[int(step)]
    wanted = dict(part.split("=", 1) for part in step.split(";"))
    (found,) = (each for each in values if all(str(each[name]) == value for name, value in wanted.items()))
    return found
