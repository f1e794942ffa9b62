"""Two tablets, a centre, copies of it and restored backups, mixed up at random: the figures still add up.

A seed makes a life of some seventy events: visits, batches whose answer is lost, backups, restores of any of
them, restored copies that run as second centres, corrections, changed plans, replaced tablets. At the end
people do what the guides say: a tablet that is not known any more is enrolled again, every tablet delivers,
and what two tablets numbered alike is taken in. Then, by a recount of the raw rows:

- every response of a tablet in use is stored, once;
- what was stored, and no restore has taken back since, is stored still;
- summary, figures and progress of the plan, and every export, give the recount's number.
"""

import csv
import io
import json
import random
import shutil
from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path

import httpx
import openpyxl
import pyarrow.parquet
import pytest
from litestar.testing import TestClient
from msgspec.structs import replace

from sync.agent.identity import load_identity
from sync.agent.pushing import Idle, Pusher
from sync.agent.retry import Verdict
from sync.agent.sending import Refused, Sender, Wire
from sync.central.figures.drivers import standing
from sync.central.office.audit.acts import By, acting
from sync.central.office.backup import back_up, restore
from sync.central.office.corrections import retag, void
from sync.central.office.taking import take
from sync.central.store.database import reading
from sync.contract.canonical import decode_response
from sync.contract.heartbeat import Heartbeat, HeartbeatReply
from sync.contract.response import Response, SurveyRef
from sync.outbox import Outbox, OutboxReader, Receipts, ReceiptsReader
from tests.contract.test_membership import PLAN, Office
from tests.support.wire import NOW, CentreUnderTest, visit

EVENTS = 70
DAYS = 20
LATER = NOW + timedelta(days=DAYS)  # when all of it happens; visits are of the days before
TABLETS = ("kiosk-1", "kiosk-2")


class Tablet:
    """A terminal with a real outbox and a real agent. made: what its citizens were thanked for."""

    def __init__(self, folder: Path, device: str) -> None:
        self.folder, self.device = folder, device
        self.made: list[Response] = []

    def serve(self, response: Response) -> None:
        """One citizen: thanked when the response is on the disk."""
        begin_after = ReceiptsReader(self.folder / "agent").view().notes.begin_after
        outbox = Outbox(self.folder / "outbox", self.device, clock=lambda: LATER, begin_after=begin_after)
        self.made.append(outbox.append(response))
        outbox.close()

    def deliver(self, client: httpx.Client, *, answer_is_lost: bool = False) -> bool:
        """A heartbeat, then batches until nothing waits; False where the centre does not know the device.

        answer_is_lost: the receipts are thrown away, as if the agent had been killed before it kept them.
        """
        if not (self.folder / "outbox").exists():
            return True
        agent = self.folder / "agent"
        if answer_is_lost:
            agent = self.folder / "agent-lost"
            shutil.copytree(self.folder / "agent", agent)
        receipts = Receipts(agent)
        sender = Sender(Wire(client, lambda: LATER), load_identity(agent))
        pusher = Pusher(OutboxReader(self.folder / "outbox"), receipts, sender, lambda: LATER, limit=3)
        reply = sender.heartbeat(Heartbeat(at=LATER, made=len(self.made), queue=0), timedelta(0))
        if isinstance(reply, HeartbeatReply):
            pusher.reconcile(reply.epoch, reply.held)
            pusher.reconsider(reply.held, reply.aside or ())
            while not isinstance(step := pusher.step(), Idle):
                assert not isinstance(step, Refused) or step.verdict is Verdict.SMALLER, step
        receipts.close()
        if answer_is_lost:
            shutil.rmtree(agent)
        return isinstance(reply, HeartbeatReply)


