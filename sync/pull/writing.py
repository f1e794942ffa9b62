"""The finished file: written next to its place, then renamed. Readers see the old or the new one, whole.

A row that was voided after it was pulled no longer counts: rows that came later name the rows they void.
"""

import sys
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

import msgspec
from msgspec import Struct

from sync.contract.problem import ProblemError
from sync.contract.problem.pull import PULL_LACKS_PARQUET, PULL_UNWRITABLE
from sync.pull.settings import Job
from sync.pull.state import Spool, put_in_place
from sync.tables.column import Column, Value, headings
from sync.tables.csv_table import write_csv
from sync.tables.parquet import check_installed, write_parquet
from sync.tables.workbook import write_workbook

_GROUP = 20_000
_UNCOUNTED = b'"counts":false'
_COUNTED = b'"counts":true'


def check_format(job: Job) -> None:
    """Return if this machine can write the output; raises ProblemError HL4214."""
    if job.format == "parquet":
        try:
            check_installed()
        except ImportError as error:
            raise ProblemError(PULL_LACKS_PARQUET(where=str(job.output), detail=sys.prefix)) from error


def publish(job: Job, spool: Spool) -> None:
    """Write the output from everything in the spool; raises ProblemError HL4033 or HL4206."""
    draft = job.output.with_name(job.output.name + ".new")
    try:
        if job.format == "jsonl":
            _json_lines(draft, spool)
        else:
            _TABLES[job.format](draft, Table(spool), job)
        put_in_place(draft, job.output)
    except OSError as error:
        raise ProblemError(PULL_UNWRITABLE(where=str(job.output), detail=error.strerror or "")) from error
    finally:
        draft.unlink(missing_ok=True)
    spool.published(job.output, job.look)


# --- JSON lines ---------------------------------------------------------------------------------------------


class _Item(Struct, frozen=True):
    cursor: str
    voids: int | None = None


_item = msgspec.json.Decoder(_Item)


def _json_lines(draft: Path, spool: Spool) -> None:
    voided = {_item.decode(line).voids for line in _lines(spool) if b'"voids":' in line}
    with draft.open("wb") as out:
        for line in _lines(spool):
            if voided and int(_item.decode(line).cursor.rpartition("-")[2]) in voided:
                line = line.replace(_COUNTED, _UNCOUNTED, 1)  # the first of this name is the row's own
            out.write(line)


def _lines(spool: Spool) -> Iterator[bytes]:
    for at in range(len(spool.state.parts)):
        with spool.part(at).open("rb") as lines:
            yield from lines


# --- tables -------------------------------------------------------------------------------------------------


class Table:
    """One table of all parts: every column of every part, empty for parts that don't have it."""

    def __init__(self, spool: Spool) -> None:
        self._spool = spool
        self._parts = [columns_of(part.header) for part in spool.state.parts]
        kinds: dict[str, Column] = {}
        for column in (column for part in self._parts for column in part):
            there = kinds.get(column.name, column)
            kind = column.kind if there.kind == column.kind else "text"
            kinds[column.name] = Column(column.name, kind, column.label or there.label)
        self.columns = tuple(kinds.values())
        self._voided = self._find_voided()

    def without_unused(self) -> "Table":
        """The same for a person: without the questions of forms that no row here answers."""
        used = {name for at, row in self._read() for name in _filled(self._parts[at], row)}
        kept = (column for column in self.columns if column.name in used or not _is_question(column))
        self.columns = tuple(kept)
        return self

    def rows(self) -> Iterator[list[Value]]:
        """The rows in the order of arrival, one value per column."""
        text = [column.kind == "text" for column in self.columns]
        for at, row in self._read():
            places = {column.name: place for place, column in enumerate(self._parts[at])}
            values: list[Value] = [
                row[places[column.name]] if column.name in places else None for column in self.columns
            ]
            for place, value in enumerate(values):
                if text[place] and value is not None and not isinstance(value, str):
                    values[place] = _plain(value)
            if row[places["position"]] in self._voided and "counts" in places:
                values[[column.name for column in self.columns].index("counts")] = False
            yield values

    def _find_voided(self) -> set[Value]:
        voids = [
            next((place for place, column in enumerate(part) if column.name == "voids"), None)
            for part in self._parts
        ]
        found = {row[place] for at, row in self._read() if (place := voids[at]) is not None}
        return found - {None}

    def _read(self) -> Iterator[tuple[int, list[Value]]]:
        for at in range(len(self._parts)):
            with self._spool.part(at).open("rb") as lines:
                for line in lines:
                    yield at, _row.decode(line)


_row = msgspec.json.Decoder(list[Value])
_header = msgspec.json.Decoder(tuple[Column, ...])


def columns_of(header: str) -> tuple[Column, ...]:
    """The columns named in a part's first line; raises msgspec.DecodeError if it names none."""
    return _header.decode(header)


def _is_question(column: Column) -> bool:
    return column.name.startswith(("answers.", "words."))


def _filled(part: tuple[Column, ...], row: list[Value]) -> Iterator[str]:
    return (column.name for column, value in zip(part, row, strict=True) if value is not None)


def _plain(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def _csv(draft: Path, table: Table, job: Job) -> None:
    with draft.open("w", encoding="utf-8", newline="") as out:
        write_csv(out, headings(table.columns, job.headings), table.rows(), separator=job.separator)


def _xlsx(draft: Path, table: Table, job: Job) -> None:
    table = table.without_unused()
    write_workbook(draft, table.columns, job.headings, table.rows())


def _parquet(draft: Path, table: Table, _: Job) -> None:
    rows = table.rows()
    write_parquet(draft, table.columns, iter(lambda: list(islice(rows, _GROUP)), []))


_TABLES: dict[str, Callable[[Path, Table, Job], None]] = {"csv": _csv, "xlsx": _xlsx, "parquet": _parquet}
