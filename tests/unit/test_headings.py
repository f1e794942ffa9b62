"""What stands above the columns of a table for a person."""

import csv
import io
from pathlib import Path

import openpyxl
import pytest
from msgspec.structs import replace

from sync.pull.settings import Job
from sync.pull.state import Spool
from sync.pull.writing import publish
from sync.tables.column import Column, headings

COLUMNS = (
    Column("answers.a", "whole", "Hài lòng?"),
    Column("answers.b", "whole", "Hài lòng?"),
    Column("seq"),
)
HEADER = '[["position","whole","Số thứ tự"],["unit","text","Mã đơn vị"],["answers.a","whole","=Hài lòng?"]]'


def test_programs_find_ids_and_people_vietnamese() -> None:
    assert headings(COLUMNS, "ids") == ["answers.a", "answers.b", "seq"]
    assert headings(COLUMNS, "vi")[2] == "seq"


def test_two_questions_with_the_same_text_have_different_headings() -> None:
    assert headings(COLUMNS, "vi")[:2] == ["Hài lòng? (answers.a)", "Hài lòng? (answers.b)"]


@pytest.fixture
def job(tmp_path: Path) -> Job:
    return Job(centre="http://centre", output=tmp_path / "all.xlsx", format="xlsx", filters={}, headings="vi")


def write(job: Job, *parts: tuple[str, bytes]) -> None:
    spool = Spool(job.output, job.name)
    for at, (header, lines) in enumerate(parts, start=1):
        spool.add(lines, lines.count(b"\n"), header, f"1-{at}")
    publish(job, spool)
    spool.close()


def test_what_hailong_pull_writes_has_the_centres_headings(job: Job) -> None:
    write(job, (HEADER, b'[1,"phuong-mot",5]\n'))
    (first, _) = openpyxl.load_workbook(job.output).worksheets[0].values
    assert first == ("Số thứ tự", "Mã đơn vị", "=Hài lòng?")
    again = replace(job, output=job.output.with_suffix(".csv"), format="csv")
    write(again, (HEADER, b'[1,"phuong-mot",5]\n'))
    (header, _) = csv.reader(io.StringIO(again.output.read_text("utf-8-sig")))
    assert header == ["Số thứ tự", "Mã đơn vị", "'=Hài lòng?"]


def test_rows_of_an_older_centre_take_the_headings_of_newer_ones(job: Job) -> None:
    old = '[["position","whole"],["unit","text"]]'
    write(job, (old, b'[1,"phuong-mot"]\n'), (HEADER, b'[2,"phuong-mot",5]\n'))
    (first, *rows) = openpyxl.load_workbook(job.output).worksheets[0].values
    assert first == ("Số thứ tự", "Mã đơn vị", "=Hài lòng?")
    assert rows == [(1, "phuong-mot", None), (2, "phuong-mot", 5)]
