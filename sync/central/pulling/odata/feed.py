"""Pages of entities; each has the address of the next one, if there is one (server-driven paging)."""

from typing import Any
from urllib.parse import quote, urlencode

import msgspec
from sqlalchemy import Connection, func, select

from sync.central.office.access import Caller
from sync.central.office.corrections import naming
from sync.central.pulling.desk import Administrators
from sync.central.pulling.exports.table import read
from sync.central.pulling.odata.metadata import metadata, service_document
from sync.central.pulling.odata.model import ENTITY_SET, Property, properties
from sync.central.pulling.odata.query import Query, read_query
from sync.central.pulling.rows import pull
from sync.central.pulling.rows.pull import Filters
from sync.central.pulling.rows.views import View

PAGE = 2_000
MOST = 10_000


class Feed:
    """The feed of the rows that administrators may read."""

    def __init__(self, administrators: Administrators) -> None:
        self._administrators = administrators

    def service(self, root: str) -> bytes:
        """The service document; `root` is the service's own address, with a slash at its end."""
        return msgspec.json.encode(service_document(root))

    def metadata(self, caller: Caller) -> bytes:
        """$metadata as the caller's role sees it."""
        return metadata(self._properties(caller))

    def count(self, caller: Caller, options: list[tuple[str, str]]) -> bytes:
        """How many entities a filter matches, as text; raises ProblemError HL4030, HL4031."""
        query = read_query(options, self._properties(caller))
        return b"%d" % self._count(caller, query)

    def entities(
        self, caller: Caller, root: str, options: list[tuple[str, str]], size: int = PAGE
    ) -> tuple[bytes, str]:
        """One page, and the cursor after it, "" if it is the last.

        Raises ProblemError HL4030, HL4031, HL4013 or HL4014.
        """
        view = self._administrators.view(caller)
        with self._administrators.reading() as connection:
            layout = self._administrators.layout(self._administrators.names(connection), admin=view.admin)
            query = read_query(options, properties(layout))
            after = view.parse(query.after, self._administrators.epoch)
            limit = min(size, MOST if query.top is None else query.top)
            page: dict[str, Any] = {"@odata.context": _context(root, query, properties(layout))}
            if query.count:
                page["@odata.count"] = self._count(caller, query)
            rows: pull.Rows = ()
            more = False
            if limit:
                units = Filters(scope=caller.unit).few_units(connection)
                conditions, days = _conditions(connection, caller, query, view), _days(query)
                question = pull.Question(view, conditions, read(view), units, days)
                window, rows = pull.read_page(connection, question, after, limit)
                more = window.more and query.top != limit
                after = window.last
        page["value"] = [_entity(layout.values(row), query) for row in rows]
        cursor = view.cursor(self._administrators.epoch, after) if more else ""
        if more:
            page["@odata.nextLink"] = _next(root, options, query, limit, cursor)
        return msgspec.json.encode(page), cursor

    def _properties(self, caller: Caller) -> tuple[Property, ...]:
        admin = caller.role == "admin"
        with self._administrators.reading() as connection:
            return properties(
                self._administrators.layout(self._administrators.names(connection), admin=admin)
            )

    def _count(self, caller: Caller, query: Query) -> int:
        """The number of all that match, without `$top` and `$skiptoken` (OData Protocol 4.0, 11.2.5.5)."""
        view = self._administrators.view(caller)
        with self._administrators.reading() as connection:
            conditions = _conditions(connection, caller, query, view)
            number = select(func.count()).select_from(view.rows).where(*conditions)
            days = _days(query)
            number = number.where(view.day.in_(days)) if days else number
            return int(connection.execute(number).scalar_one())


def _conditions(connection: Connection, caller: Caller, query: Query, view: View) -> pull.Conditions:
    linked = frozenset(naming(connection, caller.officer, over=not view.admin))
    scope = Filters(scope=caller.unit, oneself=caller.officer, linked=linked).conditions(view)
    return scope if query.filter is None else [*scope, query.filter.condition()]


def _days(query: Query) -> tuple[str, ...]:
    """The days that a filter leaves; empty if they have no first or last one, or are many."""
    first, last = query.filter.days() if query.filter else ("", "")
    return Filters(first=first, last=last).days()


def _entity(values: list[Any], query: Query) -> dict[str, Any]:
    return {one.name: values[one.at] for one in query.select}


def _context(root: str, query: Query, every: tuple[Property, ...]) -> str:
    chosen = "" if query.select == every else f"({','.join(one.name for one in query.select)})"
    return f"{root}$metadata#{ENTITY_SET}{chosen}"


def _next(root: str, options: list[tuple[str, str]], query: Query, given: int, cursor: str) -> str:
    kept = [(name, value) for name, value in options if name.lstrip("$") not in ("skiptoken", "top", "count")]
    if query.top is not None:
        kept.append(("$top", str(query.top - given)))
    return f"{root}{ENTITY_SET}?{urlencode([*kept, ('$skiptoken', cursor)], safe='$', quote_via=quote)}"
