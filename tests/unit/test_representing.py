"""Whether those who answered are like those who got a result."""

import pytest

from sync.central.reports.kinds.representing import field_shares, representing
from sync.central.reports.model import Paragraph, Table, written

Count = tuple[str, int | None, int]


def parts(*counts: Count) -> tuple[Table | None, str]:
    blocks = representing("t", "Bảng", field_shares(counts))
    tables = [each for each in blocks if isinstance(each, Table)]
    texts = [each.text for each in blocks if isinstance(each, Paragraph)]
    return (tables[0] if tables else None), " ".join(texts)


def test_fields_add_up_their_procedures_and_stay_in_the_office() -> None:
    table, _ = parts(("Hộ tịch", 40, 10), ("Hộ tịch", 20, 20), ("Chứng thực", 40, 30), ("", 0, 0))
    assert table is not None
    assert table.internal
    assert [[written(cell) for cell in row.cells] for row in table.rows] == [
        ["Chứng thực", "40", "40,0%", "30", "50,0%", "+10,0"],
        ["Hộ tịch", "60", "60,0%", "30", "50,0%", "−10,0"],
        ["Khác", "0", "0,0%", "0", "0,0%", "–"],
    ]


@pytest.mark.parametrize(
    ("few", "said"),
    [
        (50, ""),
        (
            49,
            "Lĩnh vực được trả lời ít hơn tỷ trọng kết quả đã trả: Hộ tịch; được trả lời nhiều hơn: Chứng",
        ),
    ],
)
def test_a_share_that_differs_by_more_than_10_points_is_named(few: int, said: str) -> None:
    """Half of the answers instead of 60 % is ten points less; 49 of 100 are more."""
    _, text = parts(("Hộ tịch", 60, few), ("Chứng thực", 40, 100 - few))
    assert text.startswith(said)
    assert bool(text) == bool(said)


def test_of_few_answers_or_an_unknown_number_of_results_nothing_is_concluded() -> None:
    assert parts(("Hộ tịch", 60, 1), ("Chứng thực", 40, 20))[1] == ""
    assert parts(("Hộ tịch", None, 10), ("Chứng thực", 40, 90)) == (None, "")
    assert parts(("Hộ tịch", 60, 100)) == (None, "")
    assert parts(("Hộ tịch", 60, 0), ("Chứng thực", 40, 0)) == (None, "")
