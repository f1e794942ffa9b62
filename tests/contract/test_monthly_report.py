"""The report of the 20th from stored responses: its figures are those of `/v1/summary`, and no others."""

import random
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
import pytest
from litestar.testing import TestClient
from msgspec.structs import replace
from sqlalchemy import event, update

from sync.central.office import removal
from sync.central.office.audit.acts import By, acting
from sync.central.office.configuration.procedures import put_procedure
from sync.central.office.keys.unsealing import Opener
from sync.central.office.paper.entering import key_form, note_invalid
from sync.central.office.remarks.listing import Reader
from sync.central.office.remarks.opening import open_some
from sync.central.office.remedies.handling import NewRemedy, handle_remedy, make_remedy, new_id
from sync.central.office.returned import take_in
from sync.central.office.units.stored import put_bundled_units
from sync.central.reports.asked import Asked
from sync.central.reports.issuing import acts
from sync.central.reports.issuing.public import public_tables
from sync.central.reports.kinds.all_kinds import KINDS
from sync.central.reports.kinds.levels import RatedForm
from sync.central.reports.kinds.monthly import MONTHLY, PeriodicFigures
from sync.central.reports.model import (
    UNKNOWN,
    Document,
    Figure,
    Paragraph,
    Table,
    blocks_of,
    for_outside,
    words_of,
    written,
)
from sync.central.reports.official_form.profile import read_profile
from sync.central.reports.official_form.rules.checking import check_form
from sync.central.reports.records.stored import read_report, same_period
from sync.central.reports.writing.docx import write_docx
from sync.central.store.database import reading, writing
from sync.central.store.days_over import close_days
from sync.central.store.schema import devices, remarks
from sync.central.store.surveys import load_surveys
from sync.contract.catalogue import Procedure, Unit
from sync.contract.problem import ProblemError
from sync.contract.response import Response
from sync.contract.sealing import Words
from tests.support.paper import form, opened
from tests.support.people import make_person
from tests.support.remarks import send
from tests.support.remarks import written as with_words
from tests.support.wire import NOW, CentreUnderTest, numbered, store_unasked

TOMORROW = NOW + timedelta(days=1)  # when the day on which the visits arrived is over
MARCH_31 = date(2026, 3, 31)
MONTHS = (
    (date(2026, 1, 1), date(2026, 1, 31)),
    (date(2026, 2, 1), date(2026, 2, 28)),
    (date(2026, 3, 1), MARCH_31),
)
WAITS = NewRemedy(
    unit="phuong-mot",
    problem="Chờ lâu ở quầy 2",
    figure="61,5%, n = 52",
    measure="Mở thêm một quầy",
    person="Bộ phận Một cửa",
    due=date(2026, 3, 20),
)
FEBRUARY = Asked(kind="bao-cao-thang", unit="phuong-mot", first=date(2026, 2, 1), last=date(2026, 2, 28))


