"""Lists of people and draws: sealed, drawn once, opened one by one, and gone after the plan."""

import hashlib
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace
from sqlalchemy import insert, select

from sync.central.office import removal
from sync.central.office.audit import chain
from sync.central.office.audit.acts import By, acting
from sync.central.office.backup import back_up, check, restore
from sync.central.office.sample.commitment import (
    FOLDER,
    Stratum,
    commitment_of,
    digest_of_secret,
    publish_seed,
)
from sync.central.office.sample.emptying import KEPT_DAYS, empty_lists
from sync.central.office.sample.list_links import LASTS, find_list_link, make_list_link, send_list
from sync.central.office.sample.moving import sample_fault
from sync.central.office.sample.on_request import find_listed, forget_listed
from sync.central.office.sample.people_list import Columns, read_people
from sync.central.office.sample.sealed_list import (
    Place,
    codes_file,
    codes_of,
    frames_of,
    known_software,
    open_person,
    remember_columns,
    seal_people,
    take_list,
)
from sync.central.office.sample.selecting import (
    draw_people,
    draw_sample,
    drawn_of,
    replace_person,
)
from sync.central.office.sheets.reader import sheet_of
from sync.central.reports.asked import Asked
from sync.central.reports.kinds.minutes import SAMPLE
from sync.central.store.database import reading
from sync.central.store.plan_tables import plan_closings
from sync.central.store.sample_tables import drawn_people, frame_people
from sync.central.store.schema import audit
from sync.contract.problem import ProblemError
from tests.support.document_text import text_of
from tests.support.made_samples import sampled_plan_of
from tests.support.paper import put_plan
from tests.support.wire import NOW, CentreUnderTest

BY = By("account 1", NOW)
GROUP = Stratum("ke-hoach-mau", "nguoi-dan")
PLACE = Place(GROUP, "phuong-mot")
COLUMNS = Columns(name="tên", phone="điện thoại", address="địa chỉ", field="lĩnh vực")
# What must be nowhere in clear.
CANARIES = ("Hoang Kim Canh Bao", "0987654321", "Ngo Hoa Mi So 12")


def people_of(central: CentreUnderTest, count: int = 40) -> tuple[Sequence[object], int]:
    lines = [f"Người {n};09000{n:05};Tổ {n};{'Đất đai' if n % 4 else 'Hộ tịch'}" for n in range(count - 1)]
    lines.append(";".join((*CANARIES, "Hộ tịch")))
    text = "Tên;Điện thoại;Địa chỉ;Lĩnh vực\n" + "\n".join(lines)
    sheet = sheet_of("ds.csv", text.encode(), COLUMNS.named().values())
    found = read_people(sheet, COLUMNS, b"k" * 32)
    return seal_people(found, central.keys), found.lines


def take(central: CentreUnderTest, count: int = 40) -> None:
    people, lines = people_of(central, count)
    with acting(central.engine, BY) as act:
        take_list(act, PLACE, people, lines=lines, source="account 1")  # type: ignore[arg-type]


def publish(central: CentreUnderTest) -> None:
    with acting(central.engine, BY) as act:
        publish_seed(act, central.folder / "keys", GROUP)


def draw(central: CentreUnderTest, size: int = 8) -> int:
    with acting(central.engine, BY) as act:
        return draw_sample(act, central.folder / "keys", GROUP, {"phuong-mot": size}, spare_percent=25)


def lines_of(central: CentreUnderTest, *acts: str) -> list[tuple[str, str, str]]:
    query = select(audit).where(audit.c.act.in_(acts)).order_by(audit.c.number)
    with reading(central.engine) as connection:
        assert chain.verify(connection)[1] is None
        return [(row.act, row.subject, row.detail) for row in connection.execute(query)]


def test_a_list_is_taken_in_only_after_the_digest_of_its_seed_was_published(central: CentreUnderTest) -> None:
    with pytest.raises(ProblemError, match="HL4310"):
        take(central)
    publish(central)
    take(central)
    with reading(central.engine) as connection:
        known = commitment_of(connection, GROUP)
        frame = frames_of(connection, GROUP)["phuong-mot"]
    assert known.seed == ""
    first, second = lines_of(central, "sample-seed", "people-list")
    assert first == (
        "sample-seed",
        "ke-hoach-mau nguoi-dan",
        f"seed digest: {known.seed_digest}, key digest: {known.key_digest}",
    )
    assert second[2] == f"lines: 40, people: 40, sha256: {frame.digest}"


