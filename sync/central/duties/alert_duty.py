"""The duty of raising alerts: rounds of watching.py until there is nothing more to look at."""

from sync.central.duties.alert_messages import announcer
from sync.central.duties.turns import Turn
from sync.central.duties.watching import watch


def raise_alerts(turn: Turn) -> int:
    """Raise an alert for what somebody must know, and send it to who wants it; how many were raised."""
    announce = announcer(turn)
    raised, more = 0, True
    while more:
        watched = watch(turn.storage, turn.now, announce)
        raised, more = raised + len(watched.raised), watched.more
    return raised
