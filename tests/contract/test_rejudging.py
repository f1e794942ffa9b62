"""What was refused for the centre's own fault is judged again, and the tablet hears of it."""

import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from litestar.testing import TestClient
from msgspec.structs import replace
from sqlalchemy import select

from sync.agent.pushing import Idle, Pusher
from sync.agent.sending import Sender
from sync.central.office.audit import chain
from sync.central.office.audit.acts import By, acting
from sync.central.office.bundle import import_bundle
from sync.central.office.devices import list_devices, revoke
from sync.central.office.removal import purge
from sync.central.office.set_aside import Rejudged, list_aside, rejudge
from sync.central.store import rollups
from sync.central.store.database import reading, writing
from sync.central.store.schema import audit as log
from sync.central.store.schema import rollups as counts
from sync.contract.canonical import canonical_bytes
from sync.contract.heartbeat import Heartbeat, HeartbeatReply
from sync.contract.response import SurveyRef
from sync.outbox import Outbox, OutboxReader, Receipts
from tests.support.wire import NOW, ROOT, CentreUnderTest, visit, write_bundle

OLD, NEW, WRONG = 4, 5, 1


class Terminal:
    """OLD visits with a survey that the centre knows, NEW with one it does not, and WRONG that never fit."""

    def __init__(self, folder: Path, central: CentreUnderTest, client: httpx.Client) -> None:
        self.central = central
        self.sender: Sender = central.enrolled(client, "kiosk-1", folder / "agent")
        outbox = Outbox(folder / "outbox", "kiosk-1", clock=lambda: NOW)
        made = [visit(number) for number in range(1, OLD + NEW + WRONG + 1)]
        made[OLD:] = [replace(each, survey=SurveyRef("kien-hung", 2)) for each in made[OLD:]]
        made[-WRONG:] = [replace(each, answers={"result": 9}) for each in made[-WRONG:]]
        self.written = [canonical_bytes(outbox.append(each)) for each in made]
        outbox.close()
        self.receipts = Receipts(folder / "agent")
        self.pusher = Pusher(OutboxReader(folder / "outbox"), self.receipts, self.sender, lambda: NOW)
        self.folder = folder

    def drain(self) -> None:
        while not isinstance(self.pusher.step(), Idle):
            pass

    def beat(self) -> None:
        """What the agent does with the answer to a heartbeat."""
        answer = self.sender.heartbeat(Heartbeat(at=NOW, made=10, queue=0), timedelta(0))
        assert isinstance(answer, HeartbeatReply)
        assert answer.aside is not None
        self.pusher.reconsider(answer.held, answer.aside)

    def aside(self) -> list[int]:
        return sorted(self.receipts.view.set_aside)


@pytest.fixture
def terminal(tmp_path: Path, central: CentreUnderTest) -> Iterator[Terminal]:
    with TestClient(central.app) as client:
        found = Terminal(tmp_path, central, client)
        found.drain()
        yield found
        found.receipts.close()


def put_right(central: CentreUnderTest, folder: Path) -> None:
    """The centre gets the survey that it should have had."""
    bundle = write_bundle(folder / "next", version=2)
    survey = bundle / "surveys" / "kien-hung.toml"
    survey.write_text(survey.read_text("utf-8").replace("version = 1", "version = 2", 1), "utf-8")
    with acting(central.engine, By("test", central.now())) as act:
        import_bundle(act, bundle)


def judge_again(central: CentreUnderTest, **options: object) -> list[Rejudged]:
    options = {"reason": "survey 2 was missing", "dry_run": False, **options}
    return rejudge(central.engine, By("test", NOW), **options)  # type: ignore[arg-type]


def pull(central: CentreUnderTest, client: httpx.Client, after: str = "") -> tuple[list[int], str]:
    headers = {"Authorization": f"Bearer {central.token(role='admin')}"}
    page = client.get("/v1/responses", params={"after": after}, headers=headers).json()
    return [item["response"]["seq"] for item in page["items"]], page["next"]


