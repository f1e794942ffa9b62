"""What an interviewer promises before the first person is opened: once, with the moment, in the audit log.

The text of it is on the page.
"""

from sqlalchemy import Connection, select, update

from sync.central.office.audit.acts import Act
from sync.central.store.schema import accounts


def has_promised(connection: Connection, account: int) -> bool:
    """Whether this account accepted the promises."""
    query = select(accounts.c.confidential_at).where(accounts.c.id == account)
    return bool(connection.execute(query).scalar())


def promise(act: Act, account: int) -> None:
    """Accept the promises; the first moment is kept."""
    mine = (accounts.c.id == account, accounts.c.confidential_at == "")
    values = {"confidential_at": act.now.isoformat()}
    if act.connection.execute(update(accounts).where(*mine).values(values)).rowcount:
        act.note("confidential", f"account {account}", "")
    else:
        act.undo()
