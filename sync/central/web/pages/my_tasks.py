"""What the visitor has to do.

Reports to draft and to approve, remarks and alerts they hold, remedies of theirs, and those to be checked;
notices and tasks of plans, what keeps plans from going on, and lots of paper forms handed to them.
"""

from datetime import date
from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency
from msgspec import Struct

from sync.central.duties.turns import own_unit
from sync.central.figures.morning import reports_to_draft
from sync.central.figures.said import value_in_words
from sync.central.office.alerts.listing import AlertsAsked, alert_reader, alerts_of
from sync.central.office.corrections import naming
from sync.central.office.paper.handing import offered_to
from sync.central.office.paper.lots import lot_named
from sync.central.office.people.permissions import PermittedAct, may_anywhere
from sync.central.office.planning.notices import own_units, unread_at
from sync.central.office.planning.obstacles import Obstacle, answered_for, unanswered
from sync.central.office.planning.tasks import plans_with_tasks, tasks_of
from sync.central.office.plans import issued_plan
from sync.central.office.remarks.listing import Asked as RemarksAsked
from sync.central.office.remarks.listing import remarks_of
from sync.central.office.remedies.register import RemediesAsked, Remedy, remedies_of
from sync.central.presenting.language import capital
from sync.central.reports.issuing.proposing import named, sent_by
from sync.central.reports.issuing.waiting import awaiting_approval
from sync.central.reports.kinds.all_kinds import KINDS
from sync.central.web.alert_words import ALERTS, alert_row
from sync.central.web.look import Look
from sync.central.web.near_units import of_unit
from sync.central.web.pages.paper_desk import PAPER
from sync.central.web.pages.paper_handing import HANDING
from sync.central.web.pages.remedies import HANDLE, SEE, own_reader, reader_for
from sync.central.web.pages.reports import DRAFT
from sync.central.web.pages.reports import SEE as SEE_REPORTS
from sync.central.web.paper_words import KEY, asked_words
from sync.central.web.plan_words import ANSWER, PLANS
from sync.central.web.remark_rows import REMARKS, procedure_name
from sync.central.web.remedy_words import REMEDIES
from sync.central.web.report_rows import REPORTS
from sync.central.web.routes import needs
from sync.central.web.shown import Shown
from sync.central.web.visit import Visit
from sync.contract.text import pick

APPROVE: PermittedAct = "approve-report"
MOST = 10
"""Lines of one kind; all of them are one link away."""
SHORT = 120
"""Characters of an obstacle in a line."""


class TaskRow(Struct, frozen=True):
    """Something to do. due: its last day, None for none; late: days since."""

    address: str
    title: str
    note: str
    due: date | None = None
    late: int = 0


class Tasks(Struct, frozen=True, kw_only=True):
    """Things of one kind. all: where all of them are listed; more: whether there are more than these."""

    title: str
    rows: tuple[TaskRow, ...]
    all: str
    more: bool


class MyTasksPage(Struct, frozen=True):
    """All kinds that have something to do."""

    tasks: tuple[Tasks, ...]


def my_tasks_page(look: Look) -> Shown:
    """What the visitor has to do, the latest first."""
    kinds = (
        _unwritten(look),
        _unapproved(look),
        _remarks(look),
        _alerts(look),
        _own_remedies(look),
        _unchecked(look),
        _notices(look),
        _of_plans(look),
        _unanswered(look),
        _answered(look),
        _lots(look),
    )
    page = MyTasksPage(tuple(tasks for tasks in kinds if tasks and tasks.rows))
    return Shown(template="my_tasks.html", title=look.say("Việc của tôi"), page=page)


