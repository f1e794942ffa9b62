"""One remark: the words, who holds it, what was done, and the steps that are possible now.

Contact details are on a page of their own, for which a person confirms who it is; each look leaves a line.
A remark that there is not, a foreign one, one that is not visible yet and one about oneself answer alike.
"""

from datetime import datetime
from typing import Annotated, Any, Final

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Meta, Struct, field

from sync.central.office.audit.acts import Act
from sync.central.office.corrections import naming
from sync.central.office.people.permissions import Person
from sync.central.office.remarks.contact import ContactField, reveal_contact
from sync.central.office.remarks.handling import handle
from sync.central.office.remarks.listing import Reader, Remark, RemarkAct, reader_of, remark_of
from sync.central.office.remarks.stages import StepName
from sync.central.office.work.owned import NOTE
from sync.central.pulling.desk import Administrators
from sync.central.web.choices import Option
from sync.central.web.frame import Link
from sync.central.web.look import Look
from sync.central.web.problems import ProblemPage, problem_page
from sync.central.web.remark_rows import DONE, REMARKS, RESULTS, RemarkRow, read_drawing, remark_row
from sync.central.web.routes import needs
from sync.central.web.shown import Shown
from sync.central.web.typed import line
from sync.central.web.visit import Visit
from sync.contract.plan import VIET_NAM
from sync.contract.problem import ProblemError
from sync.contract.problem.browser import NOT_PERMITTED
from sync.contract.problem.centre import REMARK_UNKNOWN
from sync.contract.problem.wire import ADDRESS_UNKNOWN

SEE: Final = "see-remarks"
HANDLE: Final = "handle-remarks"
REVEAL: Final = "reveal-contact"
_FIELDS = {"name": "Họ tên", "phone": "Điện thoại", "address": "Địa chỉ"}
_SAID: dict[StepName, str] = {
    "take": "Bạn đã nhận ý kiến này.",
    "answer": "Đã ghi câu trả lời.",
    "close": "Đã đóng ý kiến.",
    "reopen": "Đã mở lại ý kiến.",
}


class HandlingFields(Struct, frozen=True, forbid_unknown_fields=True):
    """One step. read: how many steps the page showed that it was sent from."""

    step: StepName = field(name="buoc")
    read: int = field(name="da_doc")
    note: Annotated[str, Meta(max_length=4 * NOTE)] = field(default="", name="ghi_chu")
    result: Annotated[str, Meta(max_length=64)] = field(default="", name="ket_qua")


class StepRow(Struct, frozen=True, kw_only=True):
    """Something that was done about a remark."""

    at: datetime
    who: str
    done: str
    result: str
    note: str


class ContactRow(Struct, frozen=True):
    """One field of contact details."""

    label: str
    text: str


class RemarkPage(Struct, frozen=True, kw_only=True):
    """One remark. officer: None if the visitor may not see it, "" if there was none.

    can: what the visitor may do now. own: the visitor holds it. read: how many steps it had. contact: None
    while it is not revealed; may_reveal: whether it can be. typed: what was sent and refused, by `wrong`.
    """

    row: RemarkRow
    counter: str
    officer: str | None
    steps: tuple[StepRow, ...]
    can: tuple[StepName, ...]
    own: bool
    read: int
    note_length: int
    results: tuple[Option, ...]
    contact: tuple[ContactRow, ...] | None
    may_reveal: bool
    typed: HandlingFields | None
    wrong: ProblemPage | None


