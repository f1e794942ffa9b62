"""Each decision of an office is one act: with a reason, a line in the audit log, and a new revision."""

from collections.abc import Callable
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from sqlalchemy import select

from sync.central.office.audit import chain
from sync.central.office.audit.acts import Act, By, acting
from sync.central.office.configuration.assigning import (
    add_assignment,
    assignment_named,
    end_assignment,
    remove_assignment,
)
from sync.central.office.configuration.counters import add_counter, change_counter, remove_counter
from sync.central.office.configuration.deciding import checked
from sync.central.office.configuration.importing import import_configured
from sync.central.office.configuration.office_settings import change_office, office_of, read_emblem
from sync.central.office.configuration.officers import (
    add_officer,
    change_officer,
    officer_named,
    remove_officer,
)
from sync.central.office.configuration.procedures import (
    add_procedure,
    change_procedure,
    procedure_at,
    remove_procedure,
)
from sync.central.office.configuration.scope import read_configured
from sync.central.office.configuration.serials import restore_serial, revoke_serial, serials_of
from sync.central.office.configuration.sources import add_device, move_device
from sync.central.office.configuration.special_days import (
    HEADINGS,
    read_special_days,
    remove_special_day,
    set_special_days,
)
from sync.central.office.configuration.timetable import asked_by_terminals, idle_terminals
from sync.central.office.configuration.versions import files_of, issue
from sync.central.office.configuration.wordings import put_plan
from sync.central.office.devices import revoke
from sync.central.office.sheets.reader import read_sheet
from sync.central.office.units.stored import put_bundled_units
from sync.central.store.database import reading, writing
from sync.central.store.schema import audit, configuration_revisions, device_moves
from sync.contract.assignment import Assignment
from sync.contract.catalogue import Counter, Device, Officer, Procedure, Unit
from sync.contract.opening import Hours, Opening, SpecialDay
from sync.contract.plan import VIET_NAM, Plan, PlanGroup
from sync.contract.problem import ProblemError, ProblemsError
from tests.contract.conftest import Run
from tests.support.wire import NOW, CentreUnderTest

BY = By("một người", NOW)
UNIT = "phuong-mot"
OFFICER = Officer("cb-09", "Cán bộ Chín", UNIT, "Công chức")
PROCEDURE = Procedure("1.009999", {"vi": "Thủ tục mới"}, "Hộ tịch")
COUNTER = Counter("quay-9", UNIT, {"vi": "Quầy 9"})
DAILY = Assignment(id="hang-ngay", unit=UNIT, survey="kien-hung")
WEEK = Opening(("mon", "tue", "wed", "thu", "fri"), time(7, 30), time(11, 30))
SATURDAY = Opening(("sat",), time(7, 30), time(11, 30))
HOLIDAY = SpecialDay(date(2026, 9, 2), "Quốc khánh")
EMBLEM = Path(__file__).parents[1] / "support" / "emblem.png"

Doing = Callable[[Act], object]


def do(central: CentreUnderTest, *steps: Doing) -> None:
    for step in steps:
        with acting(central.engine, BY) as act:
            step(act)


def refused(central: CentreUnderTest, step: Doing) -> str:
    """The number of the problem; nothing has changed."""
    before = everything(central)
    with pytest.raises(ProblemError) as caught:
        do(central, step)
    assert everything(central) == before
    return caught.value.problem.number


def everything(central: CentreUnderTest) -> object:
    with reading(central.engine) as connection:
        number = select(audit.c.number).order_by(audit.c.number.desc())
        revision = select(configuration_revisions.c.revision).order_by(configuration_revisions.c.revision)
        return (
            read_configured(connection, "", NOW.date()),
            connection.execute(number).scalars().first(),
            connection.execute(revision).scalars().all(),
        )


def log(central: CentreUnderTest) -> list[tuple[str, str, str]]:
    with reading(central.engine) as connection:
        assert chain.verify(connection)[1] is None
        query = select(audit.c.act, audit.c.subject, audit.c.detail).order_by(audit.c.number)
        return [(row.act, row.subject, row.detail) for row in connection.execute(query)]


def revision(central: CentreUnderTest, unit: str = UNIT) -> int:
    with reading(central.engine) as connection:
        query = select(configuration_revisions.c.revision).where(configuration_revisions.c.unit == unit)
        return int(connection.execute(query).scalar() or 0)


