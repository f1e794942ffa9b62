"""Whether a message that was made is still for its recipient, whose roles may have ended since."""

from datetime import datetime

from sqlalchemy import Connection

from sync.central.office.messages.identity import CENTRE_ITSELF, KINDS, Content
from sync.central.office.people.above import above
from sync.central.office.people.accounts import read_person
from sync.central.office.people.permissions import may
from sync.contract.plan import VIET_NAM


def may_read(connection: Connection, recipient: int, kind: str, content: Content, now: datetime) -> bool:
    """Whether the recipient is permitted the act of this kind at each unit that the message is about."""
    act = KINDS.get(kind)
    if act is None or not content.units or recipient == CENTRE_ITSELF:
        return True
    day = now.astimezone(VIET_NAM).date()
    person = read_person(connection, recipient)
    return all(may(person, act, unit, day, above(connection, unit, day)) for unit in content.units)
