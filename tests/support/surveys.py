"""A survey with every kind of question, for tests that need them all."""

from msgspec.structs import replace

from sync.contract.survey import (
    Choice,
    Choices,
    Condition,
    Contact,
    Number,
    OpenText,
    Option,
    Rating,
    Survey,
    YesNo,
)
from sync.contract.text import Text


def _text(word: str) -> Text:
    return {"vi": f"{word}?", "en": f"{word}?"}


def every_kind() -> Survey:
    """Three grouped ratings, reasons, choices, a condition, a number, words and contact details."""
    from tests.flows.flow import kien_hung

    reasons = tuple(
        Option(id, _text(id), levels)
        for id, levels in (
            ("fast", (4, 5)),
            ("kind", (4, 5)),
            ("slow", (1, 2, 3)),
            ("rude", (1, 2, 3)),
        )
    )
    return replace(
        kien_hung(),
        id="every-kind",
        questions=(
            Rating(id="result", text=_text("Kết quả")),
            Choices(id="why-result", text=_text("Vì sao"), options=reasons, about="result", required=False),
            Rating(id="manner", text=_text("Thái độ"), group="g"),
            Rating(id="place", text=_text("Nơi đón tiếp"), group="g", not_applicable=True),
            Rating(id="fee", text=_text("Phí"), group="g", required=False),
            Choice(
                id="way", text=_text("Cách nộp"), options=(Option("a", _text("A")), Option("b", _text("B")))
            ),
            Number(
                id="trips",
                text=_text("Số lần"),
                maximum=9,
                when=Condition("way", ("a",)),
                not_applicable=True,
            ),
            YesNo(id="again", text=_text("Hẹn lại"), required=False),
            OpenText(id="words", text=_text("Ý kiến"), required=False, maximum=20),
            Contact(id="contact", text=_text("Liên hệ"), required=False),
        ),
    )


def betraying() -> Survey:
    """The shortest form, with a question that only the very dissatisfied get.

    No survey file can contain this: conditions on ratings are refused. In Python, level 1 equals True.
    """
    from tests.flows.flow import kien_hung

    first, *others = kien_hung().questions
    why = Rating(id="why", text=_text("Vì sao"), when=Condition(first.id, (True,)))
    return replace(kien_hung(), questions=(first, why, *others))
