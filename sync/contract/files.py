"""Reads files that people write: as text, or decoded. A bad one is refused with file, key and reason."""

from pathlib import Path
from typing import Any, TypeVar

import msgspec

from sync.contract.decoding import decoder_reason, reason_and_key
from sync.contract.problem import ProblemError
from sync.contract.problem.files import ENTRY_INVALID, FILE_MALFORMED, FILE_NOT_UTF8, FILE_UNREADABLE
from sync.contract.reasons import system_reason
from sync.contract.text import nfc

T = TypeVar("T")


def read_text(path: Path) -> str:
    """The text of a file, with or without a byte order mark; raises ProblemError HL1001, HL1010."""
    try:
        return path.read_text("utf-8-sig")
    except OSError as error:
        raise ProblemError(FILE_UNREADABLE(where=str(path), detail=system_reason(error))) from error
    except UnicodeDecodeError as error:
        raise ProblemError(FILE_NOT_UTF8(where=str(path))) from error


def read_toml(path: Path, type: type[T]) -> T:
    """The TOML file `path` as `type`; raises ProblemError as `read_text` and `decode_toml`."""
    return decode_toml(read_text(path), type, str(path))


def decode_toml(text: str, type: type[T], where: str) -> T:
    """TOML as `type`, its texts in NFC; `where` names the file. Raises ProblemError HL1002, HL1003."""
    try:
        return msgspec.toml.decode(nfc(text).encode(), type=type, dec_hook=_decode)
    except msgspec.ValidationError as error:
        reason, key = reason_and_key(error)
        raise ProblemError(ENTRY_INVALID(where=f"{where}: {key}" if key else where, detail=reason)) from error
    except msgspec.DecodeError as error:
        raise ProblemError(FILE_MALFORMED(where=where, detail=decoder_reason(str(error)))) from error


def _decode(type: Any, value: Any) -> Any:
    """Decode paths, which TOML holds as text."""
    if type is Path and isinstance(value, str):
        return Path(value)
    raise NotImplementedError(type)
