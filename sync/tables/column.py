"""The columns of a table: the kind of their values, and their headings."""

from collections.abc import Sequence
from typing import Literal

from msgspec import Struct

# whole: a whole number. decimal: one with a fraction. truth: true or false. day: YYYY-MM-DD.
# moment: a time with its offset (RFC 3339).
Kind = Literal["text", "whole", "decimal", "truth", "day", "moment"]
Value = str | int | float | bool | None
# ids: the names that programs know a column by. vi: Vietnamese, for a person.
Headings = Literal["ids", "vi"]


class Column(Struct, frozen=True, array_like=True):
    """One column: its name, the kind of its values, and its Vietnamese heading if it has one."""

    name: str
    kind: Kind = "text"
    label: str = ""


def headings(columns: Sequence[Column], wanted: Headings) -> list[str]:
    """The heading of each column. All are different, because Excel's tables require that."""
    if wanted == "ids":
        return [column.name for column in columns]
    labels = [column.label or column.name for column in columns]
    return [
        label if labels.count(label) == 1 else f"{label} ({column.name})"
        for label, column in zip(labels, columns, strict=True)
    ]
