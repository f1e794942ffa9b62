"""The agent before it is enrolled: codes from the kiosk, and what the kiosk is shown about them."""

import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from sync.agent.enrolling import NETWORK_AGAIN, TRY_AGAIN, Enroller
from sync.agent.network import network_state
from sync.agent.retry import Verdict
from sync.agent.sending import Refused
from sync.agent.settings import AgentSettings
from sync.contract.enrolment import Enrolled, EnrolReply, Invitation, make_code
from sync.contract.problem.agent import CENTRE_UNREACHABLE
from sync.contract.problem.wire import ENROLMENT_CODE_INVALID
from sync.host.first_start import (
    CODE_FILE,
    PROGRESS_FILE,
    Progress,
    drop_code,
    read_enrolled,
    read_progress,
    write_code,
    write_enrolled,
)

CODE = make_code(bytes(range(8)), bytes(32))
INVITATION = Invitation(CODE, "https://hailong.example.vn")


class Terminal:
    """The agent over a centre that answers `replies`, one after the other."""

    def __init__(self, folder: Path, *replies: Refused) -> None:
        self.outbox, self.agent = folder / "outbox", folder / "agent"
        self.replies = list(replies)
        self.asked: list[tuple[Invitation, str]] = []
        self.seconds = 0.0
        self.network_looks = 0
        self.enroller = self.started()

    def started(self, centre: str = "") -> Enroller:
        settings = AgentSettings(outbox=str(self.outbox), folder=str(self.agent), centre=centre)
        return Enroller(
            settings, self.join, connect=self.connect, has_route=lambda: True, monotonic=lambda: self.seconds
        )

    def join(self, invitation: Invitation, address: str) -> EnrolReply | Refused:
        self.asked.append((invitation, address))
        return self.replies.pop(0)

    def connect(self, host: str, port: int) -> None:
        self.network_looks += 1

    def step(self, after: float = 0.0) -> Progress:
        self.seconds += after
        self.enroller.step()
        found = read_progress(self.agent)
        assert found is not None
        return found


BUSY = Refused(CENTRE_UNREACHABLE(where="centre", detail="ConnectTimeout"), Verdict.AGAIN)
USED = Refused(ENROLMENT_CODE_INVALID(where="secret"), Verdict.PAUSE, signed=True)


def test_without_a_code_it_waits_and_says_whether_there_is_a_network(tmp_path: Path) -> None:
    assert Terminal(tmp_path).step() == Progress(network="up")


def test_what_may_pass_is_tried_again_with_the_same_code(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path, BUSY, USED)
    mark = write_code(terminal.outbox, str(INVITATION))
    shown = terminal.step()
    assert (shown.stage, shown.mark, shown.problem) == ("working", mark, BUSY.problem)
    terminal.step(after=TRY_AGAIN / 2)
    assert terminal.asked == [(INVITATION, INVITATION.address)]
    shown = terminal.step(after=TRY_AGAIN)
    assert (shown.stage, shown.problem, shown.network) == ("refused", USED.problem, "reached")


def test_a_code_that_was_refused_is_not_tried_again_but_another_one_is(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path, USED, USED)
    write_code(terminal.outbox, str(INVITATION))
    terminal.step()
    assert terminal.step(after=60).stage == "refused"
    assert len(terminal.asked) == 1
    mark = write_code(terminal.outbox, str(INVITATION))
    assert terminal.step().mark == mark
    assert len(terminal.asked) == 2
    drop_code(terminal.outbox)
    assert terminal.step().stage == "waiting"


@pytest.mark.parametrize(
    ("text", "centre", "number"),
    [
        ("a dossier", "", "HL4021"),
        (f"{CODE}", "", "HL4117"),
        (f"{CODE}@two words", "", "HL4116"),
        (f"{CODE}@http://10.0.0.5", "", "HL4101"),
    ],
)
def test_what_can_not_be_sent_is_refused_at_once(tmp_path: Path, text: str, centre: str, number: str) -> None:
    terminal = Terminal(tmp_path)
    write_code(terminal.outbox, text)
    shown = terminal.step()
    assert shown.problem is not None
    assert (shown.stage, shown.problem.number, terminal.asked) == ("refused", number, [])


def test_a_code_alone_works_where_the_settings_name_the_centre(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path, BUSY)
    terminal.enroller = terminal.started(centre="https://centre.example.vn")
    write_code(terminal.outbox, str(CODE))
    terminal.step()
    assert terminal.asked == [(Invitation(CODE), "https://centre.example.vn")]


def test_what_the_kiosk_reads_holds_no_code(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path, BUSY)
    write_code(terminal.outbox, str(INVITATION))
    terminal.step()
    assert CODE.secret not in (terminal.agent / PROGRESS_FILE).read_text().replace("-", "")


def test_the_group_of_the_folder_reads_what_is_handed_over(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path)
    write_code(terminal.outbox, str(INVITATION))
    terminal.replies = [BUSY]
    terminal.step()
    handed = [terminal.outbox / CODE_FILE, terminal.agent / PROGRESS_FILE]
    assert [path.stat().st_mode & 0o777 for path in handed] == [0o640, 0o640]
    write_enrolled(terminal.agent, Enrolled("may-01", "phuong-mau", {"vi": "UBND phường Mẫu"}))
    assert read_enrolled(terminal.agent) == Enrolled("may-01", "phuong-mau", {"vi": "UBND phường Mẫu"})
    assert read_progress(terminal.agent) is None


def test_the_network_is_looked_at_now_and_then(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path)
    terminal.enroller = terminal.started(centre="https://centre.example.vn")
    for _ in range(5):
        terminal.step(after=NETWORK_AGAIN / 4)
    assert terminal.network_looks == 2


def fails(error: OSError) -> Callable[[str, int], None]:
    def connect(host: str, port: int) -> None:
        raise error

    return connect


@pytest.mark.parametrize(
    ("address", "error", "route", "state"),
    [
        ("", None, False, "down"),
        ("", None, True, "up"),
        ("https://a.vn", socket.gaierror(), True, "unnamed"),
        ("https://a.vn", socket.gaierror(), False, "down"),
        ("https://a.vn", ConnectionRefusedError(), True, "unreachable"),
        ("https://a.vn", OSError(101, "Network is unreachable"), False, "down"),
        ("https://a.vn", None, True, "reached"),
    ],
)
def test_the_network_is_described_by_how_far_it_goes(
    address: str, error: OSError | None, route: bool, state: str
) -> None:
    connect = fails(error) if error else lambda host, port: None
    assert network_state(address, connect, lambda: route) == state


@pytest.mark.parametrize(
    ("address", "reached"),
    [("https://a.vn", ("a.vn", 443)), ("http://a.vn", ("a.vn", 80)), ("http://[::1]:8700", ("::1", 8700))],
)
def test_the_port_is_that_of_the_address(address: str, reached: tuple[str, int]) -> None:
    asked: list[tuple[str, int]] = []
    network_state(address, lambda host, port: asked.append((host, port)), lambda: True)
    assert asked == [reached]
