"""What the documents of an office have in common follows from its name, unless the office decides."""

import pytest

from sync.central.office.letterheads import LetterheadRow, completed, usual_letterhead


@pytest.mark.parametrize(
    ("name", "above", "head"),
    [
        (
            "UBND phường Kiến Hưng",
            "UBND thành phố Hà Nội",
            ("", ("ỦY BAN NHÂN DÂN", "PHƯỜNG KIẾN HƯNG"), "UBND", "Kiến Hưng", "CHỦ TỊCH"),
        ),
        ("Xã Vạn Thắng", "", ("", ("ỦY BAN NHÂN DÂN", "XÃ VẠN THẮNG"), "UBND", "Vạn Thắng", "CHỦ TỊCH")),
        (
            "Ủy ban nhân dân huyện Thạch Hà",
            "Tỉnh Hà Tĩnh",
            ("", ("ỦY BAN NHÂN DÂN", "HUYỆN THẠCH HÀ"), "UBND", "Thạch Hà", "CHỦ TỊCH"),
        ),
        (
            "Thành phố Nha Trang",
            "Tỉnh Khánh Hòa",
            ("", ("ỦY BAN NHÂN DÂN", "THÀNH PHỐ NHA TRANG"), "UBND", "Nha Trang", "CHỦ TỊCH"),
        ),
        (
            "Sở Tư pháp Quảng Bình",
            "Tỉnh Quảng Bình",
            ("UBND TỈNH QUẢNG BÌNH", ("SỞ TƯ PHÁP",), "STP", "Quảng Bình", "GIÁM ĐỐC"),
        ),
        (
            "Sở Khoa học và Công nghệ",
            "UBND tỉnh Quảng Bình",
            ("UBND TỈNH QUẢNG BÌNH", ("SỞ KHOA HỌC VÀ CÔNG NGHỆ",), "SKHCN", "Quảng Bình", "GIÁM ĐỐC"),
        ),
        (
            "Trung tâm Phục vụ hành chính công",
            "Sở Nội vụ",
            ("SỞ NỘI VỤ", ("TRUNG TÂM PHỤC VỤ HÀNH CHÍNH CÔNG",), "TTPVHCC", "", "GIÁM ĐỐC"),
        ),
        ("Trung tâm", "", ("", ("TRUNG TÂM",), "TT", "", "THỦ TRƯỞNG ĐƠN VỊ")),
    ],
)
def test_the_names_of_a_unit_and_of_the_one_above_suggest_the_head(
    name: str, above: str, head: tuple[object, ...]
) -> None:
    usual = usual_letterhead(name, above)
    assert (usual.above, usual.body, usual.code, usual.place, usual.signer[-1]) == head


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("Phường 5", "Phường 5"),
        ("UBND quận 12", "Quận 12"),
        ("Thành phố Hồ Chí Minh", "Thành phố Hồ Chí Minh"),
        ("Thành phố Huế", "Huế"),
    ],
)
def test_documents_are_signed_at_the_whole_name_where_it_is_a_number_or_a_person(
    name: str, place: str
) -> None:
    assert usual_letterhead(name).place == place


def test_the_name_of_the_territory_is_left_out_of_its_office_where_it_is_a_person_too() -> None:
    assert usual_letterhead("Sở Tư pháp Hồ Chí Minh", "TP").body == ("SỞ TƯ PHÁP HỒ CHÍ MINH",)
    assert usual_letterhead("Sở Tư pháp Hồ Chí Minh", "Thành phố Hồ Chí Minh").body == ("SỞ TƯ PHÁP",)


def test_a_report_goes_to_the_committee_above() -> None:
    assert usual_letterhead("Phường Một", "Tỉnh Mẫu").addressed_to == ("Ủy ban nhân dân tỉnh Mẫu",)
    assert usual_letterhead("Tỉnh Mẫu").addressed_to == ()


def test_what_is_decided_holds_and_the_rest_is_usual() -> None:
    usual = usual_letterhead("Phường Một", "Tỉnh Mẫu")
    decided = LetterheadRow(addressed_to=(), signers={"CV": ("TL. CHỦ TỊCH", "CHÁNH VĂN PHÒNG")})
    head = completed(decided, usual)
    assert (head.addressed_to, head.body) == ((), usual.body)
    assert head.signed_by("CV") == ("TL. CHỦ TỊCH", "CHÁNH VĂN PHÒNG")
    assert head.signed_by("BC") == ("TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH")