ACTS: list[tuple[list[Doing], list[tuple[str, str, str]]]] = [
    (
        [
            lambda act: add_officer(act, OFFICER, "mới về"),
            lambda act: change_officer(act, "cb-09", "QĐ 5", title="Phó trưởng phòng"),
            lambda act: remove_officer(act, "cb-09", "nghỉ hưu"),
        ],
        [
            ("officer-add", "cb-09", "phuong-mot; mới về"),
            ("officer-change", "cb-09", "phuong-mot; QĐ 5"),
            ("officer-remove", "cb-09", "phuong-mot; nghỉ hưu"),
        ],
    ),
    (
        [
            lambda act: add_procedure(act, UNIT, PROCEDURE, "QĐ 6"),
            lambda act: change_procedure(act, UNIT, "1.009999", "QĐ 7", name={"en": "New"}, field="Đất đai"),
            lambda act: remove_procedure(act, UNIT, "1.009999", "bãi bỏ"),
        ],
        [
            ("procedure-add", "1.009999", "phuong-mot; QĐ 6"),
            ("procedure-change", "1.009999", "phuong-mot; QĐ 7"),
            ("procedure-remove", "1.009999", "phuong-mot; bãi bỏ"),
        ],
    ),
    (
        [
            lambda act: add_counter(act, COUNTER, "mở thêm"),
            lambda act: change_counter(act, UNIT, "quay-9", "đổi tên", name={"vi": "Quầy chín"}),
            lambda act: remove_counter(act, UNIT, "quay-9", "đóng"),
        ],
        [
            ("counter-add", "quay-9", "phuong-mot; mở thêm"),
            ("counter-change", "quay-9", "phuong-mot; đổi tên"),
            ("counter-remove", "quay-9", "phuong-mot; đóng"),
        ],
    ),
    (
        [
            lambda act: change_office(act, UNIT, {"primary": "#102030", "opening": [WEEK]}, "QĐ 8"),
            lambda act: set_special_days(act, UNIT, [HOLIDAY], "lịch nghỉ"),
            lambda act: remove_special_day(act, UNIT, HOLIDAY.day, "ghi nhầm"),
        ],
        [
            ("office", UNIT, "opening, primary; QĐ 8"),
            ("office", UNIT, "special_days; lịch nghỉ"),
            ("office", UNIT, "special_days; ghi nhầm"),
        ],
    ),
    (
        [
            lambda act: add_assignment(act, DAILY, "KH 1"),
            lambda act: end_assignment(act, "hang-ngay", date(2026, 12, 31), "hết đợt"),
            lambda act: remove_assignment(act, "hang-ngay", "ghi nhầm"),
        ],
        [
            ("assignment-add", "hang-ngay", "phuong-mot: kien-hung; KH 1"),
            ("assignment-end", "hang-ngay", "2026-12-31; hết đợt"),
            ("assignment-remove", "hang-ngay", "phuong-mot: kien-hung; ghi nhầm"),
        ],
    ),
    (
        [
            lambda act: revoke_serial(act, UNIT, "K7QX2M4P", "mất thẻ"),
            lambda act: restore_serial(act, UNIT, "K7QX2M4P", "tìm thấy"),
        ],
        [
            ("serial-revoke", "K7QX2M4P", "phuong-mot; mất thẻ"),
            ("serial-restore", "K7QX2M4P", "phuong-mot; tìm thấy"),
        ],
    ),
    (
        [
            lambda act: add_device(act, Device(id="web-9", kind="web", unit=UNIT), "trang web"),
            lambda act: move_device(act, "web-9", "chuyển quầy", unit=UNIT, counter="quay-2"),
        ],
        [
            ("device-add", "web-9", "phuong-mot ; trang web"),
            ("device-move", "web-9", "phuong-mot  → phuong-mot quay-2; chuyển quầy"),
        ],
    ),
]
NOUNS = ["officers", "procedures", "counters", "offices", "assignments", "serials", "devices"]


@pytest.mark.parametrize(("steps", "lines"), ACTS, ids=NOUNS)
def test_each_act_leaves_its_line_and_a_new_revision_of_its_unit(
    central: CentreUnderTest, steps: list[Doing], lines: list[tuple[str, str, str]]
) -> None:
    seen = [revision(central)]
    for step in steps:
        do(central, step)
        seen.append(revision(central))
    assert log(central) == lines
    assert seen == sorted(set(seen))


