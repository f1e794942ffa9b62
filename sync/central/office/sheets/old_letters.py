"""Recognises Vietnamese in encodings from before Unicode, so that it is refused by name and never imported.

TCVN3 (ABC) and VNI fonts draw Vietnamese letters over the codes of Western European ones: `TØnh` and `Tænh`
are drawn as "Tỉnh". Converted to UTF-8 as if they were Western, they stay `TØnh`, in every program.

A word counts as such if it has a letter or sign that Vietnamese does not have, next to a plain letter,
a capital within a word, or two vowels as only VNI writes them, and no letter that only Vietnamese has.
"""

import re
import unicodedata

_FOREIGN = "¡¢£¤¥¦§¨©ª«¬­®µ¶·¸¹»¼½¾ÄÅÆÇËÎÏÐÑÖ×ØÛÜÞßäåæçëîïðñö÷øûüþÿ"
_MARKED = re.compile(f"[A-Za-z][{_FOREIGN}]|[{_FOREIGN}][A-Za-z]|[{_FOREIGN}]{{2}}|[a-z][ÀÁÂÃÈÉÊÌÍÒÓÔÕÙÚÝ]")
_VNI = re.compile("[ae][àáâãèéêìíòóôõùúý]|o[âêìíòóôõùúý]|u[ùõ]", re.IGNORECASE)
_VIETNAMESE = re.compile("[ăđĩũơưĂĐĨŨƠƯ\u1ea0-\u1ef9]")


def is_old_font(text: str) -> bool:
    """Whether `text` was written in a TCVN3 or VNI font."""
    if text.isascii():
        return False
    return any(
        not _VIETNAMESE.search(word) and (_MARKED.search(word) or _VNI.search(word)) for word in text.split()
    )


def encoding_of(data: bytes) -> str:
    """The probable encoding of bytes that are not UTF-8, in words for a person."""
    if b"\0" in data:
        return "không phải văn bản"
    words = unicodedata.normalize("NFC", data.decode("cp1258", "replace"))
    if is_old_font(words) or (is_old_font(data.decode("cp1252", "replace")) and not _composed(words)):
        return "giống TCVN3 (ABC) hoặc VNI"
    if _composed(words):
        return "giống windows-1258"
    return "không rõ bảng mã"


def _composed(words: str) -> bool:
    """Whether combining marks join their letters, which happens only in windows-1258."""
    return _VIETNAMESE.search(words) is not None
