"""The staff's PIN, and how a procedure is found."""

import io
import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.staff import (
    LONGEST_WAIT_MS,
    MANY,
    Tries,
    check_pin,
    find_procedures,
    hash_pin,
    is_pin,
    main,
    plain,
)
from sync.contract.catalogue import Procedure
from sync.contract.problem import ProblemError

PROCEDURES = (
    Procedure("1.001193", {"vi": "Đăng ký khai sinh"}, "Hộ tịch"),
    Procedure("1.000894", {"vi": "Đăng ký kết hôn"}, "Hộ tịch"),
    Procedure("2.000815", {"vi": "Chứng thực bản sao từ bản chính"}, "Chứng thực"),
)


def test_a_pin_is_known_by_its_hash_alone() -> None:
    hashed = hash_pin("246810")
    assert "246810" not in hashed
    assert is_pin("246810", hashed)
    assert not is_pin("246811", hashed)


def test_without_a_pin_every_pin_is_wrong() -> None:
    assert not is_pin("", "")
    assert not is_pin("1234", "not a hash")


def test_two_slips_cost_nothing() -> None:
    assert Tries().failed(0).failed(0).waits(0) == 0


def test_every_further_wrong_pin_waits_longer() -> None:
    tries, waits = Tries(wrong=2), []
    for _ in range(12):
        tries = tries.failed(1000)
        waits.append(tries.waits(1000))
    assert waits[:4] == [5, 10, 20, 40]
    assert waits == sorted(waits)
    assert waits[-1] == LONGEST_WAIT_MS // 1000


@given(st.integers(0, 10_000), st.integers(0, 10**12))
def test_a_wait_always_ends(wrong: int, now: int) -> None:
    tries = Tries(min(wrong, MANY)).failed(now)
    assert tries.waits(now + LONGEST_WAIT_MS) == 0


def test_a_procedure_is_found_without_accents_by_any_of_its_words() -> None:
    assert [found.code for found in find_procedures(PROCEDURES, "khai sinh")] == ["1.001193"]
    assert [found.code for found in find_procedures(PROCEDURES, "dang ky")] == ["1.000894", "1.001193"]
    assert [found.code for found in find_procedures(PROCEDURES, "BẢN sao")] == ["2.000815"]


def test_a_procedure_is_found_by_its_code() -> None:
    assert [found.code for found in find_procedures(PROCEDURES, "0008")] == ["2.000815", "1.000894"]


def test_the_last_ones_used_come_first() -> None:
    found = find_procedures(PROCEDURES, "", recent=["2.000815", "1.001193"])
    assert [procedure.code for procedure in found] == ["2.000815", "1.001193", "1.000894"]


def test_plain_takes_every_mark_off() -> None:
    assert plain("Đặng Thị Ngọc Ánh — Ướt") == "dang thi ngoc anh — uot"


@pytest.mark.parametrize(
    "pin",
    [
        "123",
        "1234567890123",
        "1234",
        "4321",
        "8901",
        "1111",
        "121212",
        "123123",
        "abcd",
        "٤٨٢٩",
        "2468",
        "1357",
        "2580",
        "0852",
        "147258",
        "159357",
        "1990",
        "2026",
        "30041975",
        "19750430",
        "48294829",
    ],
)
def test_a_pin_that_anybody_tries_first_is_refused(pin: str) -> None:
    with pytest.raises(ProblemError, match="HL3021"):
        check_pin(pin)


def test_a_pin_of_some_thought_is_taken() -> None:
    for pin in ("4829", "246810", "190258374650"):
        check_pin(pin)


def test_a_new_pin_is_printed_as_the_line_for_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    typed = iter(["4829", "4829", "4829", "4830"])
    printed = io.StringIO()
    monkeypatch.setattr("getpass.getpass", lambda prompt: next(typed))
    monkeypatch.setattr("sys.stdout", printed)
    main()
    line = tomllib.loads(printed.getvalue())
    assert is_pin("4829", line["staff_pin"])
    with pytest.raises(SystemExit, match="HL3021"):
        main()
