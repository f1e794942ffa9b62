"""One response: what was answered, when and where, what became of it, and why it was flagged.

Only who may see words may open one, and nobody one about oneself as an officer. The words themselves are
shown as on the page of the remark: not before it is visible, and never contact details.
"""

from datetime import date, datetime, timedelta
from typing import Annotated, Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Meta, Struct, field

from sync.central.figures.flag_table import flags_of
from sync.central.http.queries import query
from sync.central.office.flag_reviews import Review, reviews_of
from sync.central.office.hours import hours_of
from sync.central.office.one_response import Happened, Stored, find_id, history_of, read_one
from sync.central.office.people.accounts import account_names
from sync.central.office.people.permissions import PermittedAct
from sync.central.office.phone.repeated import repeated_answers
from sync.central.office.plans import every_plan
from sync.central.office.remarks.listing import remark_of
from sync.central.web.frame import Link
from sync.central.web.look import Look
from sync.central.web.pages.responses import RowsAsked, responses_page
from sync.central.web.people_rows import account_in
from sync.central.web.remark_rows import REMARKS, SaidRow
from sync.central.web.response_words import (
    CHANNELS,
    FLAGS,
    MODES,
    OUTCOMES,
    RESPONDENTS,
    RESPONSES,
    SOURCES,
    Answered,
    answers_of,
)
from sync.central.web.routes import needs
from sync.central.web.shown import Shown
from sync.central.web.visit import Visit
from sync.contract.problem import ProblemError
from sync.contract.problem.wire import ADDRESS_UNKNOWN
from sync.contract.text import pick

SEE: PermittedAct = "see-words"
CORRECT: PermittedAct = "correct"
FORGET: PermittedAct = "forget"
_HAPPENED = {
    "voided": "Bị hủy",
    "replaced": "Được thay bằng một phiếu ghi đúng",
    "voids": "Hủy một phiếu",
    "replaces": "Thay một phiếu ghi sai",
}


class HistoryRow(Struct, frozen=True, kw_only=True):
    """Something that became of it. address: of the other response, if any; who: "" if it is not known."""

    at: datetime
    what: str
    address: str
    who: str
    reason: str


class ResponsePage(Struct, frozen=True, kw_only=True):
    """One response. officer, counter, plan, form_no, entered: "" for none. number: on its device.

    seconds: from its start to its end. said: the citizen's words if the visitor may read them now. remark:
    where they are handled, "" if nowhere. own_void: why it was void from the beginning.
    """

    id: str
    address: str
    title: str
    counts: bool
    voided: bool
    outcome: str
    day: date
    started: datetime
    seconds: int
    received: datetime
    clock_offset: timedelta | None
    unit: str
    counter: str
    procedure: str
    officer: str
    source: str
    device: str
    number: int
    channel: str
    mode: str
    respondent: str
    plan: str
    form: str
    form_no: str
    entered: str
    entered_at: datetime | None
    own_void: str
    answers: tuple[Answered, ...]
    said: tuple[SaidRow, ...]
    remark: str
    flags: tuple[str, ...]
    history: tuple[HistoryRow, ...]
    can_correct: bool
    can_find_valid: bool
    can_retag: bool
    can_forget: bool


def own_response(look: Look, id: str, act: PermittedAct) -> Stored:
    """The response, if the visitor may do this at its unit and it is not about them; raises HL4010."""
    stored = read_one(look.connection, look.person, act, id, look.today)
    if stored is None:
        raise ProblemError(ADDRESS_UNKNOWN())
    return stored


