"""Two transactions on PostgreSQL at the same moment: neither waits for ever, and the counts stay true.

On SQLite there is one writer at a time, and nothing of this can happen.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from litestar.testing import TestClient
from msgspec.structs import replace
from sqlalchemy import Connection, select

from sync.agent.identity import own_key
from sync.agent.sending import Wire, enrol
from sync.central.intake.ingest import store
from sync.central.intake.judge import Judged, judge
from sync.central.office import removal
from sync.central.office.audit.acts import Act, By, acting
from sync.central.office.bundle import import_bundle
from sync.central.office.devices import revoke
from sync.central.store import rollups
from sync.central.store.database import one_at_a_time, reading, writing
from sync.central.store.schema import rollups as table
from sync.contract.canonical import canonical_bytes
from sync.contract.enrolment import EnrolReply
from sync.contract.response import Response, Void
from tests.support.parallel import Parallel
from tests.support.postgres import Postgres, programs
from tests.support.processes import wait_until
from tests.support.wire import NOW, CentreUnderTest, numbered, visit, write_bundle


@pytest.fixture
def central(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[CentreUnderTest]:
    if programs() is None:
        pytest.skip("PostgreSQL is not installed")
    server: Postgres = request.getfixturevalue("server")
    url = server.fresh()
    centre = CentreUnderTest(tmp_path / "centre", url=url)
    yield centre
    centre.close()
    server.drop(url)


def judged(central: CentreUnderTest, *responses: Response) -> list[Judged]:
    return [
        judge(
            canonical_bytes(each),
            device=each.device,
            unit="phuong-mot",
            forms=central.centre.devices.forms,
            received_at=0,
        )
        for each in responses
    ]


def put(central: CentreUnderTest, response: Response, connection: Connection) -> None:
    receipts, _ = store(connection, response.device, judged(central, response), 0, revoked=False)
    assert receipts[0].status == "stored"


def put_alone(central: CentreUnderTest, response: Response) -> None:
    with writing(central.engine) as connection:
        put(central, response, connection)


TARGET = numbered(1)[0]
VOID = replace(
    visit(2, device="kiosk-2"),
    seq=1,
    answers={},
    timing={},
    outcome="voided",
    void=Void("a01", "wrong tag", TARGET.id),
)


def counts(central: CentreUnderTest) -> tuple[Counter[rollups.Key], Counter[rollups.Key]]:
    """As kept, and as counted from all that is stored."""
    with reading(central.engine) as connection:
        kept = {tuple(row[:-1]): row.n for row in connection.execute(select(table)) if row.n}
        return Counter(kept), rollups.counted(connection)


@pytest.mark.parametrize(("first", "second"), [(TARGET, VOID), (VOID, TARGET)], ids=["target", "void"])
def test_a_void_and_its_target_from_two_devices_at_once_leave_the_counts_true(
    central: CentreUnderTest, first: Response, second: Response
) -> None:
    with writing(central.engine) as connection:
        put(central, first, connection)
        parallel = Parallel(central, lambda: put_alone(central, second))
        parallel.start()
        wait_until(parallel.is_at_rest)
    parallel.join()
    kept, counted = counts(central)
    assert kept == counted


def test_control_without_the_line_the_two_do_not_see_each_other(
    central: CentreUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rollups, "line_up", lambda *_: None)
    # The counts are locked by whoever changes them first: here the target's, read before by the void.
    with writing(central.engine) as connection:
        put(central, VOID, connection)
        parallel = Parallel(central, lambda: put_alone(central, TARGET))
        parallel.start()
        wait_until(parallel.is_at_rest)
    parallel.join()
    kept, counted = counts(central)
    assert kept != counted


def test_batches_that_void_nothing_are_stored_side_by_side(central: CentreUnderTest) -> None:
    other = replace(visit(2, device="kiosk-2"), seq=1, finished_at=NOW + timedelta(days=40))
    with writing(central.engine) as connection:
        receipts, _ = store(connection, TARGET.device, judged(central, TARGET), 0, revoked=True)
        assert receipts[0].status == "held"
        put_alone(central, other)  # would wait for ever if it had to wait for the one that is open


def forget_meanwhile(central: CentreUnderTest, work: Callable[[], object]) -> None:
    """Do `work` parallel a request to forget that has just begun."""
    with writing(central.engine) as connection:
        one_at_a_time(connection)
        parallel = Parallel(central, work)
        parallel.start()
        wait_until(parallel.is_at_rest)
        removal.forget(Act(connection, By("test", NOW)), id=TARGET.id, not_here_yet=True)
    parallel.join()


def test_a_request_to_forget_and_an_enrolment_do_not_wait_for_each_other(
    central: CentreUnderTest, tmp_path: Path
) -> None:
    code = central.code("kiosk-1")
    with TestClient(central.app) as client:

        def enrolling() -> None:
            reply = enrol(Wire(client, central.now), code, "kiosk-1", own_key(tmp_path / "agent"))
            assert isinstance(reply, EnrolReply), reply

        forget_meanwhile(central, enrolling)


def test_a_request_to_forget_and_an_administrator_do_not_wait_for_each_other(
    central: CentreUnderTest, tmp_path: Path
) -> None:
    def revoking() -> None:
        with acting(central.engine, By("test", NOW)) as act:
            revoke(act, device="kiosk-1", reason="test")

    def importing() -> None:
        folder = write_bundle(tmp_path / "next", version=2, devices=("kiosk-2", "kiosk-1"))
        with acting(central.engine, By("test", NOW)) as act:
            import_bundle(act, folder)

    for work in (revoking, importing, lambda: central.code("kiosk-2")):
        forget_meanwhile(central, work)
