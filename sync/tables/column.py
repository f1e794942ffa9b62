"""What a column of a table holds."""

from typing import Literal

from msgspec import Struct

# whole: a whole number. truth: true or false. day: YYYY-MM-DD. moment: a time with its offset (RFC 3339).
Kind = Literal["text", "whole", "truth", "day", "moment"]
Value = str | int | bool | None


class Column(Struct, frozen=True, array_like=True):
    """One column: its name and what it holds."""

    name: str
    kind: Kind = "text"
