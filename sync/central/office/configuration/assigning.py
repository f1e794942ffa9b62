"""Assignments: which unit, counter or device asks which form, when. A conflict is refused by its names."""

from collections.abc import Iterator
from datetime import date

import msgspec
from msgspec.structs import replace
from sqlalchemy import Connection, delete, insert, select

from sync.central.office.audit.acts import Act
from sync.central.office.configuration.compose import filled_problems
from sync.central.office.configuration.deciding import begin, not_there
from sync.central.office.configuration.row_queries import newest_releases, read_assignments, read_plans
from sync.central.office.configuration.sources import device_named
from sync.central.store.schema import assignments, plans
from sync.contract.assignment import Assignment
from sync.contract.bundle import not_asked
from sync.contract.masking import mask_digits
from sync.contract.plan import VIET_NAM
from sync.contract.problem import Problem, ProblemError, ProblemsError
from sync.contract.problem.centre import ROW_THERE
from sync.contract.problem.files import ENTRY_INVALID, REFERENCE_DANGLING


def add_assignment(act: Act, assignment: Assignment, why: str) -> None:
    """Add an assignment, from today on at the earliest.

    Raises ProblemError HL1003, HL1005, HL1017, HL5011, HL5071, HL5073.
    """
    begin(act, why, assignment.unit)
    there = assignment_named(act.connection, assignment.id)
    if there is not None:
        raise ProblemError(ROW_THERE(where=f"assignments {assignment.id}", detail=there.unit))
    _check_days(assignment, act.now.astimezone(VIET_NAM).date())
    _store(act.connection, assignment)
    act.note(
        "assignment-add", assignment.id, f"{_place(assignment)}: {assignment.survey}; {mask_digits(why)}"
    )


def end_assignment(act: Act, id: str, last: date, why: str) -> Assignment:
    """Let `last` be the last day of an assignment; returns it then. Raises ProblemError as adding it."""
    begin(act, why)
    before = assignment_named(act.connection, id)
    if before is None:
        raise not_there("assignments", id)
    begin(act, why, before.unit)
    after = replace(before, ends=last)
    _store(act.connection, after)
    act.note("assignment-end", id, f"{last.isoformat()}; {mask_digits(why)}")
    return after


def remove_assignment(act: Act, id: str, why: str) -> Assignment:
    """Remove an assignment and return it; what was collected by it stays. Raises HL5071 or HL5072."""
    begin(act, why)
    before = assignment_named(act.connection, id)
    if before is None:
        raise not_there("assignments", id)
    begin(act, why, before.unit)
    drop_assignment(act.connection, id)
    act.note("assignment-remove", id, f"{_place(before)}: {before.survey}; {mask_digits(why)}")
    return before


def assignment_named(connection: Connection, id: str) -> Assignment | None:
    """The assignment with this id."""
    body = connection.execute(select(assignments.c.body).where(assignments.c.id == id)).scalar()
    return msgspec.json.decode(body, type=Assignment) if body else None


def assignments_to(connection: Connection, device: str) -> tuple[Assignment, ...]:
    """The assignments that name this device, in any unit."""
    bodies = connection.execute(select(assignments.c.body).order_by(assignments.c.id)).scalars()
    every = (msgspec.json.decode(body, type=Assignment) for body in bodies)
    return tuple(each for each in every if each.device == device)


def put_assignment(connection: Connection, assignment: Assignment) -> None:
    """Store an assignment in place of the one with this id."""
    drop_assignment(connection, assignment.id)
    body = msgspec.json.encode(assignment).decode()
    connection.execute(insert(assignments).values(id=assignment.id, unit=assignment.unit, body=body))


def drop_assignment(connection: Connection, id: str) -> None:
    """Remove the row of an assignment."""
    connection.execute(delete(assignments).where(assignments.c.id == id))


def _check_days(assignment: Assignment, today: date) -> None:
    """Terminals learn of it today, so a day before it would claim what was never asked."""
    days = {"starts": assignment.starts, "ends": assignment.ends}
    problems = [
        ENTRY_INVALID(where=f"assignments {assignment.id}.{name}", detail="ngày này đã qua")
        for name, day in days.items()
        if day is not None and day < today
    ]
    if problems:
        raise ProblemsError(problems)


def _store(connection: Connection, assignment: Assignment) -> None:
    # Only assignments of one unit can conflict: of two units, the nearer one wins.
    others = [each for each in read_assignments(connection, [assignment.unit]) if each.id != assignment.id]
    together = [*others, assignment]
    in_force = read_plans(connection, plans.c.id.in_({each.plan for each in together if each.plan}))
    problems = [
        *(found for found in filled_problems(together, in_force) if _concerns(found, assignment.id)),
        *_references(connection, assignment),
    ]
    if problems:
        raise ProblemsError(problems)
    put_assignment(connection, assignment)


def _concerns(problem: Problem, id: str) -> bool:
    return id in problem.where.removeprefix("assignments ").replace(",", "").partition(".")[0].split()


def _references(connection: Connection, assignment: Assignment) -> Iterator[Problem]:
    where = f"assignments {assignment.id}"
    forms = newest_releases(connection, [assignment.survey])
    if not forms:
        detail = f"không có phiếu hỏi “{assignment.survey}”"
        yield REFERENCE_DANGLING(where=f"{where}.survey", detail=detail)
    for survey in forms:
        yield from not_asked(assignment, survey)
    if assignment.plan is not None and not read_plans(connection, plans.c.id == assignment.plan):
        yield REFERENCE_DANGLING(where=f"{where}.plan", detail=f"không có kế hoạch “{assignment.plan}”")
    if assignment.device is not None:
        device = device_named(connection, assignment.device)
        if device is None:
            yield REFERENCE_DANGLING(where=f"{where}.device", detail=f"không có máy “{assignment.device}”")


def _place(assignment: Assignment) -> str:
    return " ".join(filter(None, (assignment.unit, assignment.counter, assignment.device)))
