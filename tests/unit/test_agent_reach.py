"""Why the centre can't be reached, in words that lead to the cause."""

import ssl
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from nacl.signing import SigningKey

from sync.agent.identity import keep_identity, own_key
from sync.agent.sending import Refused, Wire, make_client
from sync.contract.bundle import PublicKeys
from sync.contract.enrolment import EnrolReply
from sync.contract.problem import ProblemError
from sync.outbox import Outbox, Receipts
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


@pytest.mark.parametrize(
    ("words", "number"),
    [
        ("certificate verify failed: certificate is not yet valid", "HL4111"),
        ("certificate verify failed: certificate has expired", "HL4111"),
        ("certificate verify failed: self-signed certificate", "HL4102"),
    ],
)
def test_a_certificate_that_does_not_count_yet_or_any_more_points_to_the_clock(
    words: str, number: str
) -> None:
    def fail(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError(str(ssl.SSLCertVerificationError(1, words)), request=request)

    with httpx.Client(base_url="https://centre", transport=httpx.MockTransport(fail)) as client:
        wire = Wire(client, lambda: datetime(1970, 1, 1, tzinfo=UTC))
        answer = wire.ask(
            "GET", "/v1/config", b"", key=SigningKey.generate(), key_id="a", trusted=lambda _: {}
        )
    assert isinstance(answer, Refused)
    assert answer.problem.number == number


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
        EnrolReply("may-01", "phuong-mau", 1, PublicKeys(), datetime(2026, 1, 1, tzinfo=UTC)),
    )
    code, text = run()
    assert (code, "HL4112" in text) == (1, True)
    (tmp_path / "outbox").mkdir()
    code, text = run()
    assert (code, "may-01   Trung tâm: https://hailong.example.vn" in text) == (0, True)


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
        EnrolReply("may-01", "phuong-mau", 1, PublicKeys(), datetime(2026, 1, 1, tzinfo=UTC)),
    )

    def run(*words: str) -> int:
        command = [sys.executable, "-m", "sync.agent", "--config", str(config), *words]
        return subprocess.run(command, cwd=ROOT, capture_output=True, timeout=60).returncode

    assert run("status") == 0
    assert run("--once") == 1
    receipts = Receipts(tmp_path / "agent")
    receipts.note(problem="HL4102 centre")
    receipts.close()
    assert run("status") == 1