def response_page(look: Look, id: str) -> Shown:
    """One response, as it is now."""
    stored = own_response(look, id, SEE)
    names = look.names
    own, language = stored.response, look.translation.language
    tag, entered = own.tag, own.entered
    survey = names.surveys.get((own.survey.id, own.survey.version))
    history = history_of(look.connection, stored)
    replaces = any(each.what == "replaces" for each in history)
    plans = [issued.plan for issued in every_plan(look.connection).values()]
    flags = flags_of(
        look.connection,
        own,
        unit=stored.unit,
        day=stored.day,
        hours=hours_of(look.connection, stored.unit),
        plans=plans,
    )
    review = reviews_of(look.connection, {own.id}).get(own.id)
    said = _said(look, id)
    counter, procedure = (tag.counter, tag.procedure or "") if tag else ("", "")
    page = ResponsePage(
        id=own.id,
        address=f"{RESPONSES}/{own.id}",
        title=names.procedures.get(procedure, procedure) or look.say("Không rõ thủ tục"),
        counts=stored.counts,
        voided=stored.voided,
        outcome=look.say(OUTCOMES[own.outcome]),
        day=stored.day,
        started=own.started_at,
        seconds=round((own.finished_at - own.started_at).total_seconds()),
        received=stored.received_at,
        clock_offset=timedelta(seconds=stored.clock_offset) if stored.clock_offset else None,
        unit=names.units.get(stored.unit, stored.unit),
        counter=names.counters.get((stored.unit, counter)) or counter,
        procedure=procedure,
        officer=_officer(look, stored, names.officers),
        source=look.say(SOURCES[tag.source]) if tag else "",
        device=own.device,
        number=own.seq,
        channel=look.say(CHANNELS[own.channel]),
        mode=look.say(MODES[own.mode]),
        respondent=look.say(RESPONDENTS[own.respondent]),
        plan=next((pick(plan.title, language) for plan in plans if plan.id == own.plan), own.plan or ""),
        form=look.say(
            "%(form)s, bản %(version)s",
            form=pick(survey.title, language) if survey else own.survey.id,
            version=own.survey.version,
        ),
        form_no=entered.form_no if entered and not replaces else "",
        entered=entered.by if entered and not replaces else "",
        entered_at=entered.at if entered and not replaces else None,
        own_void=own.void.reason if own.void and own.void.response is None else "",
        answers=answers_of(survey, own.answers, look.translation) if survey else (),
        said=said or (),
        remark=f"{REMARKS}/{own.id}" if said is not None else "",
        flags=tuple(look.say(FLAGS[flag]) for flag in sorted(flags)),
        history=_history(look, own.id, history, review),
        can_correct=stored.counts and _may(look, stored, CORRECT),
        can_find_valid=bool(flags) and review is None and _may(look, stored, CORRECT),
        can_retag=stored.counts and tag is not None and _may(look, stored, CORRECT),
        can_forget=_may(look, stored, FORGET),
    )
    return Shown(
        template="one_response.html",
        title=look.say("Phiếu %(id)s", id=own.id[:8]),
        page=page,
        crumbs=(Link(RESPONSES, look.say("Phiếu")),),
    )


def _may(look: Look, stored: Stored, act: PermittedAct) -> bool:
    return read_one(look.connection, look.person, act, stored.response.id, look.today) is not None


def _officer(look: Look, stored: Stored, officers: dict[str, str]) -> str:
    """The officer, if the visitor may see who it was on that day."""
    officer = (stored.response.tag.officer if stored.response.tag else None) or ""
    return officers.get(officer, officer) if look.may("see-officers", stored.unit) else ""


def _said(look: Look, id: str) -> tuple[SaidRow, ...] | None:
    """What was written, as far as the visitor may read it now; None if there is no remark for them."""
    reader = look.reader()
    if reader is None:
        return None
    opener = look.administrators.opener(look.connection)
    try:
        remark = remark_of(look.connection, reader, id, now=look.now, opener=opener).remark
    except ProblemError:
        return None
    language = look.translation.language
    return tuple(SaidRow(pick(each.asked, language), each.text) for each in remark.said)


def _history(
    look: Look, own: str, history: tuple[Happened, ...], review: Review | None
) -> tuple[HistoryRow, ...]:
    named = [*(each.who for each in history), *([review.who] if review else [])]
    numbers = {number for who in named if (number := account_in(who)) is not None}
    people = account_names(look.connection, numbers)
    rows = [
        HistoryRow(
            at=each.at,
            what=look.say(_HAPPENED[each.what]),
            address=f"{RESPONSES}/{each.id}",
            who=people.get(account_in(each.who) or 0, each.who),
            reason=each.reason,
        )
        for each in history
    ]
    if review:
        who = people.get(account_in(review.who) or 0, review.who)
        what = look.say("Đã xem: phiếu hợp lệ")
        rows.append(HistoryRow(at=review.at, what=what, address="", who=who, reason=review.reason))
    for each in repeated_answers(look.connection, first=own):
        what = look.say(
            "Có một lần trả lời nữa (%(channel)s): để riêng, không tính",
            channel=look.say(CHANNELS[each.channel]),
        )
        if each.taken_back:
            what = look.say("Cán bộ hủy lượt này sau câu trả lời: xem thẻ, mã hồ sơ có đúng không")
        rows.append(HistoryRow(at=each.at, what=what, address="", who="", reason=""))
    return tuple(sorted(rows, key=lambda row: row.at))


class FindAsked(Struct, frozen=True):
    """What names one response: its id, or a device and the number there."""

    typed: Annotated[str, Meta(max_length=120)] = field(default="", name="ma")


@get(RESPONSES + "/tim", opt=needs(SEE), dependencies={"asked": query(FindAsked)})
async def finds(visit: NamedDependency[Visit], asked: NamedDependency[FindAsked]) -> Response[Any]:
    """Lead to the response that was named."""
    id = await visit.read(_found, asked.typed)
    if not id:
        return await visit.show(responses_page, RowsAsked(), " ".join(asked.typed.split()) or "–")
    return visit.go(f"{RESPONSES}/{id}")


def _found(look: Look, typed: str) -> str:
    id = find_id(look.connection, typed)
    return id if id and read_one(look.connection, look.person, SEE, id, look.today) else ""


@get(RESPONSES + "/{id:str}", opt=needs(SEE, reveals=True))
async def response(visit: NamedDependency[Visit], id: FromPath[str]) -> Response[Any]:
    """One response."""
    return await visit.show(response_page, id)


ROUTES = (finds, response)