def test_an_act_without_a_reason_or_at_no_unit_changes_nothing(central: CentreUnderTest) -> None:
    elsewhere = Officer("cb-09", "Cán bộ Chín", "xa-la")
    assert refused(central, lambda act: add_officer(act, OFFICER, " ")) == "HL5071"
    assert refused(central, lambda act: add_officer(act, elsewhere, "x")) == "HL5011"
    assert refused(central, lambda act: change_officer(act, "a01", "x", unit="xa-la")) == "HL5011"
    assert refused(central, lambda act: change_office(act, "xa-la", {"primary": "#102030"}, "x")) == "HL5011"
    assert refused(central, lambda act: move_device(act, "kiosk-1", "x", unit="xa-la")) == "HL5011"


def test_what_is_there_is_not_added_and_what_is_not_there_is_not_changed(central: CentreUnderTest) -> None:
    again = Officer("a01", "Cán bộ Khác", UNIT)
    assert refused(central, lambda act: add_officer(act, again, "x")) == "HL5073"
    for step in (
        lambda act: change_officer(act, "cb-99", "x", name="A"),
        lambda act: remove_officer(act, "cb-99", "x"),
        lambda act: remove_procedure(act, UNIT, "1.001193", "x"),
        lambda act: change_counter(act, UNIT, "quay-99", "x", name={"vi": "A"}),
        lambda act: end_assignment(act, "khong-co", date(2026, 1, 1), "x"),
        lambda act: remove_special_day(act, UNIT, HOLIDAY.day, "x"),
        lambda act: restore_serial(act, UNIT, "K7QX2M4P", "x"),
    ):
        assert refused(central, step) == "HL5072"
    assert refused(central, lambda act: move_device(act, "may-99", "x", unit=UNIT)) == "HL5004"
    long = "q" * 74
    assert refused(central, lambda act: move_device(act, "kiosk-1", "x", unit=UNIT, counter=long)) == "HL5086"


def test_the_id_of_an_officer_who_left_is_given_to_nobody_else(central: CentreUnderTest) -> None:
    do(central, lambda act: add_officer(act, OFFICER, "x"), lambda act: remove_officer(act, OFFICER.id, "x"))
    other = Officer(OFFICER.id, "Cán bộ Khác", UNIT)
    assert refused(central, lambda act: add_officer(act, other, "x")) == "HL5073"
    do(central, lambda act: add_officer(act, OFFICER, "về lại"))


def test_officers_of_two_communes_never_have_one_id(central: CentreUnderTest) -> None:
    """So no figure by officer adds those of two, nor shows one under the name of the other."""
    with writing(central.engine) as connection:
        put_bundled_units(
            connection, (Unit("xa-mot", {"vi": "Xã Một"}), Unit("xa-hai", {"vi": "Xã Hai"})), NOW
        )
    first, second = (Officer("can-bo-1", f"Cán bộ {unit}", unit) for unit in ("xa-mot", "xa-hai"))

    def imports(act: Act) -> object:
        configured = read_configured(act.connection, "xa-hai", NOW.date())
        wanted = replace(configured, officers=(*configured.officers, second))
        return import_configured(act, "xa-hai", wanted, "nhập cả xã")

    do(central, lambda act: add_officer(act, first, "mới về"))
    for gone in (False, True):
        if gone:
            do(central, lambda act: remove_officer(act, first.id, "nghỉ hưu"))
        assert refused(central, lambda act: add_officer(act, second, "mới về")) == "HL5073"
        with pytest.raises(ProblemsError, match="HL5073"):
            do(central, imports)


def test_an_officer_and_a_procedure_are_known_from_then_on(central: CentreUnderTest) -> None:
    do(
        central,
        lambda act: add_officer(act, OFFICER, "x"),
        lambda act: change_officer(act, "cb-09", "x", name="Cán bộ Mười"),
        lambda act: add_procedure(act, "", PROCEDURE, "x"),
    )
    with reading(central.engine) as connection:
        assert officer_named(connection, "cb-09") == Officer("cb-09", "Cán bộ Mười", UNIT, "Công chức")
        assert procedure_at(connection, "", "1.009999") == PROCEDURE
        known = connection.exec_driver_sql("SELECT id, name FROM known_ids WHERE name = 'Cán bộ Mười'").all()
    assert [tuple(row) for row in known] == [("cb-09", "Cán bộ Mười")]


