"""Two units of one centre: each terminal gets what is its own unit's, and nothing of the other's."""

import base64
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from litestar.testing import TestClient
from msgspec.structs import replace
from sqlalchemy import Connection, delete, insert, select, update

from sync.agent.configuration import BundleKeeper
from sync.central.commands.device_lines import device_lines
from sync.central.office.attention import Need, by_need
from sync.central.office.audit.acts import By, acting
from sync.central.office.bundle import import_bundle
from sync.central.office.cases import give_keys
from sync.central.office.configuration import versions
from sync.central.office.configuration.assigning import add_assignment, end_assignment, remove_assignment
from sync.central.office.configuration.compose import compose, decided_texts
from sync.central.office.configuration.row_queries import read_rows
from sync.central.office.configuration.rows import Rows
from sync.central.office.configuration.timetable import asked_by_terminals
from sync.central.office.configuration.versions import BELIEVED, Bundles
from sync.central.office.devices import list_devices, revoke
from sync.central.office.keys.by_unit import keep_list, load_list
from sync.central.office.places import device_at, replace_device
from sync.central.office.sheets.reader import read_sheet
from sync.central.office.units.importing import MEANING
from sync.central.office.units.revisions import all_changed, changed, form_changed, plan_changed
from sync.central.office.units.stored import import_units
from sync.central.office.units.tree import CENTRE
from sync.central.store.database import reading, writing
from sync.central.store.schema import (
    assignments,
    bundles,
    counters,
    devices,
    offered_forms,
    officers,
    offices,
    plans,
    procedures,
    revoked_serials,
    surveys,
)
from sync.central.store.storage import Storage
from sync.contract.assignment import Assignment
from sync.contract.batch import BatchReply
from sync.contract.bundle import Case, Cases, load_bundle, read_bundle
from sync.contract.canonical import canonical_bytes, digest
from sync.contract.heartbeat import Heartbeat, HeartbeatReply
from sync.contract.issue import BundleDocument
from sync.contract.plan import Plan, PlanGroup
from sync.outbox import StoredResponse
from tests.support.assets import load_survey
from tests.support.wire import NOW, ROOT, CentreUnderTest, visit, write_bundle

# Whatever names something of a unit has its word in it.
WORDS = {"xa-qbac": "qbac", "xa-qnam": "qnam"}
NORTH, SOUTH = WORDS
PROCEDURES = {NORTH: "2.000001", SOUTH: "2.000002"}
CATALOGUE = """
[[units]]
code = "tinh"
name.vi = "Tỉnh"
[[procedures]]
code = "1.001193"
name.vi = "Đăng ký khai sinh"
""" + "".join(
    f'[[units]]\ncode = "{unit}"\nname.vi = "Xã {word}"\nparent = "tinh"\n'
    f'[[devices]]\nid = "may-{word}"\nkind = "terminal"\nunit = "{unit}"\ncounter = "quay-{word}"\n'
    for unit, word in WORDS.items()
)


