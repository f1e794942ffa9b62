"""Letters that Roboto lacks are set as another shaping program sets them: Khmer, and the marks of Ê Đê."""

import json
import os
import subprocess
import sys
from pathlib import Path

import polib
import pytest
from PIL import Image, ImageFont

from tests.support.display import Display

ROOT = Path(__file__).parents[2]
NOTO = Path("/usr/share/fonts/truetype/noto")
FONTS = {"km": NOTO / "NotoSansKhmer-Regular.ttf", "rad": NOTO / "NotoSans-Regular.ttf"}
SIZE = 40
SHAPE = """
import json, sys
from pathlib import Path
from kiosk.widgets.typefaces import runs, shaped_width, use_fonts
use_fonts([Path(font) for font in json.loads(sys.argv[1])])
cut = [runs(text, bold=False) for text in json.loads(sys.argv[2])]
widths = [[shaped_width(run, 40) if run.font else 0 for run in line] for line in cut]
print(json.dumps([[(run.text, run.font, wide) for run, wide in zip(*line)] for line in zip(cut, widths)]))
"""

Line = list[tuple[str, str, int]]


def shaped(tmp_path: Path, fonts: list[Path], texts: list[str]) -> list[Line]:
    """Each text in runs of one font each: words, font and width."""
    environment = {**os.environ, "KIVY_HOME": str(tmp_path), "KIVY_NO_ARGS": "1", "KIVY_NO_CONSOLELOG": "1"}
    command = [sys.executable, "-c", SHAPE, json.dumps([str(font) for font in fonts]), json.dumps(texts)]
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=True)
    lines: list[Line] = json.loads(done.stdout.splitlines()[-1])
    return lines


@pytest.mark.parametrize("language", FONTS)
def test_letters_and_marks_join_as_another_program_joins_them(tmp_path: Path, language: str) -> None:
    font = FONTS[language]
    path = Path(__file__).parents[1] / "support" / "locales" / language / "LC_MESSAGES" / "hailong.po"
    texts = [entry.msgstr for entry in polib.pofile(str(path))]
    reference = ImageFont.truetype(str(font), SIZE, layout_engine=ImageFont.Layout.RAQM)
    compared = 0
    for line in shaped(tmp_path, [font], texts):
        for text, used, width in line:
            if used:
                compared += 1
                assert width == pytest.approx(reference.getlength(text), abs=len(text) * 0.5 + 1), text
    assert compared >= 3


def test_a_mark_stays_with_its_letter_and_a_word_in_one_font(tmp_path: Path) -> None:
    (line, plain) = shaped(tmp_path, list(FONTS.values()), ["Ƀuôn ê̆ 12, mơ̆ng", "Quay lại"])
    assert [(text, Path(font).name) for text, font, _ in line] == [
        ("Ƀuôn ê̆ 12, mơ̆ng", "NotoSans-Regular.ttf")
    ]
    assert [(text, font) for text, font, _ in plain] == [("Quay lại", "")]


def test_two_scripts_on_a_line_are_set_in_a_font_each(tmp_path: Path) -> None:
    (line,) = shaped(tmp_path, list(FONTS.values()), ["ភាសាខ្មែរ mơ̆ng"])
    assert "".join(text for text, _, _ in line) == "ភាសាខ្មែរ mơ̆ng"
    fonts = {text.strip(): Path(font).name for text, font, _ in line}
    assert fonts["ភាសាខ្មែរ"] == "NotoSansKhmer-Regular.ttf"
    assert not any(text.startswith("\u0306") for text, _, _ in line)


DRAW = """
import json, sys
from datetime import datetime
from pathlib import Path
from tests.support.stage import open_stage, picture
home, fonts, texts = Path(sys.argv[1]), json.loads(sys.argv[2]), json.loads(sys.argv[3])
stage = open_stage((800, 480), home, now=datetime.now)
from kiosk.widgets.lettering import Lettering
from kiosk.widgets.typefaces import use_fonts
use_fonts(map(Path, fonts))
for place, text in enumerate(texts):
    stage.clear_widgets()
    lettering = Lettering()
    stage.add_widget(lettering)
    lettering.place(text, (100, 100, 600, 200), 40, (1, 1, 1, 1))
    picture(stage).save(home / f"{place}.png")
"""

# Subscripts that hang low, a vowel around its letter, two marks over a capital.
DEEP, AROUND, HIGH = "ហៅមន្ត្រី", "ចាប់ផ្តើម", "ƀ Ê̆ Ô̆ mơ̆ng"


def inked(path: Path) -> tuple[int, int, int, int]:
    box = Image.open(path).convert("L").point(lambda value: 255 * (value > 128)).getbbox()
    assert box is not None
    return box


@pytest.mark.screen
def test_nothing_of_a_letter_is_cut_off(tmp_path: Path) -> None:
    texts = [DEEP, AROUND, HIGH]
    with Display((800, 480)) as display:
        environment = {**display.environment(), "PYTHONPATH": str(ROOT)}
        fonts = json.dumps([str(font) for font in FONTS.values()])
        command = [sys.executable, "-c", DRAW, str(tmp_path), fonts, json.dumps(texts)]
        subprocess.run(command, env=environment, cwd=ROOT, check=True, timeout=60)
    for place, text in enumerate(texts):
        font = FONTS["km" if text in (DEEP, AROUND) else "rad"]
        reference = ImageFont.truetype(str(font), SIZE, layout_engine=ImageFont.Layout.RAQM)
        left, top, right, bottom = reference.getbbox(text)
        box = inked(tmp_path / f"{place}.png")
        assert box[2] - box[0] == pytest.approx(right - left, abs=6), text  # whole pixels a letter
        assert box[3] - box[1] == pytest.approx(bottom - top, abs=3), text
