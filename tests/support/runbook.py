"""The runbook of `deploy/so-tay/` for the printer: `make runbook` writes build/so-tay/so-tay.html and .pdf.

One A4 a case. Its pictures are those of the gallery, smaller: `python -m tests.support.runbook --pictures`
draws them again into `deploy/so-tay/hinh/`, where the guides show them.
"""

import argparse
import re
import shutil
import subprocess
import sys
from datetime import datetime
from pathlib import Path

from markdown_it import MarkdownIt
from PIL import Image

FOLDER = Path("deploy/so-tay")
OUT = Path("build/so-tay")
SIZE = (1280, 800)
WIDTH = 640  # pixels of a picture: 100 dots an inch, printed 160 mm wide
MORNING = datetime.fromisoformat("2026-03-02T07:24:00+07:00")
PICTURE = re.compile(r"!\[[^\]]*\]\(hinh/([\w-]+)\.png\)")

STYLE = """
@page { size: A4; margin: 14mm 16mm 12mm }
* { box-sizing: border-box }
body { font: 11.5pt/1.42 "Liberation Sans", "Noto Sans", Arial, sans-serif; color: #14213d; margin: 0 auto;
       max-width: 178mm }
section { break-after: page }
section:last-child { break-after: auto }
h1 { font-size: 25pt; line-height: 1.15; margin: 0 0 1mm; color: #0b5d63 }
h1 + p { color: #4a5872; margin: 0 0 4mm }
img { display: block; width: 100mm; border: .3mm solid #c9ced6; border-radius: 2mm; margin: 0 0 4mm }
ol, ul { margin: 0 0 4mm; padding-left: 7mm }
ol { font-size: 12.5pt }
li { margin: 0 0 1.4mm; padding-left: 1mm }
li::marker { color: #0b5d63; font-weight: bold }
p { margin: 0 0 3mm }
table { border-collapse: collapse; width: 100%; margin: 0 0 4mm }
th, td { text-align: left; vertical-align: top; padding: 1.6mm 3mm; border-bottom: .2mm solid #c9ced6 }
th { border-bottom: .4mm solid #14213d; font-size: 10.5pt }
td:first-child { width: 36% }
code { font-family: "Liberation Mono", monospace; font-size: .92em }
footer { color: #4a5872; font-size: 9pt; border-top: .2mm solid #c9ced6; padding-top: 2mm; margin-top: 5mm }
@media screen { section { margin: 12mm 0; padding-bottom: 12mm; border-bottom: 1px solid #c9ced6 } }
"""


def cases() -> list[Path]:
    """The guides, in their order."""
    return sorted(FOLDER.glob("[0-9][0-9]-*.md"))


def pictures() -> set[str]:
    """The names of the pictures that they show."""
    return {name for case in cases() for name in PICTURE.findall(case.read_text("utf-8"))}


def page() -> str:
    """All cases as one document for the printer, with its pictures next to it."""
    markdown = MarkdownIt("commonmark").enable("table")
    sheets = [
        f"<section>\n{markdown.render(case.read_text('utf-8'))}"
        f"<footer>Hài Lòng · Sổ tay tại quầy, tờ {number} · Kỹ thuật: ……………………… "
        f"Người quản trị: ………………………</footer>\n</section>"
        for number, case in enumerate(cases(), start=1)
    ]
    head = '<!doctype html>\n<html lang="vi">\n<meta charset="utf-8">\n<title>Sổ tay tại quầy</title>'
    return f"{head}\n<style>{STYLE}</style>\n" + "\n".join(sheets) + "\n</html>\n"


def write(folder: Path) -> Path:
    """Write the document and its pictures to `folder`; returns its path."""
    (folder / "hinh").mkdir(parents=True, exist_ok=True)
    for name in pictures():
        shutil.copy(FOLDER / "hinh" / f"{name}.png", folder / "hinh")
    path = folder / "so-tay.html"
    path.write_text(page(), "utf-8")
    return path


def print_out(page: Path) -> Path:
    """The document as a PDF, by the browser of this system."""
    from tests.support.web_browser import WebBrowser

    pdf = page.with_suffix(".pdf")
    with WebBrowser() as web:
        sheet = web.browser.new_page()
        sheet.goto(page.resolve().as_uri())
        sheet.pdf(path=str(pdf), prefer_css_page_size=True, print_background=True)
    return pdf


def draw() -> None:
    """Draw the pictures again, on the display there is."""
    from tests.support.stage import open_stage, picture

    stage = open_stage(SIZE, OUT / ".kivy", now=lambda: MORNING)
    from tests.support.samples import samples

    wanted = pictures()
    (FOLDER / "hinh").mkdir(exist_ok=True)
    for name, shown in samples("vi"):
        if name in wanted:
            stage.show(shown, SIZE)
            small = picture(stage).resize((WIDTH, WIDTH * SIZE[1] // SIZE[0]), Image.Resampling.LANCZOS)
            few = small.quantize(96, dither=Image.Dither.NONE)
            few.save(FOLDER / "hinh" / f"{name}.png", optimize=True)


def main() -> None:
    """Write the document, or draw its pictures."""
    parser = argparse.ArgumentParser(description="The runbook for the printer")
    parser.add_argument("--pictures", action="store_true", help="draw its pictures again")
    parser.add_argument("--draw", action="store_true", help="the same on the display there is")
    asked = parser.parse_args()
    if asked.draw:
        draw()
    elif asked.pictures:
        from tests.support.display import Display

        with Display(SIZE) as display:
            command = [sys.executable, "-m", "tests.support.runbook", "--draw"]
            subprocess.run(command, env=display.environment(), check=True)
    else:
        print(print_out(write(OUT)))


if __name__ == "__main__":
    main()
