"""Lines of an official document are printed as offices write them."""

from datetime import date

import msgspec
import pytest

from sync.contract.official import Basis, Recipient, Signer, written_day


def test_a_basis_is_one_line_of_what_is_known_of_it() -> None:
    decision = Basis(
        document="Quyết định",
        number="50/QĐ-UBND",
        issued=date(2023, 1, 13),
        authority="UBND thành phố Mẫu",
        about="về cải cách hành chính",
    )
    said = "Căn cứ Quyết định số 50/QĐ-UBND ngày 13/01/2023 của UBND thành phố Mẫu về cải cách hành chính"
    assert decision.line() == said
    assert Basis(opening="Thực hiện", document="sự chỉ đạo").line() == "Thực hiện sự chỉ đạo"


def test_a_recipient_has_its_marks_in_brackets() -> None:
    assert Recipient(name="Sở Nội vụ", electronic=True).line() == "Sở Nội vụ (VBĐT)"
    assert Recipient(name="TT Thành ủy", purpose="report").line() == "TT Thành ủy (b/c)"
    assert Recipient(name="VT, NV", purpose="file", copies=2).line() == "Lưu: VT, NV (02b)"
    assert Recipient(name="Các phòng").line() == "Các phòng"


def test_who_signs_is_a_title_under_its_capacity() -> None:
    signer = Signer("PHÓ CHỦ TỊCH", ("TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH"))
    assert signer.lines() == ("TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH")
    with pytest.raises(msgspec.ValidationError, match="matching regex"):
        msgspec.convert({"title": "CHỦ TỊCH", "capacity": ["Nguyễn Văn Mẫu"]}, Signer)


def test_only_january_and_february_are_written_with_a_zero() -> None:
    days = (date(2023, 1, 13), date(2020, 7, 2), date(2023, 10, 5))
    assert [written_day(day) for day in days] == ["13/01/2023", "02/7/2020", "05/10/2023"]
