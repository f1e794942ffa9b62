"""Vietnamese composition: keys in, text out. Pure: a `Composition` is a value, each key makes another one.

The cursor is always at the end. What is on the screen is the whole state, but for `typed`: the keys of the
word being written as they came, to give them back when the word turns out not to be Vietnamese. Nothing is
cached: what somebody wrote stays in the value, and goes with it.

Promises:
- the text is always in NFC, and every visible letter is one character of it;
- `BACKSPACE` takes exactly one visible letter away, with its marks, and never adds anything;
- a tone is where the spelling of the whole word wants it, and moves when letters come or go;
- letters that make no Vietnamese word are left as they were typed ("website", "Google"), at the second letter
  that does not fit or at the end of the word; the first one may be a slip of the finger;
- a key typed twice takes its mark back: "ass" is "as", "aaa" is "aa", "ddd" is "dd";
- Telex, VNI and the tone and letter keys of the screen write the same words;
- a key that means nothing here changes nothing.

The rules are those of Vietnamese spelling: a syllable is an onset, a rime and a tone. Telex and VNI follow
what Vietnamese input methods have agreed on: marks may come anywhere after their letter ("tuyenre" is
"tuyển"), `w` alone is ư, "uo" with a horn is ươ before other letters and uơ at the end ("thuở"). A plain oo,
which Vietnamese has in loan words alone ("xoong"), takes a tone only in oong and ooc: "rooofs" is "roofs".
Tone placement is the old style (hòa, thủy) or the new one (hoà, thuỷ); they differ in oa, oe and uy only.
"""

import unicodedata
from itertools import product
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

Method = Literal["telex", "vni", "both", "none"]
"""Which letters or digits also set marks; the tone and letter keys of the screen always work."""

ToneStyle = Literal["old", "new"]

# A tone key is its combining mark; a Vietnamese keyboard layout sends the same.
SAC, HUYEN, HOI, NGA, NANG = "\u0301", "\u0300", "\u0309", "\u0303", "\u0323"
TONES = (SAC, HUYEN, HOI, NGA, NANG)
LEVEL_TONE = "level-tone"
BACKSPACE = "backspace"
DELETE_WORD = "delete-word"

_NO_TONE = ""
_TELEX_TONES = {"s": SAC, "f": HUYEN, "r": HOI, "x": NGA, "j": NANG, "z": _NO_TONE}
_VNI_TONES = {"1": SAC, "2": HUYEN, "3": HOI, "4": NGA, "5": NANG, "0": _NO_TONE}
# key -> what it makes of which letters
_TELEX_MARKS = {
    "a": {"a": "â"},
    "e": {"e": "ê"},
    "o": {"o": "ô"},
    "d": {"d": "đ"},
    "w": {"a": "ă", "o": "ơ", "u": "ư"},
}
_VNI_MARKS = {
    "6": {"a": "â", "e": "ê", "o": "ô"},
    "7": {"o": "ơ", "u": "ư"},
    "8": {"a": "ă"},
    "9": {"d": "đ"},
}
_PLAIN = {"ă": "a", "â": "a", "ê": "e", "ô": "o", "ơ": "o", "ư": "u", "đ": "d"}
_MARKED = frozenset("ăâêôơư")
_VOWELS = frozenset("aăâeêioôơuưy")
_STOPS = ("c", "ch", "p", "t", "k")

_ONSETS = frozenset(
    ["b", "c", "ch", "d", "đ", "g", "gh", "gi", "h", "k", "kh", "kr", "l", "m", "n", "ng", "ngh", "nh"]
).union(["p", "ph", "qu", "r", "s", "t", "th", "tr", "v", "x"])

# Every rime, by its vowels: which finals may follow them ("-": none).
_FINALS = {
    **{"a": "- i y o u c ch m n ng nh p t", "ă": "c k m n ng p t", "â": "u y c m n ng p t"},
    **{"e": "- o c m n ng p t", "ê": "- u ch m n nh p t", "i": "- a u ch m n nh p t"},
    **{"o": "- i c m n ng p t", "ô": "- i c m n ng p t", "ơ": "- i m n p t"},
    **{"u": "- a i c m n ng p t", "ư": "- a i u c m n ng t", "y": "-"},
    **{"iê": "u c m n ng p t", "yê": "u m n ng t", "uô": "i c m n ng t", "ươ": "i u c m n ng p t"},
    **{"oa": "- i y o c ch m n ng nh p t", "oă": "c m n ng p t", "oe": "- o c m n ng t", "oo": "c ng"},
    **{"uâ": "y c n ng t", "uê": "- u ch n nh t", "uơ": "-", "uy": "- a u ch n nh p t", "uyê": "n t"},
}
_RIMES = frozenset(
    vowels + final.strip("-") for vowels, finals in _FINALS.items() for final in finals.split()
)
# After "qu" the u is already spoken: quy, quốc, quăng.
_RIMES_AFTER_QU = frozenset(
    {rime for rime in _RIMES if rime[0] not in "uưo"}
    | {rime[1:] for rime in _RIMES if rime[0] in "uo" and len(rime) > 1 and rime[1] in _VOWELS - {"i", "o"}}
    | {"o", "ơ", "ôc"}
)


