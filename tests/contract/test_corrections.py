"""Corrections and removals: what is put right later, and what has to go for good."""

import secrets
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from litestar.testing import TestClient
from msgspec.structs import replace
from sqlalchemy import insert
from typer.testing import CliRunner, Result

from sync.central.__main__ import app
from sync.central.figures.drivers import standing
from sync.central.intake.ingest import store
from sync.central.intake.judge import judge
from sync.central.office import corrections, removal
from sync.central.office.audit import chain
from sync.central.office.audit.acts import By, acting
from sync.central.office.corrections import DEVICE
from sync.central.store.database import reading, writing
from sync.central.store.response_digest import digest_of
from sync.central.store.schema import plans
from sync.contract.batch import Receipt
from sync.contract.canonical import canonical_bytes, decode_response
from sync.contract.files import decode_toml
from sync.contract.ids import uuid7
from sync.contract.plan import Plan
from sync.contract.problem import ProblemError
from sync.contract.response import Response, Sealed
from sync.contract.sealing import Words, seal_words
from tests.support.wire import NOW, CentreUnderTest, numbered

ARRIVED = int(NOW.timestamp() * 1000)


def send(central: CentreUnderTest, responses: list[Response], *, revoked: bool = False) -> list[Receipt]:
    batch = [
        judge(
            canonical_bytes(each),
            device="kiosk-1",
            unit="phuong-mot",
            forms=central.centre.devices.forms,
            received_at=ARRIVED,
        )
        for each in responses
    ]
    with writing(central.engine) as connection:
        receipts, _ = store(connection, "kiosk-1", batch, ARRIVED, revoked=revoked)
    return receipts


def correct(central: CentreUnderTest, how: str, *arguments: Any) -> str:
    with acting(central.engine, By("an administrator", NOW + timedelta(hours=1))) as act:
        return str(getattr(corrections, how)(act, *arguments))


def stored(central: CentreUnderTest) -> list[Response]:
    return [decode_response(body) for body in central.stored()]


def acts(central: CentreUnderTest) -> list[tuple[str, str]]:
    with reading(central.engine) as connection:
        assert chain.verify(connection)[1] is None
        rows = connection.exec_driver_sql("SELECT act, subject FROM audit ORDER BY number")
        return [(row.act, row.subject) for row in rows]


def forget(central: CentreUnderTest, id: str, *, not_here_yet: bool = False) -> int:
    with acting(central.engine, By("an administrator", NOW)) as act:
        count = removal.forget(act, id=id, reason="asked for", not_here_yet=not_here_yet)
    removal.scrub(central.engine)
    return count


# --- corrections -------------------------------------------------------------------------------------


def test_voiding_adds_a_response_and_changes_none(central: CentreUnderTest) -> None:
    first, second = numbered(2)
    send(central, [first, second])
    before = central.stored()
    correct(central, "void", first.id, "handed to the wrong person")
    after = central.stored()
    assert after[:2] == before
    event = decode_response(after[2])
    assert event.void
    assert (event.void.response, event.outcome, event.device, event.seq) == (first.id, "voided", DEVICE, 1)
    assert event.tag
    assert event.tag.unit == "phuong-mot"
    assert [each.id for each in standing(stored(central))] == [second.id]
    assert acts(central) == [("void", digest_of(first.id))]


def test_a_correction_that_no_response_can_hold_is_refused_with_its_reason(central: CentreUnderTest) -> None:
    first = numbered(1)[0]
    send(central, [first])
    before = central.stored()
    with pytest.raises(ProblemError, match=r"HL5016.*dài hơn 500 ký tự"):
        correct(central, "void", first.id, "x" * 501)
    with pytest.raises(ProblemError, match=r"HL5016.*tag\.counter"):
        correct(central, "retag", first.id, {"counter": "2\n"}, "scanned at the wrong counter")
    assert central.stored() == before


def test_a_retagged_response_counts_once_under_its_right_tag(central: CentreUnderTest) -> None:
    first = numbered(1)[0]
    send(central, [first])
    made = correct(central, "retag", first.id, {"counter": "2"}, "scanned at the wrong counter")
    (counts,) = standing(stored(central))
    assert (counts.id, counts.answers, counts.started_at) == (made, first.answers, first.started_at)
    assert counts.tag
    assert first.tag
    assert counts.tag == replace(first.tag, counter="2")
    assert counts.entered
    assert counts.entered.form_no == first.id
    assert len(stored(central)) == 3


