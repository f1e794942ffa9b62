"""Each of the 113 demands of the five plans is shown by a test that exists, or says what is missing."""

import ast
from collections import Counter
from functools import cache
from pathlib import Path

import msgspec
from msgspec import Struct

TESTS = Path(__file__).parents[1]
DEMANDS = {
    "kien-hung-2020": 31,
    "quang-binh-so-tu-phap-2018": 19,
    "thach-ha-2021": 19,
    "nha-trang-2023": 31,
    "van-thang-2023": 13,
}
OPEN = 0
"""Demands that no test shows whole: it only ever falls."""


class Demand(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a plan's text says, and where it is shown."""

    plan: str
    number: int
    text: str
    shown: tuple[str, ...] = ()
    open: str = ""
    not_needed: str = ""


class File(Struct, frozen=True, forbid_unknown_fields=True):
    """The table."""

    demand: tuple[Demand, ...]


def demands() -> tuple[Demand, ...]:
    return msgspec.toml.decode((TESTS / "support" / "demands.toml").read_bytes(), type=File).demand


@cache
def names_in(file: str) -> frozenset[str]:
    """The names of the tests in a file, also in its classes; none for a file that is not there."""
    path = TESTS / file
    if not path.is_file():
        return frozenset()
    every = ast.walk(ast.parse(path.read_text("utf-8")))
    return frozenset(each.name for each in every if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef))


def test_every_demand_of_the_five_plans_is_in_the_table_once() -> None:
    table = demands()
    numbers = [(each.plan, each.number) for each in table]
    assert numbers == [(plan, n) for plan, count in DEMANDS.items() for n in range(1, count + 1)]
    assert len(table) == 113
    assert [each.number for each in table if not each.text.strip()] == []


def test_every_demand_names_its_tests_or_says_what_is_missing() -> None:
    silent = [
        (each.plan, each.number)
        for each in demands()
        if bool(each.not_needed) == bool(each.shown or each.open)
    ]
    assert silent == []


def test_every_test_that_a_demand_names_exists() -> None:
    named = [(each.plan, each.number, test) for each in demands() for test in each.shown]
    twice = [each for each, count in Counter(named).items() if count > 1]
    lost = [each for each in named if each[2].partition("::")[2] not in names_in(each[2].partition("::")[0])]
    assert (twice, lost) == ([], [])


def test_what_is_open_only_falls() -> None:
    assert sum(bool(each.open) for each in demands()) == OPEN
