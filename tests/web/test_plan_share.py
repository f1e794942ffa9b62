"""The expected share of a sample: taken from an earlier plan of the unit with its source, or typed."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from sync.central.office.planning.drafts import find_plan_draft
from sync.central.office.units.stored import put_bundled_units
from sync.central.store.database import reading, writing
from sync.central.store.days_over import close_days
from sync.contract.catalogue import Unit
from sync.contract.plan import Plan, PlanGroup, Sample
from sync.contract.response import Response
from tests.support.browsing import Browser, words_of
from tests.support.paper import put_plan
from tests.support.remarks import send
from tests.support.wire import NOW, CentreUnderTest, visit

UNIT = "phuong-mot"
LAST_YEAR = "khao-sat-2025"
ANSWERED = NOW - timedelta(days=90)
DRAFT = "/ke-hoach/khao-sat-2026/soan"
SHARE = f"{DRAFT}/ty-le"


def earlier(unit: str = UNIT, id: str = LAST_YEAR, number: str = "12/KH-UBND") -> Plan:
    """A plan of last year that drew people."""
    return Plan(
        id=id,
        number=number,
        title={"vi": "Khảo sát năm 2025"},
        authority="UBND Phường Một",
        unit=unit,
        design="random",
        starts=date(2025, 11, 17),
        ends=date(2025, 12, 20),
        sample=Sample(share=0.8, margin=0.05, z=1.96, stated=138),
        groups=(
            PlanGroup(
                id="ngoai",
                name={"vi": "Khách hàng bên ngoài"},
                survey="kien-hung",
                respondents=("citizen",),
                channels=("kiosk",),
                frame="danh sách",
                overall="result",
                total=138,
            ),
        ),
    )


def answered(number: int, result: int) -> Response:
    at = ANSWERED + timedelta(minutes=number)
    return replace(
        visit(number, result=result, seq=number),
        plan=LAST_YEAR,
        respondent="citizen",
        started_at=at,
        finished_at=at + timedelta(seconds=12),
    )


@pytest.fixture
def central(tmp_path: Path) -> Iterator[CentreUnderTest]:
    """A centre with two wards; of the first ward's plan of last year nine of ten are satisfied."""
    centre = CentreUnderTest(tmp_path / "centre")
    with writing(centre.engine) as connection:
        wards = (Unit(UNIT, {"vi": "Phường Một"}), Unit("phuong-hai", {"vi": "Phường Hai"}))
        put_bundled_units(connection, wards, NOW - timedelta(days=300))
    put_plan(centre.engine, earlier())
    put_plan(centre.engine, earlier("phuong-hai", "cua-noi-khac"))
    send(centre, *(answered(n, 3 if n == 1 else 5) for n in range(1, 11)), at=ANSWERED + timedelta(hours=1))
    with writing(centre.engine) as connection:
        close_days(connection, NOW.date() + timedelta(days=1))
    yield centre
    centre.close()


@pytest.fixture
def chief(central: CentreUnderTest) -> Iterator[Browser]:
    with Browser(central, "chief", ("admin", UNIT)) as browser:
        yield browser


def sample_of(central: CentreUnderTest) -> Sample:
    with reading(central.engine) as connection:
        draft = find_plan_draft(connection, "khao-sat-2026")
    assert draft is not None
    assert draft.plan.sample is not None
    return draft.plan.sample


def before(chief: Browser) -> str:
    found = re.search(r'name="truoc" value="([^"]*)"', chief.get(SHARE).text)
    assert found is not None
    return found[1]


def begun(chief: Browser) -> None:
    fields = {"mau": "", "don_vi": "", "tu": LAST_YEAR, "ma": ""}
    assert chief.post("/ke-hoach/moi", fields, at=f"/ke-hoach/moi?tu={LAST_YEAR}").status_code == 303


SOURCE = "kết quả Kế hoạch số 12/KH-UBND, Khách hàng bên ngoài: 90,0 % (n = 10)"


def test_p_of_a_new_plan_is_what_the_units_last_plan_came_to_with_its_source(
    central: CentreUnderTest, chief: Browser
) -> None:
    begun(chief)
    assert (sample_of(central).share, sample_of(central).source) == (0.9, SOURCE)
    page = words_of(chief.get(SHARE))
    assert f"p = 90 % ({SOURCE})" in page
    assert "138,2976" in page
    assert f'href="{SHARE}"' in chief.get(DRAFT).text
    assert "cua-noi-khac" not in chief.get(SHARE).text  # another unit's
    document = chief.get("/ke-hoach/khao-sat-2026/van-ban?kieu=pdf")
    assert document.status_code == 200


def test_p_can_be_typed_and_a_typed_one_has_no_source_of_another(
    central: CentreUnderTest, chief: Browser
) -> None:
    begun(chief)
    typed = {"p": "85", "d": "5", "n": "0", "nguon": "", "truoc": before(chief)}
    assert chief.post(SHARE, typed, at=SHARE).status_code == 303
    assert (sample_of(central).share, sample_of(central).source, sample_of(central).stated) == (0.85, "", 196)
    assert "gõ vào, không ghi nguồn" in words_of(chief.get(SHARE))
    stale = chief.post(SHARE, {**typed, "truoc": "x"}, at=SHARE)
    assert (stale.status_code, "HL4291" in words_of(stale)) == (409, True)
    taken = {"tu": f"{LAST_YEAR}/ngoai", "truoc": before(chief)}
    assert chief.post(f"{SHARE}/lay", taken, at=SHARE).status_code == 303
    assert (sample_of(central).share, sample_of(central).source) == (0.9, SOURCE)
    same = {"p": "90", "d": "4", "n": "217", "nguon": "", "truoc": before(chief)}
    chief.post(SHARE, same, at=SHARE)
    assert (sample_of(central).source, sample_of(central).margin) == (SOURCE, 0.04)
    for wrong in ({"p": "", "d": "5"}, {"p": "120", "d": "5"}):
        assert chief.post(SHARE, {"n": "0", "truoc": before(chief), **wrong}, at=SHARE).status_code == 400


def test_only_an_own_plan_that_is_over_gives_its_share(central: CentreUnderTest, chief: Browser) -> None:
    begun(chief)
    for key in ("cua-noi-khac/ngoai", "khao-sat-2026/ngoai", f"{LAST_YEAR}/khac", "x"):
        refused = chief.post(f"{SHARE}/lay", {"tu": key, "truoc": before(chief)}, at=SHARE)
        assert (refused.status_code, "HL4324" in words_of(refused)) == (409, True)
    with Browser(central, "other", ("admin", "phuong-hai")) as other:
        assert other.get(SHARE).status_code == 404
