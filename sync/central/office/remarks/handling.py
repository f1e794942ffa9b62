"""The acts on a remark: take it, answer, close, reopen.

Each names how many steps the person has read, so that of two who act at once, or of one form sent twice, one
act is done. The line in the audit log names the remark by its digest, and holds no word of the note.
"""

from sqlalchemy import func, insert, select, update

from sync.central.office.audit.acts import Act
from sync.central.office.remarks.calendar import read_calendars
from sync.central.office.remarks.listing import Reader, seen
from sync.central.office.remarks.stages import COURSE, Stage, Step, StepName
from sync.central.office.work.owned import stage_in
from sync.central.store.database import one_at_a_time
from sync.central.store.response_digest import digest_of
from sync.central.store.schema import remark_steps, remarks
from sync.contract.plan import VIET_NAM
from sync.contract.problem import ProblemError
from sync.contract.problem.centre import REMARK_CHANGED, REMARK_UNKNOWN


def handle(
    act: Act, reader: Reader, id: str, step: StepName, *, read: int, note: str = "", result: str = ""
) -> Stage:
    """Do one step for the reader's account; returns where the remark is then.

    read: how many steps it had when the person read it. A reopened remark gets a new due day. Raises
    ProblemError HL5120 (none that the reader may see), HL5122 (it has had another step since), and as
    `Course.advance`.
    """
    connection, r = act.connection, remarks.c
    one_at_a_time(connection)
    today = act.now.astimezone(VIET_NAM).date()
    visible = seen(reader, read_calendars(connection, today), act.now)
    row = connection.execute(select(remarks).where(r.id == id, visible)).first()
    if row is None:
        raise ProblemError(REMARK_UNKNOWN(where="remark"))
    count = select(func.count()).where(remark_steps.c.remark == id)
    if connection.execute(count).scalar_one() != read:
        raise ProblemError(REMARK_CHANGED(where="remark"))
    done = Step(step=step, account=reader.account, note=note.strip(), result=result)
    stage = COURSE.advance(stage_in(row), done)
    values = {"state": stage.state, "owner": stage.owner, "result": stage.result}
    since = today.isoformat() if step == "reopen" else row.since
    connection.execute(update(remarks).where(r.id == id).values(since=since, **values))
    connection.execute(
        insert(remark_steps).values(
            remark=id,
            at=act.now.isoformat(),
            account=done.account,
            step=done.step,
            result=done.result,
            note=done.note,
        )
    )
    act.note(f"remark-{step}", digest_of(id), result)
    return stage
