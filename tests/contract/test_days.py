"""One rule for the day of a response: Viet Nam's, whatever the tablet's clock and zone were."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import httpx
import pytest
from litestar.testing import TestClient
from msgspec.structs import replace
from sqlalchemy import select

from sync.agent.identity import load_identity
from sync.agent.sending import Sender, Wire
from sync.agent.uptime import Uptime
from sync.central.office.audit.acts import By, acting
from sync.central.office.bundle import import_bundle
from sync.central.office.corrections import retag
from sync.central.store import rollups
from sync.central.store.database import reading
from sync.central.store.schema import responses
from sync.central.store.schema import rollups as counts
from sync.contract.batch import BatchReply
from sync.contract.canonical import canonical_bytes, digest
from sync.contract.response import Entered, Response, Tag
from sync.outbox import StoredResponse
from tests.support.wire import NOW, CentreUnderTest, visit, write_bundle

BOOT = "0f0f0f0f-1111-4222-8333-444444444444"
RUNNING = 30 * 3_600_000  # milliseconds since the start of the machine, when the batch is sent
VIET_NAM = timezone(timedelta(hours=7))


@pytest.fixture
def client(central: CentreUnderTest) -> Iterator[httpx.Client]:
    with TestClient(central.app) as found:
        yield found


def ended(number: int, at: datetime, *, ago: timedelta | None = None) -> Response:
    """A visit that ended at `at` by its tablet's clock; in truth `ago`, by how long the machine had run."""
    made = replace(visit(number), seq=number, started_at=at - timedelta(seconds=12), finished_at=at)
    if ago is None:
        return made
    return replace(made, boot=BOOT, monotonic_ms=RUNNING - int(ago.total_seconds() * 1000))


def send(
    central: CentreUnderTest, client: httpx.Client, folder: Path, *made: Response, clock: timedelta
) -> dict[int, tuple[str, int]]:
    """Send them from a tablet whose clock is `clock` ahead; day and offset of each as stored."""
    central.enrolled(client, "kiosk-1", folder)
    wire = Wire(client, lambda: NOW + clock)
    sender = Sender(wire, load_identity(folder), lambda: Uptime(BOOT, RUNNING))
    bodies = [(each, canonical_bytes(each)) for each in made]
    answer = sender.push([StoredResponse(each.seq, each.id, body, digest(body)) for each, body in bodies])
    assert isinstance(answer, BatchReply)
    assert {receipt.status for receipt in answer.receipts} == {"stored"}
    return stored(central)


def stored(central: CentreUnderTest) -> dict[int, tuple[str, int]]:
    columns = (responses.c.seq, responses.c.day, responses.c.clock_offset, responses.c.finished_at)
    with reading(central.engine) as connection:
        kept = {tuple(row[:-1]): row.n for row in connection.execute(select(counts)) if row.n}
        assert kept == rollups.counted(connection)
        return {row.seq: (row.day, row.clock_offset) for row in connection.execute(select(*columns))}


def test_a_tablet_left_in_utc_counts_on_the_day_of_the_place(
    tmp_path: Path, central: CentreUnderTest, client: httpx.Client
) -> None:
    early = ended(1, datetime(2025, 9, 30, 23, 40, tzinfo=UTC))
    late = ended(2, datetime(2025, 10, 1, 23, 59, tzinfo=VIET_NAM))
    found = send(central, client, tmp_path, early, late, clock=timedelta(0))
    assert found == {1: ("2025-10-01", 0), 2: ("2025-10-01", 0)}
    assert canonical_bytes(early) in central.stored(), "what the tablet wrote stays"


