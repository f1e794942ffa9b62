"""Tokens are never more than was meant: an empty option or a wrong number makes none."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from typer.testing import CliRunner

from sync.central.__main__ import app
from sync.central.access import list_tokens
from sync.central.database import reading
from sync.clock import local_now
from sync.contract.problem import ProblemError
from tests.support.wire import CentreUnderTest

Run = Callable[..., str]


@pytest.fixture
def run(central: CentreUnderTest) -> Run:
    """A command of the centre: what it printed, or the number of its problem."""

    def runs(*words: str) -> str:
        place = ["--data", str(central.folder), *(["--database", central.url] if central.url else [])]
        done = CliRunner().invoke(app, [*words, *place])
        if isinstance(done.exception, ProblemError):
            return done.exception.problem.number
        assert done.exit_code == 0, done.output
        return done.output

    return runs


@pytest.mark.parametrize(
    ("options", "number"),
    [
        (("--role", "viewer", "--unit", ""), "HL5011"),
        (("--role", ""), "HL5003"),
        (("--device", ""), "HL5004"),
        (("--device", "", "--role", "admin"), "HL5004"),
        (("--device", "kiosk-1", "--role", "admin"), "HL5004"),
        (("--role", "admin", "--days", "0"), "HL5040"),
        (("--role", "admin", "--days", "-5"), "HL5040"),
        (("--role", "admin", "--days", "3651"), "HL5040"),
    ],
)
def test_a_token_is_not_made_of_an_empty_option_or_a_wrong_number(
    central: CentreUnderTest, run: Run, options: tuple[str, ...], number: str
) -> None:
    assert run("tokens", "create", *options) == number
    with reading(central.engine) as connection:
        assert list_tokens(connection, local_now()) == []
        assert connection.exec_driver_sql("SELECT count(*) FROM audit").scalar_one() == 0


def test_every_token_ends_by_itself(central: CentreUnderTest, run: Run) -> None:
    for options in (("--role", "admin"), ("--device", "kiosk-1"), ("--role", "viewer", "--days", "3650")):
        assert run("tokens", "create", *options).startswith("hl_")
    with reading(central.engine) as connection:
        ends = [datetime.fromisoformat(each.expires_at) for each in list_tokens(connection, local_now())]
    days = [(end - local_now() + timedelta(hours=12)).days for end in ends]
    assert days == [365, 365, 3650]
    assert [run("tokens", "expire", "1", "--days", days) for days in ("-1", "3651", "0")] == [
        "HL5040",
        "HL5040",
        "",
    ]
    assert run("set-aside", "judge", "--device", "", "--reason", "x") == "HL5004"
