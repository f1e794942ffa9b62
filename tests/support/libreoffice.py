"""LibreOffice as an independent reader of what we write."""

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from sync.central.office.cards.paper import font_folder

# The measure of a line depends on the fonts of the machine; with ours, Times New Roman is Liberation Serif.
_FONTS = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>{fonts}</dir><cachedir>{cache}</cachedir><alias binding="same">
<family>Times New Roman</family><prefer><family>Liberation Serif</family></prefer></alias></fontconfig>
"""


def installed() -> bool:
    """Whether there is one."""
    return shutil.which("soffice") is not None


def as_pdf(files: Mapping[str, bytes], folder: Path) -> dict[str, Path]:
    """Each file, by its name, as the PDF that LibreOffice makes of it; all by one process."""
    return _converted(files, folder, "pdf")


def saved_workbook(content: bytes, folder: Path) -> bytes:
    """A workbook as LibreOffice writes it after opening it."""
    return _converted({"book.xlsx": content}, folder, "xlsx")["book.xlsx"].read_bytes()


def _converted(files: Mapping[str, bytes], folder: Path, kind: str) -> dict[str, Path]:
    for name, content in files.items():
        (folder / name).write_bytes(content)
    (folder / "fonts.conf").write_text(_FONTS.format(fonts=font_folder().resolve(), cache=folder / "cache"))
    done = subprocess.run(
        ["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless", "--norestore"]
        + ["--convert-to", kind, "--outdir", str(folder / kind)]
        + [str(folder / name) for name in files],
        env={**os.environ, "HOME": str(folder), "FONTCONFIG_FILE": str(folder / "fonts.conf")},
        capture_output=True,
        text=True,
        timeout=150,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return {name: folder / kind / f"{Path(name).stem}.{kind}" for name in files}
