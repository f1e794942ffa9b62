"""What the pages of a catalogue share: their unit, rows by the page, and forms that were shown long ago."""

import hashlib
from collections.abc import Sequence
from typing import Final, TypeVar

import msgspec
from msgspec import Struct

from sync.central.web.frame import Link
from sync.central.web.look import Look
from sync.central.web.near_units import of_unit
from sync.contract.problem import ProblemError
from sync.contract.problem.centre import LIST_OUTDATED

T = TypeVar("T")

HUB = "/danh-muc"
SEE: Final = "see-configuration"
CHANGE: Final = "change-configuration"
ROWS = 100
"""Rows of a page."""


class UnitAsked(Struct, frozen=True):
    """unit: the visitor's own without it."""

    unit: str | None = None


def mark_of(entry: Struct | None) -> str:
    """A short text that is another one when the entry is another one; "" for none."""
    return "" if entry is None else hashlib.sha256(msgspec.json.encode(entry)).hexdigest()[:16]


def check_unchanged(entry: Struct | None, before: str) -> None:
    """Raise ProblemError HL5140 if the entry was changed since the form was shown that carries `before`."""
    check_mark(mark_of(entry), before)


def check_mark(now: str, before: str) -> None:
    """Raise ProblemError HL5140 if a form carries another mark than what is stored has now."""
    if before and now != before:
        raise ProblemError(LIST_OUTDATED(detail="mục này vừa được sửa ở nơi khác"))


def crumbs(look: Look, *more: Link, unit: str | None = None) -> tuple[Link, ...]:
    """The pages above one of the catalogue."""
    hub = HUB if unit is None else of_unit(HUB, unit)
    return (Link(hub, look.say("Danh mục")), *more)


def page_of(rows: Sequence[T], number: int) -> tuple[Sequence[T], int, int]:
    """The rows of this page, and the numbers of the pages before and after it, 0 for none."""
    last = max(1, -(-len(rows) // ROWS))
    number = min(max(number, 1), last)
    shown = rows[(number - 1) * ROWS : number * ROWS]
    return shown, number - 1, number + 1 if number < last else 0
