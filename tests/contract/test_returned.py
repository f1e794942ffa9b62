"""Results returned, from a list of the one-stop software, beside handovers tagged and visits answered."""

import csv
import errno
import io
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from litestar.testing import TestClient
from msgspec.structs import replace
from sqlalchemy import select
from typer.testing import CliRunner, Result

from sync.central.__main__ import app
from sync.central.office.audit.acts import By
from sync.central.office.keys import by_unit
from sync.central.office.removal import due_without_plan, purge
from sync.central.office.units.stored import put_bundled_units
from sync.central.store import rollups
from sync.central.store.database import reading, writing
from sync.central.store.schema import audit
from sync.contract.catalogue import Unit
from sync.contract.problem import ProblemError
from sync.contract.response import Response, Tag
from tests.support.wire import NOW, CentreUnderTest, numbered, store_unasked

UNIT, OTHER = "phuong-mot", "xa-hai"
MARCH = {"from": "2026-03-01", "to": "2026-03-31"}
MAPPING = """
dossier = "Mã hồ sơ"
procedure = "Thủ tục"
officer = "Cán bộ"
returned = "Ngày trả"
"""
# Five dossiers, four of them returned in March; how software writes days.
LIST = """Mã hồ sơ,Thủ tục,Cán bộ,Ngày trả
H26-260227-0001,1.001193,a01,02/03/2026
H26-260227-0002,1.001193,a01,2026-03-02 09:30:00
H26-260227-0003,2.000815,a01,2026-03-02T16:00:00
H26-260227-0004,2.000815,,3/3/2026
H26-260302-0005,1.001193,a01,
"""


class Office:
    """Takes lists in by the command, stores visits, and asks for summaries."""

    def __init__(self, central: CentreUnderTest, client: Any) -> None:
        self.central = central
        self.client = client
        self.admin = {"Authorization": f"Bearer {central.token(role='admin')}"}

    def take_in(self, text: str = LIST, *more: str, first: str | None = "2026-03-01") -> Result:
        (self.central.folder / "list.csv").write_text(text, "utf-8")
        return self.take_in_file("list.csv", *more, first=first)

    def take_in_file(self, name: str, *more: str, first: str | None = "2026-03-01") -> Result:
        folder = self.central.folder
        (folder / "columns.toml").write_text(MAPPING, "utf-8")
        words = ["import-cases", str(folder / name), "--mapping", str(folder / "columns.toml")]
        words += ["--data", str(folder), "--bundle", str(folder / "bundle"), "--unit", UNIT]
        words += [*(["--first", first, "--last", "2026-03-31"] if first else []), *more]
        return CliRunner().invoke(
            app, [*words, *(["--database", self.central.url] if self.central.url else [])]
        )

    def store(self, visits: list[Response]) -> None:
        store_unasked(self.central, visits)

    def handovers(self, **asked: str) -> Any:
        answer = self.client.get("/v1/summary", params=MARCH | asked, headers=self.admin)
        return answer.json()["handovers"]

    def figures(self, **asked: str) -> dict[tuple[str, ...], tuple[int | None, ...]]:
        return {
            tuple(row["by"].values()): (row["returned"], row["tagged"], row["answered"])
            for row in self.handovers(**asked)["rows"]
        }

    def counts_are_true(self) -> bool:
        with reading(self.central.engine) as connection:
            rows = connection.exec_driver_sql("SELECT * FROM rollups")
            return {tuple(row[:-1]): row[-1] for row in rows} == dict(rollups.counted(connection))


@pytest.fixture
def office(central: CentreUnderTest) -> Iterator[Office]:
    with TestClient(central.app) as client:
        yield Office(central, client)


def three_visits(unit: str = UNIT) -> list[Response]:
    """On 2 March: two about 1.001193, one of them unanswered, and one about 2.000815."""
    first, second, third = numbered(3)
    tag = Tag(unit, counter="1", procedure="1.001193", officer="a01")
    return [
        replace(first, tag=tag),
        replace(second, tag=tag, outcome="timed_out", answers={}, timing={}),
        replace(third, tag=replace(tag, procedure="2.000815")),
    ]


