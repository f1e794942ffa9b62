"""What a person has to look at; none of it stops the terminal."""

from pathlib import Path

from sync.contract.problem import Problem


class Alarms:
    """Problems by number and place, each until its place is in order again."""

    def __init__(self) -> None:
        self._problems: dict[str, Problem] = {}

    def now(self) -> tuple[Problem, ...]:
        """Those that hold now."""
        return tuple(self._problems.values())

    def add(self, problem: Problem) -> None:
        """Report it, in the place of an earlier one of the same number and place."""
        self._problems[f"{problem.number} {problem.where}"] = problem

    def calm(self, where: Path) -> None:
        """Take back the alarms about a place that is in order again."""
        if self._problems:
            self._problems = {key: each for key, each in self._problems.items() if each.where != str(where)}
