"""Below the role admin nothing is seen of a day before it is over, and then everything, once, in no order."""

import csv
import io
import random
from collections.abc import Iterator
from datetime import timedelta
from threading import Thread
from typing import Any

import pytest
from litestar.testing import TestClient
from msgspec.structs import replace
from sqlalchemy import Connection, select, text

from sync.central.intake.ingest import store
from sync.central.intake.judge import judge
from sync.central.office import removal
from sync.central.office.audit.acts import By, acting
from sync.central.office.corrections import retag, void
from sync.central.pulling.exports.table import read
from sync.central.pulling.rows.views import OTHERS
from sync.central.store import rollups
from sync.central.store.arrival import Place
from sync.central.store.database import along_the_index, reading, writing
from sync.central.store.days_over import close_days
from sync.central.store.schema import published, responses, waiting
from sync.central.store.schema import rollups as counts
from sync.contract.canonical import canonical_bytes
from sync.contract.response import Response, Void
from tests.support.recounting import flat, recount
from tests.support.wire import NOW, CentreUnderTest, visit

MONTHS = {"from": "2026-03-01", "to": "2026-04-30"}
MIDNIGHT = timedelta(hours=9)  # NOW is three in the afternoon in Viet Nam
QUESTIONS = (
    *(f"/v1/responses?format={form}" for form in ("json", "ndjson", "csv", "arrays", "parquet")),
    "/v1/responses?format=csv&limit=3",
    "/v1/responses?format=json&from=2026-03-02&to=2026-03-02",
    "/v1/responses?format=json&procedure=1.999999",
    "/v1/responses?format=json&after=1-0-4",
    *("/v1/summary?from=2026-03-01&to=2026-03-31&by=" + by for by in ("", "day", "unit", "procedure")),
    "/v1/summary?from=2026-03-02&to=2026-03-02",
    "/v1/summary?from=2026-03-03&to=2026-03-03&format=csv",
    "/odata/Responses?$count=true",
    "/odata/Responses/$count",
    "/odata/Responses/$count?$filter=counts eq true",
    "/odata/Responses/$count?$filter=position ge 5",
    "/odata/Responses/$count?$filter=day ge 2026-03-02 and outcome ne 'voided'",
    "/health",
)


class Office:
    """Stores visits at a time, and asks as an analyst or an administrator."""

    def __init__(self, central: CentreUnderTest, client: Any) -> None:
        self.central = central
        self.client = client
        self.made: list[Response] = []
        self.headers = {
            role: {"Authorization": f"Bearer {central.token(role=role)}"} for role in ("admin", "analyst")
        }

    def at(self, days: float) -> None:
        """Let it be so many days after three in the afternoon of the second of March."""
        self.central.now = lambda: NOW + timedelta(days=days)

    def visit(self, ended: float = 0, **changes: Any) -> Response:
        """The next visit, which ended so many days after the beginning."""
        one = visit(len(self.made) + 1, seq=len(self.made) + 1)
        at = NOW + timedelta(days=ended)
        self.made.append(replace(one, started_at=at, finished_at=at, **changes))
        return self.made[-1]

    def void(self, target: Response, ended: float = 0) -> Response:
        """A visit of the tablet that voids another one."""
        void = Void(by="a01", reason="nhầm", response=target.id)
        return self.visit(ended, outcome="voided", answers={}, timing={}, void=void)

    def store(self, *visits: Response) -> None:
        """Let these arrive now."""
        with writing(self.central.engine) as connection:
            self.store_in(connection, *visits)

    def store_in(self, connection: Connection, *visits: Response) -> None:
        """Let these arrive now, in an open transaction."""
        received_at = int(self.central.now().timestamp() * 1000)
        forms = self.central.centre.devices.forms
        batch = [
            judge(
                canonical_bytes(one),
                device="kiosk-1",
                unit="phuong-mot",
                forms=forms,
                received_at=received_at,
            )
            for one in visits
        ]
        receipts, _ = store(connection, "kiosk-1", batch, received_at, revoked=False)
        assert {receipt.status for receipt in receipts} == {"stored"}

    def get(self, address: str, role: str = "analyst", **parameters: str) -> Any:
        return self.client.get(address, params=parameters or None, headers=self.headers[role])

    def rows(self, role: str = "analyst", **parameters: str) -> list[dict[str, str]]:
        answer = self.get("/v1/responses", role, format="csv", **parameters)
        return list(csv.DictReader(io.StringIO(answer.text, newline="")))

    def summary(self, role: str) -> dict[int, int]:
        """How often each level of `result` was chosen."""
        surveys = self.get("/v1/summary", role, **MONTHS).json()["surveys"]
        rows = [row for each in surveys for row in each["rows"] if row["question"] == "result"]
        return {int(level): n for row in rows for level, n in row["counts"].items() if n}

    def recounted(self, role: str) -> dict[int, int]:
        """The same, of the rows."""
        items = self.get("/v1/responses", role, limit="10000").json()["items"]
        return dict(recount([flat(item) for item in items]))

    def kept(self) -> tuple[dict[Any, int], dict[Any, int]]:
        """The counts that are kept, and those that a count of everything gives."""
        with reading(self.central.engine) as connection:
            kept = {tuple(row[:-1]): row[-1] for row in connection.execute(select(counts)) if row[-1]}
            return kept, dict(rollups.counted(connection))


