"""A plan begun from another one, its fields written and read back, and what keeps it from closing."""

from datetime import date
from typing import Any

import pytest
from msgspec.structs import replace

from sync.central.figures.closing import Work, what_blocks
from sync.central.figures.progress import Lacking, UnitProgress
from sync.central.office.forms.writing import plan_toml
from sync.central.office.plan_file import plan_of_text
from sync.central.office.planning.editing import (
    FIELDS,
    SECTIONS,
    Field,
    Section,
    Table,
    plain,
    read_fields,
    value_of,
)
from sync.central.office.planning.tasks import task_ids
from sync.central.office.planning.templates import from_template, id_for, moved, year_of
from sync.contract.plan import Plan
from tests.support.plans import shipped_plans

PLANS = shipped_plans()
EVERY = pytest.mark.parametrize("plan", PLANS.values(), ids=PLANS.keys())
NHA_TRANG = PLANS["nha-trang-2023"]


def fields_of(plan: Plan, section: Section) -> dict[str, str]:
    """What a browser sends of an untouched section."""
    typed: dict[str, str] = {}
    data = plain(plan)
    for each in FIELDS[section]:
        if isinstance(each, Field):
            typed[each.key] = value_of(data, each)
            continue
        rows: Any = data
        for name in each.key.split("."):
            rows = (rows or {}).get(name) or {}
        for place, row in enumerate(rows or ()):
            typed |= row_of(each, f"{each.key}:{place}", row)
            inner = each.inner
            for at, part in enumerate(row.get(inner.key) or ()) if inner else ():
                assert inner is not None
                typed |= row_of(inner, f"{each.key}:{place}:{inner.key}:{at}", part)
    return typed


def row_of(table: Table, name: str, row: dict[str, object]) -> dict[str, str]:
    values = {f"{name}:{field.key}": (field, value_of(row, field)) for field in table.fields}
    return {key: text for key, (field, text) in values.items() if field.kind != "tick" or text}


@EVERY
@pytest.mark.parametrize("section", SECTIONS)
def test_a_section_that_is_sent_untouched_changes_nothing(plan: Plan, section: Section) -> None:
    assert read_fields(plan, section, fields_of(plan, section)).plan == plan


@EVERY
def test_a_plan_as_toml_reads_back_as_the_same(plan: Plan) -> None:
    assert plan_of_text(plan_toml(plan)) == (plan, ())


def test_rows_are_added_changed_and_cleared() -> None:
    typed = fields_of(NHA_TRANG, "tien-do")
    count = len(NHA_TRANG.tasks)
    typed |= {f"tasks:0:{name}": "" for name in ("owner", "name", "due", "before", "to")}
    typed |= {"tasks:1:due": "2023-12-24", "tasks:1:before": ""}
    typed |= {f"tasks:{count}:owner": "Phòng Nội vụ", f"tasks:{count}:name": "Gửi thư mời"}
    plan = read_fields(NHA_TRANG, "tien-do", typed).plan
    assert plan is not None
    assert len(plan.tasks) == count
    assert (plan.tasks[0].due, plan.tasks[0].name) == (date(2023, 12, 24), NHA_TRANG.tasks[1].name)
    assert (plan.tasks[-1].owner, plan.tasks[-1].name) == ("Phòng Nội vụ", "Gửi thư mời")


def test_a_group_of_boxes_without_words_is_no_new_group() -> None:
    typed = fields_of(NHA_TRANG, "nhom") | {"groups:3:channels": "paper", "groups:3:id": ""}
    assert read_fields(NHA_TRANG, "nhom", typed).plan == NHA_TRANG


def test_what_has_not_the_form_of_a_plan_is_named_by_its_key() -> None:
    typed = fields_of(NHA_TRANG, "nhom") | {"groups:1:per_unit": "năm mươi", "groups:0:starts": "mai"}
    found = read_fields(NHA_TRANG, "nhom", typed)
    assert found.plan is None
    assert {problem.where for problem in found.wrong} == {"groups[1].per_unit", "groups[0].starts"}


def test_costs_are_read_with_points_between_thousands_and_summed() -> None:
    typed = fields_of(NHA_TRANG, "ky")
    for name, count, price in (("Phiếu phỏng vấn", "3.270", "40.000"), ("Phúc tra", "327", "20000")):
        at = 0 if price == "40.000" else 1
        typed |= {
            f"budget.costs:{at}:name": name,
            f"budget.costs:{at}:count": count,
            f"budget.costs:{at}:price": price,
        }
    plan = read_fields(NHA_TRANG, "ky", typed).plan
    assert plan is not None
    assert plan.budget is not None
    assert [cost.total for cost in plan.budget.costs] == [130_800_000, 6_540_000]
    assert plan.budget.total == 137_340_000


