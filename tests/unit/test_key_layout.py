import unicodedata
from typing import get_args

import pytest

from kiosk.typing_vi import TONES
from kiosk.widgets.key_layout import Page, boxes, fits_wide, key_gap, keyboard_height, layout, nearest
from kiosk.widgets.theme import Theme

PAGES: tuple[Page, ...] = get_args(Page)


@pytest.mark.parametrize("wide", [True, False])
@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("done", ["", "Xong"])
def test_keys_lie_in_the_box_with_a_gap_between_any_two(page: Page, wide: bool, done: str) -> None:
    placed = boxes(layout(page, wide, done), (20, 10, 1184, 356), 8)
    for index, (_, (x, y, width, height)) in enumerate(placed):
        assert x >= 20
        assert y >= 10
        assert x + width <= 1204
        assert y + height <= 366
        for _, (left, bottom, w, h) in placed[index + 1 :]:
            apart = max(left - x - width, x - left - w, bottom - y - height, y - bottom - h)
            assert apart >= 7


@pytest.mark.parametrize("wide", [True, False])
def test_tones_and_own_letters_come_first_and_every_letter_is_there(wide: bool) -> None:
    rows = layout("letters", wide).rows
    first = [key.name for row in rows[: 1 if wide else 2] for key in row]
    assert first == [*TONES, *"ăâđêôơư"]
    names = {key.name for row in rows for key in row}
    assert names >= set("abcdefghijklmnopqrstuvwxyz ,.")


def test_a_tone_key_is_called_by_a_name_that_carries_the_tone() -> None:
    for key in layout("letters", wide=True).rows[0][:5]:
        assert key.name in unicodedata.normalize("NFD", key.label)


@pytest.mark.parametrize("wide", [True, False])
def test_what_does_not_change_with_the_page_stays_in_place(wide: bool) -> None:
    where = [
        {key.name: box for key, box in boxes(layout(page, wide, "Xong"), (0, 0, 1000, 400), 8)}
        for page in PAGES
    ]
    for name in (*TONES, *"ăâđêôơư", " ", ",", ".", "backspace", "delete-word", "done"):
        assert where[0][name] == where[1][name]
    assert where[0]["signs"] == where[1]["letters"]


def test_a_touch_between_two_keys_belongs_to_the_nearer_one() -> None:
    placed = boxes(layout("letters", wide=True), (0, 0, 1192, 392), 8)
    names = [key.name for key, _ in placed]
    q, w = placed[names.index("q")][1], placed[names.index("w")][1]
    middle = q[1] + q[3] / 2
    for x, name in ((q[0] + q[2] + 3, "q"), (w[0] - 3, "w")):
        found = nearest(placed, x, middle, 8)
        assert found is not None
        assert names[found] == name
    assert nearest(placed, -30, middle, 8) is None


@pytest.mark.parametrize(
    ("size", "inches"),
    [
        ((800, 480), 7.0),
        ((1024, 600), 7.0),
        ((1280, 800), 8.0),
        ((1280, 800), 10.1),
        ((1920, 1080), 13.3),
        ((1920, 1080), 21.5),
        ((1080, 1920), 21.5),
        ((1080, 1920), 10.1),
    ],
)
@pytest.mark.parametrize("page", PAGES)
def test_every_key_is_9_mm_wide_and_high_on_every_panel(
    page: Page, size: tuple[int, int], inches: float
) -> None:
    dots = (size[0] ** 2 + size[1] ** 2) ** 0.5 / inches
    theme = Theme(width=size[0], height=size[1], dpi=round(dots))
    width, gap = size[0] - 2 * theme.margin, key_gap(theme)
    height = keyboard_height(size[1] * 0.6, size[1] * 0.1, width, theme)
    for _, (_, _, wide, high) in boxes(layout(page, fits_wide(width, theme)), (0, 0, width, height), gap):
        assert min(wide, high) >= 9 / 25.4 * theme.dpi - 1
    assert height <= size[1] * 0.6
