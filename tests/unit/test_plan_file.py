"""`plan check` names every fault of a plan's file at once, by line and key."""

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sync.central.__main__ import app
from sync.central.office.plan_file import check_plan, read_forms
from sync.contract.problem import ProblemError, ProblemsError
from tests.support.plans import ASSETS, shipped_plans, shipped_surveys

PLAN = "quang-binh-so-tu-phap-2018"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of one plan and all forms."""
    shutil.copytree(ASSETS / "surveys", tmp_path / "surveys")
    (tmp_path / "plans").mkdir()
    shutil.copy(ASSETS / "plans" / f"{PLAN}.toml", tmp_path / "plans")
    return tmp_path


def changed(folder: Path, *changes: tuple[str, str]) -> tuple[Path, str]:
    """The plan's file with these words replaced, and its text."""
    path = folder / "plans" / f"{PLAN}.toml"
    text = path.read_text("utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    path.write_text(text, "utf-8")
    return path, text


def line(text: str, words: str) -> int:
    """The line on which these words first are."""
    return text[: text.index(words)].count("\n") + 1


def problems(path: Path) -> list[tuple[str, str]]:
    """The number and the place of each problem, without the file."""
    with pytest.raises(ProblemsError) as raised:
        check_plan(path, shipped_surveys().values())
    return [(each.number, each.where.removeprefix(f"{path}:")) for each in raised.value.problems]


def test_every_value_of_the_wrong_form_is_named_at_once(folder: Path) -> None:
    path, text = changed(
        folder,
        ('design = "open"', 'design = "lottery"'),
        ('channels = ["post"]', 'channels = ["post", "pigeon"]'),
        ("copies = 2", 'copies = "hai"'),
        ('title = "GIÁM ĐỐC"', 'title = "GIÁM ĐỐC"\nname = "Ai đó"'),
    )
    assert problems(path) == [
        ("HL1003", f"{line(text, 'lottery')}: design"),
        ("HL1003", f"{line(text, 'pigeon')}: groups[1].channels[1]"),
        ("HL1003", f"{line(text, 'copies')}: recipients[4].copies"),
        ("HL1003", f"{line(text, 'Ai đó')}: signer.name"),
    ]


def test_everything_that_contradicts_the_forms_or_itself_is_named_at_once(folder: Path) -> None:
    path, text = changed(
        folder,
        ("ends = 2018-08-31", "ends = 2018-03-31"),
        ('"fees"', '"cost"'),
        ('question = "overall"', 'question = "general"'),
    )
    found = problems(path)
    assert ("HL1003", f"{line(text, 'ends = 2018-03-31')}: ends") in found
    criteria = f"{line(text, 'mandatory = [')}: groups[0] van-phong-so.mandatory"
    assert ("HL1030", criteria) in found
    assert ("HL1005", f"{line(text, 'general')}: objectives[0].question") in found


def test_a_file_that_is_no_toml_is_refused_by_its_line(folder: Path) -> None:
    path, text = changed(folder, ("design = ", "design "))
    with pytest.raises(ProblemsError, match=f"HL1002.*dòng {line(text, 'design ')}"):
        check_plan(path, shipped_surveys().values())


def test_the_forms_are_next_to_the_plans_unless_a_folder_is_named(folder: Path) -> None:
    path, _ = changed(folder)
    shown = CliRunner().invoke(app, ["plan", "check", str(path)], catch_exceptions=False)
    assert shown.exit_code == 0
    assert shown.stdout == f"{path}: không có lỗi ({PLAN}: 2 nhóm)\n"
    (folder / "surveys").rename(folder / "phieu")
    with pytest.raises(ProblemError, match="HL1001"):
        CliRunner().invoke(app, ["plan", "check", str(path)], catch_exceptions=False)
    words = ["plan", "check", str(path), "--surveys", str(folder / "phieu")]
    assert CliRunner().invoke(app, words, catch_exceptions=False).exit_code == 0


@pytest.mark.parametrize("plan", shipped_plans())
def test_every_shipped_plan_passes(plan: str) -> None:
    forms = read_forms(ASSETS / "surveys")
    assert check_plan(ASSETS / "plans" / f"{plan}.toml", forms) == shipped_plans()[plan]
