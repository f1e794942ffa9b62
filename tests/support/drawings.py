"""Every drawing with invented figures; `python -m tests.support.drawings sheet.html` makes a page of them."""

import sys
from datetime import date, timedelta
from pathlib import Path
from random import Random

from sync.central.presenting.drawing.dot_plot import Dot, Whole, dot_plot
from sync.central.presenting.drawing.heat_strip import (
    HeatGroup,
    heat_strip,
    shade_names,
    shade_swatch,
)
from sync.central.presenting.drawing.level_bar import level_bar, level_swatch
from sync.central.presenting.drawing.markup import Svg
from sync.central.presenting.drawing.quadrants import Mark, quadrants
from sync.central.presenting.drawing.spark_strip import StripDay, highest, series_swatch, spark_strip
from sync.central.presenting.drawing.trend import TrendMonth, lowest, trend
from sync.central.presenting.language import Language
from sync.contract.colours import GROUND, INK, SURFACE

LEVELS = ("Rất hài lòng", "Hài lòng", "Bình thường", "Không hài lòng", "Rất không hài lòng")
UNIT = "Công an xã & “một cửa” <Mẫu>"
"""A name that has to be escaped."""
BARS: tuple[dict[int, int], ...] = (
    {5: 14, 4: 5, 3: 1, 2: 1, 1: 1},
    {5: 100, 4: 80, 3: 60, 2: 40, 1: 30},
    {5: 0, 4: 22, 3: 0, 2: 0, 1: 0},
    {5: 1700, 4: 120, 3: 12, 2: 3, 1: 1},
    {5: 0, 4: 0, 3: 0, 2: 0, 1: 4},
    {5: 0, 4: 0, 3: 0, 2: 0, 1: 0},
)
THREE_LEVELS = {3: 40, 2: 12, 1: 6}


def strip(seed: int = 1, *, returned: bool = True) -> list[StripDay]:
    """Fourteen days with two weekends, a day that nothing is known of, and a day without anything."""
    random = Random(seed)
    first, days = date(2026, 11, 10), []
    for passed in range(14):
        day = first + timedelta(days=passed)
        if day.weekday() >= 5:
            days.append(
                StripDay(day=day, closed=True, returned=0 if returned else None, tagged=0, answered=0)
            )
        elif passed == 7:
            days.append(StripDay(day=day))
        elif passed == 9:
            days.append(StripDay(day=day, returned=0 if returned else None, tagged=0, answered=0))
        else:
            number = random.randrange(20, 80)
            tagged = int(number * random.uniform(0.7, 1.05))
            answered = int(tagged * random.uniform(0.4, 0.9))
            days.append(
                StripDay(day=day, returned=number if returned else None, tagged=tagged, answered=answered)
            )
    return days


DOTS = (
    Dot(label="Quầy 1", percent="90.5", n=210, before="84.0"),
    Dot(
        label="Chứng thực bản sao từ bản chính giấy tờ do cơ quan có thẩm quyền cấp",
        percent="86.4",
        n=22,
    ),
    Dot(label=UNIT, percent="61.0", n=118, before="72.5", low="52.0", high="69.3"),
    Dot(label="Quầy 4", percent=None, n=0, before="40.0"),
    Dot(label="Quầy 6", percent=None, n=None),
    Dot(label="Quầy 5", percent="100.0", n=1234),
)


MARKS = tuple(
    Mark(number=number, label=label, share=share, correlation=correlation, n=n)
    for number, (label, share, correlation, n) in enumerate(
        (
            ("Thời gian chờ", 61.2, 0.74, 138),
            ("Hướng dẫn rõ ràng", 84.0, 0.71, 137),
            (UNIT, 83.5, 0.70, 138),
            ("Cơ sở vật chất", 92.3, 0.31, 98),
            ("Phí, lệ phí", 100.0, -0.05, 22),
        ),
        start=1,
    )
)


def province(communes: int = 168) -> list[HeatGroup]:
    """The communes of one province, without groups."""
    random = Random(3)
    return [HeatGroup("", [random.choice((None, 0, 1, 2, 3, 3, 3, 4, 4)) for _ in range(communes)])]


