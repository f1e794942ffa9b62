"""The code of a unit is made of its name."""

import pytest

from sync.central.office.setting_up import code_of


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("UBND phường Mẫu", "phuong-mau"),
        ("Ủy ban nhân dân xã Đông Đa", "xa-dong-da"),
        ("Phường 1 (Quận Nhất)", "phuong-1-quan-nhat"),
        ("  Sở Nội vụ ", "so-noi-vu"),
        ("x" * 100, "x" * 64),
        ("???", ""),
    ],
)
def test_a_units_code_is_its_name_without_marks_and_authority(name: str, code: str) -> None:
    assert code_of(name) == code
