"""The staff screen, step by step."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.events import Now
from kiosk.staff import Tries
from kiosk.staff_desk import (
    VOID_REASONS,
    AskWifi,
    BadgeShown,
    CheckPin,
    CloseAfter,
    Desk,
    DeskEffect,
    DeskEvent,
    DeskLeft,
    DeskTimeout,
    DeskTouched,
    Did,
    Digit,
    Do,
    Erased,
    KeepTries,
    Looked,
    PageWanted,
    PinChecked,
    PinEntered,
    ProcedureChosen,
    StaffWanted,
    TagByHand,
    VoidChosen,
    VoidVisit,
    step,
)
from kiosk.wireless import NetworkChosen, PasswordKey, WifiAnswered, WifiBack, Wireless
from sync.host.wifi import Answer, Look, WifiNetwork
from tests.flows.flow import START


def after(*events: DeskEvent, desk: Desk | None = None, ms: int = 0) -> tuple[Desk, list[DeskEffect]]:
    """The desk after these events, and every effect but the waiting."""
    desk = desk or Desk()
    told: list[DeskEffect] = []
    for event in events:
        desk, effects = step(desk, event, Now(START, ms, bytes(16)), 60)
        told += [effect for effect in effects if not isinstance(effect, CloseAfter)]
    return desk, told


def typed(pin: str) -> list[DeskEvent]:
    return [Digit(digit) for digit in pin]


def test_the_right_pin_opens_it() -> None:
    desk, told = after(StaffWanted(), *typed("2468"), PinEntered(), PinChecked(right=True))
    assert told == [CheckPin("2468", Tries(1)), KeepTries(Tries())]
    assert (desk.page, desk.pin, desk.tries) == ("home", "", Tries())


def test_a_badge_opens_it() -> None:
    assert after(StaffWanted(), BadgeShown())[0].page == "home"


def test_a_badge_elsewhere_opens_nothing() -> None:
    assert after(BadgeShown())[0].page == "closed"


def test_a_wrong_digit_can_be_erased() -> None:
    _, told = after(StaffWanted(), *typed("24"), Erased(), *typed("6"), PinEntered())
    assert told == [CheckPin("26", Tries(1))]


def test_wrong_pins_make_the_next_try_wait_also_after_closing() -> None:
    wrong: list[DeskEvent] = [*typed("1111"), PinEntered(), PinChecked(right=False)]
    desk, _ = after(StaffWanted(), *wrong, *wrong, *wrong, DeskLeft(), StaffWanted(), *typed("2468"))
    desk, told = after(PinEntered(), desk=desk)
    assert told == []
    assert desk.message == "Xin đợi 5 giây"
    _, told = after(*typed("2468"), PinEntered(), desk=desk, ms=5000)
    assert told == [CheckPin("2468", Tries(4, 5000 + 10_000))]


def test_a_badge_gives_no_try_back() -> None:
    wrong: list[DeskEvent] = [*typed("1111"), PinEntered(), PinChecked(right=False)]
    desk, _ = after(StaffWanted(), *wrong, *wrong, *wrong, BadgeShown(), DeskLeft(), StaffWanted())
    assert desk.tries == Tries(3, 5000)
    desk, told = after(*typed("2468"), PinEntered(), desk=desk)
    assert (told, desk.message) == ([], "Xin đợi 5 giây")


def test_a_try_counts_before_its_pin_is_compared() -> None:
    """Anyone who pulls the plug between the two has had the try."""
    desk, told = after(StaffWanted(), *typed("1111"), PinEntered())
    assert told == [CheckPin("1111", Tries(1))]
    assert desk.tries == Tries(1)


def test_it_leaves_by_itself_and_forgets_what_was_typed() -> None:
    desk, _ = after(StaffWanted(), *typed("24"))
    desk, _ = after(DeskTimeout(desk.token), desk=desk)
    assert (desk.page, desk.pin) == ("closed", "")


def test_a_touch_keeps_it_open() -> None:
    desk, _ = after(StaffWanted(), BadgeShown())
    before = desk.token
    desk, _ = after(DeskTouched(), DeskTimeout(before), desk=desk)
    assert desk.page == "home"


def test_a_handover_tagged_by_hand_closes_it_and_is_remembered() -> None:
    desk, told = after(
        StaffWanted(), BadgeShown(), PageWanted("tag"), Looked("khai"), ProcedureChosen("1.001193")
    )
    assert told == [TagByHand("1.001193")]
    assert (desk.page, desk.recent, desk.wanted) == ("closed", ("1.001193",), "")


def test_the_last_procedure_comes_first_and_none_twice() -> None:
    desk = Desk()
    for code in ("a", "b", "a"):
        desk, _ = after(StaffWanted(), BadgeShown(), PageWanted("tag"), ProcedureChosen(code), desk=desk)
    assert desk.recent == ("a", "b")


def test_an_unknown_procedure_still_counts_as_a_handover() -> None:
    _, told = after(StaffWanted(), BadgeShown(), PageWanted("tag"), ProcedureChosen(None))
    assert told == [TagByHand(None)]


def test_a_visit_is_voided_for_one_of_the_reasons() -> None:
    _, told = after(StaffWanted(), BadgeShown(), PageWanted("void"), VoidChosen(VOID_REASONS[0]))
    assert told == [VoidVisit(VOID_REASONS[0])]
    _, told = after(StaffWanted(), BadgeShown(), PageWanted("void"), VoidChosen("vì thích"))
    assert told == []


@pytest.mark.parametrize(("what", "page"), [("sound", "home"), ("sign_out", "home"), ("wipe", "closed")])
def test_what_is_done_at_once(what: str, page: str) -> None:
    event: DeskEvent = Did(what)  # type: ignore[arg-type]
    desk, told = after(StaffWanted(), BadgeShown(), event)
    assert [effect.what for effect in told if isinstance(effect, Do)] == [what]
    assert desk.page == page


EVENTS = st.one_of(
    st.sampled_from(
        [
            StaffWanted(),
            DeskLeft(),
            DeskTouched(),
            Erased(),
            PinEntered(),
            PinChecked(right=False),
            PageWanted("home"),
            PageWanted("tools"),
            PageWanted("wifi"),
            PageWanted("tag"),
            PageWanted("void"),
            ProcedureChosen("1.001193"),
            VoidChosen(VOID_REASONS[0]),
            Did("wipe"),
            Did("restart"),
            Did("sign_out"),
        ]
    ),
    st.builds(Digit, st.text(max_size=2)),
    st.builds(Looked, st.text(max_size=4)),
    st.builds(DeskTimeout, st.integers(0, 9)),
)


@given(st.lists(EVENTS, max_size=40))
def test_nothing_opens_without_a_pin_or_a_badge(events: list[DeskEvent]) -> None:
    desk, told = after(*events)
    assert desk.page in ("closed", "lock")
    assert all(isinstance(effect, CheckPin) for effect in told)


def test_what_is_set_up_has_a_page_that_stays_open_while_things_are_tried() -> None:
    desk, _ = after(StaffWanted(), BadgeShown(), PageWanted("tools"), Did("sound"))
    assert (desk.page, desk.message) == ("tools", "Đã phát âm thanh thử")
    assert after(PageWanted("home"), desk=desk)[0].page == "home"


def test_wifi_is_behind_the_pin_and_nothing_of_it_stays() -> None:
    assert after(PageWanted("wifi"))[1] == []
    assert after(StaffWanted(), PageWanted("wifi"))[0].page == "lock"
    desk, told = after(StaffWanted(), BadgeShown(), PageWanted("wifi"))
    assert (desk.page, told) == ("wifi", [AskWifi(Look())])
    network = WifiNetwork(name="Mot cua", bars=3, secured=True)
    found = WifiAnswered(Answer(networks=(network,)))
    desk, _ = after(found, NetworkChosen("Mot cua"), PasswordKey("x"), desk=desk)
    assert desk.wireless.password == "x"
    assert after(DeskLeft(), desk=desk)[0].wireless == Wireless()
    assert after(WifiBack(), WifiBack(), desk=desk)[0].page == "tools"
