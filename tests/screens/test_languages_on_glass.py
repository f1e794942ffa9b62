"""Languages in a real terminal: a slip in a translation harms nobody, and Khmer is shown or refused."""

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.display import Display
from tests.support.finger import Finger
from tests.support.office import ROOT, Office
from tests.support.processes import running

pytestmark = pytest.mark.screen

NOTO = "/usr/share/fonts/truetype/noto/NotoSansKhmer-Regular.ttf"
KHMER_NAME = "ភាសាខ្មែរ"
ALARM = (0xB2, 0x3A, 0x5B)
WORDS = f"""
msgid "Tiếng Việt"
msgstr "{KHMER_NAME}"

msgid "Để sau"
msgstr "ចាប់ផ្តើម"

msgid "Khi nhận kết quả, mời ông/bà cho biết mức độ hài lòng tại đây."
msgstr "សូម\u200bវាយតម្លៃ\u200bសេវា\u200bនៅ\u200bទីនេះ"
"""


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """A copy of the terminal whose catalogues can be changed."""
    folder = tmp_path / "program"
    for name in ("kiosk", "assets"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "sync").symlink_to(ROOT / "sync")
    return folder


def catalogue(program: Path, language: str) -> Path:
    path = program / "assets" / "locales" / language / "LC_MESSAGES" / "hailong.po"
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


@contextmanager
def terminal(
    program: Path, folder: Path, *, alarm: bool = False, **settings: object
) -> Iterator[tuple[Display, Finger, Path]]:
    """The copy at work, with everything well but its languages; `alarm`: the idle screen says so."""
    size = {"width": 1280, "height": 800}
    with Display() as screen, Office(folder, {"screen": size, "volume": 0.0, **settings}) as office:
        described, said = folder / "described.jsonl", folder / "said"
        command = [sys.executable, "-P", "-m", "kiosk", "--config", str(office.folder / "kiosk.toml")]
        environment = {**os.environ, **screen.environment(), "PYTHONPATH": str(program)}
        with (
            said.open("wb") as log,
            running([*command, "--describe", str(described)], environment, log=log),
        ):
            finger = Finger(screen, described)
            finger.until("IdleView")
            screen.settle()
            if alarm:
                screen.until(lambda: ALARM in colours(screen), "the alarm")
            finger.scan(office.card("procedure", "1.001193"))
            finger.until("RatingView")
            screen.settle()
            yield screen, finger, said


def colours(screen: Display) -> set[object]:
    top = screen.picture().crop((0, 0, 1280, 160))
    return {colour for _, colour in top.getcolors(1280 * 160) or []}


def names(finger: Finger) -> set[str]:
    seen = finger.seen()
    assert seen is not None
    return {place.name for place in seen.targets}


def test_a_slip_in_a_translation_is_vietnamese_and_reported(program: Path, tmp_path: Path) -> None:
    english = catalogue(program, "en")
    text = english.read_text("utf-8").replace('msgstr "Not now"', 'msgstr ""')
    english.write_text(text.replace("starts over in {seconds}", "starts over in {secondes}"), "utf-8")
    patience = {"question": 15, "ready": 10}
    with terminal(program, tmp_path / "office", alarm=True, patience=patience) as (screen, finger, said):
        finger.press("English")
        screen.settle()
        assert "Để sau" in names(finger)
        finger.choose("Satisfied", "RatingView")
        finger.until("StillThereView", 60)  # here the slip ended the terminal
        screen.settle()
        told = said.read_text("utf-8")
    assert f"HL1012 [{english}: msgid “Để sau”]" in told
    assert "{secondes}" in told
    assert "Traceback" not in told


def test_khmer_is_shown_in_its_font(program: Path, tmp_path: Path) -> None:
    catalogue(program, "km").write_text(WORDS, "utf-8")
    fonts = {"km": NOTO}
    with terminal(program, tmp_path / "office", languages=["vi", "km"], fonts=fonts) as (
        screen,
        finger,
        said,
    ):
        before = screen.settle()
        finger.press(KHMER_NAME)
        screen.until_changed(before)
        screen.settle()
        assert "ចាប់ផ្តើម" in names(finger)
        screen.screenshot(ROOT / "build" / "khmer.png")
        assert "HL1013" not in said.read_text("utf-8")


def test_khmer_is_refused_without_its_font(program: Path, tmp_path: Path) -> None:
    catalogue(program, "km").write_text(WORDS, "utf-8")
    with terminal(program, tmp_path / "office", alarm=True, languages=["vi", "km"]) as (_, finger, said):
        assert not {KHMER_NAME, "KM"} & names(finger)
        assert f"HL1013 [[fonts] km ({KHMER_NAME})]" in said.read_text("utf-8")
