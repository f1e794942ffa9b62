"""The acts on a remedy: make it, begin, finish, check, give up, reopen.

Each step names how many steps the person has read, so that of two who act at once, or of one form sent twice,
one act is done. A form that makes a remedy carries the id that it will have, for the same reason. No line of
the audit log holds what was written.
"""

import re
import secrets
from datetime import date

from msgspec import Struct
from sqlalchemy import insert, select, update

from sync.central.office.audit.acts import Act
from sync.central.office.remarks.listing import Reader
from sync.central.office.remedies.register import seen, stage_of, steps_done
from sync.central.office.remedies.stages import NOTE, WAITING, Stage, Step, StepName, advance
from sync.central.store.alert_tables import remedies, remedy_steps
from sync.central.store.database import one_at_a_time
from sync.contract.patterns import whole
from sync.contract.plan import VIET_NAM
from sync.contract.problem import ProblemError
from sync.contract.problem.centre import (
    REMEDY_CHANGED,
    REMEDY_ENTRY_WRONG,
    REMEDY_MADE_BEFORE,
    REMEDY_UNKNOWN,
)

_ID = re.compile(whole("[0-9a-f]{12}"), re.ASCII)


class NewRemedy(Struct, frozen=True, kw_only=True):
    """What a remedy begins with; see `register.Remedy`. Of account and person one is needed."""

    unit: str
    problem: str
    measure: str
    due: date
    account: int | None = None
    person: str = ""
    figure: str = ""
    question: str = ""
    first: date | None = None
    last: date | None = None
    source: str = ""


def new_id() -> str:
    """An id that no other remedy has."""
    return secrets.token_hex(6)


def make_remedy(act: Act, new: NewRemedy, *, id: str) -> str:
    """Make the remedy, if it is not there yet; returns its id.

    id: from `new_id`. Raises ProblemError HL5173, HL5179 (another one was made with this id).
    """
    _check(new, id)
    one_at_a_time(act.connection)
    values = {
        "unit": new.unit,
        "problem": new.problem,
        "figure": new.figure,
        "question": new.question,
        "first_day": new.first.isoformat() if new.first else "",
        "last_day": new.last.isoformat() if new.last else "",
        "source": new.source,
        "measure": new.measure,
        "account": new.account,
        "person": new.person,
        "due": new.due.isoformat(),
    }
    row = act.connection.execute(select(remedies).where(remedies.c.id == id)).first()
    if row is not None:
        if any(getattr(row, name) != value for name, value in values.items()):
            raise ProblemError(REMEDY_MADE_BEFORE(where="id"))
        act.undo()
        return id
    made_at = act.now.astimezone(VIET_NAM).isoformat()
    act.connection.execute(insert(remedies).values(id=id, made_at=made_at, **values))
    act.note("remedy", f"remedy {id}", new.unit)
    return id


def handle_remedy(
    act: Act,
    reader: Reader,
    id: str,
    step: StepName,
    *,
    read: int,
    note: str = "",
    after: str = "",
) -> Stage:
    """Do one step for the reader's account; returns where the remedy is then.

    read: how many steps it had when the person read it. Raises ProblemError HL5170 (none that the reader may
    see), HL5172 (it
    has had another step since), and as `advance`.
    """
    connection, r = act.connection, remedies.c
    one_at_a_time(connection)
    row = connection.execute(select(remedies).where(r.id == id, seen(reader))).first()
    if row is None:
        raise ProblemError(REMEDY_UNKNOWN(where="remedy"))
    steps = steps_done(connection, id)
    if len(steps) != read:
        raise ProblemError(REMEDY_CHANGED(where="remedy"))
    done = Step(step=step, account=reader.account, note=note.strip(), after=after.strip())
    stage = advance(stage_of(row, steps), done, row.account)
    today = act.now.astimezone(VIET_NAM).date().isoformat()
    finished = "" if stage.state in WAITING else row.finished_on or today
    changed = {"state": stage.state, "result": stage.result, "after": stage.after, "finished_on": finished}
    connection.execute(update(remedies).where(r.id == id).values(changed))
    connection.execute(
        insert(remedy_steps).values(
            remedy=id,
            at=act.now.isoformat(),
            account=reader.account,
            step=step,
            note=done.note,
            after=done.after,
        )
    )
    act.note(f"remedy-{step}", f"remedy {id}")
    return stage


def _check(new: NewRemedy, id: str) -> None:
    wanted = {"problem": new.problem, "measure": new.measure, "person": new.person or str(new.account or "")}
    for name, text in wanted.items():
        if not text.strip():
            raise ProblemError(REMEDY_ENTRY_WRONG(where=name, detail="trống"))
    for name, text in {**wanted, "figure": new.figure}.items():
        if len(text) > NOTE:
            raise ProblemError(REMEDY_ENTRY_WRONG(where=name, detail=f"dài hơn {NOTE} ký tự"))
    if new.first and new.last and new.last < new.first:
        raise ProblemError(REMEDY_ENTRY_WRONG(where="last", detail="ngày cuối trước ngày đầu"))
    if not _ID.match(id):
        raise ProblemError(REMEDY_ENTRY_WRONG(where="id"))
