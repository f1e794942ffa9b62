"""Why a decoder refused a file or a message, in Vietnamese: translates the errors of msgspec and tomllib.

Promise: no English text of a decoder reaches a person. An unknown error, of a later version of a decoder,
becomes a general sentence; the place is always kept.
"""

import re

import msgspec

from sync.contract.patterns import whole

_TYPES = {
    "array": "danh sách",
    "bool": "true hoặc false",
    "date": "ngày",
    "datetime": "thời điểm",
    "dict": "bảng",
    "duration": "khoảng thời gian",
    "float": "số",
    "int": "số nguyên",
    "list": "danh sách",
    "null": "trống",
    "object": "bảng",
    "str": "chữ",
    "time": "giờ",
}
# Messages of msgspec, and the same in Vietnamese; the groups of the pattern fill the placeholders.
_REASONS = tuple(
    (re.compile(pattern, re.DOTALL), words)
    for pattern, words in (
        (r"Expected `str` matching regex (.+)", "không đúng dạng {0}"),
        (r"Expected `int` that's a multiple of (\S+)", "phải chia hết cho {0}"),
        (r"Expected `(.+)` with a timezone component", "{0} phải có múi giờ"),
        (r"Expected `(.+)` with no timezone component", "{0} không được có múi giờ"),
        (
            r"Expected `(.+)` of (?:length >=|at least length) (\d+)(?:, got \d+)?",
            "{0} phải dài từ {1} trở lên",
        ),
        (r"Expected `(.+)` of (?:length <=|at most length) (\d+)(?:, got \d+)?", "{0} dài nhất là {1}"),
        (r"Expected `(.+)` of length (\d+) to (\d+)(?:, got \d+)?", "{0} phải dài từ {1} đến {2}"),
        (r"Expected `(.+)` of length (\d+)(?:, got \d+)?", "{0} phải dài đúng {1}"),
        (r"Expected `(?:int|float)` (<=|>=|<|>) (\S+)", "số phải {0} {1}"),
        (r"Expected `(.+)`, got `(.+)`", "cần {0}, không phải {1}"),
        (r"Expected `(.+)`", "cần {0}"),
        (r"Object missing required field `(.+)`", "thiếu mục “{0}”"),
        (r"Object contains unknown field `(.+)`", "có mục lạ “{0}”"),
        (r"Invalid (?:enum )?value (.+)", "không có giá trị {0}"),
        (r"(?:Integer value|Number) out of range", "số quá lớn"),
        (r"Invalid RFC3339 encoded datetime", "không phải thời điểm, ghi như 2026-11-01T08:00:00+07:00"),
        (r"Invalid RFC3339 encoded date", "không phải ngày, ghi như 2026-11-01"),
        (r"Invalid RFC3339 encoded time", "không phải giờ, ghi như 08:00:00"),
        (r"Invalid ISO8601 duration", "không phải khoảng thời gian"),
        (r"Invalid (?:epoch|MessagePack) timestamp.*", "không phải thời điểm"),
        (r"Invalid UUID.*", "không phải mã UUID"),
        (r"Invalid base64 encoded string", "không phải dạng base64"),
        (r"Invalid decimal string", "không phải số thập phân"),
        (r"Input data was truncated", "nội dung bị cắt ngang"),
        (r"JSON is malformed: .* \(byte (\d+)\)", "không phải JSON đúng, từ byte thứ {0}"),
        # Messages of tomllib.
        (r"Invalid initial character for a key part", "tên mục bắt đầu bằng ký tự không được phép"),
        (r"Found invalid character (.+)", "có ký tự không được phép {0}"),
        (r"Illegal character '\\n'", "chuỗi chưa đóng ngoặc kép ở cuối dòng"),
        (r"Illegal character (.+)", "có ký tự không được phép {0}"),
        (r"Cannot declare (.+) twice", "bảng {0} ghi hai lần"),
        (r"Duplicate inline table key (.+)", "mục {0} ghi hai lần"),
        (r"Cannot (?:mutate immutable|redefine) namespace (.+)", "bảng {0} đã ghi xong ở trên"),
        (r"Cannot overwrite a value", "mục này đã có ở trên"),
        (r"Expected '=' after a key in a key/value pair", "thiếu dấu = sau tên mục"),
        (
            r"Expected ['\"](\]+)['\"] at the end of an? (?:table|array) declaration",
            "thiếu {0} ở cuối tên bảng",
        ),
        (r"Expected newline or end of document after a statement", "thừa chữ ở cuối dòng"),
        (r"Expected (.+)", "thiếu {0}"),
        (r"Escaped character is not a Unicode scalar value", "sau dấu \\ không phải một ký tự"),
        (r"Invalid hex value", "sau dấu \\ không phải số hex"),
        (r"Unescaped '\\\\?' in a string", "dấu \\ trong chuỗi phải ghi thành \\\\"),
        (r"Unclosed array", "danh sách thiếu dấu ]"),
        (r"Unclosed inline table", "bảng thiếu dấu }}"),
        (r"Unterminated string", "chuỗi thiếu dấu ngoặc kép đóng"),
        (r"Invalid date or datetime", "không phải ngày hay thời điểm"),
        (r"Invalid value", "giá trị sai; chữ phải nằm trong ngoặc kép"),
        (r"Invalid statement", "dòng này không phải “mục = giá trị”"),
    )
)
# What people write most, and how.
_PATTERNS = {
    whole("[a-z0-9][a-z0-9_.-]{0,63}"): "mã chỉ gồm a–z, 0–9, '.', '-', '_' và bắt đầu bằng chữ hoặc số",
    whole("#[0-9A-Fa-f]{6}"): "màu ghi như #0B5D63",
    whole(r"[A-Za-z0-9.\-]{1,40}"): "mã thủ tục ghi như 1.001193",
}
_PLACE = re.compile(r" - at `(?P<path>[^`]*)`(?: in `(?P<within>[^`]*)`)?\Z")
_TOML_PLACE = re.compile(r" \(at (?:line (?P<line>\d+), column (?P<column>\d+)|end of document)\)\Z")


def reason_and_key(error: msgspec.DecodeError) -> tuple[str, str]:
    """Why a decoder refused its input, in Vietnamese, and at which key: "" for the whole."""
    text = str(error)
    place = _PLACE.search(text)
    if place is None:
        return decoder_reason(text), ""
    within = place["within"]
    key = f"{within}.*" if within else place["path"]
    return decoder_reason(text[: place.start()]), key.removeprefix("$").removeprefix(".")


def decoder_reason(text: str) -> str:
    """A decoder's sentence in Vietnamese, with the line and the column where it has them."""
    place = _TOML_PLACE.search(text)
    if place is None:
        return _translated(text)
    where = f"dòng {place['line']}, cột {place['column']}" if place["line"] else "cuối tệp"
    return f"{where}: {_translated(text[: place.start()])}"


def _translated(text: str) -> str:
    for regex, words in _PATTERNS.items():
        if text == f"Expected `str` matching regex {regex!r}":
            return words
    for pattern, words in _REASONS:
        found = pattern.fullmatch(text)
        if found:
            return words.format(*map(_type, found.groups()))
    return "nội dung không đúng dạng"


def _type(text: str) -> str:
    """The Vietnamese for types of a decoder, such as `int | null`; anything else stays."""
    names = text.split(" | ")
    return " hoặc ".join(_TYPES[name] for name in names) if _TYPES.keys() >= set(names) else text