def test_a_correction_goes_out_with_the_next_pull(central: CentreUnderTest) -> None:
    with TestClient(central.app) as client:
        headers = {"Authorization": f"Bearer {central.token(role='admin')}"}
        first = numbered(1)[0]
        send(central, [first])
        page = client.get("/v1/responses", headers=headers).json()
        correct(central, "void", first.id, "a test")
        later = client.get("/v1/responses", params={"after": page["next"]}, headers=headers).json()
    (item,) = later["items"]
    assert item["response"]["void"]["response"] == first.id


@pytest.mark.parametrize(
    ("act", "arguments", "number"),
    [
        ("void", ("0195590d-f300-7000-8000-000000000000", "?"), "HL5012"),
        ("retag", ("first", {"counter": "1"}, "?"), "HL5016"),
        ("retag", ("first", {"officer": "nobody"}, "?"), "HL5016"),
        ("retag", ("first", {"procedure": "9.999999"}, "?"), "HL5016"),
        ("void", ("voided", "?"), "HL5013"),
        ("retag", ("voided", {"counter": "2"}, "?"), "HL5013"),
    ],
)
def test_a_wrong_correction_is_a_problem_and_changes_nothing(
    central: CentreUnderTest, act: str, arguments: tuple[Any, ...], number: str
) -> None:
    first, voided = numbered(2)
    send(central, [first, voided])
    correct(central, "void", voided.id, "once")
    before = central.stored()
    names = {"first": first.id, "voided": voided.id}
    with pytest.raises(ProblemError, match=number):
        correct(central, act, names.get(arguments[0], arguments[0]), *arguments[1:])
    assert central.stored() == before


# --- removal -----------------------------------------------------------------------------------------


def test_a_forgotten_response_is_gone_and_a_tablet_cannot_bring_it_back(central: CentreUnderTest) -> None:
    first, second = numbered(2)
    send(central, [first, second])
    assert forget(central, first.id) == 1
    assert [each.id for each in stored(central)] == [second.id]
    assert [receipt.status for receipt in send(central, [first, second])] == ["duplicate", "duplicate"]
    assert [receipt.status for receipt in send(central, [first], revoked=True)] == ["duplicate"]
    other = replace(first, answers={"result": 1, "service": 1})
    assert [receipt.status for receipt in send(central, [other])] == ["duplicate"]
    assert [each.id for each in stored(central)] == [second.id]
    with reading(central.engine) as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM set_aside").scalar_one() == 0
        held = connection.exec_driver_sql("SELECT held FROM devices WHERE id = 'kiosk-1'").scalar_one()
    # The ledger still counts it: nothing is missing, so nobody looks for it.
    assert msgspec.json.decode(held) == [[1, 2]]
    assert acts(central) == [("forget", digest_of(first.id))]


def test_what_is_forgotten_before_it_arrives_is_never_stored(central: CentreUnderTest) -> None:
    first, second = numbered(2)
    assert forget(central, first.id, not_here_yet=True) == 0
    assert [receipt.status for receipt in send(central, [first, second])] == ["duplicate", "stored"]
    assert [each.id for each in stored(central)] == [second.id]


def test_forgetting_takes_what_was_set_aside_and_what_corrections_made_of_it(
    central: CentreUnderTest,
) -> None:
    first, second = numbered(2)
    send(central, [first, second])
    send(central, [replace(first, answers={"result": 1, "service": 1})])
    made = correct(central, "retag", first.id, {"counter": "2"}, "the wrong counter")
    assert forget(central, made) == 3
    assert [each.id for each in stored(central)] == [second.id]
    with reading(central.engine) as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM set_aside").scalar_one() == 0


