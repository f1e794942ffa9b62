"""What somebody typed for a procedure or an officer, short and without marks, and what it can mean. Pure."""

from collections.abc import Callable, Iterator, Sequence

from msgspec import Struct

from sync.contract.text import without_marks

MOST = 20
"""Entries to choose from; with more the person types another letter."""


class Entry(Struct, frozen=True):
    """A procedure or an officer of the catalogue."""

    code: str
    name: str


def matches(typed: str, entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """The entries that were meant, the strictest reading first that any fits: one, several, or none.

    In this order: the code or the whole name; the beginning of the code; the first letters of the words
    (“dkks” for “Đăng ký khai sinh”, or the last of them: “ks”); the beginnings of words in their order
    (“khai s”); letters within.
    """
    wanted = without_marks(typed)
    if not wanted:
        return ()
    for fits in _READINGS:
        found = tuple(each for each in entries if fits(wanted, each))
        if found:
            return found
    return ()


def shown(entry: Entry) -> str:
    """An entry as it is offered and may be sent back: its code, then its name."""
    return f"{entry.code} · {entry.name}"


def _is_named(wanted: str, entry: Entry) -> bool:
    return wanted in (without_marks(each) for each in (entry.code, entry.name, shown(entry)))


def _code_begins(wanted: str, entry: Entry) -> bool:
    return without_marks(entry.code).startswith(wanted)


def _initials(wanted: str, entry: Entry) -> bool:
    letters = "".join(word[0] for word in _words(entry))
    return len(wanted) > 1 and " " not in wanted and (letters.startswith(wanted) or letters.endswith(wanted))


def _words_begin(wanted: str, entry: Entry) -> bool:
    words = iter(_words(entry))
    return all(any(word.startswith(part) for word in words) for part in wanted.split())


def _within(wanted: str, entry: Entry) -> bool:
    return wanted in without_marks(entry.name)


def _words(entry: Entry) -> Iterator[str]:
    for word in without_marks(entry.name).split():
        if bare := "".join(letter for letter in word if letter.isalnum()):
            yield bare


_READINGS: tuple[Callable[[str, Entry], bool], ...] = (
    _is_named,
    _code_begins,
    _initials,
    _words_begin,
    _within,
)