def remark_page(
    look: Look,
    id: str,
    *,
    typed: HandlingFields | None = None,
    refused: ProblemError | None = None,
    contact: tuple[ContactField, ...] | None = None,
) -> Shown:
    """One remark, as it is now; raises ProblemError HL4010 if there is none that the visitor may see."""
    reader = _known(look.reader(SEE))
    opener = look.administrators.opener(look.connection)
    try:
        history = remark_of(look.connection, reader, id, now=look.now, opener=opener)
    except ProblemError as error:
        raise _as_unknown(error) from error
    remark = history.remark
    names = look.names
    accounts = {step.account for step in history.steps}
    drawing = read_drawing(look, names, accounts)
    row = remark_row(look, drawing, remark, with_unit=True, whole=True)
    may_handle = reader_of(look.person, look.today, HANDLE) is not None
    may_reveal = reader_of(look.person, look.today, REVEAL) is not None
    officer = names.officers.get(remark.officer, remark.officer) if _sees_officer(look, remark) else None
    page = RemarkPage(
        row=row,
        counter=names.counters.get((remark.unit, remark.counter)) or remark.counter,
        officer=officer,
        steps=tuple(
            StepRow(
                at=step.at,
                who=drawing.people.get(step.account, ""),
                done=look.say(DONE[step.step]),
                result=look.say(RESULTS[step.result]) if step.result else "",
                note=step.note,
            )
            for step in history.steps
        ),
        can=history.possible if may_handle else (),
        own=remark.stage.owner == look.person.account,
        read=remark.steps,
        note_length=NOTE,
        results=tuple(Option(value, look.say(label)) for value, label in RESULTS.items()),
        contact=None if contact is None else tuple(_contact_row(look, each) for each in contact),
        may_reveal=may_reveal and remark.readable and bool(remark.called),
        typed=typed,
        wrong=problem_page(refused.problem, look.translation.language) if refused else None,
    )
    return Shown(
        template="remark.html",
        title=look.say("Ý kiến về %(procedure)s", procedure=row.procedure),
        page=page,
        crumbs=(Link(REMARKS, look.say("Ý kiến")),),
        status=refused.problem.kind.status if refused else 200,
    )


def _sees_officer(look: Look, remark: Remark) -> bool:
    """Whether the visitor may see which officer a visit was about, in general and on this day."""
    if not look.may("see-officers", remark.unit):
        return False
    this_month = remark.day.replace(day=1) == look.today.replace(day=1)
    return not (this_month and look.only_months_over(remark.unit))


def _acting_reader(act: Act, person: Person, allowed: RemarkAct) -> Reader:
    day = act.now.astimezone(VIET_NAM).date()
    return _known(reader_of(person, day, allowed, naming(act.connection, person.officer)))


def _known(reader: Reader | None) -> Reader:
    if reader is None:
        raise ProblemError(NOT_PERMITTED())
    return reader


def _as_unknown(error: ProblemError) -> ProblemError:
    """The answer to an address that there is not, for a remark that there is not."""
    return ProblemError(ADDRESS_UNKNOWN()) if error.problem.kind is REMARK_UNKNOWN else error


def _contact_row(look: Look, shown: ContactField) -> ContactRow:
    return ContactRow(look.say(_FIELDS.get(shown.field, shown.field)), shown.text)


@get(REMARKS + "/{id:str}", opt=needs(SEE, reveals=True))
async def remark(visit: NamedDependency[Visit], id: FromPath[str]) -> Response[Any]:
    """One remark."""
    return await visit.show(remark_page, id)


# --- the steps --------------------------------------------------------------------------------------------


# A step that is refused answers with the page, words included, so this leaves the line of a page too.
@post(REMARKS + "/{id:str}", opt=needs(HANDLE, reveals=True))
async def handles(visit: NamedDependency[Visit], id: FromPath[str]) -> Response[Any]:
    """Take, answer, close or reopen a remark."""
    fields = await visit.fields(HandlingFields)
    try:
        await visit.act(_handle, visit.visitor.person, id, fields)
    except ProblemError as error:
        if error.problem.kind is REMARK_UNKNOWN:
            raise _as_unknown(error) from error
        return await visit.show(remark_page, id, typed=fields, refused=error)
    onwards = REMARKS if fields.step == "close" else f"{REMARKS}/{id}"
    return visit.go(onwards, visit.say(_SAID[fields.step]))


def _handle(act: Act, person: Person, id: str, fields: HandlingFields) -> None:
    reader = _acting_reader(act, person, HANDLE)
    note = "\n".join(line(each, "ghi_chu") for each in fields.note.splitlines())
    handle(act, reader, id, fields.step, read=fields.read, note=note, result=fields.result)


# --- contact details --------------------------------------------------------------------------------------


@get(REMARKS + "/{id:str}/lien-he", opt=needs(REVEAL, reveals=True))
async def contact(visit: NamedDependency[Visit], id: FromPath[str]) -> Response[Any]:
    """One remark with the contact details that the citizen left."""
    administrators = visit.desk.administrators
    try:
        revealed = await visit.act(_reveal, visit.visitor.person, id, administrators)
    except ProblemError as error:
        raise _as_unknown(error) from error
    return await visit.show(remark_page, id, contact=revealed)


def _reveal(act: Act, person: Person, id: str, administrators: Administrators) -> tuple[ContactField, ...]:
    reader = _acting_reader(act, person, REVEAL)
    return reveal_contact(act, reader, id, administrators.opener(act.connection))


ROUTES = (remark, handles, contact)
