"""Every screen × language × size × contrast as a picture: `make gallery` writes build/gallery/.

One process a window size, on a display of its own; the pictures are read back from what was drawn. A contact
sheet a size shows them side by side.

    build/gallery/1280x800/vi-rating.png
    build/gallery/1280x800/sheet-vi.png
    build/gallery/film-kien-hung.png         the shortest visit of each survey, see `tests/support/film.py`
    build/gallery/pages/                     the pages of administrators, see `tests/support/page_gallery.py`
"""

import argparse
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

from PIL import Image

from kiosk.widgets.criteria_layout import criteria_that_fit
from kiosk.widgets.theme import Theme

SIZES = ((800, 480), (1024, 600), (1280, 800), (1920, 1080), (800, 1280), (1080, 1920))
NOON = datetime.fromisoformat("2026-03-02T09:41:00+07:00")
OUT = Path("build/gallery")


def main() -> None:
    """All sizes, or the one that is asked for."""
    parser = argparse.ArgumentParser(description="Pictures of every screen")
    parser.add_argument("--size", help="only this one, such as 1280x800")
    parser.add_argument("--only", default="", help="only screens whose name contains this")
    parser.add_argument("--draw", action="store_true", help="draw here, on the display there is")
    parser.add_argument("--dpi", type=int, default=0, help="of the panel; 0: it does not tell")
    parser.add_argument("--step", type=int, default=0, help="text size: 0, 1 or 2")
    asked = parser.parse_args()
    sizes = [size for size in SIZES if asked.size in (None, "{}x{}".format(*size))]
    if asked.draw:
        draw(sizes[0], asked.only, asked.step, asked.dpi)
        return
    from tests.support.display import Display

    for size in sizes:
        with Display(size) as display:
            command = [
                sys.executable,
                "-m",
                "tests.support.gallery",
                "--draw",
                "--size",
                "{}x{}".format(*size),
            ]
            command += ["--only", asked.only, "--step", str(asked.step), "--dpi", str(asked.dpi)]
            subprocess.run(command, env=display.environment(), check=True)
        print(OUT / "{}x{}".format(*size), flush=True)
    if not (asked.size or asked.only):
        subprocess.run([sys.executable, "-m", "tests.support.film"], check=True)
        subprocess.run([sys.executable, "-m", "tests.support.page_gallery"], check=True)


def draw(size: tuple[int, int], only: str, step: int, dpi: int) -> None:
    """Draw every sample in a window of `size`, and write it."""
    from tests.support.stage import open_stage, picture

    stage = open_stage(size, OUT / ".kivy", now=lambda: NOON, dpi=lambda: dpi)
    from tests.support.samples import samples

    folder = OUT / "{}x{}".format(*size)
    folder.mkdir(parents=True, exist_ok=True)
    criteria = criteria_that_fit(Theme(width=size[0], height=size[1], dpi=dpi, text_step=step))
    for language in ("vi", "en"):
        for contrast in (False, True):
            made: list[Image.Image] = []
            for name, shown in samples(language, step, contrast, criteria):
                if only not in name:
                    continue
                stage.show(shown, size)
                made.append(picture(stage))
                kind = f"{language}{'-contrast' if contrast else ''}"
                made[-1].save(folder / f"{kind}-{name}.png")
            sheet(made).save(folder / f"sheet-{kind}.png")


def sheet(pictures: list[Image.Image], columns: int = 5, width: int = 480) -> Image.Image:
    """All pictures side by side, each `width` pixels wide."""
    gap = 12
    height = round(width * pictures[0].height / pictures[0].width)
    rows = -(-len(pictures) // columns)
    whole = Image.new("RGB", (columns * (width + gap) + gap, rows * (height + gap) + gap), "#9aa3ad")
    for index, one in enumerate(pictures):
        row, column = divmod(index, columns)
        small: Any = one.resize((width, height), Image.Resampling.LANCZOS)
        whole.paste(small, (gap + column * (width + gap), gap + row * (height + gap)))
    return whole


if __name__ == "__main__":
    main()
