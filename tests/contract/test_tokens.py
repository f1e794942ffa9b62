"""Tokens are never more than was meant: an empty option or a wrong number makes none."""

from datetime import datetime, timedelta

import pytest

from sync.central.office.access import list_tokens
from sync.central.store.database import reading
from sync.host.clock import local_now
from tests.contract.conftest import Run
from tests.support.wire import CentreUnderTest


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
