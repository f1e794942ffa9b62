import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.devices.burst import QUIET, Burst, typed
from kiosk.devices.wedge import Wedge
from sync.contract.codes import Refusal
from tests.support.codes import DOSSIER, IDENTITY_CARD, code, signed
from tests.support.scanners import WedgeDesk


@pytest.mark.parametrize("gap_ms", [0, 1, 9])
def test_keys_that_come_fast_and_end_with_enter_are_one_scan(gap_ms: int) -> None:
    desk = WedgeDesk()
    desk.scan(signed(code()), gap_ms)
    assert desk.wait(100) == [signed(code())]


def test_a_slow_scanner_is_heard_up_to_the_allowed_gap() -> None:
    desk = WedgeDesk()
    desk.scan("H26-260227-0004", gap_ms=100)
    assert desk.wait() == ["H26-260227-0004"]
    desk.scan("H26-260227-0004", gap_ms=102)
    assert desk.wait() == []


def test_a_line_end_of_two_enters_is_one_scan() -> None:
    desk = WedgeDesk()
    desk.scan(DOSSIER)
    desk.wedge.entered()
    assert desk.wait() == [DOSSIER]


def test_several_characters_in_one_event_are_heard_in_order() -> None:
    desk = WedgeDesk()
    desk.wedge.typed("000.00.12.")
    desk.wedge.typed("H26-260227-0004")
    desk.wedge.entered()
    assert desk.wait() == [DOSSIER]


def test_half_a_scan_is_refused_and_forgotten() -> None:
    desk = WedgeDesk()
    desk.scan(DOSSIER[:12], enter=False)
    assert desk.wait() == [Refusal.HALF]
    assert desk.wedge._burst == Burst()
    desk.scan(DOSSIER)
    assert desk.wait() == [DOSSIER]


@pytest.mark.parametrize("broken_ms", [101, 250, 499])
def test_the_rest_of_a_broken_scan_is_no_scan(broken_ms: int) -> None:
    desk = WedgeDesk()
    desk.scan(DOSSIER[:10], enter=False)
    desk.at(desk.now_ms + broken_ms)
    desk.scan(DOSSIER[10:], gap_ms=0)
    assert desk.wait() == [Refusal.HALF]


def test_an_elbow_on_a_key_is_no_scan() -> None:
    desk = WedgeDesk()
    desk.wedge.entered()
    desk.scan("aa", gap_ms=30, enter=False)
    assert desk.wait() == []


def test_scans_one_after_the_other_are_each_heard() -> None:
    desk = WedgeDesk()
    desk.scan("AAAA")
    desk.at(desk.now_ms + 70)
    desk.scan("BBBB")
    assert desk.wait() == ["AAAA", "BBBB"]


def test_a_late_timer_loses_no_scan() -> None:
    desk = WedgeDesk()
    desk.scan("AAAA")
    desk.now_ms += 500  # the loop was busy: nothing was called back
    desk.scan("BBBB")
    assert desk.wait() == ["AAAA", "BBBB"]


def test_two_scanners_at_once_are_refused() -> None:
    desk = WedgeDesk()
    # The second scanner's first three keys fall before the first one's Enter: taken for one code, that
    # would be a dossier of seven digits, and a wrong tag.
    desk.scan(DOSSIER + "000")
    desk.scan(".00.12.H26-260227-0009", gap_ms=45)
    assert desk.wait() == [Refusal.TWO_AT_ONCE]


def test_a_scan_longer_than_two_seconds_is_refused_once() -> None:
    desk = WedgeDesk()
    desk.scan("A" * 50, gap_ms=50)
    assert desk.wait() == [Refusal.TOO_LONG]


def test_an_overlong_scan_is_refused_once() -> None:
    desk = WedgeDesk()
    desk.scan("A" * 2000, gap_ms=1)
    assert desk.wait() == [Refusal.TOO_LONG]


def test_an_identity_card_is_dropped_at_its_first_bar() -> None:
    desk = WedgeDesk()
    desk.scan(IDENTITY_CARD[:13], enter=False)
    assert "0000" not in str(vars(desk.wedge))
    assert desk.wedge._burst.text == ""
    desk.scan(IDENTITY_CARD[13:])
    assert desk.wait() == [Refusal.IDENTITY_CARD]


def test_a_burst_never_shows_its_text() -> None:
    burst, _ = typed(QUIET, "CANARY", 0)
    assert "CANARY" not in repr(burst) + str(burst) + f"{[burst]}"


def test_nothing_is_kept_after_a_scan() -> None:
    desk = WedgeDesk()
    desk.scan(DOSSIER)
    assert desk.wait() == [DOSSIER]
    assert desk.wedge._burst == Burst()


def test_a_stopped_wedge_hears_nothing() -> None:
    desk = WedgeDesk()
    desk.scan(DOSSIER, enter=False)
    desk.wedge.stop()
    assert desk.wedge.state == "off"
    desk.scan(DOSSIER)
    assert desk.wait() == []


@given(
    st.lists(
        st.tuples(st.integers(0, 300), st.sampled_from(["enter", "A", "|", "0", "AB"])),
        max_size=80,
    )
)
def test_what_is_heard_was_typed_without_a_break(keys: list[tuple[int, str]]) -> None:
    desk = WedgeDesk()
    for gap_ms, key in keys:
        desk.at(desk.now_ms + gap_ms)
        if key == "enter":
            desk.wedge.entered()
        else:
            desk.wedge.typed(key)
    runs, run = {""}, ""
    for gap_ms, key in keys:
        run = "" if gap_ms > 100 else run
        if key == "enter":
            runs.add(run)
            run = ""
        else:
            run += key
    for scan in desk.wait():
        assert isinstance(scan, Refusal) or scan in runs


def test_a_wedge_is_a_scanner() -> None:
    from kiosk.devices.scanner import Scanner

    scanner: Scanner = Wedge(lambda: 0, lambda _ms, _call: lambda: None)
    assert scanner.state == "off"
