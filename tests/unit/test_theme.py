"""Colours that can be read, and lines that are even."""

import pytest

from kiosk.widgets.theme import Theme, check_office_colours
from sync.contract import colours
from sync.contract.office import contrast
from sync.contract.problem import ProblemError


def test_contrast_is_that_of_the_standard() -> None:
    # Examples of WCAG 2.2, technique G18.
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


def test_ink_and_quiet_ink_can_be_read_on_every_ground() -> None:
    for ground in (colours.GROUND, colours.SURFACE):
        assert contrast(colours.INK, ground) >= 7
        assert contrast(colours.QUIET_INK, ground) >= 4.5


def test_the_ink_of_a_face_stands_out_from_its_disc() -> None:
    for mood in colours.LEVELS:
        red, green, blue, _ = Theme(width=1280, height=800).mood_tint(mood)
        disc = "#{:02X}{:02X}{:02X}".format(*(round(part * 255) for part in (red, green, blue)))
        assert contrast(colours.INK, disc) >= 7


def test_high_contrast_knows_only_black_and_white() -> None:
    high = Theme(width=1280, height=800, high_contrast=True)
    for colour in (high.ground, high.surface, high.ink, high.quiet_ink, high.hairline, high.primary):
        assert colour in ((0, 0, 0, 1), (1, 1, 1, 1))
    assert high.border >= 3


def test_office_colours_that_white_text_vanishes_on_are_refused() -> None:
    check_office_colours("#0B5D63", "#B23A5B")
    with pytest.raises(ProblemError, match=r"office\.accent"):
        check_office_colours("#0B5D63", "#F2C14E")


@pytest.mark.parametrize("size", [(800, 480), (1024, 600), (1280, 800), (1920, 1080), (1080, 1920)])
@pytest.mark.parametrize("step", [0, 1, 2])
def test_no_type_is_smaller_than_18_pixels(size: tuple[int, int], step: int) -> None:
    made = Theme(width=size[0], height=size[1], text_step=step)
    assert min(made.question, made.title, made.label, made.body, made.help) >= 18
    assert made.target >= 44


def test_targets_keep_nine_millimetres_where_the_panel_tells_its_size() -> None:
    assert Theme(width=1280, height=800, dpi=254).target == 90