class Life:
    """The events, each a method; `centre` is the one that counts in the end."""

    def __init__(self, folder: Path, centre: CentreUnderTest, chance: random.Random) -> None:
        self.folder, self.centre, self.chance = folder, centre, chance
        centre.now = lambda: LATER
        self.office = Office(centre, folder)
        self.office.bundle(PLAN)
        self.visits, self.names = 0, 0
        self.backups: list[Path] = []
        self.copies: list[CentreUnderTest] = []
        self.safe: set[str] = set()  # stored, and no restore since
        self.tablets = [self._installed(name) for name in TABLETS]

    def _fresh(self, name: str) -> Path:
        self.names += 1
        return self.folder / f"{name}-{self.names}"

    def _installed(self, device: str) -> Tablet:
        tablet = Tablet(self._fresh(device), device)
        with TestClient(self.centre.app) as client:
            self.centre.enrolled(client, device, tablet.folder / "agent")
        return tablet

    def stored(self) -> set[str]:
        """The ids of what the centre has."""
        return {decode_response(body).id for body in self.centre.stored()}

    # --- events -------------------------------------------------------------------------------------------

    def a_citizen_answers(self) -> None:
        self.visits += 1
        tablet = self.chance.choice(self.tablets)
        at = timedelta(days=self.chance.randint(0, DAYS))
        response = visit(self.visits, device=tablet.device, result=self.chance.randint(1, 5))
        tablet.serve(
            replace(
                response,
                survey=SurveyRef("kien-hung", self.chance.randint(1, 2)),
                plan=self.chance.choice((None, "ke-hoach", "khac")),
                respondent=self.chance.choice(("citizen", "organisation")),
                started_at=response.started_at + at,
                finished_at=response.finished_at + at,
            )
        )

    def a_tablet_delivers(self) -> None:
        with TestClient(self.centre.app) as client:
            self.chance.choice(self.tablets).deliver(client)
        self.safe |= self.stored()

    def an_answer_is_lost(self) -> None:
        with TestClient(self.centre.app) as client:
            self.chance.choice(self.tablets).deliver(client, answer_is_lost=True)
        self.safe |= self.stored()

    def a_tablet_meets_a_copy(self) -> None:
        if self.copies:
            with TestClient(self.chance.choice(self.copies).app) as client:
                self.chance.choice(self.tablets).deliver(client)

    def a_backup_is_made(self) -> None:
        self.backups.append(self._fresh("backup"))
        back_up(self.centre.engine, self.backups[-1])

    def a_backup_is_restored(self) -> None:
        if self.backups:
            self.centre.close()
            restore(self.chance.choice(self.backups), self.centre.address, By("test", LATER))
            self.centre.open()
            self.safe &= self.stored()

    def a_copy_begins_to_serve(self) -> None:
        if self.backups and self.centre.url is None:
            self.copies.append(self.centre.copied(self._fresh("copy"), self.chance.choice(self.backups)))

    def somebody_corrects(self) -> None:
        counting = sorted(counted(self.centre.stored()), key=lambda response: response.id)
        for response in self.chance.sample(counting, min(1, len(counting))):
            with acting(self.centre.engine, By("test", LATER + timedelta(hours=1))) as act:
                if self.chance.random() < 0.5:
                    void(act, response.id, "thử")
                else:
                    retag(act, response.id, {"counter": str(self.chance.random())[:6]}, "thử")

    def a_plan_changes(self) -> None:
        starts = date(2026, 3, self.chance.randint(1, 9))
        self.office.bundle({**PLAN, "starts": starts})

    def a_tablet_is_replaced(self) -> None:
        old = self.chance.choice(self.tablets)
        self.tablets[self.tablets.index(old)] = self._installed(old.device)

    def live(self) -> None:
        """All of it, and at the end what the guides say."""
        events = [
            *[self.a_citizen_answers] * 8,
            *[self.a_tablet_delivers] * 4,
            *[self.an_answer_is_lost, self.a_tablet_meets_a_copy, self.somebody_corrects] * 2,
            self.a_backup_is_made,
            self.a_backup_is_restored,
            self.a_copy_begins_to_serve,
            self.a_plan_changes,
            self.a_tablet_is_replaced,
        ]
        for _ in range(EVENTS):
            self.chance.choice(events)()
        self.office.bundle(PLAN)
        for tablet in self.tablets:
            with TestClient(self.centre.app) as client:
                if not tablet.deliver(client):  # a restored backup knows another one under this name
                    self.centre.enrolled(client, tablet.device, tablet.folder / "agent")
                    assert tablet.deliver(client)
            take(
                self.centre.engine, By("test", LATER), device=tablet.device, reason="thay máy", dry_run=False
            )


def counted(bodies: Iterable[bytes]) -> list[Response]:
    """The answered responses that nothing voids."""
    return [
        each for each in standing(map(decode_response, bodies)) if each.outcome in ("complete", "partial")
    ]


def exported(life: Life) -> dict[str, Counter[int]]:
    """How often each level of `result` counts, by format."""
    levels = dict[str, Counter[int]]()
    for form in ("csv", "ndjson", "xlsx", "parquet"):
        content = life.office.get("/v1/responses", format=form, headings="ids").content
        if form == "ndjson":
            items = [json.loads(line) for line in content.splitlines()]
            rows = [
                {"counts": item["counts"], "answer": item["response"].get("answers", {}).get("result")}
                for item in items
            ]
        else:
            rows = [
                {"counts": row["counts"], "answer": row["answers.result"]} for row in table(content, form)
            ]
        levels[form] = Counter(
            int(row["answer"]) for row in rows if row["counts"] in (True, "true", "1") and row["answer"]
        )
    return levels


def table(content: bytes, form: str) -> list[dict[str, object]]:
    """The rows of a table by heading."""
    if form == "csv":
        return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    if form == "parquet":
        return list(pyarrow.parquet.read_table(io.BytesIO(content)).to_pylist())
    sheet = openpyxl.load_workbook(io.BytesIO(content), read_only=True).active
    assert sheet is not None
    head, *lines = sheet.iter_rows(values_only=True)
    return [dict(zip(map(str, head), line, strict=True)) for line in lines]


@pytest.mark.parametrize("seed", [0, 1, 2, 34, 64, 65])
def test_however_tablets_and_backups_are_mixed_up_nothing_is_lost_doubled_or_uncounted(
    central: CentreUnderTest, tmp_path: Path, seed: int
) -> None:
    life = Life(tmp_path, central, random.Random(seed))
    life.live()
    ids = [decode_response(body).id for body in central.stored()]
    assert len(ids) == len(set(ids))
    for tablet in life.tablets:
        assert {response.id for response in tablet.made} <= set(ids)
    assert life.safe <= set(ids)
    life.office.agree()
    levels = Counter(int(str(each.answers["result"])) for each in counted(central.stored()))
    assert exported(life) == dict.fromkeys(("csv", "ndjson", "xlsx", "parquet"), levels)
    with reading(central.engine) as connection:
        rows = connection.exec_driver_sql("SELECT count(*) FROM responses").scalar_one()
    assert rows == len(ids)
    for copy in life.copies:
        copy.close()
