"""The job of a pull: centre, filters and output; and the token, from a file that only its owner can read."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from msgspec import Struct

from sync.contract.problem import ProblemError
from sync.contract.problem.pull import TOKEN_MISSING
from sync.tables.column import Headings

Format = Literal["csv", "jsonl", "xlsx", "parquet"]
TOKEN_VARIABLE = "HAILONG_TOKEN"


class Job(Struct, frozen=True, kw_only=True):
    """One pull that is repeated. centre: its address. filters: parameters of `/v1/responses`.

    separator: between the cells of a CSV file. headings: the kind of headings above the columns.
    """

    centre: str
    output: Path
    format: Format
    filters: Mapping[str, str]
    separator: str = ","
    headings: Headings = "ids"

    @property
    def wire_format(self) -> str:
        """The format requested from the centre: whole responses, or typed rows for any kind of table."""
        return "ndjson" if self.format == "jsonl" else "arrays"

    @property
    def look(self) -> str:
        """Everything that affects how the output is written; if it changes, the output is written again."""
        return f"{self.format} {self.separator} {self.headings}"

    @property
    def name(self) -> str:
        """Everything that must stay the same between runs, or rows would be missing or duplicated."""
        filters = "&".join(f"{name}={value}" for name, value in sorted(self.filters.items()))
        kind = "ndjson" if self.format == "jsonl" else "csv"
        return f"{self.centre} {kind} {filters}"


def read_token(file: Path | None, environment: Mapping[str, str]) -> str:
    """The token in `file` (mode 600), else in the environment; raises ProblemError HL4201."""
    if file is None:
        token = environment.get(TOKEN_VARIABLE, "")
    else:
        try:
            if os.name == "posix" and file.stat().st_mode & 0o077:
                raise ProblemError(TOKEN_MISSING(where=str(file), detail="người khác đọc được: chmod 600"))
            token = file.read_text("utf-8-sig").strip()  # Notepad writes a byte order mark
        except (OSError, UnicodeDecodeError) as error:
            raise ProblemError(TOKEN_MISSING(where=str(file), detail="không đọc được")) from error
    if not token or not token.isascii() or any(letter.isspace() for letter in token):
        raise ProblemError(
            TOKEN_MISSING(where=str(file or TOKEN_VARIABLE), detail="không có mã truy cập trong đó")
        )
    return token
