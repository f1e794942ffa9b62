"""Print runs: numbered forms that were printed together for one person or office.

Promises:
- no two forms of a unit and plan have the same number: each run goes on after the highest one;
- a run that is asked for twice with the same id is made once, so its forms can be printed again.
"""

from datetime import date

from msgspec import Struct
from sqlalchemy import Connection, Row, func, insert, select, update

from sync.central.office.audit.acts import Act
from sync.central.office.paper.asked import (
    FORMS,
    HIGHEST,
    Asked,
    asked_of,
    check_asked,
    check_id,
    check_number,
    check_text,
    columns_of,
    wrong,
)
from sync.central.store.database import one_at_a_time
from sync.central.store.paper_tables import print_runs
from sync.contract.plan import VIET_NAM
from sync.contract.problem import ProblemError
from sync.contract.problem.paper import PRINT_RUN_UNKNOWN


class PrintRun(Struct, frozen=True, kw_only=True):
    """Forms `first` to `last`. holder: who hands them out. given_out, returned: None while nobody counted."""

    id: str
    asked: Asked
    first: int
    last: int
    holder: str
    issued_on: date
    given_out: int | None = None
    returned: int | None = None

    @property
    def count(self) -> int:
        """How many were printed."""
        return self.last - self.first + 1


def make_run(act: Act, asked: Asked, *, id: str, count: int, holder: str, account: int = 0) -> PrintRun:
    """Number `count` forms for `holder`; the run that has this id already is returned as it is.

    id: from `new_id`. account: of who prints them, 0 for a command. Raises ProblemError HL5020, HL5224.
    """
    connection = act.connection
    check_id(id)
    check_number(count, "count", most=FORMS)
    holder = check_text(holder, "holder")
    today = act.now.astimezone(VIET_NAM).date()
    one_at_a_time(connection)
    check_asked(connection, asked, today)
    row = connection.execute(select(print_runs).where(print_runs.c.id == id)).first()
    if row is not None:
        made = run_of(row)
        if (made.asked, made.count, made.holder) != (asked, count, holder):
            raise wrong("id")
        act.undo()
        return made
    r = print_runs.c
    highest = select(func.max(r.last)).where(r.unit == asked.unit, r.plan == asked.plan)
    first = (connection.execute(highest).scalar() or 0) + 1
    check_number(first + count - 1, "count", most=HIGHEST)
    run = PrintRun(id=id, asked=asked, first=first, last=first + count - 1, holder=holder, issued_on=today)
    connection.execute(
        insert(print_runs).values(
            id=id,
            **columns_of(asked),
            first=run.first,
            last=run.last,
            holder=holder,
            issued_on=today.isoformat(),
            account=account,
            changed_at=act.now.isoformat(),
        )
    )
    act.note("paper-print", f"paper run {id}", f"{asked.unit} {asked.survey} {run.first}-{run.last}")
    return run


def count_run(act: Act, id: str, *, given_out: int | None, returned: int | None) -> None:
    """Note how many forms of a run were given out and came back. Raises ProblemError HL5220, HL5224."""
    one_at_a_time(act.connection)
    run = run_named(act.connection, id)
    if given_out is not None:
        check_number(given_out, "given_out", least=0, most=run.count)
    if returned is not None:
        check_number(returned, "returned", least=0, most=run.count if given_out is None else given_out)
    values = {"given_out": given_out, "returned": returned, "changed_at": act.now.isoformat()}
    act.connection.execute(update(print_runs).where(print_runs.c.id == id).values(values))
    said = ("" if each is None else str(each) for each in (given_out, returned))
    act.note("paper-given", f"paper run {id}", " ".join(said).strip())


def run_named(connection: Connection, id: str) -> PrintRun:
    """The run with this id; raises ProblemError HL5220 if there is none."""
    row = connection.execute(select(print_runs).where(print_runs.c.id == id)).first()
    if row is None:
        raise ProblemError(PRINT_RUN_UNKNOWN(where="run", detail=id))
    return run_of(row)


def run_of(row: Row[tuple[object, ...]]) -> PrintRun:
    """The run of this row."""
    return PrintRun(
        id=row.id,
        asked=asked_of(row),
        first=row.first,
        last=row.last,
        holder=row.holder,
        issued_on=date.fromisoformat(row.issued_on),
        given_out=row.given_out,
        returned=row.returned,
    )
