"""Problems are raised and compared by name; each name has one number, in order, in the file of its range."""

import ast
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from types import ModuleType

import pytest

from sync.contract.problem import (
    Kind,
    agent,
    browser,
    centre,
    files,
    handing_over,
    offline,
    paper,
    planning,
    posting,
    pull,
    sampling,
    scanning,
    terminal,
    updates,
    wire,
)
from sync.contract.problem.table import KINDS
from sync.contract.problem.wire import CURSOR_STALE, SIGNATURE_WRONG

ROOT = Path(__file__).parents[2]
TABLE = ROOT / "sync/contract/problem"
RANGES = {
    files: "HL1",
    terminal: "HL2",
    scanning: "HL3",
    wire: "HL40",
    agent: "HL41",
    pull: "HL42",
    offline: "HL42",
    browser: "HL42",
    updates: "HL42",
    planning: "HL4",
    sampling: "HL43",
    handing_over: "HL43",
    posting: "HL43",
    centre: "HL5",
    paper: "HL52",
}


def named(area: ModuleType) -> list[tuple[str, Kind]]:
    return [(name, kind) for name, kind in vars(area).items() if isinstance(kind, Kind)]


def product() -> Iterator[tuple[Path, str]]:
    """The modules of the product outside the table, as text: to parse all of them takes seconds."""
    for path in sorted([*(ROOT / "kiosk").rglob("*.py"), *(ROOT / "sync").rglob("*.py")]):
        if TABLE not in path.parents:
            yield path, path.read_text("utf-8")


def words(tree: ast.Module) -> Iterator[ast.Constant]:
    """The texts of a module that are no docstrings."""
    documentation = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documentation:
            yield node


@pytest.mark.parametrize(("area", "prefix"), RANGES.items(), ids=RANGES.values())
def test_each_file_has_its_range_in_the_order_of_the_numbers(area: ModuleType, prefix: str) -> None:
    numbers = [kind.number for _, kind in named(area)]
    assert numbers
    assert all(re.fullmatch(r"HL\d{4}", number) and number.startswith(prefix) for number in numbers)
    assert all(before < after for before, after in pairwise(numbers))


def test_every_kind_has_one_name_and_every_name_one_kind() -> None:
    pairs = [pair for area in RANGES for pair in named(area)]
    assert len({name for name, _ in pairs}) == len({kind.number for _, kind in pairs}) == len(pairs)
    assert all(name == name.upper() for name, _ in pairs)
    assert {kind.number: kind for _, kind in pairs} == KINDS


def test_every_kind_has_a_user_in_the_product() -> None:
    # What is imported and not used, ruff finds.
    used = {name for _, source in product() for name in re.findall(r"\b[A-Z][A-Z0-9_]+\b", source)}
    assert {name for area in RANGES for name, _ in named(area)} - used == set()


def test_no_number_is_written_where_a_name_can_be() -> None:
    written = [
        f"{path.relative_to(ROOT)}:{text.lineno}: {text.value!r}"
        for path, source in product()
        if re.search(r"HL\d{4}", source)
        for text in words(ast.parse(source))
        if isinstance(text.value, str) and re.search(r"HL\d{4}", text.value)
    ]
    assert written == []


def test_a_kind_makes_problems_that_are_compared_with_it() -> None:
    problem = SIGNATURE_WRONG(where="Content-Digest", detail="sha-256")
    assert problem.brief() == "HL4018 Content-Digest sha-256"
    assert problem.kind is SIGNATURE_WRONG
    assert problem.kind is not CURSOR_STALE
