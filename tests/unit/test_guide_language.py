"""Guides for offices are in Vietnamese alone."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ASSETS = [ROOT / "assets" / name for name in ("README.md", "excel/README.md")]
FOR_DEVELOPERS = ROOT / "deploy" / "windows-android.md"
GUIDES = sorted({*(ROOT / "deploy").rglob("*.md"), *ASSETS} - {FOR_DEVELOPERS})
BLOCK = re.compile(r"^```\w*\n.*?^```", re.DOTALL | re.MULTILINE)
COMMENT = re.compile(r"(?:^|\s)# (.*)$", re.MULTILINE)
# What a machine reads or shows is in its own language.
VERBATIM = re.compile(r"`[^`]*`|(?:\[[\w/.-]+)?\]\([^)]*\)")
BOUNDARY = re.compile(r"[|.:;?!*·()]|\n\n|\n(?=[#-])")


def foreign(guide: str) -> list[str]:
    """What lies between two boundaries, with four words or more and without one Vietnamese letter."""
    comments = [comment for block in BLOCK.findall(guide) for comment in COMMENT.findall(block)]
    prose = VERBATIM.sub("…", "\n\n".join([BLOCK.sub("\n\n", guide), *comments]))
    return [
        part.strip()
        for part in BOUNDARY.split(prose)
        if len(re.findall(r"\b[a-z]{2,}\b", part)) >= 4 and not re.search(r"[^\W\x00-\x7f]", part)
    ]


def test_a_second_language_is_found() -> None:
    assert foreign("Mọi lệnh nhận `-q`. *Each of them takes `-q` too.*") == ["Each of them takes … too"]
    assert foreign("| giữ | một bản | they go on without it |") == ["they go on without it"]
    assert foreign("```sh\nls  # chỉ xem · look at what is there\n```") == ["look at what is there"]


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_guide_is_in_vietnamese_alone(guide: Path) -> None:
    text = guide.read_text("utf-8")
    assert foreign(text) == []
    assert " · " not in text  # between the words of two languages
