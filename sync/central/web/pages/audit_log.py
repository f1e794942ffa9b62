"""The audit log: who did what, and whether the chain of its lines is intact.

An administrator of the whole centre reads all of it; one of a unit, what was done by people whose roles are
all within that unit, and by themselves.
"""

import re
from collections.abc import Collection, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Annotated, Any, Literal

from litestar import Response, get
from litestar.di import NamedDependency
from msgspec import Meta, Struct, field
from msgspec.structs import replace

from sync.central.http.queries import query
from sync.central.office.audit import chain
from sync.central.office.audit.lines import AuditLine, newest_line, read_lines
from sync.central.office.configuration.scope import scope_of
from sync.central.office.people.accounts import account_names, find_account, roles_of
from sync.central.office.people.permissions import PermittedAct, may_anywhere
from sync.central.office.units.tree import CENTRE
from sync.central.pulling.asked import read_days
from sync.central.web.audit_words import ACT_WORDS, detail_words, subject_words, who_words
from sync.central.web.choices import Option
from sync.central.web.filtered import filtered_address
from sync.central.web.frame import Link
from sync.central.web.look import Look
from sync.central.web.people_rows import account_in
from sync.central.web.routes import needs
from sync.central.web.shown import Shown
from sync.central.web.table_files import MOST_ROWS, TableFile, checked_length, file_links, file_routes
from sync.central.web.visit import Visit
from sync.contract.problem import ProblemError

LOG = "/nhat-ky"
SEE: PermittedAct = "see-audit"
LISTED = 100


class LogFilter(Struct, frozen=True, kw_only=True):
    """The filters. who: a name for signing in, or as a line has it."""

    act: Annotated[str, Meta(max_length=40)] = field(default="", name="viec")
    who: Annotated[str, Meta(max_length=120)] = field(default="", name="ai")
    first: Annotated[str, Meta(max_length=10)] = field(default="", name="from")
    last: Annotated[str, Meta(max_length=10)] = field(default="", name="to")


class LogAsked(LogFilter, frozen=True, kw_only=True):
    """The filters, and which part of the list. check: the whole chain is checked."""

    before: Annotated[int, Meta(ge=0, le=2**53)] = field(default=0, name="truoc")
    check: Literal["", "co"] = field(default="", name="kiem_tra")


class LogRow(Struct, frozen=True, kw_only=True):
    """One line, with names for accounts."""

    number: int
    at: datetime
    who: str
    what: str
    subject: str
    detail: str


class Checked(Struct, frozen=True):
    """The chain was checked. wrong: the first line that was changed; None if none was."""

    count: int
    wrong: int | None


class LogPage(Struct, frozen=True, kw_only=True):
    """Lines, the newest first. last: number and digest of the newest, "" for an empty log.

    checked: None while it wasn't asked for. partly: the visitor doesn't read lines of other units' people.
    files: all lines of the list as a file.
    """

    asked: LogAsked
    acts: tuple[Option, ...]
    rows: tuple[LogRow, ...]
    filtered: bool
    first: str
    next: str
    last: str
    checked: Checked | None
    check: str
    partly: bool
    files: tuple[Link, ...]


def log_page(look: Look, asked: LogAsked) -> Shown:
    """The lines that the address asks for."""
    readable = _readable(look)
    lines = _lines(look, asked, readable, LISTED + 1, before=asked.before)
    shown, newest = lines[:LISTED], newest_line(look.connection)
    more = replace(asked, before=shown[-1].number, check="") if len(lines) > LISTED else None
    words = sorted((look.say(text), act) for act, text in ACT_WORDS.items())
    page = LogPage(
        asked=asked,
        acts=(Option("", look.say("Mọi việc")), *(Option(act, text) for text, act in words)),
        rows=_rows(look, shown),
        filtered=any((asked.act, asked.who, asked.first, asked.last)),
        first=address(replace(asked, before=0, check="")) if asked.before else "",
        next=address(more) if more else "",
        last=f"{newest[0]}:{newest[1]}" if newest else "",
        checked=Checked(*chain.verify(look.connection)) if asked.check else None,
        check=address(replace(asked, check="co")),
        partly=readable is not None,
        files=file_links(look, LOG, _filter(asked)),
    )
    return Shown(template="audit_log.html", title=look.say("Nhật ký"), page=page)


