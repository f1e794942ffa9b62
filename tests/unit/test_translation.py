"""A slip of a translator is found when the catalogue is read, and never when its words are needed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from kiosk.i18n import Catalogues, main
from kiosk.settings import ASSETS
from kiosk.translation import slip

WAIT = "Màn hình tạm khóa trong {seconds} giây."


@pytest.mark.parametrize(
    ("vietnamese", "translated"),
    [
        (WAIT, "The screen is locked for {secondes} seconds."),
        (WAIT, "The screen is locked."),
        (WAIT, "The screen is locked for {seconds seconds."),
        (WAIT, "The screen is locked for {} seconds."),
        (WAIT, "The screen is locked for {seconds:.f} seconds."),
        (WAIT, "The screen is locked for {seconds!x} seconds."),
        (WAIT, "The screen is locked for {seconds.real} seconds."),
        (WAIT, "{seconds} and once more {seconds}"),
        ("Gửi", "Send {name}"),
        ("Gửi", ""),
        ("Gửi", " \u00a0"),
        ("Gửi", "<b>Send</b>"),
        ("Gửi", "Send &amp; go"),
        ("Gửi", "[b]Send[/b]"),
        ("Gửi", "Send %(name)s"),
        ("Gửi", "Send\x07"),
        ("Gửi", "Send\u202e"),
        ("Gửi", "Send\nnow"),
    ],
)
def test_a_slip_is_found(vietnamese: str, translated: str) -> None:
    assert slip(vietnamese, translated)


@pytest.mark.parametrize(
    ("vietnamese", "translated"),
    [
        (WAIT, "{seconds} seconds: the screen is locked."),
        ("Gửi", "Send"),
        ("Gửi", "A < B, 5 % & more [1]"),
        ("Gửi", "ផ្ញើ\u200bចេញ"),
        ("một\nhai", "one\ntwo"),
    ],
)
def test_a_good_translation_has_none(vietnamese: str, translated: str) -> None:
    assert slip(vietnamese, translated) == ""


def test_the_shipped_catalogues_have_none(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    assert capsys.readouterr().out == ""


def catalogue(folder: Path, content: bytes) -> Path:
    path = folder / "xx" / "LC_MESSAGES" / "hailong.po"
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    return path


ENTRIES = f"""
msgid "{WAIT}"
msgstr "Locked for {{secondes}} seconds."

msgid "Gửi"
msgstr " "

msgid "Quay lại"
msgstr "Back"
"""


def test_a_wrong_entry_stays_vietnamese_and_the_others_count(tmp_path: Path) -> None:
    path = catalogue(tmp_path, ENTRIES.encode())
    catalogues = Catalogues(tmp_path)
    words = catalogues.translate("xx")
    assert words(WAIT).format(seconds=5) == "Màn hình tạm khóa trong 5 giây."
    assert words("Gửi") == "Gửi"
    assert words("Quay lại") == "Back"
    found = catalogues.problems("xx")
    assert [each.number for each in found] == ["HL1012", "HL1012"]
    assert found[0].where == f"{path}: msgid “{WAIT}”"
    assert "{secondes}" in found[0].detail
    assert "{seconds}" in found[0].detail


@pytest.mark.parametrize("content", ["Gửi".encode("utf-16"), b"nonsense", b"\xff\xfe"])
def test_a_catalogue_that_cannot_be_read_is_vietnamese(tmp_path: Path, content: bytes) -> None:
    path = catalogue(tmp_path, content)
    catalogues = Catalogues(tmp_path)
    assert catalogues.translate("xx")("Gửi") == "Gửi"
    (found,) = catalogues.problems("xx")
    assert (found.number, found.where) == ("HL1012", str(path))
    assert found.detail


@pytest.mark.programs
def test_the_command_names_file_and_entry(tmp_path: Path) -> None:
    path = catalogue(tmp_path, ENTRIES.encode())
    done = subprocess.run(
        [sys.executable, "-m", "kiosk.i18n", str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ASSETS.parent)},
    )
    assert done.returncode == 1
    assert f"HL1012 [{path}: msgid “Gửi”]" in done.stdout
    assert done.stdout.count("HL1012") == 2
