"""The state of a centre as it is read: backups, keys, the audit log, what waits, and in how many queries."""

from datetime import timedelta
from pathlib import Path

import msgspec
from sqlalchemy import event, insert, update
from typer.testing import CliRunner

from sync.central.__main__ import app
from sync.central.office import removal
from sync.central.office.audit import chain
from sync.central.office.audit.acts import By, acting
from sync.central.office.audit.seal import sign_log
from sync.central.office.backup import keep_backup
from sync.central.office.condition import Condition, LogState, Point, Waiting, concerns, read_condition
from sync.central.store.database import reading, writing
from sync.central.store.schema import audit, devices, set_aside
from tests.support.wire import NOW, CentreUnderTest, store_unasked, visit

LATER = NOW + timedelta(days=3)


def condition(central: CentreUnderTest, *, whole_log: bool = True) -> Condition:
    with reading(central.engine) as connection:
        return read_condition(connection, central.keys, central.folder, NOW, whole_log=whole_log)


def points(central: CentreUnderTest) -> list[Point]:
    return [concern.point for concern in concerns(condition(central), NOW)]


def sign(central: CentreUnderTest) -> None:
    key_id, key = central.keys.signing_key()
    sign_log(central.engine, key_id=key_id, key=key, trusted=central.keys.trusted())


def log_of(central: CentreUnderTest, *, whole: bool = True) -> LogState:
    return condition(central, whole_log=whole).log


def test_a_new_centre_has_nothing_to_look_at_but_its_first_backup(
    central: CentreUnderTest, tmp_path: Path
) -> None:
    assert points(central) == [Point.NO_BACKUP]
    keep_backup(central.engine, tmp_path / "copy", By("test", NOW), server=central.url)
    found = condition(central)
    assert points(central) == []
    assert found.backup is not None
    assert (found.backup.file, found.backup.at) == ("copy", NOW)
    assert found.database.startswith("PostgreSQL" if central.url else "SQLite")
    assert found.database_bytes > 100_000
    assert 0 < found.disk.free <= found.disk.total
    assert [key.use for key in found.keys if key.signs] == ["centre"]
    with reading(central.engine) as connection:
        later = read_condition(connection, central.keys, central.folder, LATER)
    assert [concern.point for concern in concerns(later, LATER)] == [Point.OLD_BACKUP]


def test_what_waits_for_a_person_is_counted_since_the_first(central: CentreUnderTest) -> None:
    response = visit(1, seq=1)
    assert store_unasked(central, [response]) == ["stored"]
    with writing(central.engine) as connection:
        connection.execute(update(devices).where(devices.c.id == "kiosk-1").values(public_key=b"k" * 32))
        row = {"device": "kiosk-1", "status": "refused", "detail": "", "body": b"", "digest": b"d" * 32}
        for seq, hours in ((7, 1), (8, 5)):
            at = int((NOW - timedelta(hours=hours)).timestamp() * 1000)
            values = {"id": f"id-{seq}", "seq": seq, "problem": "HL4005", "received_at": at}
            connection.execute(insert(set_aside).values(**row, **values))
    with acting(central.engine, By("somebody", NOW)) as act:
        removal.forget(act, id=response.id, reason="asked for", not_here_yet=False)
    found = condition(central)
    assert found.aside == Waiting(2, NOW - timedelta(hours=5))
    assert found.erasures == Waiting(1, NOW)
    assert Point.ASIDE in points(central)


def test_the_audit_log_is_intact_with_its_last_line_or_it_is_named_where_it_breaks(
    central: CentreUnderTest,
) -> None:
    with acting(central.engine, By("somebody", NOW)) as act:
        for number in range(4):
            act.note("test", str(number))
    sign(central)
    with acting(central.engine, By("somebody", NOW)) as act:
        act.note("test", "not sealed yet")
    with reading(central.engine) as connection:
        count, wrong = chain.verify(connection)
    log = log_of(central)
    assert (log.lines, log.problem, log.wrong, wrong) == (count, "", None, None)
    assert len(log.digest) == 64
    with writing(central.engine) as connection:
        connection.execute(update(audit).where(audit.c.number == 2).values(who="nobody"))
    assert (log_of(central).problem, log_of(central).wrong) == ("HL5008", 2)
    assert log_of(central, whole=False).problem == "", "only what follows the seal was read"
    assert Point.LOG_WRONG in points(central)
    with writing(central.engine) as connection:
        connection.execute(update(audit).where(audit.c.number == count).values(who="nobody"))
    assert log_of(central, whole=False).wrong == count


def test_the_state_of_more_devices_takes_no_more_queries(tmp_path: Path) -> None:
    taken = []
    statements: list[str] = []
    for count in (3, 40):
        central = CentreUnderTest(
            tmp_path / f"{count}", devices=tuple(f"kiosk-{number}" for number in range(count))
        )
        with writing(central.engine) as connection:
            connection.execute(update(devices).values(public_key=b"x" * 32))
        event.listen(central.engine, "before_cursor_execute", lambda *call: statements.append(call[2]))
        statements.clear()
        assert len(condition(central).devices) == count
        taken.append(len(statements))
        central.close()
    assert taken[0] == taken[1]


def test_the_command_states_it_and_ends_with_1_while_something_needs_a_person(
    central: CentreUnderTest, tmp_path: Path
) -> None:

    place = ["--data", str(central.folder), *(["--database", central.url] if central.url else [])]
    wrong = CliRunner().invoke(app, ["status", *place])
    assert wrong.exit_code == 1
    assert "! Chưa sao lưu lần nào" in wrong.output
    facts = msgspec.json.decode(CliRunner().invoke(app, ["status", "--json", *place]).output)
    assert facts["concerns"] == ["no-backup"]
    assert "devices" not in facts
    done = CliRunner().invoke(app, ["backup", "--to", str(tmp_path / "copy"), *place])
    assert done.exit_code == 0, done.output
    well = CliRunner().invoke(app, ["status", *place])
    assert well.exit_code == 0, well.output
    assert "copy, đã kiểm tra" in well.output
    assert "nhật ký     còn nguyên; dòng cuối " in well.output