def test_a_seed_is_published_once_and_again_only_where_its_file_is_lost(central: CentreUnderTest) -> None:
    publish(central)
    with pytest.raises(ProblemError, match="HL4311"):
        publish(central)
    take(central)
    (file,) = (central.folder / "keys" / FOLDER).iterdir()
    assert file.stat().st_mode & 0o777 == 0o600
    file.unlink()
    with pytest.raises(ProblemError, match="HL4312"):
        draw(central)
    publish(central)
    with reading(central.engine) as connection:
        assert frames_of(connection, GROUP) == {}
    assert len(lines_of(central, "sample-seed")) == 2


def test_the_draw_is_that_of_the_published_seed_and_nothing_changes_after_it(
    central: CentreUnderTest,
) -> None:
    publish(central)
    with pytest.raises(ProblemError, match="HL4314"):
        draw(central)
    take(central)
    assert draw(central) == 8
    with reading(central.engine) as connection:
        known, people = commitment_of(connection, GROUP), codes_of(connection, PLACE)
        drawn = drawn_of(connection, PLACE)
        digest = frames_of(connection, GROUP)["phuong-mot"].digest
    assert digest_of_secret(known.seed) == known.seed_digest
    expected = draw_people("phuong-mot", people, 8, 25, bytes.fromhex(known.seed))
    assert [(each.code, each.field, each.spare) for each in drawn] == [
        (each.name, each.field, each.spare) for each in expected
    ]
    assert digest == hashlib.sha256(codes_file(people)).hexdigest()
    for again in (take, draw):
        with pytest.raises(ProblemError, match="HL4313"):
            again(central)
    with pytest.raises(ProblemError, match="HL4311"):
        publish(central)
    ((_, _, detail),) = lines_of(central, "sample-draw")
    assert detail == f"people: 8, units: 1, seed: {known.seed}"


def test_the_minutes_have_all_that_repeats_the_draw(central: CentreUnderTest) -> None:
    plan = sampled_plan_of("phuong-mot", "Phường Một", NOW.date())
    put_plan(central.engine, plan)
    stratum = Stratum(plan.id, "nguoi-dan")
    asked = Asked(kind=SAMPLE.name, unit="phuong-mot", first=NOW.date(), last=NOW.date(), plan=plan.id)
    people, lines = people_of(central)
    with acting(central.engine, BY) as act:
        publish_seed(act, central.folder / "keys", stratum)
    with reading(central.engine) as connection:
        assert SAMPLE.read(connection, asked, NOW).samples == ()
    with acting(central.engine, BY) as act:
        place = Place(stratum, "phuong-mot")
        take_list(act, place, people, lines=lines, source="account 1")  # type: ignore[arg-type]
        draw_sample(act, central.folder / "keys", stratum, {"phuong-mot": 8}, spare_percent=25)
    with reading(central.engine) as connection:
        known, frame = commitment_of(connection, stratum), frames_of(connection, stratum)["phuong-mot"]
        figures = SAMPLE.read(connection, asked, NOW)
    (sample,) = figures.samples
    assert (sample.seed, sample.seed_digest) == (known.seed, known.seed_digest)
    assert [(each.unit, each.digest) for each in sample.lists] == [("Phường Một", frame.digest)]
    assert sum(each.asked for each in sample.fields) == 8
    text = text_of(SAMPLE.build(figures, {}))
    for said in (known.seed, known.seed_digest, known.key_digest, frame.digest, "Hộ tịch"):
        assert said in text, said


def test_a_plan_without_a_number_is_not_drawn(central: CentreUnderTest) -> None:
    publish(central)
    take(central)
    with pytest.raises(ProblemError, match="HL4315"):
        draw(central, size=0)


def test_each_person_who_is_opened_leaves_a_line_without_their_name(central: CentreUnderTest) -> None:
    publish(central)
    take(central, count=6)
    draw(central, size=6)
    opened = []
    for number in range(1, 7):
        with acting(central.engine, BY) as act:
            opened.append(open_person(act, PLACE, number, central.keys.sealing_keys()))
    assert CANARIES in {(each.name, each.phone, each.address) for each in opened}
    assert lines_of(central, "person-open") == [
        ("person-open", "ke-hoach-mau nguoi-dan phuong-mot", f"number: {number}") for number in range(1, 7)
    ]
    for number, keys in ((7, central.keys.sealing_keys()), (1, {})):
        with pytest.raises(ProblemError, match="HL4316"), acting(central.engine, BY) as act:
            open_person(act, PLACE, number, keys)


