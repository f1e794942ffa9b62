"""Every call an administrator can make, as a plain method; the other half of `api/device_desk.py`.

A token of a unit sees the responses of that unit and of those below it, each as the tree stood on its day.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from datetime import date
from typing import Literal

import msgspec
from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Connection, Engine

from sync.central.figures.summary_query import SummaryWanted, allow, read_summary
from sync.central.office.access import Caller
from sync.central.office.names import NameBook, Names
from sync.central.office.plans import plan_named
from sync.central.pulling.exports import arrays, csv, ndjson, parquet, summary_table, xlsx
from sync.central.pulling.exports.opener import Opener
from sync.central.pulling.exports.table import Layout, read
from sync.central.pulling.filter_codes import check_known
from sync.central.pulling.rows import pull
from sync.central.pulling.rows.pull import Filters, Question, Window
from sync.central.pulling.rows.views import ADMIN, OTHERS, View
from sync.central.store.database import reading
from sync.central.store.days_over import Days
from sync.central.store.scratch import Scratch
from sync.contract.plan import Plan
from sync.contract.problem import ProblemError, problem
from sync.tables.column import Headings

Format = Literal["json", "ndjson", "csv", "xlsx", "parquet", "arrays"]
SummaryFormat = Literal["json", "csv", "xlsx"]
JSON = "application/json"
# A page of JSON, where no limit is named.
USUAL_PAGE = 1000


class Wanted(Struct, frozen=True, kw_only=True):
    """What an administrator asks for. limit: rows at most, None for all; mark: a byte order mark for Excel.
    headings: above the columns of a table; None: Vietnamese in a workbook, which a person opens, else ids.

    unit: this one and all below it. first, last: both days are counted.
    """

    format: Format = "json"
    after: str = ""
    limit: int | None = None
    mark: bool = False
    headings: Headings | None = None
    unit: str = ""
    survey: str = ""
    plan: str = ""
    procedure: str = ""
    officer: str = ""
    outcome: str = ""
    channel: str = ""
    first: date | None = None
    last: date | None = None


class Export(Struct, frozen=True):
    """An answer on its way. next: the cursor behind it; more: there is something behind it.

    whole: it is small, and may be sent in one piece.
    """

    media_type: str
    next: str
    more: bool
    whole: bool
    body: Iterator[bytes]


def _codes(wanted: Wanted | SummaryWanted) -> dict[str, str]:
    """The filters that name a code."""
    return {name: getattr(wanted, name) for name in ("unit", "survey", "procedure", "officer")}


def _forms(names: Names, survey: str, plan: Plan | None) -> Names:
    """The names with those forms alone that a survey and a plan leave: a table has no other's columns."""
    kept = {form for form, _ in names.surveys}
    if survey:
        kept &= {survey}
    if plan:
        kept &= {group.survey for group in plan.groups}
    return replace(names, surveys={key: form for key, form in names.surveys.items() if key[0] in kept})


