"""What an official document says of itself: what it rests on, who receives it, who signs it. Pure.

These texts are Vietnamese alone, as the document has them, and name offices and titles, never a person.
"""

from datetime import date
from typing import Annotated, Literal

from msgspec import Meta, Struct

from sync.contract.patterns import whole

# The type of a document in its number: BC báo cáo, KH kế hoạch, TB thông báo, BB biên bản, CV công văn,
# GGT giấy giới thiệu, HD hướng dẫn.
DocumentType = Literal["BC", "KH", "TB", "BB", "CV", "GGT", "HD"]

# What a recipient gets the document for: as a copy; as a report (b/c); to file it (lưu).
Purpose = Literal["copy", "report", "file"]

# What is in no line: control characters and line breaks.
_BREAKS = r"\x00-\x1f\x7f\u2028\u2029"

# One line that says something.
Words = Annotated[str, Meta(pattern=whole(rf"[^{_BREAKS}]*[^\s{_BREAKS}][^{_BREAKS}]*"))]

# In whose place somebody signs: TM. (for the body), KT. (for the head), TL. and TUQ. (by order, by mandate),
# Q. (acting).
Capacity = Annotated[str, Meta(pattern=whole(rf"(TM|KT|TL|TUQ|Q)\. [^\s{_BREAKS}][^{_BREAKS}]*"))]


class Basis(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """One thing the document rests on (căn cứ), on a line of its own.

    opening: how the line begins. document: its kind or name, such as “Quyết định”. about: what it is about.
    """

    opening: str = "Căn cứ"
    document: Words
    number: str = ""
    issued: date | None = None
    authority: str = ""
    about: str = ""

    def line(self) -> str:
        """The line as a document prints it, without its semicolon."""
        number = f"số {self.number}" if self.number else ""
        day = f"ngày {written_day(self.issued)}" if self.issued else ""
        authority = f"của {self.authority}" if self.authority else ""
        return " ".join(filter(None, (self.opening, self.document, number, day, authority, self.about)))


class Recipient(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """One line of “Nơi nhận”. electronic: as an electronic document (VBĐT). copies: how many on paper."""

    name: Words
    purpose: Purpose = "copy"
    electronic: bool = False
    copies: Annotated[int, Meta(ge=0)] = 0

    def line(self) -> str:
        """The line as a document prints it."""
        marks = (
            "VBĐT" if self.electronic else "",
            "b/c" if self.purpose == "report" else "",
            f"{self.copies:02}b" if self.copies else "",
        )
        said = ", ".join(filter(None, marks))
        name = f"Lưu: {self.name}" if self.purpose == "file" else self.name
        return f"{name} ({said})" if said else name


class Signer(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Who signs, by title. capacity: the lines above the title, such as “TM. ỦY BAN NHÂN DÂN”."""

    title: Words
    capacity: tuple[Capacity, ...] = ()

    def lines(self) -> tuple[str, ...]:
        """The lines above the signature."""
        return (*self.capacity, self.title)


def written_day(day: date) -> str:
    """A day as official documents write it: 02/7/2020, 13/01/2023; only January and February get a zero."""
    return (
        f"{day.day:02}/{day.month:02}/{day.year}" if day.month < 3 else f"{day.day:02}/{day.month}/{day.year}"
    )
