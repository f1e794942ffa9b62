"""NetworkManager behind one question and one answer: what it lists, what it says, and what is passed on."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from socketserver import StreamRequestHandler, ThreadingUnixStreamServer
from tempfile import TemporaryDirectory

import msgspec
import pytest

from sync.contract.problem.terminal import (
    WIFI_HELPER_SILENT,
    WIFI_MISSING,
    WIFI_NETWORK_GONE,
    WIFI_NETWORK_REFUSED,
    WIFI_PASSWORD_WRONG,
)
from sync.host.nmcli import Done, networks, reply, why
from sync.host.wifi import Answer, Connect, Look, WifiNetwork, ask, serve

ROOT = Path(__file__).parents[2]
LISTED = r"""
 :62:WPA2:Mot cua
 :90:WPA1 WPA2:UBND\: tang 1
 :70:WPA2 802.1X:eduroam
*:41:WPA2:Mot cua
 :33::Khach
 :20:WPA2:
 :12:--:a\\b
"""
KNOWN = r"""
0001:802-3-ethernet:Mot cua
0002:802-11-wireless:Mot cua
0003:802-11-wireless:UBND\: tang 1
"""
SECRET = "mật khẩu: \\26"


def test_each_name_once_the_one_in_use_first_then_by_strength() -> None:
    assert networks(LISTED) == (
        WifiNetwork(name="Mot cua", bars=3, secured=True, connected=True),
        WifiNetwork(name="UBND: tang 1", bars=4, secured=True),
        WifiNetwork(name="Khach", bars=2, secured=False),
        WifiNetwork(name="a\\b", bars=1, secured=False),
    )


class Fake:
    """nmcli of a machine; `ends`: how connecting ends."""

    def __init__(self, ends: Done | None = None, devices: str = "ethernet\nwifi\n") -> None:
        self.ran: list[tuple[tuple[str, ...], str]] = []
        self._ends = ends or Done(0)
        self._devices = devices

    def __call__(self, arguments: tuple[str, ...], given: str) -> Done:
        self.ran.append((arguments, given))
        if arguments[-1] == "device":
            return Done(0, self._devices)
        if "list" in arguments:
            return Done(0, "*:41:WPA2:Mot cua\n")
        if "show" in arguments:
            return Done(0, KNOWN)
        return self._ends if "connect" in arguments else Done(10)


def test_networks_are_listed_where_there_is_wifi() -> None:
    (network,) = reply(Look(), Fake()).networks
    assert (network.name, network.bars) == ("Mot cua", 2)
    assert reply(Look(), Fake(devices="ethernet\n")).problem == WIFI_MISSING()


def test_a_password_goes_to_standard_input_alone() -> None:
    nmcli = Fake()
    assert reply(Connect("Mot cua", SECRET), nmcli) == Answer()
    assert not any(SECRET in word for arguments, _ in nmcli.ran for word in arguments)
    assert [given for _, given in nmcli.ran if given] == [f"{SECRET}\n"]


def test_what_did_not_work_is_not_tried_again_by_itself() -> None:
    nmcli = Fake(
        Done(4, said="Error: Connection activation failed: Secrets were required, but not provided.")
    )
    assert reply(Connect("Mot cua", SECRET), nmcli) == Answer(problem=WIFI_PASSWORD_WRONG())
    assert nmcli.ran[-1][0] == ("connection", "delete", "uuid", "0002")


def test_no_other_connection_is_lost_that_has_the_name_of_a_network() -> None:
    """A wired one with a fixed address, or what somebody calls a network of their own to have it deleted."""
    nmcli = Fake()
    reply(Connect("Mot cua", SECRET), nmcli)
    reply(Connect("UBND: tang 1"), nmcli)
    deleted = [arguments[2:] for arguments, _ in nmcli.ran if arguments[:2] == ("connection", "delete")]
    assert deleted == [("uuid", "0002"), ("uuid", "0003")]


def test_what_went_wrong_is_said_in_our_words() -> None:
    assert why(Done(10, said="Error: No network with SSID 'x' found.")) == WIFI_NETWORK_GONE()
    assert why(Done(4, said="The Wi-Fi network could not be found")) == WIFI_NETWORK_GONE()
    assert why(Done(8)) == WIFI_MISSING()
    assert why(Done(3, said="Timeout 45 sec expired.")) == WIFI_NETWORK_REFUSED()


@pytest.mark.programs
def test_the_helper_answers_one_question_also_without_networkmanager() -> None:
    """The very process that systemd starts for a question."""
    question = msgspec.json.encode(Connect("không có", SECRET)) + b"\n"
    command = [sys.executable, "-m", "kiosk", "wifi"]
    ended = subprocess.run(command, input=question, capture_output=True, cwd=ROOT, timeout=60, check=True)
    assert msgspec.json.decode(ended.stdout, type=Answer).problem is not None
    assert ended.stderr == b""
    assert SECRET.encode() not in ended.stdout


def test_what_is_no_question_gets_no_answer() -> None:
    said = BytesIO()
    serve(BytesIO(b"{}\n"), said, lambda _: Answer())
    assert said.getvalue() == b""


@pytest.fixture
def short() -> Iterator[Path]:
    """A folder with a short name: a socket's path has at most 107 bytes."""
    with TemporaryDirectory(prefix="wifi") as folder:
        yield Path(folder)


def test_question_and_answer_through_a_socket(short: Path) -> None:
    class Handler(StreamRequestHandler):
        def handle(self) -> None:
            serve(self.rfile, self.wfile, lambda asked: reply(asked, Fake()))  # type: ignore[arg-type]

    path = short / "socket"
    with ThreadingUnixStreamServer(str(path), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        assert ask(path, Look()).networks == reply(Look(), Fake()).networks
        server.shutdown()


def test_a_helper_that_is_not_there_or_says_nothing_is_named(short: Path) -> None:
    silent = short / "socket"
    assert ask(silent, Look()).problem == WIFI_HELPER_SILENT(where=str(silent))
