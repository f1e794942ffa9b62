import base64
import re
import string
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nacl.signing import SigningKey

from sync.contract.bundle import PublicKey, PublicKeys, Revoked
from sync.contract.code_rules import CodeRules, rule_problems, tried
from sync.contract.codes import (
    CODE_LIMIT,
    Code,
    Dossier,
    Refusal,
    case_hash,
    is_dossier_code,
    is_procedure_code,
    new_serial,
    normalise,
    open_code,
    refusal,
)
from sync.contract.codes import read as whole_scan
from sync.contract.problem import ProblemError
from tests.support.codes import (
    CASE_KEY,
    DOSSIER,
    HEALTH_CARD,
    IDENTITY_CARD,
    KEYS,
    TODAY,
    UNIT,
    code,
    signed,
)

QR_ALPHANUMERIC = set(string.digits + string.ascii_uppercase + " $%*+-./:")
RULES = CodeRules()
NOTHING = Revoked()

ids = st.from_regex(r"[a-z0-9][a-z0-9_.-]{0,15}", fullmatch=True)
codes = st.builds(
    Code,
    kind=st.sampled_from(["badge", "procedure"]),
    unit=ids,
    subject=st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,15}", fullmatch=True),
    serial=st.binary(min_size=5, max_size=5).map(new_serial),
    expires=st.dates(min_value=date(2026, 1, 1), max_value=date(2100, 1, 1)),
)


def read(text: str, keys: PublicKeys = KEYS, revoked: Revoked = NOTHING, today: date = TODAY) -> object:
    return open_code(normalise(text), keys, revoked, today)


@settings(deadline=None)
@given(codes)
def test_what_was_signed_reads_back_as_it_was(made: Code) -> None:
    text = signed(made)
    assert open_code(text, KEYS, NOTHING, made.expires) == made
    assert set(text) <= QR_ALPHANUMERIC
    assert len(text) <= CODE_LIMIT


def test_a_code_turned_round_by_caps_lock_reads_the_same() -> None:
    assert read(signed(code()).lower()) == code()


def test_one_flipped_character_is_refused_whichever_it_is() -> None:
    text = signed(code())
    for place in range(len(text)):
        for other in "A2z|:-0":
            flipped = text[:place] + other + text[place + 1 :]
            if flipped != text:
                assert isinstance(read(flipped), Refusal), (place, other)


@settings(deadline=None)
@given(codes, st.data())
def test_a_shortened_or_lengthened_code_is_refused(made: Code, data: st.DataObject) -> None:
    text = signed(made)
    cut = data.draw(st.integers(min_value=0, max_value=len(text) - 1))
    assert isinstance(read(text[:cut]), Refusal)
    assert isinstance(read(text + text[cut:]), Refusal)


def test_a_badge_of_a_stranger_is_refused() -> None:
    stranger = SigningKey(bytes(32))
    assert read(signed(code(), key=stranger)) is Refusal.FORGED
    assert read(signed(code()), keys=PublicKeys()) is Refusal.FORGED


def test_a_card_of_an_older_key_counts_while_the_bundle_has_that_key() -> None:
    newer = PublicKey("badges-2", base64.b64encode(SigningKey(bytes(32)).verify_key.encode()).decode())
    assert read(signed(code()), keys=PublicKeys(badges=(*KEYS.badges, newer))) == code()
    assert read(signed(code()), keys=PublicKeys(badges=(newer, *KEYS.badges))) == code()
    assert read(signed(code()), keys=PublicKeys(badges=(newer,))) is Refusal.FORGED


def test_a_badge_counts_on_its_last_day_and_not_after() -> None:
    last = code().expires
    assert read(signed(code()), today=last) == code()
    assert read(signed(code()), today=last + timedelta(days=1)) is Refusal.EXPIRED


def test_a_revoked_badge_is_refused() -> None:
    assert read(signed(code()), revoked=Revoked((code().serial,))) is Refusal.REVOKED


def test_ids_too_long_to_scan_are_refused_when_the_card_is_made() -> None:
    with pytest.raises(ProblemError, match="HL3017"):
        signed(code(unit="u" * 64, subject="s" * 64))


@pytest.mark.parametrize(
    "dossier",
    [
        "000.00.12.H62-201105-0004",
        "000.00.12.H29-231115-0001",
        "38.98.H29-210519-0013",
        "H15.50.05.13-261008-0975",
        "H26-240229-000123",
        "G01.899.101-251231-1234567",
    ],
)
def test_a_dossier_code_is_known(dossier: str) -> None:
    assert is_dossier_code(dossier, RULES) is True
    assert is_dossier_code(normalise(f" {dossier.lower()}\n"), RULES) is True
    assert refusal(dossier) is None


@pytest.mark.parametrize("day", ["230229", "231301", "231100", "000000", "230431"])
def test_a_dossier_code_needs_a_day_of_the_calendar(day: str) -> None:
    assert is_dossier_code(f"000.00.12.H62-{day}-0004", RULES) is Refusal.IMPOSSIBLE_DATE