def test_nothing_of_a_forgotten_response_is_left_in_the_file(tmp_path: Path) -> None:
    central = CentreUnderTest(tmp_path / "centre")
    first, second = numbered(2)
    first = replace(first, app="a-mark-to-be-found")
    send(central, [first, second])
    database = tmp_path / "centre" / "central.db"

    def files() -> bytes:
        return b"".join(path.read_bytes() for path in sorted(database.parent.glob("central.db*")))

    assert b"a-mark-to-be-found" in files()
    forget(central, first.id)
    assert b"a-mark-to-be-found" not in files()
    central.close()
    assert b"a-mark-to-be-found" not in files()
    with sqlite3.connect(database) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_a_purge_takes_what_is_past_its_plan_and_a_dry_run_nothing(central: CentreUnderTest) -> None:
    old, new, other = numbered(3)
    send(central, [replace(old, plan="short"), replace(new, plan="long"), other])
    days = {"short": 30, "long": 3000}
    later = NOW + timedelta(days=40)
    with writing(central.engine) as connection:
        keep_plans(connection, days)
    assert due(central, later) == {"long": 0, "short": 1, "": 0}
    assert len(stored(central)) == 3
    removal.purge(central.engine, By("a timer", later))
    assert [each.plan for each in stored(central)] == ["long", None]
    assert acts(central) == [("purge", "short")]
    assert [receipt.status for receipt in send(central, [replace(old, plan="short")])] == ["duplicate"]
    removal.purge(central.engine, By("a timer", NOW + timedelta(days=800)))
    assert [each.plan for each in stored(central)] == ["long"]


@pytest.mark.parametrize("year", [1970, 2020, 2099])
def test_what_a_tablet_with_a_wrong_clock_sent_is_kept_for_its_days_and_no_longer(
    central: CentreUnderTest, year: int
) -> None:
    at = datetime(year, 1, 5, 8, tzinfo=UTC)
    id = uuid7(at, secrets.token_bytes)
    receipts = send(central, [replace(numbered(1)[0], id=id, started_at=at, finished_at=at)])
    assert receipts[0].status == "stored"
    for days, left in ((0, 1), (729, 1), (732, 0)):
        removal.purge(central.engine, By("a timer", NOW + timedelta(days=days)))
        assert len(stored(central)) == left


def test_what_a_correction_made_is_purged_with_what_it_was_made_of(central: CentreUnderTest) -> None:
    first, second = numbered(2)
    send(central, [first])
    with writing(central.engine) as connection:
        connection.exec_driver_sql(f"UPDATE responses SET received_at = {ARRIVED - 100 * 86_400_000}")
    correct(central, "retag", first.id, {"counter": "2"}, "scanned at the wrong counter")
    send(central, [second])
    assert len(stored(central)) == 4
    removal.purge(central.engine, By("a timer", NOW + timedelta(days=700)))
    assert [each.id for each in stored(central)] == [second.id]


def test_what_was_set_aside_is_kept_for_its_time_and_no_longer(central: CentreUnderTest) -> None:
    refused = replace(numbered(1)[0], answers={"result": 9, "service": 1})
    send(central, [refused])

    def left() -> int:
        with reading(central.engine) as connection:
            return int(connection.exec_driver_sql("SELECT count(*) FROM set_aside").scalar_one())

    removal.purge(central.engine, By("a timer", NOW + timedelta(days=99)), usual=100)
    assert left() == 1
    with reading(central.engine) as connection:
        for days, count in ((99, 0), (101, 1)):
            due = removal.due_without_plan(connection, NOW + timedelta(days=days), usual=100)
            assert due == {"set aside": count, "returned": 0}
    removal.purge(central.engine, By("a timer", NOW + timedelta(days=101)), usual=100)
    assert left() == 0
    assert acts(central)[-1] == ("purge", "set aside")


def test_what_a_plan_promised_lasts_after_the_plan_left_the_configuration(central: CentreUnderTest) -> None:
    send(central, [replace(each, plan="ten-years") for each in numbered(3)])
    later = NOW + timedelta(days=800)
    with writing(central.engine) as connection:
        keep_plans(connection, {"ten-years": 30}, version=8)
        keep_plans(connection, {"ten-years": 3650}, version=9)
        keep_plans(connection, {"another": 30}, version=10)
    assert due(central, later) == {"another": 0, "ten-years": 0, "": 0}
    removal.purge(central.engine, By("a timer", later))
    assert len(stored(central)) == 3
    removal.purge(central.engine, By("a timer", NOW + timedelta(days=3652)))
    assert stored(central) == []