def _unwritten(look: Look) -> Tasks:
    """The regular reports of the visitor's own units that are due and were not begun."""
    rows, language = [], look.translation.language
    for held in may_anywhere(look.person, DRAFT, look.today):
        unit = own_unit(look.connection, held, look.today)
        for due in reports_to_draft(look.connection, unit, look.today):
            name = capital(value_in_words(due.name, language, look.now))
            late = max(0, (look.today - due.working).days)
            rows.append(TaskRow(of_unit(REPORTS, unit), name, _unit_name(look, unit), due.working, late))
    return _tasks(look.say("Báo cáo tôi cần lập"), list(dict.fromkeys(rows)), REPORTS, more=False)


def _unapproved(look: Look) -> Tasks | None:
    """The drafts that the visitor may approve: those that wait, written by somebody else."""
    if not may_anywhere(look.person, APPROVE, look.today):
        return None
    own = f"account {look.person.account}"
    waiting = [
        each
        for each in awaiting_approval(look.connection, KINDS)
        if own not in each.writers and all(look.may(act, each.asked.unit) for act in (SEE_REPORTS, APPROVE))
    ]
    rows = []
    for each in waiting[: MOST + 1]:
        asked = each.asked
        due = sent_by(look.connection, asked, look.today)
        title = named(look.connection, KINDS[asked.kind], asked)
        late = max(0, (look.today - due).days) if due else 0
        rows.append(TaskRow(f"{REPORTS}/{each.id}", title, _unit_name(look, asked.unit), due, late))
    return _tasks(look.say("Báo cáo chờ tôi phê duyệt"), rows, REPORTS, more=False)


def _unit_name(look: Look, unit: str) -> str:
    return (look.names.units.get(unit) or unit) if unit else look.say("Toàn bộ")


def _remarks(look: Look) -> Tasks | None:
    reader = look.reader()
    if reader is None:
        return None
    asked = RemarksAsked(state="open", owner=reader.account)
    found = remarks_of(
        look.connection, reader, asked, now=look.now, opener=look.administrators.opener(look.connection)
    )
    rows = [
        TaskRow(
            f"{REMARKS}/{remark.id}",
            procedure_name(look, look.names, remark.procedure),
            "",
            remark.due if remark.stage.state == "taken" else None,
            (look.today - remark.due).days if remark.overdue else 0,
        )
        for remark in found.remarks
    ]
    return _tasks(
        look.say("Ý kiến tôi đang giữ"), rows, f"{REMARKS}?trang_thai=toi-giu", more=bool(found.next)
    )


def _alerts(look: Look) -> Tasks | None:
    reader = alert_reader(look.person, look.today, "see-alerts", naming(look.connection, look.person.officer))
    if reader is None:
        return None
    found = alerts_of(look.connection, reader, AlertsAsked(state="open", owner=reader.account))
    drawn = [alert_row(look, alert, {}, with_unit=True) for alert in found.alerts]
    rows = [TaskRow(row.address, row.title, row.unit) for row in drawn]
    return _tasks(
        look.say("Cảnh báo tôi đang giữ"), rows, f"{ALERTS}?trang_thai=toi-giu", more=bool(found.next)
    )


def _own_remedies(look: Look) -> Tasks | None:
    if reader_for(look, SEE) is None:
        return None
    asked = RemediesAsked(state="waiting", account=look.person.account)
    found = remedies_of(look.connection, own_reader(look), asked)
    rows = [_remedy(look, remedy) for remedy in found.remedies]
    return _tasks(look.say("Việc khắc phục tôi làm"), rows, REMEDIES, more=bool(found.next))


def _unchecked(look: Look) -> Tasks | None:
    reader = reader_for(look, HANDLE)
    if reader is None:
        return None
    found = remedies_of(look.connection, reader, RemediesAsked(state="done", checker=reader.account))
    rows = [_remedy(look, remedy) for remedy in found.remedies]
    title = look.say("Việc khắc phục chờ kiểm tra")
    return _tasks(title, rows, f"{REMEDIES}?trang_thai=cho-kiem-tra", more=bool(found.next))


