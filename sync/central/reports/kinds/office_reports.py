"""What the offices reported to their secretariat, where a plan has two steps of reports: who did, and in what
words, which the secretariat's report takes over."""

from datetime import date

from msgspec import Struct
from sqlalchemy import Connection

from sync.central.reports.records.stages import FROZEN
from sync.central.reports.records.stored import of_these_days
from sync.contract.plan import Plan, Step
from sync.contract.text import pick

OFFICE, SECRETARIAT = "bao-cao-phong", "bao-cao-to-thu-ky"
"""The kinds of both steps, see chain.py."""


class OfficeReport(Struct, frozen=True, kw_only=True):
    """The report about one group. office: who reports. number: of the newest one there is, 0 for none.

    approved: somebody else than its writers read and approved it. words: what the office wrote in it, by id.
    """

    group: str
    office: str
    number: int = 0
    approved: bool = False
    words: dict[str, str] = {}


def office_reports(connection: Connection, plan: Plan, first: date, last: date) -> tuple[OfficeReport, ...]:
    """One for each group of a plan, about days that touch these; an approved one before a draft."""
    there = [
        each
        for each in of_these_days(connection, plan.unit, first, last)
        if each.asked.kind == OFFICE
        and each.asked.plan == plan.id
        and (each.state in FROZEN or each.state == "draft")
    ]
    found = []
    for group in plan.groups:
        # One about all groups is that of every office.
        own = [each for each in there if each.asked.group in ("", group.id)]
        newest = max(own, key=lambda each: (each.state in FROZEN, each.id), default=None)
        approved = newest is not None and newest.state in FROZEN
        found.append(
            OfficeReport(
                group=group.id,
                office=group.who or pick(group.name, "vi"),
                number=newest.id if newest else 0,
                approved=approved,
                words=dict(newest.words) if newest and approved and newest.asked.group else {},
            )
        )
    return tuple(found)


def report_steps(plan: Plan) -> tuple[Step, ...]:
    """The steps of a plan by which somebody reports; of several the first is the offices'."""
    return tuple(step for step in plan.steps if step.kind == "report")