def test_a_colour_that_no_terminal_can_show_is_refused(central: CentreUnderTest) -> None:
    assert refused(central, lambda act: change_office(act, UNIT, {"accent": "#FFCC00"}, "x")) == "HL1003"
    do(central, lambda act: change_office(act, UNIT, {"primary": "#0B5D63", "accent": "#B23A5B"}, "x"))


def test_what_an_office_leaves_to_the_unit_above_is_none(central: CentreUnderTest) -> None:
    do(
        central,
        lambda act: change_office(act, UNIT, {"primary": "#102030", "emblem": read_emblem(EMBLEM)}, "x"),
        lambda act: change_office(act, UNIT, {"primary": None}, "x"),
    )
    with reading(central.engine) as connection:
        office = office_of(connection, UNIT)
    assert office.primary is None
    assert office.emblem
    assert refused(central, lambda act: change_office(act, UNIT, {"primary": "red"}, "x")) == "HL1003"
    wrong = Opening(("mon",), time(11), time(7))
    assert refused(central, lambda act: change_office(act, UNIT, {"opening": (wrong,)}, "x")) == "HL1003"


@pytest.mark.parametrize("content", [b"GIF89a", b"\x89PNG\r\n\x1a\n" + bytes(96 * 1024)])
def test_a_picture_that_cannot_be_an_emblem_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.png").write_bytes(content)
    with pytest.raises(ProblemError, match="HL5076"):
        read_emblem(tmp_path / "a.png")


def test_the_holidays_of_a_year_come_from_a_table(tmp_path: Path) -> None:
    table = tmp_path / "nghi.csv"
    table.write_text(
        "Ngày;Tên;Giờ\n02/09/2026;Quốc khánh;\n22/08/2026;Làm bù;7h30-11h30, 13h30-17h\n", "utf-8"
    )
    afternoon = Hours(time(13, 30), time(17))
    assert read_special_days(read_sheet(table, HEADINGS)) == (
        SpecialDay(date(2026, 8, 22), "Làm bù", (Hours(time(7, 30), time(11, 30)), afternoon)),
        HOLIDAY,
    )
    table.write_text("Ngày;Tên;Giờ\n32/09/2026;x;\n02/09/2026;x;25h\n", "utf-8")
    with pytest.raises(ProblemsError) as caught:
        read_special_days(read_sheet(table, HEADINGS))
    assert [problem.where for problem in caught.value.problems] == ["nghi.csv:2: day", "nghi.csv:3: hours"]


# --- assignments ----------------------------------------------------------------------------------------


def test_a_conflict_and_dangling_references_are_refused_by_name(central: CentreUnderTest) -> None:
    do(central, lambda act: add_assignment(act, DAILY, "x"))
    other = Assignment(id="khac", unit=UNIT, survey="khong-co", plan="kh", device="may-99")
    same = Assignment(id="lai", unit=UNIT, survey="kien-hung")
    with pytest.raises(ProblemsError) as caught:
        do(central, lambda act: add_assignment(act, same, "x"))
    (problem,) = caught.value.problems
    assert (problem.number, problem.where) == ("HL1017", "assignments hang-ngay, lai")
    with pytest.raises(ProblemsError) as caught:
        do(central, lambda act: add_assignment(act, other, "x"))
    assert [(each.number, each.where) for each in caught.value.problems] == [
        ("HL1005", "assignments khac.survey"),
        ("HL1005", "assignments khac.plan"),
        ("HL1005", "assignments khac.device"),
    ]
    assert refused(central, lambda act: add_assignment(act, DAILY, "x")) == "HL5073"


def saturdays(id: str) -> Plan:
    """A plan that collects on the Saturdays of March, and from organisations in April."""
    usual: dict[str, Any] = {"name": {"vi": id}, "survey": "kien-hung", "channels": ("kiosk",)}
    return Plan(
        id=id,
        title={"vi": id},
        authority="UBND",
        unit=UNIT,
        design="open",
        starts=date(2026, 3, 1),
        hours=(SATURDAY,),
        groups=(
            PlanGroup(id="cong-dan", respondents=("citizen",), ends=date(2026, 3, 31), **usual),
            PlanGroup(id="to-chuc", respondents=("organisation",), ends=date(2026, 4, 30), **usual),
        ),
    )


