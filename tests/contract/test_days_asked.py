"""Days are pulled along an index, and hold what a look at every row finds."""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from litestar.testing import TestClient
from msgspec.structs import replace
from sqlalchemy import Connection, event, select

from sync.central.figures.flag_table import stored_between
from sync.central.office import removal
from sync.central.office.audit.acts import By
from sync.central.pulling.rows.parts import Window, parts_of
from sync.central.pulling.rows.pull import Filters
from sync.central.pulling.rows.views import ADMIN, OTHERS
from sync.central.store.arrival import Place
from sync.central.store.database import reading
from sync.contract.response import Response, Void
from tests.support.wire import NOW, CentreUnderTest, numbered, store_unasked

DAYS = [f"2026-03-{day:02}" for day in range(2, 7)]


class Office:
    """Stores visits of several days, and asks for some of them."""

    def __init__(self, central: CentreUnderTest, client: Any) -> None:
        self.central = central
        self.client = client
        self.tokens = {role: central.token(role=role) for role in ("admin", "analyst")}

    def store(self, *visits: Response) -> None:
        self.central.now = lambda: NOW + timedelta(days=10)
        assert set(store_unasked(self.central, visits)) == {"stored"}

    def get(self, role: str, address: str, **parameters: str) -> Any:
        self.central.now = lambda: NOW + timedelta(days=12)
        headers = {"Authorization": f"Bearer {self.tokens[role]}"}
        answer = self.client.get(address, params=parameters, headers=headers)
        assert answer.status_code == 200, answer.text
        return answer

    def cursors(self, role: str, **parameters: str) -> list[str]:
        items = self.get(role, "/v1/responses", **parameters).json()["items"]
        return [item["cursor"] for item in items]

    def plans(self, ask: Callable[[], object]) -> str:
        """How the database reads responses for what is asked; PostgreSQL as if its tables were not small."""
        plans: list[str] = []
        sqlite = self.central.url is None

        def note(connection: Connection, _: object, statement: str, given: Any, *__: object) -> None:
            if "responses" in statement and statement.startswith("SELECT"):
                driver: Any = connection.connection.driver_connection
                cursor = driver.cursor()
                if not sqlite:
                    cursor.execute("SET LOCAL enable_seqscan TO off")
                explain = "EXPLAIN QUERY PLAN" if sqlite else "EXPLAIN (COSTS OFF)"
                cursor.execute(f"{explain} {statement}", given)
                plans.extend(str(row[-1]) for row in cursor.fetchall())
                cursor.close()

        event.listen(self.central.engine, "before_cursor_execute", note)
        try:
            ask()
        finally:
            event.remove(self.central.engine, "before_cursor_execute", note)
        return "\n".join(plans)


@pytest.fixture
def office(central: CentreUnderTest) -> Iterator[Office]:
    with TestClient(central.app) as client:
        found = Office(central, client)
        visits = [_on(one, one.seq % 5) for one in numbered(20)]
        # Taken back on another day; on the same one; by what arrives first; and a visit that never comes.
        visits[9] = _void(visits[9], visits[0].id)
        visits[10] = _void(visits[10], visits[5].id)
        visits[11] = _void(visits[11], visits[17].id)
        visits[12] = _void(visits[12], numbered(99)[-1].id)
        found.store(*visits[:15])
        found.store(*visits[15:])
        yield found


def _on(one: Response, days: int) -> Response:
    later = timedelta(days=days)
    return replace(one, started_at=one.started_at + later, finished_at=one.finished_at + later)


def _void(one: Response, target: str) -> Response:
    void = Void(by="a01", reason="nhầm", response=target)
    return replace(one, outcome="voided", answers={}, timing={}, void=void)


@pytest.mark.parametrize("role", ["admin", "analyst"])
def test_days_asked_one_by_one_are_the_rows_of_all_days_each_once(office: Office, role: str) -> None:
    every = office.cursors(role)
    assert len(every) == 20
    by_day = [office.cursors(role, **{"from": day, "to": day}) for day in DAYS]
    assert sorted(cursor for day in by_day for cursor in day) == sorted(every)
    wide = office.cursors(role, **{"from": "2026-01-01", "to": DAYS[0]})
    assert office.cursors(role, **{"from": "2026-02-28", "to": DAYS[0]}) == wide == by_day[0]
    assert office.cursors(role, **{"from": DAYS[0], "to": DAYS[-1]}) == every


@pytest.mark.parametrize("role", ["admin", "analyst"])
def test_a_long_range_of_days_is_the_rows_of_its_days(office: Office, role: str) -> None:
    every = office.cursors(role)
    by_day = [set(office.cursors(role, **{"from": day, "to": day})) for day in DAYS]
    for first, last in ((0, 4), (0, 2), (1, 3), (4, 4)):
        # Long: there is nothing before the first of the days and after the last.
        days = {
            "from": "2026-02-01" if first == 0 else DAYS[first],
            "to": "2026-06-30" if last == 4 else DAYS[last],
        }
        wanted = [cursor for cursor in every if any(cursor in day for day in by_day[first : last + 1])]
        assert office.cursors(role, **days) == wanted
        assert office.cursors(role, **days, unit="phuong-mot") == wanted
        after, paged = "", []
        for _ in wanted:
            page = office.get(role, "/v1/responses", **days, limit="1", after=after).json()
            paged += [item["cursor"] for item in page["items"]]
            after = page["next"]
        assert paged == wanted
        lines = office.get(role, "/v1/responses", **days, format="ndjson").text.splitlines()
        assert [json.loads(line)["cursor"] for line in lines] == wanted
    assert office.cursors(role, **{"from": "2026-07-01", "to": "2026-08-31"}) == []


