"""What keeps a plan from going on (vướng mắc): somebody says it, the leader answers, who said it closes it.

No line of the audit log holds what was written.
"""

import re
import secrets
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Literal

from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, func, insert, select, update

from sync.central.office.audit.acts import Act
from sync.central.office.remarks.calendar import read_calendars
from sync.central.store.database import one_at_a_time
from sync.central.store.plan_tables import plan_obstacles
from sync.contract.patterns import whole
from sync.contract.plan import VIET_NAM, Plan
from sync.contract.problem import ProblemError
from sync.contract.problem.planning import OBSTACLE_UNKNOWN, PLAN_CHANGED, PLAN_ENTRY_WRONG

ObstacleState = Literal["open", "answered", "closed"]
ANSWER_WITHIN = 2
"""Working days after the one on which it was said."""
NOTE = 1000  # characters
_ID = re.compile(whole("[0-9a-f]{12}"), re.ASCII)


class Obstacle(Struct, frozen=True, kw_only=True):
    """One obstacle. unit: of its plan. said_by, answered_by: accounts. due: the last day to answer."""

    id: str
    plan: str
    unit: str
    words: str
    said_at: datetime
    said_by: int
    due: date
    answer: str
    answered_at: datetime | None
    answered_by: int
    state: ObstacleState

    def late(self, today: date) -> int:
        """How many days it should have been answered before `today`."""
        return max(0, (today - self.due).days) if self.state == "open" else 0


def obstacles_of(connection: Connection, plan: str) -> tuple[Obstacle, ...]:
    """The obstacles of a plan, the newest first."""
    return _read(connection, plan_obstacles.c.plan == plan)


def unanswered(connection: Connection) -> tuple[Obstacle, ...]:
    """Every obstacle that waits for an answer, the newest first."""
    c = plan_obstacles.c
    return _read(connection, c.answered_at == "", c.closed_at == "")


def answered_for(connection: Connection, account: int) -> tuple[Obstacle, ...]:
    """What this account said, that was answered and is not closed."""
    c = plan_obstacles.c
    return _read(connection, c.said_by == account, c.answered_at != "", c.closed_at == "")


def count_open(connection: Connection, plan: str) -> int:
    """How many obstacles of a plan are not closed."""
    c = plan_obstacles.c
    query = select(func.count()).select_from(plan_obstacles).where(c.plan == plan, c.closed_at == "")
    return int(connection.execute(query).scalar_one())


def new_id() -> str:
    """An id that no other obstacle has."""
    return secrets.token_hex(6)


def say_obstacle(act: Act, plan: Plan, words: str, *, account: int, id: str) -> None:
    """Note an obstacle, if it is not there yet: the id comes from `new_id`, with the page.

    Raises ProblemError HL4290 for words that are none or too many.
    """
    if not _ID.match(id):
        raise ProblemError(PLAN_ENTRY_WRONG(where="ma"))
    words = _checked(words, "vuong_mac")
    one_at_a_time(act.connection)
    if act.connection.execute(select(plan_obstacles.c.id).where(plan_obstacles.c.id == id)).first():
        act.undo()
        return
    today = act.now.astimezone(VIET_NAM).date()
    due = read_calendars(act.connection, today).of(plan.unit).after(today, ANSWER_WITHIN)
    values = {
        "id": id,
        "plan": plan.id,
        "unit": plan.unit,
        "words": words,
        "said_at": act.now.isoformat(),
        "said_by": account,
        "due": due.isoformat(),
        "answer": "",
        "answered_at": "",
        "answered_by": 0,
        "closed_at": "",
        "changed_at": act.now.isoformat(),
    }
    act.connection.execute(insert(plan_obstacles).values(values))
    act.note("plan-obstacle", plan.id, id)


def answer_obstacle(act: Act, plan: str, id: str, answer: str, *, account: int) -> None:
    """Answer one that waits. Raises ProblemError HL4290, HL4291 if it was answered, HL4296."""
    answer = _checked(answer, "tra_loi")
    if _now(act, plan, id).state != "open":
        raise ProblemError(PLAN_CHANGED(where=id))
    at = act.now.isoformat()
    _change(act, id, answer=answer, answered_at=at, answered_by=account)
    act.note("plan-obstacle-answer", plan, id)


def close_obstacle(act: Act, plan: str, id: str) -> None:
    """Close one that was answered. Raises ProblemError HL4291 for another, HL4296."""
    if _now(act, plan, id).state != "answered":
        raise ProblemError(PLAN_CHANGED(where=id))
    _change(act, id, closed_at=act.now.isoformat())
    act.note("plan-obstacle-close", plan, id)


def _now(act: Act, plan: str, id: str) -> Obstacle:
    one_at_a_time(act.connection)
    rows = _read(act.connection, plan_obstacles.c.id == id, plan_obstacles.c.plan == plan)
    if not rows:
        raise ProblemError(OBSTACLE_UNKNOWN(where=id))
    return rows[0]


def _change(act: Act, id: str, **values: object) -> None:
    changed = {**values, "changed_at": act.now.isoformat()}
    act.connection.execute(update(plan_obstacles).where(plan_obstacles.c.id == id).values(changed))


def _checked(text: str, where: str) -> str:
    words = text.strip()
    if not words:
        raise ProblemError(PLAN_ENTRY_WRONG(where=where, detail="để trống"))
    if len(words) > NOTE:
        raise ProblemError(PLAN_ENTRY_WRONG(where=where, detail=f"dài hơn {NOTE} ký tự"))
    return words


def _read(connection: Connection, *conditions: ColumnElement[bool]) -> tuple[Obstacle, ...]:
    query = select(plan_obstacles).where(*conditions)
    rows: Sequence[Any] = connection.execute(
        query.order_by(plan_obstacles.c.said_at.desc(), plan_obstacles.c.id)
    ).all()
    return tuple(map(_obstacle, rows))


def _obstacle(row: Any) -> Obstacle:
    return Obstacle(
        id=row.id,
        plan=row.plan,
        unit=row.unit,
        words=row.words,
        said_at=datetime.fromisoformat(row.said_at),
        said_by=row.said_by,
        due=date.fromisoformat(row.due),
        answer=row.answer,
        answered_at=datetime.fromisoformat(row.answered_at) if row.answered_at else None,
        answered_by=row.answered_by,
        state="closed" if row.closed_at else "answered" if row.answered_at else "open",
    )