def test_assignments_are_checked_with_the_days_and_hours_of_their_plans(central: CentreUnderTest) -> None:
    with writing(central.engine) as connection:
        for plan in ("ke-hoach", "ke-hoach-khac"):
            put_plan(connection, saturdays(plan), NOW)
    do(central, lambda act: add_assignment(act, DAILY, "x"))
    planned = replace(DAILY, id="thu-bay", plan="ke-hoach")
    do(central, lambda act: add_assignment(act, planned, "x"))
    with writing(central.engine) as connection:
        issued = issue(connection, UNIT, NOW)
        assert issued is not None
        (text,) = (text for name, text in files_of(connection, issued).items() if name == "assignments.toml")
    assert "2026-03-31" in text
    same = replace(planned, id="lai", plan="ke-hoach-khac")
    assert refused(central, lambda act: add_assignment(act, same, "x")) == "HL1017"
    both = replace(planned, id="ca-hai", respondents=("citizen", "organisation"), counter="quay-1")
    with pytest.raises(ProblemsError) as caught:
        do(central, lambda act: add_assignment(act, both, "x"))
    (problem,) = caught.value.problems
    assert (problem.number, problem.where) == ("HL1003", "assignments ca-hai.respondents")
    past = replace(both, starts=date(2026, 3, 1), ends=date(2026, 3, 1))
    with pytest.raises(ProblemsError) as caught:
        do(central, lambda act: add_assignment(act, past, "x"))
    assert [each.where.rpartition(".")[2] for each in caught.value.problems] == ["starts", "ends"]
    own = replace(both, starts=date(2026, 3, 2), ends=date(2026, 3, 31))
    do(central, lambda act: add_assignment(act, own, "x"))


def test_what_each_terminal_asks_is_as_the_terminal_decides_it(central: CentreUnderTest) -> None:
    saturday = Assignment(
        id="thu-bay",
        unit=UNIT,
        device="kiosk-2",
        survey="kien-hung",
        starts=date(2026, 12, 5),
        ends=date(2026, 12, 5),
        hours=(SATURDAY,),
    )

    def asked(year: int, month: int, day: int, hour: int) -> dict[str, str | None]:
        with reading(central.engine) as connection:
            at = datetime(year, month, day, hour, tzinfo=VIET_NAM)
            return {
                each.device.id: each.assignment.id if each.assignment else None
                for each in asked_by_terminals(connection, UNIT, at)
                if each.decided
            }

    assert asked(2026, 12, 5, 8) == {}
    do(
        central,
        lambda act: change_office(act, "", {"opening": (WEEK,)}, "x"),
        lambda act: add_assignment(act, DAILY, "x"),
        lambda act: add_assignment(act, saturday, "x"),
    )
    assert asked(2026, 12, 4, 8) == {"kiosk-1": "hang-ngay", "kiosk-2": "hang-ngay", "desk-1": "hang-ngay"}
    assert asked(2026, 12, 5, 8) == {"kiosk-1": None, "kiosk-2": "thu-bay", "desk-1": None}
    assert asked(2026, 12, 5, 12) == {"kiosk-1": None, "kiosk-2": None, "desk-1": None}


def idle(central: CentreUnderTest) -> list[str]:
    with reading(central.engine) as connection:
        return [device.id for device in idle_terminals(connection, UNIT, NOW.date())]


def test_a_terminal_without_an_assignment_at_a_unit_that_has_some_has_nothing_to_ask(
    central: CentreUnderTest,
) -> None:
    assert idle(central) == []  # kiosk.toml says what they ask
    mine = Assignment(id="may-hai", unit=UNIT, device="kiosk-2", survey="kien-hung")
    do(central, lambda act: add_assignment(act, mine, "x"))
    assert idle(central) == ["desk-1", "kiosk-1"]
    later = replace(DAILY, starts=date(2026, 12, 1))
    do(central, lambda act: add_assignment(act, later, "x"))
    assert idle(central) == []


def test_a_device_that_moves_counts_where_it_was_until_then(central: CentreUnderTest) -> None:
    do(central, lambda act: move_device(act, "kiosk-1", "đổi quầy", unit=UNIT, counter="2"))
    with reading(central.engine) as connection:
        assert connection.execute(select(device_moves)).all() == []


