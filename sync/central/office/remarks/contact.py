"""The contact details that a citizen left, for somebody who will call.

They are in no list and on no page of a remark: only this act opens them, and each time it leaves a line.
"""

from msgspec import Struct
from sqlalchemy import select

from sync.central.office.audit.acts import Act
from sync.central.office.keys.unsealing import Opener
from sync.central.office.remarks.calendar import read_calendars
from sync.central.office.remarks.listing import Reader, seen
from sync.central.store.response_digest import digest_of
from sync.central.store.schema import remarks, responses
from sync.contract.plan import VIET_NAM
from sync.contract.problem import ProblemError
from sync.contract.problem.centre import REMARK_UNKNOWN


class ContactField(Struct, frozen=True):
    """One field of contact details, such as the telephone number."""

    field: str
    text: str


def reveal_contact(act: Act, reader: Reader, id: str, opener: Opener) -> tuple[ContactField, ...]:
    """The contact details in the box of a remark; none if none were left, or its key is not at hand.

    Raises ProblemError HL5120 if there is no remark that the reader may see.
    """
    connection = act.connection
    visible = seen(reader, read_calendars(connection, act.now.astimezone(VIET_NAM).date()), act.now)
    query = select(responses.c.sealed_key, responses.c.sealed_box).join(
        remarks, remarks.c.id == responses.c.id
    )
    row = connection.execute(query.where(remarks.c.id == id, visible)).first()
    if row is None:
        raise ProblemError(REMARK_UNKNOWN(where="remark"))
    act.note("remark-contact", digest_of(id))
    return tuple(
        ContactField(field, text)
        for said in opener.words(row.sealed_key, row.sealed_box).values()
        if isinstance(said, dict)
        for field, text in said.items()
        if text.strip()
    )
