"""Responses on PostgreSQL lie in the partition of their id's month, and promises hold over all of them."""

import threading
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from litestar.testing import TestClient
from msgspec.structs import replace
from sqlalchemy import Connection, Engine, text

from sync.central import housekeeping
from sync.central.commands.database import months
from sync.central.intake.ingest import store
from sync.central.intake.judge import Judged, judge
from sync.central.office import removal
from sync.central.office.audit.acts import By, acting
from sync.central.office.backup import back_up, check
from sync.central.office.corrections import voided_here
from sync.central.pulling.rows import pull
from sync.central.pulling.rows.parts import Window
from sync.central.pulling.rows.views import ADMIN
from sync.central.store import partitions, rollups
from sync.central.store.arrival import Place
from sync.central.store.database import one_at_a_time, reading, writing
from sync.central.store.locks import Lock, hold
from sync.central.store.schema import responses
from sync.central.store.upgrade import keep_months, migrate
from sync.contract.canonical import canonical_bytes
from sync.contract.ids import uuid7
from sync.contract.response import Response
from tests.support.parallel import Parallel
from tests.support.postgres import Postgres, programs
from tests.support.processes import wait_until
from tests.support.wire import NOW, CentreUnderTest, numbered, visit

MARCH, APRIL = date(2026, 3, 1), date(2026, 4, 1)