def test_what_is_good_now_is_stored_once_and_what_is_not_waits_on(
    terminal: Terminal, central: CentreUnderTest, tmp_path: Path
) -> None:
    held = terminal.receipts.view.received
    assert terminal.aside() == list(range(OLD + 1, OLD + NEW + WRONG + 1))
    assert judge_again(central) == [Rejudged("kiosk-1", refused=NEW + WRONG)]
    with TestClient(central.app) as client:
        first, cursor = pull(central, client)
        put_right(central, tmp_path)
        expected = [Rejudged("kiosk-1", stored=NEW, refused=WRONG)]
        assert judge_again(central, dry_run=True) == expected
        assert len(central.stored()) == OLD, "a dry run changes nothing"
        assert judge_again(central) == expected
        later, _ = pull(central, client, cursor)
    assert (first, later) == (list(range(1, OLD + 1)), list(range(OLD + 1, OLD + NEW + 1)))
    assert central.stored() == terminal.written[:-WRONG]
    assert judge_again(central) == [Rejudged("kiosk-1", refused=WRONG)]
    with reading(central.engine) as connection:
        kept = {tuple(row[:-1]): row.n for row in connection.execute(select(counts)) if row.n}
        assert kept == rollups.counted(connection)
        assert list_devices(connection, "kiosk-1")[0].gaps == ()
        assert [(each.problem, each.count) for each in list_aside(connection)] == [("HL4004", WRONG)]
        acts = list(connection.execute(select(log.c.act).where(log.c.act == "rejudge")).scalars())
        assert (acts, chain.verify(connection)[1]) == (["rejudge"], None)
    assert terminal.receipts.view.received == held


def test_the_tablet_sends_again_what_was_put_right_and_may_delete_it_then(
    terminal: Terminal, central: CentreUnderTest, tmp_path: Path
) -> None:
    terminal.beat()
    terminal.drain()
    assert len(terminal.aside()) == NEW + WRONG, "nothing was put right yet"
    put_right(central, tmp_path)
    judge_again(central)
    terminal.beat()
    assert terminal.pusher.waiting() == NEW
    terminal.drain()
    assert terminal.aside() == [OLD + NEW + WRONG]
    assert terminal.receipts.view.settled(1, OLD + NEW)
    assert central.stored() == terminal.written[:-WRONG]


def test_what_a_revoked_device_sent_is_judged_where_a_person_asks_for_it(
    terminal: Terminal, central: CentreUnderTest, tmp_path: Path
) -> None:
    outbox = Outbox(tmp_path / "outbox", "kiosk-1", clock=lambda: NOW)
    good = canonical_bytes(outbox.append(visit(50)))
    outbox.close()
    with acting(central.engine, By("test", NOW)) as act:
        revoke(act, device="kiosk-1", reason="lost")
    terminal.drain()
    assert judge_again(central, held=True) == [Rejudged("kiosk-1", refused=NEW + WRONG)]
    found = judge_again(central, device="kiosk-1", held=True)
    assert found == [Rejudged("kiosk-1", stored=1, refused=NEW + WRONG)]
    assert good in central.stored()
    assert judge_again(central, device="kiosk-2") == []


def test_two_versions_of_one_response_stay_for_a_person(
    terminal: Terminal, central: CentreUnderTest, tmp_path: Path
) -> None:
    with writing(central.engine) as connection:
        # Another response with the number of one that was refused came to be stored meanwhile.
        connection.exec_driver_sql(f"UPDATE responses SET seq = {OLD + 1} WHERE seq = {OLD}")
    put_right(central, tmp_path)
    assert judge_again(central) == [Rejudged("kiosk-1", stored=NEW - 1, refused=WRONG, conflict=1)]
    assert judge_again(central) == [Rejudged("kiosk-1", refused=WRONG)]
    with reading(central.engine) as connection:
        assert sorted(each.problem for each in list_aside(connection)) == ["HL4004", "HL4010"]


def test_what_was_purged_is_not_set_aside_anew(terminal: Terminal, central: CentreUnderTest) -> None:
    purge(central.engine, By("test", NOW + timedelta(days=800)))
    terminal.beat()
    terminal.drain()
    assert terminal.aside() == []
    with reading(central.engine) as connection:
        assert list_aside(connection) == []


def test_the_command_says_what_it_did(terminal: Terminal, central: CentreUnderTest, tmp_path: Path) -> None:
    put_right(central, tmp_path)
    database = ["--database", central.url] if central.url else []

    def run(*arguments: str) -> str:
        command = [
            sys.executable,
            "-m",
            "sync.central",
            "set-aside",
            *arguments,
            "--data",
            str(central.folder),
        ]
        return subprocess.run(
            [*command, *database], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
        ).stdout

    assert "HL4008" in run("list")
    assert f"{NEW} đã nhận" in run("judge", "--reason", "test")
    assert len(central.stored()) == OLD + NEW
