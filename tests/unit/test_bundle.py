"""A folder of configuration is loaded whole, or refused with the file, the key and the reason."""

import base64
import shutil
from pathlib import Path

import pytest

from sync.contract.bundle import CentreSettings, bundle_files, load_bundle, read_bundle
from sync.contract.problem import ProblemError
from tests.support.plans import ASSETS

KEY = base64.b64encode(bytes(32)).decode()
FILES = {
    "bundle.toml": """
version = 7
issued = 2026-03-01T00:00:00+07:00
expires = 2026-06-01T00:00:00+07:00
""",
    "catalogue.toml": """
[[units]]
code = "tinh-mau"
name = {vi = "Tỉnh Mẫu"}
[[units]]
code = "phuong-mau"
name = {vi = "Phường Mẫu"}
parent = "tinh-mau"
valid_from = 2025-07-01
[[procedures]]
code = "1.001193"
name = {vi = "Đăng ký khai sinh"}
[[officers]]
id = "cb-01"
name = "Cán bộ Một"
unit = "phuong-mau"
[[counters]]
id = "quay-1"
unit = "phuong-mau"
name = {vi = "Quầy 1"}
[[devices]]
id = "may-01"
kind = "terminal"
unit = "phuong-mau"
""",
    "keys.toml": f"""
sealing = [{{id = "s1", public = "{KEY}"}}]
badges = [{{id = "b1", public = "{KEY}"}}, {{id = "b2", public = "{KEY}"}}]
""",
    "settings.toml": "repeat_days = 14",
    "revoked.toml": 'serials = ["0001"]',
    "cases.json": f'{{"key": "{KEY}", "case": [{{"case": "{"0" * 32}", "procedure": "1.001193"}}]}}',
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, content in FILES.items():
        (tmp_path / name).write_text(content, "utf-8")
    shutil.copytree(ASSETS / "surveys", tmp_path / "surveys")
    shutil.copytree(ASSETS / "plans", tmp_path / "plans")
    return tmp_path


def change(path: Path, old: str, new: str) -> None:
    source = path.read_text("utf-8")
    assert old in source
    path.write_text(source.replace(old, new, 1), "utf-8")


def refused(folder: Path) -> tuple[str, str, str]:
    with pytest.raises(ProblemError) as caught:
        load_bundle(folder)
    found = caught.value.problem
    return found.number, found.where, found.detail


def test_everything_in_the_folder_is_loaded(folder: Path) -> None:
    bundle = load_bundle(folder)
    assert bundle.version.version == 7
    assert (len(bundle.surveys), len(bundle.plans)) == (9, 5)
    assert bundle.catalogue.unit("phuong-mau") is not None
    assert bundle.settings.repeat_days == 14
    assert bundle.revoked.serials == ("0001",)
    assert [key.id for key in bundle.keys.badges] == ["b1", "b2"]
    assert len(bundle.cases.case) == 1


def test_what_may_be_absent_may_be_absent(folder: Path) -> None:
    for name in ("keys.toml", "settings.toml", "revoked.toml", "cases.json"):
        (folder / name).unlink()
    shutil.rmtree(folder / "plans")
    bundle = load_bundle(folder)
    assert (bundle.plans, bundle.settings, bundle.keys.sealing, bundle.cases.case) == (
        (),
        CentreSettings(),
        (),
        (),
    )


def test_no_file_of_assignments_is_not_the_same_as_one_without_any(folder: Path) -> None:
    (folder / "assignments.toml").unlink(missing_ok=True)
    assert load_bundle(folder).assignments is None
    for empty in ("", "assignments = []\n"):
        (folder / "assignments.toml").write_text(empty, "utf-8")
        assert load_bundle(folder).assignments == ()


@pytest.mark.parametrize("name", ["bundle.toml", "catalogue.toml"])
def test_what_must_be_there_is_asked_for_by_name(folder: Path, name: str) -> None:
    (folder / name).unlink()
    number, where, _ = refused(folder)
    assert (number, where) == ("HL1001", str(folder / name))


def test_a_folder_without_a_survey_is_refused(folder: Path) -> None:
    shutil.rmtree(folder / "surveys")
    assert refused(folder) == ("HL1001", str(folder / "surveys"), "không có tệp *.toml")


def test_the_newest_version_of_a_survey_is_asked(folder: Path) -> None:
    source = (folder / "surveys" / "kien-hung.toml").read_text("utf-8")
    newer = source.replace("version = 1", "version = 2", 1)
    (folder / "surveys" / "kien-hung-2.toml").write_text(newer, "utf-8")
    survey = load_bundle(folder).survey("kien-hung")
    assert survey is not None
    assert survey.version == 2


WRONG = [
    ("a time without offset", "bundle.toml", "+07:00", "", "HL1003", "issued", "múi giờ"),
    ("not TOML", "catalogue.toml", "[[units]]", "[[units]", "HL1002", "catalogue.toml", "dòng"),
    ("an unknown member", "catalogue.toml", "parent =", "father =", "HL1003", "units[1]", "father"),
    ("an unknown kind of device", "catalogue.toml", '"terminal"', '"toaster"', "HL1003", "kind", "toaster"),
    (
        "a unit under a missing one",
        "catalogue.toml",
        'parent = "tinh-mau"',
        'parent = "tinh-khac"',
        "HL1005",
        "units phuong-mau.parent",
        "tinh-khac",
    ),
    (
        "an officer of a missing unit",
        "catalogue.toml",
        'name = "Cán bộ Một"\nunit = "phuong-mau"',
        'name = "Cán bộ Một"\nunit = "phuong-x"',
        "HL1005",
        "officers cb-01.unit",
        "phuong-x",
    ),
    (
        "a terminal of a missing unit",
        "catalogue.toml",
        'kind = "terminal"\nunit = "phuong-mau"',
        'kind = "terminal"\nunit = "phuong-x"',
        "HL1005",
        "devices may-01.unit",
        "phuong-x",
    ),
    ("a key that is too short", "keys.toml", KEY, "AAAA", "HL1003", "sealing s1", "32 byte"),
    ("a key that is not base64", "keys.toml", KEY, "*" * 44, "HL1003", "sealing s1", "base64"),
    (
        "a case key that is too short",
        "cases.json",
        KEY,
        "abc",
        "HL1003",
        "cases.json: key",
        "32 byte",
    ),
    ("days in words", "settings.toml", "14", '"14"', "HL1003", "repeat_days", "số nguyên"),
    ("more days than a calendar has", "settings.toml", "14", "99999999999", "HL1003", "repeat_days", "366"),
    (
        "a setting that nobody knows",
        "settings.toml",
        "repeat_days",
        "repeat_day",
        "HL1003",
        "settings",
        "day",
    ),
    (
        "a pattern that never ends",
        "settings.toml",
        "repeat_days = 14",
        "codes.dossier = ['(A|A)+B']",
        "HL1003",
        "codes.dossier[0]",
        "lặp",
    ),
    ("two keys of one name", "keys.toml", '"b2"', '"b1"', "HL1004", "keys.toml: badges", "b1"),
    ("a case that is a dossier code", "cases.json", "0" * 32, "H29-231115-0001", "HL1002", "cases.json", ""),
    ("case list not JSON", "cases.json", "{", "", "HL1002", "cases.json", ""),
    ("serials that are numbers", "revoked.toml", '"0001"', "1", "HL1003", "serials[0]", "cần chữ"),
    (
        "a plan without its form",
        "plans/van-thang-2023.toml",
        'survey = "van-thang"',
        'survey = "khong-co"',
        "HL1005",
        "groups[0] khach-hang.survey",
        "khong-co",
    ),
    (
        "two plans of one name",
        "plans/van-thang-2023.toml",
        'id = "van-thang-2023"',
        'id = "nha-trang-2023"',
        "HL1004",
        "plans",
        "nha-trang-2023",
    ),
    (
        "two surveys of one name and version",
        "surveys/van-thang.toml",
        'id = "van-thang"\nversion = 2',
        'id = "kien-hung"\nversion = 1',
        "HL1004",
        "surveys",
        "kien-hung version 1",
    ),
    (
        "a wrong survey",
        "surveys/van-thang.toml",
        'kind = "rating"',
        'kind = "stars"',
        "HL1003",
        "van-thang.toml",
        "stars",
    ),
]


@pytest.mark.parametrize(
    ("file", "old", "new", "number", "key", "reason"), [pytest.param(*case, id=name) for name, *case in WRONG]
)
def test_a_wrong_folder_is_refused_with_file_key_and_reason(
    folder: Path, file: str, old: str, new: str, number: str, key: str, reason: str
) -> None:
    change(folder / file, old, new)
    found, where, detail = refused(folder)
    assert (found, key in where, reason in detail) == (number, True, True), (where, detail)


def test_an_entry_listed_twice_is_refused(folder: Path) -> None:
    for entry in (
        '[[procedures]]\ncode = "1.001193"\nname = {vi = "Lặp"}\n',
        '[[officers]]\nid = "cb-01"\nname = "Cán bộ Hai"\nunit = "tinh-mau"\n',
        '[[devices]]\nid = "may-01"\nkind = "desk"\nunit = "tinh-mau"\n',
    ):
        path = folder / "catalogue.toml"
        path.write_text(FILES["catalogue.toml"] + entry, "utf-8")
        assert refused(folder)[0] == "HL1004"


def test_a_unit_may_be_listed_again_from_another_day(folder: Path) -> None:
    again = '[[units]]\ncode = "phuong-mau"\nname = {vi = "Phường Mẫu cũ"}\nvalid_to = 2025-06-30\n'
    (folder / "catalogue.toml").write_text(FILES["catalogue.toml"] + again, "utf-8")
    assert len(load_bundle(folder).catalogue.units) == 3


@pytest.mark.parametrize(
    "name",
    ["note.toml", "surveys/Kien-Hung.toml", "surveys/old/kien-hung.toml", "list.JSON", "plans/ke hoach.toml"],
)
def test_a_file_that_no_bundle_has_goes_to_no_counter(folder: Path, name: str) -> None:
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_text("x = 1\n", "utf-8")
    with pytest.raises(ProblemError, match="HL1016") as caught:
        bundle_files(folder)
    assert caught.value.problem.where == str(folder / name)


def test_what_is_issued_is_what_is_loaded_byte_order_mark_or_not(folder: Path) -> None:
    (folder / "README.md").write_text("stays here", "utf-8")
    marked = folder / "bundle.toml"
    marked.write_bytes(b"\xef\xbb\xbf" + marked.read_bytes())
    issued = bundle_files(folder)
    assert issued["bundle.toml"] == FILES["bundle.toml"]
    assert set(FILES) < set(issued)
    assert "README.md" not in issued
    assert load_bundle(folder).version.version == 7


def test_a_folder_is_one_source_of_a_bundle_and_a_mapping_of_texts_is_enough(folder: Path) -> None:
    assert read_bundle(bundle_files(folder)) == load_bundle(folder)


@pytest.mark.parametrize(
    ("name", "text", "number", "where"),
    [
        ("settings.toml", "repeat_days = 'x'", "HL1003", "settings.toml: repeat_days"),
        ("surveys/van-thang.toml", "not toml", "HL1002", "surveys/van-thang.toml"),
        ("catalogue.toml", None, "HL1001", "catalogue.toml"),
        ("bundle.toml", None, "HL1001", "bundle.toml"),
    ],
)
def test_a_wrong_text_is_named_without_a_folder(
    folder: Path, name: str, text: str | None, number: str, where: str
) -> None:
    files = bundle_files(folder)
    del files[name]
    with pytest.raises(ProblemError) as caught:
        read_bundle(files if text is None else {**files, name: text})
    assert (caught.value.problem.number, caught.value.problem.where) == (number, where)
