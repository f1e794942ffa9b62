"""Why the centre can't be reached, in words that lead to the cause."""

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from nacl.signing import SigningKey

from sync.agent.identity import keep_identity, own_key
from sync.agent.sending import Refused, Wire, make_client
from sync.agent.status import AgentStatus, status_lines
from sync.contract.bundle import PublicKeys
from sync.contract.enrolment import EnrolReply
from sync.contract.problem import ProblemError
from sync.contract.problem.agent import CENTRE_UNREACHABLE
from sync.outbox import Outbox, Receipts
from tests.support.https import certificate, serving_https
from tests.support.processes import free_port
from tests.support.wire import ROOT


@pytest.mark.parametrize("text", [None, "no certificate"])
def test_a_ca_that_is_none_is_named(tmp_path: Path, text: str | None) -> None:
    ca = tmp_path / "ca.pem"
    if text is not None:
        ca.write_text(text)
    with pytest.raises(ProblemError) as caught:
        make_client("https://localhost", ca=str(ca))
    assert (caught.value.problem.number, caught.value.problem.where) == ("HL4110", str(ca))


@pytest.mark.parametrize(("begins", "ends"), [(-20, -10), (10, 20)])
def test_a_certificate_that_does_not_count_yet_or_any_more_points_to_the_clock(
    tmp_path: Path, begins: int, ends: int
) -> None:
    ca = certificate(tmp_path, begins, ends)
    with serving_https(tmp_path) as address, make_client(address, ca=str(ca)) as client:
        assert asked(client).problem.number == "HL4111"


def test_a_certificate_of_a_stranger_does_not_point_to_the_clock(tmp_path: Path) -> None:
    certificate(tmp_path, -10, 10)
    (tmp_path / "other").mkdir()
    ca = certificate(tmp_path / "other", -10, 10)
    with serving_https(tmp_path) as address, make_client(address, ca=str(ca)) as client:
        assert asked(client).problem.number == "HL4102"


def asked(client: httpx.Client) -> Refused:
    wire = Wire(client, lambda: datetime(1970, 1, 1, tzinfo=UTC))
    answer = wire.ask("GET", "/v1/config", b"", key=SigningKey.generate(), key_id="a", trusted=lambda _: {})
    assert isinstance(answer, Refused)
    return answer


def test_the_status_says_how_long_ago_it_was_heard_and_since_when_something_is_wrong() -> None:
    status = AgentStatus(
        made=3,
        queue=1,
        oldest_unsent=datetime(2026, 3, 1, 1, tzinfo=UTC),
        last_success=datetime(2026, 3, 2, 8, tzinfo=UTC),
        problem=CENTRE_UNREACHABLE(where="centre"),
        problem_since=datetime(2026, 3, 2, 8, 5, tzinfo=UTC),
        remedy="Kiểm tra mạng",
        clock_offset_seconds=None,
        set_aside=(),
    )
    assert status_lines(status, datetime(2026, 3, 2, 10, 7, tzinfo=UTC)) == [
        "Đã ghi: 3   Chờ gửi: 1   Cần xem xét: 0",
        "Phiếu chờ lâu nhất: 1 ngày trước (01/03/2026 08:00)",
        "Lần gửi thành công gần nhất: 2 giờ 7 phút trước (02/03/2026 15:00)",
        "Lỗi từ 02/03/2026 15:05: HL4102 centre. Kiểm tra mạng",
    ]


@pytest.mark.programs
def test_the_status_names_what_it_watches_and_ends_with_1_where_a_person_is_needed(tmp_path: Path) -> None:
    config = tmp_path / "agent.toml"
    config.write_text(
        'centre = "https://hailong.example.vn"\ndevice = "may-01"\noutbox = "outbox"\nfolder = "agent"\n'
    )

    def run() -> tuple[int, str]:
        command = [sys.executable, "-m", "sync.agent", "--config", str(config), "status"]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
        return done.returncode, done.stdout + done.stderr

    code, text = run()
    assert (code, "HL4106" in text, str(tmp_path / "outbox") in text) == (1, True, True)
    own_key(tmp_path / "agent")
    keep_identity(
        tmp_path / "agent",
        EnrolReply(
            device="may-01",
            unit="phuong-mau",
            epoch=1,
            keys=PublicKeys(),
            server_time=datetime(2026, 1, 1, tzinfo=UTC),
        ),
    )
    code, text = run()
    assert (code, "HL4112" in text) == (1, True)
    (tmp_path / "outbox").mkdir()
    code, text = run()
    assert (code, "may-01   Trung tâm: https://hailong.example.vn" in text) == (0, True)


@pytest.mark.programs
def test_a_centre_out_of_reach_and_a_standing_problem_end_with_1_also_with_nothing_to_send(
    tmp_path: Path,
) -> None:
    config = tmp_path / "agent.toml"
    config.write_text(
        f'centre = "http://127.0.0.1:{free_port()}"\ndevice = "may-01"\noutbox = "outbox"\nfolder = "agent"\n'
    )
    Outbox(tmp_path / "outbox", "may-01", clock=lambda: datetime(2026, 1, 1, tzinfo=UTC)).close()
    own_key(tmp_path / "agent")
    keep_identity(
        tmp_path / "agent",
        EnrolReply(
            device="may-01",
            unit="phuong-mau",
            epoch=1,
            keys=PublicKeys(),
            server_time=datetime(2026, 1, 1, tzinfo=UTC),
        ),
    )

    def run(*words: str) -> int:
        command = [sys.executable, "-m", "sync.agent", "--config", str(config), *words]
        return subprocess.run(command, cwd=ROOT, capture_output=True, timeout=60).returncode

    assert run("status") == 0
    assert run("--once") == 1
    receipts = Receipts(tmp_path / "agent")
    receipts.note(problem=CENTRE_UNREACHABLE(where="centre"))
    receipts.close()
    assert run("status") == 1
