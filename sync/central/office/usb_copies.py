"""Which copies on USB sticks were taken: each once, by the audit log's own lines."""

from sqlalchemy import select

from sync.central.office.audit.acts import Act
from sync.central.store.schema import audit
from sync.contract.problem import ProblemError
from sync.contract.problem.offline import USB_TAKEN

_ACT = "usb-copy"


def take_once(act: Act, device: str, copy: str, count: int) -> None:
    """Record that the copy with this digest of `device` is taken, and how many responses it has.

    Raises ProblemError HL4220 if it was taken before.
    """
    query = select(audit.c.number).where(
        audit.c.subject == device, audit.c.act == _ACT, audit.c.detail.startswith(copy)
    )
    if act.connection.execute(query.limit(1)).first() is not None:
        raise ProblemError(USB_TAKEN(where=device))
    act.note(_ACT, device, f"{copy} {count}")
