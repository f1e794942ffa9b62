"""Lists are uploaded: tried first, with every error by its line or every change, then taken in."""

import re
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from sqlalchemy import select

from sync.central.office.audit.acts import By, acting
from sync.central.office.configuration.counters import counter_of
from sync.central.office.configuration.office_settings import office_of
from sync.central.office.configuration.officers import add_officer, officer_named
from sync.central.office.configuration.procedures import procedure_at, procedures_at
from sync.central.office.units.stored import load_units, units_below
from sync.central.store.database import reading
from sync.central.store.schema import audit
from sync.contract.catalogue import Officer
from tests.support.postgres import postgres, programs
from tests.support.wire import CentreUnderTest
from tests.web.catalogue_steps import DECISION, Person, province, words

PROCEDURES = "/danh-muc/nhap/thu-tuc?unit=phuong-mot"
OFFICERS = "/danh-muc/nhap/can-bo?unit=phuong-mot"
UNITS = "/danh-muc/nhap/don-vi?unit="


@pytest.fixture
def central(tmp_path: Path) -> Iterator[CentreUnderTest]:
    with province(tmp_path) as made:
        yield made


@pytest.fixture
def ward(central: CentreUnderTest) -> Iterator[Person]:
    with Person(central, ("admin", "phuong-mot")) as person:
        yield person


@pytest.fixture
def whole(central: CentreUnderTest) -> Iterator[Person]:
    with Person(central, ("admin", ""), login="tinh") as person:
        yield person


def tried(person: Person, address: str, content: str | bytes, name: str = "danh-sach.csv") -> str:
    """The page that says what a file would change."""
    data = content.encode() if isinstance(content, str) else content
    return person.send(address, {}, {"tep": (name, data, "text/csv")}).text


def fields(page: str) -> dict[str, str]:
    """What the form to take in carries."""
    return {name: re.findall(f'name="{name}" value="([^"]*)"', page)[0] for name in ("bang", "xem")}


def take(person: Person, address: str, page: str) -> int:
    path, _, query = address.partition("?")
    return person.post(f"{path}/nhan?{query}", **fields(page), ly_do=DECISION).status_code


def newest_line(central: CentreUnderTest) -> tuple[str, str]:
    with reading(central.engine) as connection:
        row = connection.execute(select(audit).order_by(audit.c.number.desc())).first()
    assert row is not None
    return row.act, row.detail


def test_procedures_are_tried_and_then_taken_in(central: CentreUnderTest, ward: Person) -> None:
    table = (
        "Mã thủ tục;Tên thủ tục;Lĩnh vực\n1.000002;Chứng thực chữ ký;Chứng thực\n2.000815;Sao y;Chứng thực\n"
    )
    page = tried(ward, PROCEDURES, table)
    assert "Thêm 1, đổi 1, giữ nguyên 0." in page
    assert "1.000002 · Chứng thực · Chứng thực → 1.000002 · Chứng thực chữ ký · Chứng thực" in page
    with reading(central.engine) as connection:
        assert procedure_at(connection, "phuong-mot", "2.000815") is None
    assert take(ward, PROCEDURES, page) == 303
    assert newest_line(central) == ("procedures-import", f"1 added, 1 changed; {DECISION}")
    with reading(central.engine) as connection:
        found = procedure_at(connection, "phuong-mot", "2.000815")
        assert found is not None
        assert found.name == {"vi": "Sao y"}
    assert "không có gì để nhận" in tried(ward, PROCEDURES, table)


def test_a_table_with_any_error_changes_nothing_and_every_error_in_it_is_named_at_once(
    central: CentreUnderTest, ward: Person
) -> None:
    page = tried(
        ward, PROCEDURES, "mã,tên\n1.000003,\nmã sai,Hai\n1.000004,Ba,thừa\n1.000005,Một\n1.000005,Một\n"
    )
    wrong = ("2: name", "3: code", "4", "6")
    places = re.findall('<span class="code">danh-sach.csv:([^<]*)</span>', page)
    assert tuple(places) == wrong
    assert "Có 4 lỗi" in page
    assert 'name="bang"' not in page
    assert "thiếu cột &#39;tên thủ tục&#39;" in tried(ward, PROCEDURES, "mã\n1.000003\n")
    with reading(central.engine) as connection:
        assert [each.code for each in procedures_at(connection, "phuong-mot")] == ["1.000002"]