@pytest.fixture
def office(central: CentreUnderTest) -> Iterator[Office]:
    with TestClient(central.app) as client:
        yield Office(central, client)


def answers(office: Office) -> list[tuple[Any, ...]]:
    """All that an analyst is answered to every question: status, headers and bytes."""
    found = []
    for question in QUESTIONS:
        answer = office.get(question)
        assert answer.status_code in (200, 404), answer.text
        found.append((question, answer.status_code, sorted(answer.headers.items()), answer.content))
    return found


def test_between_two_midnights_a_viewer_is_answered_the_same_bytes_whatever_arrives(office: Office) -> None:
    yesterdays = [office.visit(answers={"result": 1 + each % 5, "service": 4}) for each in range(6)]
    office.store(*yesterdays)
    office.at(1)
    before = answers(office)
    assert [row["counts"] for row in office.rows()] == ["true"] * 6
    tag = replace(yesterdays[0].tag, procedure="1.999999")  # type: ignore[type-var]
    for arrives in (
        office.visit(1, answers={"result": 1, "service": 4}),
        office.visit(1, tag=tag),
        office.visit(0, answers={"result": 2, "service": 4}),  # of a tablet that was offline
        office.visit(-20),
        office.visit(3),  # of a tablet whose clock is ahead
        office.void(yesterdays[2], 1),
        office.void(yesterdays[3], 0),
    ):
        office.store(arrives)
        assert answers(office) == before
    with acting(office.central.engine, By("test", office.central.now())) as act:
        void(act, yesterdays[0].id, "nhầm")
        retag(act, yesterdays[1].id, {"counter": "2"}, "nhầm")
    office.at(1 + (MIDNIGHT - timedelta(seconds=1)) / timedelta(days=1))
    assert answers(office) == before
    assert len(office.rows("admin")) == 16  # who may, sees all of it at once
    office.at(1 + MIDNIGHT / timedelta(days=1))
    assert answers(office) != before
    assert len(office.rows()) == 15  # not yet what lies ahead
    assert sum(row["counts"] == "true" for row in office.rows()) == 6 + 4 - 2 - 1


