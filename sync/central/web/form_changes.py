"""What one version of a form changes in another, as rows of a table. Pure."""

from msgspec import Struct

from sync.central.web.look import Look
from sync.contract.meaning import Kind, compare
from sync.contract.survey import Survey

KINDS: dict[Kind, str] = {
    "added": "thêm",
    "removed": "bỏ",
    "meaning": "đổi nghĩa",
    "reworded": "đổi lời",
    "presented": "đổi cách hỏi",
    "moved": "dời chỗ",
}


class ChangeRow(Struct, frozen=True, kw_only=True):
    """One change. kind: in words; meaning: it may not be made under the same id. key: of the TOML."""

    kind: str
    meaning: bool
    question: str
    key: str
    before: str
    after: str


def change_rows(look: Look, before: Survey, after: Survey) -> tuple[ChangeRow, ...]:
    """The changes from `before` to `after`."""
    return tuple(
        ChangeRow(
            kind=look.say(KINDS[change.kind]),
            meaning=change.kind == "meaning",
            question=change.question or look.say("cả phiếu"),
            key=change.key,
            before=change.before,
            after=change.after,
        )
        for change in compare(before, after)
    )
