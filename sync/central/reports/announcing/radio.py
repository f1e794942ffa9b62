"""The text that is read out on the local radio: at most 150 words, twice. Pure.

Promises, each with a test:
- it has at most 150 words, whatever the office did and whatever it is called;
- it has no digit and no abbreviation of an office: numbers, days and shares are words;
- it never says a share of fewer than five answers.
"""

import re
from collections.abc import Iterator
from datetime import date

from msgspec import Struct

from sync.central.figures.summary import SMALLEST
from sync.central.presenting.language import capital
from sync.central.presenting.spoken import day_in_words, days_in_words, number_words, share_words
from sync.central.reports.announcing.outcome import Outcome, OutcomeRating

MOST_WORDS = 150
_MOST_DONE = 2
# A longer name of the office is not said.
_LONGEST_NAME = 12
# Words a minute of somebody who reads for everybody to follow.
_PACE = 130
_LEAP_YEAR = 2000

_ABBREVIATIONS = {
    "UBND": "Ủy ban nhân dân",
    "HĐND": "Hội đồng nhân dân",
    "TTHC": "thủ tục hành chính",
    "CCHC": "cải cách hành chính",
    "BHXH": "bảo hiểm xã hội",
    "BHYT": "bảo hiểm y tế",
    "GCN": "giấy chứng nhận",
    "QSDĐ": "quyền sử dụng đất",
}
_DAY = re.compile(r"(?:ngày )?\b(\d{1,2})/(\d{1,2})/(\d{4})\b")
# Without one of these words before it, 2/3 is a part of something.
_SHORT_DAY = re.compile(
    r"\b(từ|đến|hết|trước|sau|sáng|chiều|tối|hôm)? ?(ngày )?\b(\d{1,2})/(\d{1,2})\b(?![/\d])", re.IGNORECASE
)
# Of a person, or of a service such as 1900 1234; read digit by digit.
_PHONE = re.compile(r"\b(?:0\d(?:[ .-]?\d){7,9}|1[89]00(?:[ .-]?\d){4,6})\b")
_TIME = re.compile(r"\b(\d{1,2})[:hg](\d{2})\b")
_THOUSANDS = re.compile(r"\b\d{1,3}(?:\.\d{3})+\b")
_DIGIT, _DIGITS = re.compile(r"\d"), re.compile(r"\d+")


class RadioText(Struct, frozen=True):
    """The sentences, in the order in which they are read."""

    sentences: tuple[str, ...]

    @property
    def text(self) -> str:
        """All sentences."""
        return " ".join(self.sentences)

    @property
    def words(self) -> int:
        """How many words are read."""
        return len(self.text.split())


def radio_text(outcome: Outcome) -> RadioText:
    """The text of this outcome; what it did is left out first where the text would be too long."""
    for done in range(min(_MOST_DONE, len(outcome.done)), -1, -1):
        for weakest in (True, False):
            text = RadioText(tuple(_sentences(outcome, done=done, weakest=weakest)))
            if text.words <= MOST_WORDS:
                return text
    return RadioText(tuple(_sentences(outcome, done=0, weakest=False, named=False)))


def announcers_sheet(text: RadioText) -> str:
    """The text as a page for who reads it out."""
    seconds = round(text.words * 60 / _PACE / 10) * 10
    lines = (
        "BẢN TIN TRUYỀN THANH",
        f"Đọc hai lần, mỗi lần khoảng {seconds} giây ({text.words} chữ).",
        "",
        *text.sentences,
        "",
        "Ngày, giờ đã đọc: …………………………………………",
    )
    return "\r\n".join(lines) + "\r\n"


def _sentences(outcome: Outcome, *, done: int, weakest: bool, named: bool = True) -> Iterator[str]:
    place = _place(outcome) if named else "đơn vị"
    yield "Thưa bà con!"
    days = capital(days_in_words(outcome.first, outcome.last))
    yield f"{days}, tại bộ phận Một cửa của {place} {_answers(outcome.answers)}."
    if outcome.ratings and outcome.answers >= SMALLEST:
        yield _share(outcome.ratings[0], named)
        if weakest and outcome.weakest is not None:
            yield f"Bà con chưa hài lòng nhiều nhất về {aloud(outcome.weakest.topic)}."
    for measure in outcome.done[:done]:
        yield f"{capital(place)} đã {_measure(measure)}."
    yield "Kết quả đầy đủ niêm yết tại bộ phận Một cửa và trên trang thông tin điện tử."
    yield (
        "Mời bà con tiếp tục cho ý kiến sau mỗi lần nhận kết quả; việc này không bắt buộc và không phải "
        "ghi tên."
    )


def _place(outcome: Outcome) -> str:
    place = aloud(outcome.place)
    return place if 0 < len(place.split()) <= _LONGEST_NAME else "đơn vị"


def _answers(answers: int) -> str:
    if answers == 0:
        return "chưa có lượt nào bà con cho ý kiến"
    if answers < SMALLEST:
        return f"có dưới {number_words(SMALLEST)} lượt bà con cho ý kiến"
    return f"có {number_words(answers)} lượt bà con cho ý kiến"


def _share(rating: OutcomeRating, named: bool) -> str:
    satisfied = "hài lòng hoặc rất hài lòng" if rating.very else "hài lòng"
    topic = f" về {aloud(rating.topic)}" if rating.topic and named else ""
    return f"{capital(share_words(rating.satisfied, rating.n))} {satisfied}{topic}."


def _measure(measure: str) -> str:
    """“mở thêm một quầy” of “Đã mở thêm 1 quầy.”"""
    words = aloud(measure).rstrip(" .;")
    words = re.sub(r"^(đã|sẽ) ", "", words, flags=re.IGNORECASE)
    return words[:1].lower() + words[1:]


def aloud(text: str) -> str:
    """A text that somebody typed, as it is read: its numbers, days and usual abbreviations in words."""
    words = _DAY.sub(_day, " ".join(text.split()))
    words = _SHORT_DAY.sub(_short_day, words)
    words = _PHONE.sub(lambda at: " ".join(number_words(int(each)) for each in _DIGIT.findall(at[0])), words)
    words = _TIME.sub(lambda at: f"{number_words(int(at[1]))} giờ {number_words(int(at[2]))}", words)
    words = _THOUSANDS.sub(lambda at: number_words(int(at[0].replace(".", ""))), words)
    words = re.sub(r"(?<=\d)[.,](?=\d)", " phẩy ", words)
    words = re.sub(r"(?<=\d)/(?=\d)", " trên ", words)
    words = re.sub(r"(?<=\d) ?%", " phần trăm", words)
    words = _DIGITS.sub(_number, words)
    for short, whole in _ABBREVIATIONS.items():
        words = re.sub(rf"\b{short}\b", whole, words)
    return " ".join(words.split())


def _day(at: re.Match[str]) -> str:
    try:
        return day_in_words(date(int(at[3]), int(at[2]), int(at[1])), year=True)
    except ValueError:
        return at[0]


def _short_day(at: re.Match[str]) -> str:
    """“ngày 5/11” as a day; “2/3” as it is."""
    before, named, number, month = at.groups()
    if not before and not named:
        return at[0]
    try:
        day = day_in_words(date(_LEAP_YEAR, int(month), int(number)))
    except ValueError:
        return at[0]
    return f"{before} {day}" if before else day


def _number(at: re.Match[str]) -> str:
    digits = at[0]
    if len(digits) > 12:
        return " ".join(number_words(int(digit)) for digit in digits)
    return f" {number_words(int(digits))} "
