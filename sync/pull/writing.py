"""The finished file: made beside its place, then renamed. Readers meet the old or the new one, whole."""

import csv
import importlib
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import xlsxwriter

from sync.contract.problem import ProblemError, problem
from sync.pull.settings import Job
from sync.pull.state import Spool, put_in_place

# What a sheet can hold, less the header.
MOST_ROWS = 2**20 - 1
_MARK = b"\xef\xbb\xbf"
_WHOLE = ("position", "seq", "survey_version")


def publish(job: Job, spool: Spool) -> None:
    """Write the output from everything in the spool; raises ProblemError HL4033, HL4034 or HL4206."""
    draft = job.output.with_name(job.output.name + ".new")
    try:
        if job.format == "xlsx":
            _xlsx(draft, spool)
        elif job.format == "parquet":
            _parquet(draft, spool)
        else:
            _lines(draft, spool)
        put_in_place(draft, job.output)
    except OSError as error:
        raise ProblemError(problem("HL4206", where=str(job.output), detail=error.strerror or "")) from error
    finally:
        draft.unlink(missing_ok=True)
    spool.published(job.output)


def _lines(draft: Path, spool: Spool) -> None:
    parts = spool.state.parts
    with draft.open("wb") as out:
        if len(parts) > 1:
            _joined(out, spool)
        elif parts:
            header = parts[0].header
            out.write(_MARK + header.encode() + b"\r\n" if header else b"")
            with spool.part(0).open("rb") as rows:
                shutil.copyfileobj(rows, out, 2**20)


def _joined(out: IO[bytes], spool: Spool) -> None:
    """One table of parts with different headers: every column of any of them, empty where a part has none."""
    columns = _columns(spool)
    with _text(out) as text:
        text.write(_MARK.decode())
        writer = csv.writer(text)
        writer.writerow(columns)
        for row in _rows(spool, columns):
            writer.writerow(row)


@contextmanager
def _text(out: IO[bytes]) -> Iterator[IO[str]]:
    with open(out.fileno(), "w", encoding="utf-8", newline="", closefd=False) as text:
        yield text


def _columns(spool: Spool) -> list[str]:
    found: dict[str, None] = {}
    for part in spool.state.parts:
        found.update(dict.fromkeys(next(csv.reader([part.header]))))
    return list(found)


def _rows(spool: Spool, columns: list[str]) -> Iterator[list[str]]:
    for at, part in enumerate(spool.state.parts):
        there = {name: place for place, name in enumerate(next(csv.reader([part.header])))}
        places = [there.get(name) for name in columns]
        with spool.part(at).open(encoding="utf-8", newline="") as lines:
            for row in csv.reader(lines):
                yield ["" if place is None else row[place] for place in places]


def _xlsx(draft: Path, spool: Spool) -> None:
    if spool.state.rows > MOST_ROWS:
        raise ProblemError(problem("HL4033", where=str(draft), detail=f"{spool.state.rows}"))
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(str(draft), options) as book:
        sheet = book.add_worksheet("responses")
        bold = book.add_format({"bold": True})
        columns = _columns(spool)
        for at, name in enumerate(columns):
            sheet.write_string(0, at, name, bold)
        sheet.freeze_panes(1, 1)
        whole = [name in _WHOLE or name.startswith("answers.") for name in columns]
        for number, row in enumerate(_rows(spool, columns), start=1):
            for at, value in enumerate(row):
                if whole[at] and value.isascii() and value.isdigit():
                    sheet.write_number(number, at, int(value))
                elif value:
                    sheet.write_string(number, at, value[:32_767])


def _parquet(draft: Path, spool: Spool) -> None:
    """Every cell as text but the whole numbers of a response itself: types of answers are the survey's."""
    try:
        arrow: Any = importlib.import_module("pyarrow")
        writer: Any = importlib.import_module("pyarrow.parquet")
    except ImportError as error:
        raise ProblemError(problem("HL4034", where="--format")) from error
    columns = _columns(spool)
    types = [arrow.int64() if name in _WHOLE else arrow.string() for name in columns]
    schema = arrow.schema(list(zip(columns, types, strict=True)))
    with writer.ParquetWriter(draft, schema, compression="zstd") as file:
        for rows in _grouped(_rows(spool, columns), 20_000):
            arrays = [
                arrow.array(
                    [int(value) for value in values]
                    if name in _WHOLE
                    else [value or None for value in values],
                    kind,
                )
                for name, kind, values in zip(columns, types, zip(*rows, strict=True), strict=True)
            ]
            file.write_table(arrow.Table.from_arrays(arrays, schema=schema))


def _grouped(rows: Iterator[list[str]], size: int) -> Iterator[list[list[str]]]:
    group: list[list[str]] = []
    for row in rows:
        group.append(row)
        if len(group) == size:
            yield group
            group = []
    if group:
        yield group
