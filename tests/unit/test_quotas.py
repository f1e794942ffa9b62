"""Who is drawn, how many of whom, and how many are missing."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from sync.central.fieldwork.drawing import allocate, draw
from sync.central.fieldwork.quotas import UnitProgress, progress
from sync.central.units.units import UnitTree
from sync.contract.catalogue import Unit
from sync.contract.response import Response, SurveyRef, Tag
from tests.support.plans import shipped_plans
from tests.support.responses import response as some_response

NAMES = st.sets(st.text(min_size=1, max_size=8), max_size=40)
SEED = st.binary(min_size=1, max_size=32)


def test_nha_trang_draws_its_327_rechecks() -> None:
    plan = shipped_plans()["nha-trang-2023"]
    forms = [f"phieu-{number:04}" for number in range(plan.wanted)]
    drawn = draw(forms, plan.rechecks, b"2023-10-01")
    assert (len(drawn), len(set(drawn)), set(drawn) <= set(forms)) == (327, 327, True)


@given(NAMES, st.integers(0, 40), SEED)
def test_a_draw_depends_on_the_seed_and_not_on_the_order_of_the_list(
    names: set[str], size: int, seed: bytes
) -> None:
    listed = sorted(names)
    drawn = draw(listed, size, seed)
    assert drawn == draw(reversed(listed), size, seed)
    assert len(drawn) == min(size, len(names))
    assert set(drawn) <= names


@given(NAMES, st.text(min_size=9, max_size=9), st.integers(1, 40), SEED)
def test_a_newcomer_displaces_nobody_but_the_last(
    names: set[str], newcomer: str, size: int, seed: bytes
) -> None:
    before, after = draw(names, size, seed), draw({*names, newcomer}, size, seed)
    assert set(after) - {newcomer} <= set(before)
    assert len(set(before) - set(after)) <= 1


def test_everybody_has_the_same_chance() -> None:
    names = [f"kh-{number}" for number in range(20)]
    drawn = [name for round_ in range(2000) for name in draw(names, 5, round_.to_bytes(4, "big"))]
    counts = [drawn.count(name) for name in names]
    # 500 expected each, a standard deviation of 19: five of them either way.
    assert min(counts) > 400
    assert max(counts) < 600


def test_a_name_listed_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="twice"):
        draw(["a", "b", "a"], 1, b"x")


def test_sixty_forms_follow_the_dossiers_of_each_field() -> None:
    assert allocate(60, {"ho-tich": 500, "chung-thuc": 300, "dat-dai": 150, "khac": 50}) == {
        "ho-tich": 30,
        "chung-thuc": 18,
        "dat-dai": 9,
        "khac": 3,
    }


SIZES = st.dictionaries(st.text(min_size=1, max_size=4), st.integers(0, 500), max_size=8)


@given(st.integers(0, 800), SIZES)
def test_shares_add_up_and_stay_within_one_of_their_exact_part(total: int, sizes: dict[str, int]) -> None:
    shares = allocate(total, sizes)
    every = sum(sizes.values())
    assert sum(shares.values()) == min(total, every)
    for name, size in sizes.items():
        assert 0 <= shares[name] <= size
        if every:
            assert abs(shares[name] - min(total, every) * size / every) < 1


def form(number: int, plan: str, survey: str, unit: str, at: datetime, **changes: object) -> Response:
    return replace(
        some_response(number),
        plan=plan,
        survey=SurveyRef(survey, 1),
        tag=Tag(unit=unit),
        started_at=at,
        finished_at=at,
        **changes,
    )


def test_every_unit_of_a_quota_is_listed_with_what_it_lacks() -> None:
    plan = shipped_plans()["nha-trang-2023"]
    tree = UnitTree(
        (
            Unit(plan.unit, {"vi": "TP"}),
            *(Unit(f"phuong-{n}", {"vi": "P"}, "commune", plan.unit) for n in (1, 2)),
            Unit("tram-1", {"vi": "T"}, "health-station", "phuong-1"),
            Unit("phuong-khac", {"vi": "P"}, "commune"),
        )
    )
    at = datetime(2023, 7, 12, 2, 0, tzinfo=UTC)
    forms = [
        form(n, plan.id, "nha-trang-ubnd", "phuong-1", at, channel="interview", mode="interviewer")
        for n in range(61)
    ]
    late = form(99, plan.id, "nha-trang-ubnd", "phuong-2", at.replace(year=2024), channel="interview")
    elsewhere = form(98, "another-plan", "nha-trang-ubnd", "phuong-2", at, channel="interview")
    broken_off = form(97, plan.id, "nha-trang-ubnd", "phuong-2", at, channel="interview", outcome="declined")
    found = progress(plan, tree, [*forms, late, elsewhere, broken_off], date(2023, 7, 12))
    assert found == (
        UnitProgress("ubnd-xa-phuong", "phuong-1", 61, 60),
        UnitProgress("ubnd-xa-phuong", "phuong-2", 0, 60),
        UnitProgress("tram-y-te", "tram-1", 0, 50),
    )
    assert [one.missing for one in found] == [0, 60, 50]


def test_forms_of_the_units_in_a_part_count_for_the_part() -> None:
    plan = shipped_plans()["thach-ha-2021"]
    tree = UnitTree(
        (
            Unit(plan.unit, {"vi": "UBND huyện"}),
            Unit("phong-chuyen-mon", {"vi": "Các phòng"}, "", plan.unit),
            Unit("phong-tai-chinh", {"vi": "Phòng"}, "", "phong-chuyen-mon"),
        )
    )
    at = datetime(2021, 11, 18, 2, 0, tzinfo=UTC)
    forms = [
        form(n, plan.id, "thach-ha-noi-bo", unit, at, channel="paper", respondent="staff")
        for n, unit in enumerate(("phong-tai-chinh", "phong-tai-chinh", "trung-tam-y-te"))
    ]
    found = progress(plan, tree, forms, date(2021, 11, 18))
    assert [(one.unit, one.forms, one.wanted) for one in found] == [
        ("phong-chuyen-mon", 2, 63),
        ("trung-tam-van-hoa-truyen-thong", 0, 5),
        ("ban-quan-ly-du-an", 0, 10),
        ("trung-tam-y-te", 1, 20),
        ("trung-tam-hanh-chinh-cong", 0, 40),
    ]