def country() -> list[HeatGroup]:
    """3,321 communes in 34 provinces of different size."""
    random = Random(4)
    sizes = [60 + 5 * (at % 16) for at in range(34)]
    sizes[-1] += 3321 - sum(sizes)
    return [
        HeatGroup(f"Tỉnh Mẫu {at}", [random.choice((None, 0, 1, 2, 3, 4)) for _ in range(size)])
        for at, size in enumerate(sizes, start=1)
    ]


def months(seed: int = 5) -> list[TrendMonth]:
    """Thirteen months, one without answers, one with few."""
    random = Random(seed)
    made = []
    for at in range(13):
        month = date(2025 + (10 + at) // 12, (10 + at) % 12 + 1, 1)
        n = 0 if at == 4 else 12 if at == 7 else random.randrange(60, 400)
        made.append(TrendMonth(month, f"{random.uniform(70, 96):.1f}" if n else None, n))
    return made


def every_drawing(language: Language = "vi") -> dict[str, Svg]:
    """Each kind of drawing by name, in the states that it can have."""
    drawings = {f"level bar {at}": level_bar(counts, language) for at, counts in enumerate(BARS)}
    drawings["level bar of three"] = level_bar(THREE_LEVELS, language)
    drawings["spark strip"] = spark_strip(strip(), language)
    drawings["spark strip, nothing known of lists"] = spark_strip(strip(2, returned=False), language)
    drawings["spark strip, nothing at all"] = spark_strip([StripDay(day=date(2026, 11, 23))] * 14, language)
    drawings["dot plot"] = dot_plot(DOTS, f"Hài lòng, {UNIT}", language, whole=Whole("Cả phường", "84.2"))
    drawings["dot plot of one"] = dot_plot(DOTS[:1], "Hài lòng", language)
    names = shade_names(language)
    drawings["heat strip of a province"] = heat_strip(province(), "Trả lời", names, language)
    drawings["heat strip of a country"] = heat_strip(country(), "Trả lời", names, language)
    drawings["quadrants"] = quadrants(MARKS, f"Mức quan trọng, {UNIT}", language)
    drawings["quadrants of one"] = quadrants(MARKS[:1], "Mức quan trọng", language)
    drawings["trend"] = trend(months(), f"Hài lòng, {UNIT}", language)
    drawings["trend of a month"] = trend(months()[:1], "Hài lòng", language)
    return drawings


def sheet() -> str:
    """A page with all of them."""
    foot = lowest([months(seed) for seed in (5, 6, 7)])
    strips = [strip(seed) for seed in (1, 2, 6)]
    levels = "".join(f"<p>{level_swatch(5 - at)} {name}</p>" for at, name in enumerate(LEVELS))
    series = "".join(f"<p>{series_swatch(name)} {name}</p>" for name in ("returned", "tagged", "answered"))
    shades = "".join(f"<p>{shade_swatch(at)} {name}</p>" for at, name in enumerate(shade_names()))
    shades += f"<p>{shade_swatch(None)} chưa biết</p>"
    small = "".join(
        f"<figure><figcaption>Quầy {at}</figcaption>{spark_strip(days, scale=highest(strips))}</figure>"
        for at, days in enumerate(strips, start=1)
    )
    trends = "".join(
        f"<figure><figcaption>Quầy {seed}</figcaption>{trend(months(seed), 'Hài lòng', foot=foot)}</figure>"
        for seed in (5, 6, 7)
    )
    rows = "".join(
        f"<figure><figcaption>{name}</figcaption>{drawing}</figure>"
        for name, drawing in every_drawing().items()
    )
    style = (
        f"body{{font:14px 'Segoe UI',Roboto,'Noto Sans',sans-serif;color:{INK};background:{GROUND}}}"
        f"section{{background:{SURFACE};padding:16px;margin:16px;display:flex;flex-wrap:wrap;gap:16px 40px}}"
        "figure,p{margin:0}figcaption{font-size:12px;margin-bottom:4px}"
    )
    return (
        f"<!doctype html><html lang=vi><meta charset=utf-8><title>Drawings</title><style>{style}</style>"
        f"<section>{levels}{series}{shades}</section><section>{small}</section><section>{trends}</section>"
        f"<section>{rows}</section></html>"
    )


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(sheet(), encoding="utf-8")
