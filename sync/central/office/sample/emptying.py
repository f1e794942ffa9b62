"""Removes the people of lists some time after their plan has ended, and the keys of their codes.

What is left are counts, and in which state each place of the draw was: no name, no code, and no response of
anybody. Who was drawn can't be found again, here or in a later backup.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, delete, select, update

from sync.central.office.audit.acts import Act
from sync.central.office.sample.commitment import Stratum, forget_secrets, of_stratum
from sync.central.store.database import one_at_a_time
from sync.central.store.sample_tables import drawn_people, frame_people, frames, list_links
from sync.contract.plan import VIET_NAM

_CHUNK: Final = 500  # ids in one statement
KEPT_DAYS: Final = 90
"""Days after the end of a plan for which its lists are kept, for re-checks and questions about the draw."""


def empty_lists(act: Act, keys: Path, ended: Mapping[str, date]) -> int:
    """Remove the people of every list whose plan ended more than KEPT_DAYS ago; how many people.

    ended: the day on which each plan ended; a plan that is not in it has not. keys: the folder of the
    centre's keys. Undoes the act if there was nothing to remove.
    """
    connection = act.connection
    one_at_a_time(connection)
    before = act.now.astimezone(VIET_NAM).date() - timedelta(days=KEPT_DAYS)
    query = select(frames.c.plan, frames.c.stratum).where(frames.c.emptied_at == "").distinct()
    over = [
        Stratum(plan, group)
        for plan, group in connection.execute(query.order_by(frames.c.plan, frames.c.stratum))
        if plan in ended and ended[plan] < before
    ]
    count = 0
    for stratum in over:
        removed = delete(frame_people).where(of_stratum(frame_people, stratum))
        people = int(connection.execute(removed).rowcount)
        connection.execute(
            update(frames).where(of_stratum(frames, stratum)).values(emptied_at=act.now.isoformat())
        )
        drawn = update(drawn_people).where(of_stratum(drawn_people, stratum))
        connection.execute(drawn.values(code="", response=""))
        connection.execute(delete(list_links).where(of_stratum(list_links, stratum)))
        act.note("people-removed", f"{stratum.plan} {stratum.group}", f"people: {people}")
        count += people
    for stratum in over:
        forget_secrets(keys, stratum)
    if not over:
        act.undo()
    return count


def let_responses_go(connection: Connection, ids: Sequence[str]) -> None:
    """Forget which response somebody gave, for responses that are about to be removed."""
    for first in range(0, len(ids), _CHUNK):
        some = drawn_people.c.response.in_(ids[first : first + _CHUNK])
        connection.execute(update(drawn_people).where(some).values(response=""))
