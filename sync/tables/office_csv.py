"""A table that a command prints as CSV, for a spreadsheet: UTF-8 with the mark that Excel knows it by."""

import csv
from collections.abc import Iterable, Sequence
from typing import TextIO

MARK = "\ufeff"


def write_csv(out: TextIO, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """One table: a header, then the rows."""
    out.write(MARK)
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
