"""What people answered about the visitor as an officer: their own line of the last months, and no other.

Only months that are over, and only where as many answered as anybody is shown of an officer. Each look leaves
a line in the audit log.
"""

from datetime import date, timedelta
from typing import Any

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency
from msgspec import Struct

from sync.central.figures.periods import month_before
from sync.central.figures.summary import SMALLEST
from sync.central.figures.summary_query import SummaryReply
from sync.central.office.access import Caller
from sync.central.office.configuration.officers import officer_named
from sync.central.pulling.asked import SummaryAsked
from sync.central.web.figure_links import places, summary_query
from sync.central.web.look import NO_TOKEN, Look
from sync.central.web.routes import needs
from sync.central.web.shown import Shown
from sync.central.web.visit import Visit
from sync.contract.text import pick

MONTHS = 3
_reply = msgspec.json.Decoder(SummaryReply)


class OwnRow(Struct, frozen=True, kw_only=True):
    """One question. percent: satisfied, as decimal text. at: where its figures are, see figure_links.py."""

    question: str
    n: int
    percent: str | None
    at: str


class OwnMonth(Struct, frozen=True, kw_only=True):
    """One month; no rows where too few answered. query: what the figures were asked for."""

    first: date
    query: str
    rows: tuple[OwnRow, ...]


class OwnLinePage(Struct, frozen=True, kw_only=True):
    """The visitor's own line. officer: "" for an account that is no officer. least: answers to be shown."""

    officer: str
    months: tuple[OwnMonth, ...]
    least: int


def own_line_page(look: Look) -> Shown:
    """The visitor's own line."""
    known = officer_named(look.connection, look.person.officer) if look.person.officer else None
    months = []
    month = look.today.replace(day=1)
    for _ in range(MONTHS if known else 0):
        month = month_before(month)
        assert known is not None
        months.append(_month(look, known.unit, known.id, month))
    page = OwnLinePage(officer=known.name if known else "", months=tuple(months), least=SMALLEST)
    return Shown(template="own_line.html", title=look.say("Kết quả của tôi"), page=page)


def _month(look: Look, unit: str, officer: str, month: date) -> OwnMonth:
    """What is shown of this officer to an analyst of the unit, of one month that is over."""
    last = month_before(month, -1) - timedelta(days=1)
    asked = SummaryAsked(unit=unit, first=month.isoformat(), last=last.isoformat(), by="officer")
    body, _ = look.administrators.summary(Caller(NO_TOKEN, "analyst", unit=unit), asked)
    reply, rows = _reply.decode(body), []
    at = places(reply)
    for summary in reply.surveys:
        survey = look.names.surveys[summary.survey, summary.version]
        rows += [
            OwnRow(
                question=pick(survey.question(row.question).text, look.translation.language),
                n=row.n,
                percent=row.percent,
                at=at[id(row)],
            )
            for row in summary.rows
            if row.by["officer"] == officer and not row.hidden and row.n is not None and row.n >= SMALLEST
        ]
    days = {"from": asked.first, "to": asked.last}
    return OwnMonth(
        first=month, query=summary_query({"unit": unit, **days, "by": asked.by}), rows=tuple(rows)
    )


@get("/cua-toi", opt=needs(None, reveals=True))
async def own_line(visit: NamedDependency[Visit]) -> Response[Any]:
    """What people answered about the visitor."""
    return await visit.show(own_line_page)


ROUTES = (own_line,)