def test_three_figures_stand_side_by_side_in_every_cut(office: Office) -> None:
    office.store(three_visits())
    assert office.take_in().exit_code == 0
    found = office.handovers()
    assert (found["returned"], found["tagged"], found["answered"]) == (4, 3, 2)
    assert (found["tagged_percent"], found["percent"], found["unlisted"]) == ("75.0", "66.7", [])
    assert office.figures(by="procedure") == {("1.001193",): (2, 2, 1), ("2.000815",): (2, 1, 1)}
    assert office.figures(by="unit") == {(UNIT,): (4, 3, 2)}
    assert office.figures(by="day") == {("2026-03-02",): (3, 3, 2), ("2026-03-03",): (1, 0, 0)}
    assert office.figures(by="procedure", unit=UNIT, to="2026-03-02")["2.000815",] == (1, 1, 1)
    assert office.counts_are_true()


def test_a_workbook_with_a_title_and_real_dates_counts_as_the_same_list_in_csv_does(office: Office) -> None:
    heading, *lines = csv.reader(io.StringIO(LIST, newline=""))
    half_past_nine = datetime.fromisoformat("2026-03-02T09:30:00")  # a cell has no zone
    days = [date(2026, 3, 2), half_past_nine, date(2026, 3, 2), date(2026, 3, 3), None]
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Danh sách hồ sơ tháng 3 năm 2026"])
    sheet.append([])
    sheet.append(heading)
    for line, day in zip(lines, days, strict=True):
        sheet.append([*line[:3], day])
    book.save(office.central.folder / "list.xlsx")
    taken = office.take_in_file("list.xlsx")
    assert taken.exit_code == 0, taken.output
    by_workbook = office.figures(by="day"), office.figures(by="procedure")
    assert office.handovers()["returned"] == 4
    assert office.take_in().exit_code == 0
    assert (office.figures(by="day"), office.figures(by="procedure")) == by_workbook


def test_by_officer_they_are_hidden_with_the_answers(office: Office) -> None:
    visits = [*three_visits(), *numbered(12)[3:]]
    tag = Tag(UNIT, counter="1", procedure="1.001193", officer="a02")
    office.store([*visits[:3], *(replace(each, tag=tag) for each in visits[3:])])
    office.take_in()
    office.central.now = lambda: NOW + timedelta(days=40)
    office.admin = {"Authorization": f"Bearer {office.central.token(role='analyst')}"}
    assert office.figures(by="officer")["a01",] == (None, None, None)


def many_visits() -> list[Response]:
    tag = Tag(UNIT, counter="1", procedure="1.001193", officer="a01")
    return [replace(each, tag=tag) for each in numbered(9)]


def test_of_an_officer_nothing_is_known_where_a_list_names_nobody(office: Office) -> None:
    office.store(many_visits())
    named = LIST.replace("2.000815,,3/3/2026", "2.000815,a01,3/3/2026")
    assert office.take_in(named).exit_code == 0
    assert office.figures(by="officer") == {("a01",): (4, 9, 9)}
    assert office.figures(by="officer,procedure")["a01", "1.001193"] == (2, 9, 9)
    assert office.handovers(officer="a01")["returned"] == 4
    # One of four was returned by nobody knows whom.
    assert office.take_in().exit_code == 0
    assert office.figures(by="officer") == {("",): (1, 0, 0), ("a01",): (None, 9, 9)}
    assert office.figures(by="officer,procedure") == {
        ("", "2.000815"): (1, 0, 0),
        ("a01", "1.001193"): (2, 9, 9),
        ("a01", "2.000815"): (None, 0, 0),
    }
    assert (office.handovers()["returned"], office.handovers(officer="a01")["returned"]) == (4, None)
    assert office.handovers(officer="a01", procedure="1.001193")["returned"] == 2


def test_a_day_without_a_list_is_unknown_and_never_zero(office: Office) -> None:
    office.store(three_visits())
    found = office.handovers()
    assert (found["returned"], found["tagged_percent"], found["unlisted"]) == (None, None, [UNIT])
    header, *_ = LIST.splitlines()
    office.take_in(f"{header}\nH26-260301-0001,1.001193,,3/3/2026\n", first="2026-03-03")
    assert office.handovers()["returned"] is None
    assert office.figures(by="day") == {("2026-03-02",): (None, 3, 2), ("2026-03-03",): (1, 0, 0)}
    office.take_in()
    assert office.handovers()["returned"] == 4
    assert office.handovers(**{"from": "2026-04-01", "to": "2026-04-30"})["returned"] is None