@pytest.fixture
def central(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[CentreUnderTest]:
    """A centre over PostgreSQL that has the months around NOW."""
    if programs() is None:
        pytest.skip("PostgreSQL is not installed")
    server: Postgres = request.getfixturevalue("server")
    centre = CentreUnderTest(tmp_path / "centre", url=server.fresh())
    centre.centre.house.keep_months()
    yield centre
    centre.close()


def made_at(at: datetime, seq: int, *, device: str = "kiosk-1") -> Response:
    """Response `seq`, by a device whose clock said `at`."""
    id = uuid7(at, lambda size: seq.to_bytes(size, "big"))
    return replace(visit(1, device=device), id=id, seq=seq, started_at=at, finished_at=at)


ARRIVED = int(NOW.timestamp() * 1000)


def judged(central: CentreUnderTest, found: Sequence[Response], received_at: int) -> list[Judged]:
    return [
        judge(
            canonical_bytes(each),
            device=each.device,
            unit="phuong-mot",
            forms=central.centre.devices.forms,
            received_at=received_at,
        )
        for each in found
    ]


def send(central: CentreUnderTest, *found: Response, received_at: int = ARRIVED) -> list[str]:
    with writing(central.engine) as connection:
        batch = judged(central, found, received_at)
        receipts, _ = store(connection, found[0].device, batch, received_at, revoked=False)
    return [receipt.problem.number if receipt.problem else receipt.status for receipt in receipts]


def places(central: CentreUnderTest) -> dict[int, str]:
    """The partition that each `seq` lies in."""
    with reading(central.engine) as connection:
        rows = connection.exec_driver_sql("SELECT seq, tableoid::regclass::text AS place FROM responses")
        return {row.seq: row.place for row in rows}


def test_ids_lie_in_their_month_and_those_of_a_wrong_clock_elsewhere(central: CentreUnderTest) -> None:
    last_moment = datetime(2026, 3, 31, 23, 59, 59, 999000, tzinfo=UTC)
    clocks = [
        datetime(1970, 1, 1, 0, 0, 7, tzinfo=UTC),
        datetime(2099, 6, 1, tzinfo=UTC),
        datetime(2026, 3, 1, tzinfo=UTC),
        last_moment,
        last_moment + timedelta(milliseconds=1),
    ]
    found = [made_at(at, seq) for seq, at in enumerate(clocks, 1)]
    assert send(central, *found) == ["stored"] * 5
    assert places(central) == {
        1: "responses_elsewhere",
        2: "responses_elsewhere",
        3: "responses_2026_03",
        4: "responses_2026_03",
        5: "responses_2026_04",
    }
    # However often they come: alone, together, with something new.
    assert [send(central, each) for each in found] == [["duplicate"]] * 5
    assert send(central, *found, made_at(NOW, 6)) == ["duplicate"] * 5 + ["stored"]
    assert len(central.stored()) == 6


def test_a_seq_that_was_given_twice_is_noticed_across_months(central: CentreUnderTest) -> None:
    march, april = made_at(NOW, 1), made_at(NOW + timedelta(days=31), 1)
    assert send(central, march) == ["stored"]
    assert send(central, april) == ["HL4010"]
    again = [made_at(NOW, 2), made_at(NOW + timedelta(days=31), 2), made_at(NOW, 3)]
    assert send(central, *again) == ["stored", "HL4010", "stored"]
    assert sorted(places(central)) == [1, 2, 3]
    with reading(central.engine) as connection:
        cloned = connection.exec_driver_sql("SELECT cloned FROM devices WHERE id = 'kiosk-1'").scalar_one()
    assert cloned == 1


def test_a_seq_whose_response_was_refused_does_not_stand_in_the_way(central: CentreUnderTest) -> None:
    refused = replace(made_at(NOW, 1), answers={"result": 9})
    assert send(central, refused) == ["HL4004"]
    assert send(central, made_at(NOW + timedelta(days=31), 1)) == ["stored"]


def test_a_month_that_is_made_late_takes_its_ids_over_and_no_pull_meets_one_twice(
    central: CentreUnderTest,
) -> None:
    later = datetime(2060, 9, 10, tzinfo=UTC)
    found = [made_at(later + timedelta(minutes=seq), seq) for seq in range(1, 7)]
    assert send(central, *found, made_at(datetime(2099, 1, 1, tzinfo=UTC), 7)) == ["stored"] * 7
    assert set(places(central).values()) == {"responses_elsewhere"}
    headers = {"Authorization": f"Bearer {central.token(role='admin')}"}
    with TestClient(central.app) as client:
        first = client.get("/v1/responses", params={"limit": 3}, headers=headers).json()
        with writing(central.engine) as connection:
            made = partitions.ensure(connection, datetime(2060, 9, 30, tzinfo=UTC))
        assert date(2060, 9, 1) in made
        rest = client.get("/v1/responses", params={"after": first["next"]}, headers=headers).json()
    pulled = [item["response"]["seq"] for item in first["items"] + rest["items"]]
    assert pulled == [1, 2, 3, 4, 5, 6, 7]
    assert places(central) == {**dict.fromkeys(range(1, 7), "responses_2060_09"), 7: "responses_elsewhere"}
    assert send(central, *found) == ["duplicate"] * 6


def test_a_pull_that_began_before_a_late_month_was_made_misses_nothing(central: CentreUnderTest) -> None:
    later = datetime(2061, 9, 10, tzinfo=UTC)
    found = [made_at(later + timedelta(minutes=seq), seq) for seq in range(1, 7)]
    send(central, *found, made_at(NOW, 7))
    with reading(central.engine) as connection:
        window = Window(Place(), pull.newest(connection, ADMIN, Place()))
    question = pull.Question(ADMIN, [], [responses.c.position, responses.c.xid, responses.c.seq])
    pulled: list[int] = []
    parallel = Parallel(
        central,
        lambda: pulled.extend(
            row.seq for rows in pull.chunks(central.engine, question, window) for row in rows
        ),
    )
    with writing(central.engine) as connection:
        partitions.make(connection, [date(2061, 9, 1)])
        parallel.start()
        wait_until(parallel.is_at_rest)
        assert not pulled
    parallel.join()
    assert pulled == [1, 2, 3, 4, 5, 6, 7]


def test_a_batch_that_comes_again_while_its_month_is_made_late_is_a_duplicate(
    central: CentreUnderTest,
) -> None:
    later = datetime(2061, 9, 10, tzinfo=UTC)
    found = [made_at(later + timedelta(minutes=seq), seq) for seq in range(1, 4)]
    send(central, *found)
    told: list[str] = []
    parallel = Parallel(central, lambda: told.extend(send(central, *found, made_at(NOW, 4))))
    with writing(central.engine) as connection:
        partitions.make(connection, [date(2061, 9, 1)])
        parallel.start()
        wait_until(parallel.is_at_rest)
    parallel.join()
    assert told == ["duplicate"] * 3 + ["stored"]
    assert sorted(places(central)) == [1, 2, 3, 4]


def test_ids_that_come_while_their_month_is_begun_move_along(
    central: CentreUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[bool] = []

    def come_in_between(connection: Connection, months: Sequence[date]) -> bool:
        asked.append(look(connection, months))
        if len(asked) == 1:
            send(central, made_at(datetime(2061, 9, 10, tzinfo=UTC), 1))
        return asked[-1]

    look = partitions._late
    monkeypatch.setattr(partitions, "_late", come_in_between)
    with writing(central.engine) as connection:
        partitions.make(connection, [date(2061, 9, 1)])
        held = connection.exec_driver_sql(
            "SELECT mode FROM pg_locks WHERE relation = 'responses'::regclass AND pid = pg_backend_pid()"
        ).scalars()
        assert "AccessExclusiveLock" in set(held)
    assert asked == [False, True]
    assert places(central) == {1: "responses_2061_09"}


def test_processes_that_make_the_same_months_at_once_do_not_meet(central: CentreUnderTest) -> None:
    now = datetime(2057, 5, 1, tzinfo=UTC)
    together, made = threading.Barrier(4), []

    def make() -> None:
        together.wait()
        with writing(central.engine) as connection:
            made.append(partitions.ensure(connection, now))

    threads = [threading.Thread(target=make) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(map(len, made)) == [0, 0, 0, 5]


def test_devices_go_on_while_months_are_made(central: CentreUnderTest) -> None:
    stop = threading.Event()
    answers: list[str] = []

    def sending() -> None:
        seq = 0
        while not stop.is_set():
            seq += 1
            answers.extend(
                send(
                    central,
                    made_at(NOW, seq),
                    made_at(datetime(2058, 1, seq % 28 + 1, tzinfo=UTC), 10_000 + seq),
                )
            )

    sender = threading.Thread(target=sending)
    sender.start()
    try:
        wait_until(lambda: len(answers) > 6)
        for month in (date(2058, 2, 1), date(2058, 1, 1), date(2058, 3, 1)):
            with writing(central.engine) as connection:
                assert partitions.make(connection, [month]) == [month]
        enough = len(answers) + 6
        wait_until(lambda: len(answers) > enough)
    finally:
        stop.set()
        sender.join(60)
    assert set(answers) == {"stored"}
    assert set(places(central).values()) == {"responses_2026_03", "responses_2058_01"}


def test_tables_that_somebody_holds_are_left_for_the_next_time(
    central: CentreUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(partitions, "LOCK_WAIT", "50ms")
    month, now = date(2059, 1, 1), datetime(2059, 1, 5, tzinfo=UTC)
    with writing(central.engine) as other:
        # As pg_dump does, from its first table to its last.
        other.exec_driver_sql("LOCK TABLE responses_elsewhere IN ACCESS SHARE MODE")
        keep_months(central.engine, now)
        migrate(central.engine, now)
        assert month not in partitions.there(other)
    keep_months(central.engine, now)
    with reading(central.engine) as connection:
        assert month in partitions.there(connection)


def test_batches_are_stored_while_a_month_waits_for_somebody(
    central: CentreUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(partitions, "LOCK_WAIT", "60s")
    month, now = date(2059, 1, 1), datetime(2059, 1, 5, tzinfo=UTC)
    making = Parallel(central, lambda: keep_months(central.engine, now))
    with writing(central.engine) as other:
        other.exec_driver_sql("LOCK TABLE responses_elsewhere IN ACCESS SHARE MODE")
        making.start()
        wait_until(making.waits)
        assert send(central, made_at(NOW, 1), made_at(NOW + timedelta(days=31), 2)) == ["stored"] * 2
        assert making.waits()
    making.join()
    with reading(central.engine) as connection:
        assert month in partitions.there(connection)


def test_a_month_that_waits_for_a_correction_does_not_keep_it_waiting(
    central: CentreUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(partitions, "LOCK_WAIT", "60s")
    making = Parallel(central, lambda: keep_months(central.engine, datetime(2059, 1, 5, tzinfo=UTC)))
    with writing(central.engine) as connection:
        one_at_a_time(connection)
        voided_here(connection)  # holds every partition, as reading does
        making.start()
        wait_until(making.waits)
        hold(connection, Lock.LINE)
    making.join()


def test_a_command_that_finds_nothing_to_change_waits_for_no_batch_and_no_batch_for_it(
    central: CentreUnderTest,
) -> None:
    with writing(central.engine) as batch:
        rollups.line_up(batch, [])
        with writing(central.engine) as changing:
            partitions.tables_alone(changing)
            parallel = Parallel(central, lambda: migrate(central.engine, NOW))
            parallel.start()
            wait_until(parallel.is_at_rest)
            assert not parallel.waits()
            assert send(central, made_at(NOW, 1)) == ["stored"]
    parallel.join()


def test_a_centre_that_runs_into_a_new_year_makes_its_months(
    central: CentreUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(housekeeping, "MONTHS_EVERY", 0.01)
    central.now = lambda: datetime(2056, 1, 1, tzinfo=UTC)
    central.open()

    def are_there() -> bool:
        with reading(central.engine) as connection:
            return date(2056, 4, 1) in partitions.there(connection)

    with TestClient(central.app):
        wait_until(are_there)


def test_a_purge_scrubs_whatever_keeps_an_empty_month(
    central: CentreUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(partitions, "LOCK_WAIT", "50ms")
    months_there: list[list[date]] = []

    def scrub(engine: Engine) -> bool:
        with reading(engine) as connection:
            months_there.append(partitions.there(connection))
        return True

    monkeypatch.setattr(removal, "scrub", scrub)
    years_later = NOW + timedelta(days=900)
    with writing(central.engine) as other:
        other.exec_driver_sql("LOCK TABLE responses IN ACCESS SHARE MODE")
        removal.purge(central.engine, By("test", years_later))
    (kept,) = months_there
    assert MARCH in kept
    removal.purge(central.engine, By("test", years_later))
    with reading(central.engine) as connection:
        assert MARCH not in partitions.there(connection), "the next time"


def plan(central: CentreUnderTest, query: str) -> str:
    with reading(central.engine) as connection:
        return "\n".join(connection.execute(text(f"EXPLAIN {query}")).scalars())


def test_what_asks_for_a_month_or_an_id_reads_no_other_month(central: CentreUnderTest) -> None:
    send(central, made_at(NOW, 1))
    first, after = partitions.bounds(MARCH)
    of_month = plan(central, f"SELECT * FROM responses WHERE id >= '{first}' AND id < '{after}'")
    of_ids = plan(central, f"SELECT * FROM responses WHERE id IN ('{made_at(NOW, 1).id}', '{first}')")
    everything = plan(central, "SELECT * FROM responses")
    for found in (of_month, of_ids):
        assert "responses_2026_03" in found
        assert "responses_2026_04" not in found
    # Only here is elsewhere left out: it may hold ids between two months.
    assert "responses_elsewhere" not in of_ids
    assert "responses_2026_04" in everything


def test_a_backup_brings_the_months_along(central: CentreUnderTest, tmp_path: Path) -> None:
    send(central, made_at(NOW, 1), made_at(datetime(1970, 1, 1, tzinfo=UTC), 2))
    back_up(central.engine, tmp_path / "copy")
    assert check(tmp_path / "copy", central.url).responses == 2


def test_what_is_forgotten_or_past_its_retention_goes_and_an_empty_month_with_it(
    central: CentreUnderTest,
) -> None:
    march, april = made_at(NOW, 1), made_at(NOW + timedelta(days=31), 2)
    wrong = made_at(datetime(1970, 1, 1, tzinfo=UTC), 3)
    send(central, march, wrong)
    send(central, april, received_at=ARRIVED + 31 * 86_400_000)
    with acting(central.engine, By("test", NOW)) as act:
        assert removal.forget(act, id=wrong.id) == 1
    removal.purge(central.engine, By("a timer", NOW + timedelta(days=20 + 730)))
    assert places(central) == {2: "responses_2026_04"}
    with reading(central.engine) as connection:
        there = partitions.there(connection)
    assert MARCH not in there
    assert APRIL in there
    # Nobody brings it back, into whatever partition.
    assert send(central, march, wrong) == ["duplicate", "duplicate"]
    assert sorted(places(central)) == [2]


def test_the_command_makes_months_and_says_what_they_hold(
    central: CentreUnderTest, capsys: pytest.CaptureFixture[str]
) -> None:
    send(central, *numbered(2))
    months(central.folder, ahead=2, database=central.url)
    told = capsys.readouterr().out.splitlines()
    assert "2026-03: 2 phiếu / responses" in told
    assert told[-1] == "ngoài các tháng / elsewhere: 0 phiếu / responses"


def test_on_sqlite_there_are_no_months(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    central = CentreUnderTest(tmp_path / "centre")
    central.centre.house.keep_months()
    send(central, *numbered(2))
    with writing(central.engine) as connection:
        assert partitions.ensure(connection, NOW) == partitions.drop_empty(connection, NOW) == []
        assert partitions.make(connection, [MARCH]) == []
    months(central.folder)
    assert capsys.readouterr().out == "ngoài các tháng / elsewhere: 2 phiếu / responses\n"
    central.close()


def test_months_around_a_new_year_are_the_right_ones() -> None:
    found = partitions.around(datetime(2026, 12, 31, 23, 30, tzinfo=UTC), behind=1, ahead=2)
    assert found == [date(2026, 11, 1), date(2026, 12, 1), date(2027, 1, 1), date(2027, 2, 1)]
    # In Vietnam it is January already; months are those of UTC, as ids are.
    east = datetime.fromisoformat("2027-01-01T06:30:00+07:00")
    assert partitions.around(east, behind=0, ahead=0) == [date(2026, 12, 1)]
    assert partitions.bounds(date(2026, 12, 1))[1] == partitions.bounds(date(2027, 1, 1))[0]
