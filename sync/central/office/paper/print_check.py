"""What was printed, and whether forms that came back can be among it.

- a number that no print run of this form has is refused by name, where any was printed here: forms that came
  from a printing house have no run, and any number;
- more forms than were given out, or than there are numbers, are named and not refused: forms are also copied.
"""

from collections.abc import Sequence
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, Row, func, select

from sync.central.office.paper.asked import Asked, asked_of
from sync.central.store.paper_tables import paper_lots, print_runs
from sync.contract.problem import ProblemError
from sync.contract.problem.paper import NUMBER_NOT_PRINTED


class Surplus(Struct, frozen=True, kw_only=True):
    """More forms than there can be. numbers: of the lot; its forms are more than these, 0 if they are not.

    counted: in all lots of this form; given_out: of it, 0 where no more came back than that.
    """

    numbers: int = 0
    counted: int = 0
    given_out: int = 0


def check_printed(connection: Connection, asked: Asked, **numbers: int) -> None:
    """Return if forms with these numbers were printed; raises ProblemError HL5234.

    numbers: by the name of their field.
    """
    runs = _runs(connection, asked)
    own = [row for row in runs if asked_of(row) == asked]
    for where, number in numbers.items():
        printed = next((row for row in runs if row.first <= number <= row.last), None)
        if printed is None and not own:
            continue
        if printed is None:
            there = ", ".join(f"{row.first}–{row.last}" for row in own)
            raise ProblemError(NUMBER_NOT_PRINTED(where=where, detail=f"số {number}; đã in số {there}"))
        other = asked_of(printed)
        if (other.group, other.survey) != (asked.group, asked.survey):
            detail = f"số {number} đã in cho phiếu khác: {other.group or other.survey}"
            raise ProblemError(NUMBER_NOT_PRINTED(where=where, detail=detail))
        if other != asked:
            detail = f"số {number} đã in ở bản phát hành {other.version}"
            raise ProblemError(NUMBER_NOT_PRINTED(where=where, detail=detail))


def surplus(connection: Connection, asked: Asked, *, counted: int, first: int, last: int) -> Surplus:
    """Whether more forms came back than there can be, in a lot and in all of its form.

    counted, first, last: of the lot, which is noted already.
    """
    numbers = last - first + 1
    own = [row for row in _runs(connection, asked) if asked_of(row) == asked]
    given_out = sum(row.last - row.first + 1 if row.given_out is None else row.given_out for row in own)
    c = paper_lots.c
    query = select(func.sum(c.counted)).where(
        c.unit == asked.unit,
        c.plan == asked.plan,
        c.plan_group == asked.group,
        c.survey == asked.survey,
        c.version == asked.version,
    )
    in_all = int(connection.execute(query).scalar() or 0)
    more = bool(own) and in_all > given_out
    return Surplus(
        numbers=numbers if counted > numbers else 0,
        counted=in_all if more else 0,
        given_out=given_out if more else 0,
    )


def _runs(connection: Connection, asked: Asked) -> Sequence[Row[Any]]:
    """All that was printed with the numbers of this unit and plan."""
    r = print_runs.c
    query = select(print_runs).where(r.unit == asked.unit, r.plan == asked.plan).order_by(r.first)
    return connection.execute(query).all()
