"""How many criteria share a page on which panel, and that no cell is ever smaller than 15 mm."""

from math import hypot

import pytest

from kiosk.widgets.criteria_layout import COLUMNS, criteria_layout, criteria_that_fit
from kiosk.widgets.theme import Theme, boxes

UNKNOWN = 0.0


def panel(width: int, height: int, inches: float, text_step: int = 0) -> Theme:
    dpi = round(hypot(width, height) / inches) if inches else 0
    return Theme(width=width, height=height, dpi=dpi, text_step=text_step)


@pytest.mark.parametrize(
    ("width", "height", "inches", "fit"),
    [
        (800, 480, UNKNOWN, 1),
        (1024, 600, UNKNOWN, 1),
        (1024, 600, 10.1, 1),
        (1280, 720, 15.6, 5),
        (1280, 800, UNKNOWN, 5),
        (1280, 800, 10.1, 5),
        (1280, 800, 8, 4),
        (1280, 800, 7, 1),
        (1280, 800, 5, 1),
        (800, 1280, UNKNOWN, 4),
        (800, 1280, 7, 1),
        (1920, 1080, UNKNOWN, 5),
        (1920, 1080, 8, 4),
        (1920, 1080, 10.1, 5),
        (1920, 1080, 15.6, 5),
        (1920, 1080, 21.5, 5),
        (1080, 1920, UNKNOWN, 4),
        (1080, 1920, 21.5, 5),
    ],
)
def test_three_to_five_criteria_share_a_page_where_their_rows_keep_15_mm(
    width: int, height: int, inches: float, fit: int
) -> None:
    assert criteria_that_fit(panel(width, height, inches)) == fit


@pytest.mark.parametrize("step", [1, 2])
def test_larger_text_asks_one_question_a_page(step: int) -> None:
    assert criteria_that_fit(panel(1920, 1080, 21.5, step)) == 1


@pytest.mark.parametrize("size", [(1280, 720), (1280, 800), (1920, 1080), (800, 1280), (1080, 1920)])
@pytest.mark.parametrize("inches", [7, 8, 10.1, 13.3, 15.6, 21.5, 32])
@pytest.mark.parametrize("columns", [COLUMNS - 1, COLUMNS])
def test_every_cell_keeps_15_mm_and_its_place(size: tuple[int, int], inches: float, columns: int) -> None:
    theme = panel(*size, inches)
    fit = criteria_that_fit(theme)
    box = boxes(theme)[2]
    for rows in range(2, fit + 1):
        layout = criteria_layout(theme, box, rows, columns)
        cells = [cell for row in layout.cells for cell in row]
        assert min(min(wide, high) for _, _, wide, high in cells) >= theme.millimetres(15)
        assert len({cell[2:] for cell in cells}) == 1, "none is larger than another"
        tops = [bottom + high for _, bottom, _, high in (*cells, *layout.questions, *layout.heads)]
        assert max(tops) <= box[1] + box[3] + 1
        assert min(bottom for _, bottom, _, _ in cells) >= box[1]
        assert max(left + wide for left, _, wide, _ in cells) <= box[0] + box[2] + 1
