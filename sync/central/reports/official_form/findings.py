"""What a check finds: violations, and what couldn't be checked. Every sentence in Vietnamese and English."""

from msgspec import Struct

from sync.central.reports.official_form.paper import Line, Place

_EXCERPT = 60


class Said(Struct, frozen=True):
    """A sentence in both languages."""

    vi: str
    en: str

    def written(self, language: str) -> str:
        """The sentence in “vi” or “en”."""
        return self.en if language == "en" else self.vi


class Fault(Struct, frozen=True, kw_only=True):
    """Found by a rule. where: a place. found: what is there. right: what the decree says."""

    rule: int
    where: Said
    found: Said
    right: Said


class Unread(Struct, frozen=True):
    """A rule that can't be checked in this file, and why."""

    rule: int
    why: Said


class Violation(Struct, frozen=True, kw_only=True):
    """A rule that is violated. more: how many other places have the same."""

    rule: int
    clause: str
    title: Said
    where: Said
    found: Said
    right: Said
    more: int = 0


class Unchecked(Struct, frozen=True, kw_only=True):
    """A rule that wasn't checked."""

    rule: int
    clause: str
    title: Said
    why: Said


class Examination(Struct, frozen=True):
    """All that was found in one document, by the number of the rule."""

    violations: tuple[Violation, ...]
    unchecked: tuple[Unchecked, ...]


def at(line: Line) -> Said:
    """Where a line is: its place and its first words."""
    vi, en = _place(line.place)
    words = line.words
    excerpt = words if len(words) <= _EXCERPT else words[:_EXCERPT].rsplit(" ", 1)[0] + " …"
    return Said(f"{vi}: “{excerpt}”", f"{en}: “{excerpt}”") if words else Said(vi, en)


def _place(place: Place) -> tuple[str, str]:
    if place.box:
        return "hộp chữ", "a text box"
    if place.table:
        return (
            f"bảng {place.table}, hàng {place.row}, ô {place.cell}",
            f"table {place.table}, row {place.row}, cell {place.cell}",
        )
    return f"đoạn {place.paragraph}", f"paragraph {place.paragraph}"


def numbers(value: float) -> str:
    """12,5 · 13: at most one decimal, as Vietnamese writes it."""
    return f"{value:.1f}".removesuffix(".0").replace(".", ",")


def span(values: tuple[float, float]) -> str:
    """13 – 14, or 13."""
    low, high = values
    return numbers(low) if low == high else f"{numbers(low)} – {numbers(high)}"
