"""What a person reads into a microphone: a table of file names and texts, `loi-doc.csv`, in UTF-8.

A name holds a number and the words without their marks, so that a folder of recordings can be looked through;
which text a file says is what the table says. Excel may have written it back with semicolons.
"""

import csv
import re
from collections.abc import Iterable
from pathlib import Path

from msgspec import Struct

from sync.contract.problem import ProblemError
from sync.contract.problem.files import ENTRY_INVALID, FILE_UNREADABLE
from sync.contract.problem.scanning import FILE_UNWRITABLE
from sync.contract.text import nfc, without_marks

SCRIPT = "loi-doc.csv"
LONGEST_NAME = 40  # characters of the words in a file's name
_HEAD = ("tệp", "lời")


class Line(Struct, frozen=True):
    """One text to be read, and the name of the file that will say it, without its ending."""

    file: str
    text: str


def script_lines(texts: Iterable[str]) -> list[Line]:
    """A line for every text, numbered in this order."""
    return [
        Line(f"{number:03d}-{slug}" if (slug := _slug(text)) else f"{number:03d}", text)
        for number, text in enumerate(texts, start=1)
    ]


def write_script(folder: Path, lines: Iterable[Line]) -> Path:
    """Write the table into `folder`; raises ProblemError HL3018 where it can't be, or is there already.

    One that is there belongs to the recordings next to it: another one would give them other texts.
    """
    path = folder / SCRIPT
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8-sig", newline="") as file:
            table = csv.writer(file)
            table.writerow(_HEAD)
            table.writerows((line.file, line.text) for line in lines)
    except OSError as error:
        raise ProblemError(FILE_UNWRITABLE(where=str(path), detail=str(error.strerror))) from error
    return path


def read_script(folder: Path) -> list[Line]:
    """The table in `folder`; raises ProblemError HL1001 where it can't be read, HL1003 where it is none."""
    path = folder / SCRIPT
    try:
        text = path.read_text("utf-8-sig")
    except OSError as error:
        raise ProblemError(FILE_UNREADABLE(where=str(path), detail=str(error.strerror))) from error
    except UnicodeDecodeError as error:
        raise ProblemError(ENTRY_INVALID(where=str(path), detail="không phải UTF-8")) from error
    separator = ";" if ";" in text.partition("\n")[0] else ","
    head, *rows = csv.reader(text.splitlines(), delimiter=separator)
    if tuple(map(nfc, head)) != _HEAD or any(len(row) != len(_HEAD) for row in rows if row):
        detail = f"cần hai cột: {', '.join(_HEAD)}"
        raise ProblemError(ENTRY_INVALID(where=str(path), detail=detail))
    return [Line(row[0].strip(), nfc(row[1])) for row in rows if row]


def _slug(text: str) -> str:
    """The words in letters that every file system and keyboard has: "Rất hài lòng", rat-hai-long."""
    words = re.findall("[a-z0-9]+", without_marks(text))
    return "-".join(words)[:LONGEST_NAME].strip("-")
