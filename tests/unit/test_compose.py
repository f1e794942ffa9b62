"""What a unit's terminals get, from rows: what is inherited, joined, filled in, left out."""

from datetime import date, time, timedelta

import pytest
from msgspec.structs import replace

from sync.central.office.configuration.compose import compose
from sync.central.office.configuration.rows import OfficeRow, Rows
from sync.central.office.units.tree import CENTRE
from sync.contract.assignment import Assignment
from sync.contract.bundle import Bundle, read_bundle
from sync.contract.catalogue import Device, Unit
from sync.contract.opening import Hours, Opening, SpecialDay
from sync.contract.plan import Plan, PlanGroup
from tests.support.assets import load_survey
from tests.support.wire import NOW, ROOT

SURVEY = load_survey(ROOT / "assets" / "surveys" / "kien-hung.toml")
TODAY = date(2026, 3, 2)
SATURDAY = (Opening(("sat",), time(8), time(11)),)
ROWS = Rows(
    unit="xa",
    above=("tinh", CENTRE),
    today=TODAY,
    units=(Unit("xa", {"vi": "Xã"}, parent="tinh"), Unit("tinh", {"vi": "Tỉnh"})),
    devices=(Device(id="may-01", kind="terminal", unit="xa"),),
    surveys=(SURVEY,),
)
PLAN = Plan(
    id="ke-hoach",
    title={"vi": "Kế hoạch"},
    authority="UBND tỉnh",
    unit="tinh",
    design="open",
    starts=date(2026, 3, 1),
    ends=date(2026, 4, 30),
    hours=SATURDAY,
    groups=(
        PlanGroup(
            id="to-chuc",
            name={"vi": "Tổ chức"},
            survey="kien-hung",
            respondents=("organisation",),
            channels=("kiosk",),
        ),
        PlanGroup(
            id="cong-dan",
            name={"vi": "Công dân"},
            survey="kien-hung",
            respondents=("citizen",),
            channels=("kiosk",),
            ends=date(2026, 3, 31),
        ),
    ),
)


def composed(rows: Rows) -> Bundle:
    return read_bundle(compose(rows, 3, NOW))


def offices(**decided: OfficeRow) -> Rows:
    """The rows with these decisions; `centre`: of the whole centre."""
    return replace(ROWS, offices={CENTRE if unit == "centre" else unit: row for unit, row in decided.items()})


def test_the_same_rows_give_the_same_texts_apart_from_the_version() -> None:
    first, second = compose(ROWS, 3, NOW), compose(replace(ROWS), 4, NOW)
    assert {name for name in first if first[name] != second[name]} == {"bundle.toml"}
    assert composed(ROWS).version.version == 3


def test_nothing_that_was_not_decided_has_a_file() -> None:
    assert set(compose(ROWS, 3, NOW)) == {"bundle.toml", "catalogue.toml", "surveys/kien-hung.toml"}


@pytest.mark.parametrize("deciding", ["xa", "tinh", "centre"])
def test_what_a_unit_leaves_out_comes_from_the_nearest_unit_above_it(deciding: str) -> None:
    decided = OfficeRow(
        primary="#112233", opening=SATURDAY, repeat_days=5, languages=("vi", "en"), results_url="https://a.vn"
    )
    bundle = composed(offices(**{deciding: decided}))
    assert (bundle.office.primary, bundle.office.opening) == ("#112233", SATURDAY)
    assert (bundle.office.results_url, bundle.settings.repeat_days) == ("https://a.vn", 5)
    assert bundle.catalogue.languages == ("vi", "en")


def test_of_two_decisions_the_nearest_holds_also_one_for_nothing() -> None:
    bundle = composed(
        offices(
            xa=OfficeRow(opening=()),
            tinh=OfficeRow(opening=SATURDAY, repeat_days=5),
            centre=OfficeRow(repeat_days=9),
        )
    )
    assert (bundle.office.opening, bundle.settings.repeat_days) == ((), 5)


def test_a_name_is_of_one_unit_and_not_of_those_below_it() -> None:
    above = OfficeRow(name={"vi": "UBND tỉnh"})
    assert composed(offices(tinh=above)).office.name == {}
    assert composed(offices(xa=OfficeRow(name={"vi": "UBND xã"}), tinh=above)).office.name == {
        "vi": "UBND xã"
    }
    assert composed(offices(centre=above)).office.name == {"vi": "UBND tỉnh"}


def test_special_days_are_joined_the_nearest_holds_and_those_long_over_are_left_out() -> None:
    holiday, own = SpecialDay(date(2026, 4, 30), "Lễ"), SpecialDay(date(2026, 5, 8), "Ngày hội")
    half = SpecialDay(date(2026, 4, 30), "Trực", (Hours(time(8), time(10)),))
    over, today = SpecialDay(TODAY - timedelta(days=32)), SpecialDay(TODAY)
    lately = SpecialDay(TODAY - timedelta(days=31))
    bundle = composed(
        offices(
            tinh=OfficeRow(special_days=(holiday, over, lately, today)),
            xa=OfficeRow(special_days=(own, half)),
        )
    )
    assert bundle.office.special_days == (lately, today, half, own)


def test_an_assignment_gets_the_window_and_the_hours_of_its_plans_group() -> None:
    asked = Assignment(id="hoi", unit="xa", survey="kien-hung", plan="ke-hoach")
    rows = replace(ROWS, plans=(PLAN,), assignments=(asked,))
    assert composed(rows).assignments == (
        replace(asked, starts=date(2026, 3, 1), ends=date(2026, 3, 31), hours=SATURDAY),
    )
    own = replace(
        asked, starts=date(2026, 3, 9), ends=date(2026, 3, 10), hours=(Opening(("mon",), time(8), time(9)),)
    )
    assert composed(replace(rows, assignments=(own,))).assignments == (own,)


def test_terminals_that_have_had_assignments_ask_nothing_once_the_last_one_has_ended_or_is_removed() -> None:
    over = Assignment(id="cu", unit="xa", survey="kien-hung", ends=date(2026, 3, 1))
    assert composed(replace(ROWS, assignments=(over,))).assignments == ()
    assert composed(replace(ROWS, decided=True)).assignments == ()
    elsewhere = Assignment(id="cua-may-khac", unit="tinh", survey="kien-hung", device="may-09")
    assert composed(replace(ROWS, assignments=(elsewhere,))).assignments is None


def test_assignments_that_are_over_or_of_another_units_device_are_left_out() -> None:
    asked = [
        Assignment(id="cu", unit="xa", survey="kien-hung", ends=date(2026, 3, 1)),
        Assignment(id="cua-may-khac", unit="tinh", survey="kien-hung", device="may-09"),
        Assignment(id="hom-nay", unit="tinh", survey="kien-hung", ends=TODAY),
        Assignment(id="cua-may", unit="xa", survey="kien-hung", device="may-01"),
    ]
    bundle = composed(replace(ROWS, assignments=tuple(asked)))
    assert [each.id for each in bundle.assignments or ()] == ["hom-nay", "cua-may"]


def test_a_unit_above_the_highest_one_that_exists_is_no_parent() -> None:
    alone = replace(ROWS, units=(Unit("xa", {"vi": "Xã"}, parent="huyen-cu"),), above=(CENTRE,))
    assert composed(alone).catalogue.units[0].parent is None