def _beginnings(rimes: frozenset[str]) -> frozenset[str]:
    """What may be written on the way to a rime: its beginnings, each letter with its mark or without."""
    return frozenset(
        "".join(letters)
        for rime in rimes
        for length in range(1, len(rime) + 1)
        for letters in product(*({letter, _PLAIN.get(letter, letter)} for letter in rime[:length]))
    )


_BEGUN, _BEGUN_AFTER_QU = _beginnings(_RIMES), _beginnings(_RIMES_AFTER_QU)


class Composition(Struct, frozen=True, kw_only=True):
    """A text being written.

    text: what the citizen sees, in NFC. typed: the keys of the last word as they came; "" means as it is.
    limit: visible letters at most, 0 for any number; a key that would go beyond it changes nothing.
    """

    text: str = ""
    typed: str = ""
    method: Method = "telex"
    style: ToneStyle = "old"
    limit: int = 0

    def press(self, key: str) -> "Composition":
        """The text after one key.

        Args:
            key: one character as typed, a tone key (`TONES`, `LEVEL_TONE`), `BACKSPACE` or `DELETE_WORD`.
        """
        made = self._pressed(key)
        if self.limit and len(made.text) > max(self.limit, len(self.text)):
            return self
        return made

    def type(self, keys: str) -> "Composition":
        """The text after several characters, one after the other."""
        composition = self
        for key in keys:
            composition = composition.press(key)
        return composition

    def finished(self) -> "Composition":
        """The text when nothing more is written: the last word is settled as a space would settle it."""
        word = last_word(self.text)
        letters, tone = _read(word)
        if not self.typed or _may_become_vietnamese(letters, tone):
            return self._with_word(word, word)
        return self._with_word(self.typed, self.typed)

    @property
    def begins_sentence(self) -> bool:
        """Whether the next letter is the first of a sentence, and so a capital."""
        before = self.text.rstrip(" ")
        return not before or before[-1] == "\n" or (before[-1] in ".!?" and before != self.text)

    def _pressed(self, key: str) -> "Composition":
        if key == BACKSPACE:
            return self._backspace()
        if key == DELETE_WORD:
            return self._delete_word()
        if key == LEVEL_TONE or key in TONES:
            return self._tone(_NO_TONE if key == LEVEL_TONE else key)
        key = unicodedata.normalize("NFC", key)
        if not _stands_alone(key, self.text[-1:]):
            return self
        if key.isalnum():
            return self._letter(key)
        finished = self.finished().text
        return replace(self, text=finished + key, typed="")

    def _letter(self, key: str) -> "Composition":
        word = last_word(self.text)
        for tones, marks in _KEYS_OF[self.method]:
            made = (
                self._toned(word, key, tones)
                or self._marked(word, key, marks)
                or self._toned_before(word, key, tones)
            )
            if made is not None:
                return made
        return self._appended(word, key)

    def _toned(self, word: str, key: str, tones: dict[str, str]) -> "Composition | None":
        """A key that sets the tone of `word`; None if it does not."""
        letters, now = _read(word)
        tone = tones.get(key.lower())
        if tone is None or tone == now == _NO_TONE or not _may_become_vietnamese(letters, now):
            return None
        if tone == now:
            undone = letters + key
            return self._with_word(undone, undone)
        if _nucleus(letters) is None or not _may_become_vietnamese(letters, tone) or _is_loan(letters):
            return None
        return self._with_word(_write(letters, tone, self.style), self._typed(word) + key)

    def _toned_before(self, word: str, key: str, tones: dict[str, str]) -> "Composition | None":
        """A vowel behind "qu" and a tone key, which had no vowel to go to: "qufa" is "quà"."""
        if len(word) != 3 or word[:2].lower() != "qu" or key.lower() not in _VOWELS:
            return None
        tone = tones.get(word[2].lower(), _NO_TONE)
        letters = word[:2] + key
        if tone == _NO_TONE or not _may_become_vietnamese(letters, tone):
            return None
        return self._with_word(_write(letters, tone, self.style), self._typed(word) + key)

    def _marked(self, word: str, key: str, marks: dict[str, dict[str, str]]) -> "Composition | None":
        """A key that sets a mark on a letter of `word`, or takes it back; None if it does neither."""
        letters, tone = _read(word)
        wanted = marks.get(key.lower())
        if wanted is None or not _may_become_vietnamese(letters, tone):
            return None
        typed = self._typed(word)
        marked = _mark(letters, tone, wanted)
        if marked is not None:
            return self._with_word(_write(marked, tone, self.style), typed + key)
        if key in "wW" and _is_half_horned(typed) and "ươ" in letters.lower():
            return self._with_word(
                word, typed + key
            )  # the o has its horn already, for a letter came behind it
        plain = "".join(_plain(letter) if letter.lower() in wanted.values() else letter for letter in letters)
        if key in "wW" and "u" not in _plain(typed).lower() and plain != letters:
            return self._with_word(typed, typed)  # its ư was a lone w
        if plain != letters:
            undone = _write(plain, tone, self.style) + key
            return self._with_word(undone, undone)
        alone = letters + ("ư" if key == "w" else "Ư")
        if key in "wW" and _nucleus(letters) is None and _may_become_vietnamese(alone, tone):
            return self._with_word(alone, typed + key)
        return None

    def _appended(self, word: str, key: str) -> "Composition":
        """One more letter: the tone moves; what can't be Vietnamese is left as it was typed."""
        letters, tone = _read(word)
        typed = self._typed(word) + key
        if not _may_become_vietnamese(letters, tone):
            return self._with_word(typed, typed) if key.isascii() else self._with_word(word + key, word + key)
        longer = _join_horns(letters + key)
        if _may_become_vietnamese(longer, tone):
            return self._with_word(_write(longer, tone, self.style), typed)
        return self._with_word(word + key, typed)

    def _tone(self, tone: str) -> "Composition":
        """A tone key of the screen: it does what it says, also on words from elsewhere ("café")."""
        word = last_word(self.text)
        letters, _ = _read(word)
        place = _nucleus(letters)
        if place is None:
            return self
        known = _may_become_vietnamese(letters, _NO_TONE)
        head, tail = ("", letters) if known else (word[: place[0]], letters[place[0] :])
        made = head + _write(tail, tone, self.style)
        return self._with_word(made, made)

    def _backspace(self) -> "Composition":
        rest = replace(self, text=self.text[:-1])
        word = last_word(rest.text)
        letters, tone = _read(word)
        if _may_become_vietnamese(letters, tone):
            word = _write(letters, tone, self.style)
        return rest._with_word(word, word)

    def _delete_word(self) -> "Composition":
        kept = self.text.rstrip()
        while kept and not kept[-1].isspace():
            kept = kept[:-1]
        return replace(self, text=kept, typed="")

    def _typed(self, word: str) -> str:
        return self.typed or word

    def _with_word(self, word: str, typed: str) -> "Composition":
        """This text with another last word."""
        before = self.text[: len(self.text) - len(last_word(self.text))]
        return replace(self, text=before + word, typed=typed)


