"""Whether a translation can be shown in place of the Vietnamese words. Pure.

A slip of a translator must never end the terminal in the middle of a visit or leave a button empty, so every
entry is looked at when its catalogue is read. What is wrong stays Vietnamese, and is reported.
"""

import re
import unicodedata
from string import Formatter

# What a translator's tool or a web page leaves behind; the screens show all of it as it is.
_MARKUP = re.compile(r"</?[A-Za-z][^<>]*>|&#?\w+;|\[/?[a-z]+(?:=[^\]]*)?\]|%\(\w+\)[sd]|%[sd]\b")
_JOINERS = "\u200b\u200c\u200d"  # Khmer and others need them
_INVISIBLE = ("Cc", "Cf", "Co", "Cs")


def slip(vietnamese: str, translated: str) -> str:
    """What is wrong with this translation, in Vietnamese; "" nothing."""
    if not translated.strip():
        return "bản dịch trống"
    try:
        wanted, found = _placeholders(vietnamese), _placeholders(translated)
    except ValueError:
        return "dấu { } không thành cặp"
    if wanted != found:
        return f"chỗ điền là {_listed(found)}, phải là {_listed(wanted)}"
    if stray := set(_MARKUP.findall(translated)) - set(_MARKUP.findall(vietnamese)):
        return f"có mã định dạng {', '.join(sorted(stray))}"
    for letter in translated:
        if unicodedata.category(letter) in _INVISIBLE and letter not in _JOINERS + vietnamese:
            return f"có ký tự không nhìn thấy U+{ord(letter):04X}"
    return ""


def _placeholders(text: str) -> list[str]:
    """Every placeholder as it is written, sorted; raises ValueError where the braces don't pair."""
    parts = Formatter().parse(text)
    return sorted(
        name + (f"!{conversion}" if conversion else "") + (f":{form}" if form else "")
        for _, name, form, conversion in parts
        if name is not None
    )


def _listed(placeholders: list[str]) -> str:
    return ", ".join(f"{{{name}}}" for name in placeholders) or "không có"
