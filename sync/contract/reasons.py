"""Why a file was refused, in Vietnamese: what the operating system and the decoders say in English."""

import errno
import re
from collections.abc import Callable

_SYSTEM = {
    errno.ENOENT: "không có tệp hay thư mục này",
    errno.EACCES: "tài khoản đang chạy lệnh không có quyền",
    errno.EPERM: "tài khoản đang chạy lệnh không có quyền",
    errno.EISDIR: "đây là thư mục, không phải tệp",
    errno.ENOTDIR: "một phần của đường dẫn không phải thư mục",
    errno.EROFS: "ổ đĩa chỉ cho đọc",
    errno.ENOSPC: "ổ đĩa đã đầy",
    errno.EIO: "ổ đĩa lỗi",
    errno.EEXIST: "đã có tệp này",
}
_KINDS = {
    "str": "chữ",
    "int": "số nguyên",
    "float": "số",
    "bool": "true hoặc false",
    "array": "danh sách",
    "object": "bảng",
    "date": "ngày, viết 2026-11-01 không có dấu ngoặc kép",
    "datetime": "ngày và giờ, viết 2026-11-01T07:30:00+07:00 không có dấu ngoặc kép",
    "null": "để trống",
}
_DECODER: tuple[tuple[str, Callable[[re.Match[str]], str]], ...] = (
    (r"Object missing required field `(.+)`", lambda found: f"thiếu mục `{found[1]}`"),
    (r"Object contains unknown field `(.+)`", lambda found: f"không có mục nào tên `{found[1]}`"),
    (r"Expected `(.+)`, got `(.+)`", lambda found: f"cần {_kinds(found[1])}, nhưng là {_kinds(found[2])}"),
    (r"Expected `str` matching regex (.+)", lambda found: f"phải có dạng {found[1]}"),
    (r"Expected `(\w+)` (>=|<=|>|<) (\S+)", lambda found: f"phải {found[2]} {found[3]}"),
    (r"Expected `(\w+)` of length (.+)", lambda found: f"độ dài phải {found[2]}"),
    (r"Expected `datetime` with a timezone component", lambda _: "thiếu múi giờ, như +07:00"),
    (r"Invalid enum value (.+)", lambda found: f"không có lựa chọn {found[1]}"),
    (r"Invalid value (.+)", lambda found: f"giá trị {found[1]} không hợp lệ"),
    (r"(.+) \(at line (\d+), column (\d+)\)", lambda found: f"dòng {found[2]}, cột {found[3]}: {found[1]}"),
    (r"(.+) \(at end of document\)", lambda found: f"cuối tệp: {found[1]}"),
)


def system_reason(error: OSError) -> str:
    """What an error of the operating system is, in words for a person."""
    return _SYSTEM.get(error.errno or 0, error.strerror or "")


def decoder_reason(text: str) -> str:
    """What a decoder of TOML or JSON says, in Vietnamese where its sentence is known."""
    for pattern, said in reversed(_DECODER):
        if found := re.fullmatch(pattern, text):
            return said(found)
    return text


def _kinds(names: str) -> str:
    return " hoặc ".join(_KINDS.get(name.strip(), name.strip()) for name in names.split("|"))