class Province:
    """A centre with a province and two communes below it, each with rows of its own and one terminal."""

    def __init__(self, central: CentreUnderTest, client: TestClient[Any], folder: Path) -> None:
        self.central = central
        bundle = write_bundle(folder / "bundle", version=2)
        (bundle / "catalogue.toml").write_text(CATALOGUE, "utf-8")
        with acting(central.engine, By("test", NOW)) as act:
            import_bundle(act, bundle)
            give_keys(act, central.folder / "keys")
        with writing(central.engine) as connection:
            for unit, word in WORDS.items():
                connection.execute(insert(officers).values(id=f"cb-{word}", unit=unit, name=f"Cán bộ {word}"))
                place = {"unit": unit, "name": msgspec.json.encode({"vi": f"Quầy {word}"}).decode()}
                connection.execute(insert(counters).values(id=f"quay-{word}", **place))
                named = {"unit": unit, "name": msgspec.json.encode({"vi": f"Thủ tục {word}"}).decode()}
                field = {"code": PROCEDURES[unit], "field": f"Lĩnh vực {word}"}
                connection.execute(insert(procedures).values(**named, **field))
                days = [{"day": "2026-04-30", "name": f"Nghỉ {word}"}]
                body = msgspec.json.encode({"name": {"vi": f"UBND {word}"}, "special_days": days}).decode()
                connection.execute(insert(offices).values(unit=unit, body=body))
                asked = {"id": f"hoi-{word}", "unit": unit, "survey": "kien-hung", "device": f"may-{word}"}
                row = {"id": asked["id"], "unit": unit, "body": msgspec.json.encode(asked).decode()}
                connection.execute(insert(assignments).values(row))
                connection.execute(insert(revoked_serials).values(unit=unit, serial=f"the-{word}"))
            all_changed(connection, WORDS, NOW)
        self.keys = central.folder / "keys"
        self.senders = {
            unit: central.enrolled(client, f"may-{word}", folder / unit) for unit, word in WORDS.items()
        }
        self.keepers = {unit: BundleKeeper(folder / unit, folder / unit / "current") for unit in WORDS}

    def document(self, unit: str) -> BundleDocument:
        """What the terminal that began in this unit gets."""
        answer = self.senders[unit].config("")
        assert isinstance(answer, tuple), answer
        return answer[0]

    def rename(self, unit: str, name: str) -> None:
        """Change the officer of a unit."""
        with writing(self.central.engine) as connection:
            changed(connection, unit, NOW)
            connection.execute(update(officers).where(officers.c.unit == unit).values(name=name))

    def move(self, device: str, unit: str) -> None:
        """Move a device to another unit."""
        with writing(self.central.engine) as connection:
            before = connection.execute(select(devices.c.unit).where(devices.c.id == device)).scalar_one()
            all_changed(connection, [before, unit], NOW)
            connection.execute(update(devices).where(devices.c.id == device).values(unit=unit))

    def case_key(self, unit: str) -> str:
        found = load_list(self.keys, unit)
        assert found is not None
        return found.key

    def beat(self, unit: str, bundle: int) -> HeartbeatReply:
        """The answer to a heartbeat of the terminal that began in this unit, and has this version."""
        state = Heartbeat(at=NOW, made=0, queue=0, bundle=bundle)
        reply = self.senders[unit].heartbeat(state, timedelta(0))
        assert isinstance(reply, HeartbeatReply), reply
        return reply


@pytest.fixture
def province(central: CentreUnderTest, tmp_path: Path) -> Iterator[Province]:
    with TestClient(central.app) as client:
        yield Province(central, client, tmp_path / "province")


def cases_of(document: BundleDocument) -> Cases:
    return msgspec.json.decode(document.files["cases.json"], type=Cases)


def test_nothing_of_one_unit_is_in_the_bytes_of_the_other(province: Province) -> None:
    keep_list(province.keys, NORTH, bytes(range(32)), [Case("a" * 32, "2.000001", "cb-qbac")], ["a" * 32])
    keep_list(province.keys, SOUTH, bytes(range(32, 64)), [Case("b" * 32, "2.000002", "cb-qnam")], ["b" * 32])
    sent = {unit: msgspec.json.encode(province.document(unit)).decode() for unit in WORDS}
    for unit, other in ((NORTH, SOUTH), (SOUTH, NORTH)):
        hashes, word = {NORTH: "a" * 32, SOUTH: "b" * 32}, WORDS[unit]
        own = [f"cb-{word}", f"Cán bộ {word}", f"quay-{word}", f"Quầy {word}", f"may-{word}", f"hoi-{word}"]
        own += [f"UBND {word}", f"Nghỉ {word}", f"the-{word}", f"Xã {word}", f"Thủ tục {word}"]
        for secret in (*own, unit, PROCEDURES[unit], hashes[unit], province.case_key(unit)):
            assert secret in sent[unit], secret
            assert secret not in sent[other], secret
        assert word not in sent[other]
        for common in ("Tỉnh", "1.001193", "surveys/kien-hung.toml"):
            assert common in sent[unit]


