"""How many forms each unit of a plan has, and how many are missing."""

from datetime import date

import pytest

from sync.central.figures.progress import Lacking, UnitProgress, lacking, progress
from sync.central.office.units.tree import UnitTree
from sync.contract.catalogue import Unit
from tests.support.plans import shipped_plans

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
