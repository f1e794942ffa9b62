"""What surrounds the figures of a report: its letterhead, its grounds, who receives and who signs it.

What the office has decided for its documents comes first, then what the plan's own text says, then what is
usual for such a unit.
"""

from datetime import date

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Connection

from sync.central.office.letterheads import (
    OfficeLetterhead,
    completed,
    decided_letterhead,
    usual_letterhead,
    usual_letterhead_of,
)
from sync.central.office.units.above import units_from
from sync.central.reports.model import Letterhead
from sync.contract.official import DocumentType, written_day
from sync.contract.plan import Plan
from sync.contract.text import pick

_GROUND = "Căn cứ"


class Frame(Struct, frozen=True, kw_only=True):
    """The frame of one document.

    name: the body that reports, within a sentence. plan: the plan that it carries out, within a sentence, ""
    without one. title: the plan's own. basis: the plan's grounds (“Căn cứ …”). carried_out: what else it
    rests on (“Thực hiện …”), which is text in a document and no ground.
    """

    letterhead: Letterhead
    name: str
    addressed_to: tuple[str, ...] = ()
    plan: str = ""
    title: str = ""
    basis: tuple[str, ...] = ()
    carried_out: tuple[str, ...] = ()
    signer: tuple[str, ...]
    recipients: tuple[str, ...] = ()


def read_frame(
    connection: Connection, unit: str, plan: Plan | None, last: date, type: DocumentType = "BC"
) -> Frame:
    """The frame of a document of this unit about days up to `last`."""
    usual = usual_letterhead_of(connection, unit, last)
    if plan and plan.unit == unit:
        above = units_from(connection, unit, last)[1:2]
        usual = _of_plan(plan, usual_letterhead(plan.authority, pick(above[0].name, "vi") if above else ""))
    basis = plan.basis if plan else ()
    decided = decided_letterhead(connection, unit)
    head = completed(decided, usual)
    file = () if plan and plan.recipients and decided.recipients is None else (f"Lưu: {head.archive}",)
    return Frame(
        letterhead=Letterhead(
            above=head.above,
            body=head.body,
            type=type,
            code=head.code,
            place=head.place,
            year=last.year,
            form_code=head.form_code,
            name=head.name,
        ),
        name=head.name,
        addressed_to=head.addressed_to,
        plan=plan_line(plan) if plan else "",
        title=pick(plan.title, "vi") if plan else "",
        basis=tuple(each.line() for each in basis if each.opening == _GROUND),
        carried_out=tuple(each.line() for each in basis if each.opening != _GROUND),
        signer=head.signed_by(type),
        recipients=(*(("Như trên",) if head.addressed_to else ()), *head.recipients, *file),
    )


def plan_line(plan: Plan) -> str:
    """The plan within a sentence: “Kế hoạch số 125/KH-UBND ngày 02/7/2020 của UBND phường …”."""
    number = f"số {plan.number}" if plan.number else f"“{pick(plan.title, 'vi')}”"
    issued = f"ngày {written_day(plan.issued)}" if plan.issued else ""
    return " ".join(filter(None, ("Kế hoạch", number, issued, f"của {plan.authority}")))


def _of_plan(plan: Plan, usual: OfficeLetterhead) -> OfficeLetterhead:
    """What is usual, with what the plan's text says."""
    return replace(
        usual,
        code=plan.number.rpartition("-")[2] or usual.code,
        signer=plan.signer.lines() if plan.signer else usual.signer,
        addressed_to=(plan.report_to,) if plan.report_to else usual.addressed_to,
        recipients=tuple(recipient.line() for recipient in plan.recipients) or usual.recipients,
    )
