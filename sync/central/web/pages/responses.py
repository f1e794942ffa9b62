"""Responses one by one, the newest first; the same filters and rows as /v1/responses, and as its tables.

An analyst gets what a program of that role gets: days that are over, no device, no number and no minute.
Nobody gets responses that are about oneself as an officer. A table has no words of citizens: those are read
where they are answered, see remarks.py.
"""

from datetime import date, datetime
from functools import partial
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from litestar import Response, get
from litestar.di import NamedDependency
from msgspec import Meta, Struct, field
from msgspec.structs import fields, replace

from sync.central.http import threads
from sync.central.http.attendance import attendance
from sync.central.http.queries import names, query
from sync.central.office.access import Caller
from sync.central.office.configuration.inherited import procedures_within
from sync.central.office.configuration.scope import scope_of
from sync.central.office.names import Names
from sync.central.office.people.permissions import PermittedAct, may_anywhere
from sync.central.office.phone.repeated import repeated_answers
from sync.central.office.units.tree import CENTRE
from sync.central.pulling.asked import ResponsesAsked, read_days
from sync.central.pulling.latest import Latest, latest
from sync.central.pulling.sending import send_export
from sync.central.web.choices import Option
from sync.central.web.look import Look
from sync.central.web.near_units import of_unit
from sync.central.web.pages.devices import MOST_UNITS, unit_options
from sync.central.web.response_words import CHANNELS, OUTCOMES, RESPONSES, first_rating
from sync.central.web.routes import needs
from sync.central.web.shown import Shown
from sync.central.web.visit import Visit
from sync.contract.response import Channel, Outcome
from sync.tables.column import Headings

SEE: PermittedAct = "see-rows"
EXPORT: PermittedAct = "export"
WHOLE: PermittedAct = "see-words"
"""To open single responses, with their times and devices."""
FLAGGED = "/bat-thuong"
LISTED = 50
FileKind = Literal["xlsx", "csv", "ndjson"]
_HEADINGS: dict[FileKind, Headings | None] = {"xlsx": "vi", "csv": "vi", "ndjson": None}


class RowsAsked(Struct, frozen=True, kw_only=True):
    """The filters, named as in /v1/responses. unit: with those below it; None: the visitor's own.

    plan: what counts for it, for the table of a report's responses.
    """

    unit: Annotated[str, Meta(max_length=64)] | None = None
    first: Annotated[str, Meta(max_length=10)] = field(default="", name="from")
    last: Annotated[str, Meta(max_length=10)] = field(default="", name="to")
    procedure: Annotated[str, Meta(max_length=64)] = ""
    outcome: Literal["", "complete", "partial", "declined", "timed_out", "voided"] = ""
    channel: Literal["", "kiosk", "phone", "paper", "post", "interview"] = ""
    plan: Annotated[str, Meta(max_length=64)] = ""
    after: Annotated[str, Meta(max_length=64)] = ""


class FileAsked(RowsAsked, frozen=True, kw_only=True):
    """A table of the same rows."""

    format: FileKind = "xlsx"


class ResponseRow(Struct, frozen=True, kw_only=True):
    """One response. address: of its page, "" for who sees none. started: None for days alone.

    said: the answer to its first rating, "" without one; look: the class of its level. tags: what else there
    is to know.
    """

    address: str
    day: date
    started: datetime | None
    unit: str
    counter: str
    procedure: str
    channel: str
    outcome: str
    said: str
    tags: tuple[str, ...]
    counts: bool


class RepeatedRow(Struct, frozen=True, kw_only=True):
    """A second answer of a handover, which was kept apart. first: where the one is that counts."""

    at: datetime
    unit: str
    procedure: str
    channel: str
    first: str


class FileLink(Struct, frozen=True):
    """A table to take along."""

    address: str
    title: str