def test_each_bundle_loads_and_is_versioned_by_itself(province: Province, tmp_path: Path) -> None:
    versions = set()
    for unit, word in WORDS.items():
        document = province.document(unit)
        versions.add(document.version)
        bundle = province.keepers[unit].apply(document)
        assert bundle.version.version == document.version
        assert [each.code for each in bundle.catalogue.units] == [unit, "tinh"]
        assert [officer.id for officer in bundle.catalogue.officers] == [f"cb-{word}"]
        assert [each.id for each in bundle.assignments or ()] == [f"hoi-{word}"]
        assert bundle.office.name == {"vi": f"UBND {word}"}
        assert bundle.revoked.serials == ("the-2", f"the-{word}")
        assert bundle == load_bundle(tmp_path / "province" / unit / "current")
    assert len(versions) == 2


def test_a_change_in_one_unit_sends_nothing_to_the_other(province: Province) -> None:
    before = {unit: province.document(unit) for unit in WORDS}
    tag = province.senders[SOUTH].config("")
    assert isinstance(tag, tuple)
    province.rename(NORTH, "Cán bộ mới")
    assert "Cán bộ mới" in province.document(NORTH).files["catalogue.toml"]
    assert province.document(NORTH).version > max(each.version for each in before.values())
    assert province.document(SOUTH) == before[SOUTH]
    assert province.senders[SOUTH].config(tag[1]) is None
    assert province.beat(SOUTH, before[SOUTH].version).bundle == before[SOUTH].version


def test_a_change_above_both_units_reaches_both(province: Province) -> None:
    for place in ("tinh", CENTRE):
        before = {unit: province.document(unit) for unit in WORDS}
        with writing(province.central.engine) as connection:
            changed(connection, place, NOW)
            connection.execute(insert(revoked_serials).values(unit=place, serial=f"the-{place}"))
        for unit in WORDS:
            assert f"the-{place}" in province.document(unit).files["revoked.toml"]
            assert province.document(unit).version > before[unit].version


def test_texts_that_did_not_change_are_no_new_version(province: Province) -> None:
    before = {unit: province.document(unit) for unit in WORDS}
    with writing(province.central.engine) as connection:
        changed(connection, CENTRE, NOW + timedelta(days=1))
    province.central.now = lambda: NOW + timedelta(days=1)
    assert {unit: province.document(unit) for unit in WORDS} == before


def test_a_bundle_is_composed_once_for_all_terminals_of_its_unit_by_whichever_process_is_asked_first(
    province: Province, monkeypatch: pytest.MonkeyPatch
) -> None:
    composed = []

    def counted(rows: Rows) -> dict[str, str]:
        composed.append(rows.unit)
        return decided_texts(rows)

    monkeypatch.setattr(versions, "decided_texts", counted)
    storage = Storage(province.central.engine)
    with ThreadPoolExecutor(6) as pool:
        found = list(
            pool.map(lambda bundled: bundled.newest(storage, NORTH, NOW), [Bundles() for _ in range(6)])
        )
    assert len({each.version for each in found if each}) == 1
    assert len(composed) == 1
    province.beat(NORTH, 1)
    province.document(NORTH)
    assert len(composed) == 1


def test_a_moved_device_gets_the_bundle_of_its_new_unit_and_leaves_the_old_cases_unreadable(
    province: Province, tmp_path: Path
) -> None:
    keep_list(province.keys, NORTH, bytes(range(32)), [Case("a" * 32)], ["a" * 32])
    keeper = province.keepers[NORTH]
    keeper.apply(province.document(NORTH))
    lower = province.document(SOUTH)
    province.rename(NORTH, "Cán bộ mới")
    first = province.document(NORTH)
    keeper.apply(first)
    assert lower.version < first.version
    province.move("may-qbac", SOUTH)
    moved = province.document(NORTH)
    assert moved.version > first.version
    assert cases_of(moved).key == province.case_key(SOUTH) != province.case_key(NORTH)
    bundle = keeper.apply(moved)
    assert [(each.id, each.unit) for each in bundle.catalogue.devices] == [
        ("may-qbac", SOUTH),
        ("may-qnam", SOUTH),
    ]
    (left,) = (tmp_path / "province" / NORTH / "bundles").rglob("*.json")
    assert msgspec.json.decode(left.read_bytes(), type=Cases).key == province.case_key(SOUTH)