@pytest.mark.parametrize("years", [-56, -1, 2, 73])
def test_a_wrong_clock_that_was_put_right_since_is_corrected_by_how_long_the_machine_has_run(
    tmp_path: Path, central: CentreUnderTest, client: httpx.Client, years: int
) -> None:
    wrong = timedelta(days=365 * years)
    before, lately = timedelta(hours=9), timedelta(hours=1)
    made = [
        ended(1, NOW - before + wrong, ago=before),
        ended(2, NOW - lately, ago=lately),
    ]
    found = send(central, client, tmp_path, *made, clock=timedelta(0))
    assert found[1] == ("2026-03-02", -int(wrong.total_seconds()))
    assert found[2] == ("2026-03-02", 0)


def test_a_clock_that_is_still_wrong_is_corrected_by_as_much_where_the_visit_fits_it(
    tmp_path: Path, central: CentreUnderTest, client: httpx.Client
) -> None:
    wrong = timedelta(days=-400)
    yesterday, right = NOW - timedelta(days=1), NOW - timedelta(days=3)
    made = [ended(1, yesterday + wrong), ended(2, right)]
    found = send(central, client, tmp_path, *made, clock=wrong)
    assert found == {1: ("2026-03-01", 400 * 86_400), 2: ("2026-02-27", 0)}


@pytest.mark.parametrize("year", [1, 1969, 1970, 2099, 9999])
def test_an_impossible_time_counts_on_the_day_it_arrived(
    tmp_path: Path, central: CentreUnderTest, client: httpx.Client, year: int
) -> None:
    at = datetime(year, 12, 31, 23, 59, tzinfo=UTC)
    found = send(central, client, tmp_path, ended(1, at), clock=timedelta(0))
    assert found[1][0] == "2026-03-02"
    assert found[1][1] != 0


def test_what_somebody_typed_is_not_a_clock(
    tmp_path: Path, central: CentreUnderTest, client: httpx.Client
) -> None:
    form = Entered(by="a01", at=NOW, form_no="12")
    typed = replace(ended(1, NOW - timedelta(days=30), ago=timedelta(hours=1)), entered=form)
    assert send(central, client, tmp_path, typed, clock=timedelta(0)) == {1: ("2026-01-31", 0)}


def test_a_correction_counts_on_the_day_of_what_it_corrects(
    tmp_path: Path, central: CentreUnderTest, client: httpx.Client
) -> None:
    made = ended(1, NOW + timedelta(days=700), ago=timedelta(hours=20))
    made = replace(made, tag=Tag(unit="phuong-mot", officer="a01"))
    day = send(central, client, tmp_path, made, clock=timedelta(0))[1]
    assert day[0] == "2026-03-01"
    with acting(central.engine, By("test", NOW)) as act:
        corrected = retag(act, made.id, {"procedure": "1.001193"}, "wrong card")
    with reading(central.engine) as connection:
        query = select(responses.c.day, responses.c.clock_offset).where(responses.c.id == corrected)
        assert tuple(connection.execute(query).one()) == day


def test_untagged_visits_that_arrive_after_their_tablet_moved_count_where_it_was(
    tmp_path: Path, central: CentreUnderTest, client: httpx.Client
) -> None:
    bundle = write_bundle(tmp_path / "next", version=2)
    catalogue = bundle / "catalogue.toml"
    text = catalogue.read_text("utf-8")
    moved = text.replace('kind = "terminal"\nunit = "phuong-mot"', 'kind = "terminal"\nunit = "phuong-hai"')
    catalogue.write_text('[[units]]\ncode = "phuong-hai"\nname.vi = "Phường Hai"\n' + moved, "utf-8")
    with acting(central.engine, By("test", NOW - timedelta(hours=2))) as act:
        import_bundle(act, bundle)
    before, after = (replace(ended(n, NOW - timedelta(hours=h)), tag=None) for n, h in ((1, 3), (2, 1)))
    send(central, client, tmp_path / "agent", before, after, clock=timedelta(0))
    with reading(central.engine) as connection:
        rows = connection.execute(select(responses.c.unit).order_by(responses.c.seq)).scalars()
        assert list(rows) == ["phuong-mot", "phuong-hai"]