def visits_of_two_months(count: int = 200) -> list[Response]:
    """Visits from the beginning of January to the end of February, of three officers, one with few."""
    chance = random.Random(16)
    found = []
    for number, one in enumerate(numbered(count)):
        assert one.tag
        at = datetime(2026, 1, 1, 2, tzinfo=UTC) + timedelta(days=number * 59 // count, minutes=number)
        officer = "a01" if number % 3 else "a02" if number % 30 else "a03"
        levels = {"result": chance.choice((5, 5, 4, 3)), "service": chance.choice((5, 4, 4, 2))}
        outcome = chance.choice(("complete", "complete", "complete", "timed_out"))
        answers = levels if outcome == "complete" else {}
        found.append(
            replace(
                one,
                tag=replace(one.tag, officer=officer, procedure=chance.choice(("1.001193", "2.000815"))),
                channel="paper" if outcome == "complete" and number % 7 == 0 else "kiosk",
                answers=answers,
                timing=dict.fromkeys(answers, 900),
                outcome=outcome,
                started_at=at,
                finished_at=at,
            )
        )
    return found


@pytest.fixture
def office(central: CentreUnderTest) -> CentreUnderTest:
    """A centre with two months of visits, all over."""
    store_unasked(central, visits_of_two_months())
    with writing(central.engine) as connection:
        put_procedure(connection, "phuong-mot", Procedure("1.001193", {"vi": "Đăng ký khai sinh"}, "Hộ tịch"))
        put_procedure(connection, "phuong-mot", Procedure("2.000815", {"vi": "Chứng thực"}, "Chứng thực"))
        results = {("2026-02-03", "1.001193", ""): 40, ("2026-02-04", "2.000815", ""): 70}
        take_in(connection, "phuong-mot", date(2026, 2, 1), date(2026, 2, 28), results)
        close_days(connection, TOMORROW.date())
    central.now = lambda: TOMORROW
    central.open()
    return central


def read(central: CentreUnderTest, asked: Asked = FEBRUARY, now: datetime = TOMORROW) -> Any:
    with reading(central.engine) as connection:
        return KINDS[asked.kind].read(connection, asked, now)


def table(document: Document, id: str) -> Table:
    return next(block for block in blocks_of(document) if isinstance(block, Table) and block.id == id)


def test_its_figures_are_those_of_the_summary(office: CentreUnderTest) -> None:
    figures: PeriodicFigures = read(office)
    document = MONTHLY.build(figures, {})
    with TestClient(office.app) as client:
        headers = {"Authorization": f"Bearer {office.token(role='analyst')}"}
        days = {"from": "2026-02-01", "to": "2026-02-28", "unit": "phuong-mot"}

        def summary(**by: str) -> Any:
            return client.get("/v1/summary", params=days | by, headers=headers).json()

        reply, by_procedure = summary(), summary(by="procedure")
    (form,) = reply["surveys"]
    shares = table(document, "bang-2").rows
    assert [(row.cells[2], row.cells[3]) for row in shares] == [
        (Figure(kind="count", value=str(row["n"])), Figure(kind="percent", value=row["percent"]))
        for row in form["rows"]
    ]
    levels = table(document, "phu-luc-muc").rows
    for row, expected in zip(levels, form["rows"], strict=True):
        chosen = [written(cell) for cell in row.cells[3:13:2]]
        assert chosen == [str(expected["counts"][str(level)]) for level in (5, 4, 3, 2, 1)]
    assert figures.returned == reply["handovers"]["returned"] == 110
    assert (figures.visits, figures.percent) == (reply["handovers"]["visits"], reply["handovers"]["percent"])
    rows = {row["by"]["procedure"]: row for row in by_procedure["surveys"][0]["rows"][::2]}
    assert {cut.code: (cut.n, cut.percent) for cut in figures.procedures} == {
        code: (row["n"], row["percent"]) for code, row in rows.items()
    }
    total = table(document, "bang-1").rows[-1]
    assert [written(cell) for cell in total.cells[5:]] == [str(reply["handovers"]["answered"]), "0"]


def test_answers_of_a_day_that_is_not_over_are_in_no_figure(office: CentreUnderTest) -> None:
    march = replace(FEBRUARY, first=date(2026, 3, 1), last=date(2026, 3, 31))
    before = read(office, march)
    today = [replace(one, started_at=TOMORROW, finished_at=TOMORROW, seq=300) for one in numbered(300)[299:]]
    store_unasked(office, today)
    with reading(office.engine) as connection:
        after = MONTHLY.read(connection, march, TOMORROW)
    assert after == before
    assert after.until == date(2026, 3, 2)
    texts = [block.text for block in MONTHLY.build(after, {}).body if isinstance(block, Paragraph)]
    assert "Số liệu tính đến hết ngày 02/3/2026." in texts


def test_officers_are_those_of_the_fixed_table_whatever_days_it_is_about(office: CentreUnderTest) -> None:
    """So no two documents, and no document and page, differ by the few answers of one officer."""
    days = replace(FEBRUARY, first=date(2026, 1, 21), last=date(2026, 2, 20))
    figures: PeriodicFigures = read(office, days)
    january = read(office, replace(FEBRUARY, first=date(2026, 1, 1), last=date(2026, 1, 31)))
    assert figures.officers_of == january.officers_of == date(2026, 1, 1)
    assert figures.officers == january.officers
    with TestClient(office.app) as client:
        headers = {"Authorization": f"Bearer {office.token(role='analyst')}"}
        asked = {"from": "2026-01-01", "to": "2026-01-31", "unit": "phuong-mot", "by": "officer"}
        (form,) = client.get("/v1/summary", params=asked, headers=headers).json()["surveys"]
    shown = [(row["by"]["officer"], row["n"], row["percent"]) for row in form["rows"] if row["by"]["officer"]]
    assert [(line.code, line.n, line.percent) for line in figures.officers] == shown
    # The third officer had few answers, so a second one is hidden, too.
    assert {line.code for line in figures.officers if line.n is None} == {"a02", "a03"}
    assert all(line.n is None or line.n >= 5 for line in figures.officers)


def test_the_copy_that_leaves_the_office_names_no_officer_and_has_the_same_figures(
    office: CentreUnderTest,
) -> None:
    document = MONTHLY.build(read(office), {})
    outside = for_outside(document)
    text = msgspec.json.encode(outside).decode()
    assert "Cán bộ Một" in msgspec.json.encode(document).decode()
    assert "Cán bộ Một" not in text
    assert not any(officer in text for officer in ("a01", "a02", "a03"))
    internal = [block for block in blocks_of(document) if isinstance(block, Table) and block.internal]
    assert [each.instead for each in internal if each.instead] == [
        "Bảng 4 lưu tại cơ quan, không kèm theo bản này."
    ]
    kept = [
        Paragraph(block.instead) if block in internal and isinstance(block, Table) else block
        for block in blocks_of(document)
        if block not in internal or (isinstance(block, Table) and block.instead)
    ]
    assert list(blocks_of(outside)) == kept


def test_what_an_official_wrote_takes_the_place_of_what_was_proposed(office: CentreUnderTest) -> None:
    figures = read(office)
    proposed = {words.id: words.text for words in words_of(MONTHLY.build(figures, {}))}
    assert "(n\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}" in proposed["uu-diem"]
    changed = MONTHLY.build(figures, {"uu-diem": "Làm tốt.", "kien-nghi": ""})
    assert {words.id: words.text for words in words_of(changed)} == {**proposed, "uu-diem": "Làm tốt."}


def test_an_open_remedy_stays_in_every_report(office: CentreUnderTest) -> None:
    with acting(office.engine, By("test", NOW)) as act:
        id = make_remedy(act, WAITS, id=new_id())
    march = replace(FEBRUARY, first=date(2026, 3, 1), last=MARCH_31)
    for asked in (FEBRUARY, march):  # also in the report that led to it
        (row,) = table(MONTHLY.build(read(office, asked), {}), "bang-6").rows
        assert row.cells[1:] == (
            "Chờ lâu ở quầy 2 (61,5%, n = 52)",
            "Mở thêm một quầy",
            "Bộ phận Một cửa",
            "20/3/2026",
            "Đang thực hiện",
        )
    with acting(office.engine, By("test", TOMORROW)) as act:
        handle_remedy(
            act, Reader(1, ("phuong-mot",)), id, "finish", read=0, note="Đã mở", after="80,0%, n = 60"
        )
    april = replace(FEBRUARY, first=date(2026, 4, 1), last=date(2026, 4, 30))
    (row,) = table(MONTHLY.build(read(office, march), {}), "bang-6").rows
    assert row.cells[-1] == "Đã mở (80,0%, n = 60)"
    assert read(office, april, TOMORROW + timedelta(days=50)).remedies == ()


def test_a_report_names_the_office_of_who_has_to_do_something_and_no_person(office: CentreUnderTest) -> None:
    lan = make_person(office, "lan", ("admin", "phuong-mot"))
    with acting(office.engine, By("test", TOMORROW)) as act:
        new = NewRemedy(
            unit="phuong-mot", problem="Chờ lâu", measure="Thêm quầy", account=lan, due=date(2026, 3, 20)
        )
        make_remedy(act, new, id=new_id())
    document = MONTHLY.build(read(office, FEBRUARY), {})
    (row,) = table(document, "bang-6").rows
    assert row.cells[3] == "Phường Một"


def test_a_month_without_anything_is_a_whole_document(office: CentreUnderTest) -> None:
    empty = read(office, replace(FEBRUARY, first=date(2025, 3, 1), last=date(2025, 3, 31)))
    document = MONTHLY.build(empty, {})
    assert (empty.valid, empty.percent, empty.forms) == (0, None, ())
    assert "Trong kỳ không có lượt trả lời nào." in [
        block.text for block in document.body if isinstance(block, Paragraph)
    ]
    assert written(table(document, "bang-1").rows[-1].cells[1]) == UNKNOWN


def test_a_missing_list_is_named_and_what_was_returned_is_unknown(office: CentreUnderTest) -> None:
    january = read(office, replace(FEBRUARY, first=date(2026, 1, 1), last=date(2026, 1, 31)))
    assert (january.returned, january.unlisted) == (None, ("Phường Một",))
    both = read(office, replace(FEBRUARY, first=date(2026, 1, 21), last=date(2026, 2, 20)))
    assert (both.returned, both.unlisted) == (None, ("Phường Một",))
    assert "Phường Một" in table(MONTHLY.build(both, {}), "bang-1").note


def test_units_below_cost_no_query_each(office: CentreUnderTest) -> None:
    figures, few = counted(office)
    assert figures.units == ()
    with writing(office.engine) as connection:
        put_bundled_units(connection, (Unit(code="xa-1", name={"vi": "Xã Số 1"}, parent="phuong-mot"),), NOW)
    figures, one = counted(office)
    assert [cut.name for cut in figures.units] == ["Phường Một", "Xã Số 1"]
    many = tuple(
        Unit(code=f"xa-{number}", name={"vi": f"Xã Số {number}"}, parent="phuong-mot")
        for number in range(1, 169)
    )
    with writing(office.engine) as connection:
        put_bundled_units(connection, many, NOW)
    figures, lots = counted(office)
    assert len(figures.units) == 169
    assert few <= one == lots < 45
    rows = table(MONTHLY.build(figures, {}), "bang-don-vi").rows
    assert written(rows[0].cells[2]) != "0"
    assert [written(cell) for cell in rows[1].cells[2:]] == ["0", "0", "–", "0"]


def test_the_period_before_is_as_it_was_issued_whatever_was_forgotten_since(office: CentreUnderTest) -> None:
    """Else the difference from what is public would say how the forgotten person answered."""
    january = replace(FEBRUARY, first=date(2026, 1, 1), last=date(2026, 1, 31))

    def shares(forms: Sequence[RatedForm]) -> list[tuple[int | None, str | None]]:
        return [(each.n, each.percent) for form in forms for each in form.ratings]

    def before(kind: str = FEBRUARY.kind) -> list[tuple[int | None, str | None]]:
        forms = read(office, replace(FEBRUARY, kind=kind)).forms
        return [(each.then_n, each.then) for form in forms for each in form.ratings]

    published = shares(read(office, january).forms)
    assert before() == published
    with acting(office.engine, By("account 1", TOMORROW)) as act:
        id = acts.draft(act, KINDS, january)
    with acting(office.engine, By("account 2", TOMORROW)) as act:
        acts.approve(act, KINDS, id, read=read_report(act.connection, id).read)
        acts.publish(act, KINDS, id, read=read_report(act.connection, id).read, done="")
    with acting(office.engine, By("test", TOMORROW)) as act:
        removal.forget(act, id=next(each.id for each in visits_of_two_months() if each.answers))
    assert shares(read(office, january).forms) != published
    assert before() == before("thong-bao-cong-bo") == published
    with acting(office.engine, By("account 2", TOMORROW)) as act:
        acts.withdraw(act, id, read=read_report(act.connection, id).read, why="nhầm kỳ")
    assert set(before()) == {(None, None)}


def test_a_report_that_lacks_days_of_its_period_is_not_published(office: CentreUnderTest) -> None:
    """The public page names the whole period, and the next report begins after its last day."""
    today = replace(FEBRUARY, first=date(2026, 2, 4), last=TOMORROW.date())

    def published(now: datetime) -> int:
        with acting(office.engine, By("account 1", now)) as act:
            id = acts.draft(act, KINDS, today)
        with acting(office.engine, By("account 2", now)) as act:
            acts.approve(act, KINDS, id, read=read_report(act.connection, id).read)
            acts.publish(act, KINDS, id, read=read_report(act.connection, id).read, done="")
        return id

    with pytest.raises(ProblemError, match="HL5192"):
        published(TOMORROW)
    with acting(office.engine, By("account 1", TOMORROW)) as act:
        for each in same_period(act.connection, today):
            acts.withdraw(act, each.id, read=each.read, why="số liệu thiếu ngày cuối")
    assert published(TOMORROW + timedelta(days=1))


def counted(central: CentreUnderTest) -> tuple[PeriodicFigures, int]:
    """The report of February, and with how many statements it was read."""
    statements: list[str] = []

    def note(_c: Any, _k: Any, statement: str, *_rest: Any) -> None:
        statements.append(statement)

    event.listen(central.engine, "before_cursor_execute", note)
    try:
        figures = read(central)
        return figures, len(statements)
    finally:
        event.remove(central.engine, "before_cursor_execute", note)


def test_a_quarter_adds_up_its_months(office: CentreUnderTest) -> None:
    quarter = read(
        office, Asked(kind="bao-cao-quy", unit="phuong-mot", first=date(2026, 1, 1), last=MARCH_31)
    )
    months = [read(office, replace(FEBRUARY, first=first, last=last)) for first, last in MONTHS]
    assert quarter.valid == sum(month.valid for month in months)
    answers = [{each.question: each.n for form in month.forms for each in form.ratings} for month in months]
    (form,) = quarter.forms
    for each in form.ratings:
        assert each.n == sum(month.get(each.question, 0) for month in answers)


def test_the_public_reads_nothing_by_procedure_or_unit_of_a_quarter(office: CentreUnderTest) -> None:
    """A quarter less two of its months would say what the third one hides."""
    quarter = Asked(kind="bao-cao-quy", unit="phuong-mot", first=date(2026, 1, 1), last=MARCH_31)
    kind = KINDS[quarter.kind]
    document = kind.build(read(office, quarter), {})
    assert table(document, "bang-3").rows
    assert [each.id for each in public_tables(document, kind.public)] == ["bang-2"]


def test_remarks_are_counted_by_question_and_state_without_a_word(office: CentreUnderTest) -> None:
    first, second, third = numbered(3, device="kiosk-2")
    at = datetime(2026, 2, 10, 2, tzinfo=UTC)
    dated = [replace(each, started_at=at, finished_at=at) for each in (first, second, third)]
    both: Words = {"unsatisfied": "Chờ lâu quá", "suggestion": "Thêm ghế"}
    send(
        office,
        with_words(office, dated[0], both),
        with_words(office, dated[1], {"unsatisfied": "Nóng quá"}),
        dated[2],
        device="kiosk-2",
    )
    with writing(office.engine) as connection:
        assert open_some(connection, Opener(load_surveys(connection), office.keys.sealing_keys())) == 2
        connection.execute(update(remarks).where(remarks.c.id == second.id).values(state="answered", owner=1))
    figures: PeriodicFigures = read(office)
    document = MONTHLY.build(figures, {})
    rows = [[written(cell) for cell in row.cells[1:]] for row in table(document, "bang-5").rows]
    assert rows == [["1", "0", "0", "1"], ["2", "1", "0", "1"], ["2", "1", "0", "1"]]
    assert "Chờ lâu" not in msgspec.json.encode(document).decode()


def over(office: CentreUnderTest) -> None:
    """What arrived tomorrow is in figures on the day after."""
    with writing(office.engine) as connection:
        close_days(connection, TOMORROW.date() + timedelta(days=1))


def test_a_report_of_the_whole_centre_has_what_all_its_units_have(office: CentreUnderTest) -> None:
    sent = numbered(1, device="kiosk-2")[0]
    at = datetime(2026, 2, 10, 2, tzinfo=UTC)
    sent = replace(sent, started_at=at, finished_at=at)
    send(office, with_words(office, sent, {"unsatisfied": "Chờ lâu quá"}), device="kiosk-2")
    with writing(office.engine) as connection:
        terminals = update(devices).where(devices.c.id.in_(("kiosk-1", "kiosk-2")))
        connection.execute(terminals.values(public_key=b"k" * 32, unit="phuong-mot"))
    over(office)
    own, whole = read(office), read(office, replace(FEBRUARY, unit=""))
    assert own.devices == 2
    assert (whole.devices, whole.valid, whole.remarks) == (own.devices, own.valid, own.remarks)
    assert {cut.code: cut.returned for cut in whole.procedures} == {"1.001193": 40, "2.000815": 70}
    assert whole.returned == 110


def test_forms_of_the_ballot_box_are_in_the_table_of_channels_valid_or_not(office: CentreUnderTest) -> None:
    day = date(2026, 2, 27)
    before = {each.channel: each for each in read(office).collected}["paper"]
    lot = opened(office.engine, TOMORROW, day=day)
    with acting(office.engine, By("account 1", TOMORROW)) as act:
        key_form(act, lot, form(1, answered=day), account=1)
        note_invalid(act, lot, token="a" * 32, number=2, reason="blank", account=1)
        note_invalid(act, lot, token="b" * 32, number=3, reason="two-levels", account=1)
    # Of another month, in no figure of February.
    later = opened(office.engine, TOMORROW, day=date(2026, 3, 2))
    with acting(office.engine, By("account 1", TOMORROW)) as act:
        note_invalid(act, later, token="c" * 32, number=4, reason="blank", account=1)
    over(office)
    figures: PeriodicFigures = read(office, now=TOMORROW + timedelta(days=1))
    document = MONTHLY.build(figures, {})
    rows = {row.cells[0]: [written(cell) for cell in row.cells[3:]] for row in table(document, "bang-1").rows}
    valid = before.valid + 1
    assert rows["Phiếu giấy"] == [str(valid + 2), UNKNOWN, str(valid), "2"]
    assert rows["Tổng"][3] == "2"
    assert "phiếu giấy không dùng được" in table(document, "bang-1").note
    texts = [block.text for block in document.body if isinstance(block, Paragraph)]
    assert (
        "Mở hòm phiếu ngày 27/02/2026: 5 phiếu, từ số 1 đến số 20; hợp lệ 1, không hợp lệ 2 (để trống 1; "
        "đánh dấu hai mức 1), chưa nhập 2."
    ) in texts
    assert check_form(write_docx(document), read_profile()) == ()
    province = read(office, replace(FEBRUARY, unit=""), now=TOMORROW + timedelta(days=1))
    assert {each.channel: each.spoilt for each in province.collected if each.spoilt} == {"paper": 2}