def test_one_unit_without_a_list_leaves_the_others_theirs(office: Office) -> None:
    with writing(office.central.engine) as connection:
        put_bundled_units(connection, [Unit(UNIT, {"vi": "Một"}), Unit(OTHER, {"vi": "Hai"})], NOW)
    visits = three_visits()
    office.store([visits[0], visits[1], replace(visits[2], tag=Tag(OTHER, counter="1"))])
    office.take_in()
    assert office.handovers()["returned"] is None
    assert office.handovers()["unlisted"] == [OTHER]
    assert office.figures(by="unit") == {(UNIT,): (4, 2, 1), (OTHER,): (None, 1, 1)}
    assert office.handovers(unit=UNIT)["returned"] == 4
    # Nothing was handed over there in this month, and still nobody knows what was returned.
    elsewhere = office.handovers(unit=OTHER, **{"from": "2026-03-10"})
    assert (elsewhere["returned"], elsewhere["tagged"]) == (None, 0)


def test_a_list_knows_no_survey_and_no_plan(office: Office) -> None:
    office.store(three_visits())
    office.take_in()
    found = office.handovers(survey="kien-hung")
    assert (found["returned"], found["tagged"], found["unlisted"]) == (None, 3, [])


def test_a_list_replaces_what_was_known_of_its_days(office: Office) -> None:
    for _ in range(2):
        office.take_in()
        assert office.handovers()["returned"] == 4
    office.take_in(LIST + "H26-260302-0006,1.001193,a01,31/03/2026\n")
    assert office.handovers()["returned"] == 5
    office.take_in(
        "Mã hồ sơ,Thủ tục,Cán bộ,Ngày trả\n", "--returned-only", "--replace-returned", first="2026-03-03"
    )
    assert office.figures(by="day") == {("2026-03-02",): (3, 0, 0)}
    assert office.handovers()["returned"] == 3
    assert office.counts_are_true()


def test_days_with_the_month_first_are_refused_where_the_dossiers_contradict(office: Office) -> None:
    office.take_in()
    swapped = """Mã hồ sơ,Thủ tục,Cán bộ,Ngày trả
H26-260302-0001,1.001193,a01,3/2/2026
H26-260305-0002,1.001193,a01,3/10/2026
"""
    result = office.take_in(swapped, first=None)
    assert isinstance(result.exception, ProblemError)
    assert result.exception.problem.number == "HL5035"
    assert office.handovers()["returned"] == 4
    # A day beyond 12 says what the order is; a return before its dossier is refused by its line.
    early = LIST + "H26-260302-0006,1.001193,a01,13/02/2026\n"
    result = office.take_in(early)
    assert isinstance(result.exception, ProblemError)
    assert result.exception.problem.detail == "dòng 7: Ngày trả: trước ngày của hồ sơ"
    assert office.handovers()["returned"] == 4
    trial = office.take_in(LIST + "H26-260302-0006,1.001193,a01,31/03/2026\n", "--dry-run")
    assert "03/2026: 4 → 5" in trial.output
    assert office.handovers()["returned"] == 4


def test_a_list_of_last_month_leaves_the_list_in_use_as_it_is(office: Office) -> None:
    assert office.take_in(LIST, "--returned-only").exit_code == 0
    assert not (office.central.folder / "keys" / "case-lists").exists()
    assert office.handovers()["returned"] == 4


@pytest.mark.parametrize(
    ("day", "reason"),
    [("31/02/2026", "không phải ngày"), ("hôm qua", "không phải ngày"), ("01/01/2999", "sau hôm nay")],
)
def test_a_wrong_day_is_reported_by_its_line_and_nothing_is_taken_in(
    office: Office, day: str, reason: str
) -> None:
    result = office.take_in(LIST + f"H26-260302-0006,1.001193,a01,{day}\n")
    assert isinstance(result.exception, ProblemError)
    assert result.exception.problem.detail == f"dòng 7: Ngày trả: {reason}"
    assert office.handovers()["returned"] is None


def test_a_list_must_lie_within_the_days_it_is_said_to_cover(office: Office) -> None:
    result = office.take_in(first="2026-03-03")
    assert isinstance(result.exception, ProblemError)
    assert result.exception.problem.number == "HL1003"


