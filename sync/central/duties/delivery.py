"""Sends what waits, and drops what is old."""

from sync.central.duties.turns import Turn, office_of, site_of
from sync.central.office.messages.identity import Content
from sync.central.office.messages.outbox import Claimed, drop_old, has_old
from sync.central.office.messages.retries import State
from sync.central.office.messages.sending import Sender, send_waiting
from sync.central.office.messages.subscribing import code_content, code_of


def post(turn: Turn) -> int:
    """Send every message that is due, by what this process may send by; how many arrived."""
    carriers = turn.carriers()
    if not carriers:
        return 0
    with turn.storage.reading() as connection:
        site = site_of(connection)
        office = office_of(connection, turn.names.read(connection), turn.today)
    sender = Sender(
        storage=turn.storage,
        carriers=carriers,
        now=turn.clock,
        site=site,
        office=office,
        code=lambda claimed: _code(turn, claimed),
    )
    return send_waiting(sender)[State.SENT]


def tidy(turn: Turn) -> int:
    """Delete messages that are too old to be of use; how many."""
    with turn.storage.reading() as connection:
        if not has_old(connection, turn.now):
            return 0
    with turn.storage.changing() as connection:
        return drop_old(connection, turn.now)


def _code(turn: Turn, claimed: Claimed) -> Content:
    secret = turn.keys.account_secret()
    return code_content(code_of(secret, claimed.key.recipient, claimed.to, claimed.code_at))
