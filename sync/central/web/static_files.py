"""Style and script of the pages, at addresses that name their content: a browser never shows an old one."""

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

_FOLDER = Path(__file__).parent / "static"
_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
PREFIX = "/tinh"
_COMMENT = re.compile(rb"/\*.*?\*/\n?", re.DOTALL)


class StaticFile(Struct, frozen=True):
    """One file as it is sent; address: with a digest of its content."""

    address: str
    media_type: str
    content: bytes


def load_static() -> Mapping[str, StaticFile]:
    """The files of the folder by their names."""
    return {path.name: _read(path) for path in sorted(_FOLDER.iterdir()) if path.suffix in _TYPES}


def _read(path: Path) -> StaticFile:
    content = path.read_bytes()
    if path.suffix == ".css":
        content = _COMMENT.sub(b"", content)  # for who writes it, not for who loads it
    digest = hashlib.sha256(content).hexdigest()[:16]
    return StaticFile(f"{PREFIX}/{digest}/{path.name}", _TYPES[path.suffix], content)
