"""A folder of configuration is read whole, or refused with every problem by file, line and key."""

import shutil
from datetime import date
from pathlib import Path

import pytest
from msgspec.structs import replace

from sync.central.office.configuration.entries import Configured
from sync.central.office.configuration.fitting import Known
from sync.central.office.configuration.folder import read_folder
from sync.contract.catalogue import Unit
from sync.contract.problem import ProblemError, ProblemsError

ROOT = Path(__file__).parents[2]
TODAY = date(2026, 12, 1)
NOTHING = Known(today=TODAY)
ASSIGNMENTS = """
[[assignments]]
id = "hang-ngay"
unit = "phuong-mau"
survey = "kien-hung"

[[assignments]]
id = "thu-bay"
unit = "phuong-mau"
device = "may-01"
survey = "kien-hung"
starts = 2026-12-05
ends = 2026-12-05
hours = [{ days = ["sat"], start = 07:30:00, end = 11:30:00 }]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    sample = ROOT / "deploy" / "sample"
    for name in ("bundle.toml", "catalogue.toml"):
        shutil.copy(sample / name, tmp_path)
    for kind in ("surveys", "plans"):
        shutil.copytree(ROOT / "assets" / kind, tmp_path / kind)
    (tmp_path / "assignments.toml").write_text(ASSIGNMENTS, "utf-8")
    return tmp_path


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def read(folder: Path, known: Known = NOTHING, unit: str = "") -> Configured:
    return read_folder(folder, unit, known)


def having(configured: Configured) -> Known:
    """A centre that has just this."""
    return Known(
        today=TODAY,
        units=configured.units,
        releases={(survey.id, survey.version): survey for survey in configured.surveys},
        plans=configured.plans,
    )


def refused(folder: Path, known: Known = NOTHING, unit: str = "") -> list[tuple[str, str]]:
    """Number and place of every problem; the folder's own path is cut off."""
    with pytest.raises(ProblemsError) as caught:
        read(folder, known, unit)
    text = str(caught.value)
    assert all(problem.where in text for problem in caught.value.problems)
    return [(problem.number, problem.where.removeprefix(f"{folder}/")) for problem in caught.value.problems]


def line(path: Path, text: str, after: str = "") -> int:
    lines = path.read_text("utf-8").splitlines()
    start = next((number for number, each in enumerate(lines) if after in each), 0)
    return next(number for number, each in enumerate(lines, 1) if number > start and text in each)


def test_the_sample_and_everything_shipped_is_read(folder: Path) -> None:
    found = read(folder)
    assert (len(found.surveys), len(found.plans), len(found.assignments)) == (9, 5, 2)
    assert found.office.languages == ("vi", "en")
    assert (found.office.name, found.office.repeat_days, found.office.opening) == (None, None, None)
    assert [officer.id for officer in found.officers] == ["cb-01", "cb-02"]


def test_what_an_office_decides_is_kept_apart_from_what_it_leaves_out(folder: Path) -> None:
    (folder / "office.toml").write_text('name = { vi = "UBND phường Mẫu" }\nprimary = "#102030"\n', "utf-8")
    (folder / "settings.toml").write_text("repeat_days = 30\n", "utf-8")
    office = read(folder).office
    assert office.name == {"vi": "UBND phường Mẫu"}
    assert (office.primary, office.accent) == ("#102030", None)
    assert (office.repeat_days, office.codes) == (30, None)


def test_a_colour_that_no_terminal_can_show_is_refused_with_its_line(folder: Path) -> None:
    (folder / "office.toml").write_text('primary = "#102030"\naccent = "#FFCC00"\n', "utf-8")
    assert refused(folder) == [("HL1003", "office.toml:2: accent")]


def test_every_problem_of_every_file_is_named_at_once_with_the_file_the_line_and_the_key(
    folder: Path,
) -> None:
    catalogue, assignments = folder / "catalogue.toml", folder / "assignments.toml"
    change(catalogue, 'code = "1.000894"', 'code = "1 000894"')
    change(catalogue, 'name = "Cán bộ Hai"', "name = 2")
    change(assignments, "ends = 2026-12-05", "ends = 2026-11-05")
    change(assignments, 'device = "may-01"', 'device = "may-09"')
    change(assignments, 'survey = "kien-hung"', 'survey = "khong-co"')
    (folder / "office.toml").write_text(
        'primary = "red"\nopening = [{ days = ["t2"], start = 07:30:00, end = 11:30:00 }]\n', "utf-8"
    )
    (folder / "revoked.toml").write_text("serials = [\n1]\n", "utf-8")
    (folder / "settings.toml").write_text("repeat_days 3\n", "utf-8")
    (folder / "ghi-chu.toml").write_text("", "utf-8")
    (folder / "cases.json").write_text("{}", "utf-8")
    survey = folder / "surveys" / "van-thang.toml"
    change(survey, 'kind = "rating"', 'kind = "stars"')
    found = refused(folder)
    survey_line = line(survey, 'kind = "stars"')
    assert sorted(found) == sorted(
        [
            ("HL1003", f"assignments.toml:{line(assignments, 'ends')}: assignments thu-bay.ends"),
            ("HL1014", "cases.json"),
            ("HL1003", f"catalogue.toml:{line(catalogue, '1 000894')}: procedures[1].code"),
            ("HL1003", f"catalogue.toml:{line(catalogue, 'name = 2')}: officers[1].name"),
            ("HL1016", "ghi-chu.toml"),
            ("HL1003", "office.toml:1: primary"),
            ("HL1003", "office.toml:2: opening[0].days[0]"),
            ("HL1003", "revoked.toml:2: serials[0]"),
            ("HL1002", "settings.toml"),
            *[problem for problem in found if problem[1].startswith("surveys/")],
        ]
    )
    (of_survey,) = [where for _, where in found if where.startswith("surveys/van-thang.toml")]
    assert 0 < survey_line - int(of_survey.split(":")[1]) + 1 <= 5


