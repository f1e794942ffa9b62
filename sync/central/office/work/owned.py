"""Work that one account takes, does and closes with a result: the rules that alerts and remarks share. Pure.

Only its owner handles what is taken; another account takes it first. What is reopened is nobody's.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Generic, TypeVar

from msgspec import Struct

from sync.contract.problem import Kind, ProblemError

S = TypeVar("S", bound=str)
N = TypeVar("N", bound=str)
NOTE = 1000  # characters


class WorkStage(Struct, Generic[S], frozen=True):
    """Where the work is. owner: the account that took it; result: once it is closed."""

    state: S
    owner: int | None = None
    result: str = ""


class WorkStep(Struct, Generic[N], frozen=True, kw_only=True):
    """What an account does. result: of a step that closes."""

    step: N
    account: int
    note: str = ""
    result: str = ""


def stage_in(row: Any) -> WorkStage[Any]:
    """Where the work of a row is."""
    return WorkStage(row.state, row.owner, row.result)


class Course(Struct, Generic[S, N], frozen=True, kw_only=True):
    """What may be done, and what becomes of it.

    new: the state that work begins in. next: the state after a step in a state. steps: those that people do;
    others are the centre's own. noted: those with a note. results: those of a step that has one.
    step_wrong, entry_wrong: the problems of a step that is not possible now, and of its note or result.
    """

    new: S
    next: Mapping[tuple[S, N], S]
    steps: tuple[N, ...]
    noted: tuple[N, ...]
    results: Mapping[N, tuple[str, ...]]
    step_wrong: Kind
    entry_wrong: Kind

    def possible(self, stage: WorkStage[S], account: int) -> tuple[N, ...]:
        """What this account may do now."""
        return tuple(step for step in self.steps if self._next(stage, step, account) is not None)

    def advance(self, stage: WorkStage[S], step: WorkStep[N]) -> WorkStage[S]:
        """The stage after this step; raises ProblemError `step_wrong` or `entry_wrong`."""
        state = self._next(stage, step.step, step.account)
        if state is None:
            allowed = ", ".join(self.possible(stage, step.account))
            raise ProblemError(self.step_wrong(where="step", detail=f"làm được bây giờ: {allowed}"))
        if step.step in self.noted and not step.note.strip():
            raise ProblemError(self.entry_wrong(where="note", detail="trống"))
        if len(step.note) > NOTE:
            raise ProblemError(self.entry_wrong(where="note", detail=f"dài hơn {NOTE} ký tự"))
        results = self.results.get(step.step, ("",))
        if step.result not in results:
            raise ProblemError(self.entry_wrong(where="result", detail=", ".join(results)))
        owners: dict[str, int | None] = {"take": step.account, "reopen": None}
        return WorkStage(state, owners.get(step.step, stage.owner), step.result)

    def replay(self, steps: Iterable[WorkStep[N]]) -> WorkStage[S]:
        """Where the work is after all these steps; raises ProblemError as `advance`."""
        stage = WorkStage(self.new)
        for step in steps:
            stage = self.advance(stage, step)
        return stage

    def reached(self, rows: Iterable[Any]) -> WorkStage[S] | None:
        """Where the steps of these rows lead; None if they can't have been done."""
        try:
            return self.replay(
                WorkStep(step=row.step, account=row.account, note=row.note, result=row.result) for row in rows
            )
        except ProblemError:
            return None

    def _next(self, stage: WorkStage[S], step: N, account: int) -> S | None:
        own = stage.owner == account
        if stage.state == "taken" and step in self.steps and (step == "take") == own:
            return None  # taken twice by one account, or handled by one that is not the owner
        return self.next.get((stage.state, step))
