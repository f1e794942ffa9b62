"""The emblem that the configuration brings, as a file that can be drawn.

It lies in the terminal's own folder under a name made of its content: another emblem is another file.
"""

import base64
import hashlib
from binascii import Error
from pathlib import Path

from sync.contract.problem import ProblemError
from sync.contract.problem.terminal import PICTURE_UNUSABLE
from sync.contract.reasons import system_reason
from sync.host.secret_file import write_secret


def emblem_file(folder: Path, emblem: str) -> str:
    """The file with this emblem (a PNG in base64) in `folder`, written where it is not there whole.

    Raises ProblemError HL2016 where it can't be written, or is no base64.
    """
    try:
        content = base64.b64decode(emblem, validate=True)
    except Error as error:
        raise ProblemError(
            PICTURE_UNUSABLE(where="office.toml: emblem", detail="không phải base64")
        ) from error
    path = folder / f"emblem-{hashlib.sha256(content).hexdigest()[:12]}.png"
    if not _is_whole(path, len(content)):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            write_secret(path, content)
            for other in folder.glob("emblem-*.png"):
                if other != path:
                    other.unlink()
        except OSError as error:
            raise ProblemError(PICTURE_UNUSABLE(where=str(path), detail=system_reason(error))) from error
    return str(path)


def _is_whole(path: Path, size: int) -> bool:
    """Whether the file is there, and no power cut left it shorter."""
    try:
        return path.stat().st_size == size
    except OSError:
        return False