def test_a_pull_a_day_meets_every_row_once_also_late_and_early_ones(office: Office) -> None:
    seen: list[dict[str, str]] = []
    cursor = ""
    for day in range(6):
        office.at(day)
        office.store(office.visit(day), office.visit(day - 3), office.visit(day + 2 if day < 2 else day))
        answer = office.get("/v1/responses", format="csv", after=cursor, limit="2")
        while True:
            seen += csv.DictReader(io.StringIO(answer.text))
            cursor = answer.headers["next-cursor"]
            if answer.headers["more"] == "false":
                break
            answer = office.get("/v1/responses", format="csv", after=cursor, limit="2")
        assert {row["day"] for row in seen} < {str((NOW + timedelta(each)).date()) for each in range(-4, day)}
    office.at(9)
    answer = office.get("/v1/responses", format="csv", after=cursor)
    seen += csv.DictReader(io.StringIO(answer.text))
    assert len(seen) == len({row["position"] for row in seen}) == 18
    assert seen == office.rows()


def test_what_was_stored_while_its_day_was_closed_comes_at_the_next_midnight(office: Office) -> None:
    office.at(0)
    office.store(office.visit(), office.visit())
    office.at(1)
    assert len(office.rows()) == 2
    office.store(office.visit(1))
    office.at(
        0
    )  # as a batch that arrived just before midnight, or what a person takes from what was set aside
    office.store(office.visit())
    office.at(1.1)
    assert (len(office.rows()), office.summary("analyst")) == (2, {5: 2})
    office.at(2)
    assert (len(office.rows()), office.summary("analyst")) == (4, {5: 4})


def test_rows_of_a_day_are_in_no_order(office: Office) -> None:
    tag = office.visit().tag
    assert tag
    arrived = [f"1.{number:06}" for number in range(40)]
    office.store(*(office.visit(tag=replace(tag, procedure=code)) for code in arrived))
    office.at(1)
    given = [row["procedure"] for row in office.rows()]
    assert sorted(given) == arrived
    assert given not in (arrived, arrived[::-1])
    moved = [abs(given.index(code) - at) for at, code in enumerate(arrived)]
    assert sum(moved) > 40 * 3  # by chance about 40 · 13
    assert {"device", "seq"}.isdisjoint(office.rows()[0])


def test_a_counter_is_named_where_several_came_there_on_that_day(office: Office) -> None:
    tag = office.visit().tag
    assert tag
    for counter, ended, count in (("1", 0, 5), ("2", 0, 4), ("1", -1, 4), ("3", -1, 6)):
        office.store(*(office.visit(ended, tag=replace(tag, counter=counter)) for _ in range(count)))
    office.at(1)
    named = [(row["counter"], row["day"]) for row in office.rows()]
    assert sorted(named) == [
        *[("", "2026-03-01")] * 4,
        *[("", "2026-03-02")] * 4,
        *[("1", "2026-03-02")] * 5,
        *[("3", "2026-03-01")] * 6,
    ]
    assert {row["counter"] for row in office.rows("admin")} == {"1", "2", "3"}


@pytest.mark.parametrize(("first", "then"), [("admin", "analyst"), ("analyst", "admin")])
def test_a_cursor_of_another_role_is_answered_with_a_place_to_begin_again(
    office: Office, first: str, then: str
) -> None:
    office.store(office.visit(), office.visit())
    office.at(1)
    cursor = office.get("/v1/responses", first).json()["next"]
    for address in (f"/v1/responses?after={cursor}", f"/odata/Responses?$skiptoken={cursor}"):
        answer = office.get(address, then)
        assert (answer.status_code, answer.json()["number"]) == (410, "HL4014")
        restart = office.get("/v1/responses", then, after=answer.json()["restart"])
        assert len(restart.json()["items"]) == 2


def test_who_was_forgotten_is_gone_at_once_and_leaves_neither_place_nor_count(office: Office) -> None:
    office.store(office.visit(), office.visit(5))
    office.at(1)
    assert len(office.rows()) == 1
    with reading(office.central.engine) as connection:
        assert connection.execute(select(waiting.c.id)).scalars().all() == [office.made[1].id]
    for one in office.made:
        with acting(office.central.engine, By("test", office.central.now())) as act:
            removal.forget(act, id=one.id)
    assert office.rows() == []
    with reading(office.central.engine) as connection:
        for table in (responses, published, waiting, counts):
            assert connection.execute(select(table)).all() == []
    office.store(office.visit(1))
    office.at(2)
    assert [row["position"] for row in office.rows()] == ["2"]  # no place is given twice


