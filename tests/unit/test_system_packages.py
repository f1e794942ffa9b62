"""deploy/system-packages.sh installs what a terminal's languages need."""

import os
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "deploy" / "system-packages.sh"


@pytest.mark.programs
@pytest.mark.parametrize(
    ("languages", "fonts"),
    [('["vi", "en"]', False), ('["vi", "km"]', True), ('["rad", "vi"]', True), (None, False)],
)
def test_the_fonts_come_with_the_languages_that_need_them(
    tmp_path: Path, languages: str | None, fonts: bool
) -> None:
    """Where there is no dpkg the script only says what it would install."""
    config = tmp_path / "kiosk.toml"
    if languages:
        config.write_text(f"languages = {languages}\n", "utf-8")
    for program in ("sh", "grep"):
        found = subprocess.run(
            ["sh", "-c", f"command -v {program}"], capture_output=True, text=True, check=True
        )
        (tmp_path / program).symlink_to(found.stdout.strip())
    environment = {**os.environ, "PATH": str(tmp_path), "HAILONG_KIOSK": str(config)}
    done = subprocess.run(
        ["sh", str(SCRIPT), "terminal"], env=environment, capture_output=True, text=True, check=True
    )
    assert "espeak-ng" in done.stderr
    assert ("fonts-noto-core" in done.stderr) == fonts
