"""The words of XLSForm, and what they mean here. Pure.

Other programs and other offices write the same thing in several ways; each way that has one meaning is taken.
"""

import re
from collections.abc import Mapping

from sync.contract.response import Respondent
from sync.contract.survey import NOT_APPLICABLE, Privacy
from sync.contract.text import Text, without_marks

SCALE = "levels"
"""The list of the levels; also the column of a choice that names the levels after which it is offered."""
LIKERT, FIELD_LIST = "likert", "field-list"
YES_NO = "yes_no"
NONE: Text = {"vi": "Không áp dụng", "en": "Not applicable"}
YES: Text = {"vi": "Có", "en": "Yes"}
NO: Text = {"vi": "Không", "en": "No"}
PRIVACY = {f"privacy_{name}": name for name in Privacy.__struct_fields__}
"""The name of a note -> the part of the privacy notice that it holds."""
CONTACT: dict[str, Text] = {
    "name": {"vi": "Họ tên", "en": "Name"},
    "phone": {"vi": "Số điện thoại", "en": "Telephone"},
    "address": {"vi": "Địa chỉ", "en": "Address"},
}
RESPONDENTS: tuple[Respondent, ...] = ("citizen", "organisation", "staff")

# Types that are what the program of a phone notes by itself: nobody is asked.
METADATA = frozenset(
    ("start", "end", "today", "deviceid", "username", "email", "phonenumber", "simserial", "subscriberid")
) | {"imei", "audit", "start-geopoint"}
WHOLE_NUMBER = frozenset(("integer", "int"))
WORDS = frozenset(("text", "string"))
_SELECTS = {
    "select_one": ("select_one", "select one", "select1", "select one from", "add select one prompt using"),
    "select_multiple": (
        *("select_multiple", "select multiple", "select all that apply", "select all that apply from"),
        "add select multiple prompt using",
    ),
}
_SELECT_WAYS = sorted(
    ((way, kind) for kind, ways in _SELECTS.items() for way in ways), key=lambda pair: -len(pair[0])
)
_TRUE = frozenset(("yes", "true", "true()", "co", "1"))
_FALSE = frozenset(("", "no", "false", "false()", "khong", "0"))
_YES_NAMES, _NO_NAMES = frozenset(("yes", "co", "true", "y")), frozenset(("no", "khong", "false", "n"))
_YES_NO_LISTS = frozenset(("yes_no", "yesno", "yn", "co_khong", "cokhong"))

_LANGUAGES = {
    "vi": ("Tiếng Việt", "Vietnamese", "Việt"),
    "en": ("English", "Tiếng Anh", "Anh"),
    "fr": ("Français", "French", "Tiếng Pháp"),
    "km": ("Khmer", "Tiếng Khmer"),
    "zh": ("中文", "Chinese", "Tiếng Trung"),
}
_CODES = {without_marks(name): code for code, names in _LANGUAGES.items() for name in names}


def language_heading(code: str) -> str:
    """The name of a language as a column has it: "Tiếng Việt (vi)"."""
    return f"{_LANGUAGES.get(code, (code,))[0]} ({code})"


def language_code(heading: str) -> str | None:
    """The code of a language named as above, by its name alone, or by its code; None if it is unknown."""
    coded = re.fullmatch(r".*\(([a-z]{2,3}(?:-[A-Z]{2})?)\)\s*", heading)
    if coded:
        return coded[1]
    if re.fullmatch(r"[A-Za-z]{2,3}", heading) and without_marks(heading) not in _CODES:
        return heading.lower()
    return _CODES.get(without_marks(heading))


def select_kind(type: str) -> tuple[str, str] | None:
    """("select_one" or "select_multiple", the name of the list) of a type such as "select_one yes_no"."""
    lower = " ".join(type.split())
    for way, kind in _SELECT_WAYS:
        if lower.lower().startswith(f"{way} "):
            return kind, lower[len(way) :].strip()
    return None


def truth(word: str) -> bool | None:
    """What a cell of yes or no means; None if it is neither."""
    plain = without_marks(word)
    return True if plain in _TRUE else False if plain in _FALSE else None


def yes_or_no(name: str) -> bool | None:
    """Whether an option called like this is yes or no; None if it is neither."""
    plain = without_marks(name)
    return True if plain in _YES_NAMES | {"1"} else False if plain in _NO_NAMES | {"0"} else None


def is_yes_no(list_name: str, labels: Mapping[str, Text]) -> bool:
    """Whether a list offers yes and no, under these words; digits mean that only in a list so called.

    labels: by the name of the option. The terminal has its own two words, so an answer of other words is not
    the same answer.
    """
    answers = {name: label for name, label in labels.items() if name != NOT_APPLICABLE}
    if sorted(map(str, map(yes_or_no, answers))) != ["False", "True"]:
        return False
    for name, label in answers.items():
        words = {without_marks(word) for word in (YES if yes_or_no(name) else NO).values()}
        if not label or not {without_marks(word) for word in label.values()} <= words:
            return False
    digits = {"0", "1"} & answers.keys()
    return not digits or without_marks(list_name) in _YES_NO_LISTS


def name_of(id: str) -> str:
    """An id as XLSForm's names allow it: they don't begin with a digit."""
    return f"_{id}" if id[:1].isdigit() else id


def id_of_file(name: str) -> str:
    """The id of a form that names none: from its file's name, as other programs do."""
    return id_of_words(name.rpartition(".")[0])


def id_of_words(words: str) -> str:
    """An id of the letters and digits of these words; "" if they have none."""
    return re.sub(r"[^a-z0-9_.-]+", "-", without_marks(words)).strip("-_.")[:64]


def group_of(name: str) -> str:
    """The group of questions under this name: `__2` numbers the pages of one group."""
    return re.sub(r"__\d+$", "", id_of(name))


def id_of(name: str) -> str:
    """The id of a name: in small letters, without the mark of `name_of`."""
    return re.sub(r"^_(?=\d)", "", name.strip().lower())
