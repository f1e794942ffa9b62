"""What form the letters of an element have to have, and in what a line differs from it."""

from collections.abc import Iterator

from msgspec import Struct

from sync.central.reports.official_form.findings import Fault, Said, at, numbers, span
from sync.central.reports.official_form.paper import Line
from sync.central.reports.official_form.profile import Range

# Sizes are kept in half points.
_SLACK = 0.01


class Form(Struct, frozen=True, kw_only=True):
    """A form of letters; None: either way. centred: in its place."""

    size: Range
    bold: bool | None = None
    italic: bool | None = False
    capitals: bool | None = None
    centred: bool = False

    def said(self) -> Said:
        """The form in words: chữ in hoa, cỡ 12 – 13, đứng, đậm."""
        vi = [
            {True: "chữ in hoa", False: "chữ in thường", None: ""}[self.capitals],
            f"cỡ {span(self.size)}",
            {True: "nghiêng", False: "đứng", None: ""}[self.italic],
            {True: "đậm", False: "không đậm", None: ""}[self.bold],
            "canh giữa" if self.centred else "",
        ]
        en = [
            {True: "in capitals", False: "not in capitals", None: ""}[self.capitals],
            f"{span(self.size)} pt".replace(",", "."),
            {True: "italic", False: "upright", None: ""}[self.italic],
            {True: "bold", False: "not bold", None: ""}[self.bold],
            "centred" if self.centred else "",
        ]
        return Said(", ".join(filter(None, vi)), ", ".join(filter(None, en)))


def unlike(rule: int, line: Line, form: Form) -> Iterator[Fault]:
    """One fault that names all in which the line differs."""
    vi: list[str] = []
    en: list[str] = []
    letters = line.letters
    if form.capitals is True and line.words != line.words.upper():
        vi.append("không in hoa")
        en.append("not in capitals")
    if form.capitals is False and line.words == line.words.upper() != line.words.lower():
        vi.append("in hoa")
        en.append("in capitals")
    low, high = form.size
    sizes = sorted({run.size for run in letters if not low - _SLACK <= run.size <= high + _SLACK})
    if sizes:
        vi.append("cỡ " + ", ".join(map(numbers, sizes)))
        en.append(", ".join(map(numbers, sizes)).replace(",", ".") + " pt")
    for wanted, is_so, names in (
        (form.italic, [run.italic for run in letters], ("nghiêng", "italic")),
        (form.bold, [run.bold for run in letters], ("đậm", "bold")),
    ):
        if wanted is True and not all(is_so):
            vi.append(f"không {names[0]}")
            en.append(f"not {names[1]}")
        if wanted is False and any(is_so):
            vi.append(names[0])
            en.append(names[1])
    if form.centred and line.align != "center":
        vi.append("không canh giữa")
        en.append("not centred")
    if vi:
        yield Fault(rule=rule, where=at(line), found=Said(", ".join(vi), ", ".join(en)), right=form.said())
