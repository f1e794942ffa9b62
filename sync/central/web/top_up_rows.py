"""Top-ups of a plan's units (điều tra bổ sung) as pages draw them, and the form that orders one."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Annotated

from msgspec import Meta, Struct, field

from sync.central.office.planning.topping_up import WHY
from sync.central.office.sample.selecting import Drawn
from sync.central.web.look import Look
from sync.central.web.plan_words import unit_or_part, window_words
from sync.contract.plan import Plan


class TopUpRow(Struct, frozen=True, kw_only=True):
    """What was ordered. unit: by name. running: its days are not over."""

    unit: str
    people: int
    days: str
    why: str
    ordered: date
    running: bool


class TopUpFields(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How many more people of the unit are asked, when, and why."""

    people: Annotated[int, Meta(ge=1, le=9999)] = field(name="so_nguoi")
    first: Annotated[str, Meta(max_length=10)] = field(default="", name="tu")
    last: Annotated[str, Meta(max_length=10)] = field(default="", name="den")
    why: Annotated[str, Meta(max_length=4 * WHY)] = field(default="", name="ly_do")


def top_up_rows(look: Look, plan: Plan, group: str = "", unit: str = "") -> tuple[TopUpRow, ...]:
    """What was ordered for a plan, or for one unit of a group of it, in its order."""
    return tuple(
        TopUpRow(
            unit=unit_or_part(look, plan, of.id, each.unit),
            people=each.people,
            days=window_words(look, each.starts, each.ends),
            why=each.why,
            ordered=each.ordered,
            running=look.today <= each.ends,
        )
        for of in plan.groups
        for each in of.top_ups
        if group in ("", of.id) and unit in ("", each.unit)
    )


def usual_top_up(wanted: int, people: Sequence[Drawn], today: date) -> TopUpFields:
    """What a top-up most often is: all that the unit will lack, from tomorrow on."""
    asked = sum(each.state in ("waiting", "done") for each in people)
    return TopUpFields(people=max(1, wanted - asked), first=(today + timedelta(days=1)).isoformat())
