"""Drawings are well-formed, small and escaped, read by ear and without colour, and silent on the unknown."""

import gzip
import re
from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import Environment

from sync.central.presenting.drawing.dot_plot import Dot, dot_plot
from sync.central.presenting.drawing.heat_strip import HeatGroup, heat_strip, shade, shade_names, shade_swatch
from sync.central.presenting.drawing.level_bar import level_bar, level_swatch
from sync.central.presenting.drawing.markup import Svg, number
from sync.central.presenting.drawing.palette import ANSWERED, RETURNED, SHADES, TAGGED
from sync.central.presenting.drawing.spark_strip import StripDay, highest, series_swatch, spark_strip
from sync.central.presenting.drawing.trend import TrendMonth, lowest, trend
from sync.central.presenting.language import NBSP, Language
from sync.contract.colours import LEVELS
from sync.contract.office import contrast, luminance
from tests.support.drawings import BARS, DOTS, UNIT, country, every_drawing, months, strip

SWATCHES = [
    *(level_swatch(level) for level in range(1, 6)),
    *(series_swatch(name) for name in ("returned", "tagged", "answered")),
    *(shade_swatch(value) for value in (None, 0, 1, 2, 3, 4)),
]
LANGUAGES: tuple[Language, ...] = ("vi", "en")
DRAWINGS = [
    pytest.param(drawing, id=f"{name} {language}")
    for language in LANGUAGES
    for name, drawing in every_drawing(language).items()
]
ATTRIBUTES = {
    "svg": {"class", "role", "width", "height", "viewBox", "aria-hidden"},
    "title": set(),
    "desc": set(),
    "g": {"stroke-width"},
    "path": {"d", "fill", "stroke", "stroke-width", "stroke-dasharray", "stroke-linecap"},
    "circle": {"cx", "cy", "r", "fill", "stroke", "stroke-width"},
    "text": {"x", "y", "font-size", "font-weight", "fill", "text-anchor"},
}
"""All that drawings are made of: no style, script, link, id or event."""
DAY = date(2026, 11, 23)


def root_of(drawing: Svg) -> ElementTree.Element:
    return ElementTree.fromstring(drawing)


def alternatives(drawing: Svg) -> tuple[str, str]:
    root = root_of(drawing)
    return (root.findtext("title") or "", root.findtext("desc") or "")


def numbers_of(root: ElementTree.Element) -> Iterator[float]:
    for element in root.iter():
        for name in ("x", "y", "cx", "cy"):
            if name in element.attrib:
                yield float(element.attrib[name])


# --- all of them ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("drawing", [*DRAWINGS, *SWATCHES])
def test_the_markup_is_well_formed_and_holds_nothing_that_a_strict_policy_refuses(drawing: Svg) -> None:
    for element in root_of(drawing).iter():
        assert element.attrib.keys() <= ATTRIBUTES[element.tag], element.tag


@pytest.mark.parametrize("drawing", DRAWINGS)
def test_every_drawing_says_in_words_what_it_shows(drawing: Svg) -> None:
    root = root_of(drawing)
    assert root.attrib["role"] == "img"
    assert root[0].tag == "title"
    assert len(root[0].text or "") > 5


@pytest.mark.parametrize("drawing", DRAWINGS)
def test_nothing_is_drawn_outside_of_its_frame(drawing: Svg) -> None:
    root = root_of(drawing)
    longest = max(float(root.attrib["width"]), float(root.attrib["height"]))
    assert all(0 <= value <= longest for value in numbers_of(root))
    assert all(re.fullmatch(r"[MmLHhVvz0-9. -]+", path.attrib["d"]) for path in root.iter("path"))


def test_a_swatch_is_an_ornament_next_to_its_name() -> None:
    assert {root_of(swatch).attrib.get("aria-hidden") for swatch in SWATCHES} == {"true"}


