"""What a terminal asks now; see the promises of kiosk/asking.py, and who it is by kiosk/identity.py."""

from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest
from msgspec.structs import replace

from kiosk.asking import Agenda, Asked, agenda_of, asked_now, asked_survey, phone_site
from kiosk.identity import Identity, identify
from kiosk.settings import ASSETS, Settings
from kiosk.usable import needs_code
from sync.contract.assignment import Assignment
from sync.contract.bundle import Bundle, BundleVersion, Cases, CentreSettings, PublicKeys, Revoked
from sync.contract.catalogue import Device, Unit
from sync.contract.enrolment import Enrolled
from sync.contract.office import OfficeSettings
from sync.contract.opening import Opening, SpecialDay
from sync.contract.plan import VIET_NAM
from sync.contract.problem import ProblemError
from sync.host.first_start import read_enrolled, write_enrolled
from tests.flows.flow import CATALOGUE, SETTINGS, kien_hung
from tests.support.assets import load_plan, load_survey

HERE = Identity("may-01", "phuong-mau", "quay-1")
UNITS = ("phuong-mau", "tinh-mau")
WORKING = (Opening(("mon", "tue", "wed", "thu", "fri"), time(7, 30), time(17)),)
TUESDAY = datetime(2021, 11, 16, 9, tzinfo=VIET_NAM)
EVENING = TUESDAY.replace(hour=19)
SATURDAY = datetime(2021, 11, 20, 9, tzinfo=VIET_NAM)
DAILY = Assignment(id="hang-ngay", unit="phuong-mau", survey="kien-hung")
SATURDAYS = Assignment(
    id="thu-bay",
    unit="phuong-mau",
    survey="kien-hung",
    plan="ke-hoach",
    starts=date(2021, 11, 17),
    ends=date(2021, 11, 20),
    hours=(Opening(("sat",), time(7, 30), time(17)),),
)
ALWAYS = OfficeSettings()
FORM = replace(kien_hung(), respondents=("citizen", "organisation"))


def bundle(*assignments: Assignment, office: OfficeSettings = ALWAYS) -> Bundle:
    return Bundle(
        version=BundleVersion(1, datetime(2021, 11, 1, tzinfo=UTC), datetime(2027, 3, 2, tzinfo=UTC)),
        catalogue=CATALOGUE,
        surveys=(FORM,),
        plans=(),
        settings=CentreSettings(),
        keys=PublicKeys(),
        revoked=Revoked(),
        cases=Cases(),
        assignments=assignments or None,
        office=office,
    )


def agenda(*assignments: Assignment, settings: Settings = SETTINGS) -> Agenda:
    return agenda_of(bundle(*assignments, office=OfficeSettings(opening=WORKING)), settings, HERE, UNITS)


def asked(agenda: Agenda, now: datetime) -> tuple[str, bool]:
    found = asked_now(agenda, now)
    return found.assignment.id if found.assignment else "", found.open


def test_what_is_open_now_is_asked() -> None:
    both = agenda(DAILY, SATURDAYS)
    assert asked(both, TUESDAY) == ("hang-ngay", True)
    assert asked(both, SATURDAY) == ("thu-bay", True)


def test_outside_the_hours_it_is_closed_and_a_handover_is_asked_what_the_day_s_assignment_says() -> None:
    both = agenda(DAILY, SATURDAYS)
    assert asked(both, EVENING) == ("hang-ngay", False)
    assert asked(both, SATURDAY.replace(hour=18)) == ("hang-ngay", False)
    assert asked(agenda(SATURDAYS), SATURDAY.replace(hour=18)) == ("thu-bay", False)
    assert asked(agenda(SATURDAYS), SATURDAY.replace(day=19)) == ("", False), "its hours are Saturday's"


def test_on_a_day_without_an_assignment_no_visit_begins() -> None:
    only = agenda(SATURDAYS)
    assert asked(only, TUESDAY) == ("", False)
    assert asked_survey(bundle(SATURDAYS), only, asked_now(only, TUESDAY)) == FORM
    elsewhere = agenda(replace(DAILY, counter="quay-2"))
    assert asked(elsewhere, TUESDAY) == ("", False)
    assert elsewhere.assignments == ()


def test_where_nothing_is_assigned_no_visit_begins_and_the_rest_of_the_configuration_counts() -> None:
    none_left = replace(bundle(), assignments=())
    for found in (
        agenda_of(none_left, SETTINGS, HERE, UNITS),
        agenda_of(bundle(), replace(SETTINGS, survey=None), HERE, UNITS),
    ):
        assert found.assignments == ()
        assert asked(found, TUESDAY) == ("", False)


