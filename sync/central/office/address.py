"""The centre's own address, which every enrolment code carries, so that a terminal needs nothing else."""

from sqlalchemy import Connection, delete, insert, select

from sync.central.office.audit.acts import Act
from sync.central.store.database import one_at_a_time
from sync.central.store.schema import facts
from sync.contract.address import read_address

_NAME = "address"


def own_address(connection: Connection) -> str:
    """The address under which terminals reach this centre; "" while nobody has named it."""
    return connection.execute(select(facts.c.value).where(facts.c.name == _NAME)).scalar() or ""


def name_own_address(act: Act, text: str) -> str:
    """Put this address into every code from now on; returns it. Raises ProblemError HL4116."""
    address = read_address(text, "address")
    one_at_a_time(act.connection)
    act.connection.execute(delete(facts).where(facts.c.name == _NAME))
    act.connection.execute(insert(facts).values(name=_NAME, value=address))
    act.note("address", address)
    return address
