"""Opening hours, holidays, and the look of terminals as pages: set at a unit, or left to those above."""

import re
from collections.abc import Iterator
from datetime import date, time
from typing import Any

import pytest
from sqlalchemy import select

from sync.central.office.audit.acts import By, acting
from sync.central.office.configuration.compose import decided_texts
from sync.central.office.configuration.office_settings import change_office, office_of
from sync.central.office.configuration.row_queries import read_rows
from sync.central.office.configuration.rows import OfficeRow
from sync.central.store.database import reading
from sync.central.store.schema import audit
from sync.contract.opening import Hours, Opening, SpecialDay
from tests.support.wire import NOW, ROOT, CentreUnderTest
from tests.web.catalogue_steps import DECISION, Person, province, words

EMBLEM = (ROOT / "tests" / "support" / "emblem.png").read_bytes()
HOURS = "/danh-muc/gio-lam-viec?unit=phuong-mot"
OFFICE = "/danh-muc/van-phong?unit=phuong-mot"


@pytest.fixture
def central(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CentreUnderTest]:
    with province(tmp_path_factory.mktemp("office")) as made:
        with acting(made.engine, By("test", made.now())) as act:
            opening = (Opening(("mon", "tue"), time(7, 30), time(11, 30)),)
            holiday = SpecialDay(date(2026, 9, 2), "Quốc khánh")
            decided = {"opening": opening, "special_days": (holiday,), "primary": "#0B5D63"}
            change_office(act, "tinh", decided, DECISION)
        yield made


@pytest.fixture
def ward(central: CentreUnderTest) -> Iterator[Person]:
    with Person(central, ("admin", "phuong-mot")) as person:
        yield person


def decided(central: CentreUnderTest) -> OfficeRow:
    with reading(central.engine) as connection:
        return office_of(connection, "phuong-mot")


def lines(central: CentreUnderTest) -> list[str]:
    with reading(central.engine) as connection:
        return list(connection.execute(select(audit.c.detail).order_by(audit.c.number)).scalars())


def grid(*first_day: str) -> dict[str, list[str]]:
    """A grid with these spans on Monday and the first of them on Tuesday, closed on the other days."""
    starts = [*first_day[::2], first_day[0], *[""] * 11]
    ends = [*first_day[1::2], first_day[1], *[""] * 11]
    return {"tu": starts, "den": ends}


def test_hours_of_the_unit_above_hold_until_a_unit_sets_its_own(
    central: CentreUnderTest, ward: Person
) -> None:
    before = ward.get(HOURS)
    assert "Giờ này do Tỉnh Mẫu đặt." in words(before)
    assert before.text.count('value="07:30"') == 2
    answer = ward.send(HOURS, {**grid("08:00", "11:00", "13:00", "16:30"), "ly_do": DECISION, "lam": "luu"})
    assert answer.status_code == 303
    assert decided(central).opening == (
        Opening(("mon", "tue"), time(8), time(11)),
        Opening(("mon",), time(13), time(16, 30)),
    )
    assert "do chính đơn vị này đặt" in words(ward.get(HOURS))
    ward.send(HOURS, {**grid("", "", "", ""), "ly_do": DECISION, "lam": "theo-tren"})
    assert decided(central).opening is None


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        (("08:00", "", "", ""), "Thứ Hai"),
        (("08:00", "8 giờ", "", ""), "“8 giờ” không phải giờ"),
        (("", "", "", ""), "chưa có giờ nào"),
        (("11:00", "08:00", "", ""), "không sau giờ bắt đầu"),
    ],
)
def test_a_wrong_hour_comes_back_as_it_was_typed(
    central: CentreUnderTest, ward: Person, cells: tuple[str, ...], says: str
) -> None:
    answer = ward.send(HOURS, {**grid(*cells), "ly_do": DECISION})
    assert answer.status_code == 400
    assert says in words(answer)
    assert all(f'value="{cell}"' in answer.text for cell in cells)
    assert decided(central).opening is None


def test_a_grid_of_another_shape_is_refused(ward: Person) -> None:
    assert ward.send(HOURS, {"tu": ["08:00"], "den": [], "ly_do": DECISION}).status_code == 400