def test_a_device_that_is_revoked_or_enrolled_again_is_news_for_its_unit(
    province: Province, tmp_path: Path
) -> None:
    central = province.central

    def is_listed() -> bool:
        with writing(central.engine) as connection:
            issued = versions.issue(connection, NORTH, NOW)
            assert issued is not None
            return "may-qbac" in versions.files_of(connection, issued)["catalogue.toml"]

    assert is_listed()
    with acting(central.engine, By("test", NOW)) as act:
        revoke(act, device="may-qbac", reason="thất lạc")
    assert not is_listed()
    with TestClient(central.app) as client:
        found_again = central.enrolled(client, "may-qbac", tmp_path / "again").config("")
    assert isinstance(found_again, tuple)
    bundle = province.keepers[NORTH].apply(found_again[0])
    assert [each.id for each in bundle.catalogue.devices] == ["may-qbac"]


def test_an_assignment_to_a_replaced_device_is_its_successors_from_the_same_act_on(
    province: Province,
) -> None:
    central = province.central
    above = Assignment(id="tinh-hoi", unit="tinh", survey="kien-hung", device="may-qbac")
    with acting(central.engine, By("test", NOW)) as act:
        add_assignment(act, above, "cả tỉnh")
        before = {unit: versions.issue(act.connection, unit, NOW) for unit in WORDS}
    with acting(central.engine, By("test", NOW)) as act:
        new = replace_device(act, device="may-qbac", reason="vỡ màn hình").device
        after = {unit: versions.issue(act.connection, unit, NOW) for unit in WORDS}
        issued = after[NORTH]
        assert issued is not None
        bundle = read_bundle(versions.files_of(act.connection, issued))
    assert {each.id: each.device for each in bundle.assignments or ()} == {"hoi-qbac": new, "tinh-hoi": new}
    assert after[SOUTH] == before[SOUTH]


def test_a_device_never_gets_a_lower_version_than_it_has_reported(province: Province) -> None:
    here = province.document(NORTH).version
    assert province.beat(NORTH, here).bundle == here
    # The centre was restored from a backup of an earlier day.
    assert province.beat(NORTH, here + 40).bundle > here + 40
    assert province.document(NORTH).version > here + 40
    # Versions are numbered over the whole centre: a device of the other unit may come here.
    province.rename(SOUTH, "Cán bộ mới")
    assert province.document(SOUTH).version > here + 41


def test_a_version_that_no_centre_can_have_issued_is_not_believed(province: Province) -> None:
    here = province.document(NORTH).version
    assert province.beat(NORTH, here + 2 * BELIEVED).bundle == here
    province.rename(NORTH, "Cán bộ mới")
    assert here < province.document(NORTH).version < here + BELIEVED


def test_a_bundle_that_terminals_would_refuse_is_not_issued_the_one_before_it_stays_and_the_list_says_why(
    province: Province, caplog: pytest.LogCaptureFixture
) -> None:
    before = province.document(NORTH)
    with writing(province.central.engine) as connection:
        asked = {"id": "hong", "unit": NORTH, "survey": "kien-hung", "respondents": ["staff"]}
        body = msgspec.json.encode(asked).decode()
        connection.execute(insert(assignments).values(id="hong", unit=NORTH, body=body))
        changed(connection, NORTH, NOW)
    assert province.document(NORTH) == before
    assert "HL1003 assignments.toml: assignments hong.respondents" in caplog.text
    with reading(province.central.engine) as connection:
        found = {each.id: each for each in list_devices(connection)}
    assert "assignments hong.respondents" in found["may-qbac"].unusable
    (north,) = by_need([found["may-qbac"]], NOW, "")
    assert Need.NOT_ISSUED in [reason.need for reason in north.reasons]
    assert found["may-qnam"].unusable == ""
    assert any("CHƯA CẤP" in line for line in device_lines([north], NOW))
    # A device that has a higher version still gets a version above it, with what could last be used.
    assert province.beat(NORTH, before.version + 40).bundle > before.version + 40
    assert province.document(NORTH).files["catalogue.toml"] == before.files["catalogue.toml"]
    with writing(province.central.engine) as connection:
        connection.execute(delete(assignments).where(assignments.c.id == "hong"))
        changed(connection, NORTH, NOW + timedelta(minutes=1))
    province.rename(NORTH, "Cán bộ mới")
    assert "Cán bộ mới" in province.document(NORTH).files["catalogue.toml"]
    with reading(province.central.engine) as connection:
        assert {each.unusable for each in list_devices(connection)} == {""}