def last_word(text: str) -> str:
    """The letters and digits at the end of `text`: the word being written, "" if none is."""
    start = len(text)
    while start and text[start - 1].isalnum():
        start -= 1
    return text[start:]


def _stands_alone(key: str, before: str) -> bool:
    """Whether `key` is one visible character (or a new line) that does not melt into the one before it."""
    if len(key) != 1 or not (key.isprintable() or key == "\n") or unicodedata.category(key).startswith("M"):
        return False
    if len(key.lower()) != 1:  # İ: no letter for letter small one
        return False
    return unicodedata.is_normalized("NFC", before + key)


def _plain(letters: str) -> str:
    """`letters` without their marks: ươ -> uo, Đ -> D."""
    return "".join(
        _PLAIN.get(letter) or (_PLAIN[letter.lower()].upper() if letter.lower() in _PLAIN else letter)
        for letter in letters
    )


def _like(letter: str, case_of: str) -> str:
    return letter.upper() if case_of.isupper() else letter


def _read(word: str) -> tuple[str, str]:
    """The letters of `word` without tones, and its tone."""
    letters, tone = "", _NO_TONE
    for letter in word:
        bare, found = _TONED.get(letter, (letter, _NO_TONE))
        letters, tone = letters + bare, found or tone
    return letters, tone


def _write(letters: str, tone: str, style: ToneStyle) -> str:
    """`letters` with `tone` where it belongs. Without a vowel there is no tone."""
    place = _nucleus(letters)
    if place is None or tone == _NO_TONE:
        return letters
    at = _tone_place(letters.lower(), *place, style)
    return letters[:at] + unicodedata.normalize("NFC", letters[at] + tone) + letters[at + 1 :]