class ResponsesPage(Struct, frozen=True, kw_only=True):
    """The list. units: none where there is one, or too many to list. whole: with minutes, and days not over.

    files: none for who may not export. lost: what was typed to find one that there is not.
    repeated: second answers of handovers, for who may open single responses.
    set_aside: the visitor may judge again what was set aside. flags: where flagged ones are, "" for who may
    not open one.
    """

    place: str
    asked: RowsAsked
    unit: str
    units: tuple[Option, ...]
    types_unit: bool
    procedures: tuple[Option, ...]
    types_procedure: bool
    outcomes: tuple[Option, ...]
    channels: tuple[Option, ...]
    rows: tuple[ResponseRow, ...]
    whole: bool
    files: tuple[FileLink, ...]
    filtered: bool
    first: str
    next: str
    lost: str
    repeated: tuple[RepeatedRow, ...]
    set_aside: bool
    flags: str


def responses_page(look: Look, asked: RowsAsked, lost: str = "") -> Shown:
    """The list that the address asks for."""
    place = look.place(SEE, asked.unit)
    caller = look.caller(place.code, SEE)
    wanted = as_wanted(asked, place.code)
    found = latest(look.administrators, look.connection, caller, wanted, LISTED)
    names = look.names
    units = unit_options(look, look.place(SEE))
    offered = procedures_within(look.connection, place.code, look.today) | ({asked.procedure} - {""})
    procedures = sorted((name, code) for code, name in names.procedures.items() if code in offered)
    many = len(procedures) > MOST_UNITS
    page = ResponsesPage(
        place=place.name,
        asked=asked,
        unit=place.code,
        units=units,
        types_unit=not units and not place.code,
        procedures=()
        if many
        else (Option("", look.say("Mọi thủ tục")), *(Option(code, name) for name, code in procedures)),
        types_procedure=many,
        outcomes=_options(look, look.say("Mọi kết quả"), OUTCOMES),
        channels=_options(look, look.say("Mọi kênh"), CHANNELS),
        rows=tuple(_row(look, names, each) for each in found.rows),
        whole=caller.role == "admin",
        files=_files(look, asked) if look.may(EXPORT, place.code) else (),
        filtered=any((asked.first, asked.last, asked.procedure, asked.plan, asked.outcome, asked.channel)),
        first=address(replace(asked, after="")) if asked.after else "",
        next=address(replace(asked, after=found.next)) if found.next else "",
        lost=lost,
        repeated=_repeated(look, names, place.code) if caller.role == "admin" and not asked.after else (),
        set_aside=look.may("correct", place.code),
        flags=flags_address(look, asked.unit),
    )
    return Shown(template="responses.html", title=look.say("Phiếu"), page=page, status=404 if lost else 200)


def flags_address(look: Look, unit: str | None) -> str:
    """The flagged visits of this unit; "" for who may not see any there."""
    if unit is None:
        return FLAGGED if may_anywhere(look.person, WHOLE, look.today) else ""
    return of_unit(FLAGGED, unit) if look.may(WHOLE, unit) else ""


def as_wanted(asked: RowsAsked, unit: str) -> ResponsesAsked:
    """The same question to the centre as a program asks it; raises ProblemError HL4013 or HL5023."""
    read_days(asked.first, asked.last)
    outcome: Outcome | None = asked.outcome or None
    channel: Channel | None = asked.channel or None
    return ResponsesAsked(
        unit=unit,
        procedure=asked.procedure,
        plan=asked.plan,
        first=asked.first,
        last=asked.last,
        outcome=outcome,
        channel=channel,
        after=asked.after,
    )


def address(asked: RowsAsked, path: str = RESPONSES, **more: str) -> str:
    """The address of a list, or of another page of the same rows; filters that are not used are left out."""
    used = {
        each.encode_name: value
        for each in fields(RowsAsked)
        if (value := getattr(asked, each.name)) != each.default
    }
    given = urlencode({**used, **more})
    return f"{path}?{given}" if given else path


def _options(look: Look, every: str, words: Any) -> tuple[Option, ...]:
    return (Option("", every), *(Option(value, look.say(text)) for value, text in words.items()))