class Administrators:
    """What administrators get out of one database.

    Args:
        engine: from `open_database`, migrated.
        epoch: the centre's.
        keys: the sealing keys that are at hand, by id.
        today: the day at the centre's place.
        days: closes those that are over.
        scratch: where tables are made that need a file.

    """

    def __init__(
        self,
        engine: Engine,
        *,
        epoch: int,
        keys: Mapping[str, bytes],
        today: Callable[[], date],
        days: Days,
        scratch: Scratch,
    ) -> None:
        self._days = days
        self._scratch = scratch
        self.today = today
        self._engine = engine
        self.epoch = epoch
        self._keys = keys
        self._book = NameBook()

    def responses(self, caller: Caller, wanted: Wanted, check: Callable[[], None] = lambda: None) -> Export:
        """Responses behind a cursor, in the format wanted.

        check: asked between two slices of what is of any length; ends the work by an exception.

        Raises ProblemError: HL4013 a parameter, HL4014 an old cursor, HL4002 a filter the role may not use,
        HL4038 or HL5020 one that names what there is not; while the body is made HL4033, HL4034.
        """
        view = self.view(caller)
        after = view.parse(wanted.after, self.epoch)
        limit = wanted.limit or (USUAL_PAGE if wanted.format == "json" else None)
        columns = ndjson.read(view) if wanted.format in ("json", "ndjson") else read(view)
        with reading(self._engine) as connection:
            names = self._book.read(connection)
            plan = plan_named(connection, wanted.plan) if wanted.plan else None
            filters = self.filters(caller, wanted, plan)
            check_known(connection, names, _codes(wanted), over=not view.admin)
            units, days = filters.few_units(connection), filters.few_days()
            question = Question(view, filters.conditions(view), columns, units, days)
            if limit is None:
                window = Window(after, pull.newest(connection, view, after))
                chunks = _checked(pull.chunks(self._engine, question, window), check)
            else:
                window, rows = pull.read_page(connection, question, after, limit)
                chunks = iter([rows])
        asked = _forms(names, wanted.survey, plan)
        body, media_type = self._body(wanted, chunks, window, asked, view, check)
        return Export(media_type, view.cursor(self.epoch, window.last), window.more, limit is not None, body)

    def summary(
        self,
        caller: Caller,
        wanted: SummaryWanted,
        form: SummaryFormat,
        mark: bool = False,
        headings: Headings | None = None,
    ) -> tuple[bytes, str]:
        """Levels by question and by what is wanted, and its type; raises HL4002, HL4035, HL4038, HL5020.

        mark: CSV with a byte order mark for Excel. headings: see Wanted.
        """
        admin = self.view(caller).admin
        allow(wanted, admin=admin, today=self.today())
        with reading(self._engine) as connection:
            names = self._book.read(connection)
            check_known(connection, names, _codes(wanted), over=not admin)
            scoped = replace(wanted, scope=caller.unit, over=not admin)
            reply = read_summary(connection, scoped, names.surveys, admin=admin)
        if form == "json":
            return msgspec.json.encode(reply), JSON
        table = summary_table.rates(reply, wanted.by, names, admin=admin)
        if form == "csv":
            return summary_table.as_csv(table, headings or "ids", mark=mark), csv.MEDIA_TYPE
        return summary_table.as_xlsx(table, headings or "vi"), xlsx.MEDIA_TYPE

    def filters(self, caller: Caller, wanted: Wanted, plan: Plan | None = None) -> Filters:
        """The filters that are meant, within what the caller may see."""
        if wanted.officer and caller.role != "admin":
            raise ProblemError(problem("HL4002", where="officer"))
        return Filters(
            scope=caller.unit,
            unit=wanted.unit,
            survey=wanted.survey,
            plan=plan,
            procedure=wanted.procedure,
            officer=wanted.officer,
            outcome=wanted.outcome,
            channel=wanted.channel,
            first=wanted.first.isoformat() if wanted.first else "",
            last=wanted.last.isoformat() if wanted.last else "",
        )

    def view(self, caller: Caller) -> View:
        """What the caller's role is given; days that are over are closed first, where nobody did it yet."""
        if caller.role == "admin":
            return ADMIN
        self._days.close()
        return OTHERS

    def reading(self) -> AbstractContextManager[Connection]:
        """A connection for anyone who shows the same rows in another way."""
        return reading(self._engine)

    def names(self, connection: Connection) -> Names:
        """What codes mean now."""
        return self._book.read(connection)

    def layout(self, names: Names, *, admin: bool) -> Layout:
        """The columns of a table for a role."""
        return Layout(names, admin=admin, keys=self._keys)

    def _body(
        self,
        wanted: Wanted,
        chunks: Iterator[pull.Rows],
        window: Window,
        names: Names,
        view: View,
        check: Callable[[], None],
    ) -> tuple[Iterator[bytes], str]:
        admin = view.admin
        opener = Opener(names.surveys, self._keys) if admin else None
        if wanted.format == "json":
            (rows,) = chunks
            page = ndjson.page(
                rows,
                epoch=self.epoch,
                last=view.cursor(self.epoch, window.last),
                more=window.more,
                opener=opener,
            )
            return iter([page]), JSON
        if wanted.format == "ndjson":
            lines = ndjson.write(chunks, epoch=self.epoch, opener=opener)
            return lines, ndjson.MEDIA_TYPE
        layout = self.layout(names, admin=admin)
        if wanted.format == "csv":
            return csv.write(chunks, layout, mark=wanted.mark, above=wanted.headings or "ids"), csv.MEDIA_TYPE
        if wanted.format == "arrays":
            return arrays.write(chunks, layout), arrays.MEDIA_TYPE
        if wanted.format == "xlsx":
            return xlsx.write(chunks, layout, wanted.headings or "vi", self._scratch, check), xlsx.MEDIA_TYPE
        return parquet.write(chunks, layout, self._scratch), parquet.MEDIA_TYPE


def _checked(chunks: Iterator[pull.Rows], check: Callable[[], None]) -> Iterator[pull.Rows]:
    for rows in chunks:
        check()
        yield rows
