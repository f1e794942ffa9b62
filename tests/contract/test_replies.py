"""A summary that is asked for again is not computed again, and still shows every change at once."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import pytest
from litestar.testing import TestClient
from msgspec.structs import replace
from sqlalchemy import Connection, event

from sync.central.office.audit.acts import By, acting
from sync.central.office.corrections import void
from sync.central.office.removal import forget, purge
from sync.central.office.units.stored import put_bundled_units
from sync.central.store.database import writing
from sync.central.store.freshness import read_revision
from sync.contract.catalogue import Unit
from sync.contract.response import Response, Void
from tests.support.wire import NOW, CentreUnderTest, numbered, store_unasked

MARCH = {"from": "2026-03-01", "to": "2026-03-31", "by": "procedure"}


class Office:
    """Asks for the summary of a month, and notes whether the counts were read for it."""

    def __init__(self, central: CentreUnderTest, client: Any) -> None:
        self.central = central
        self.client = client
        self.tokens = {role: central.token(role=role) for role in ("admin", "analyst")}
        self.read = False
        self.later(0)

    def later(self, days: int) -> None:
        self.central.now = lambda: NOW + timedelta(days=days)

    def act(self) -> Any:
        return acting(self.central.engine, By("an administrator", self.central.now()))

    def ask(self, role: str, by: str = "procedure") -> Any:
        headers = {"Authorization": f"Bearer {self.tokens[role]}"}
        with self._noting():
            answer = self.client.get("/v1/summary", params=MARCH | {"by": by}, headers=headers)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def answered(self, role: str) -> int:
        return int(self.ask(role)["handovers"]["answered"])

    @contextmanager
    def _noting(self) -> Iterator[None]:
        self.read = False

        def note(_: Connection, __: object, statement: str, *___: object) -> None:
            self.read |= "FROM rollups" in statement

        event.listen(self.central.engine, "before_cursor_execute", note)
        try:
            yield
        finally:
            event.remove(self.central.engine, "before_cursor_execute", note)


@pytest.fixture
def office(central: CentreUnderTest) -> Iterator[Office]:
    with TestClient(central.app) as client:
        yield Office(central, client)


def test_an_answer_is_in_the_summary_of_an_administrator_at_once(office: Office) -> None:
    visits = numbered(3)
    for count, visit in enumerate(visits, 1):
        store_unasked(office.central, [visit])
        assert office.answered("admin") == count
        assert office.read
        assert office.answered("admin") == count
        assert not office.read


def test_responses_that_arrive_cost_a_dashboard_of_past_days_nothing(office: Office) -> None:
    first, *visits = numbered(4)
    store_unasked(office.central, [first])
    office.later(1)
    assert office.answered("analyst") == 1
    for visit in visits:
        store_unasked(office.central, [visit])
        assert office.answered("analyst") == 1
        assert not office.read
    office.later(2)
    assert office.answered("analyst") == 4
    assert office.read


def test_responses_of_another_month_cost_a_dashboard_nothing(office: Office) -> None:
    store_unasked(office.central, [numbered(1)[0]])
    assert office.answered("admin") == 1
    later = [of_april(visit) for visit in numbered(3)[1:]]
    store_unasked(office.central, later)
    assert office.answered("admin") == 1
    assert not office.read


def test_a_look_that_is_noted_in_the_audit_log_leaves_what_was_looked_at(office: Office) -> None:
    store_unasked(office.central, numbered(2))
    for read in (True, False):
        office.ask("admin", by="officer")
        assert office.read is read


def test_a_response_of_another_month_that_voids_is_in_the_summary_at_once(office: Office) -> None:
    visits = numbered(3)
    store_unasked(office.central, visits[:2])
    assert office.answered("admin") == 2
    taken_back = replace(
        visits[2], answers={}, timing={}, outcome="voided", void=Void("a01", "wrong tag", visits[0].id)
    )
    store_unasked(office.central, [of_april(taken_back)])
    assert office.answered("admin") == 1


def test_a_response_that_is_committed_after_later_ones_is_in_the_summary_at_once(office: Office) -> None:
    engine = office.central.engine
    if engine.dialect.name == "sqlite":
        pytest.skip("has one writer at a time")
    first, second = numbered(2)
    with engine.connect() as slow:
        slow.exec_driver_sql("SELECT pg_current_xact_id()")  # an older transaction, still running
        store_unasked(office.central, [first])
        with engine.connect() as asking:
            before = read_revision(asking, date(2026, 3, 1), date(2026, 3, 31), over=False)
        slow.commit()
        store_unasked(office.central, [of_april(second)])
    with engine.connect() as asking:
        after = read_revision(asking, date(2026, 3, 1), date(2026, 3, 31), over=False)
        again = read_revision(asking, date(2026, 3, 1), date(2026, 3, 31), over=False)
    assert before != after, "the older transaction might have stored something"
    assert after == again


def of_april(visit: Response) -> Response:
    month = timedelta(days=31)
    return replace(visit, started_at=visit.started_at + month, finished_at=visit.finished_at + month)


def test_another_question_and_another_caller_get_a_reply_of_their_own(office: Office) -> None:
    store_unasked(office.central, numbered(2))
    assert office.answered("admin") == 2
    assert office.answered("analyst") == 0
    with writing(office.central.engine) as connection:
        put_bundled_units(connection, [Unit("phuong-mot", {"vi": "Một"}), Unit("xa-hai", {"vi": "Hai"})], NOW)
    office.tokens["admin"] = office.central.token(role="admin", unit="xa-hai")
    assert office.answered("admin") == 0


def _forget(office: Office) -> None:
    with office.act() as act:
        forget(act, id=numbered(2)[0].id)


def _purge(office: Office) -> None:
    purge(office.central.engine, By("an administrator", office.central.now()), usual=0)


def _void(office: Office) -> None:
    with office.act() as act:
        void(act, numbered(2)[0].id, "nhầm")
    office.later(2)


@pytest.mark.parametrize("change", [_forget, _purge, _void])
@pytest.mark.parametrize("role", ["admin", "analyst"])
def test_an_act_is_in_the_next_summary(office: Office, role: str, change: Callable[[Office], None]) -> None:
    store_unasked(office.central, numbered(2))
    office.later(1)
    before = office.ask(role)
    change(office)
    assert office.ask(role) != before
    assert office.read