@pytest.mark.parametrize("end", ["ended", "removed"])
def test_after_its_last_assignment_a_unit_gets_a_file_without_any(province: Province, end: str) -> None:
    assert "hoi-qbac" in province.document(NORTH).files["assignments.toml"]
    with acting(province.central.engine, By("test", NOW)) as act:
        if end == "removed":
            remove_assignment(act, "hoi-qbac", "hết đợt")
        else:
            end_assignment(act, "hoi-qbac", NOW.date() - timedelta(days=1), "hết đợt")
    for name in ("Cán bộ mới", "Cán bộ khác"):
        assert province.keepers[NORTH].apply(province.document(NORTH)).assignments == ()
        province.rename(NORTH, name)
    with reading(province.central.engine) as connection:
        (asked,) = asked_by_terminals(connection, NORTH, NOW)
    assert (asked.assignment, asked.decided) == (None, True)
    assert "hoi-qnam" in province.document(SOUTH).files["assignments.toml"]


def test_the_answer_to_a_batch_says_the_newest_version_of_the_unit(province: Province) -> None:
    here = province.document(SOUTH).version
    made = replace(visit(1, device="may-qnam", seq=1), tag=None)
    body = canonical_bytes(made)
    reply = province.senders[SOUTH].push([StoredResponse(1, made.id, body, digest(body))])
    assert isinstance(reply, BatchReply)
    assert reply.bundle == here


def test_a_version_that_is_not_believed_composes_nothing(
    province: Province, monkeypatch: pytest.MonkeyPatch
) -> None:
    newest = province.document(NORTH).version
    composed: list[str] = []
    issue = versions.issue

    def counted(connection: Connection, unit: str, *args: Any, **options: Any) -> versions.Issued | None:
        composed.append(unit)
        return issue(connection, unit, *args, **options)

    monkeypatch.setattr(versions, "issue", counted)
    assert province.beat(NORTH, newest + 2 * BELIEVED).bundle == newest
    assert composed == []


@pytest.mark.parametrize("named_by", ["offered", "assigned", "planned"])
def test_a_new_release_of_a_form_reaches_the_units_that_ask_it_and_no_other(
    province: Province, named_by: str
) -> None:
    form = load_survey(ROOT / "assets" / "surveys" / "nha-trang-ubnd.toml")
    before = {unit: province.document(unit) for unit in WORDS}

    def release(version: int) -> None:
        with writing(province.central.engine) as connection:
            body = msgspec.json.encode(replace(form, version=version)).decode()
            connection.execute(insert(surveys).values(id=form.id, version=version, body=body))
            if version == 1:
                name_the_form(connection)
            form_changed(connection, form.id, NOW)

    def name_the_form(connection: Connection) -> None:
        place: dict[str, Any] = {"id": "moi", "unit": NORTH}
        asked = Assignment(id="moi", unit=NORTH, survey=form.id)
        if named_by == "offered":
            connection.execute(insert(offered_forms).values(unit=NORTH, survey=form.id))
        elif named_by == "assigned":
            connection.execute(insert(assignments).values(body=msgspec.json.encode(asked).decode(), **place))
        else:
            group = PlanGroup(
                id="a", name={"vi": "A"}, survey=form.id, respondents=("citizen",), channels=("kiosk",)
            )
            plan = Plan(
                id="moi", title={"vi": "Mới"}, authority="", unit=NORTH, design="open", groups=(group,)
            )
            body = msgspec.json.encode(plan).decode()
            connection.execute(insert(plans).values(version=1, body=body, issued_at=NOW.isoformat(), **place))

    for version in (1, 2):
        release(version)
        files = province.document(NORTH).files
        assert f"version = {version}" in files["surveys/nha-trang-ubnd.toml"]
        assert province.document(SOUTH) == before[SOUTH]


