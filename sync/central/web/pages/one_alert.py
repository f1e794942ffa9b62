"""One alert: what happened, who holds it, what was done, and the steps that are possible now.

An alert that there is not, a foreign one, one that is not visible yet and one about oneself answer alike.
"""

from datetime import datetime
from typing import Annotated, Any, Final

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Meta, Struct, field

from sync.central.office.alerts.alarms import CENTRE_ITSELF, OF_VISITS
from sync.central.office.alerts.handling import handle_alert
from sync.central.office.alerts.listing import Alert, AlertHistory, alert_of, alert_reader
from sync.central.office.alerts.stages import PersonStep, StepName
from sync.central.office.audit.acts import Act
from sync.central.office.corrections import naming
from sync.central.office.people.accounts import account_names
from sync.central.office.people.permissions import Person
from sync.central.office.remedies.register import remedies_from
from sync.central.office.work.owned import NOTE
from sync.central.web.alert_words import ALERTS, DONE, ENDED, KINDS, RESULTS, AlertRow, alert_row
from sync.central.web.choices import Option
from sync.central.web.frame import Link
from sync.central.web.look import Look
from sync.central.web.pages.alerts import SEE, alert_reader_of
from sync.central.web.pages.remedies import reader_for
from sync.central.web.problems import ProblemPage, problem_page
from sync.central.web.remark_rows import REMARKS
from sync.central.web.remedy_words import REMEDIES
from sync.central.web.routes import needs
from sync.central.web.shown import Shown
from sync.central.web.typed import line
from sync.central.web.visit import Visit
from sync.contract.plan import VIET_NAM
from sync.contract.problem import ProblemError
from sync.contract.problem.browser import NOT_PERMITTED
from sync.contract.problem.centre import ALERT_UNKNOWN
from sync.contract.problem.wire import ADDRESS_UNKNOWN

HANDLE: Final = "handle-alerts"
_SAID: dict[PersonStep, str] = {
    "take": "Bạn đã nhận cảnh báo này.",
    "act": "Đã ghi việc đã làm.",
    "close": "Đã đóng cảnh báo.",
    "reopen": "Đã mở lại cảnh báo.",
}


class AlertFields(Struct, frozen=True, forbid_unknown_fields=True):
    """One step. read: how many steps the page showed that it was sent from."""

    step: PersonStep = field(name="buoc")
    read: int = field(name="da_doc")
    note: Annotated[str, Meta(max_length=4 * NOTE)] = field(default="", name="ghi_chu")
    result: Annotated[str, Meta(max_length=64)] = field(default="", name="ket_qua")


class StepRow(Struct, frozen=True, kw_only=True):
    """Something that was done. who: "" for the centre itself."""

    at: datetime
    who: str
    done: str
    result: str
    note: str


class AlertPage(Struct, frozen=True, kw_only=True):
    """One alert. about: where to read on. can: what the visitor may do now. read: how many steps it had.

    remedies: those that come from it; remedy: where one is made, "" for who may not. waits: whether it was
    shown on the next working day only. typed: what was sent and refused, by `wrong`.
    """

    row: AlertRow
    kind: str
    raised_at: datetime
    waits: bool
    about: Link | None
    steps: tuple[StepRow, ...]
    can: tuple[StepName, ...]
    read: int
    note_length: int
    results: tuple[Option, ...]
    remedies: tuple[Link, ...]
    remedy: str
    typed: AlertFields | None
    wrong: ProblemPage | None


