"""Remedies over a restore and a removal, and whether a backup has all of them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, exists, insert, select, update

from sync.central.office.remedies.stages import Step, replay
from sync.central.store.alert_tables import remedies, remedy_steps
from sync.contract.problem import ProblemError

Rows = Sequence[Any]  # of the driver
_STEP = tuple(column.name for column in remedy_steps.c if column.name != "position")


class Register(Struct, frozen=True):
    """Rows of all remedies, and of what was done about them, in its order."""

    remedies: Rows
    steps: Rows


def read_register(connection: Connection) -> Register:
    """All remedies of this database."""
    steps = select(remedy_steps).order_by(remedy_steps.c.position)
    return Register(connection.execute(select(remedies)).all(), connection.execute(steps).all())


def carry_register(connection: Connection, register: Register, numbers: Mapping[int, int]) -> int:
    """Add here what is missing; how many remedies that was about.

    numbers: of each account there, its number here.
    """
    there, here = _by_remedy(register.steps), _by_remedy(read_register(connection).steps)
    known = set(connection.execute(select(remedies.c.id)).scalars())
    count = 0
    for row in register.remedies:
        values = dict(row._mapping)
        if row.account is not None:
            values["account"] = numbers.get(row.account, row.account)
        missing = there[row.id][len(here[row.id]) :]
        if row.id not in known:
            connection.execute(insert(remedies).values(values))
        elif missing:
            connection.execute(update(remedies).where(remedies.c.id == row.id).values(values))
        else:
            continue
        if missing:
            connection.execute(insert(remedy_steps), [_renumbered(step, numbers) for step in missing])
        count += 1
    return count


def remedy_fault(connection: Connection) -> str:
    """What is wrong with the stored remedies, "" for nothing: for the check of a backup."""
    nobodys = select(remedy_steps.c.remedy).where(~exists().where(remedies.c.id == remedy_steps.c.remedy))
    if connection.execute(nobodys.limit(1)).first():
        return "a step of no remedy"
    register = read_register(connection)
    done = _by_remedy(register.steps)
    wrong = any(_replayed(done[row.id]) != row.state for row in register.remedies)
    return "a remedy that is not where its steps lead" if wrong else ""


def _replayed(steps: Iterable[Any]) -> str:
    done = (Step(step=row.step, account=row.account, note=row.note, after=row.after) for row in steps)
    try:
        return replay(done).state
    except ProblemError:
        return ""


def _renumbered(step: Any, numbers: Mapping[int, int]) -> dict[str, Any]:
    values = {name: getattr(step, name) for name in _STEP}
    return values | {"account": numbers.get(step.account, step.account)}


def _by_remedy(steps: Iterable[Any]) -> defaultdict[str, list[Any]]:
    rows: defaultdict[str, list[Any]] = defaultdict(list)
    for row in steps:
        rows[row.remedy].append(row)
    return rows
