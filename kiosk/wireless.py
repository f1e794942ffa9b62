"""The way into a Wi-Fi network, as a pure state machine: (wireless, event) -> wireless, question.

    looking ──► list ──touch──► password ──"Kết nối"──► connecting ──► connected
       ▲         ▲                 │ ▲                      │
       └"Tìm lại"└───"Quay lại"────┘ └──wrong password── failed, with what to do

The same on the first-start screen and on that of staff. The password is in this state alone while it is
typed: it is forgotten with the page, and once it has worked.
"""

from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from kiosk import typing_vi
from sync.contract.problem import Problem
from sync.contract.problem.terminal import WIFI_PASSWORD_WRONG
from sync.host.wifi import Answer, Connect, Look, Question, WifiNetwork

SHORTEST, LONGEST = 8, 63
"""Characters of a password of WPA (IEEE 802.11, annex J)."""

WirelessStage = Literal["looking", "list", "password", "connecting", "connected", "failed"]


class Wireless(Struct, frozen=True, kw_only=True):
    """What the pages show.

    networks: that were found. name: of the one that was chosen. password: so far. shown: it is to be read.
    problem: why it did not work.
    """

    stage: WirelessStage = "looking"
    networks: tuple[WifiNetwork, ...] = ()
    name: str = ""
    password: str = ""
    shown: bool = False
    problem: Problem | None = None

    def __repr__(self) -> str:
        """Without the password: what is printed by mistake shows none."""
        return f"Wireless({self.stage!r}, {self.name!r})"

    @property
    def may_connect(self) -> bool:
        """Whether what was typed can be a password."""
        return SHORTEST <= len(self.password) <= LONGEST


class WifiWanted(Struct, frozen=True):
    """The way to the networks, or look for them again."""


class WifiAnswered(Struct, frozen=True):
    """What the helper found, or how connecting ended."""

    answer: Answer


class NetworkChosen(Struct, frozen=True):
    """A touch on a network."""

    name: str


class PasswordKey(Struct, frozen=True):
    """A key of the screen's keyboard."""

    key: str

    def __repr__(self) -> str:
        """Without the key: what is printed by mistake shows none."""
        return "PasswordKey()"


class PasswordShown(Struct, frozen=True):
    """Show it in letters, or in dots again."""


class PasswordEntered(Struct, frozen=True):
    """It is whole: connect."""


class WifiBack(Struct, frozen=True):
    """One page back; from the list, away from Wi-Fi."""


WirelessEvent = (
    WifiWanted | WifiAnswered | NetworkChosen | PasswordKey | PasswordShown | PasswordEntered | WifiBack
)


def begin() -> tuple[Wireless, Question]:
    """The first page, and the question that goes with it."""
    return Wireless(), Look()


def step(wireless: Wireless, event: WirelessEvent) -> tuple[Wireless | None, Question | None]:
    """The state after an event, None: away from Wi-Fi; and what to ask the helper, None: nothing."""
    match event:
        case WifiWanted() if wireless.stage in ("list", "failed"):
            return begin()
        case WifiAnswered(answer):
            return _answered(wireless, answer), None
        case NetworkChosen(name) if wireless.stage == "list":
            return _chosen(wireless, name)
        case PasswordKey(key) if wireless.stage == "password":
            return replace(wireless, password=_typed(wireless.password, key)), None
        case PasswordShown() if wireless.stage == "password":
            return replace(wireless, shown=not wireless.shown), None
        case PasswordEntered() if wireless.stage == "password" and wireless.may_connect:
            return replace(wireless, stage="connecting", shown=False), Connect(
                wireless.name, wireless.password
            )
        case WifiBack():
            return _back(wireless)
        case _:
            return wireless, None


def _typed(password: str, key: str) -> str:
    match key:
        case typing_vi.BACKSPACE:
            return password[:-1]
        case typing_vi.DELETE_WORD:
            return ""
        case _:
            return (password + key)[:LONGEST]


def _answered(wireless: Wireless, answer: Answer) -> Wireless:
    if wireless.stage not in ("looking", "connecting"):
        return wireless  # nobody waits for it any more
    if answer.problem is not None:
        keeps = answer.problem.kind is WIFI_PASSWORD_WRONG
        password = wireless.password if keeps else ""
        return replace(wireless, stage="failed", problem=answer.problem, password=password)
    if wireless.stage == "connecting":
        return Wireless(stage="connected", name=wireless.name)
    return Wireless(stage="list", networks=answer.networks)


def _chosen(wireless: Wireless, name: str) -> tuple[Wireless, Question | None]:
    network = next((each for each in wireless.networks if each.name == name), None)
    if network is None or network.connected:
        return wireless, None
    chosen = replace(wireless, name=name, password="", shown=False)
    if network.secured:
        return replace(chosen, stage="password"), None
    return replace(chosen, stage="connecting"), Connect(name)


def _back(wireless: Wireless) -> tuple[Wireless | None, Question | None]:
    match wireless.stage:
        case "password":
            return replace(wireless, stage="list", password="", shown=False), None
        case "failed" if wireless.password:
            return replace(wireless, stage="password", problem=None), None
        case "failed" if wireless.name:
            return begin()
        case "connecting":
            return wireless, None
        case _:
            return None, None