def test_without_assignments_the_lines_of_kiosk_toml_count() -> None:
    settings = replace(SETTINGS, plan="ke-hoach", respondent="organisation", opening=WORKING)
    kept = agenda_of(bundle(), settings, HERE, UNITS)
    found = asked_now(kept, TUESDAY)
    assert found.assignment is not None
    assert (found.assignment.survey, found.assignment.plan, found.assignment.respondents) == (
        "kien-hung",
        "ke-hoach",
        ("organisation",),
    )
    assert [found.open, asked_now(kept, EVENING).open] == [True, False]
    holiday = OfficeSettings(special_days=(SpecialDay(TUESDAY.date(), "Nghỉ lễ"),))
    assert not asked_now(agenda_of(bundle(office=holiday), settings, HERE, UNITS), TUESDAY).open
    assert asked(agenda(DAILY, settings=settings), TUESDAY) == ("hang-ngay", True)


@pytest.mark.parametrize(
    ("changes", "number", "where"),
    [
        ({"survey": "none"}, "HL1005", "survey"),
        ({"respondent": "staff"}, "HL1005", "respondent"),
    ],
)
def test_what_kiosk_toml_names_and_the_configuration_lacks_is_a_problem(
    changes: dict[str, str], number: str, where: str
) -> None:
    with pytest.raises(ProblemError) as wrong:
        agenda_of(bundle(), replace(SETTINGS, **changes), HERE, UNITS)
    assert (wrong.value.problem.number, wrong.value.problem.where) == (number, where)


def identified(row: Device | None, settings: Settings, enrolment: Enrolled | None = None) -> Identity:
    other = Unit("xa-khac", {"vi": "UBND xã Khác"})
    catalogue = replace(CATALOGUE, units=(*CATALOGUE.units, other), devices=(row,) if row else ())
    return identify(settings, enrolment, catalogue)


def test_the_device_s_row_says_where_it_is_then_kiosk_toml() -> None:
    of_file = replace(SETTINGS, counter="quay-1")
    moved = Device(id="may-01", kind="terminal", unit="xa-khac", counter="quay-9")
    assert identified(None, of_file) == HERE
    assert identified(replace(moved, unit="phuong-mau", counter=""), of_file) == HERE
    assert identified(replace(moved, counter=""), of_file) == Identity("may-01", "xa-khac"), "not its old one"
    assert identified(moved, of_file) == Identity("may-01", "xa-khac", "quay-9")
    assert identified(moved, Settings(device="may-01")) == Identity("may-01", "xa-khac", "quay-9")


def test_a_terminal_is_what_its_agent_was_enrolled_as_whatever_kiosk_toml_says(tmp_path: Path) -> None:
    nameless = Settings(data=tmp_path)
    assert needs_code(nameless)
    (tmp_path / "agent").mkdir()
    write_enrolled(tmp_path / "agent", Enrolled("may-07", "phuong-mau", {"vi": "UBND phường Mẫu"}))
    assert not needs_code(nameless)
    enrolment = read_enrolled(tmp_path / "agent")
    row = Device(id="may-07", kind="terminal", unit="phuong-mau", counter="quay-2")
    assert identified(row, Settings(), enrolment) == Identity("may-07", "phuong-mau", "quay-2")
    assert identified(None, Settings(), enrolment) == Identity("may-07", "phuong-mau")
    assert identified(None, SETTINGS, enrolment).device == "may-07"


def test_a_terminal_that_kiosk_toml_names_needs_no_code_where_a_configuration_was_copied_by_hand(
    tmp_path: Path,
) -> None:
    named = Settings(device="may-01", data=tmp_path, bundle=tmp_path / "bundle")
    assert needs_code(named)
    named.bundle.mkdir()
    assert needs_code(named)
    (named.bundle / "bundle.toml").touch()
    assert not needs_code(named)
    assert needs_code(replace(named, device=None))


def test_a_terminal_that_nothing_names_or_places_is_a_problem() -> None:
    for settings, number in (
        (Settings(), "HL1011"),
        (Settings(device="may-01"), "HL1005"),
        (Settings(device="may-01", unit="none"), "HL1005"),
    ):
        with pytest.raises(ProblemError, match=number):
            identified(None, settings)


PUBLIC = OfficeSettings(public_url="https://danhgia.vi.du")
SURVEYS = [load_survey(path) for path in sorted((ASSETS / "surveys").glob("*.toml"))]
PLANS = tuple(load_plan(path, SURVEYS) for path in sorted((ASSETS / "plans").glob("*.toml")))


@pytest.mark.parametrize(
    ("plan", "survey", "shown"),
    [
        (None, "kien-hung", True),
        ("kien-hung-2020", "kien-hung", True),
        ("kien-hung-2020", "van-thang", False),
        ("nha-trang-2023", "kien-hung", False),
        ("khong-co", "kien-hung", False),
    ],
)
def test_a_code_is_shown_where_the_plan_that_is_asked_for_counts_phones(
    plan: str | None, survey: str, shown: bool
) -> None:
    asked = Asked(replace(DAILY, plan=plan, survey=survey), open=True)
    known = replace(bundle(DAILY, office=PUBLIC), plans=PLANS)
    assert phone_site(known, asked) == ("https://danhgia.vi.du" if shown else "")
    assert phone_site(replace(known, office=ALWAYS), asked) == ""