def test_on_every_day_each_role_can_recount_its_summary_from_its_rows(office: Office) -> None:
    chance = random.Random(20260302)
    standing: list[Response] = []
    for day in range(8):
        office.at(day)
        for _ in range(chance.randint(2, 5)):
            act = chance.choice(("visit", "visit", "late", "ahead", "void", "void first", "both", "forget"))
            result = {"answers": {"result": chance.randint(1, 5), "service": 4}}
            one = office.visit(day + {"late": -2, "ahead": 2}.get(act, 0), **result)
            if act == "forget" and standing:
                office.store(one)
                gone = standing.pop(chance.randrange(len(standing)))
                with acting(office.central.engine, By("test", office.central.now())) as forgetting:
                    removal.forget(forgetting, id=gone.id)
            elif act == "void" and standing:
                office.store(one, office.void(standing[chance.randrange(len(standing))], day))
            elif act == "void first":
                office.store(office.void(one, day + 1))
                office.at(day + 0.2)
                office.store(one)
            elif act == "both":
                office.store(one, office.void(one, day - 1))
            else:
                office.store(one)
                standing.append(one)
            kept, counted = office.kept()
            assert kept == counted
            for role in ("admin", "analyst"):
                assert office.summary(role) == office.recounted(role), (day, act, role)
    office.at(20)
    assert office.recounted("analyst") == office.recounted("admin") == office.summary("analyst")
    kept, counted = office.kept()
    assert kept == counted
    assert {key[10] for key in kept} == {""}


def test_days_close_when_nobody_stores(office: Office) -> None:
    """PostgreSQL stores batches side by side: the one that is under way is waited for, then published."""
    if office.central.engine.dialect.name == "sqlite":
        return
    office.store(office.visit())
    with writing(office.central.engine) as storing:
        office.store_in(storing, office.visit())
        day = (NOW + timedelta(days=1)).date()

        def close() -> None:
            with writing(office.central.engine) as connection:
                close_days(connection, day)

        closing = Thread(target=close)
        closing.start()
        waits = select(1).where(responses.c.id == "")  # any question keeps the connection in use
        while not storing.exec_driver_sql(
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
        ).scalar_one():
            storing.execute(waits)
    closing.join(30)
    office.at(1)
    assert len(office.rows()) == 2


@pytest.mark.parametrize("unit", [None, "phuong-mot"])
def test_a_page_at_any_depth_is_one_range_of_an_index(office: Office, unit: str | None) -> None:
    office.store(*(office.visit() for _ in range(300)))
    office.at(1)
    assert len(office.rows()) == 300
    with reading(office.central.engine) as connection:
        along_the_index(connection)
        query = select(*read(OTHERS)).select_from(OTHERS.rows).order_by(*OTHERS.order(connection)).limit(100)
        query = query.where(OTHERS.behind(connection, Place(0, 150)), OTHERS.up_to(connection, Place(0, 290)))
        query = query.where(OTHERS.unit == unit) if unit else query
        statement = str(query.compile(office.central.engine, compile_kwargs={"literal_binds": True}))
        explain = "EXPLAIN QUERY PLAN" if connection.dialect.name == "sqlite" else "EXPLAIN (COSTS OFF)"
        plan = "\n".join(str(row) for row in connection.execute(text(f"{explain} {statement}")))
    assert "TEMP B-TREE" not in plan
    assert "Sort" not in plan, plan
    if office.central.engine.dialect.name == "sqlite":
        index = "INDEX ix_published_unit_place" if unit else "INTEGER PRIMARY KEY"
        assert f"SEARCH published USING {index}" in plan, plan
        assert "SEARCH responses USING INTEGER PRIMARY KEY" in plan, plan
    else:
        assert "_published on published" in plan or "ix_published_unit_place" in plan, plan
        assert "Seq Scan on responses_2" not in plan, plan  # in the month of an id by its index
