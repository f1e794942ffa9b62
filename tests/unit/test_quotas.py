"""Who is drawn, how many of whom, and how many are missing."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.central.figures.progress import Lacking, UnitProgress, lacking, progress
from sync.central.office.sample.drawing import allocate, draw
from sync.central.office.units.tree import UnitTree
from sync.contract.catalogue import Unit
from tests.support.plans import shipped_plans

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


DAY = date(2023, 7, 12)


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
    forms = {("ubnd-xa-phuong", "phuong-1"): 61, ("ubnd-xa-phuong", plan.unit): 2}
    found = progress(plan, tree, forms, DAY)
    assert found == (
        UnitProgress("ubnd-xa-phuong", "phuong-1", 61, 60),
        UnitProgress("ubnd-xa-phuong", "phuong-2", 0, 60),
        UnitProgress("ubnd-xa-phuong", "", 2, 0),
        UnitProgress("tram-y-te", "tram-1", 0, 50),
    )
    assert [one.missing for one in found] == [0, 60, 0, 50]
    kinds = (("commune", 2), ("health-station", 1))
    assert lacking(plan, tree, DAY) == tuple(
        Lacking(group=group.id, kind=group.unit_kind, units=group.units, there=there, kinds=kinds)
        for group, there in zip(plan.groups, (2, 1, 0), strict=True)
    )


def test_forms_of_the_units_in_a_part_count_for_the_part() -> None:
    plan = shipped_plans()["thach-ha-2021"]
    tree = UnitTree(
        (
            Unit(plan.unit, {"vi": "UBND huyện"}),
            Unit("phong-chuyen-mon", {"vi": "Các phòng"}, "", plan.unit),
            Unit("phong-tai-chinh", {"vi": "Phòng"}, "", "phong-chuyen-mon"),
        )
    )
    forms = {("noi-bo", "phong-tai-chinh"): 2, ("noi-bo", "trung-tam-y-te"): 1}
    found = progress(plan, tree, forms, date(2021, 11, 18))
    assert [(one.unit, one.forms, one.wanted) for one in found] == [
        ("phong-chuyen-mon", 2, 63),
        ("trung-tam-van-hoa-truyen-thong", 0, 5),
        ("ban-quan-ly-du-an", 0, 10),
        ("trung-tam-y-te", 1, 20),
        ("trung-tam-hanh-chinh-cong", 0, 40),
    ]
    assert [each.unit for each in lacking(plan, tree, date(2021, 11, 18))] == [
        "trung-tam-van-hoa-truyen-thong",
        "ban-quan-ly-du-an",
        "trung-tam-y-te",
        "trung-tam-hanh-chinh-cong",
    ]


@pytest.mark.parametrize(("id", "wanted"), [("kien-hung-2020", 0), ("van-thang-2023", 0)])
def test_a_plan_without_numbers_lists_what_came(id: str, wanted: int) -> None:
    plan = shipped_plans()[id]
    tree = UnitTree((Unit(plan.unit, {"vi": "Phường"}), Unit("to-1", {"vi": "Tổ"}, "", plan.unit)))
    (group,) = plan.groups
    found = progress(plan, tree, {(group.id, "to-1"): 3, (group.id, plan.unit): 2}, DAY)
    assert found == (UnitProgress(group.id, plan.unit, 5, wanted),)
    assert lacking(plan, tree, DAY) == ()
    assert lacking(plan, UnitTree(()), DAY) == (Lacking(unit=plan.unit),)
