"""What the kinds read alike: summaries of days that are over, exactly as `/v1/summary` gives them.

Promises, each with a test:
- no figure is of a day that is not over, so that nobody learns of one visit by reading a draft twice: days
  have to be closed before (days_over.py);
- officers come from the fixed table of a whole month (figures/guarded.py), whatever days the report is about:
  two reports, and a report and a page, never differ by one officer's few answers;
- the number of queries doesn't depend on the number of units.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from urllib.parse import urlencode

from msgspec import Struct
from sqlalchemy import Connection

from sync.central.figures.branch_query import branches_of
from sync.central.figures.periods import Period, month_before
from sync.central.figures.summary import Axis
from sync.central.figures.summary_query import SummaryReply, SummaryWanted, read_summaries, read_summary
from sync.central.figures.today import main_form
from sync.central.office.names import NameBook, Names
from sync.central.office.plans import plan_named
from sync.central.reports.asked import Asked
from sync.contract.plan import VIET_NAM, Plan
from sync.contract.text import pick

_DAY = timedelta(days=1)


class Main(Struct, frozen=True):
    """The rating that speaks for all: of the form with the most answers. text: its wording."""

    survey: str
    version: int
    question: str
    text: str


class Source(Struct, frozen=True):
    """Where a report reads: the days of a unit, and what codes mean. today: the day in Viet Nam."""

    connection: Connection
    asked: Asked
    plan: Plan | None
    names: Names
    today: date

    @property
    def until(self) -> date:
        """The last day that is counted."""
        return min(self.asked.last, self.today - _DAY)

    @property
    def period(self) -> Period:
        """The days of the report."""
        return Period(self.asked.first, self.asked.last)

    def summary(
        self, *by: Axis, period: Period | None = None, of_plan: bool = True, survey: str = ""
    ) -> SummaryReply:
        """The summary by these axes. of_plan: what counts for the plan; False: all that the unit has."""
        wanted = self._wanted(by, period, of_plan, survey)
        return read_summary(self.connection, wanted, self.names.surveys, admin=True)

    def summaries(
        self, *cuts: tuple[Axis, ...], period: Period | None = None, of_plan: bool = True
    ) -> tuple[SummaryReply, ...]:
        """The same by the axes of each of these cuts, from counts that are read once."""
        wanted = self._wanted((), period, of_plan, "")
        return read_summaries(self.connection, wanted, cuts, self.names.surveys)

    def officers(self) -> tuple[date, SummaryReply] | None:
        """The last whole month of the report that is over, and its table of officers; None without one."""
        month = month_before(self.until + _DAY)
        if month < self.asked.first.replace(day=1):
            return None
        wanted = SummaryWanted(
            first=month,
            last=month_before(month, -1) - _DAY,
            by=("officer",),
            unit=self.asked.unit,
            over=True,
        )
        return month, read_summary(self.connection, wanted, self.names.surveys, admin=False)

    def query(self, *by: Axis, survey: str = "") -> str:
        """The query of `/v1/summary` that gives these figures; "" of one group, for which there is none."""
        asked = self.asked
        if asked.group:
            return ""
        named = {
            "from": asked.first.isoformat(),
            "to": asked.last.isoformat(),
            "unit": asked.unit,
            "plan": asked.plan,
            "survey": survey,
            "by": ",".join(by),
        }
        return urlencode({name: value for name, value in named.items() if value}, safe=",")

    @property
    def group(self) -> str:
        """The name of the one group that the report is about, "" for all."""
        if self.plan is None or not self.asked.group:
            return ""
        return pick(self.plan.group(self.asked.group).name, "vi")

    def branches(self) -> tuple[str, ...]:
        """The units directly below the unit on the last day."""
        return branches_of(self.connection, self.asked.unit, self.asked.last)

    def main(self, reply: SummaryReply) -> Main | None:
        """The rating that speaks for all in tables by something, from a summary without axes."""
        form = main_form(reply)
        if form is None:
            return None
        survey = self.names.surveys[form.survey, form.version]
        asked = [row.question for row in form.rows]
        overall = self.overall(form.survey)
        question = overall if overall in asked else asked[0]
        return Main(form.survey, form.version, question, pick(survey.question(question).text, "vi"))

    def overall(self, survey: str) -> str:
        """The question that the plan calls the overall rating of this form, "" for none."""
        groups = self.plan.groups if self.plan else ()
        return next((group.overall for group in groups if group.survey == survey), "")

    def _wanted(self, by: Sequence[Axis], period: Period | None, of_plan: bool, survey: str) -> SummaryWanted:
        days = period or self.period
        return SummaryWanted(
            first=days.first,
            last=days.last,
            by=tuple(by),
            unit=self.asked.unit,
            plan=self.asked.plan if of_plan else "",
            group=self.asked.group if of_plan else "",
            survey=survey,
            over=True,
        )


def source_of(connection: Connection, asked: Asked, now: datetime) -> Source:
    """Where a report reads; raises ProblemError HL5020 for a plan that there never was."""
    return Source(
        connection,
        asked,
        plan_named(connection, asked.plan) if asked.plan else None,
        NameBook().read(connection),
        now.astimezone(VIET_NAM).date(),
    )
