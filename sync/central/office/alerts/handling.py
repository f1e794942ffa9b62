"""The acts on an alert: take it, write what was done, close, reopen.

Each names how many steps the person has read, so that of two who act at once, or of one form sent twice, one
act is done. The line in the audit log names the alert, and holds no word of the note.
"""

from sqlalchemy import func, select

from sync.central.office.alerts.alarms import record
from sync.central.office.alerts.listing import seen
from sync.central.office.alerts.stages import PersonStep, Step
from sync.central.office.audit.acts import Act
from sync.central.office.remarks.listing import Reader
from sync.central.store.alert_tables import alert_steps, alerts
from sync.central.store.database import one_at_a_time
from sync.contract.problem import ProblemError
from sync.contract.problem.centre import ALERT_CHANGED, ALERT_UNKNOWN


def handle_alert(
    act: Act, reader: Reader, id: str, step: PersonStep, *, read: int, note: str = "", result: str = ""
) -> None:
    """Do one step for the reader's account.

    read: how many steps it had when the person read it. Raises ProblemError HL5174 (none that the reader may
    see), HL5176 (it has had another step since), and as `stages.advance`.
    """
    connection = act.connection
    one_at_a_time(connection)
    row = connection.execute(select(alerts).where(alerts.c.id == id, seen(reader))).first()
    if row is None:
        raise ProblemError(ALERT_UNKNOWN(where="alert"))
    count = select(func.count()).where(alert_steps.c.alert == id)
    if connection.execute(count).scalar_one() != read:
        raise ProblemError(ALERT_CHANGED(where="alert"))
    done = Step(step=step, account=reader.account, note=note.strip(), result=result)
    record(connection, row, done, act.now)
    act.note(f"alert-{step}", f"alert {id}", result)
