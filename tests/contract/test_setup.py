"""One command makes a centre of an empty folder: its tablet enrols, its first person opens one address."""

from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from litestar.testing import TestClient
from typer.testing import CliRunner

from sync.agent.identity import keep_identity, load_identity, own_key
from sync.agent.sending import Sender, Wire, enrol
from sync.central.__main__ import app
from sync.central.app import Centre, build_app
from sync.central.office.audit import chain
from sync.central.office.keys.stored import load_keys
from sync.central.store.database import open_database, reading
from sync.central.store.facts import database_url
from sync.contract.enrolment import EnrolReply, read_invitation
from sync.contract.problem import ProblemError
from sync.host.clock import local_now
from tests.support.postgres import Postgres

SAID = (
    "--name",
    "UBND phường Mẫu",
    "--address",
    "hailong.example.vn",
    "--person",
    "Nguyễn Thị Mẫu",
    "--plain",
)
SetUp = Callable[..., str]


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> Iterator[str | None]:
    """An empty database."""
    if request.param == "sqlite":
        yield None
        return
    server: Postgres = request.getfixturevalue("server")
    address = server.fresh()
    yield address
    server.drop(address)


@pytest.fixture
def set_up(tmp_path: Path, url: str | None) -> SetUp:
    """`hailong-central setup` with these options: what it printed, or the number of its problem."""

    def runs(*options: str, typed: str = "") -> str:
        place = ["--data", str(tmp_path / "centre"), *(["--database", url] if url else [])]
        done = CliRunner().invoke(app, ["setup", *place, *options], input=typed)
        if isinstance(done.exception, ProblemError):
            return done.exception.problem.number
        assert done.exit_code == 0, done.output
        return done.output

    return runs


def lines_of_the_log(tmp_path: Path, url: str | None) -> int:
    engine = open_database(database_url(tmp_path / "centre", url))
    with reading(engine) as connection:
        count, wrong = chain.verify(connection)
    engine.dispose()
    assert wrong is None
    return count


def test_a_centre_that_was_set_up_enrols_its_first_tablet_and_lets_its_first_person_in(
    set_up: SetUp, tmp_path: Path, url: str | None
) -> None:
    printed = set_up(*SAID).splitlines()
    assert printed[0] == "UBND phường Mẫu: đơn vị phuong-mau, phiếu kien-hung, tài khoản quan-tri"
    assert [line for line in printed if line.startswith("http")] == printed[-1:], "one address"
    invitation = read_invitation(printed[1])
    assert invitation.address == "https://hailong.example.vn"

    engine = open_database(database_url(tmp_path / "centre", url))
    centre = Centre(engine, now=local_now, keys=load_keys(tmp_path / "centre" / "keys"))
    with TestClient(build_app(centre), base_url="https://hailong.example.vn") as client:
        wire = Wire(client, local_now)
        reply = enrol(wire, invitation.code, "phuong-mau-quay-1", own_key(tmp_path / "agent"))
        assert isinstance(reply, EnrolReply), reply
        assert reply.office == {"vi": "UBND phường Mẫu"}
        keep_identity(tmp_path / "agent", reply)
        given = Sender(wire, load_identity(tmp_path / "agent")).config("")
        assert isinstance(given, tuple)
        assert 'survey = "kien-hung"' in given[0].files["assignments.toml"]
        assert "UBND phường Mẫu" in given[0].files["office.toml"]
        link = urlsplit(printed[-1])
        assert link.path.startswith("/bat-dau/")
        assert client.get(link.path).status_code == 200
    engine.dispose()


def test_a_centre_that_was_set_up_is_refused_and_stays_as_it_is(
    set_up: SetUp, tmp_path: Path, url: str | None
) -> None:
    set_up(*SAID)
    before = lines_of_the_log(tmp_path, url)
    assert set_up(*SAID, "--unit", "phuong-khac", "--login", "nguoi-khac") == "HL5126"
    assert lines_of_the_log(tmp_path, url) == before


def test_all_of_it_is_stored_or_nothing(set_up: SetUp, tmp_path: Path, url: str | None) -> None:
    wrong = ("--address", "ftp://x"), ("--login", "Có dấu"), ("--unit", "Có dấu"), ("--unit", "-")
    assert [set_up(*SAID, *option) for option in wrong] == ["HL4116", "HL5102", "HL1003", "HL1003"]
    assert lines_of_the_log(tmp_path, url) == 0
    assert "phuong-mau" in set_up(*SAID)


def test_what_no_option_says_is_asked(set_up: SetUp) -> None:
    printed = set_up("--plain", typed="UBND xã Mẫu\nhttp://10.0.0.5:8700\nTrần Văn Mẫu\n")
    assert "Tên cơ quan" in printed
    assert "đơn vị xa-mau" in printed
    assert printed.splitlines()[-1].startswith("http://10.0.0.5:8700/bat-dau/")


def test_a_form_and_hours_of_its_own_are_asked_from_the_first_day(
    set_up: SetUp, tmp_path: Path, url: str | None
) -> None:
    form = Path("assets", "surveys", "van-thang.toml")
    printed = set_up(*SAID, "--form", str(form), "--hours", "T2-T6 07:30-11:30")
    assert "phiếu van-thang" in printed
    exported = tmp_path / "exported"
    place = ["--data", str(tmp_path / "centre"), *(["--database", url] if url else [])]
    done = CliRunner().invoke(app, ["config", "export", str(exported), "--unit", "phuong-mau", *place])
    assert done.exit_code == 0, done.output
    assert "07:30:00" in (exported / "office.toml").read_text("utf-8")
    assert 'survey = "van-thang"' in (exported / "assignments.toml").read_text("utf-8")