def test_one_mistyped_year_takes_no_other_return_away(office: Office) -> None:
    office.take_in()
    mistyped = LIST.replace("H26-260227-0004,2.000815,,3/3/2026", "H26-160227-0004,2.000815,,3/3/2016")
    result = office.take_in(mistyped, first=None)
    assert isinstance(result.exception, ProblemError)
    assert result.exception.problem.number == "HL1003"
    assert "--first" in result.exception.problem.detail
    assert office.handovers()["returned"] == 4
    # Whoever means it says so.
    assert office.take_in(mistyped, "--replace-returned", first="2016-01-01").exit_code == 0
    assert office.handovers()["returned"] == 3
    assert office.take_in(LIST, first=None).exit_code == 0
    assert office.handovers()["returned"] == 4


def test_a_list_whose_file_cannot_be_written_counts_nothing(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, data: bytes) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(by_unit, "write_secret", full)
        assert isinstance(office.take_in().exception, OSError)
    assert office.handovers()["returned"] is None
    with reading(office.central.engine) as connection:
        acts = set(connection.execute(select(audit.c.act)).scalars())
    assert not {"import-returned", "import-cases"} & acts
    assert office.take_in().exit_code == 0
    assert office.handovers()["returned"] == 4


def test_what_was_returned_is_purged_after_its_time_and_audited(office: Office) -> None:
    office.take_in()
    with reading(office.central.engine) as connection:
        lines = connection.execute(select(audit.c.act, audit.c.subject, audit.c.detail)).all()
    counted = ("import-returned", UNIT, "4 returned from 2026-03-01 to 2026-03-31")
    assert counted in [tuple(line) for line in lines]
    with reading(office.central.engine) as connection:
        assert due_without_plan(connection, NOW.replace(year=2029))["returned"] == 4
    purge(office.central.engine, By("test", NOW.replace(year=2029)))
    assert office.handovers()["returned"] is None
    assert office.counts_are_true()


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_every_line_of_a_report_has_the_three_figures(office: Office, form: str) -> None:
    office.store(three_visits())
    office.take_in()
    office.store([replace(visit, tag=Tag(OTHER, counter="1")) for visit in numbered(4)[3:]])
    lines = report(office, form, by="unit,procedure")
    found = {
        (line["unit"], line["procedure"]): tuple(
            line[name] for name in ("returned", "tagged", "answered", "n", "satisfied_percent", "level_5")
        )
        for line in lines
        if line["question"] == "result"
    }
    assert found == {
        (UNIT, "1.001193"): (2, 2, 1, 1, 100, 1),
        (UNIT, "2.000815"): (2, 1, 1, 1, 100, 1),
        (OTHER, None): (None, 1, 1, 1, 100, 1),
    }
    assert {line["procedure_name"] for line in lines} == {"Đăng ký khai sinh", None}
    (total, _) = report(office, form, unit=UNIT)
    assert (total["from"][:10], total["returned"], total["tagged_percent"]) == ("2026-03-01", 4, 75)


def test_a_place_with_returns_alone_has_its_line_in_a_report(office: Office) -> None:
    office.take_in()
    (line,) = report(office, "csv", by="unit")
    assert (line["unit"], line["returned"], line["tagged"], line["question"]) == (UNIT, 4, 0, None)


def report(office: Office, form: str, **asked: str) -> list[dict[str, Any]]:
    parameters = {**MARCH, **asked, "format": form, "bom": "1", "headings": "ids"}
    answer = office.client.get("/v1/summary", params=parameters, headers=office.admin)
    assert answer.status_code == 200, answer.text
    if form == "csv":
        assert answer.content[:3] == b"\xef\xbb\xbf"
        rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))
    else:
        sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0]
        header, *lines = sheet.iter_rows(values_only=True)
        rows = [dict(zip(map(str, header), map(text, line), strict=True)) for line in lines]
    return [{name: number(name, value) for name, value in row.items()} for row in rows]


def text(value: object) -> str:
    return "" if value is None else str(value)


def number(name: str, value: str) -> Any:
    """Texts that are numbers as such, but codes, and None for nothing."""
    try:
        return value or None if name == "procedure" else float(value)
    except ValueError:
        return value or None