@given(st.text())
def test_every_text_comes_out_as_it_went_in_or_is_replaced_where_xml_forbids_it(text: str) -> None:
    drawing = dot_plot([Dot(label=text, percent="50.0", n=9)], f"«{text}»")
    title, details = alternatives(drawing)
    allowed = re.sub("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "\ufffd", text)
    read = re.sub("\r\n?", "\n", allowed)  # as every reader of XML does
    assert title == f"«{read}»"
    assert details.startswith(f"{read}: ")


def test_a_template_draws_it_without_escaping_it_again() -> None:
    template = Environment(autoescape=True).from_string("{{ drawing }} {{ name }}")
    drawing = dot_plot(DOTS, UNIT)
    assert template.render(drawing=drawing, name="<b>") == f"{drawing} &lt;b&gt;"
    assert "<Mẫu>" not in drawing


@pytest.mark.parametrize(
    ("value", "written"), [(1.0, "1"), (1.25, "1.2"), (0.04, "0"), (1234.56, "1234.6"), (12.96, "13")]
)
def test_coordinates_are_short(value: float, written: str) -> None:
    assert number(value) == written


# --- level bar ------------------------------------------------------------------------------------------


def segments(drawing: Svg) -> dict[str, int]:
    """The width of each segment by its colour, from left to right."""
    found = re.findall(r'<path d="M(\d+) [\d.]+h(\d+)[^"]*" stroke="(#\w+)"', drawing)
    starts = [int(start) for start, _, _ in found]
    assert starts == sorted(starts)
    return {colour: int(width) for _, width, colour in found}


def test_the_best_level_is_left_and_widths_are_in_proportion() -> None:
    assert segments(level_bar({1: 10, 2: 20, 3: 30, 4: 40, 5: 60}, width=164)) == {
        LEVELS[2]: 60,
        LEVELS[1]: 40,
        LEVELS[0]: 30,
        LEVELS[-1]: 20,
        LEVELS[-2]: 10,
    }


@given(st.lists(st.integers(0, 5000), min_size=2, max_size=5))
def test_every_level_that_was_chosen_is_seen_and_the_bar_is_full(each: list[int]) -> None:
    drawing = level_bar(dict(enumerate(each, start=1)))
    chosen = [count for count in each if count]
    widths = segments(drawing)
    if chosen:
        assert len(widths) == len(chosen)
        assert min(widths.values()) >= 2
        assert sum(widths.values()) + len(widths) - 1 == 160


def test_a_scale_of_three_has_both_ends_and_the_middle() -> None:
    assert list(segments(level_bar({1: 1, 2: 1, 3: 1}))) == [LEVELS[2], LEVELS[0], LEVELS[-2]]


def test_no_two_levels_look_alike_without_colour() -> None:
    """Solid levels differ by their grey and their neighbours, all others by how they are cut."""
    cuts = [re.sub(r'stroke="#\w+"', "", swatch) for swatch in SWATCHES[:5]]
    assert len({*cuts[:3], cuts[4]}) == 4
    assert cuts[3] == cuts[4]
    assert luminance(LEVELS[1]) > 1.5 * luminance(LEVELS[2])


def test_the_bar_is_heard_level_by_level_and_without_answers_it_says_so() -> None:
    assert alternatives(level_bar({1: 0, 2: 1, 3: 2, 4: 7, 5: 1200}))[0].replace(NBSP, " ") == (
        "Mức 5: 1.200, mức 4: 7, mức 3: 2, mức 2: 1, mức 1: 0 (n = 1.210)"
    )
    empty = level_bar(dict.fromkeys(range(1, 6), 0), "en")
    assert alternatives(empty)[0] == "No answers yet"
    assert segments(empty) == {}


def test_a_level_bar_is_about_four_hundred_bytes() -> None:
    sizes = [len(level_bar(counts).encode()) for counts in BARS]
    assert max(sizes) < 500
    assert sum(sizes) / len(sizes) < 400


# --- spark strip ----------------------------------------------------------------------------------------


def columns(drawing: Svg, fill: str) -> dict[int, float]:
    """The height of each column of a series, by the place of its day."""
    path = re.search(rf'<path d="([^"]*)" fill="{fill}"', drawing)
    boxes = re.findall(r"M([\d.]+) [\d.]+h([\d.]+)v([\d.]+)", path[1]) if path else []
    return {int((float(x) + float(width) / 2) // 13): float(tall) for x, width, tall in boxes}


def test_columns_are_in_proportion_to_the_scale() -> None:
    days = [StripDay(day=DAY, returned=60, tagged=30, answered=15)]
    drawing = spark_strip(days, scale=120, height=66)
    assert [columns(drawing, fill) for fill in (RETURNED, TAGGED, ANSWERED)] == [{0: 30}, {0: 15}, {0: 7.5}]
    assert columns(spark_strip(days, height=66), RETURNED) == {0: 60}
    assert highest([days, strip()]) > 60


def test_what_is_unknown_is_a_gap_and_zero_is_a_line_on_the_ground() -> None:
    days = [
        StripDay(day=DAY, returned=None, tagged=8, answered=0),
        StripDay(day=DAY),
        StripDay(day=DAY, returned=0, tagged=0, answered=0),
    ]
    drawing = spark_strip(days, height=36)
    assert columns(drawing, RETURNED) == {2: 1}
    assert columns(drawing, TAGGED) == {0: 30, 2: 1}
    assert columns(drawing, ANSWERED) == {0: 1, 2: 1}
    title, details = alternatives(drawing)
    assert title.replace(NBSP, " ") == (
        "23/11/2026: đã trả 0 (2 ngày chưa biết), đã quét 8 (1 ngày chưa biết), trả lời 0 (1 ngày chưa biết)"
    )
    assert details == "23/11: chưa biết / 8 / 0; 23/11: chưa biết / chưa biết / chưa biết; 23/11: 0 / 0 / 0"


def test_a_series_of_which_nothing_is_known_is_not_summed_to_zero() -> None:
    assert "đã trả chưa biết" in alternatives(spark_strip(strip(returned=False)))[0]


def test_a_closed_day_is_a_dot_unless_something_happened() -> None:
    closed = StripDay(day=DAY, returned=0, tagged=0, answered=0, closed=True)
    worked = StripDay(day=DAY, returned=3, tagged=0, answered=0, closed=True)
    drawing = spark_strip([closed, worked], height=36)
    assert re.search(r'd="(M[^"]*)"[^>]*stroke-linecap="round"', drawing)[1] == "M6.5 33.5h0"  # type: ignore[index]
    assert columns(drawing, RETURNED) == {1: 30}
    assert alternatives(drawing)[1] == "23/11: nghỉ; 23/11: 3 / 0 / 0"


# --- dot plot -------------------------------------------------------------------------------------------


def test_dots_are_on_the_scale_and_hollow_where_few_have_answered() -> None:
    shares = [("0.0", 30), ("50.0", 29), ("100.0", 5000)]
    dots = [Dot(label="x", percent=percent, n=n) for percent, n in shares]
    circles = root_of(dot_plot(dots, "Hài lòng", width=112)).findall("circle")
    assert [float(circle.attrib["cx"]) for circle in circles] == [6, 56, 106]
    assert [circle.attrib["fill"] == "#FFFFFF" for circle in circles] == [False, True, False]


def test_without_answers_there_is_no_dot_and_what_is_guarded_is_not_shown() -> None:
    drawing = dot_plot(
        [
            Dot(label="Quầy 4", percent=None, n=0, before="40.0"),
            Dot(label="Cán bộ 5", percent="75.0", n=None, before="40.0", low="1.0", high="2.0"),
        ],
        "Hài lòng",
    )
    assert root_of(drawing).findall("circle") == []
    assert alternatives(drawing)[1] == "Quầy 4: chưa có lượt trả lời; Cán bộ 5: không hiển thị"
    assert "75" not in drawing


def test_every_dot_is_heard_with_its_n_its_interval_and_the_period_before() -> None:
    assert alternatives(dot_plot(DOTS[2:3], "Hài lòng"))[1].replace(NBSP, " ") == (
        f"{UNIT}: 61,0 % (n = 118), khoảng tin cậy 52,0 %–69,3 %, kỳ trước 72,5 %"
    )


def test_a_long_name_goes_on_in_the_next_line_and_keeps_every_word() -> None:
    label = "Chứng thực bản sao từ bản chính giấy tờ do cơ quan có thẩm quyền cấp"
    texts = [
        text.text for text in root_of(dot_plot([Dot(label=label, percent="1.0", n=1)], "x")).iter("text")
    ]
    lines = [text for text in texts if text and text in label]
    assert " ".join(lines) == label
    assert len(lines) > 1


# --- heat strip -----------------------------------------------------------------------------------------


def cells(drawing: Svg, stroke: str) -> int:
    path = re.search(rf'<path d="([^"]*)" fill="none" stroke="{stroke}" stroke-width="8"', drawing)
    return path[1].count("h8") if path else 0


def test_every_unit_has_a_cell_of_its_shade() -> None:
    groups = [HeatGroup("A", [0, 4, None, 4]), HeatGroup("B", [2])]
    drawing = heat_strip(groups, "Trả lời", shade_names(), columns=3)
    assert [cells(drawing, colour) for colour in SHADES] == [1, 0, 1, 0, 2]
    assert drawing.count("h2") == 1
    assert alternatives(drawing)[0].replace(NBSP, " ") == (
        "Trả lời, 5 đơn vị: dưới 20 %: 1, 20–39 %: 0, 40–59 %: 1, 60–79 %: 0, từ 80 %: 2, chưa biết: 1"
    )


def test_a_country_of_3321_units_is_within_its_budget() -> None:
    groups = country()
    assert sum(len(group.cells) for group in groups) == 3321
    drawing = heat_strip(groups, "Trả lời", shade_names())
    assert sum(cells(drawing, colour) for colour in SHADES) + drawing.count("h2") >= 3321
    assert len(drawing.encode()) <= 49 * 1024
    assert len(gzip.compress(drawing.encode())) <= 8 * 1024
    assert drawing.count("<path") <= 6


def test_shades_grow_darker_step_by_step() -> None:
    assert all(luminance(lighter) > luminance(darker) for lighter, darker in pairwise(SHADES))
    assert min(contrast(lighter, darker) for lighter, darker in pairwise(SHADES)) > 1.3


@pytest.mark.parametrize(
    ("percent", "value"), [(None, None), ("0.0", 0), ("19.9", 0), ("20.0", 1), ("79.9", 3), ("100.0", 4)]
)
def test_a_percentage_has_the_shade_of_its_step(percent: str | None, value: int | None) -> None:
    assert shade(percent) == value


# --- trend ----------------------------------------------------------------------------------------------


def test_a_month_without_answers_interrupts_the_line() -> None:
    shares = ["80.0", "90.0", None, "85.0", "95.0", "90.0"]
    drawing = trend([TrendMonth(DAY, share, 0 if share is None else 40) for share in shares], "Hài lòng")
    lines = re.findall(r'd="(M[^"]*L[^"]*)"', drawing)
    assert [line.count("L") + 1 for line in lines] == [2, 3]
    assert len(root_of(drawing).findall("circle")) == 5
    assert "chưa có lượt trả lời" in alternatives(drawing)[1]


def test_the_newest_share_is_written_out_with_its_n() -> None:
    texts = [text.text or "" for text in root_of(trend(months(), "Hài lòng")).iter("text")]
    assert re.fullmatch(r"11/2026: \d+,\d % \(n = \d+\)", texts[0].replace(NBSP, " "))
    assert {"100 %", "50 %", "11/2025", "11/2026", "n"} <= {text.replace(NBSP, " ") for text in texts}


def test_no_share_is_below_the_foot_of_the_scale() -> None:
    good, bad = TrendMonth(DAY, "95.0", 40), TrendMonth(DAY, "49.9", 40)
    assert lowest([[good], [good]]) == 50
    assert lowest([[good], [good, bad]]) == 0
    assert lowest([[TrendMonth(DAY, None, 0)]]) == 0