def _notices(look: Look) -> Tasks:
    """The notices of plans that the visitor's own units have not read."""
    units = {held.unit for held in look.person.roles if held.unit}
    own = own_units(look.connection, units, look.person.account, look.today)
    rows = []
    for id in unread_at(look.connection, own):
        issued = issued_plan(look.connection, id)
        if issued is not None and not issued.withdrawn:
            title = pick(issued.plan.title, look.translation.language)
            rows.append(TaskRow(f"{PLANS}/{id}/pho-bien", title, issued.plan.authority))
    return _tasks(look.say("Kế hoạch phổ biến đến đơn vị tôi"), rows, PLANS, more=False)


def _of_plans(look: Look) -> Tasks:
    """The tasks of plans that were given to the visitor."""
    rows = []
    account = look.person.account
    for id in sorted(plans_with_tasks(look.connection, account)):
        issued = issued_plan(look.connection, id)
        if issued is None or issued.withdrawn:
            continue
        title = pick(issued.plan.title, look.translation.language)
        for each in tasks_of(look.connection, issued.plan):
            if each.account == account and each.state != "done":
                address = f"{PLANS}/{id}/viec/{each.id}"
                rows.append(
                    TaskRow(address, each.task.name, title, each.task.last_day, each.late(look.today))
                )
    return _tasks(look.say("Việc của kế hoạch tôi làm"), rows, PLANS, more=False)


def _unanswered(look: Look) -> Tasks | None:
    """The obstacles of plans that wait for the visitor's answer."""
    if not may_anywhere(look.person, ANSWER, look.today):
        return None
    waiting = [each for each in unanswered(look.connection) if look.may(ANSWER, each.unit)]
    rows = [_obstacle(look, each) for each in waiting]
    return _tasks(look.say("Vướng mắc chờ tôi trả lời"), rows, PLANS, more=False)


def _answered(look: Look) -> Tasks:
    """What the visitor said keeps a plan from going on, and was answered."""
    rows = [_obstacle(look, each) for each in answered_for(look.connection, look.person.account)]
    return _tasks(look.say("Vướng mắc tôi báo, đã có trả lời"), rows, PLANS, more=False)


def _lots(look: Look) -> Tasks:
    """The lots of paper forms that somebody hands to the visitor."""
    rows = []
    for each in offered_to(look.connection, look.person.account):
        lot = lot_named(look.connection, each.lot)
        if look.may(KEY, lot.asked.unit):
            unit = _unit_name(look, lot.asked.unit)
            rows.append(TaskRow(f"{PAPER}/{each.lot}{HANDING}", asked_words(look, lot.asked), unit))
    return _tasks(look.say("Lô phiếu chờ tôi nhận"), rows, PAPER, more=False)


def _obstacle(look: Look, each: Obstacle) -> TaskRow:
    due = each.due if each.state == "open" else None
    words = each.words.splitlines()[0]
    title = words if len(words) <= SHORT else f"{words[:SHORT].rstrip()}…"
    unit = _unit_name(look, each.unit)
    return TaskRow(f"{PLANS}/{each.plan}#vuong-mac", title, unit, due, each.late(look.today))


def _remedy(look: Look, remedy: Remedy) -> TaskRow:
    late = (look.today - remedy.due).days if remedy.overdue(look.today) else 0
    due = remedy.due if remedy.state in ("open", "doing") else None
    return TaskRow(f"{REMEDIES}/{remedy.id}", remedy.measure, remedy.problem, due, late)


def _tasks(title: str, rows: list[TaskRow], address: str, *, more: bool) -> Tasks:
    rows.sort(key=lambda row: (-row.late, row.due or date.max))
    return Tasks(title=title, rows=tuple(rows[:MOST]), all=address, more=more or len(rows) > MOST)


@get("/viec", opt=needs(None))
async def my_tasks(visit: NamedDependency[Visit]) -> Response[Any]:
    """What the visitor has to do."""
    return await visit.show(my_tasks_page)


ROUTES = (my_tasks,)