def test_the_commands_of_every_noun_show_what_they_did(
    central: CentreUnderTest, run: Run, tmp_path: Path
) -> None:
    why = ("--why", "QĐ 9")
    at = ("--unit", UNIT)
    run("officers", "add", "cb-09", *at, "--name", "Cán bộ Chín", *why)
    assert run("officers", "add", "CB 10", *at, "--name", "A", *why) == "HL1003"
    assert "cb-09,Cán bộ Chín,," in run("officers", "list", "--csv")
    run("procedures", "add", "1.009999", "--name", "Mới", "--field", "Hộ tịch", *at, *why)
    assert "1.009999,Mới,Hộ tịch" in run("procedures", "list", *at, "--csv")
    run("counters", "add", "1", *at, "--name", "Quầy 1", *why)
    assert 'phuong-mot,"desk-1, kiosk-1, kiosk-2"' in run("counters", "list", "--csv")
    run("offices", "change", *at, "--name", "UBND phường Một", "--hours", "T2-T6 7:30-11:30", *why)
    run("offices", "change", *at, "--emblem", str(EMBLEM), "--languages", "vi", *why)
    assert "UBND phường Một" in run("offices", "list", "--csv")
    assert "T2-T6 07:30-11:30" in run("offices", "list", "--csv")
    run("holidays", "add", "02/09/2026", "--name", "Quốc khánh", *at, *why)
    assert "02/09/2026,Quốc khánh,nghỉ" in run("holidays", "list", *at, "--csv")
    alone = run("assignments", "add", "rieng", *at, "--device", "kiosk-2", "--survey", "kien-hung", *why)
    assert "Không còn gì để hỏi: desk-1 (phuong-mot 1), kiosk-1 (phuong-mot 1)" in " ".join(alone.split())
    daily = run("assignments", "add", "hang-ngay", *at, "--survey", "kien-hung", *why)
    assert "Không còn gì để hỏi" not in daily
    assert "hang-ngay,phuong-mot,kien-hung" in run("assignments", "list", "--csv")
    asked = run("assignments", "list", "--on", "03/09/2026", "--at", "8:00", "--csv")
    assert "kiosk-1,phuong-mot,1,kien-hung,,hang-ngay" in asked
    assert "kiosk-1,phuong-mot,1,không hỏi" in run(
        "assignments", "list", "--on", "02/09/2026", "--at", "8:00", "--csv"
    )
    run("assignments", "end", "hang-ngay", "--on", "31/12/2026", *why)
    run("devices", "move", "kiosk-1", *at, "--counter", "2", *why)
    run("serials", "revoke", "K7QX2M4P", *why)
    with reading(central.engine) as connection:
        assert "K7QX2M4P" in serials_of(connection, "")
        ended = assignment_named(connection, "hang-ngay")
    assert ended is not None
    assert ended.ends == date(2026, 12, 31)
    assert [act for act, _, _ in log(central)].count("office") == 3


def test_values_of_a_wrong_kind_are_named() -> None:
    with pytest.raises(ProblemError, match=r"officers: id"):
        checked(Officer, "officers", id="A B", name="x", unit="u", title="")


def test_a_counter_with_a_device_or_an_assignment_is_not_removed(central: CentreUnderTest) -> None:
    device = Device(id="may-9", kind="terminal", unit=UNIT, counter=COUNTER.id)
    assigned = replace(DAILY, counter=COUNTER.id)
    do(central, lambda act: add_counter(act, COUNTER, "mở thêm"))
    do(central, lambda act: add_device(act, device, "mở thêm"))
    assert refused(central, lambda act: remove_counter(act, UNIT, COUNTER.id, "đóng")) == "HL5141"
    do(
        central,
        lambda act: revoke(act, device=device.id, reason="hỏng"),
        lambda act: add_assignment(act, assigned, "QĐ"),
    )
    assert refused(central, lambda act: remove_counter(act, UNIT, COUNTER.id, "đóng")) == "HL5141"
    do(
        central,
        lambda act: remove_assignment(act, assigned.id, "QĐ"),
        lambda act: remove_counter(act, UNIT, COUNTER.id, "đóng"),
    )


def test_hours_of_a_day_that_overlap_are_refused_by_name(central: CentreUnderTest) -> None:
    within = Opening(("fri",), time(10), time(17))
    before = everything(central)
    with pytest.raises(ProblemsError) as caught:
        do(central, lambda act: change_office(act, UNIT, {"opening": [WEEK, SATURDAY, within]}, "QĐ"))
    assert [problem.where for problem in caught.value.problems] == ["opening[2].start"]
    assert everything(central) == before
