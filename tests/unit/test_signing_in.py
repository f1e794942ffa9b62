"""The parts of a sign-in that decide without a database: codes, passwords, ends of sessions, what is due."""

import pyotp
import pytest
from argon2 import PasswordHasher

from sync.central.office.people.box import AccountBox
from sync.central.office.people.passwords import Passwords, check_password
from sync.central.office.people.second_factor import matching_step, provisioning_uri
from sync.central.office.people.sessions import (
    ABSOLUTE,
    IDLE,
    STEP_UP,
    Seen,
    csrf_token,
    is_over,
    is_stepped_up,
)
from sync.central.office.people.visitor import what_is_due
from sync.contract.problem import ProblemError

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
NOW = 1_772_000_010.0
STEP = int(NOW) // 30


@pytest.mark.parametrize("away", [-2, -1, 0, 1, 2])
def test_a_code_of_this_half_minute_and_its_neighbours_opens(away: int) -> None:
    code = pyotp.TOTP(SECRET).at(NOW + 30 * away)
    assert matching_step(SECRET, code, NOW, after=0) == (STEP + away if abs(away) < 2 else None)
    assert matching_step(SECRET, f"{code[:3]} {code[3:]}", NOW, after=0) == (
        STEP + away if abs(away) < 2 else None
    )


def test_a_code_never_opens_twice_nor_an_older_one_after_it() -> None:
    older, code = pyotp.TOTP(SECRET).at(NOW - 30), pyotp.TOTP(SECRET).at(NOW)
    assert matching_step(SECRET, code, NOW, after=STEP) is None
    assert matching_step(SECRET, older, NOW, after=STEP) is None


@pytest.mark.parametrize("code", ["", "12345", "1234567", "१२३४५६", "abcdef"])
def test_what_is_no_code_opens_nothing(code: str) -> None:
    assert matching_step(SECRET, code, NOW, after=0) is None


def test_an_app_reads_secret_and_name_from_the_picture() -> None:
    uri = provisioning_uri(SECRET, "vi.du")
    read = pyotp.parse_uri(uri)
    assert (read.secret, read.name, read.issuer) == (SECRET, "vi.du", "Hài Lòng")


def test_a_secret_is_opened_by_its_own_key_alone() -> None:
    old, new = AccountBox({"a": b"1" * 32}), AccountBox({"a": b"1" * 32, "b": b"2" * 32})
    sealed = old.seal(SECRET)
    assert SECRET not in sealed
    assert new.open(sealed) == SECRET
    assert new.open(new.seal(SECRET)) == SECRET
    for box, text in ((old, new.seal(SECRET)), (old, "a:AAAA"), (old, "junk")):
        with pytest.raises(ProblemError, match="HL5111"):
            box.open(text)
    with pytest.raises(ProblemError, match="HL5002"):
        AccountBox({}).seal(SECRET)


@pytest.mark.parametrize(
    ("password", "good"),
    [
        ("mười hai ký tự", True),
        ("a bcdefghijk", True),
        ("abcdefghijk", False),
        ("aaaaaaaaaaaaaaa", False),
        ("nguyen.vi.du", False),
        ("NGUYEN.VI.DU", False),
        ("x y" * 67, False),
    ],
)
def test_a_password_has_twelve_characters_and_is_not_the_name(password: str, good: bool) -> None:
    if good:
        check_password(password, "nguyen.vi.du")
    else:
        with pytest.raises(ProblemError, match="HL5103"):
            check_password(password, "nguyen.vi.du")


def test_passwords_are_compared_however_their_marks_are_typed() -> None:
    passwords = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    composed, decomposed = "mười hai ký tự", "mu\u031bo\u031b\u0300i hai ky\u0301 tu\u031b\u0323"
    hashed = passwords.hash(composed)
    assert hashed.startswith("$argon2id$")
    assert passwords.matches(decomposed, hashed)
    assert not passwords.matches("mười hai ký tư", hashed)
    assert not passwords.matches("no password", None)
    assert not passwords.matches("", "no hash")


def test_a_session_ends_after_idle_minutes_and_after_its_hours() -> None:
    assert not is_over(begun_at=0, seen_at=0, now=IDLE - 1)
    assert is_over(begun_at=0, seen_at=0, now=IDLE)
    assert not is_over(begun_at=0, seen_at=ABSOLUTE - 2, now=ABSOLUTE - 1)
    assert is_over(begun_at=0, seen_at=ABSOLUTE - 1, now=ABSOLUTE)
    assert is_stepped_up(100, 100 + STEP_UP - 1)
    assert not is_stepped_up(100, 100 + STEP_UP)
    assert not is_stepped_up(None, 100)


def test_what_was_seen_while_it_was_stored_is_stored_next_time() -> None:
    seen = Seen()
    seen.note(b"a", 10)
    seen.note(b"b", 10)
    kept = seen.waiting()
    seen.note(b"b", 20)
    seen.stored(kept)
    assert seen.waiting() == {b"b": 20}
    assert (seen.of(b"a"), seen.of(b"b")) == (0, 20)


def test_the_token_of_forms_is_the_sessions_own_and_not_its_cookie() -> None:
    assert csrf_token("cookie-1") == csrf_token("cookie-1") != csrf_token("cookie-2")
    assert "cookie-1" not in csrf_token("cookie-1")
    assert len(csrf_token("cookie-1")) == 43


@pytest.mark.parametrize(
    ("how", "passed", "password", "factor", "needs", "due"),
    [
        ("typed", True, True, False, False, ""),
        ("typed", True, True, True, True, ""),
        ("typed", True, True, False, True, "factor"),
        ("typed", False, True, True, True, "code"),
        ("password", False, True, True, True, "code"),
        ("password", True, True, True, True, "password"),
        ("password", True, False, False, True, "password"),
        ("once", True, False, False, True, ""),
        ("once", True, True, True, True, ""),
    ],
)
def test_what_a_session_still_lacks(
    how: str, passed: bool, password: bool, factor: bool, needs: bool, due: str
) -> None:
    assert (
        what_is_due(passed=passed, how=how, has_password=password, has_factor=factor, needs_factor=needs)
        == due
    )
