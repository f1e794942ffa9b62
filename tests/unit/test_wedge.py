import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.devices.burst import DEAF_MS, GAP_MS, LATE_END_MS, QUIET, Burst, pressed
from kiosk.devices.wedge import Wedge
from sync.contract.codes import Refusal
from tests.support.codes import DOSSIER, IDENTITY_CARD, code, signed
from tests.support.scanners import WedgeDesk

AFTER_GAP_MS = GAP_MS + 1


@pytest.mark.parametrize("gap_ms", [0, 1, 9])
def test_keys_that_come_fast_and_end_with_enter_are_one_scan(gap_ms: int) -> None:
    desk = WedgeDesk()
    desk.scan(signed(code()), gap_ms)
    assert desk.wait(100) == [signed(code())]


def test_a_slow_scanner_is_heard_up_to_the_allowed_gap() -> None:
    desk = WedgeDesk()
    desk.scan(signed(code()), gap_ms=GAP_MS)
    assert desk.wait() == [signed(code())]
    desk.scan("H26-260227-0004", gap_ms=AFTER_GAP_MS)
    assert desk.wait() == []


def test_a_line_end_of_two_enters_is_one_scan() -> None:
    desk = WedgeDesk()
    desk.scan(DOSSIER)
    desk.tap("enter")
    assert desk.wait() == [DOSSIER]


def test_half_a_scan_is_refused_and_forgotten() -> None:
    desk = WedgeDesk()
    desk.scan(DOSSIER[:12], end="")
    assert desk.wait() == [Refusal.HALF]
    assert desk.wedge._burst == Burst()
    desk.scan(DOSSIER)
    assert desk.wait() == [DOSSIER]


@pytest.mark.parametrize("broken_ms", [AFTER_GAP_MS, 250, DEAF_MS - 1])
def test_the_rest_of_a_broken_scan_is_no_scan(broken_ms: int) -> None:
    desk = WedgeDesk()
    desk.scan(DOSSIER[:10], end="")
    desk.at(desk.now_ms + broken_ms)
    desk.scan(DOSSIER[10:], gap_ms=0)
    assert desk.wait() == [Refusal.HALF]


@pytest.mark.parametrize("keys", [("a", "s"), ("escape", "up", "up", "down", "escape")])
def test_an_elbow_on_some_keys_is_no_scan(keys: tuple[str, ...]) -> None:
    desk = WedgeDesk()
    desk.tap(*keys, gap_ms=30)
    assert desk.wait() == []


def test_scans_one_after_the_other_are_each_heard() -> None:
    desk = WedgeDesk()
    desk.scan("AAAA")
    desk.at(desk.now_ms + 70)
    desk.scan("BBBB")
    assert desk.wait() == ["AAAA", "BBBB"]


def test_a_scan_is_whole_however_busy_the_machine_is_in_the_middle_of_it() -> None:
    desk = WedgeDesk()
    desk.scan(DOSSIER[:12], end="")
    desk.unheard_ms = 5000  # the loop was held up: what came meanwhile still waits in the window's queue
    desk.at(desk.now_ms + 4000)
    desk.scan(DOSSIER[12:])
    desk.unheard_ms = 0
    assert desk.wait() == [DOSSIER]


def test_two_codes_are_told_apart_by_silence_that_was_heard() -> None:
    desk = WedgeDesk()
    desk.scan("AAAA")
    desk.unheard_ms = 500
    desk.at(desk.now_ms + 400)
    desk.scan("BBBB")
    desk.unheard_ms = 0
    assert desk.wait() == [Refusal.TWO_AT_ONCE]


def test_two_scanners_at_once_are_refused() -> None:
    desk = WedgeDesk()
    # The second scanner's first three keys fall before the first one's Enter: taken for one code, that
    # would be a dossier of seven digits, and a wrong tag.
    desk.scan(DOSSIER + "000")
    desk.scan(".00.12.H26-260227-0009", gap_ms=45)
    assert desk.wait() == [Refusal.TWO_AT_ONCE]


def test_an_overlong_scan_is_refused_once() -> None:
    desk = WedgeDesk()
    desk.scan("A" * 2000, gap_ms=1)
    assert desk.wait() == [Refusal.TOO_LONG]


def test_an_identity_card_is_dropped_at_its_first_bar() -> None:
    desk = WedgeDesk()
    desk.scan(IDENTITY_CARD[:13], end="")
    assert "0000" not in str(vars(desk.wedge))
    assert desk.wedge._burst.text == ""
    desk.scan(IDENTITY_CARD[13:])
    assert desk.wait() == [Refusal.IDENTITY_CARD]


