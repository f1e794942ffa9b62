"""Responses as pages write them: outcomes, channels, answers and flags in words. Pure."""

from collections.abc import Iterator, Mapping

from msgspec import Struct

from sync.central.figures.flags import Flag, OfficerFlag
from sync.central.presenting import numbers
from sync.central.presenting.language import Language
from sync.central.store.cells import cell
from sync.central.web.translation import Translation
from sync.contract.response import Answer, Channel, Mode, Outcome, Respondent, TagSource
from sync.contract.survey import (
    NOT_APPLICABLE,
    SEALED_KINDS,
    Choice,
    Choices,
    Number,
    Question,
    Rating,
    Survey,
    YesNo,
)
from sync.contract.text import pick

RESPONSES = "/phieu"
OUTCOMES: Mapping[Outcome, str] = {
    "complete": "Trả lời đủ",
    "partial": "Trả lời một phần",
    "declined": "Từ chối",
    "timed_out": "Bỏ dở, hết giờ chờ",
    "voided": "Hủy",
}
CHANNELS: Mapping[Channel, str] = {
    "kiosk": "Máy tại quầy",
    "phone": "Điện thoại",
    "paper": "Phiếu giấy",
    "post": "Bưu điện",
    "interview": "Phỏng vấn",
}
MODES: Mapping[Mode, str] = {
    "self": "người dân tự trả lời",
    "assisted": "có người giúp",
    "interviewer": "điều tra viên hỏi",
}
RESPONDENTS: Mapping[Respondent, str] = {
    "citizen": "Người dân",
    "organisation": "Tổ chức, doanh nghiệp",
    "staff": "Cán bộ",
}
SOURCES: Mapping[TagSource, str] = {
    "card": "quét thẻ",
    "case": "quét mã hồ sơ",
    "hand": "chọn bằng tay",
}
FLAGS: Mapping[Flag, str] = {
    Flag.FAST: "Mỗi câu trả lời chưa đến một giây: nhanh hơn mức đọc kịp câu hỏi.",
    Flag.AT_ONCE: "Câu đầu được trả lời trong 3 giây sau khi quét: người dân chưa kịp cầm máy.",
    Flag.REPEATED: "Một trong ít nhất 5 lượt liền nhau ở một máy có câu trả lời giống hệt nhau.",
    Flag.OUT_OF_HOURS: "Ngoài giờ mở cửa, và ngoài giờ hỏi của kế hoạch.",
    Flag.FORM_TWICE: "Số phiếu giấy này đã được nhập cho một phiếu khác.",
}
OFFICER_FLAGS: Mapping[OfficerFlag, str] = {
    OfficerFlag.VOIDS: "Bỏ %(n)s trên %(total)s lượt đã gắn: nhiều hơn hẳn những cán bộ khác.",
    OfficerFlag.DECLINES: "Bị từ chối %(n)s trên %(total)s lượt đã gắn: nhiều hơn hẳn những cán bộ khác.",
}
YES, NO, NOT_ASKED = "Có", "Không", "Không áp dụng"


class Answered(Struct, frozen=True):
    """One question of a form and what was answered; words: "" if nothing was. level: of a rating, else 0."""

    question: str
    words: str
    level: int


def answers_of(
    survey: Survey, answers: Mapping[str, Answer], translation: Translation
) -> tuple[Answered, ...]:
    """Every question of a form whose answer is not sealed, with the answer in words."""
    cells = {id: cell(answer) for id, answer in answers.items()}
    return tuple(_answered(survey, cells, translation))


def first_rating(survey: Survey, cells: Mapping[str, str], translation: Translation) -> Answered | None:
    """The first rating of a form that was answered; cells: as they are stored."""
    ratings = (each for each in _answered(survey, cells, translation) if each.level)
    return next(ratings, None)


def _answered(survey: Survey, cells: Mapping[str, str], translation: Translation) -> Iterator[Answered]:
    language = translation.language
    for question in survey.questions:
        if not isinstance(question, SEALED_KINDS):
            given = cells.get(question.id, "")
            words = _words(survey, question, given, translation) if given else ""
            level = int(given) if isinstance(question, Rating) and given.lstrip("-").isdecimal() else 0
            yield Answered(pick(question.text, language), words, level)


def _words(survey: Survey, question: Question, given: str, translation: Translation) -> str:
    language = translation.language
    if given == NOT_APPLICABLE:
        return translation.gettext(NOT_ASKED)
    if isinstance(question, Rating):
        return _level(survey, int(given), language)
    if isinstance(question, YesNo):
        return translation.gettext(YES if given == "true" else NO)
    if isinstance(question, Number):
        return numbers.whole(int(given), language)
    if isinstance(question, Choice | Choices):
        labels = {option.id: pick(option.label, language) for option in question.options}
        return "; ".join(labels.get(id, id) for id in given.split(";"))
    return given


def _level(survey: Survey, value: int, language: Language) -> str:
    return next((pick(level.label, language) for level in survey.levels if level.value == value), str(value))
