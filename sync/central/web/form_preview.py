"""A form as the page draws it: on the glass, on paper, on a phone. Pure.

One list of scenes is drawn in three ways, so no way shows other words than another.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Literal

from msgspec import Struct

from sync.central.office.forms.scenes import Asked, Scene, scenes_of
from sync.central.office.forms.terminal_words import terminal_words
from sync.contract.survey import Survey
from sync.contract.text import pick

Device = Literal["may", "giay", "dien-thoai"]
DEVICES: tuple[Device, ...] = ("may", "giay", "dien-thoai")
_KEYS = (
    "sắc huyền hỏi ngã nặng Ă Â Đ Ê Ô Ơ Ư",
    "Q W E R T Y U I O P",
    "A S D F G H J K L",
    "Z X C V B N M",
)


class Block(Struct, frozen=True, kw_only=True):
    """Questions that paper prints together: a table of ratings, or one question. first: its number."""

    first: int
    asked: tuple[Asked, ...]
    table: bool


class Preview(Struct, frozen=True, kw_only=True):
    """A form to be drawn. device: on what.

    other: the name of another language on the glass, "" none. send, back, call: words on buttons.
    keys: the rows of the keyboard, as far as it is drawn.
    """

    device: Device
    language: str
    title: str
    summary: str
    scenes: tuple[Scene, ...]
    blocks: tuple[Block, ...]
    other: str
    send: str
    back: str
    call: str
    keys: tuple[str, ...] = _KEYS


def preview_of(survey: Survey, device: Device, language: str) -> Preview:
    """The preview of this form; in Vietnamese if it has no such language."""
    language = language if language in survey.languages else "vi"
    scenes, say = scenes_of(survey, language), terminal_words(survey, language)
    others = [each for each in survey.languages if each != language]
    return Preview(
        device=device,
        language=language,
        title=pick(survey.title, language),
        summary=pick(survey.privacy.summary, language),
        scenes=scenes,
        blocks=tuple(_blocks([asked for scene in scenes for asked in scene.asked])),
        send=say("Gửi"),
        back=say("Quay lại"),
        call=say("Gọi cán bộ"),
        other=NAMES.get(others[0], others[0].upper()) if others else "",
    )


NAMES = {"vi": "Tiếng Việt", "en": "English"}


def _blocks(questions: Sequence[Asked]) -> Iterator[Block]:
    """Neighbouring ratings as one table, everything else by itself."""
    number = 1
    for kind, run in groupby(questions, key=lambda asked: asked.kind == "rating"):
        together = tuple(run)
        for asked in (together,) if kind else ((each,) for each in together):
            yield Block(first=number, asked=asked, table=kind)
            number += len(asked)
