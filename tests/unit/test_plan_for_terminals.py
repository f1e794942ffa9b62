"""A terminal gets the part of a plan that it needs, in the fields that terminals of release 0.1.0 know."""

from datetime import date

import msgspec
import pytest
from msgspec import Struct

from sync.contract.plan import Plan, decode_plan, for_terminals
from tests.support.plans import shipped_plans, shipped_surveys

PLANS = shipped_plans()


class ReleasedGroup(Struct, forbid_unknown_fields=True, kw_only=True):
    """A plan's group as release 0.1.0 reads it."""

    id: str
    name: dict[str, str]
    survey: str
    respondents: tuple[str, ...]
    channels: tuple[str, ...]
    starts: date | None = None
    ends: date | None = None
    unit_kind: str = ""
    units: int = 1
    per_unit: int = 0
    total: int = 0
    parts: tuple[object, ...] = ()
    population: int = 0
    frame: str = ""
    overall: str = ""


class ReleasedPlan(Struct, forbid_unknown_fields=True, kw_only=True):
    """A plan as release 0.1.0 reads it."""

    id: str
    number: str = ""
    title: dict[str, str]
    authority: str
    issued: date | None = None
    unit: str
    design: str
    groups: tuple[ReleasedGroup, ...]
    starts: date | None = None
    ends: date | None = None
    steps: tuple[object, ...] = ()
    recheck_percent: int = 0
    report_day: int = 0
    report_to: str = ""
    officer_minimum: int = 5
    retention_days: int = 730
    sample: object = None


@pytest.mark.parametrize("plan", PLANS.values(), ids=PLANS.keys())
def test_a_terminal_of_release_010_reads_every_shipped_plan(plan: Plan) -> None:
    text = msgspec.toml.encode(for_terminals(plan)).decode()
    released = msgspec.toml.decode(text, type=ReleasedPlan)
    assert [group.survey for group in released.groups] == [group.survey for group in plan.groups]
    again = decode_plan(text, shipped_surveys().values(), plan.id)  # by the rules, which only grew
    assert [again.window(group) for group in again.groups] == [plan.window(group) for group in plan.groups]


def test_the_whole_plan_is_more_than_that_release_reads() -> None:
    text = msgspec.toml.encode(PLANS["thach-ha-2021"])
    with pytest.raises(msgspec.ValidationError, match="unknown field"):
        msgspec.toml.decode(text, type=ReleasedPlan)


def test_a_terminal_learns_nothing_of_other_units_and_of_the_offices_work() -> None:
    text = msgspec.toml.encode(for_terminals(PLANS["thach-ha-2021"])).decode()
    for word in ("trung-tam-y-te", "Trung tâm Y tế", "Thư ký ISO", "138", "stated"):
        assert word in msgspec.toml.encode(PLANS["thach-ha-2021"]).decode()
        assert word not in text


def test_groups_whose_form_the_terminal_does_not_get_are_left_out() -> None:
    plan = for_terminals(PLANS["quang-binh-so-tu-phap-2018"], {"quang-binh-cong-dan"})
    assert [group.id for group in plan.groups] == ["van-phong-so"]
