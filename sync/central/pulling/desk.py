"""Every call an administrator can make, as a plain method; the other half of `api/device_desk.py`.

A token of a unit sees the responses of that unit and of those below it, each as the tree stood on its day.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from datetime import date

import msgspec
from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Connection, Engine

from sync.central.figures.summary_query import allow, read_summary
from sync.central.office.access import Caller
from sync.central.office.names import NameBook, Names
from sync.central.office.plans import plan_named
from sync.central.pulling.asked import ResponsesAsked, SummaryAsked
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
from sync.contract.problem import ProblemError
from sync.contract.problem.wire import ACCESS_DENIED

JSON = "application/json"
# A page of JSON, where no limit is named.
USUAL_PAGE = 1000


class Export(Struct, frozen=True):
    """An answer on its way. next: the cursor behind it; more: there is something behind it.

    whole: it is small, and may be sent in one piece.
    """

    media_type: str
    next: str
    more: bool
    whole: bool
    body: Iterator[bytes]


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

    def responses(
        self, caller: Caller, asked: ResponsesAsked, check: Callable[[], None] = lambda: None
    ) -> Export:
        """Responses behind a cursor, in the format wanted.

        check: asked between two slices of what is of any length; ends the work by an exception.

        Raises ProblemError: HL4013 a parameter, HL4014 an old cursor, HL4002 a filter the role may not use,
        HL4038 or HL5020 one that names what there is not; while the body is made HL4033, HL4034.
        """
        view = self.view(caller)
        after = view.parse(asked.after, self.epoch)
        columns = ndjson.read(view) if asked.format in ("json", "ndjson") else read(view)
        with reading(self._engine) as connection:
            names = self._book.read(connection)
            plan = plan_named(connection, asked.plan) if asked.plan else None
            filters = self.filters(caller, asked, plan)
            check_known(connection, names, asked.codes(), over=not view.admin)
            units, days = filters.few_units(connection), filters.few_days()
            question = Question(view, filters.conditions(view), columns, units, days)
            if asked.whole:
                window = Window(after, pull.newest(connection, view, after))
                chunks = _checked(pull.chunks(self._engine, question, window), check)
            else:
                limit = asked.limit or USUAL_PAGE
                window, rows = pull.read_page(connection, question, after, limit)
                chunks = iter([rows])
        forms = _forms(names, asked.survey, plan)
        body, media_type = self._body(asked, chunks, window, forms, view, check)
        return Export(media_type, view.cursor(self.epoch, window.last), window.more, not asked.whole, body)

    def summary(self, caller: Caller, asked: SummaryAsked) -> tuple[bytes, str]:
        """Levels by question and by what is wanted, and its type.

        Raises ProblemError HL4013, HL4002, HL4035, HL4038 or HL5020.
        """
        admin, today = self.view(caller).admin, self.today()
        wanted = asked.wanted(today, scope=caller.unit, over=not admin)
        allow(wanted, admin=admin, today=today)
        with reading(self._engine) as connection:
            names = self._book.read(connection)
            check_known(connection, names, asked.codes(), over=not admin)
            reply = read_summary(connection, wanted, names.surveys, admin=admin)
        if asked.format == "json":
            return msgspec.json.encode(reply), JSON
        table = summary_table.rates(reply, wanted.by, names, admin=admin)
        if asked.format == "csv":
            return summary_table.as_csv(table, asked.headings or "ids", mark=asked.mark), csv.MEDIA_TYPE
        return summary_table.as_xlsx(table, asked.headings or "vi"), xlsx.MEDIA_TYPE

    def filters(self, caller: Caller, asked: ResponsesAsked, plan: Plan | None = None) -> Filters:
        """The filters that are meant, within what the caller may see."""
        if asked.officer and caller.role != "admin":
            raise ProblemError(ACCESS_DENIED(where="officer"))
        first, last = asked.days()
        return Filters(
            scope=caller.unit,
            unit=asked.unit,
            survey=asked.survey,
            plan=plan,
            procedure=asked.procedure,
            officer=asked.officer,
            outcome=asked.outcome or "",
            channel=asked.channel or "",
            first=first.isoformat() if first else "",
            last=last.isoformat() if last else "",
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
        asked: ResponsesAsked,
        chunks: Iterator[pull.Rows],
        window: Window,
        names: Names,
        view: View,
        check: Callable[[], None],
    ) -> tuple[Iterator[bytes], str]:
        admin = view.admin
        opener = Opener(names.surveys, self._keys) if admin else None
        if asked.format == "json":
            (rows,) = chunks
            page = ndjson.page(
                rows,
                epoch=self.epoch,
                last=view.cursor(self.epoch, window.last),
                more=window.more,
                opener=opener,
            )
            return iter([page]), JSON
        if asked.format == "ndjson":
            lines = ndjson.write(chunks, epoch=self.epoch, opener=opener)
            return lines, ndjson.MEDIA_TYPE
        layout = self.layout(names, admin=admin)
        if asked.format == "csv":
            return csv.write(chunks, layout, mark=asked.mark, above=asked.headings or "ids"), csv.MEDIA_TYPE
        if asked.format == "arrays":
            return arrays.write(chunks, layout), arrays.MEDIA_TYPE
        if asked.format == "xlsx":
            return xlsx.write(chunks, layout, asked.headings or "vi", self._scratch, check), xlsx.MEDIA_TYPE
        return parquet.write(chunks, layout, self._scratch), parquet.MEDIA_TYPE


def _checked(chunks: Iterator[pull.Rows], check: Callable[[], None]) -> Iterator[pull.Rows]:
    for rows in chunks:
        check()
        yield rows