def test_a_holiday_is_added_changed_and_removed_and_those_above_stay(
    central: CentreUnderTest, ward: Person
) -> None:
    new = {"ngay": "2026-05-02", "ten": "Làm bù", "gio": "07:30-11:30", "ly_do": DECISION}
    assert ward.post("/danh-muc/them/ngay-nghi?unit=phuong-mot", **new).status_code == 303
    span = Hours(time(7, 30), time(11, 30))
    assert decided(central).special_days == (SpecialDay(date(2026, 5, 2), "Làm bù", (span,)),)
    other = ward.post("/danh-muc/them/ngay-nghi?unit=phuong-mot", **{**new, "ten": "Ngày khác"})
    assert other.status_code == 400
    assert "ngày này đã có: mở ngày đó để sửa" in words(other), "a new day takes no other's place"
    listed = ward.get("/danh-muc/ngay-nghi")
    assert "Quốc khánh nghỉ Tỉnh Mẫu" in words(listed)
    assert "/danh-muc/ngay-nghi/2026-05-02?unit=phuong-mot" in listed.text
    assert "/danh-muc/ngay-nghi/2026-09-02" not in listed.text
    address = "/danh-muc/ngay-nghi/2026-05-02?unit=phuong-mot"
    assert ward.post(address, **{**new, "gio": ""}).status_code == 303
    assert decided(central).special_days[0].hours == ()
    removed = ward.post("/danh-muc/ngay-nghi/2026-05-02/bo?unit=phuong-mot", ly_do=DECISION)
    assert removed.status_code == 303
    assert decided(central).special_days == ()
    for missing in ("2026-09-02", "2026-05-02", "mai"):
        assert ward.get(f"/danh-muc/ngay-nghi/{missing}?unit=phuong-mot").status_code == 404


def test_holidays_that_come_with_the_product_are_offered_and_added_by_choice(
    central: CentreUnderTest, ward: Person
) -> None:
    page = "/danh-muc/ngay-nghi?unit=phuong-mot"
    assert "Lịch đi cùng phần mềm" in words(ward.get(page))
    assert "10/02/2027: Nghỉ bù Tết Đinh Mùi (dự kiến)" in words(ward.get(page))
    assert ward.post(page, ly_do=DECISION).status_code == 400
    assert ward.post(page, ngay="2027-02-10").status_code == 400
    assert decided(central).special_days == ()
    assert ward.post(page, ngay="2027-02-10", ly_do=DECISION).status_code == 303
    assert [day.day for day in decided(central).special_days] == [date(2027, 2, 10)]
    assert 'value="2027-02-10"' not in ward.get(page).text
    assert ward.post(page, ngay="2031-01-01", ly_do=DECISION).status_code == 400


def test_a_day_or_hours_that_cannot_be_read_change_nothing(central: CentreUnderTest, ward: Person) -> None:
    address = "/danh-muc/them/ngay-nghi?unit=phuong-mot"
    assert "không phải ngày" in words(ward.post(address, ngay="mai", ly_do=DECISION))
    assert "không phải giờ" in words(ward.post(address, ngay="2026-05-02", gio="sáng", ly_do=DECISION))
    assert decided(central) == OfficeRow()


def test_only_what_differs_is_decided_and_recorded(central: CentreUnderTest, ward: Person) -> None:
    page = words(ward.get(OFFICE))
    assert "Đang theo Tỉnh Mẫu: #0B5D63." in page
    ward.post(OFFICE, ten="UBND Phường Một", ngon_ngu="vi, en", ly_do=DECISION)
    office = decided(central)
    assert (office.name, office.languages) == ({"vi": "UBND Phường Một"}, ("vi", "en"))
    assert office.primary is None
    assert lines(central)[-1] == f"languages, name; {DECISION}"
    count = len(lines(central))
    ward.post(OFFICE, ten="UBND Phường Một", ngon_ngu="vi, en", ly_do=DECISION)
    assert len(lines(central)) == count
    ward.post(OFFICE, ly_do=DECISION)
    assert decided(central) == OfficeRow()