def test_references_are_followed_where_the_files_could_be_read(folder: Path) -> None:
    catalogue, assignments = folder / "catalogue.toml", folder / "assignments.toml"
    change(assignments, 'device = "may-01"', 'device = "may-09"')
    change(assignments, 'survey = "kien-hung"', 'survey = "khong-co"')
    change(catalogue, 'parent = "tinh-mau"', 'parent = "tinh-khac"')
    with catalogue.open("a", encoding="utf-8") as file:
        file.write('\n[[counters]]\nid = "quay-1"\nunit = "phuong-mau"\nname = { vi = "Lại" }\n')
    assert refused(folder) == [
        ("HL1005", f"assignments.toml:{line(assignments, 'khong-co')}: assignments hang-ngay.survey"),
        ("HL1005", f"assignments.toml:{line(assignments, 'may-09')}: assignments thu-bay.device"),
        ("HL1005", f"catalogue.toml:{line(catalogue, 'tinh-khac')}: units phuong-mau.parent"),
        ("HL1004", f"catalogue.toml:{line(catalogue, '[[counters]]')}: counters"),
    ]


def test_a_folder_may_name_what_the_centre_has(folder: Path) -> None:
    known = read(folder)
    shutil.rmtree(folder / "surveys")
    shutil.rmtree(folder / "plans")
    officer = "[[officers]]\nname = 'x'\nunit = 'xa-khac'\nid = 'x'\n"
    change(folder / "catalogue.toml", "[[devices]]", f"{officer}[[devices]]")
    elsewhere = Unit(code="xa-khac", name={"vi": "Xã Khác"})
    there = replace(having(known), units=(*known.units, elsewhere))
    assert read(folder, there).surveys == ()
    assert {number for number, _ in refused(folder)} == {"HL1005"}


def test_what_a_list_of_units_describes_is_left_to_it(folder: Path) -> None:
    there = replace(having(read(folder)), listed=frozenset({"tinh-mau"}))
    assert [unit.code for unit in read(folder, there).units] == ["phuong-mau"]


def test_what_does_not_fit_the_centre_is_named_with_its_line(folder: Path) -> None:
    known = having(read(folder))
    catalogue, survey = folder / "catalogue.toml", folder / "surveys" / "kien-hung.toml"
    change(survey, 'vi = "', 'vi = "Mới: ')
    owned = replace(known, owners={("officers", "cb-02"): "xa-khac", ("officers", "cb-01"): "phuong-mau"})
    change(catalogue, 'id = "quay-1"\nunit = "phuong-mau"', 'id = "quay-1"\nunit = "tinh-mau"')
    shutil.rmtree(folder / "plans")
    assert refused(folder, owned, "phuong-mau") == [
        ("HL5075", f"catalogue.toml:{line(catalogue, '[[counters]]')}: counters quay-1"),
        ("HL5073", f"catalogue.toml:{line(catalogue, '[[officers]]', 'cb-01')}: officers cb-02"),
        ("HL5007", "surveys/kien-hung.toml:1: surveys kien-hung"),
    ]


def test_a_form_is_asked_in_the_highest_version_that_there_is(folder: Path) -> None:
    known = having(read(folder))
    survey = known.newest["kien-hung"]
    newer = replace(survey, version=survey.version + 1)
    there = replace(known, releases={**known.releases, (newer.id, newer.version): newer})
    assert newer in read(folder, there).surveys


def test_two_assignments_that_conflict_are_named(folder: Path) -> None:
    change(folder / "assignments.toml", 'device = "may-01"\n', "")
    change(folder / "assignments.toml", "starts = 2026-12-05\nends = 2026-12-05\nhours", "# hours")
    assert refused(folder) == [("HL1017", "assignments.toml:2: assignments hang-ngay, thu-bay")]


def test_a_folder_that_is_not_there_is_one_problem(tmp_path: Path) -> None:
    with pytest.raises(ProblemError, match="HL1001"):
        read(tmp_path / "khong-co")
