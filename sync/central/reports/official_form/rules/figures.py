"""Rule 21: a comma before decimals, dots between thousands, days as 20/11/2026."""

import re
from collections.abc import Iterator

from sync.central.reports.official_form.findings import Fault, Said, at
from sync.central.reports.official_form.paper import Line, Table, Written
from sync.central.reports.official_form.profile import Profile

_DAY = re.compile(r"(?<![\d.\-/])(\d{1,2}([.\-])\d{1,2}\2(19|20)\d\d|(19|20)\d\d-\d\d-\d\d)(?![\d\-/])")
_THOUSANDS = re.compile(r"(?<![\d.,])\d{1,3}(,\d{3}){2,}(?![\d,])")
_ALONE = re.compile(r"[+-]?\d+\.\d{1,2}%?")
_RIGHT = Said("90,5%; 3.270; 20/11/2026", "90,5%; 3.270; 20/11/2026")


def figures(written: Written, profile: Profile) -> Iterator[Fault]:
    """All numbers and days that are written as elsewhere in the world."""
    units = "|".join(re.escape(unit) for unit in profile.words.units)
    decimal = re.compile(rf"(?<![\d.,/])\d+\.(\d{{1,2}}|\d{{4,5}})\s?({units})")
    # Four figures may be a year.
    whole = re.compile(rf"(?<![\d.,/–-])(?!(?:19|20)\d\d\s)\d{{4,9}}\s({units})(?!\w)")
    alone = {line.place for item in written.items if isinstance(item, Table) for line in _figure_cells(item)}
    for line in written.lines:
        text = line.words
        match = (
            decimal.search(text)
            or _THOUSANDS.search(text)
            or whole.search(text)
            or _DAY.search(text)
            or (_ALONE.fullmatch(text) if line.place in alone else None)
        )
        if match is not None:
            found = Said(f"“{match[0]}”", f"“{match[0]}”")
            yield Fault(rule=21, where=at(line), found=found, right=_RIGHT)


def _figure_cells(table: Table) -> Iterator[Line]:
    """The lines of cells that may hold a figure: not the first column, which may number its rows 1.1, 1.2."""
    return (line for row in table.rows for cell in row[1:] for line in cell.lines)