def test_somebody_is_replaced_from_the_reserve_of_the_same_field(central: CentreUnderTest) -> None:
    publish(central)
    take(central)
    draw(central)

    def replaced(number: int) -> int:
        with acting(central.engine, BY) as act:
            return replace_person(act, PLACE, number, "refused", account=1)

    with reading(central.engine) as connection:
        before = {each.number: each for each in drawn_of(connection, PLACE)}
    first = next(each.number for each in before.values() if each.field == "Hộ tịch" and not each.spare)
    other = replaced(first)
    assert before[other].field == "Hộ tịch"
    assert before[other].spare
    with reading(central.engine) as connection:
        after = {each.number: each for each in drawn_of(connection, PLACE)}
    assert (after[first].state, after[other].state, after[other].replaces) == ("refused", "waiting", first)
    with pytest.raises(ProblemError, match="HL4318"):
        replaced(first)
    waiting = [each.number for each in after.values() if each.state == "waiting"]
    spare = sum(each.state == "spare" for each in after.values())
    for number in waiting[:spare]:
        replaced(number)
    assert replaced(waiting[spare]) == 0
    with reading(central.engine) as connection:
        assert sum(each.state == "refused" for each in drawn_of(connection, PLACE)) == spare + 2
    assert lines_of(central, "person-replace")[-1][2].endswith("why: refused, nobody of the reserve is left")


def test_columns_are_remembered_for_a_software_and_change_with_a_line(central: CentreUnderTest) -> None:
    for columns in (COLUMNS, Columns(name="họ tên", phone="sđt"), Columns(name="họ tên", phone="sđt")):
        with acting(central.engine, BY) as act:
            remember_columns(act, "phuong-mot", "Một cửa A", columns)
            act.note("test", "")
    with reading(central.engine) as connection:
        assert known_software(connection, "phuong-mot") == {"Một cửa A": Columns(name="họ tên", phone="sđt")}
        assert known_software(connection, "phuong-hai") == {}
    assert len(lines_of(central, "list-columns")) == 2


def test_a_link_takes_one_list_and_none_after_its_end(central: CentreUnderTest) -> None:
    publish(central)
    people, lines = people_of(central)
    texts = iter("abc")

    def made() -> str:
        with acting(central.engine, BY) as act:
            return make_list_link(act, PLACE, lambda: next(texts) * 43)

    def sent(text: str, later: timedelta = timedelta()) -> None:
        with acting(central.engine, By("browser", NOW + later)) as act:
            send_list(act, text, people, lines=lines)  # type: ignore[arg-type]

    first, second = made(), made()
    with pytest.raises(ProblemError, match="HL4232"):
        sent(first)
    with pytest.raises(ProblemError, match="HL4232"):
        sent(second, timedelta(seconds=LASTS + 1))
    sent(second)
    with pytest.raises(ProblemError, match="HL4232"):
        sent(second)
    with reading(central.engine) as connection:
        assert frames_of(connection, GROUP)["phuong-mot"].source == "link"
        assert find_list_link(connection, second, int(NOW.timestamp())) is None
    draw(central)
    with pytest.raises(ProblemError, match="HL4313"):
        made()


def test_people_are_removed_some_time_after_the_end_and_counts_stay(central: CentreUnderTest) -> None:
    publish(central)
    take(central)
    draw(central)
    keys = central.folder / "keys"

    def emptied(days: int) -> int:
        with acting(central.engine, By("night", NOW + timedelta(days=days))) as act:
            return empty_lists(act, keys, {"ke-hoach-mau": NOW.date()})

    assert emptied(KEPT_DAYS) == 0
    assert emptied(KEPT_DAYS + 1) == 40
    assert emptied(KEPT_DAYS + 2) == 0
    with reading(central.engine) as connection:
        assert connection.execute(select(frame_people)).all() == []
        assert {row.code for row in connection.execute(select(drawn_people))} == {""}
        frame = frames_of(connection, GROUP)["phuong-mot"]
        assert (frame.people, bool(frame.emptied_at)) == (40, True)
    assert list((keys / FOLDER).iterdir()) == []
    assert lines_of(central, "people-removed") == [("people-removed", "ke-hoach-mau nguoi-dan", "people: 40")]


def test_the_nightly_purge_removes_lists_of_a_plan_whose_groups_alone_have_a_last_day(
    central: CentreUnderTest,
) -> None:
    plan = sampled_plan_of("phuong-mot", "Phường Một", NOW.date())
    groups = tuple(replace(group, ends=NOW.date()) for group in plan.groups)
    put_plan(central.engine, replace(plan, id=GROUP.plan, ends=None, groups=groups))
    publish(central)
    take(central)

    def people_after(days: int) -> int:
        removal.purge(central.engine, By("night", NOW + timedelta(days=days)), keys=central.folder / "keys")
        with reading(central.engine) as connection:
            return len(codes_of(connection, PLACE))

    assert (people_after(KEPT_DAYS), people_after(KEPT_DAYS + 1)) == (40, 0)


