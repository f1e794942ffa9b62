"""A survey plan: why responses are collected, from whom, when, and how many are enough."""

from datetime import date
from typing import Annotated, Literal

from msgspec import Meta, Struct

from sync.contract.response import Channel, Respondent
from sync.contract.text import Id, Text

# open: whoever answers. census: everyone on the list. quota: fixed numbers by group. random: drawn by chance,
# the only design for which a margin of error is true.
Design = Literal["open", "census", "quota", "random"]


class PlanGroup(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """One part of a plan: a form, the people it is for, how it reaches them, and when.

    units: how many units take part; per_unit or total: the number of forms wanted (0: no fixed number).
    frame: where the list of people comes from. population: how many people the list holds, where known.
    """

    id: Id
    name: Text
    survey: Id
    respondents: tuple[Respondent, ...]
    channels: tuple[Channel, ...]
    starts: date | None = None
    ends: date | None = None
    units: int = 1
    per_unit: int = 0
    total: int = 0
    population: int = 0
    frame: str = ""

    @property
    def wanted(self) -> int:
        """How many forms this group should bring; 0 where the plan sets no number."""
        return self.total or self.units * self.per_unit


class Sample(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The assumptions of a random sample: expected share, margin and z, as the plan states them."""

    share: float
    margin: float
    z: float
    stated: int


class Plan(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """One plan as its authority issued it.

    recheck_percent: share of forms checked again (phúc tra). report_day: day of each month a report is due.
    officer_minimum: fewest responses for a figure about one officer.
    """

    id: Id
    number: str
    title: Text
    authority: str
    issued: date
    unit: Id
    design: Design
    groups: tuple[PlanGroup, ...]
    starts: date | None = None
    ends: date | None = None
    recheck_percent: Annotated[int, Meta(ge=0, le=100)] = 0
    report_day: Annotated[int, Meta(ge=0, le=31)] = 0
    report_to: str = ""
    officer_minimum: int = 5
    retention_days: int = 730
    sample: Sample | None = None

    @property
    def wanted(self) -> int:
        """How many forms the plan should bring in all; 0 where it sets no number."""
        return sum(group.wanted for group in self.groups)
