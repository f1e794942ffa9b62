"""Every call an administrator can make, as a plain method; the counterpart of `api/device_desk.py`.

A token of a unit sees the responses of that unit and of those below it, by the tree of each response's day.
"""

import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from datetime import date, datetime
from pathlib import Path

import msgspec
from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Connection, Engine

from sync.central.figures.summary_query import SummaryWanted, allow, read_summary
from sync.central.office.access import Caller
from sync.central.office.corrections import naming
from sync.central.office.keys.unsealing import Opener
from sync.central.office.names import NameBook, Names
from sync.central.office.plans import plan_named
from sync.central.presenting.language import Language
from sync.central.pulling.asked import ResponsesAsked, SummaryAsked
from sync.central.pulling.exports import arrays, csv, ndjson, parquet, summary_table, xlsx
from sync.central.pulling.exports.table import Layout, read
from sync.central.pulling.filter_codes import check_known
from sync.central.pulling.replies import Replies, Reply
from sync.central.pulling.rows import pull
from sync.central.pulling.rows.parts import Window
from sync.central.pulling.rows.pull import Filters, Question
from sync.central.pulling.rows.views import ADMIN, OTHERS, View
from sync.central.store.database import reading, writing
from sync.central.store.days_over import Days
from sync.central.store.facts import read_epoch
from sync.central.store.freshness import read_revision
from sync.central.store.scratch import Scratch
from sync.contract.plan import VIET_NAM, Plan
from sync.contract.problem import ProblemError
from sync.contract.problem.wire import ACCESS_DENIED

JSON = "application/json"
# Rows in a page of JSON if no limit is given.
USUAL_PAGE = 1000


class Export(Struct, frozen=True):
    """An answer to be sent. next: the cursor after it; more: there are rows after it.

    whole: it is small, and can be sent in one piece.
    """

    media_type: str
    next: str
    more: bool
    whole: bool
    body: Iterator[bytes]


def _forms(names: Names, survey: str, plan: Plan | None) -> Names:
    """The names, with only the forms that a survey and a plan leave: a table has columns only for these."""
    kept = {form for form, _ in names.surveys}
    if survey:
        kept &= {survey}
    if plan:
        kept &= {group.survey for group in plan.groups}
    return replace(names, surveys={key: form for key, form in names.surveys.items() if key[0] in kept})