def test_nothing_is_removed_by_leaving_it_out(central: CentreUnderTest, ward: Person) -> None:
    assert take(ward, PROCEDURES, tried(ward, PROCEDURES, "mã,tên\n1.000003,Một\n")) == 303
    with reading(central.engine) as connection:
        assert len(procedures_at(connection, "phuong-mot")) == 2


def test_what_is_taken_in_is_what_was_shown_before_if_something_changed_in_between_nothing_is_taken_in(
    central: CentreUnderTest, ward: Person
) -> None:
    page = tried(ward, OFFICERS, "mã,tên\na01,Tên Mới\na02,Hai\n")
    with acting(central.engine, By("test", central.now())) as act:
        add_officer(act, Officer("a02", "Người Khác", "phuong-mot"), DECISION)
    path, _, query = OFFICERS.partition("?")
    answer = ward.post(f"{path}/nhan?{query}", **fields(page), ly_do=DECISION)
    assert answer.status_code == 400
    assert "HL5140" in words(answer)
    assert "a02 · Người Khác · phuong-mot → a02 · Hai · phuong-mot" in words(answer)
    with reading(central.engine) as connection:
        officer = officer_named(connection, "a01")
    assert officer is not None
    assert officer.name == "Cán bộ Một"


def test_a_table_of_a_unit_changes_nothing_outside_the_unit_and_those_below_it(
    central: CentreUnderTest, ward: Person
) -> None:
    page = tried(ward, OFFICERS, "mã,tên,mã đơn vị\nb01,Kẻ Khác,\nc01,Ba,phuong-hai\nc02,Bốn,khong-co\n")
    assert "danh-sach.csv:2: id" in page
    assert "Nguyễn Ví Dụ" not in page
    assert "không có đơn vị “phuong-hai”" in page
    assert "không có đơn vị “khong-co”" in page
    counters = "/danh-muc/nhap/quay?unit=phuong-mot"
    assert "không có đơn vị “phuong-hai”" in tried(ward, counters, "mã,tên,đơn vị\nquay-9,Chín,phuong-hai\n")


def test_officers_and_counters_of_several_units_come_in_one_table(
    central: CentreUnderTest, whole: Person
) -> None:
    officers = "/danh-muc/nhap/can-bo?unit="
    table = "Mã cán bộ,Họ và tên,Chức danh,Mã đơn vị\na01,Cán bộ Một,,phuong-hai\nc01,Lê Ví Dụ,,phuong-mot\n"
    assert take(whole, officers, tried(whole, officers, table)) == 303
    counters = "/danh-muc/nhap/quay?unit=tinh"
    table = "mã,tên,đơn vị\nquay-2,Quầy số 2,phuong-mot\nquay-2,Quầy số 2,phuong-hai\n"
    assert take(whole, counters, tried(whole, counters, table)) == 303
    with reading(central.engine) as connection:
        moved = officer_named(connection, "a01")
        assert moved is not None
        assert moved.unit == "phuong-hai"
        assert counter_of(connection, "phuong-hai", "quay-2") is not None


def test_holidays_of_a_year_are_taken_in(central: CentreUnderTest, ward: Person) -> None:
    address = "/danh-muc/nhap/ngay-nghi?unit=phuong-mot"
    page = tried(ward, address, "ngày,tên,giờ\n01/01/2027,Tết Dương lịch,\n02/01/2027,Làm bù,07:30-11:30\n")
    assert "01/01/2027 · Tết Dương lịch" in page
    assert take(ward, address, page) == 303
    with reading(central.engine) as connection:
        assert len(office_of(connection, "phuong-mot").special_days) == 2


def test_a_reform_is_tried_and_the_tree_of_each_day_is_seen(central: CentreUnderTest, whole: Person) -> None:
    table = (
        "code,name,kind,parent,valid_from,valid_to\n"
        "phuong-hai,Phường Hai,ward,tinh,2025-07-01,2026-06-30\n"
        "phuong-ba,Phường Ba,ward,tinh,2026-07-01,\n"
    )
    page = tried(whole, UNITS, table)
    assert "Thêm 1, đổi 1, giữ nguyên 0." in page
    assert take(whole, UNITS, page) == 303
    assert newest_line(central) == ("units", f"1 added, 1 changed; {DECISION}")
    tree = "/danh-muc/don-vi?unit=tinh"
    assert "phuong-cu" in words(whole.get(f"{tree}&ngay=2025-06-30"))
    assert "phuong-hai" in words(whole.get(tree))
    later = words(whole.get(f"{tree}&ngay=2026-07-01"))
    assert "phuong-ba" in later
    assert "phuong-hai" not in later
    with reading(central.engine) as connection:
        assert "phuong-mot" in units_below(connection, "tinh", central.now().date())