def test_no_name_telephone_or_address_is_in_clear_in_any_file_of_the_centre(
    central: CentreUnderTest, tmp_path: Path
) -> None:
    publish(central)
    take(central)
    draw(central)
    backup = tmp_path / "backup"
    back_up(central.engine, backup)
    for path in (*central.folder.rglob("*"), backup):
        content = path.read_bytes() if path.is_file() else b""
        assert [each for each in CANARIES if each.encode() in content] == [], path
    with reading(central.engine) as connection:
        everything = repr([connection.execute(select(table)).all() for table in (frame_people, audit)])
    assert [each for each in CANARIES if each in everything] == []


def test_lists_and_draws_after_a_backup_outlive_its_restore_and_who_was_removed_stays_away(
    central: CentreUnderTest, tmp_path: Path
) -> None:
    if central.url:
        pytest.skip("restoring on PostgreSQL is tested with all of it")
    publish(central)
    take(central)
    backup = tmp_path / "backup"
    back_up(central.engine, backup)
    draw(central)
    with reading(central.engine) as connection:
        before = drawn_of(connection, PLACE)
    central.engine.dispose()
    restore(backup, central.address, By("test", NOW))
    with reading(central.engine) as connection:
        assert drawn_of(connection, PLACE) == before
        assert len(codes_of(connection, PLACE)) == 40
    with acting(central.engine, By("night", NOW + timedelta(days=KEPT_DAYS + 1))) as act:
        empty_lists(act, central.folder / "keys", {"ke-hoach-mau": NOW.date()})
    central.engine.dispose()
    restore(backup, central.address, By("test", NOW))
    with reading(central.engine) as connection:
        assert codes_of(connection, PLACE) == []
    check(backup)


def test_a_backup_whose_list_lacks_somebody_is_not_sound(central: CentreUnderTest, tmp_path: Path) -> None:
    if central.url:
        pytest.skip("the check is the same on both")
    publish(central)
    take(central)
    with acting(central.engine, BY) as act:
        act.connection.execute(frame_people.delete().where(frame_people.c.field == "Hộ tịch"))
        act.note("test", "")
    back_up(central.engine, tmp_path / "backup")
    with pytest.raises(ProblemError, match="HL5009"):
        check(tmp_path / "backup")


def test_the_nightly_purge_removes_people_of_plans_that_are_over(central: CentreUnderTest) -> None:
    """A plan is over after its window, or on the day it was closed; nobody knows when another one ends."""
    publish(central)
    take(central)
    plan = sampled_plan_of("phuong-mot", "Phường Một", NOW.date())
    own = Place(Stratum(plan.id, "nguoi-dan"), "phuong-mot")
    put_plan(central.engine, plan)
    people, lines = people_of(central)
    with acting(central.engine, BY) as act:
        publish_seed(act, central.folder / "keys", own.stratum)
        take_list(act, own, people, lines=lines, source="account 1")  # type: ignore[arg-type]

    def left(days: int) -> tuple[int, int]:
        removal.purge(central.engine, By("night", NOW + timedelta(days=days)), keys=central.folder / "keys")
        with reading(central.engine) as connection:
            return len(codes_of(connection, own)), len(codes_of(connection, PLACE))

    assert left(KEPT_DAYS + 2) == (40, 40)
    moment = NOW.isoformat()
    texts = dict.fromkeys(("package", "digest", "received_by", "received_at"), "")
    closing = {"plan": plan.id, "unit": plan.unit, "closed_at": moment, "changed_at": moment, **texts}
    with acting(central.engine, BY) as act:
        act.connection.execute(insert(plan_closings).values(**closing, closed_by=1, received_account=0))
        act.note("test", "")
    assert left(KEPT_DAYS + 2) == (0, 40)


def test_a_person_who_asks_is_found_on_lists_and_removed_from_them(central: CentreUnderTest) -> None:
    publish(central)
    take(central)
    draw(central, size=40)
    keys = central.keys.sealing_keys()

    def found(wanted: str) -> list[str]:
        with reading(central.engine) as connection:
            return [each.code for each in find_listed(connection, wanted, keys)]

    assert found("ai khác") == []
    (code,) = found("+84 987 654 321")
    assert found("hoàng kim cảnh báo") == [code]
    with acting(central.engine, BY) as act:
        forget_listed(act, PLACE, code, "người ấy yêu cầu")
    assert found(CANARIES[1]) == []
    with reading(central.engine) as connection:
        (gone,) = (each for each in drawn_of(connection, PLACE) if each.code == code)
        assert sample_fault(connection) == ""
    assert gone.state == "refused"
    for again in (code, "x"):
        with pytest.raises(ProblemError, match="HL4316"), acting(central.engine, BY) as act:
            forget_listed(act, PLACE, again, "")
    with pytest.raises(ProblemError, match="HL4316"), acting(central.engine, BY) as act:
        open_person(act, PLACE, gone.number, keys)
    assert lines_of(central, "people-forget") == [
        ("people-forget", "ke-hoach-mau nguoi-dan phuong-mot", "người ấy yêu cầu")
    ]