class Administrators:
    """The answers for administrators from one database.

    Args:
        engine: from `open_database`, migrated.
        epoch: the centre's.
        keys: the sealing keys that are at hand, by id.
        today: the date in the centre's time zone.
        days: closes the days that are over.
        scratch: where exports that need a file are written.

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
        # By whether the caller is an administrator, who also sees days that are not over.
        self._replies = {True: Replies(), False: Replies()}

    def responses(
        self,
        caller: Caller,
        asked: ResponsesAsked,
        check: Callable[[], None] = lambda: None,
        *,
        words: bool = True,
        fill: Callable[[Layout], xlsx.Fill] | None = None,
        until: datetime | None = None,
    ) -> Export:
        """Responses after a cursor, in the requested format.

        check: called between two slices of a long answer; ends the work by raising an exception. words: also
        what citizens wrote, for who may see it. fill: makes another workbook of the rows than their table.
        until: only what arrived by then.

        Raises ProblemError: HL4013 for a parameter, HL4014 for an old cursor, HL4002 for a filter the role
        may not use, HL4038 or HL5020 for one that names an unknown code, HL4033 or HL4034 while the body is
        made.
        """
        view = self.view(caller)
        after = view.parse(asked.after, self.epoch)
        columns = ndjson.read(view) if asked.format in ("json", "ndjson") else read(view)
        with reading(self._engine) as connection:
            names = self._book.read(connection)
            plan = plan_named(connection, asked.plan) if asked.plan else None
            filters = self.filters(connection, caller, asked, plan)
            if until is not None:
                filters = replace(filters, until=int(until.timestamp() * 1000))
            check_known(connection, names, asked.codes(), over=not view.admin)
            units, days = filters.few_units(connection), filters.days()
            question = Question(view, filters.conditions(view), columns, units, days)
            if asked.whole:
                window = Window(after, pull.newest(connection, view, after))
                chunks = _checked(pull.chunks(self._engine, question, window), check)
            else:
                limit = asked.limit or USUAL_PAGE
                window, rows = pull.read_page(connection, question, after, limit)
                chunks = iter([rows])
        forms = _forms(names, asked.survey, plan)
        body, media_type = self._body(asked, chunks, window, forms, view, check, words=words, fill=fill)
        return Export(media_type, view.cursor(self.epoch, window.last), window.more, not asked.whole, body)

    def summary(self, caller: Caller, asked: SummaryAsked) -> Reply:
        """Levels by question and by the requested axes, and the content type.

        Raises ProblemError HL4013, HL4002, HL4035, HL4038 or HL5020.
        """
        admin, today = self.view(caller).admin, self.today()
        wanted = asked.wanted(today, scope=caller.unit, over=not admin)
        allow(wanted, admin=admin, today=today)
        replies = self._replies[admin]
        question = (wanted, asked.format, asked.headings, asked.bom)
        with reading(self._engine) as connection:
            revision = read_revision(connection, wanted.first, wanted.last, over=not admin)
            reply = replies.get(revision, question)
            if reply is None:
                reply = self._summary(connection, wanted, asked, admin=admin)
                replies.keep(revision, question, reply)
        return reply

    def _summary(
        self, connection: Connection, wanted: SummaryWanted, asked: SummaryAsked, *, admin: bool
    ) -> Reply:
        names = self._book.read(connection)
        check_known(connection, names, asked.codes(), over=not admin)
        reply = read_summary(connection, wanted, names.surveys, admin=admin)
        if asked.format == "json":
            return msgspec.json.encode(reply), JSON
        table = summary_table.rates(reply, wanted.by, names, admin=admin)
        if asked.format == "csv":
            return summary_table.as_csv(table, asked.headings or "ids", mark=asked.mark), csv.MEDIA_TYPE
        return summary_table.as_xlsx(table, asked.headings or "vi"), xlsx.MEDIA_TYPE

    def filters(
        self, connection: Connection, caller: Caller, asked: ResponsesAsked, plan: Plan | None = None
    ) -> Filters:
        """The filters of the request, limited to what the caller may see."""
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
            oneself=caller.officer,
            linked=frozenset(naming(connection, caller.officer, over=not self.view(caller).admin)),
        )

    def close_days(self) -> None:
        """Let everybody have the days that are over, if that was not done yet."""
        self._days.close()

    def view(self, caller: Caller) -> View:
        """The view of the caller's role; days that are over are closed first, if that was not done yet."""
        if caller.role == "admin":
            return ADMIN
        self._days.close()
        return OTHERS

    def reading(self) -> AbstractContextManager[Connection]:
        """A connection for code that shows the same rows in another format."""
        return reading(self._engine)

    def names(self, connection: Connection, language: Language = "vi") -> Names:
        """The current meaning of codes, in this language."""
        return self._book.read(connection, language)

    def opener(self, connection: Connection) -> Opener:
        """What opens the words of citizens, for somebody who may see them."""
        return Opener(self.names(connection).surveys, self._keys)

    def layout(self, names: Names, *, admin: bool, words: bool = True) -> Layout:
        """The columns of a table for a role; words: also those for what citizens wrote, if it sees them."""
        return Layout(names, admin=admin, keys=self._keys, words=words)

    def _body(
        self,
        asked: ResponsesAsked,
        chunks: Iterator[pull.Rows],
        window: Window,
        names: Names,
        view: View,
        check: Callable[[], None],
        *,
        words: bool,
        fill: Callable[[Layout], xlsx.Fill] | None,
    ) -> tuple[Iterator[bytes], str]:
        admin = view.admin
        opener = Opener(names.surveys, self._keys if words else {}) if admin else None
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
        layout = self.layout(names, admin=admin, words=words)
        if asked.format == "csv":
            return csv.write(chunks, layout, mark=asked.mark, above=asked.headings or "ids"), csv.MEDIA_TYPE
        if asked.format == "arrays":
            return arrays.write(chunks, layout), arrays.MEDIA_TYPE
        if asked.format == "xlsx":
            whole = xlsx.table_alone(layout, asked.headings or "vi", check)
            book = xlsx.write(chunks, fill(layout) if fill else whole, self._scratch)
            return book, xlsx.MEDIA_TYPE
        return parquet.write(chunks, layout, self._scratch), parquet.MEDIA_TYPE


def without_words(engine: Engine, now: Callable[[], datetime]) -> Administrators:
    """The same for a command: it opens no words of citizens. now: the time, with its offset."""
    with reading(engine) as connection:
        epoch = read_epoch(connection)
    return Administrators(
        engine,
        epoch=epoch,
        keys={},
        today=lambda: now().astimezone(VIET_NAM).date(),
        days=Days(engine, lambda: writing(engine), now),
        scratch=Scratch(Path(tempfile.gettempdir())),
    )


def _checked(chunks: Iterator[pull.Rows], check: Callable[[], None]) -> Iterator[pull.Rows]:
    for rows in chunks:
        check()
        yield rows