@pytest.mark.parametrize(
    "text",
    [
        "000.00.12.H62-201105-00045",
        "000.00.12.H62-201105-0004X",
        "x000.00.12.H62-201105-0004",
        "000.00.12.H62-20110५-0004",
        "G22.99.3-241219795252",
        "1.001193",
        "",
    ],
)
def test_what_only_looks_like_a_dossier_code_is_none(text: str) -> None:
    assert is_dossier_code(text, RULES) is False


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (IDENTITY_CARD, Refusal.IDENTITY_CARD),
        (HEALTH_CARD, Refusal.IDENTITY_CARD),
        ("000000000000|", Refusal.IDENTITY_CARD),
        ("https://example.vn/tra-cuu?so=000000000000", Refusal.WEB_ADDRESS),
        ("HTTP://EXAMPLE.VN", Refusal.WEB_ADDRESS),
        ("www.example.vn", Refusal.WEB_ADDRESS),
        ("example.gov.vn/ho-so/000.00.12.H62-201105-0004", Refusal.WEB_ADDRESS),
        ("000000000", Refusal.BARE_DIGITS),
        ("000000000000", Refusal.BARE_DIGITS),
        (" 000 000 000 000 ", Refusal.BARE_DIGITS),
        ("0000000", Refusal.BARE_DIGITS),
        ("G22.99.3-241219795252", Refusal.PAYMENT),
        ("00020101021238560010A0000007270126", Refusal.PAYMENT),
        ("x" * 513, Refusal.TOO_LONG),
        ("\x00\x01\x02", Refusal.BINARY),
        ("abc\ufffd", Refusal.BINARY),
        ("", Refusal.HALF),
    ],
)
def test_what_is_never_looked_at_is_refused_by_its_reason(text: str, reason: Refusal) -> None:
    assert refusal(text) is reason


@settings(deadline=None)
@given(codes)
def test_a_signed_code_is_never_refused_unread(made: Code) -> None:
    assert refusal(signed(made)) is None


def test_the_patterns_are_configuration() -> None:
    rules = CodeRules(dossier=(r"HS-(?P<date>\d{6})",))
    assert is_dossier_code("HS-260101", rules) is True
    assert is_dossier_code(DOSSIER, rules) is False
    assert is_procedure_code("1.001193", rules)
    assert not is_procedure_code("1.0011930", rules)


@pytest.mark.parametrize("pattern", ["(", r"(A|A)+B", r"(\d|\d\d)+-", r"([A-Z]\d|[A-Z]|\d)+-"])
def test_a_pattern_that_is_none_or_never_ends_is_refused_by_name(pattern: str) -> None:
    (found,) = rule_problems(CodeRules(dossier=(r"HS-\d{6}", pattern)))
    assert (found.number, found.where) == ("HL1003", "codes.dossier[1]")


def test_the_patterns_that_are_there_by_themselves_end() -> None:
    assert list(rule_problems(CodeRules())) == []


@pytest.mark.parametrize(("halts", "refused"), [(2, False), (3, True)])
def test_a_machine_that_halts_for_a_moment_makes_no_good_pattern_a_bad_one(halts: int, refused: bool) -> None:
    left = iter(range(halts))

    def match() -> bool:
        if next(left, None) is not None:
            raise TimeoutError
        return True

    if refused:
        with pytest.raises(TimeoutError):
            tried(match)
    else:
        assert tried(match)


def test_a_scan_waits_for_no_pattern_that_never_ends() -> None:
    # `matched` gives up by itself: without a limit this takes longer than the age of the universe.
    assert is_dossier_code("1" * 64 + "-!", CodeRules(dossier=(r"(\d|\d\d)+-",))) is False


def test_the_hash_of_a_case_is_keyed_and_blind_to_case_and_spaces() -> None:
    assert re.fullmatch("[0-9a-f]{32}", case_hash(DOSSIER, CASE_KEY))
    assert case_hash(f" {DOSSIER.lower()} ", CASE_KEY) == case_hash(DOSSIER, CASE_KEY)
    assert case_hash(DOSSIER, bytes(32)) != case_hash(DOSSIER, CASE_KEY)
    # Published, so that another program can compute it: changing it would let every case be rated twice.
    assert case_hash(DOSSIER, CASE_KEY) == "2547e5ed46057acd110fc5f3dd83dcc6"


def test_every_refusal_tells_the_officer_what_to_do() -> None:
    for reason in Refusal:
        assert reason.problem.kind.title
        assert reason.problem.kind.remedy
        assert not reason.problem.detail


@settings(max_examples=500, deadline=None)
@given(st.text(max_size=600))
def test_nothing_that_was_not_signed_becomes_a_code(text: str) -> None:
    refusal(text)
    assert isinstance(open_code(normalise("HL1:" + text), KEYS, NOTHING, TODAY), Refusal)


def scanned(text: str, units: tuple[str, ...] = (UNIT, "h26"), key: bytes | None = CASE_KEY) -> object:
    return whole_scan(
        text, TODAY, units=units, keys=KEYS, revoked=Revoked(("7" * 8,)), rules=RULES, case_key=key
    )


def test_one_call_says_what_a_scan_is() -> None:
    assert scanned(f" {signed(code()).lower()}\n") == code()
    assert scanned(signed(code()), units=("h26.other",)) is Refusal.OTHER_UNIT
    assert scanned(signed(code(serial="7" * 8))) is Refusal.REVOKED
    assert scanned(signed(code(expires=date(2026, 1, 1)))) is Refusal.EXPIRED
    assert scanned(DOSSIER) == Dossier(case_hash(DOSSIER, CASE_KEY))
    assert scanned(DOSSIER, key=None) == Dossier(None)
    assert scanned(IDENTITY_CARD) is Refusal.IDENTITY_CARD
    assert scanned("000.00.12.H26-260231-0004") is Refusal.IMPOSSIBLE_DATE
    assert scanned("1.001193") is Refusal.UNKNOWN


@settings(deadline=None)
@given(st.text(max_size=60) | st.text(alphabet=sorted(QR_ALPHANUMERIC), max_size=300).map("HL1:".__add__))
def test_no_scan_makes_the_reading_fail(text: str) -> None:
    assert isinstance(scanned(text), Code | Dossier | Refusal)
