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

KHMER_NAME = "ភាសាខ្មែរ"
ALARM = (0xB2, 0x3A, 0x5B)
RHADE_NAME = "Klei Êđê"
EXAMPLES = ROOT / "tests" / "support" / "locales"


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


def example(program: Path, language: str, code: str = "", name: str = "", called: str = "") -> None:
    """Give the copy the example catalogue of a language, under another `code` with another name."""
    text = (EXAMPLES / language / "LC_MESSAGES" / "hailong.po").read_text("utf-8")
    catalogue(program, code or language).write_text(text.replace(name, called) if name else text, "utf-8")


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
    corner = screen.picture().crop((0, 640, 640, 800))
    return {colour for _, colour in corner.getcolors(640 * 160) or []}


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


@pytest.mark.parametrize(
    ("language", "name", "call"), [("km", KHMER_NAME, "ហៅមន្ត្រី"), ("rad", RHADE_NAME, "Ƀuôn čar ñu")]
)
def test_a_language_is_shown_in_the_font_of_its_letters(
    program: Path, tmp_path: Path, language: str, name: str, call: str
) -> None:
    example(program, language)
    with terminal(program, tmp_path / "office", languages=["vi", language]) as (screen, finger, said):
        before = screen.settle()
        finger.press(name)
        screen.until_changed(before)
        screen.settle()
        assert call in names(finger)
        assert "Để sau" in names(finger)  # not translated: in Vietnamese
        screen.screenshot(ROOT / "build" / f"{language}.png")
        assert "HL1013" not in said.read_text("utf-8")


def test_a_language_without_a_font_is_refused(program: Path, tmp_path: Path) -> None:
    example(program, "km", "zh", KHMER_NAME, "中文")
    with terminal(program, tmp_path / "office", alarm=True, languages=["vi", "zh"]) as (_, finger, said):
        assert not {"中文", "ZH"} & names(finger)
        assert "HL1013 [[fonts] zh (中文)]" in said.read_text("utf-8")


def test_three_languages_are_chosen_from_a_list(program: Path, tmp_path: Path) -> None:
    for language in ("km", "rad"):
        example(program, language)
    languages = ["vi", "km", "rad"]
    with terminal(program, tmp_path / "office", languages=languages) as (screen, finger, _):
        finger.press("Tiếng Việt")
        finger.until("LanguageListView")
        screen.settle()
        assert {"Tiếng Việt", KHMER_NAME, RHADE_NAME} <= names(finger)
        screen.screenshot(ROOT / "build" / "languages.png")
        finger.press(RHADE_NAME)
        finger.until("RatingView")
        screen.settle()
        assert "Ƀuôn čar ñu" in names(finger)
