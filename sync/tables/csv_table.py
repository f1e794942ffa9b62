"""A table as CSV (RFC 4180) for a spreadsheet: guarded texts, UTF-8 with the byte order mark of Excel."""

import csv
from collections.abc import Iterable, Sequence
from typing import TextIO

from sync.tables.formulas import guard

MARK = "\ufeff"


def write_csv(
    out: TextIO,
    header: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    separator: str = ",",
    end: str = "\r\n",
    mark: bool = True,
) -> None:
    """One table: a header, then the rows. end: of each line. mark: at the beginning."""
    if mark:
        out.write(MARK)
    writer = csv.writer(out, delimiter=separator, lineterminator=end)
    writer.writerow([guard(cell, separator) for cell in header])
    writer.writerows([_cell(value, separator) for value in row] for row in rows)


def _cell(value: object, separator: str) -> object:
    if isinstance(value, bool):
        return "true" if value else "false"
    return guard(value, separator) if isinstance(value, str) else value
