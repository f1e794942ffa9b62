"""The tasks of a plan as work: who does each, how far it is, and what came of it.

The plan's wording says what there is to do; what is kept here is what became of it. A task is known by its
words, so a later wording that only moves a day leaves its state.
"""

import hashlib
from collections import Counter
from collections.abc import Collection
from datetime import date
from typing import Literal, get_args

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Connection, delete, insert, select

from sync.central.office.audit.acts import Act
from sync.central.store.database import one_at_a_time
from sync.central.store.plan_tables import plan_tasks
from sync.contract.plan import VIET_NAM, Plan, Task
from sync.contract.problem import ProblemError
from sync.contract.problem.planning import PLAN_CHANGED, PLAN_ENTRY_WRONG, TASK_STEP_WRONG, TASK_UNKNOWN

TaskState = Literal["open", "doing", "done"]
TaskStep = Literal["begin", "finish", "reopen"]
TASK_STATES: tuple[TaskState, ...] = get_args(TaskState)
NOTE = 1000  # characters
_NEXT: dict[tuple[TaskState, TaskStep], TaskState] = {
    ("open", "begin"): "doing",
    ("open", "finish"): "done",
    ("doing", "finish"): "done",
    ("done", "reopen"): "open",
}


class PlanTask(Struct, frozen=True, kw_only=True):
    """One task, and where it is.

    id: made of its words. account: who does it, None for nobody by name. result: what came of it. done_on:
    its day, done_by: who reported that, as the audit log names people. read: how often it was changed.
    """

    id: str
    task: Task
    account: int | None = None
    state: TaskState = "open"
    result: str = ""
    done_on: date | None = None
    done_by: str = ""
    read: int = 0

    def late(self, today: date) -> int:
        """How many days it should have been done before `today`, 0 if it is done or not due."""
        last = self.task.last_day
        return 0 if self.state == "done" or last is None else max(0, (today - last).days)


def possible(state: TaskState) -> tuple[TaskStep, ...]:
    """What may be done with a task in this state."""
    return tuple(step for (there, step) in _NEXT if there == state)


def tasks_of(connection: Connection, plan: Plan) -> tuple[PlanTask, ...]:
    """The tasks of this wording, in its order, as they are now."""
    rows = {
        row.task: row for row in connection.execute(select(plan_tasks).where(plan_tasks.c.plan == plan.id))
    }
    tasks = []
    for id, task in zip(task_ids(plan), plan.tasks, strict=True):
        row = rows.get(id)
        if row is None:
            tasks.append(PlanTask(id=id, task=task))
            continue
        tasks.append(
            PlanTask(
                id=id,
                task=task,
                account=row.account,
                state=row.state,
                result=row.result,
                done_on=date.fromisoformat(row.done_on) if row.done_on else None,
                done_by=row.done_by,
                read=row.changes,
            )
        )
    return tuple(tasks)


def without_done(connection: Connection, plan: Plan) -> Plan:
    """The plan without the tasks that are done: nobody has to be reminded of those."""
    if not plan.tasks:
        return plan
    left = (task.task for task in tasks_of(connection, plan) if task.state != "done")
    return replace(plan, tasks=tuple(left))


def task_ids(plan: Plan) -> tuple[str, ...]:
    """The id of each task: of its owner and its name, counted where both come twice."""
    seen: Counter[tuple[str, str]] = Counter()
    ids = []
    for task in plan.tasks:
        seen[task.owner, task.name] += 1
        words = f"{task.owner}\n{task.name}\n{seen[task.owner, task.name]}"
        ids.append(hashlib.sha256(words.encode()).hexdigest()[:12])
    return tuple(ids)


def plans_with_tasks(connection: Connection, account: int) -> Collection[str]:
    """The plans in which this account has something to do that is not done."""
    c = plan_tasks.c
    query = select(c.plan).where(c.account == account, c.state != "done").distinct()
    return frozenset(connection.execute(query).scalars())


def assign_task(act: Act, plan: Plan, id: str, account: int | None, *, read: int) -> None:
    """Let this account do a task, or nobody by name. Raises ProblemError HL4291, HL4295."""
    task = _now(act, plan, id, read)
    _put(act, plan, task, account=account)
    act.note("plan-task-assign", plan.id, f"{id} {account or '-'}")


def step_task(act: Act, plan: Plan, id: str, step: TaskStep, *, read: int, result: str = "") -> TaskState:
    """Begin, finish or reopen a task; returns the state it is in then.

    Raises ProblemError HL4290 for a task that is done without a result, HL4291, HL4294, HL4295.
    """
    task = _now(act, plan, id, read)
    state = _NEXT.get((task.state, step))
    if state is None:
        raise ProblemError(TASK_STEP_WRONG(where="buoc", detail=step))
    result = result.strip()
    if step == "finish" and not result:
        raise ProblemError(PLAN_ENTRY_WRONG(where="ket_qua", detail="để trống"))
    if len(result) > NOTE:
        raise ProblemError(PLAN_ENTRY_WRONG(where="ket_qua", detail=f"dài hơn {NOTE} ký tự"))
    _put(act, plan, task, account=task.account, state=state, result=result)
    act.note(f"plan-task-{step}", plan.id, id)
    return state


def _now(act: Act, plan: Plan, id: str, read: int) -> PlanTask:
    one_at_a_time(act.connection)
    task = next((each for each in tasks_of(act.connection, plan) if each.id == id), None)
    if task is None:
        raise ProblemError(TASK_UNKNOWN(where=id))
    if task.read != read:
        raise ProblemError(PLAN_CHANGED(where=id))
    return task


def _put(
    act: Act,
    plan: Plan,
    task: PlanTask,
    *,
    account: int | None,
    state: TaskState | None = None,
    result: str | None = None,
) -> None:
    state = state or task.state
    c, done = plan_tasks.c, state == "done"
    today = act.now.astimezone(VIET_NAM).date().isoformat()
    already = task.state == "done" and done
    values = {
        "plan": plan.id,
        "task": task.id,
        "account": account,
        "state": state,
        "result": (task.result if result is None else result) if done else "",
        "done_on": (task.done_on.isoformat() if already and task.done_on else today) if done else "",
        "done_by": (task.done_by if already else act.who) if done else "",
        "changes": task.read + 1,
        "changed_at": act.now.isoformat(),
    }
    act.connection.execute(delete(plan_tasks).where(c.plan == plan.id, c.task == task.id))
    act.connection.execute(insert(plan_tasks).values(values))