def _files(look: Look, asked: RowsAsked) -> tuple[FileLink, ...]:
    every = replace(asked, after="")
    titles: dict[FileKind, str] = {"xlsx": "Excel", "csv": "CSV", "ndjson": "JSON"}
    return tuple(
        FileLink(address(every, f"{RESPONSES}/tai-ve", format=kind), title) for kind, title in titles.items()
    )


def _repeated(look: Look, names: Names, unit: str) -> tuple[RepeatedRow, ...]:
    units = None if unit == CENTRE else scope_of(look.connection, unit, look.today)
    return tuple(
        RepeatedRow(
            at=each.at,
            unit=names.units.get(each.unit, each.unit),
            procedure=names.procedures.get(each.procedure, each.procedure) or look.say("Không rõ thủ tục"),
            channel=look.say("cán bộ hủy lượt sau câu trả lời")
            if each.taken_back
            else look.say(CHANNELS[each.channel]),
            first=f"{RESPONSES}/{each.first}",
        )
        for each in repeated_answers(look.connection, units=units, officer=look.person.officer)
    )


def _row(look: Look, names: Names, each: Latest) -> ResponseRow:
    rating = first_rating(names.surveys[each.survey], each.answers, look.translation)
    return ResponseRow(
        address=f"{RESPONSES}/{each.id}" if each.id else "",
        day=each.day,
        started=each.started,
        unit=names.units.get(each.unit, each.unit),
        counter=names.counters.get((each.unit, each.counter)) or each.counter,
        procedure=names.procedures.get(each.procedure, each.procedure) or look.say("Không rõ thủ tục"),
        channel=look.say(CHANNELS[each.channel]),
        outcome=look.say(OUTCOMES[each.outcome]),
        said=rating.words if rating else "",
        tags=tuple(_tags(look, each)),
        counts=each.counts,
    )


def _tags(look: Look, each: Latest) -> list[str]:
    tags = []
    if each.outcome != "voided" and not each.counts:
        tags.append(look.say("đã hủy"))
    if each.corrects:
        tags.append(look.say("sửa một phiếu khác"))
    if each.form_no:
        tags.append(look.say("phiếu giấy %(number)s", number=each.form_no))
    return tags


@get(
    RESPONSES, opt=needs(SEE, reveals=True, names=names(RowsAsked)), dependencies={"asked": query(RowsAsked)}
)
async def responses(visit: NamedDependency[Visit], asked: NamedDependency[RowsAsked]) -> Response[Any]:
    """Responses, the newest first."""
    return await visit.show(responses_page, asked)


def _exported(look: Look, asked: FileAsked) -> tuple[Caller, ResponsesAsked]:
    """Who asks for a table, and of what."""
    place = look.place(EXPORT, asked.unit)
    wanted = replace(
        as_wanted(asked, place.code), format=asked.format, headings=_HEADINGS[asked.format], bom="1", after=""
    )
    return look.caller(place.code, EXPORT), wanted


@get(
    RESPONSES + "/tai-ve",
    opt=needs(EXPORT, reveals=True, names=names(FileAsked)),
    dependencies={"asked": query(FileAsked)},
)
async def takes_along(visit: NamedDependency[Visit], asked: NamedDependency[FileAsked]) -> Response[Any]:
    """The same rows as a table, of any length."""
    state, call = visit.request.app.state, attendance(visit.request.scope)
    caller, wanted = await visit.read(_exported, asked)
    # Tokens and accounts are both counted from 1; a negative number is no token's.
    call.hold(state.callers.exports.taken(-visit.visitor.person.account))
    answer = partial(visit.desk.administrators.responses, caller, wanted, call.check, words=False)
    export = await threads.pull(state, answer)
    name = f"phieu-{visit.desk.today().isoformat()}.{asked.format}"
    return await send_export(visit.request, call, export, name)


ROUTES = (responses, takes_along)