def test_a_form_that_was_overtaken_is_refused(central: CentreUnderTest, ward: Person) -> None:
    """Of two administrators with the same page open, the second one does not undo what the first one did."""
    day = "/danh-muc/ngay-nghi/2026-05-02?unit=phuong-mot"
    ward.post("/danh-muc/them/ngay-nghi?unit=phuong-mot", ngay="2026-05-02", ten="Nghỉ", ly_do=DECISION)
    forms: tuple[tuple[str, dict[str, Any], dict[str, Any]], ...] = (
        (OFFICE, {"ten": "UBND Phường Một"}, {"mau_chinh": "#0B5D63"}),
        (HOURS, grid("08:00", "11:00", "", ""), grid("09:00", "11:00", "", "")),
        (day, {"ten": "Ngày một"}, {"ten": "Ngày hai"}),
    )
    for address, first, second in forms:
        (mark,) = re.findall(r'name="truoc" value="(\w+)"', ward.get(address).text)
        shown = {"truoc": mark, "ly_do": DECISION, **({"ngay": "2026-05-02"} if address == day else {})}
        assert ward.send(address, {**shown, **first}).status_code == 303
        overtaken = ward.send(address, {**shown, **second})
        assert (overtaken.status_code, "HL5140" in overtaken.text) == (400, True), address
    office = decided(central)
    assert (office.primary, office.special_days[0].name) == (None, "Ngày một")
    # Hours and look are two forms over one row: neither overtakes the other.
    (mark,) = re.findall(r'name="truoc" value="(\w+)"', ward.get(OFFICE).text)
    assert ward.send(HOURS, {**grid("07:00", "11:00", "", ""), "ly_do": DECISION}).status_code == 303
    assert ward.post(OFFICE, truoc=mark, ten="Phường Một", ly_do=DECISION).status_code == 303


def test_an_emblem_is_uploaded_shown_and_dropped(central: CentreUnderTest, ward: Person) -> None:
    picture = "/danh-muc/van-phong/bieu-trung?unit=phuong-mot"
    assert ward.get(picture).status_code == 404
    files = {"bieu_trung": ("dau.png", EMBLEM, "image/png")}
    assert ward.send(OFFICE, {"ly_do": DECISION}, files).status_code == 303
    shown = ward.get(picture)
    assert (shown.content, shown.headers["content-type"]) == (EMBLEM, "image/png")
    assert shown.headers["x-content-type-options"] == "nosniff"
    ward.post(OFFICE, bo_bieu_trung="true", ly_do=DECISION)
    assert decided(central).emblem is None


def test_where_phones_reach_the_centre_is_decided_here_and_reaches_terminals(
    central: CentreUnderTest, ward: Person
) -> None:
    ward.post(OFFICE, dia_chi_dien_thoai="https://danhgia.vi.du/", ly_do=DECISION)
    assert decided(central).public_url == "https://danhgia.vi.du"
    with reading(central.engine) as connection:
        texts = decided_texts(read_rows(connection, "phuong-mot", NOW.date()))
    assert 'public_url = "https://danhgia.vi.du"' in texts["office.toml"]
    ward.post(OFFICE, ly_do=DECISION)
    assert decided(central).public_url is None


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"mau_chinh": "#FFFFFF"}, "tương phản"),
        ({"mau_chinh": "xanh"}, "màu ghi như #0B5D63"),
        ({"hoi_lai": "vài ngày"}, "không phải số"),
        ({"hoi_lai": "900"}, "HL1003"),
        ({"ten_en": "Ward"}, "để trống"),
        ({"trang_ket_qua": "javascript:alert(1)"}, "địa chỉ bắt đầu bằng https://"),
        ({"dia_chi_dien_thoai": "http://danhgia.vi.du"}, "chỉ có tên máy chủ"),
        ({"dia_chi_dien_thoai": "https://danhgia.vi.du/hai-long"}, "chỉ có tên máy chủ"),
    ],
)
def test_a_wrong_look_comes_back_and_changes_nothing(
    central: CentreUnderTest, ward: Person, fields: dict[str, str], says: str
) -> None:
    answer = ward.post(OFFICE, **fields, ly_do=DECISION)
    assert answer.status_code == 400
    assert says in words(answer)
    assert decided(central) == OfficeRow()


def test_what_is_no_small_png_is_refused(ward: Person) -> None:
    for content in (b"GIF89a", EMBLEM + bytes(100_000)):
        answer = ward.send(OFFICE, {"ly_do": DECISION}, {"bieu_trung": ("dau.png", content, "image/png")})
        assert answer.status_code == 400
        assert "HL5076" in words(answer)
    huge = {"bieu_trung": ("dau.png", EMBLEM + bytes(3_000_000), "image/png")}
    assert ward.send(OFFICE, {"ly_do": DECISION}, huge).status_code == 413


def test_an_analyst_sees_the_office_and_changes_nothing(central: CentreUnderTest) -> None:
    with Person(central, ("analyst", "phuong-mot"), login="phan.tich") as analyst:
        for noun in ("gio-lam-viec", "ngay-nghi", "van-phong"):
            page = analyst.get(f"/danh-muc/{noun}")
            assert page.status_code == 200
            assert 'name="ly_do"' not in page.text
        assert analyst.post(OFFICE, ly_do=DECISION).status_code == 403