def test_a_long_range_of_days_reads_only_the_span_of_its_rows(office: Office) -> None:
    office.get("analyst", "/v1/responses")  # days that are over are closed now
    with reading(office.central.engine) as connection:
        for view in (ADMIN, OTHERS):
            # Every fifth visit is of the second day; so the first and the last of them are inside.
            days = Filters(first="2026-03-03", last="2026-03-03").days()
            (part, *_) = parts_of(connection, view, None, days * 9)
            keys = connection.execute(
                select(view.key).where(view.day == days[0]).order_by(view.key)
            ).scalars()
            first, *_, last = keys.all()
            if view is ADMIN and office.central.url:
                assert part.span.after.xid <= part.span.last.xid
            else:
                assert part.span == Window(Place(0, first - 1), Place(0, last))
        plans = office.plans(lambda: parts_of(connection, ADMIN, None, DAYS * 2))
    assert "SCAN responses" not in plans
    assert "Seq Scan on responses" not in plans
    assert "ix_responses_day" in plans or "day_xid_position" in plans


def test_what_voids_a_visit_is_pulled_with_its_day_in_pages_too(office: Office) -> None:
    days = {"from": DAYS[3], "to": DAYS[3]}  # the day of visit 18, which arrived after what takes it back
    items = office.get("admin", "/v1/responses", **days).json()["items"]
    voids = [
        item["response"]["void"]["response"] for item in items if item["response"]["outcome"] == "voided"
    ]
    assert voids == [numbered(18)[-1].id, numbered(99)[-1].id]
    after, paged = "", []
    for _ in items:
        page = office.get("admin", "/v1/responses", **days, limit="1", after=after).json()
        paged += [item["cursor"] for item in page["items"]]
        after = page["next"]
    assert paged == [item["cursor"] for item in items]


def test_a_day_of_the_feed_is_the_day_of_a_visit_itself(office: Office) -> None:
    for role in ("admin", "analyst"):
        for day in DAYS:
            options = {"$filter": f"day eq {day}", "$count": "true"}
            page = office.get(role, "/odata/Responses", **options).json()
            assert ({row["day"] for row in page["value"]}, page["@odata.count"]) == ({day}, 4)
        some = office.get(role, "/odata/Responses/$count", **{"$filter": f"day in ({DAYS[0]},{DAYS[2]})"})
        assert some.text == "8"
        none = office.get(
            role, "/odata/Responses/$count", **{"$filter": f"day gt {DAYS[2]} and day lt {DAYS[2]}"}
        )
        assert none.text == "0"


@pytest.mark.parametrize("role", ["admin", "analyst"])
@pytest.mark.parametrize(
    ("address", "asked"),
    [
        ("/v1/responses", {"from": DAYS[0], "to": DAYS[0]}),
        ("/v1/responses", {"from": DAYS[0], "to": DAYS[1], "format": "csv"}),
        ("/odata/Responses", {"$filter": f"day eq {DAYS[0]}"}),
        ("/odata/Responses/$count", {"$filter": f"day eq {DAYS[0]}"}),
        ("/odata/Responses/$count", {"$filter": f"day ge {DAYS[0]} and day lt 2026-04-01"}),
        ("/odata/Responses/$count", {"$filter": f"day ge {DAYS[0]} and day lt {DAYS[2]}"}),
    ],
)
def test_a_few_days_are_read_along_an_index(
    office: Office, role: str, address: str, asked: dict[str, str]
) -> None:
    office.get(role, address, **asked)  # days that are over are closed now
    plans = office.plans(lambda: office.get(role, address, **asked))
    assert "SCAN" not in plans
    assert "Seq Scan on responses" not in plans
    assert "Seq Scan on published" not in plans
    if office.central.url is None:
        index = "responses USING INDEX ix_responses_day (day=?"
        index = index if role == "admin" else "published USING INDEX ix_published_day_place (day=?"
        assert index in plans.replace("COVERING ", "")
    else:
        assert ("day_xid_position" if role == "admin" else "ix_published_day_place") in plans


def test_a_search_for_a_contact_reads_no_response_without_sealed_words(office: Office) -> None:
    by = By("test", NOW)
    plans = office.plans(lambda: removal.find_contact(office.central.engine, by, "0900000000", {}))
    assert "ix_responses_sealed_key" in plans or "sealed_key_idx" in plans


def test_flags_read_their_days_along_an_index(office: Office) -> None:
    with reading(office.central.engine) as connection:
        plans = office.plans(lambda: stored_between(connection, DAYS[0], DAYS[1]))
    assert "SCAN" not in plans
    assert "Seq Scan on responses" not in plans
    assert "Seq Scan on published" not in plans
    assert office.central.url or "ix_responses_day (day>? AND day<?)" in plans