def test_a_burst_never_shows_its_text() -> None:
    burst, _ = pressed(QUIET, "CANARY", "", 0)
    assert "CANARY" not in repr(burst) + str(burst) + f"{[burst]}"


def test_nothing_is_kept_after_a_scan() -> None:
    desk = WedgeDesk()
    desk.scan(DOSSIER)
    assert desk.wait() == [DOSSIER]
    assert desk.wedge._burst == Burst()


def test_digits_are_digits_whatever_keys_they_are() -> None:
    card = IDENTITY_CARD[:12]
    numeric, alt = WedgeDesk(), WedgeDesk()
    numeric.tap(*(f"kp {digit}" for digit in card), "kp enter", gap_ms=3)
    assert numeric.wait() == [card]
    for character in card:
        alt.key("alt", is_down=True)
        alt.tap(*(f"kp {digit}" for digit in f"{ord(character):03}"), gap_ms=3)
        alt.key("alt", is_down=False)
    alt.tap("enter", gap_ms=3)
    assert alt.wait() == [card]


@pytest.mark.parametrize("key", ["tab", "enter", "kp enter", "kp 1", "kp +", "down"])
def test_a_key_alone_is_no_scan(key: str) -> None:
    desk = WedgeDesk()
    for _ in range(3):
        desk.tap(key)
        assert desk.wait(1300) == []


def test_equal_characters_without_a_release_between_them_are_both_heard() -> None:
    desk = WedgeDesk()
    desk.tap("a")
    for _ in range(3):
        desk.key("0", is_down=True)
    desk.key("0", is_down=False)
    desk.tap("enter")
    assert desk.wait() == ["a000"]


def test_what_follows_a_single_key_so_soon_is_no_scan() -> None:
    desk = WedgeDesk()
    desk.tap(DOSSIER[0])
    desk.at(desk.now_ms + AFTER_GAP_MS)
    desk.scan(DOSSIER[1:])
    assert desk.wait() == [Refusal.HALF]


def test_a_late_line_end_after_a_scan_is_nothing() -> None:
    desk = WedgeDesk()
    desk.scan(DOSSIER)
    desk.tap("enter", gap_ms=LATE_END_MS - 1)
    assert desk.wait() == [DOSSIER]


@pytest.mark.parametrize("end", ["enter", "kp enter", "tab"])
def test_a_code_ends_with_enter_or_tab(end: str) -> None:
    desk = WedgeDesk()
    desk.scan(DOSSIER, end=end)
    assert desk.wait() == [DOSSIER]


@pytest.mark.parametrize("identifier", ["]Q1", "]C0", "]C1", "]d2"])
def test_the_kind_of_bar_code_before_the_text_is_taken_off(identifier: str) -> None:
    desk = WedgeDesk()
    desk.scan(identifier + DOSSIER)
    assert desk.wait() == [DOSSIER]


def test_a_code_of_several_lines_is_refused_as_one() -> None:
    desk = WedgeDesk()
    desk.scan(DOSSIER)
    desk.scan("example.vn")
    assert desk.wait() == [Refusal.TWO_AT_ONCE]


def test_a_stopped_wedge_hears_nothing() -> None:
    desk = WedgeDesk()
    desk.scan(DOSSIER, end="")
    desk.wedge.stop()
    assert desk.wedge.state == "off"
    desk.scan(DOSSIER)
    assert desk.wait() == []


@given(
    st.lists(
        st.tuples(st.integers(0, 400), st.sampled_from(["enter", "tab", "a", "|", "0", "kp 0"])),
        max_size=80,
    )
)
def test_what_is_heard_was_typed_without_a_break(keys: list[tuple[int, str]]) -> None:
    desk = WedgeDesk()
    runs, run = {""}, ""
    for gap_ms, key in keys:
        desk.at(desk.now_ms + gap_ms)
        for name in ("shift", "\\") if key == "|" else (key,):
            desk.key(name, is_down=True)
        for name in ("\\", "shift") if key == "|" else (key,):
            desk.key(name, is_down=False)
        run = "" if gap_ms > GAP_MS else run
        run += "" if key in ("enter", "tab") else key[-1]
        runs.add(run)
        run = "" if key in ("enter", "tab") else run
    for scan in desk.wait():
        assert isinstance(scan, Refusal) or scan in runs


def test_a_wedge_is_a_scanner() -> None:
    from kiosk.devices.scanner import Scanner

    scanner: Scanner = Wedge(lambda: 0, lambda: 0, lambda _ms, _call: lambda: None)
    assert scanner.state == "off"