def _tone_place(low: str, start: int, end: int, style: ToneStyle) -> int:
    """Where the tone of `low` belongs, whose last vowels are `low[start:end]`."""
    vowels = low[start:end]
    marked = [start + index for index, vowel in enumerate(vowels) if vowel in _MARKED]
    if marked:
        return marked[-1]
    if end < len(low) or vowels.endswith(("ie", "ye", "uo")):  # the latter will be iê, yê, uô or ươ
        return end - 1
    if len(vowels) == 2 and style == "new" and vowels in ("oa", "oe", "uy"):
        return end - 1
    return start if len(vowels) < 3 else start + 1


def _onset_end(low: str) -> int:
    """How many letters belong to the onset: the u of "qu" does, and the i of "gi" before a vowel."""
    if low.startswith("qu") or (low.startswith("gi") and low[2:3] in _VOWELS and low[2:]):
        return 2
    return next((index for index, letter in enumerate(low) if letter in _VOWELS), len(low))


def _nucleus(letters: str) -> tuple[int, int] | None:
    """Start and end of the last vowels of `letters`; None if it has none."""
    low = letters.lower()
    onset = _onset_end(low)
    end = len(low)
    while end > onset and low[end - 1] not in _VOWELS:
        end -= 1
    start = end
    while start > onset and low[start - 1] in _VOWELS:
        start -= 1
    return (start, end) if start < end else None


def _may_become_vietnamese(letters: str, tone: str) -> bool:
    """Whether more letters and marks can make a Vietnamese syllable of `letters`, or have done so."""
    low = letters.lower()
    if low in _ONSETS or low in ("", "q"):
        return tone == _NO_TONE or low == "gi"
    for length in range(4):
        onset, rime = low[:length], low[length:]
        if onset and onset not in _ONSETS:
            continue
        if rime not in (_BEGUN_AFTER_QU if onset == "qu" else _BEGUN) or (onset == "gi" and rime[0] in "iy"):
            continue
        if tone in (_NO_TONE, SAC, NANG) or not rime.endswith(_STOPS):
            return True
    return False


def _is_loan(letters: str) -> bool:
    """Whether a plain oo makes these a loan word as yet: only oong and ooc have a tone in Vietnamese."""
    low = letters.lower()
    return "oo" in low and not low.endswith(("oong", "ooc"))


def _is_half_horned(typed: str) -> bool:
    """Whether one `w` was typed, between u and o: who types `w` for both letters still owes the second."""
    keys = typed.lower()
    return keys.count("w") == 1 and "uwo" in keys


def _mark(letters: str, tone: str, wanted: dict[str, str]) -> str | None:
    """`letters` with one mark more, on the last letter that can take it; None if none can."""
    pair = _uo(letters)
    if pair is not None and "o" in wanted:
        made = "uô"
        if wanted["o"] == "ơ":
            made = "ươ" if pair + 2 < len(letters) or letters[pair].lower() == "ư" else "uơ"
        marked = _with_pair(letters, pair, made)
        return marked if marked != letters and _may_become_vietnamese(marked, tone) else None
    for index in reversed(range(len(letters))):
        letter = letters[index]
        mark = wanted.get(_plain(letter).lower())
        if mark is None or mark == letter.lower():
            continue
        marked = letters[:index] + _like(mark, letter) + letters[index + 1 :]
        if _may_become_vietnamese(marked, tone):
            return marked
    return None


def _uo(letters: str) -> int | None:
    """Where "uo" is in the rime of `letters`, with whatever marks; None if it does not."""
    low = letters.lower()
    at = _plain(low).find("uo", _onset_end(low))
    return at if at >= 0 else None


def _join_horns(letters: str) -> str:
    """uơ and ưo before another letter are ươ: "thuơng" is "thương"."""
    pair = _uo(letters)
    if pair is None or pair + 2 >= len(letters) or letters[pair : pair + 2].lower() not in ("uơ", "ưo"):
        return letters
    return _with_pair(letters, pair, "ươ")


def _with_pair(letters: str, at: int, made: str) -> str:
    first, second = _like(made[0], letters[at]), _like(made[1], letters[at + 1])
    return letters[:at] + first + second + letters[at + 2 :]


_TONED = {
    unicodedata.normalize("NFC", vowel + tone): (vowel, tone)
    for low in _VOWELS
    for vowel in (low, low.upper())
    for tone in TONES
}
_KEYS_OF: dict[Method, tuple[tuple[dict[str, str], dict[str, dict[str, str]]], ...]] = {
    "telex": ((_TELEX_TONES, _TELEX_MARKS),),
    "vni": ((_VNI_TONES, _VNI_MARKS),),
    "both": ((_TELEX_TONES, _TELEX_MARKS), (_VNI_TONES, _VNI_MARKS)),
    "none": (),
}
