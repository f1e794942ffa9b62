"""What a citizen sees of a form, page by page, in one language, as data: what every preview draws. Pure.

Every page is shown, also one that is asked only under a condition: an office checks every word. The terminal
decides on the same pages by itself; a test holds both to the same words in the same order.
"""

from collections.abc import Callable, Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from sync.central.office.forms.previewing import RATINGS_PER_PAGE
from sync.central.office.forms.terminal_words import terminal_words
from sync.contract.face import mood_at
from sync.contract.pages import Page, gate_of, pages
from sync.contract.survey import (
    Choice,
    Choices,
    Condition,
    Contact,
    Number,
    OpenText,
    Option,
    Question,
    Rating,
    Survey,
    YesNo,
    offered_options,
)
from sync.contract.text import pick

MOST_TILES = 10
"""Up to this count of whole numbers each has a tile; more are counted up and down."""

_FIELDS = {"name": "Họ và tên", "phone": "Số điện thoại", "address": "Địa chỉ"}


class Tile(Struct, frozen=True):
    """One answer to touch. mood: of its face, None without one. after: levels it is offered after."""

    label: str
    mood: int | None = None
    after: tuple[str, ...] = ()


class Asked(Struct, frozen=True, kw_only=True):
    """One question.

    tiles: the answers that are offered, after the middle level of a rating. others: those after other levels.
    none: the words for "không áp dụng", "" if that is not offered. hint: in the empty place for own words.
    limits: of a number that is counted up and down. fields: of contact details.
    when: the question and the answers under which it is asked, "" always.
    """

    id: str
    kind: str
    text: str
    help: str
    required: bool
    tiles: tuple[Tile, ...] = ()
    others: tuple[Tile, ...] = ()
    none: str = ""
    hint: str = ""
    limits: tuple[int, int] | None = None
    fields: tuple[str, ...] = ()
    when: str = ""


class Scene(Struct, frozen=True, kw_only=True):
    """One picture. kind: notice, page, gate or thanks. lines: its texts that are no question.

    number, of: its place among the pages before the gate, or among those behind it (`extra`).
    forward: the word on the button that leads on, "" for none.
    """

    kind: str
    lines: tuple[str, ...] = ()
    asked: tuple[Asked, ...] = ()
    number: int = 0
    of: int = 0
    extra: bool = False
    forward: str = ""


def scenes_of(
    survey: Survey, language: str, *, ratings_per_page: int = RATINGS_PER_PAGE
) -> tuple[Scene, ...]:
    """The notice on privacy, every page, the gate between them, and the thanks."""
    return tuple(_scenes(survey, language, ratings_per_page))


def _pages(survey: Survey, ratings_per_page: int) -> tuple[Page, ...]:
    everything = replace(survey, questions=tuple(replace(each, when=None) for each in survey.questions))
    return pages(everything, {}, ratings_per_page=ratings_per_page, can_seal=True)


def _scenes(survey: Survey, language: str, ratings_per_page: int) -> Iterator[Scene]:
    say = terminal_words(survey, language)
    made = _pages(survey, ratings_per_page)
    gate = gate_of(made)
    yield _notice(survey, language, say)
    for place, page in enumerate(made):
        extra = place >= gate
        if place == gate:
            yield _gate(made[gate:], say)
        last = extra and place == len(made) - 1
        may_skip = all(not question.required or isinstance(question, Contact) for question in page)
        yield Scene(
            kind="page",
            asked=tuple(_asked(survey, survey.question(question.id), language, say) for question in page),
            number=place + 1 - (gate if extra else 0),
            of=len(made) - gate if extra else gate,
            extra=extra,
            forward=(say("Gửi") if last else say("Bỏ qua")) if may_skip else "",
        )
    thanks = pick(survey.thanks, language) if survey.thanks else say("Xin cảm ơn ông/bà.")
    yield Scene(kind="thanks", lines=(thanks, say("Ý kiến của ông/bà đã được ghi nhận.")))


