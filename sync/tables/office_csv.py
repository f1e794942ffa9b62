"""A table that a command prints as CSV, for a spreadsheet: UTF-8 with the mark that Excel knows it by."""

import csv
from collections.abc import Iterable, Sequence
from typing import TextIO

from sync.tables.formulas import guard

MARK = "\ufeff"


def write_csv(out: TextIO, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """One table: a header, then the rows; texts guarded."""
    out.write(MARK)
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows([guard(cell) if isinstance(cell, str) else cell for cell in row] for row in rows)