def log_table(look: Look, asked: LogFilter) -> TableFile:
    """All lines that the filters leave; raises ProblemError HL5153 if a file can't hold them."""
    rows = _rows(look, _lines(look, asked, _readable(look), MOST_ROWS + 1))
    say = look.say
    return TableFile(
        (
            (say("Dòng"), "whole"),
            (say("Lúc"), "moment"),
            (say("Người làm"), "text"),
            (say("Việc"), "text"),
            (say("Về"), "text"),
            (say("Chi tiết"), "text"),
        ),
        checked_length(
            (row.number, row.at.isoformat(), row.who, row.what, row.subject, row.detail) for row in rows
        ),
    )


def _lines(
    look: Look, asked: LogFilter, readable: frozenset[str] | None, limit: int, *, before: int = 0
) -> list[AuditLine]:
    """Up to `limit` lines that the filters leave, the newest first."""
    first, last = read_days(asked.first, asked.last)
    return read_lines(
        look.connection,
        limit,
        acts=[asked.act] if asked.act else (),
        who=_who(look, asked.who, readable),
        first=first,
        last=last,
        before=before,
    )


def _filter(asked: LogAsked) -> dict[str, str]:
    return {"viec": asked.act, "ai": asked.who, "from": asked.first, "to": asked.last}


def address(asked: LogAsked) -> str:
    """The address of a list; a filter that is not used is not in it."""
    return filtered_address(LOG, asked)


def _readable(look: Look) -> frozenset[str] | None:
    """Whose lines the visitor reads, as the log names them; None for everybody's."""
    units = may_anywhere(look.person, SEE, look.today)
    if CENTRE in units:
        return None
    codes = frozenset().union(*(scope_of(look.connection, unit, look.today) for unit in units))
    people = {
        account
        for account, held in roles_of(look.connection).items()
        if all(role.unit in codes for role in held)
    }
    return frozenset(f"account {account}" for account in people | {look.person.account})


def _who(look: Look, typed: str, readable: frozenset[str] | None) -> Collection[str] | None:
    words = " ".join(typed.split())
    if not words:
        return readable
    named = {words}
    with suppress(ProblemError):
        named.add(f"account {find_account(look.connection, words)}")
    return named if readable is None else named & readable


def _rows(look: Look, lines: Collection[AuditLine]) -> tuple[LogRow, ...]:
    texts = [text for line in lines for text in (line.who, line.subject)]
    numbers = {number for text in texts if (number := account_in(text)) is not None}
    numbers |= {int(number) for line in lines for number in _ACCOUNT.findall(line.detail)}
    people = account_names(look.connection, numbers)
    return tuple(
        LogRow(
            number=line.number,
            at=line.at,
            who=who_words(_named(line.who, people), look.say),
            what=look.say(ACT_WORDS.get(line.act, line.act)),
            subject=subject_words(line.act, _named(line.subject, people), look.say),
            detail=_all_named(detail_words(line.act, line.detail, look.say), people),
        )
        for line in lines
    )


def _named(text: str, people: Mapping[int, str]) -> str:
    number = account_in(text)
    return people.get(number, text) if number is not None else text


# Within a detail, as in `account 3: account 4`.
_ACCOUNT = re.compile(r"\baccount ([0-9]{1,9})\b")


def _all_named(text: str, people: Mapping[int, str]) -> str:
    return _ACCOUNT.sub(lambda account: people.get(int(account[1]), account[0]), text)


@get(LOG, opt=needs(SEE), dependencies={"asked": query(LogAsked)})
async def audit_log(visit: NamedDependency[Visit], asked: NamedDependency[LogAsked]) -> Response[Any]:
    """Who did what."""
    return await visit.show(log_page, asked)


ROUTES = (audit_log, *file_routes(LOG, "nhat-ky", needs(SEE), LogFilter, log_table))