@EVERY
def test_the_plan_for_next_year_has_every_day_a_year_later_and_its_grounds_as_they_were(plan: Plan) -> None:
    year = year_of(plan)
    assert year is not None
    later = moved(plan, 1, id_for(plan, 1))
    assert (later.number, later.issued, later.basis) == ("", None, plan.basis)
    assert later.id != plan.id
    for before, after in zip(plan.steps, later.steps, strict=True):
        assert after.last_day == (before.last_day and before.last_day.replace(year=before.last_day.year + 1))
    for first, second in zip(plan.tasks, later.tasks, strict=True):
        assert second.due == (first.due and first.due.replace(year=first.due.year + 1))
    assert str(year) not in later.title["vi"]
    assert not set(task_ids(plan)) - set(task_ids(later)), "tasks are known by their words"


def test_a_leap_day_moves_to_the_last_day_of_february() -> None:
    plan = replace(NHA_TRANG, starts=date(2024, 2, 29), ends=date(2024, 10, 1))
    assert moved(plan, 1, "x").starts == date(2025, 2, 28)


def test_a_template_is_of_this_unit_and_of_this_year() -> None:
    plan = from_template(
        PLANS["van-thang-2023"], id="x", unit="xa-mau", authority="UBND xã Mẫu", today=date(2026, 3, 2)
    )
    assert (plan.unit, plan.authority, plan.starts) == ("xa-mau", "UBND xã Mẫu", date(2026, 9, 1))
    assert plan.groups[0].survey == PLANS["van-thang-2023"].groups[0].survey


def test_a_task_with_the_same_words_twice_has_two_ids_and_a_moved_day_leaves_them() -> None:
    (task, *others) = NHA_TRANG.tasks
    twice = replace(NHA_TRANG, tasks=(task, task, *others))
    assert len(set(task_ids(twice))) == len(twice.tasks)
    assert task_ids(
        replace(NHA_TRANG, tasks=(replace(task, due=date(2024, 1, 1), before=None), *others))
    ) == (task_ids(NHA_TRANG))


# --- closing ------------------------------------------------------------------------------------------------

AFTER = date(2023, 12, 1)
FULL = tuple(
    UnitProgress(group.id, f"{group.id}-{number}", group.per_unit, group.per_unit)
    for group in NHA_TRANG.groups
    for number in range(group.units)
)


def blocked(work: Work) -> list[tuple[str, str, int, int]]:
    return [(each.cause, each.name, each.there, each.wanted) for each in what_blocks(NHA_TRANG, work)]


def test_nothing_blocks_a_plan_of_which_everything_was_done() -> None:
    assert sum(row.forms for row in FULL) == 3270
    assert blocked(Work(today=AFTER, rows=FULL, rechecks=327)) == []


def test_each_thing_that_is_missing_is_named() -> None:
    one_short = (replace(FULL[0], forms=59), *FULL[1:])
    assert blocked(Work(today=AFTER, rows=one_short)) == [("forms", FULL[0].unit, 59, 60)]
    lacking = Lacking(group="tram-y-te", kind="health-station", units=27, there=26)
    assert blocked(Work(today=AFTER, rows=FULL, lacking=[lacking])) == [("units", "health-station", 26, 27)]
    assert blocked(Work(today=AFTER, rows=FULL, rechecks=326)) == [("rechecks", "", 326, 327)]
    assert blocked(Work(today=AFTER, rows=FULL, tasks=["Gửi thư"], obstacles=2, batches=["Lô 7"])) == [
        ("batch", "Lô 7", 0, 0),
        ("task", "Gửi thư", 0, 0),
        ("obstacle", "", 2, 0),
    ]
    assert blocked(Work(today=AFTER, rows=FULL, late=3)) == [("late", "", 3, 0)]
    assert blocked(Work(today=date(2023, 10, 25), rows=FULL)) == [("window", "", 0, 0)]


def test_a_surplus_of_one_unit_makes_up_for_no_other() -> None:
    rows = (replace(FULL[0], forms=59), replace(FULL[1], forms=61), *FULL[2:])
    assert sum(row.forms for row in rows) == 3270
    assert blocked(Work(today=AFTER, rows=rows)) == [("forms", FULL[0].unit, 59, 60)]
