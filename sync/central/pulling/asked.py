"""What an administrator's call asks for: every query parameter, named once.

The query string, the OpenAPI document, the audit log and the readers of rows all use these structs.
"""

from calendar import monthrange
from datetime import date, datetime
from typing import Annotated, Literal, cast, get_args

from msgspec import Meta, Struct, field

from sync.central.figures.summary import Axis
from sync.central.figures.summary_query import SummaryWanted
from sync.central.pulling.rows.pull import PAGE_LIMIT
from sync.central.store.arrival import CURSOR_PATTERN
from sync.contract.patterns import whole
from sync.contract.problem import ProblemError
from sync.contract.problem.centre import DAYS_REVERSED
from sync.contract.problem.wire import PARAMETER_INVALID
from sync.contract.response import Channel, Outcome
from sync.tables.column import Headings

Format = Literal["json", "ndjson", "csv", "xlsx", "parquet", "arrays"]
SummaryFormat = Literal["json", "csv", "xlsx"]

_CODE = whole("[A-Za-z0-9_.-]{0,64}")
_AXIS = f"({'|'.join(get_args(Axis))})"
_AXES = whole(f"({_AXIS}(,{_AXIS})?)?")
_DAY = {"format": "date"}
_DATES = "; 01/11/2026 is understood like 2026-11-01"


class Asked(Struct, frozen=True, kw_only=True):
    """What responses and summaries can both be asked for; "" is all of them. Both days are counted."""

    unit: Annotated[str, Meta(description="This unit and all below it", pattern=_CODE)] = ""
    survey: Annotated[str, Meta(description="Of this survey", pattern=_CODE)] = ""
    plan: Annotated[str, Meta(description="Of this plan", pattern=_CODE)] = ""
    procedure: Annotated[str, Meta(description="About this procedure", pattern=_CODE)] = ""
    officer: Annotated[str, Meta(description="About this officer; for the role admin", pattern=_CODE)] = ""
    bom: Annotated[
        Literal["0", "1"], Meta(description="1: CSV begins with a byte order mark, as Excel likes it")
    ] = "0"
    headings: Annotated[
        Headings | None,
        Meta(description="Above the columns: vi as in a workbook, or ids as in CSV; Parquet has ids"),
    ] = None

    @property
    def mark(self) -> bool:
        """Whether CSV begins with a byte order mark."""
        return self.bom == "1"

    def codes(self) -> dict[str, str]:
        """The filters that name a code; the code has to exist."""
        return {name: getattr(self, name) for name in ("unit", "survey", "procedure", "officer")}


class ResponsesAsked(Asked, frozen=True, kw_only=True):
    """Responses behind a cursor. limit: rows at most, None for a page of JSON or all of another format."""

    first: Annotated[str, Meta(description=f"From this day on{_DATES}", extra_json_schema=_DAY)] = field(
        default="", name="from"
    )
    last: Annotated[str, Meta(description=f"To this day{_DATES}", extra_json_schema=_DAY)] = field(
        default="", name="to"
    )
    outcome: Annotated[Outcome | None, Meta(description="With this outcome")] = None
    channel: Annotated[Channel | None, Meta(description="By this channel")] = None
    after: Annotated[
        str, Meta(description="The cursor to go on behind; empty for the beginning", pattern=CURSOR_PATTERN)
    ] = ""
    limit: (
        Annotated[
            int, Meta(ge=1, le=PAGE_LIMIT, description="Rows at most; else 1000 in JSON, all in the others")
        ]
        | None
    ) = None
    format: Annotated[
        Format, Meta(description="JSON items, one item a line, a table, or a table as JSON arrays")
    ] = "json"

    def days(self) -> tuple[date | None, date | None]:
        """The first and the last day, None if not given; raises ProblemError HL4013."""
        return asked_day("from", self.first), asked_day("to", self.last)

    @property
    def whole(self) -> bool:
        """Whether this is a table of any length, not a page."""
        return self.limit is None and self.format != "json"


class SummaryAsked(Asked, frozen=True, kw_only=True):
    """How often each level was chosen."""

    first: Annotated[
        str,
        Meta(description=f"From this day on; else this month's first{_DATES}", extra_json_schema=_DAY),
    ] = field(default="", name="from")
    last: Annotated[
        str, Meta(description=f"To this day; else the end of that month{_DATES}", extra_json_schema=_DAY)
    ] = field(default="", name="to")
    by: Annotated[
        str, Meta(description=f"Up to two of {', '.join(get_args(Axis))}, with a comma", pattern=_AXES)
    ] = ""
    format: Annotated[SummaryFormat, Meta(description="JSON, or a table with a line a question")] = "json"

    def wanted(self, today: date, *, scope: str | None, over: bool) -> SummaryWanted:
        """The request to the kept counts; raises ProblemError HL4013."""
        start = asked_day("from", self.first) or today.replace(day=1)
        return SummaryWanted(
            first=start,
            last=asked_day("to", self.last) or start.replace(day=monthrange(start.year, start.month)[1]),
            by=cast("tuple[Axis, ...]", tuple(self.by.split(",")) if self.by else ()),
            scope=scope,
            over=over,
            unit=self.unit,
            survey=self.survey,
            plan=self.plan,
            procedure=self.procedure,
            officer=self.officer,
        )


def asked_day(name: str, text: str) -> date | None:
    """A day in any form that a person may write, None for ""; raises HL4013 with the parameter's name."""
    if not text:
        return None
    for form in ("%Y-%m-%d", "%d/%m/%Y"):
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007 - a day has no offset
        except ValueError:
            continue
    raise ProblemError(PARAMETER_INVALID(where=name, detail="ghi ngày như 2026-11-01 hoặc 01/11/2026"))


def read_days(first: str, last: str) -> tuple[date | None, date | None]:
    """The days "from" and "to" of a page, None for ""; raises ProblemError HL4013, or HL5023 if reversed."""
    begin, end = asked_day("from", first), asked_day("to", last)
    if begin and end and end < begin:
        raise ProblemError(DAYS_REVERSED(where="from, to", detail=f"{begin:%d/%m/%Y} > {end:%d/%m/%Y}"))
    return begin, end