def alert_page(
    look: Look, id: str, *, typed: AlertFields | None = None, refused: ProblemError | None = None
) -> Shown:
    """One alert, as it is now; raises ProblemError HL4010 if there is none that the visitor may see."""
    history = known_alert(look, id)
    alert = history.alert
    accounts = {step.account for step in history.steps} | {alert.stage.owner or CENTRE_ITSELF}
    people = account_names(look.connection, accounts)
    row = alert_row(look, alert, people, with_unit=True)
    may_handle = alert_reader(look.person, look.today, HANDLE) is not None
    remedies = reader_for(look, "see-remedies")
    page = AlertPage(
        row=row,
        kind=look.say(KINDS[alert.kind]),
        raised_at=alert.raised_at,
        waits=alert.kind in OF_VISITS,
        about=_about(look, alert),
        steps=tuple(
            StepRow(
                at=step.at,
                who=people.get(step.account, ""),
                done=look.say(DONE[step.step]),
                result=look.say(ENDED[step.result]) if step.result else "",
                note=step.note,
            )
            for step in history.steps
        ),
        can=history.possible if may_handle else (),
        read=alert.steps,
        note_length=NOTE,
        results=tuple(Option(value, look.say(words)) for value, words in RESULTS.items()),
        remedies=tuple(
            Link(f"{REMEDIES}/{remedy.id}", remedy.measure)
            for remedy in (remedies_from(look.connection, remedies, f"alert {alert.id}") if remedies else ())
        ),
        remedy=f"{REMEDIES}/moi?canh_bao={alert.id}" if look.may("handle-remedies", alert.unit) else "",
        typed=typed,
        wrong=problem_page(refused.problem, look.translation.language) if refused else None,
    )
    return Shown(
        template="one_alert.html",
        title=row.title,
        page=page,
        crumbs=(Link(ALERTS, look.say("Cảnh báo")),),
        status=refused.problem.kind.status if refused else 200,
    )


def known_alert(look: Look, id: str) -> AlertHistory:
    """The alert with its history; raises ProblemError HL4010 if there is none that the visitor may see."""
    try:
        return alert_of(look.connection, alert_reader_of(look), id)
    except ProblemError as error:
        raise _as_unknown(error) from error


def _about(look: Look, alert: Alert) -> Link | None:
    """Where to read on, if the visitor may."""
    if alert.kind == "low" and look.may("see-remarks", alert.unit):
        return Link(f"{REMARKS}/{alert.subject}", look.say("Đọc ý kiến và lượt này"))
    if alert.kind == "silent-unit" and look.may("see-devices", alert.unit):
        return Link(f"/may?unit={alert.unit}", look.say("Xem các máy"))
    if alert.kind in ("silent", "burst", "streak", "after-hours") and look.may("see-devices", alert.unit):
        return Link(f"/may/{alert.subject}", look.say("Xem máy"))
    return None


def _as_unknown(error: ProblemError) -> ProblemError:
    """The answer to an address that there is not, for an alert that there is not."""
    return ProblemError(ADDRESS_UNKNOWN()) if error.problem.kind is ALERT_UNKNOWN else error


@get(ALERTS + "/{id:str}", opt=needs(SEE))
async def one_alert(visit: NamedDependency[Visit], id: FromPath[str]) -> Response[Any]:
    """One alert."""
    return await visit.show(alert_page, id)


@post(ALERTS + "/{id:str}", opt=needs(HANDLE))
async def handles_alert(visit: NamedDependency[Visit], id: FromPath[str]) -> Response[Any]:
    """Take an alert, write what was done, close or reopen it."""
    fields = await visit.fields(AlertFields)
    try:
        await visit.act(_handle, visit.visitor.person, id, fields)
    except ProblemError as error:
        if error.problem.kind is ALERT_UNKNOWN:
            raise _as_unknown(error) from error
        return await visit.show(alert_page, id, typed=fields, refused=error)
    return visit.go(f"{ALERTS}/{id}", visit.say(_SAID[fields.step]))


def _handle(act: Act, person: Person, id: str, fields: AlertFields) -> None:
    day = act.now.astimezone(VIET_NAM).date()
    reader = alert_reader(person, day, HANDLE, naming(act.connection, person.officer))
    if reader is None:
        raise ProblemError(NOT_PERMITTED())
    note = "\n".join(line(each, "ghi_chu") for each in fields.note.splitlines())
    handle_alert(act, reader, id, fields.step, read=fields.read, note=note, result=fields.result)


ROUTES = (one_alert, handles_alert)
