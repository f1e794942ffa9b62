"""Assignments: which unit, counter or device asks which form, for which plan, whom and when."""

from collections.abc import Sequence
from datetime import datetime, time
from typing import Annotated, get_args

import typer

from sync.central.commands.options import (
    Data,
    Database,
    Day,
    OneUnit,
    Unit,
    Why,
    by_operator,
    today,
    typed_day,
)
from sync.central.commands.printing import AsCsv, show
from sync.central.commands.spans import opening_of
from sync.central.office.audit.acts import acting
from sync.central.office.configuration.assigning import add_assignment, end_assignment, remove_assignment
from sync.central.office.configuration.deciding import checked
from sync.central.office.configuration.scope import read_configured
from sync.central.office.configuration.spans import opening_words
from sync.central.office.configuration.timetable import asked_by_terminals, idle_terminals, idle_words
from sync.central.store.database import reading
from sync.central.store.facts import existing_database
from sync.contract.assignment import Assignment
from sync.contract.catalogue import Device
from sync.contract.plan import VIET_NAM
from sync.contract.response import Respondent

assignments_app = typer.Typer(help="Assignments: which terminal asks which form, when.", no_args_is_help=True)

Id = Annotated[str, typer.Argument(help="The assignment's id, such as thach-ha-thu-bay.")]
RESPONDENTS: dict[str, str] = {"citizen": "người dân", "organisation": "tổ chức", "staff": "cán bộ"}


def register(app: typer.Typer) -> None:
    """Add these commands to the centre's command line."""
    app.add_typer(assignments_app, name="assignments")


def typed_time(text: str) -> time:
    """A time that a person typed, as 07:30."""
    try:
        return time.fromisoformat(text.strip().rjust(5, "0"))
    except ValueError as error:
        raise typer.BadParameter(f"'{text}' không phải giờ: viết 07:30") from error


@assignments_app.command("list")
def assignments_list(
    data: Data,
    unit: Unit = "",
    on: Annotated[Day, typer.Option(parser=typed_day, help="What each terminal asks on this day.")] = None,
    at: Annotated[
        time | None, typer.Option(parser=typed_time, help="At this time, such as 08:00; else now.")
    ] = None,
    as_csv: AsCsv = False,
    database: Database = None,
) -> None:
    """Every assignment of a unit and those below it; with --on or --at what each terminal then asks."""
    with reading(existing_database(data, database)) as connection:
        if on is not None or at is not None:
            now = datetime.now(VIET_NAM)
            moment = datetime.combine(on or now.date(), at or now.time(), VIET_NAM)
            found = list(asked_by_terminals(connection, unit, moment))
            rows = [
                (
                    asked.device.id,
                    asked.device.unit,
                    asked.device.counter,
                    *_asked(asked.assignment, asked.decided),
                )
                for asked in found
            ]
            show(("Máy", "Đơn vị", "Quầy", "Hỏi phiếu", "Kế hoạch", "Phân công"), rows, as_csv)
            return
        assignments = read_configured(connection, unit, today()).assignments
    show(
        ("Mã", "Nơi", "Phiếu", "Kế hoạch", "Hỏi ai", "Từ ngày", "Đến ngày", "Giờ"),
        [_cells(assignment) for assignment in assignments],
        as_csv,
        unbroken=("Mã", "Phiếu"),
    )


@assignments_app.command("add")
def assignments_add(
    data: Data,
    assignment: Id,
    unit: OneUnit,
    survey: Annotated[str, typer.Option(help="The form's id.")],
    why: Why,
    counter: Annotated[str, typer.Option(help="Only at this counter.")] = "",
    device: Annotated[str | None, typer.Option(help="Only on this device.")] = None,
    plan: Annotated[str | None, typer.Option(help="The plan that responses are collected for.")] = None,
    respondent: Annotated[
        list[str] | None, typer.Option(help=f"Several times: {', '.join(get_args(Respondent))}.")
    ] = None,
    starts: Annotated[Day, typer.Option(parser=typed_day, help="Its first day.")] = None,
    ends: Annotated[Day, typer.Option(parser=typed_day, help="Its last day.")] = None,
    hours: Annotated[
        list[str] | None, typer.Option(help='Several times: "T7 07:30-11:30"; else when the office is open.')
    ] = None,
    database: Database = None,
) -> None:
    """Let a unit, a counter or a device ask a form; a conflict is refused by name."""
    added = checked(
        Assignment,
        "assignments",
        id=assignment,
        unit=unit,
        counter=counter,
        device=device,
        survey=survey,
        plan=plan,
        respondents=respondent or ["citizen"],
        starts=starts,
        ends=ends,
        hours=opening_of(hours or ()),
    )
    with acting(existing_database(data, database), by_operator()) as act:
        add_assignment(act, added, why)
        idle = idle_terminals(act.connection, added.unit, today())
    typer.echo("+ " + ", ".join(filter(None, _cells(added))))
    _show_idle(idle)


@assignments_app.command("end")
def assignments_end(
    data: Data,
    assignment: Id,
    last: Annotated[Day, typer.Option("--on", parser=typed_day, help="Its last day.")],
    why: Why,
    database: Database = None,
) -> None:
    """Let an assignment end with a day."""
    if last is None:
        raise typer.BadParameter("--on")
    with acting(existing_database(data, database), by_operator()) as act:
        after = end_assignment(act, assignment, last, why)
    typer.echo("~ " + ", ".join(filter(None, _cells(after))))


@assignments_app.command("remove")
def assignments_remove(data: Data, assignment: Id, why: Why, database: Database = None) -> None:
    """Remove an assignment; what was collected by it stays."""
    with acting(existing_database(data, database), by_operator()) as act:
        unit = remove_assignment(act, assignment, why).unit
        idle = idle_terminals(act.connection, unit, today())
    typer.echo(f"- {assignment}")
    _show_idle(idle)


def _show_idle(idle: Sequence[Device]) -> None:
    """Say which terminals are left with nothing to ask."""
    if idle:
        typer.echo(f"Không còn gì để hỏi: {idle_words(idle)}")


def _asked(assignment: Assignment | None, decided: bool) -> tuple[str, str, str]:
    if assignment is None:
        return ("không hỏi" if decided else "theo kiosk.toml", "", "")
    return (assignment.survey, assignment.plan or "", assignment.id)


def _cells(assignment: Assignment) -> tuple[str, ...]:
    return (
        assignment.id,
        " ".join(filter(None, (assignment.unit, assignment.counter, assignment.device))),
        assignment.survey,
        assignment.plan or "",
        ", ".join(RESPONDENTS[respondent] for respondent in assignment.respondents),
        f"{assignment.starts:%d/%m/%Y}" if assignment.starts else "",
        f"{assignment.ends:%d/%m/%Y}" if assignment.ends else "",
        "; ".join(map(opening_words, assignment.hours)),
    )
