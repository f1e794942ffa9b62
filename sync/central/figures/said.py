"""What the centre says of its figures, in Vietnamese and English, for pages, messages and telephones. Pure.

A sentence is its Vietnamese text with named places, and the values that go there. Values stay what they are
(a number, a day, a share) until a page or a message writes them by `in_words`.

Promises, each with a test:
- every sentence has its English wording, with the same places.
"""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from string import Formatter

from msgspec import Struct

from sync.central.presenting.days import near_day, past_moment
from sync.central.presenting.language import Language
from sync.central.presenting.numbers import percent, whole
from sync.contract.plan import VIET_NAM
from sync.contract.text import pick

# A Decimal is a percentage with one decimal, as in a summary.
Plain = int | Decimal | date | datetime


class Said(Struct, frozen=True):
    """One sentence, or a part of one. text: Vietnamese, with places such as {n}.

    values: names are a str, written as it is, or have a text for each language.
    """

    text: str
    values: Mapping[str, "Value"] = {}


Value = Plain | str | Mapping[str, str] | Said


def say(text: str, **values: Value) -> Said:
    """A sentence from its Vietnamese text and the values in it."""
    return Said(text, values)


class Part(Struct, frozen=True):
    """A piece of a sentence as it is written; name: of the value it is, "" for the words between values."""

    text: str
    name: str = ""


def in_words(said: Said, language: Language, now: datetime) -> str:
    """The sentence in a language; days and moments as seen from `now`."""
    return "".join(part.text for part in in_parts(said, language, now))


def in_parts(said: Said, language: Language, now: datetime) -> tuple[Part, ...]:
    """The same with each of its values by itself, so that a page can say where a number comes from."""

    parts = []
    for words, name, _, _ in Formatter().parse(ENGLISH[said.text] if language == "en" else said.text):
        if words:
            parts.append(Part(words))
        if name:
            parts.append(Part(value_in_words(said.values[name], language, now), name))
    return tuple(parts)


def value_in_words(value: Value, language: Language, now: datetime) -> str:
    """One value alone, as it is within a sentence."""
    if isinstance(value, Said):
        return in_words(value, language, now)
    if isinstance(value, str):
        return value
    return pick(dict(value), language) if isinstance(value, Mapping) else _write(value, language, now)


def _write(value: Plain, language: Language, now: datetime) -> str:
    if isinstance(value, datetime):
        return past_moment(value, now, language)
    if isinstance(value, date):
        return near_day(value, now.astimezone(VIET_NAM).date(), language)
    return percent(value, language) if isinstance(value, Decimal) else whole(value, language)


ENGLISH: dict[str, str] = {
    # --- are the machines sending? ------------------------------------------------------------------------
    "Chưa có máy nào đang dùng.": "No device is in use yet.",
    "{n} máy chờ ghi danh": "{n} waiting to be enrolled",
    "Chưa có máy nào.": "There is no device yet.",
    "Cả {all} máy đang gửi.": "All devices are sending ({all}).",
    "Máy đang gửi.": "The device is sending.",
    "{sending} trong {all} máy đang gửi.": "{sending} of {all} devices sending.",
    "Không máy nào đang gửi.": "No device is sending.",
    "Ngoài giờ làm việc, không máy nào phải gửi.": "The office is closed: no device has to send.",
    "{place} im từ {since}": "{place} silent since {since}",
    "{place} chưa gửi lần nào": "{place} has never sent",
    "và {n} máy khác": "and {n} more",
    "{n} máy ngoài giờ làm việc": "{n} outside opening hours",
    "còn {n} phiếu trên máy": "responses still on devices: {n}",
    # --- are people answering? ----------------------------------------------------------------------------
    "Chưa biết: không có máy nào.": "Unknown: there is no device.",
    "Chưa có lượt nào.": "No visits yet.",
    "Chưa có lượt trả lời nào trong {visits} lượt.": "No answers yet in {visits} visits.",
    "Cả {visits} lượt đã trả lời.": "All visits were answered ({visits}).",
    "{answered} trong {visits} lượt đã trả lời.": "{answered} of {visits} visits answered.",
    "Có {n} lượt trả lời, chưa quét lượt nào.": "Answers: {n}; no handover was scanned.",
    "{percent} (n = {n})": "{percent} (n = {n})",
    "chưa có đủ danh sách đã trả: {units}": "lists of results returned are missing: {units}",
    "đã trả {returned} · đã quét {tagged}": "returned {returned} · scanned {tagged}",
    "chưa biết đã trả bao nhiêu kết quả (chưa nhập danh sách)": (
        "it is unknown how many results were returned (no list was imported)"
    ),
    "{n} lượt trả lời không quét": "answers without a scan: {n}",
    "{day} là ngày nghỉ: số liệu của ngày làm việc trước đó": (
        "{day} is a day off: figures of the working day before"
    ),
    # --- is anybody unhappy? ------------------------------------------------------------------------------
    "Chưa có lượt trả lời.": "No answers yet.",
    "{n} ý kiến cần xử lý.": "Remarks to handle: {n}.",
    "Không còn ý kiến nào cần xử lý; {low} lượt chọn mức {levels}.": (
        "No remark is left to handle; {low} chose level {levels}."
    ),
    "{low} trong {n} lượt chọn mức {levels}.": "{low} of {n} chose level {levels}.",
    "Không ai chọn mức {levels}.": "Nobody chose level {levels}.",
    "Không còn ý kiến nào cần xử lý.": "No remark is left to handle.",
    "{n} quá hạn": "overdue: {n}",
    "{n} quá hạn, lâu nhất {days} ngày": "overdue: {n}, the longest by {days} days",
    "{percent} hài lòng (n = {n})": "{percent} satisfied (n = {n})",
    "chưa có lượt trả lời": "no answers yet",
    # --- what is due? -------------------------------------------------------------------------------------
    "Chưa có kế hoạch nào.": "There is no plan yet.",
    "Không có việc nào đến hạn trong {days} ngày tới.": "Nothing is due in the next {days} days.",
    "Hôm nay đến hạn: {name}.": "Due today: {name}.",
    "Quá hạn từ {day}: {name}.": "Late since {day}: {name}.",
    "đã lập, chưa gửi": "drafted, not sent",
    "chưa lập": "not drafted",
    "đã gửi: {name}, hạn {day}": "sent: {name}, due {day}",
    "Đến hạn {day}: {name}.": "Due {day}: {name}.",
    "{name}: {day}": "{name}: {day}",
    "{day} là ngày nghỉ: ngày làm việc trước đó là {working}": (
        "{day} is a day off: the working day before is {working}"
    ),
    "và {n} việc khác": "and {n} more",
    "Nhập {n} phiếu giấy.": "Paper forms to key in: {n}.",
    "còn {n} phiếu giấy chưa nhập": "paper forms not keyed in yet: {n}",
    "báo cáo định kỳ, {plan}": "regular report, {plan}",
    "ngày cuối thu phiếu, {plan}": "last day of collecting, {plan}",
}