def _notice(survey: Survey, language: str, say: Callable[[str], str]) -> Scene:
    notice = survey.privacy
    parts = (
        (say("Mục đích"), notice.purpose),
        (say("Thông tin được ghi"), notice.data),
        (say("Cơ quan chịu trách nhiệm"), notice.controller),
        (say("Quyền của ông/bà"), notice.rights),
    )
    lines = [line for heading, text in parts for line in (heading, pick(text, language))]
    title = say("Ý kiến của ông/bà được dùng thế nào")
    return Scene(kind="notice", lines=(title, *lines), forward=say("Tôi đã rõ"))


def _gate(behind: Sequence[Page], say: Callable[[str], str]) -> Scene:
    only_ratings = all(isinstance(question, Rating) for page in behind for question in page)
    if only_ratings:
        asked, more = "Ông/bà có muốn đánh giá thêm một số nội dung không?", "Đánh giá thêm"
    else:
        asked, more = "Ông/bà có muốn góp ý thêm không?", "Góp ý"
    return Scene(kind="gate", lines=(say(asked), say("Gửi"), say(more)))


def _asked(survey: Survey, question: Question, language: str, say: Callable[[str], str]) -> Asked:
    asked = Asked(
        id=question.id,
        kind=str(question.__struct_config__.tag),
        text=pick(question.text, language),
        help=pick(question.help, language) if question.help else "",
        required=question.required,
        none=say("Không áp dụng") if question.not_applicable else "",
        when=_condition(survey, question.when, language, say) if question.when else "",
    )
    match question:
        case Rating():
            return replace(asked, tiles=_levels(survey, language))
        case Choice() | Choices():
            middle = survey.levels[len(survey.levels) // 2].value
            about = question.about if isinstance(question, Choices) else ""
            offered = offered_options(question, middle if about else None)
            others = tuple(option for option in question.options if option not in offered)
            several = say("Có thể chọn nhiều ô") if isinstance(question, Choices) else ""
            return replace(
                asked,
                help=asked.help or several,
                tiles=tuple(_tile(survey, option, language) for option in offered),
                others=tuple(_tile(survey, option, language) for option in others),
            )
        case YesNo():
            return replace(asked, tiles=(Tile(say("Có")), Tile(say("Không"))))
        case Number() if question.maximum - question.minimum < MOST_TILES:
            numbers = range(question.minimum, question.maximum + 1)
            return replace(asked, tiles=tuple(Tile(str(value)) for value in numbers))
        case Number():
            return replace(asked, limits=(question.minimum, question.maximum))
        case OpenText():
            return replace(asked, hint=say("Chạm vào các phím để viết"))
        case Contact():
            tiles = (Tile(say("Có, tôi để lại liên hệ")), Tile(say("Không để lại")))
            fields = tuple(say(_FIELDS.get(field, field)) for field in question.fields)
            return replace(asked, tiles=tiles, fields=fields)


def _levels(survey: Survey, language: str) -> tuple[Tile, ...]:
    """The levels of the scale, the best one first, as on the paper form."""
    rising = sorted(survey.levels, key=lambda level: level.value)
    tiles = [
        Tile(pick(level.label, language), mood_at(place, len(rising))) for place, level in enumerate(rising)
    ]
    return tuple(reversed(tiles))


def _tile(survey: Survey, option: Option, language: str) -> Tile:
    after = tuple(pick(survey.level(value).label, language) for value in option.levels)
    return Tile(pick(option.label, language), after=after)


def _condition(survey: Survey, condition: Condition, language: str, say: Callable[[str], str]) -> str:
    asked = survey.question(condition.question)
    names = {"True": say("Có"), "False": say("Không")}
    if isinstance(asked, Choice):
        names = {option.id: pick(option.label, language) for option in asked.options}
    answers = " / ".join(f"“{names.get(str(value), str(value))}”" for value in condition.equals)
    return f"“{pick(asked.text, language)}”: {answers}"