def test_what_names_a_plan_that_no_bundle_ever_had_is_never_purged_and_is_reported(
    central: CentreUnderTest,
) -> None:
    first, second = numbered(2)
    send(central, [replace(first, plan="unheard-of"), second])
    removal.purge(central.engine, By("a timer", NOW + timedelta(days=9000)))
    assert [each.plan for each in stored(central)] == ["unheard-of"]
    said = command(central, "purge", "--dry-run")
    assert said.exit_code == 0
    assert "unheard-of: 1 phiếu giữ lại" in said.stdout


def test_what_names_no_plan_is_kept_as_long_as_a_plan_that_it_counts_for_says(
    central: CentreUnderTest,
) -> None:
    counts, other = numbered(2)
    send(central, [counts, replace(other, channel="tablet")])
    group = (
        '[[groups]]\nid = "a"\nname.vi = "A"\nsurvey = "kien-hung"\nrespondents = ["citizen"]\n'
        'channels = ["kiosk"]\n'
    )
    with writing(central.engine) as connection:
        keep_plans(connection, {"long": 3000, "short": 30}, groups=group)
    assert due(central, NOW + timedelta(days=700)) == {"long": 0, "short": 0, "": 0}
    removal.purge(central.engine, By("a timer", NOW + timedelta(days=800)))
    assert [each.id for each in stored(central)] == [counts.id]
    removal.purge(central.engine, By("a timer", NOW + timedelta(days=3002)))
    assert stored(central) == []


def due(central: CentreUnderTest, on: datetime) -> dict[str, int]:
    """How many a purge would remove then, by plan."""
    with reading(central.engine) as connection:
        kept = removal.retention(connection)
        return {one.plan: one.count for one in removal.due(connection, kept, on.date())}


def keep_plans(connection: Any, days: dict[str, int], *, version: int = 9, groups: str = "") -> None:
    """A version of plans with these retentions."""
    for id, kept in days.items():
        text = (
            f'id = "{id}"\ntitle.vi = "Kế hoạch"\nauthority = "Phường Một"\nunit = "phuong-mot"\n'
            f'design = "open"\nretention_days = {kept}\n{groups or "groups = []"}\n'
        )
        body = msgspec.json.encode(decode_toml(text, Plan, id)).decode()
        values = {"unit": "phuong-mot", "issued_at": NOW.isoformat(), "body": body}
        connection.execute(insert(plans).values(id=id, version=version, **values))


def command(central: CentreUnderTest, *words: str, said: str = "") -> Result:
    """A command of the centre, with what is typed when it asks."""
    database = ["--database", central.url] if central.url else []
    return CliRunner().invoke(app, [*words, "--data", str(central.folder), *database], input=said)


@pytest.mark.parametrize(
    "wanted",
    [
        *("0900 000 001", "+84 900 000 001", "0900000001", " công dân  một"),
        *("cong dan mot", "CONG DAN MOT", "Co\u0302ng da\u0302n Mo\u0323\u0302t", "1 duong hoa binh"),
    ],
)
def test_a_person_finds_their_responses_by_the_contact_they_left(
    central: CentreUnderTest, wanted: str
) -> None:
    key = central.keys.public().sealing[-1]
    mine, theirs, damaged, none = numbered(4)
    one: Words = {"contact": {"name": "Công dân Một", "phone": "0900.000.001", "address": "1 Đường Hòa Bình"}}
    other: Words = {"contact": {"phone": "0900000002"}}
    mine = replace(mine, sealed=seal_words(one, key.id, key.public))
    theirs = replace(theirs, sealed=seal_words(other, key.id, key.public))
    damaged = replace(damaged, sealed=Sealed(key.id, "AAAA"))
    send(central, [mine, theirs, damaged, none])
    found = removal.find_contact(central.engine, By("test", NOW), wanted, central.keys.sealing_keys())
    assert [(each.id, each.unit) for each in found] == [(mine.id, "phuong-mot")]
    said = command(central, "find-contact", said=f"{wanted}\n")
    assert said.exit_code == 0
    assert mine.id in said.stdout


def test_a_contact_that_nobody_left_is_reported_and_ends_with_1(central: CentreUnderTest) -> None:
    send(central, numbered(1))
    said = command(central, "find-contact", said="Cong dan Khong Co\n")
    assert said.exit_code == 1
    assert "Không thấy phiếu nào" in said.stderr
    assert "Không thấy" not in said.stdout
