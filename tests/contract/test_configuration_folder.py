"""A folder of TOML becomes rows and comes back from them, over SQLite and PostgreSQL."""

import shutil
from pathlib import Path

import pytest
from msgspec.structs import replace
from sqlalchemy import insert, select
from typer.testing import CliRunner

from sync.central.__main__ import app
from sync.central.office.audit.acts import By, acting
from sync.central.office.configuration.assigning import add_assignment
from sync.central.office.configuration.comparing import Change
from sync.central.office.configuration.entries import Configured
from sync.central.office.configuration.exporting import folder_texts, write_folder
from sync.central.office.configuration.folder import read_folder
from sync.central.office.configuration.importing import import_configured, preview
from sync.central.office.configuration.scope import read_configured, read_known
from sync.central.office.configuration.wordings import put_plan
from sync.central.store.database import reading, writing
from sync.central.store.schema import audit, configuration_revisions, offered_forms
from sync.contract.assignment import Assignment
from sync.contract.problem import ProblemError, ProblemsError
from tests.contract.conftest import Run
from tests.support.wire import NOW, CentreUnderTest

ROOT = Path(__file__).parents[2]
TODAY = NOW.date()
BY = By("một người", NOW)
MORE = {
    "office.toml": """
primary = "#102030"
name = { vi = "UBND phường Mẫu", en = "Mẫu Ward" }
[[opening]]
days = ["mon", "tue", "wed", "thu", "fri"]
start = 07:30:00
end = 11:30:00
[[special_days]]
day = 2026-09-02
name = "Quốc khánh"
[[special_days]]
day = 2026-08-22
name = "Làm bù"
hours = [{ start = 07:30:00, end = 11:30:00 }]
""",
    "settings.toml": "repeat_days = 14\n[codes]\ndossier = ['HS-\\\\d{6}']\n",
    "revoked.toml": 'serials = ["K7QX2M4P"]\n',
    "assignments.toml": """
[[assignments]]
id = "hang-ngay"
unit = "phuong-mau"
survey = "kien-hung"
plan = "phuong-mau"
[[assignments]]
id = "thu-bay"
unit = "phuong-mau"
counter = "quay-1"
survey = "kien-hung"
respondents = ["citizen", "organisation"]
starts = 2026-12-05
ends = 2026-12-05
hours = [{ days = ["sat"], start = 07:30:00, end = 11:30:00 }]
""",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The sample, the nine forms and the five plans, with everything an office can decide."""
    folder = tmp_path / "folder"
    for kind in ("surveys", "plans"):
        shutil.copytree(ROOT / "assets" / kind, folder / kind)
    shutil.copy(ROOT / "deploy" / "sample" / "catalogue.toml", folder)
    shutil.copy(ROOT / "deploy" / "sample" / "plan.toml", folder / "plans" / "plan.toml")
    for name, text in MORE.items():
        (folder / name).write_text(text, "utf-8")
    return folder


def take(central: CentreUnderTest, folder: Path, unit: str = "") -> tuple[Change, ...]:
    with acting(central.engine, BY) as act:
        wanted = read_folder(folder, unit, read_known(act.connection, TODAY))
        changes = import_configured(act, unit, wanted, "thử")
        if not changes:
            act.undo()
        return changes


def rows(central: CentreUnderTest, unit: str = "") -> Configured:
    with reading(central.engine) as connection:
        return read_configured(connection, unit, TODAY)


def differences(central: CentreUnderTest, folder: Path, unit: str = "") -> list[tuple[str, str]]:
    with reading(central.engine) as connection:
        wanted = read_folder(folder, unit, read_known(connection, TODAY))
        return [(change.noun, change.id) for change in preview(connection, unit, wanted, TODAY)]


def revisions(central: CentreUnderTest) -> dict[str, int]:
    with reading(central.engine) as connection:
        query = select(configuration_revisions.c.unit, configuration_revisions.c.revision)
        return {row.unit: row.revision for row in connection.execute(query)}


def audited(central: CentreUnderTest) -> list[tuple[str, str, str]]:
    with reading(central.engine) as connection:
        query = select(audit.c.act, audit.c.subject, audit.c.detail).order_by(audit.c.number)
        return [(row.act, row.subject, row.detail) for row in connection.execute(query)]


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def test_importing_what_was_exported_changes_nothing(
    central: CentreUnderTest, folder: Path, tmp_path: Path
) -> None:
    changes = take(central, folder)
    assert {each.noun for each in changes} >= {"units", "office", "surveys", "plans", "assignments"}
    assert differences(central, folder) == []
    for unit in ("", "tinh-mau", "phuong-mau"):
        before, counted, log = rows(central, unit), revisions(central), audited(central)
        write_folder(tmp_path / f"out-{unit}", folder_texts(before))
        assert differences(central, tmp_path / f"out-{unit}", unit) == []
        assert take(central, tmp_path / f"out-{unit}", unit) == ()
        assert rows(central, unit) == before
        assert (revisions(central), audited(central)) == (counted, log)


def test_a_folder_becomes_the_configuration_of_another_centre(
    central: CentreUnderTest, folder: Path, tmp_path: Path
) -> None:
    """What was exported is all there is: a centre that knows none of it has the same rows then."""
    take(central, folder)
    write_folder(tmp_path / "out", folder_texts(rows(central)))
    other = CentreUnderTest(tmp_path / "other")
    take(other, tmp_path / "out")
    assert rows(other) == rows(central)
    other.close()


def test_a_folder_of_a_unit_changes_nothing_outside_the_unit_and_those_below_it(
    central: CentreUnderTest, folder: Path, tmp_path: Path
) -> None:
    take(central, folder)
    before, counted = rows(central), revisions(central)
    write_folder(tmp_path / "out", folder_texts(rows(central, "phuong-mau")))
    catalogue = tmp_path / "out" / "catalogue.toml"
    change(catalogue, "Cán bộ Một", "Cán bộ Mười")
    change(catalogue, "UBND tỉnh Mẫu", "UBND tỉnh Khác")
    with catalogue.open("a", encoding="utf-8") as file:
        file.write('[[procedures]]\ncode = "1.009999"\nname = { vi = "Thủ tục của phường" }\n')
    (tmp_path / "out" / "office.toml").write_text('primary = "#AA0000"\n', "utf-8")
    changes = take(central, tmp_path / "out", "phuong-mau")
    assert [(each.noun, each.id) for each in changes] == [
        ("procedures", "1.009999"),
        ("officers", "cb-01"),
        ("office", "primary"),
    ]
    assert [name for name, _, _ in changes[1].fields] == ["name"]
    after = rows(central)
    assert replace(after, officers=before.officers) == before
    assert rows(central, "phuong-mau").office.primary == "#AA0000"
    moved = {unit for unit, number in revisions(central).items() if number != counted.get(unit)}
    assert moved == {"phuong-mau"}


def test_a_folder_of_a_unit_takes_no_other_unit_and_adds_none_elsewhere(
    central: CentreUnderTest, folder: Path, tmp_path: Path
) -> None:
    take(central, folder)
    before = rows(central)
    write_folder(tmp_path / "out", folder_texts(rows(central, "phuong-mau")))
    unit = '[[units]]\ncode = "{}"\nname = {{ vi = "Mới" }}\nparent = "{}"\nvalid_from = 2026-07-01\n'
    taken, elsewhere = unit.format("phuong-mot", "phuong-mau"), unit.format("xa-moi", "tinh-mau")
    below = unit.format("to-1", "phuong-mau") + unit.format("to-2", "to-1")
    there = (tmp_path / "out" / "catalogue.toml").read_text("utf-8")
    for added, code in ((taken, "phuong-mot"), (elsewhere, "xa-moi")):
        (tmp_path / "out" / "catalogue.toml").write_text(there + added, "utf-8")
        with pytest.raises(ProblemsError) as caught:
            take(central, tmp_path / "out", "phuong-mau")
        (problem,) = caught.value.problems
        assert problem.number == "HL5075"
        assert problem.where.endswith(f"units {code}")
        assert rows(central) == before
    (tmp_path / "out" / "catalogue.toml").write_text(there + below, "utf-8")
    for _ in range(2):
        take(central, tmp_path / "out", "phuong-mau")
        assert {each.code for each in rows(central).units} - {each.code for each in before.units} == {
            "to-1",
            "to-2",
        }


def test_a_folder_that_is_refused_changes_nothing(central: CentreUnderTest, folder: Path) -> None:
    take(central, folder)
    before, counted, log = rows(central), revisions(central), audited(central)
    change(folder / "catalogue.toml", 'id = "cb-02"', 'id = "CB 02"')
    change(folder / "surveys" / "van-thang.toml", 'vi = "', 'vi = "Mới: ')
    with pytest.raises(ProblemsError) as caught:
        take(central, folder)
    assert sorted(problem.number for problem in caught.value.problems) == ["HL1003", "HL5007"]
    assert (rows(central), revisions(central), audited(central)) == (before, counted, log)


def test_what_is_left_out_is_removed_but_for_units_and_devices(
    central: CentreUnderTest, folder: Path
) -> None:
    take(central, folder)
    (folder / "plans" / "plan.toml").unlink()
    (folder / "assignments.toml").unlink()
    (folder / "surveys" / "thach-ha-ben-ngoai.toml").unlink()
    (folder / "plans" / "thach-ha-2021.toml").unlink()
    (folder / "revoked.toml").unlink()
    text = (folder / "catalogue.toml").read_text("utf-8")
    (folder / "catalogue.toml").write_text(text.partition("[[counters]]")[0], "utf-8")
    found = {(each.noun, each.id): each.after for each in take(central, folder)}
    assert set(found.values()) == {None}
    assert {noun for noun, _ in found} == {
        *("procedures", "officers", "counters", "surveys", "plans", "assignments", "serials")
    }
    left = rows(central)
    assert (left.officers, left.counters, left.procedures, left.serials) == ((), (), (), ())
    assert "may-01" in {device.id for device in left.devices}
    assert "kiosk-1" in {device.id for device in left.devices}
    assert "phuong-mot" in {unit.code for unit in left.units}
    assert "phuong-mau" not in {plan.id for plan in left.plans}
    assert "thach-ha-ben-ngoai" not in {survey.id for survey in left.surveys}


def refused(central: CentreUnderTest, folder: Path, unit: str = "") -> list[tuple[str, str]]:
    """Number and place of every problem; nothing has changed then."""
    before, counted, log = rows(central), revisions(central), audited(central)
    with pytest.raises(ProblemsError) as caught:
        take(central, folder, unit)
    assert (rows(central), revisions(central), audited(central)) == (before, counted, log)
    return [(problem.number, problem.where.removeprefix(f"{folder}/")) for problem in caught.value.problems]


def of_unit(central: CentreUnderTest, folder: Path, unit: str) -> Path:
    """The folder of a unit, as it is exported."""
    write_folder(folder, folder_texts(rows(central, unit)))
    return folder


def test_a_plan_that_an_assignment_names_is_not_left_out(
    central: CentreUnderTest, folder: Path, tmp_path: Path
) -> None:
    take(central, folder)
    moved = replace(rows(central).assignments[0], id="phuong-khac", unit="phuong-mot")
    with acting(central.engine, BY) as act:
        add_assignment(act, moved, "thử")
    out = of_unit(central, tmp_path / "out", "phuong-mau")
    (out / "plans" / "phuong-mau.toml").unlink()
    found = refused(central, out, "phuong-mau")
    assert ("HL1005", "assignments phuong-khac.plan") in found
    assert any(where.endswith("assignments hang-ngay.plan") for _, where in found)
    assert {number for number, _ in found} == {"HL1005"}
    (folder / "plans" / "plan.toml").unlink()
    (problem,) = refused(central, folder)
    assert problem[0] == "HL1005"
    assert problem[1].endswith("assignments hang-ngay.plan")


def test_a_plan_that_changes_is_checked_with_every_assignment_that_names_it(
    central: CentreUnderTest, folder: Path, tmp_path: Path
) -> None:
    take(central, folder)
    daily = replace(rows(central).assignments[0], unit="phuong-mot", plan=None)
    with acting(central.engine, BY) as act:
        add_assignment(act, replace(daily, id="moi-ngay"), "thử")
        add_assignment(act, replace(daily, id="dot", plan="phuong-mau"), "thử")
    out = of_unit(central, tmp_path / "out", "phuong-mau")
    plan = out / "plans" / "phuong-mau.toml"
    lines = plan.read_text("utf-8").splitlines(keepends=True)
    plan.write_text("".join(each for each in lines if not each.startswith(("starts", "ends"))), "utf-8")
    assert refused(central, out, "phuong-mau") == [("HL1017", "assignments dot, moi-ngay")]


@pytest.mark.parametrize("other", ["offered", "assigned", "planned"])
def test_a_folder_of_a_unit_releases_no_form_that_other_units_ask(
    central: CentreUnderTest, folder: Path, tmp_path: Path, other: str
) -> None:
    take(central, folder)
    out = of_unit(central, tmp_path / "out", "phuong-mau")
    (out / "surveys").mkdir(exist_ok=True)
    form = out / "surveys" / "cua-phuong.toml"
    text = (folder / "surveys" / "nha-trang-ubnd.toml").read_text("utf-8")
    form.write_text(text.replace('id = "nha-trang-ubnd"', 'id = "cua-phuong"', 1), "utf-8")
    change(out / "assignments.toml", 'survey = "kien-hung"', 'survey = "cua-phuong"')
    change(out / "assignments.toml", 'plan = "phuong-mau"\n', "")
    take(central, out, "phuong-mau")
    version = next(survey.version for survey in rows(central, "phuong-mau").surveys)
    change(form, f"version = {version}", f"version = {version + 1}")
    assert ("surveys", "cua-phuong") in differences(central, out, "phuong-mau")
    if other == "assigned":
        asked = Assignment(id="phuong-khac", unit="phuong-mot", survey="cua-phuong")
        with acting(central.engine, BY) as act:
            add_assignment(act, asked, "thử")
    elif other == "offered":
        with writing(central.engine) as connection:
            connection.execute(insert(offered_forms).values(unit="phuong-mot", survey="cua-phuong"))
    else:
        plan = rows(central, "phuong-mau").plans[0]
        group = replace(plan.groups[0], survey="cua-phuong")
        with writing(central.engine) as connection:
            put_plan(connection, replace(plan, id="khac", unit="phuong-mot", groups=(group,)), NOW)
    (problem,) = refused(central, out, "phuong-mau")
    assert problem[0] == "HL5075"
    assert problem[1].endswith("surveys cua-phuong")


def test_a_new_version_of_a_form_is_one_change(central: CentreUnderTest, folder: Path) -> None:
    take(central, folder)
    old = {survey.id: survey.version for survey in rows(central).surveys}["van-thang"]
    change(folder / "surveys" / "van-thang.toml", f"version = {old}", f"version = {old + 1}")
    change(folder / "surveys" / "van-thang.toml", 'vi = "', 'vi = "Mới: ')
    (found,) = take(central, folder)
    assert (found.noun, found.before.version, found.after.version) == ("surveys", old, old + 1)
    change(folder / "surveys" / "van-thang.toml", f"version = {old + 1}", f"version = {old}")
    change(folder / "surveys" / "van-thang.toml", 'vi = "Mới: ', 'vi = "')
    assert differences(central, folder) == []  # the older one is no way back
    assert {survey.id: survey.version for survey in rows(central).surveys}["van-thang"] == old + 1


def test_a_device_that_moves_keeps_what_it_was(central: CentreUnderTest, folder: Path) -> None:
    take(central, folder)
    change(
        folder / "catalogue.toml", 'kind = "desk"\nunit = "phuong-mau"', 'kind = "desk"\nunit = "tinh-mau"'
    )
    (found,) = take(central, folder)
    assert [name for name, _, _ in found.fields] == ["unit"]
    with reading(central.engine) as connection:
        moved = connection.exec_driver_sql("SELECT device, unit FROM device_moves").all()
    assert [tuple(row) for row in moved] == [("ban-nhap-01", "phuong-mau")]


def test_a_folder_that_leaves_terminals_with_nothing_to_ask_is_refused_unless_that_is_meant(
    central: CentreUnderTest, run: Run, folder: Path
) -> None:
    run("config", "import", str(folder), "--why", "QĐ 1")
    before = audited(central)
    *_, saturday = MORE["assignments.toml"].rpartition("[[assignments]]")
    elsewhere = saturday.replace("quay-1", "quay-2")
    (folder / "assignments.toml").write_text(f"[[assignments]]{elsewhere}", "utf-8")
    again = ("config", "import", str(folder), "--why", "QĐ 2")
    assert run(*again) == "HL5143"
    assert run(*again, "--dry-run") == "HL5143"
    assert audited(central) == before
    assert "- phân công hang-ngay" in run(*again, "--idle", "--dry-run")
    assert audited(central) == before
    assert "- phân công hang-ngay" in run(*again, "--idle")


def test_the_commands_show_refuse_and_record(
    central: CentreUnderTest, run: Run, folder: Path, tmp_path: Path
) -> None:
    assert "+ cán bộ cb-01: Cán bộ Một" in run("config", "import", str(folder), "--dry-run")
    assert run("config", "import", str(folder)) == "HL5071"
    assert "cb-01" not in {officer.id for officer in rows(central).officers}
    run("config", "import", str(folder), "--why", "QĐ 1")
    ((subject, detail),) = [line for act, *line in audited(central) if act == "config-import"]
    assert subject == "*"
    assert "officers -a01, +cb-01, +cb-02" in detail
    assert detail.endswith("; QĐ 1")
    change(folder / "catalogue.toml", "Cán bộ Một", "Cán bộ Mười")
    shown = run("config", "diff", str(folder))
    assert shown.splitlines() == ["~ cán bộ cb-01", "    name: Cán bộ Một → Cán bộ Mười"]
    out = tmp_path / "out"
    assert str(out / "catalogue.toml") in run("config", "export", str(out))
    assert run("config", "export", str(out)) == "HL5074"
    assert run("config", "diff", str(out)).strip() == "Không có gì khác."
    log = audited(central)
    assert run("config", "import", str(out), "--why", "lần nữa").strip() == "Không có gì khác."
    assert audited(central) == log
    assert run("config", "import", str(out), "--unit", "xa-la", "--why", "x") == "HL5011"


def test_every_error_is_printed_with_its_line(central: CentreUnderTest, folder: Path) -> None:
    change(folder / "catalogue.toml", 'name = "Cán bộ Hai"', "name = 2")
    change(folder / "assignments.toml", 'survey = "kien-hung"', 'survey = "khong-co"')
    place = ["--data", str(central.folder), *(["--database", central.url] if central.url else [])]
    done = CliRunner().invoke(app, ["config", "import", str(folder), "--why", "x", *place])
    assert isinstance(done.exception, ProblemError)
    text = str(done.exception)
    assert f"{folder}/catalogue.toml:49: officers[1].name" in text
    assert f"{folder}/assignments.toml:5: assignments hang-ngay.survey" in text
