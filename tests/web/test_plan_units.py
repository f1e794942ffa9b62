"""Which units of a kind take part in a plan: drawn by a seed, or chosen with a reason."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from sync.central.figures.plan_rounds import read_round
from sync.central.office.audit.acts import By, acting
from sync.central.office.audit.lines import read_lines
from sync.central.office.planning.choosing_units import choice_of, draw_units
from sync.central.office.planning_kept import carry_planning, read_planning
from sync.central.office.plans import issued_plan
from sync.central.office.sample.commitment import Stratum, publish_seed
from sync.central.office.sample.drawing import draw
from sync.central.office.units.stored import put_bundled_units
from sync.central.store.database import reading, writing
from sync.central.store.plan_tables import unit_choices
from sync.contract.catalogue import Unit
from sync.contract.plan import Plan, PlanGroup
from tests.support.browsing import Browser, words_of
from tests.support.paper import put_plan
from tests.support.wire import NOW, CentreUnderTest

CITY, PLAN, GROUP = "phuong-mot", "khao-sat", "truong-hoc"
KINDS = ("mam-non", "thcs", "tieu-hoc")
SCHOOLS = {kind: tuple(f"{kind}-{n}" for n in range(1, 5)) for kind in KINDS}
AT = f"/ke-hoach/{PLAN}/chon-don-vi"
TWO_EACH = {f"loai.{kind}": "2" for kind in KINDS}
BY = By("test", NOW)


def plan() -> Plan:
    return Plan(
        id=PLAN,
        number="1/KH-UBND",
        title={"vi": "Khảo sát"},
        authority="UBND Phường Một",
        unit=CITY,
        design="quota",
        starts=NOW.date(),
        ends=NOW.date() + timedelta(days=30),
        groups=(
            PlanGroup(
                id=GROUP,
                name={"vi": "Trường học"},
                survey="kien-hung",
                respondents=("citizen",),
                channels=("interview",),
                unit_kind="mam-non",
                units=6,
                per_unit=50,
            ),
        ),
    )


@pytest.fixture
def central(tmp_path: Path) -> Iterator[CentreUnderTest]:
    """A centre whose plan asks six of twelve schools, two of each kind."""
    centre = CentreUnderTest(tmp_path / "centre")
    schools = [
        Unit(code, {"vi": f"Trường {code}"}, parent=CITY, kind=kind)
        for kind, codes in SCHOOLS.items()
        for code in codes
    ]
    with writing(centre.engine) as connection:
        wards = (Unit(CITY, {"vi": "Phường Một"}), Unit("phuong-hai", {"vi": "Phường Hai"}))
        put_bundled_units(connection, (*wards, *schools), NOW)
    put_plan(centre.engine, plan())
    yield centre
    centre.close()


@pytest.fixture
def chief(central: CentreUnderTest) -> Iterator[Browser]:
    with Browser(central, "chief", ("admin", CITY)) as browser:
        yield browser


def parts_of(central: CentreUnderTest) -> list[tuple[str, int]]:
    with reading(central.engine) as connection:
        issued = issued_plan(connection, PLAN)
    assert issued is not None
    return [(part.id, part.forms) for part in issued.plan.group(GROUP).parts]


def test_two_schools_of_each_kind_are_drawn_on_the_page_and_anybody_can_repeat_the_draw(
    central: CentreUnderTest, chief: Browser
) -> None:
    assert "cần 6 đơn vị, mỗi đơn vị 50 phiếu" in words_of(chief.get(AT))
    assert f'href="{AT}"' in chief.get(f"/ke-hoach/{PLAN}").text
    for wrong in ({**TWO_EACH, "loai.thcs": "1"}, {**TWO_EACH, "loai.thcs": "9"}, {"loai.khac": "6"}):
        refused = chief.post(f"{AT}/{GROUP}/rut", wrong, at=AT)
        assert (refused.status_code, "HL4326" in words_of(refused)) == (422, True)
    assert chief.post(f"{AT}/{GROUP}/rut", {"loai.thcs": "x"}, at=AT).status_code == 400
    drawn = chief.post(f"{AT}/{GROUP}/rut", TWO_EACH, at=AT)
    assert drawn.status_code == 303, words_of(drawn)
    (seed,) = set(re.findall(r"\b[0-9a-f]{64}\b", words_of(chief.get(AT))))
    expected = [code for kind in KINDS for code in draw(SCHOOLS[kind], 2, bytes.fromhex(seed))]
    assert parts_of(central) == [(code, 50) for code in expected]
    with reading(central.engine) as connection:
        issued = issued_plan(connection, PLAN)
        assert issued is not None
        rows = read_round(connection, issued.plan, NOW.date()).rows
        (line,) = read_lines(connection, 9, acts=("units-choose",))
    assert {row.unit for row in rows} == set(expected)
    assert line.detail == f"1, {' '.join(expected)}; seed: {seed}"
    assert chief.get(f"{AT}/{GROUP}/bien-ban").content.startswith(b"%PDF")
    assert chief.get(f"{AT}/{GROUP}/bien-ban?kieu=docx").content.startswith(b"PK")


def test_drawing_again_needs_a_reason_and_says_how_often(central: CentreUnderTest, chief: Browser) -> None:
    chief.post(f"{AT}/{GROUP}/rut", TWO_EACH, at=AT)
    before = parts_of(central)
    silent = chief.post(f"{AT}/{GROUP}/rut", TWO_EACH, at=AT)
    assert "HL5071" in words_of(silent)
    assert parts_of(central) == before
    assert chief.post(f"{AT}/{GROUP}/rut", {**TWO_EACH, "ly_do": "trường sửa chữa"}, at=AT).status_code == 303
    page = words_of(chief.get(AT))
    assert "lần thứ 2" in page
    assert "trường sửa chữa" in page


def test_units_are_chosen_with_a_reason_and_stay_once_lists_are_expected(
    central: CentreUnderTest, chief: Browser
) -> None:
    chosen = [f"{kind}-{n}" for kind in KINDS for n in (1, 2)]
    for wrong in (chosen[:5], [*chosen[:5], "phuong-hai"]):
        refused = chief.post(f"{AT}/{GROUP}/chon", {"don_vi": wrong, "ly_do": "x"}, at=AT)
        assert (refused.status_code, "HL4326" in words_of(refused)) == (422, True)
    assert chief.post(f"{AT}/{GROUP}/chon", {"don_vi": chosen, "ly_do": ""}, at=AT).status_code == 400
    done = chief.post(f"{AT}/{GROUP}/chon", {"don_vi": chosen, "ly_do": "đủ ba cấp"}, at=AT)
    assert done.status_code == 303, words_of(done)
    assert parts_of(central) == [(code, 50) for code in sorted(chosen)]
    assert "đủ ba cấp" in words_of(chief.get(AT))
    with acting(central.engine, BY) as act:
        publish_seed(act, central.folder / "keys", Stratum(PLAN, GROUP))
    fixed = chief.post(f"{AT}/{GROUP}/rut", {**TWO_EACH, "ly_do": "x"}, at=AT)
    assert (fixed.status_code, "HL4325" in words_of(fixed)) == (409, True)
    assert f'action="{AT}/{GROUP}/rut"' not in chief.get(AT).text


def test_a_choice_comes_over_a_restore(central: CentreUnderTest) -> None:
    with acting(central.engine, BY) as act:
        draw_units(act, plan(), GROUP, dict.fromkeys(KINDS, 2), account=7)
    with reading(central.engine) as connection:
        kept, before = read_planning(connection), choice_of(connection, Stratum(PLAN, GROUP))
    with writing(central.engine) as connection:
        connection.execute(unit_choices.delete())
        assert carry_planning(connection, kept, {7: 9}) == 1
    with reading(central.engine) as connection:
        after = choice_of(connection, Stratum(PLAN, GROUP))
    assert before is not None
    assert after is not None
    assert (after.chosen, after.account) == (before.chosen, 9)


def test_only_who_may_change_the_plan_chooses(central: CentreUnderTest) -> None:
    with Browser(central, "viewer", ("viewer", CITY)) as viewer:
        assert viewer.get(AT).status_code == 200
        assert f'action="{AT}/{GROUP}/rut"' not in viewer.get(AT).text
        assert viewer.post(f"{AT}/{GROUP}/rut", TWO_EACH, at="/tai-khoan/toi").status_code == 403
        assert viewer.get(f"{AT}/{GROUP}/bien-ban").status_code == 404
    with Browser(central, "other", ("admin", "phuong-hai")) as other:
        assert other.get(AT).status_code == 404
        assert other.post(f"{AT}/{GROUP}/rut", TWO_EACH, at="/tai-khoan/toi").status_code == 404
