"""Documents compared with files that a person reads when they change.

`HAILONG_GOLDEN=write` in the environment writes them again.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from sync.central.reports.model import Block, Document, Table

GOLDEN = Path(__file__).parents[1] / "contract" / "golden"


def check_golden(made: Document, name: str) -> None:
    """The document says what its file says."""
    text = "".join(_lines_of(made))
    file = GOLDEN / f"{name}.jsonl"
    if os.environ.get("HAILONG_GOLDEN") == "write":
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, "utf-8")
    assert text == file.read_text("utf-8")


def _lines_of(made: Document) -> Iterator[str]:
    """As JSON, a line for what surrounds the document, each block, and each row of a table."""
    yield _line(replace(made, body=(), appendices=()))
    for block in made.body:
        yield from _block_lines(block)
    for appendix in made.appendices:
        yield _line(replace(appendix, blocks=()))
        for block in appendix.blocks:
            yield from _block_lines(block)


def _block_lines(block: Block) -> Iterator[str]:
    if isinstance(block, Table):
        yield _line(replace(block, rows=()))
        for row in block.rows:
            yield _line(row)
    else:
        yield _line(block)


def _line(part: Struct) -> str:
    return msgspec.json.encode(part).decode() + "\n"
