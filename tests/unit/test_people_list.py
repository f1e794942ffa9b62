"""Lists of people: who is one person, every error by line and column, which column is which."""

import pytest

from sync.central.office.sample.one_person import Listed, is_citizen_id, person_code, phone_number
from sync.central.office.sample.people_list import Columns, fits, guessed, read_people
from sync.central.office.sheets.reader import sheet_of
from sync.contract.problem import ProblemsError

KEY = bytes(32)
COLUMNS = Columns(name="họ và tên", phone="số điện thoại", address="địa chỉ", field="lĩnh vực")
HEAD = "Họ và tên;Số điện thoại;Địa chỉ;Lĩnh vực\n"


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("0900 000 001", "0900000001"),
        ("+84 900.000.001", "0900000001"),
        ("900000001", "0900000001"),
        ("(0258) 3000 000", "02583000000"),
        ("", ""),
        ("12345", None),
        ("số cũ 0900000001", None),
        ("0900000001/0900000002", None),
    ],
)
def test_a_telephone_number_has_one_form(typed: str, number: str | None) -> None:
    assert phone_number(typed) == number


def test_the_same_person_has_one_code_and_two_who_share_a_telephone_have_two() -> None:
    one = person_code(Listed(name="Nguyễn Thị Ví Dụ", phone="0900000001"), KEY)
    assert one == person_code(Listed(name="NGUYEN THI  VI DU", phone="0900000001", address="Tổ 1"), KEY)
    assert one != person_code(Listed(name="Trần Văn Ví Dụ", phone="0900000001"), KEY)
    assert one != person_code(Listed(name="Nguyễn Thị Ví Dụ", phone="0900000001"), b"x" * 32)
    by_id = person_code(Listed(name="A", given="KH-1"), KEY)
    assert by_id == person_code(Listed(name="B", given="kh-1", phone="0900000001"), KEY)


def test_the_number_of_an_identity_card_is_known() -> None:
    assert is_citizen_id("001 099 000 001")
    assert is_citizen_id("123456789")
    assert not is_citizen_id("KH-00012")


def test_one_person_of_several_lines_is_listed_once_in_the_field_of_most_lines() -> None:
    sheet = sheet_of(
        "mot-cua.csv",
        (
            HEAD + "Nguyễn Ví Dụ;0900000001;;Đất đai\nNguyễn Ví Dụ;0900 000 001;Tổ 2;Hộ tịch\n"
            "nguyễn ví dụ;900000001;;Hộ tịch\nTrần Ví Dụ;;Tổ 3;\n"
        ).encode(),
        COLUMNS.named().values(),
    )
    found = read_people(sheet, COLUMNS, KEY)
    assert (found.lines, len(found.people), found.repeated) == (4, 2, 2)
    assert found.fields() == {"": (1, 1), "Hộ tịch": (3, 1)}
    first = next(iter(found.people.values()))
    assert (first.name, first.phone, first.address, first.lines) == ("Nguyễn Ví Dụ", "0900000001", "Tổ 2", 3)


def test_every_error_is_named_by_line_and_column_and_no_cell_is_quoted() -> None:
    text = HEAD + ";0900000001;;\nMột;không rõ;Tổ 1;\nHai;;;\nBa;0900000002;;;thừa\nBốn;0900000003;Tổ 4;\n"
    sheet = sheet_of("ds.csv", text.encode("utf-16"), COLUMNS.named().values())
    with pytest.raises(ProblemsError) as wrong:
        read_people(sheet, COLUMNS, KEY)
    assert [(each.where, each.detail) for each in wrong.value.problems] == [
        ("ds.csv:2: họ và tên", "để trống"),
        ("ds.csv:3: số điện thoại", "không phải số điện thoại"),
        ("ds.csv:4", "không có số điện thoại lẫn địa chỉ"),
        ("ds.csv:5", "nhiều ô hơn tiêu đề"),
    ]


def test_an_identity_number_is_no_id_of_a_person() -> None:
    columns = Columns(name="tên", given="mã khách hàng")
    sheet = sheet_of("ds.csv", "Tên,Mã khách hàng\nMột,001099000001\nHai,KH-2\n".encode(), ("tên",))
    with pytest.raises(ProblemsError) as wrong:
        read_people(sheet, columns, KEY)
    (only,) = wrong.value.problems
    assert (only.where, only.detail) == ("ds.csv:2: mã khách hàng", "giống số căn cước, không nhận")


def test_columns_are_proposed_and_checked() -> None:
    assert guessed(("stt", "người nộp hồ sơ", "sđt", "địa chỉ", "lĩnh vực")) == Columns(
        name="người nộp hồ sơ", phone="sđt", address="địa chỉ", field="lĩnh vực"
    )
    sheet = sheet_of("ds.csv", "Tên,SĐT\nMột,0900000001\n".encode(), ("tên", "sđt"))
    assert fits(guessed(sheet.headings), sheet)
    assert not fits(COLUMNS, sheet)
    wrong = {
        Columns(name="", phone="sđt"): "chưa chọn cột tên",
        Columns(name="tên"): "chưa chọn cột số điện thoại hoặc địa chỉ",
        Columns(name="tên", phone="tên"): "cột 'tên' được chọn 2 lần",
        Columns(name="tên", phone="điện thoại"): "thiếu cột 'điện thoại'",
    }
    for columns, detail in wrong.items():
        with pytest.raises(ProblemsError) as refused:
            read_people(sheet, columns, KEY)
        assert [each.detail for each in refused.value.problems] == [detail]


def test_a_column_of_names_or_numbers_is_no_field_because_fields_are_not_sealed() -> None:
    def wrong(fields: list[str]) -> list[str]:
        lines = [f"Người {n};09000{n:05};Tổ {n};{field}" for n, field in enumerate(fields)]
        sheet = sheet_of("ds.csv", "\n".join((HEAD.strip(), *lines)).encode(), COLUMNS.named().values())
        try:
            read_people(sheet, COLUMNS, KEY)
        except ProblemsError as error:
            return [f"{each.where} {each.detail}" for each in error.problems]
        return []

    assert wrong([f"Lĩnh vực {n}" for n in range(60)]) == []
    (many,) = wrong([f"Người {n}" for n in range(61)])
    assert "61 giá trị khác nhau" in many
    assert len(wrong(["Đất đai", "0912 345 678", "001099012345"])) == 2


def test_an_empty_table_is_no_list() -> None:
    sheet = sheet_of("ds.csv", HEAD.encode(), COLUMNS.named().values())
    with pytest.raises(ProblemsError):
        read_people(sheet, COLUMNS, KEY)
