"""A bundle that can't be used is a problem with a number, whatever is wrong; the one before it goes on."""

import base64
import os
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from msgspec.structs import replace

from kiosk.asking import asked_now
from kiosk.identity import Identity
from kiosk.renewal import mark_of
from kiosk.settings import Office, Settings, load_settings
from kiosk.usable import first_usable, usable_bundle
from sync.contract.problem import ProblemError
from tests.flows.flow import SETTINGS
from tests.support.office import ROOT, SAMPLE

ZEROS = base64.b64encode(bytes(32)).decode()
DEEP = "[" * 100_000
FAULTS: dict[str, list[tuple[str | None, str]]] = {
    "cases.json": [
        ('{"key": "abc"}', "HL1003"),
        ('{"key": "YWJj"}', "HL1003"),
        ('{"key": "ké"}', "HL1003"),
        ("units", "HL1002"),
    ],
    "settings.toml": [
        ("[codes]\ndossier = ['(']", "HL1003"),
        ("codes = 7", "HL1003"),
        ("a = " + DEEP, "HL2012"),
    ],
    "keys.toml": [(f'[[sealing]]\nid = "k1"\npublic = "{ZEROS}"', "HL2012")],
    "catalogue.toml": [
        ('[[units]]\ncode = "phuong-mau"\nname.en = "Ward"', "HL1006"),
        ('[[units]]\ncode = "phuong-khac"\nname.vi = "Phường khác"', "HL1005"),
    ],
    "bundle.toml": [(None, "HL1001")],
    "office.toml": [
        ('name.en = "Ward"', "HL1006"),
        ('accent = "yellow"', "HL1003"),
        ('results = "https://ketqua.example.vn"', "HL1003"),
    ],
    "assignments.toml": [
        ('[[assignments]]\nid = "a"\nunit = "phuong-mau"\nsurvey = "none"', "HL1005"),
    ],
}


def bundle_at(folder: Path) -> Path:
    """A bundle that this terminal can serve with."""
    shutil.copytree(ROOT / "assets" / "surveys", folder / "surveys")
    shutil.copy(SAMPLE / "catalogue.toml", folder / "catalogue.toml")
    shutil.copy(SAMPLE / "bundle.toml", folder / "bundle.toml")
    return folder


def settings_for(bundle: Path) -> Settings:
    return replace(SETTINGS, bundle=bundle)


@pytest.mark.parametrize(
    ("file", "content", "number"),
    [(file, content, number) for file, faults in FAULTS.items() for content, number in faults],
)
def test_whatever_is_wrong_with_a_bundle_is_a_problem(
    tmp_path: Path, file: str, content: str | None, number: str
) -> None:
    path = bundle_at(tmp_path / "bundle") / file
    path.unlink(missing_ok=True)
    if content is None:
        path.mkdir()  # there, and not to be read
    else:
        path.write_text(content, "utf-8")
    with pytest.raises(ProblemError) as wrong:
        usable_bundle(settings_for(tmp_path / "bundle"))
    assert wrong.value.problem.number == number


def test_a_terminal_that_starts_with_a_bad_bundle_serves_with_the_one_before_it(tmp_path: Path) -> None:
    """As the agent lays them out: a link to the one in use, and the last one next to it."""
    bundles = tmp_path / "bundles"
    for place, name in enumerate(("1-aaaa", "2-bbbb", "3-cccc")):
        bundle_at(bundles / name)
        os.utime(bundles / name, (place, place))
    (bundles / "3-cccc" / "keys.toml").write_text(f'[[sealing]]\nid = "k1"\npublic = "{ZEROS}"')
    (bundles / "2-bbbb" / "catalogue.toml").write_text("units = 7")
    bundle_at(bundles / "9-dddd.new")
    link = tmp_path / "bundle"
    link.symlink_to(bundles / "3-cccc")
    usable, instead_of = first_usable(settings_for(link))
    assert [each.survey for each in usable.agenda.assignments] == ["kien-hung"]
    assert instead_of is not None
    assert instead_of.number == "HL2012"
    assert usable.seen == mark_of(link), "the bad one is not tried again, the next one is"
    shutil.rmtree(bundles / "1-aaaa")
    with pytest.raises(ProblemError, match="HL2012"):
        first_usable(settings_for(link))


def test_a_name_that_nobody_gives_is_the_unit_s(tmp_path: Path) -> None:
    settings = replace(settings_for(bundle_at(tmp_path / "bundle")), office=Office())
    assert usable_bundle(settings).settings.office.name["vi"] == "UBND phường Mẫu"


def test_colours_that_can_t_be_read_are_those_of_kiosk_toml_and_the_rest_of_the_bundle_counts(
    tmp_path: Path,
) -> None:
    settings = settings_for(bundle_at(tmp_path / "bundle"))
    text = 'name.vi = "UBND phường Mẫu mới"\nprimary = "#123456"\naccent = "#FFCC00"'
    (settings.bundle / "office.toml").write_text(text, "utf-8")
    usable = usable_bundle(settings)
    shown, own = usable.settings.office, settings.office
    assert (shown.name["vi"], shown.primary, shown.accent) == ("UBND phường Mẫu mới", own.primary, own.accent)
    assert usable.colours is not None
    assert (usable.colours.number, usable.colours.where) == (
        "HL2016",
        f"{settings.bundle / 'office.toml'}: accent",
    )
    (settings.bundle / "office.toml").write_text(text.replace("#FFCC00", "#7A1F2B"), "utf-8")
    usable = usable_bundle(settings)
    assert (usable.settings.office.accent, usable.colours) == ("#7A1F2B", None)


def test_a_good_bundle_takes_the_place_of_nothing(tmp_path: Path) -> None:
    settings = settings_for(bundle_at(tmp_path / "bundle"))
    assert first_usable(settings)[1] is None
    assert settings.office == Office({"vi": "UBND phường Mẫu"})


RELEASE_0_1_0 = """
device = "may-01"
unit = "phuong-mau"
counter = "quay-1"
survey = "kien-hung"
plan = "phuong-mau"
bundle = "bundle"
data = "data"
languages = ["vi", "en"]
start_by_touch = false
ready_screen = false

[office]
name.vi = "UBND phường Mẫu"
name.en = "Mẫu Ward People's Committee"
primary = "#0B5D63"
accent = "#B23A5B"

[[opening]]
days = ["mon", "tue", "wed", "thu", "fri"]
start = 07:30:00
end = 17:00:00
"""


def test_a_configuration_and_a_kiosk_toml_of_release_0_1_0_mean_what_they_meant(tmp_path: Path) -> None:
    """Its configurations have neither assignments.toml nor office.toml."""
    (tmp_path / "kiosk.toml").write_text(RELEASE_0_1_0, "utf-8")
    bundle_at(tmp_path / "bundle")
    settings = load_settings(tmp_path / "kiosk.toml")
    usable = usable_bundle(settings)
    assert (usable.here, usable.settings) == (Identity("may-01", "phuong-mau", "quay-1"), settings)
    monday = asked_now(usable.agenda, datetime(2026, 3, 2, 8, tzinfo=UTC))
    assert monday.assignment is not None
    assert (monday.assignment.survey, monday.assignment.plan) == ("kien-hung", "phuong-mau")
    assert (monday.assignment.respondents, monday.open) == (("citizen",), True)
    evening = asked_now(usable.agenda, datetime(2026, 3, 2, 18, tzinfo=UTC))
    assert (evening.assignment, evening.open) == (monday.assignment, False)
