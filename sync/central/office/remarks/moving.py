"""What was done about remarks, over a correction and a restore, and whether a backup has all of it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, exists, insert, select, update

from sync.central.office.remarks.stages import COURSE
from sync.central.office.work.owned import stage_in
from sync.central.store.schema import remark_steps, remarks, responses

Rows = Sequence[Any]  # of the driver
_PLACE = ("since", "state", "owner", "result")
_SEEN = ("called", "questions")
_STEP = tuple(column.name for column in remark_steps.c if column.name != "position")
_UNTOUCHED = {"state": "new", "owner": None, "result": ""}


class Handled(Struct, frozen=True):
    """Rows of the remarks that something was done about, and of what was done, in its order."""

    remarks: Rows
    steps: Rows


def follow(connection: Connection, before: str, after: str) -> None:
    """Let the remark of a response that was corrected go on as the one of the response that counts now."""
    columns = [remarks.c[name] for name in (*_PLACE, *_SEEN)]
    row = connection.execute(select(*columns).where(remarks.c.id == before)).first()
    if row is None:
        return
    connection.execute(update(remarks).where(remarks.c.id == after).values(dict(row._mapping)))
    connection.execute(update(remark_steps).where(remark_steps.c.remark == before).values(remark=after))
    connection.execute(update(remarks).where(remarks.c.id == before).values(_UNTOUCHED))


def read_handled(connection: Connection) -> Handled:
    """Everything that was done about remarks in this database."""
    rows = connection.execute(select(remarks).where(_has_steps())).all()
    steps = connection.execute(select(remark_steps).order_by(remark_steps.c.position)).all()
    return Handled(rows, steps)


def carry_handled(connection: Connection, handled: Handled, numbers: Mapping[int, int]) -> int:
    """Repeat what was done there and is missing here; how many remarks that was about.

    numbers: of each account there, its number here.
    A remark that is not here is left out: it begins as a new one when its tablet sends the response again.
    """
    there, here = _by_remark(handled.steps), _by_remark(connection.execute(select(remark_steps)))
    known = {row.id for row in connection.execute(select(remarks.c.id))}
    count = 0
    for row in handled.remarks:
        missing = there[row.id][len(here[row.id]) :]
        if row.id in known and missing:
            place = {name: getattr(row, name) for name in _PLACE}
            place["owner"] = None if row.owner is None else numbers.get(row.owner, row.owner)
            connection.execute(update(remarks).where(remarks.c.id == row.id).values(place))
            steps = [
                {name: getattr(step, name) for name in _STEP}
                | {"account": numbers.get(step.account, step.account)}
                for step in missing
            ]
            connection.execute(insert(remark_steps), steps)
            count += 1
    return count


def remark_fault(connection: Connection) -> str:
    """What is wrong with the stored remarks, "" for nothing: for the check of a backup."""
    r, steps = remarks.c, remark_steps.c
    queries = {
        "a remark of no response": select(r.id).where(~exists().where(responses.c.id == r.id)),
        "a response with words and no remark": select(responses.c.id).where(
            responses.c.sealed_box.is_not(None), ~exists().where(r.id == responses.c.id)
        ),
        "a step of no remark": select(steps.remark).where(~exists().where(r.id == steps.remark)),
        "a remark that nobody moved there": select(r.id).where(r.state != "new", ~_has_steps()),
    }
    for fault, query in queries.items():
        if connection.execute(query.limit(1)).first():
            return fault
    handled = read_handled(connection)
    done = _by_remark(handled.steps)
    wrong = any(COURSE.reached(done[row.id]) != stage_in(row) for row in handled.remarks)
    return "a remark that is not where its steps lead" if wrong else ""


def _has_steps() -> Any:
    return exists().where(remark_steps.c.remark == remarks.c.id)


def _by_remark(steps: Iterable[Any]) -> defaultdict[str, list[Any]]:
    found: defaultdict[str, list[Any]] = defaultdict(list)
    for row in steps:
        found[row.remark].append(row)
    return found
