"""Alarms: problems that a person has to look at, and that don't stop the terminal."""

from pathlib import Path

from sync.contract.problem import Problem


class Alarms:
    """Problems by number and place. Each is kept until its cause is gone."""

    def __init__(self) -> None:
        self._problems: dict[str, Problem] = {}

    def now(self) -> tuple[Problem, ...]:
        """The alarms that are still valid."""
        return tuple(self._problems.values())

    def add(self, problem: Problem) -> None:
        """Raise the alarm; it replaces an earlier one of the same number and place."""
        self._problems[f"{problem.number} {problem.where}"] = problem

    def calm(self, where: Path) -> None:
        """Remove the alarms about a place that is in order again."""
        if self._problems:
            self._problems = {key: each for key, each in self._problems.items() if each.where != str(where)}
