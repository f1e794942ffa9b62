"""The transfer format of a bundle: its files in one document, signed by the answer that carries it."""

import re

from msgspec import Struct

from sync.contract.problem import ProblemError
from sync.contract.problem.files import ENTRY_INVALID
from sync.contract.response import Moment

_NAME = re.compile(r"([a-z0-9_-]{1,64}/)?[a-z0-9][a-z0-9_.-]{0,63}\.(toml|json)")


class BundleDocument(Struct, frozen=True, forbid_unknown_fields=True):
    """files: path within the bundle folder -> text."""

    version: int
    issued: Moment
    files: dict[str, str]


def check_paths(document: BundleDocument) -> None:
    """Raise ProblemError HL1003 if a path could lead out of the bundle folder."""
    for path in document.files:
        if not _NAME.fullmatch(path):
            raise ProblemError(ENTRY_INVALID(where="files", detail="gói cấu hình không có đường dẫn này"))
