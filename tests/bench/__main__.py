"""`python -m tests.bench NAME …` runs benchmarks by name; without a name it lists them.

A benchmark is a module of this folder with `run(progress) -> list[Row]`.
"""

import importlib
import pkgutil
import sys

from rich.console import Console

import tests.bench
from tests.bench.results import publish


def names() -> list[str]:
    """All benchmarks."""
    found = (module.name for module in pkgutil.iter_modules(tests.bench.__path__))
    return sorted(name for name in found if name not in ("__main__", "results"))


def main(arguments: list[str]) -> int:
    """Run what is named. 0: everything holds; 1: a target is missed; 2: no such benchmark."""
    console = Console()
    unknown = [name for name in arguments if name not in names()]
    if unknown or not arguments:
        console.print(f"benchmarks: {', '.join(names())}")
        return 2
    holds = True
    for name in arguments:
        module = importlib.import_module(f"tests.bench.{name}")
        with console.status(name) as status:
            rows = module.run(lambda text, status=status, name=name: status.update(f"{name}: {text}"))
        publish(name, rows, console)
        holds = holds and all(row.holds for row in rows)
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