def test_a_plan_that_changed_reaches_its_unit_and_those_that_an_assignment_names_it_for(
    province: Province,
) -> None:
    before = {unit: province.document(unit) for unit in WORDS}
    asked = Assignment(id="moi", unit=SOUTH, survey="kien-hung", plan="chung", counter="quay-qnam")
    group = PlanGroup(
        id="a", name={"vi": "A"}, survey="kien-hung", respondents=("citizen",), channels=("kiosk",)
    )
    for version, title in ((1, "Kế hoạch"), (2, "Kế hoạch sửa đổi")):
        plan = Plan(
            id="chung", title={"vi": title}, authority="", unit="phong", design="open", groups=(group,)
        )
        with writing(province.central.engine) as connection:
            place = {"id": plan.id, "unit": plan.unit, "issued_at": NOW.isoformat()}
            body = msgspec.json.encode(plan).decode()
            connection.execute(insert(plans).values(version=version, body=body, **place))
            if version == 1:
                row = {"id": "moi", "unit": SOUTH, "body": msgspec.json.encode(asked).decode()}
                connection.execute(insert(assignments).values(row))
            plan_changed(connection, plan.id, plan.unit, NOW)
        assert title in province.document(SOUTH).files["plans/chung.toml"]
        assert province.document(NORTH) == before[NORTH]


def test_a_unit_without_any_form_has_no_bundle(province: Province) -> None:
    with writing(province.central.engine) as connection:
        for table in (offered_forms, assignments):
            connection.execute(delete(table))
        changed(connection, CENTRE, NOW)
    assert "HL4022" in str(province.senders[NORTH].config(""))
    assert province.beat(NORTH, 3).bundle == 0


UNITS = """code,name,parent,valid_from,valid_to
tinh,Tỉnh,,,
tinh-cu,Tỉnh cũ,,,2026-02-28
xa-sau,Xã sau,tinh,2026-07-01,
xa-cu,Xã cũ,tinh-cu,,2026-02-28
"""


@pytest.mark.parametrize(("unit", "above"), [("xa-sau", "tinh"), ("xa-cu", "tinh-cu")])
def test_a_unit_that_is_not_in_force_today_has_the_bundle_of_its_nearest_period(
    province: Province, unit: str, above: str, tmp_path: Path
) -> None:
    table = tmp_path / "units.csv"
    table.write_text(UNITS, "utf-8")
    with acting(province.central.engine, By("test", NOW)) as act:
        assert not import_units(act, read_sheet(table, MEANING)).problems
        for code in ("tinh", "tinh-cu"):
            act.connection.execute(delete(offered_forms).where(offered_forms.c.unit == code))
            act.connection.execute(insert(offered_forms).values(unit=code, survey="kien-hung"))
        device_at(act, unit=unit, counter="quay-1")
    with reading(province.central.engine) as connection:
        bundle = read_bundle(compose(read_rows(connection, unit, NOW.date()), 9, NOW))
    assert [each.code for each in bundle.catalogue.units] == [unit, above]
    assert [each.unit for each in bundle.catalogue.devices] == [unit]


def test_old_versions_are_not_kept(province: Province) -> None:
    for number in range(5):
        province.rename(NORTH, f"Cán bộ {number}")
        newest = province.document(NORTH).version
    with reading(province.central.engine) as connection:
        query = select(bundles.c.version).where(bundles.c.unit == NORTH).order_by(bundles.c.version)
        kept = connection.execute(query).scalars().all()
    assert len(kept) == versions.KEPT
    assert kept[-1] == newest


def test_every_unit_with_a_terminal_has_a_key_of_its_own(province: Province) -> None:
    assert province.case_key(NORTH) != province.case_key(SOUTH)
    assert load_list(province.keys, "tinh") is None
    assert len(base64.b64decode(province.case_key(NORTH))) == 32
    before = province.case_key(NORTH)
    with acting(province.central.engine, By("test", NOW)) as act:
        give_keys(act, province.keys)
        act.undo()
    assert province.case_key(NORTH) == before
