"""Takes in the holidays that come with the product, once a table is there that nobody has looked at."""

from sync.central.duties.turns import Turn
from sync.central.office.audit.acts import By, recording
from sync.central.office.configuration.shipped_holidays import is_news, take_in
from sync.central.store.database import one_at_a_time

BY_ITSELF = "centre"
"""Who acts, in the audit log."""


def keep_holidays(turn: Turn) -> int:
    """Take in what is new; how many days."""
    with turn.storage.reading() as connection:
        if not is_news(connection):
            return 0
    with turn.storage.changing() as connection, recording(connection, By(BY_ITSELF, turn.now)) as act:
        one_at_a_time(connection)
        if not is_news(connection):
            act.undo()
            return 0
        return take_in(act, turn.today)