def test_a_list_of_units_with_errors_names_each_line(central: CentreUnderTest, whole: Person) -> None:
    with reading(central.engine) as connection:
        before = load_units(connection)
    page = tried(whole, UNITS, "code,name,parent\nx1,Một,khong-co\nX 2,Hai,tinh\n")
    assert "danh-sach.csv:3: code" in page
    assert "danh-sach.csv:2: parent" in tried(whole, UNITS, "code,name,parent\nx1,Một,khong-co\n")
    with reading(central.engine) as connection:
        assert load_units(connection) == before


def test_a_workbook_is_read_and_codes_that_lost_their_zeros_are_refused(ward: Person) -> None:
    pytest.importorskip("openpyxl")
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (("mã", "tên"), ("1.000009", "Chín"), (1.00011, "Mười")):
        sheet.append(row)
    data = BytesIO()
    book.save(data)
    page = tried(ward, PROCEDURES, data.getvalue(), "thu-tuc.xlsx")
    assert "thu-tuc.xlsx:3: mã" in page
    assert "đã mất số 0" in page


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.pdf", b"%PDF-1.7", "HL5036"),
        ("a.csv", "mã,tên".encode("cp1258", "replace"), "HL1010"),
        ("a.xlsx", b"PK\x03\x04 no zip", "HL1002"),
        ("<b>.csv", b"m\xc3\xa3\n1\n", "&lt;b&gt;.csv"),
        ("", b"x", "chưa chọn tệp"),
    ],
)
def test_other_files_are_refused(ward: Person, name: str, content: bytes, says: str) -> None:
    assert says in tried(ward, PROCEDURES, content, name)


def test_a_workbook_that_unpacks_to_far_more_is_refused(ward: Person) -> None:
    data = BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("xl/worksheets/sheet1.xml", bytes(40_000_000))
    assert "quá lớn khi giải nén" in tried(ward, PROCEDURES, data.getvalue(), "bom.xlsx")
    large = ward.send(PROCEDURES, {}, {"tep": ("a.csv", bytes(5_000_000), "text/csv")})
    assert large.status_code == 413


@pytest.mark.parametrize("table", ["", "bang", "eJwDAAAAAAE=", "====", "e30="])
def test_a_carried_table_that_is_none_is_refused(ward: Person, table: str) -> None:
    path, _, query = PROCEDURES.partition("?")
    answer = ward.post(f"{path}/nhan?{query}", bang=table, xem="", ly_do=DECISION)
    assert answer.status_code == 400
    assert "HL4241" in answer.text


def test_who_may_not_change_a_unit_uploads_nothing_there(central: CentreUnderTest, ward: Person) -> None:
    addresses = (
        "can-bo?unit=phuong-hai",
        "can-bo?unit=khong-co",
        "la?unit=phuong-mot",
        "don-vi?unit=phuong-mot",
    )
    answers = [ward.get(f"/danh-muc/nhap/{address}") for address in addresses]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    assert "người quản trị cả trung tâm" in words(ward.get("/danh-muc/don-vi"))
    with Person(central, ("analyst", ""), login="phan.tich") as analyst:
        assert analyst.get(PROCEDURES).status_code == 403
        assert analyst.get("/danh-muc/don-vi").status_code == 200


def test_lists_are_taken_in_on_postgresql_too(tmp_path: Path) -> None:
    if programs() is None:
        pytest.skip("PostgreSQL is not installed")
    lists = (
        ("thu-tuc", "mã,tên\n1.000003,Một\n"),
        ("can-bo", "mã,tên,đơn vị\nc01,Ba,phuong-hai\n"),
        ("quay", "mã,tên,đơn vị\nquay-3,Ba,phuong-hai\n"),
        ("ngay-nghi", "ngày,tên\n2026-09-02,Quốc khánh\n"),
        ("don-vi", "code,name,parent\nphuong-ba,Phường Ba,tinh\n"),
    )
    with (
        postgres() as server,
        province(tmp_path, server.fresh()) as central,
        Person(central, ("admin", "")) as whole,
    ):
        for noun, table in lists:
            address = f"/danh-muc/nhap/{noun}?unit="
            assert take(whole, address, tried(whole, address, table)) == 303
        assert "4 đơn vị bên dưới" in words(whole.get("/danh-muc?unit="))
        assert "phuong-ba" in words(whole.get("/danh-muc/don-vi?unit=tinh"))
