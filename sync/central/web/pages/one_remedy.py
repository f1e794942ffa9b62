"""One remedy: the problem with its figure, who does what until when, and the steps that are possible now.

A remedy that there is not and a foreign one answer alike.
"""

from datetime import date, datetime
from typing import Annotated, Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Meta, Struct, field

from sync.central.office.alerts.listing import alert_of, alert_reader
from sync.central.office.audit.acts import Act
from sync.central.office.corrections import naming
from sync.central.office.people.accounts import account_names
from sync.central.office.people.permissions import Person
from sync.central.office.remedies.handling import handle_remedy
from sync.central.office.remedies.register import remedy_of, remedy_reader
from sync.central.office.remedies.stages import NOTE, StepName
from sync.central.web.alert_words import ALERTS, title_of
from sync.central.web.frame import Link
from sync.central.web.look import Look
from sync.central.web.pages.one_report import seen_report
from sync.central.web.pages.remedies import HANDLE, SEE, own_reader
from sync.central.web.problems import ProblemPage, problem_page
from sync.central.web.remedy_words import DONE, REMEDIES, RemedyRow, remedy_row
from sync.central.web.report_rows import REPORTS, title_of_report
from sync.central.web.routes import needs
from sync.central.web.shown import Shown
from sync.central.web.typed import line
from sync.central.web.visit import Visit
from sync.contract.plan import VIET_NAM
from sync.contract.problem import ProblemError
from sync.contract.problem.browser import NOT_PERMITTED
from sync.contract.problem.centre import REMEDY_UNKNOWN
from sync.contract.problem.wire import ADDRESS_UNKNOWN

_SAID: dict[StepName, str] = {
    "begin": "Đã ghi: bắt đầu làm.",
    "finish": "Đã ghi kết quả; chờ người khác kiểm tra.",
    "check": "Đã kiểm tra việc này.",
    "drop": "Đã thôi việc này.",
    "reopen": "Đã mở lại việc này.",
}


class RemedyFields(Struct, frozen=True, forbid_unknown_fields=True):
    """One step. read: how many steps the page showed that it was sent from."""

    step: StepName = field(name="buoc")
    read: int = field(name="da_doc")
    note: Annotated[str, Meta(max_length=4 * NOTE)] = field(default="", name="ghi_chu")
    after: Annotated[str, Meta(max_length=4 * NOTE)] = field(default="", name="so_lieu_sau")


class StepRow(Struct, frozen=True, kw_only=True):
    """Something that was done."""

    at: datetime
    who: str
    done: str
    note: str
    after: str


class RemedyPage(Struct, frozen=True, kw_only=True):
    """One remedy. source: the alert or report that it comes from, if the visitor may see it.

    can: what they may do now. own_check: whether the visitor finished it or had to do it, so that somebody
    else checks it. typed: what was sent and refused, by `wrong`.
    """

    row: RemedyRow
    first: date | None
    last: date | None
    question: str
    made_at: datetime
    finished_on: date | None
    source: Link | None
    steps: tuple[StepRow, ...]
    can: tuple[StepName, ...]
    own_check: bool
    read: int
    note_length: int
    typed: RemedyFields | None
    wrong: ProblemPage | None


def remedy_page(
    look: Look, id: str, *, typed: RemedyFields | None = None, refused: ProblemError | None = None
) -> Shown:
    """One remedy, as it is now; raises ProblemError HL4010 if there is none that the visitor may see."""
    try:
        history = remedy_of(look.connection, own_reader(look), id)
    except ProblemError as error:
        raise _as_unknown(error) from error
    remedy = history.remedy
    people = account_names(look.connection, {step.account for step in history.steps})
    may_handle = look.may(HANDLE, remedy.unit)
    page = RemedyPage(
        row=remedy_row(look, remedy, with_unit=True),
        first=remedy.first,
        last=remedy.last,
        question=remedy.question,
        made_at=remedy.made_at,
        finished_on=remedy.finished_on,
        source=_source(look, remedy.source),
        steps=tuple(
            StepRow(
                at=step.at,
                who=people.get(step.account, ""),
                done=look.say(DONE[step.step]),
                note=step.note,
                after=step.after,
            )
            for step in history.steps
        ),
        can=history.possible if may_handle else (),
        own_check=may_handle and remedy.state == "done" and "check" not in history.possible,
        read=remedy.steps,
        note_length=NOTE,
        typed=typed,
        wrong=problem_page(refused.problem, look.translation.language) if refused else None,
    )
    return Shown(
        template="one_remedy.html",
        title=look.say("Việc khắc phục"),
        page=page,
        crumbs=(Link(REMEDIES, look.say("Khắc phục")),),
        status=refused.problem.kind.status if refused else 200,
    )


def _source(look: Look, source: str) -> Link | None:
    """The alert or report that a remedy comes from, for who may see that."""
    kind, _, id = source.partition(" ")
    reader = alert_reader(look.person, look.today, "see-alerts", naming(look.connection, look.person.officer))
    try:
        if kind == "report":
            return Link(f"{REPORTS}/{id}", title_of_report(look, seen_report(look, int(id))[0]))
        if kind == "alert" and reader:
            return Link(f"{ALERTS}/{id}", title_of(look, alert_of(look.connection, reader, id).alert))
    except ProblemError:
        return None
    return None


def _as_unknown(error: ProblemError) -> ProblemError:
    """The answer to an address that there is not, for a remedy that there is not."""
    return ProblemError(ADDRESS_UNKNOWN()) if error.problem.kind is REMEDY_UNKNOWN else error


@get(REMEDIES + "/{id:str}", opt=needs(SEE))
async def one_remedy(visit: NamedDependency[Visit], id: FromPath[str]) -> Response[Any]:
    """One remedy."""
    return await visit.show(remedy_page, id)


@post(REMEDIES + "/{id:str}", opt=needs(HANDLE))
async def handles_remedy(visit: NamedDependency[Visit], id: FromPath[str]) -> Response[Any]:
    """Begin, finish, check, give up or reopen a remedy."""
    fields = await visit.fields(RemedyFields)
    try:
        await visit.act(_handle, visit.visitor.person, id, fields)
    except ProblemError as error:
        if error.problem.kind is REMEDY_UNKNOWN:
            raise _as_unknown(error) from error
        return await visit.show(remedy_page, id, typed=fields, refused=error)
    return visit.go(f"{REMEDIES}/{id}", visit.say(_SAID[fields.step]))


def _handle(act: Act, person: Person, id: str, fields: RemedyFields) -> None:
    reader = remedy_reader(
        person,
        act.now.astimezone(VIET_NAM).date(),
        HANDLE,
        naming(act.connection, person.officer),
    )
    if reader is None:
        raise ProblemError(NOT_PERMITTED())
    note = "\n".join(line(each, "ghi_chu") for each in fields.note.splitlines())
    handle_remedy(
        act,
        reader,
        id,
        fields.step,
        read=fields.read,
        note=note,
        after=line(fields.after, "so_lieu_sau"),
    )


ROUTES = (one_remedy, handles_remedy)
