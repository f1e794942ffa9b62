"""The way into a Wi-Fi network, step by step."""

from msgspec.structs import replace

from kiosk.typing_vi import BACKSPACE, DELETE_WORD
from kiosk.view import look_at_wireless
from kiosk.wireless import (
    NetworkChosen,
    PasswordEntered,
    PasswordKey,
    PasswordShown,
    WifiAnswered,
    WifiBack,
    WifiWanted,
    Wireless,
    WirelessEvent,
    begin,
    step,
)
from sync.contract.problem.terminal import WIFI_MISSING, WIFI_NETWORK_GONE, WIFI_PASSWORD_WRONG
from sync.host.wifi import Answer, Connect, Look, Question, WifiNetwork

SECRET = "hoasen[26]~"
NETWORKS = (
    WifiNetwork(name="Trong", bars=4, secured=True, connected=True),
    WifiNetwork(name="Mot cua", bars=3, secured=True),
    WifiNetwork(name="Khach", bars=2, secured=False),
)


def after(*events: WirelessEvent, state: Wireless | None = None) -> tuple[Wireless | None, list[Question]]:
    now: Wireless | None = state or begin()[0]
    asked: list[Question] = []
    for event in events:
        assert now is not None
        now, question = step(now, event)
        asked += [question] if question else []
    return now, asked


FOUND = WifiAnswered(Answer(networks=NETWORKS))
TYPED = tuple(PasswordKey(key) for key in SECRET)
FAILED = WifiAnswered(Answer(problem=WIFI_PASSWORD_WRONG()))


def stage(*events: WirelessEvent) -> str:
    state, _ = after(*events)
    return state.stage if state else "away"


def test_networks_are_looked_for_at_once_and_shown() -> None:
    assert begin()[1] == Look()
    assert after(FOUND)[0] == Wireless(stage="list", networks=NETWORKS)


def test_a_password_is_typed_and_handed_over_once() -> None:
    state, asked = after(FOUND, NetworkChosen("Mot cua"), *TYPED, PasswordEntered(), PasswordEntered())
    assert asked == [Connect("Mot cua", SECRET)]
    assert state is not None
    assert state.stage == "connecting"


def test_nothing_of_a_password_stays_once_it_has_worked() -> None:
    state, _ = after(FOUND, NetworkChosen("Mot cua"), *TYPED, PasswordEntered(), WifiAnswered(Answer()))
    assert state == Wireless(stage="connected", name="Mot cua")


def test_an_open_network_needs_no_password_and_the_one_in_use_nothing() -> None:
    assert after(FOUND, NetworkChosen("Khach"))[1] == [Connect("Khach")]
    assert after(FOUND, NetworkChosen("Trong"), NetworkChosen("?"))[1] == []


def test_what_can_be_no_password_is_not_tried() -> None:
    state, asked = after(FOUND, NetworkChosen("Mot cua"), *TYPED[:7], PasswordEntered())
    assert asked == []
    assert state is not None
    assert (state.stage, state.may_connect) == ("password", False)


def test_keys_erase_and_a_password_has_an_end() -> None:
    chosen = after(FOUND, NetworkChosen("Mot cua"))[0]
    assert chosen is not None
    assert after(*TYPED, PasswordKey(BACKSPACE), state=chosen)[0] == replace(chosen, password=SECRET[:-1])
    assert after(*TYPED, PasswordKey(DELETE_WORD), state=chosen)[0] == chosen
    long = after(*TYPED * 9, state=chosen)[0]
    assert long is not None
    assert len(long.password) == 63


def test_a_password_is_seen_as_dots_until_somebody_wants_to_read_it() -> None:
    state = after(FOUND, NetworkChosen("Mot cua"), *TYPED)[0]
    assert state is not None
    assert look_at_wireless(state).typed == "•" * len(SECRET)
    shown = after(PasswordShown(), state=state)[0]
    assert shown is not None
    assert look_at_wireless(shown).typed == SECRET
    hidden = after(PasswordShown(), state=shown)[0]
    assert hidden == state


def test_nothing_that_is_printed_shows_a_password() -> None:
    state = after(FOUND, NetworkChosen("Mot cua"), *TYPED)[0]
    printed = repr((state, Connect("Mot cua", SECRET), TYPED))
    assert SECRET not in printed
    assert "~" not in printed


def test_a_wrong_password_can_be_corrected() -> None:
    state = after(FOUND, NetworkChosen("Mot cua"), *TYPED, PasswordEntered(), FAILED)[0]
    assert state is not None
    assert (state.stage, state.problem) == ("failed", WIFI_PASSWORD_WRONG())
    back = after(WifiBack(), state=state)[0]
    assert back is not None
    assert (back.stage, back.password, back.problem) == ("password", SECRET, None)


def test_a_network_that_is_gone_is_looked_for_again_and_its_password_forgotten() -> None:
    gone = WifiAnswered(Answer(problem=WIFI_NETWORK_GONE()))
    state = after(FOUND, NetworkChosen("Mot cua"), *TYPED, PasswordEntered(), gone)[0]
    assert state is not None
    assert state.password == ""
    assert step(state, WifiBack()) == begin()


def test_every_page_leads_back() -> None:
    assert stage(FOUND, NetworkChosen("Mot cua"), *TYPED, WifiBack()) == "list"
    assert stage(FOUND, WifiBack()) == "away"
    assert stage(WifiBack()) == "away"
    assert stage(WifiAnswered(Answer(problem=WIFI_MISSING())), WifiBack()) == "away"
    assert after(FOUND, WifiWanted()) == (Wireless(), [Look()])


def test_an_answer_that_nobody_waits_for_changes_nothing() -> None:
    chosen = after(FOUND, NetworkChosen("Mot cua"), *TYPED)[0]
    assert after(FAILED, FOUND, state=chosen) == (chosen, [])
