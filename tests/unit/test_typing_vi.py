import unicodedata
from collections.abc import Iterator
from itertools import permutations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kiosk.typing_vi import (
    BACKSPACE,
    DELETE_WORD,
    HOI,
    HUYEN,
    LEVEL_TONE,
    NANG,
    NGA,
    SAC,
    TONES,
    Composition,
    Method,
    ToneStyle,
    last_word,
)

# Every rime with the acute where school spelling puts it: written by hand, not by the code under test.
OPEN_RIMES = """
    á ái ái áo áu áy ấu ấy é éo ế ếu í ía íu ó ói ố ối ớ ới ú úa úi ứ ứa ứi ứu iếu uối ưới ướu
    óa oái oáo oáy óe oéo uấy uế uếu uớ úy uýa uýu
    ám án áng ánh ắm ắn ắng ấm ấn ấng ém én éng ếm ến ếnh ím ín ính óm ón óng ốm ốn ống ớm ớn
    úm ún úng ứm ứn ứng iếm iến iếng uốm uốn uống ướm ướn ướng
    oám oán oáng oánh oắm oắn oắng oén uấn uấng uến uếnh uyến uýn uýnh oóng
"""
STOPPED_RIMES = """
    ác ách áp át ắc ắp ắt ấc ấp ất éc ép ét ếch ếp ết ích íp ít óc óp ót ốc ốp ốt ớp ớt úc úp út ức ứt
    iếc iếp iết uốc uốt ước ướp ướt oác oách oáp oát oắc oắt oét oóc uất uếch uết uých uýp uýt uyết
"""
AFTER_QU = """
    á ái áo áy áng ánh án ấn ấy ắng ắn é éo én ế ến ếu í ít ích ính ớ ý ýnh ýt ýp ốc yến yết ác ách át ất ắt
"""
ONSETS = """
    b c ch d đ g gh gi h k kh l m n ng ngh nh p ph r s t th tr v x
"""

TELEX = {SAC: "s", HUYEN: "f", HOI: "r", NGA: "x", NANG: "j"}
VNI = {SAC: "1", HUYEN: "2", HOI: "3", NGA: "4", NANG: "5"}
TELEX_LETTERS = {"ă": "aw", "â": "aa", "ê": "ee", "ô": "oo", "ơ": "ow", "ư": "uw", "đ": "dd"}
VNI_LETTERS = {"ă": "a8", "â": "a6", "ê": "e6", "ô": "o6", "ơ": "o7", "ư": "u7", "đ": "d9"}
NEW_STYLE = {"óa": "oá", "óe": "oé", "úy": "uý"}


def nfc(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def with_tone(acute: str, tone: str) -> str:
    return nfc(unicodedata.normalize("NFD", acute).replace(SAC, tone))


def belong_together(onset: str, rime: str) -> bool:
    first = unicodedata.normalize("NFD", rime)[0]
    if onset in ("k", "gh", "ngh"):
        return first in "ie"
    if onset in ("c", "g", "ng"):
        return first in "aou" or (onset == "g" and rime in ("ín", "í"))
    return onset != "gi" or first != "i"


def syllables() -> Iterator[tuple[str, str, str]]:
    """(onset, rime with its tone in the old style, tone) of every syllable that spelling allows."""
    for onset in ("", *ONSETS.split()):
        for rimes, tones in ((OPEN_RIMES, ("", *TONES)), (STOPPED_RIMES, ("", SAC, NANG))):
            for rime in rimes.split():
                if belong_together(onset, rime):
                    yield from ((onset, with_tone(rime, tone), tone) for tone in tones)
    for rime in AFTER_QU.split():
        stopped = rime.endswith(("c", "ch", "p", "t"))
        for tone in ("", SAC, NANG) if stopped else ("", *TONES):
            yield "qu", with_tone(rime, tone), tone


def keys(word: str, letters: dict[str, str], tones: dict[str, str]) -> tuple[str, str, str]:
    """The plain letters of `word`, its letter marks, and its tone, as keys."""
    plain, marks, tone = "", "", ""
    for letter in word:
        parts = unicodedata.normalize("NFD", letter)
        tone += "".join(tones[part] for part in parts if part in tones)
        bare = nfc("".join(part for part in parts if part not in tones))
        low = letters.get(bare.lower(), bare.lower())
        plain += low[0].upper() if bare.isupper() else low[0]
        marks += low[1:]
    return plain, marks, tone


def in_place(word: str, letters: dict[str, str], tones: dict[str, str]) -> str:
    """Keys of `word` with each mark right behind its letter and the tone at the end."""
    each = [keys(letter, letters, tones) for letter in word]
    typed = "".join(plain + marks for plain, marks, _ in each) + "".join(tone for *_, tone in each)
    return typed.replace("oo", "ooo") if letters is TELEX_LETTERS and has_plain_oo(word) else typed


def has_plain_oo(word: str) -> bool:
    """xoong: in Telex its second o would mark the first one."""
    return "oo" in bare(word)


def written(typed: str, method: Method = "telex", style: ToneStyle = "old") -> str:
    return Composition(method=method, style=style).type(typed).finished().text


def spoken_aloud(onset: str, rime: str, style: ToneStyle) -> str:
    """The word, in this style of tone placement."""
    if style == "new":
        for old, new in NEW_STYLE.items():
            for tone in TONES:
                if rime == with_tone(old, tone):
                    return onset + with_tone(new, tone)
    return onset + rime


@pytest.mark.parametrize("style", ["old", "new"])
def test_every_syllable_can_be_typed_in_telex_and_in_vni(style: ToneStyle) -> None:
    wrong = []
    for onset, rime, _ in syllables():
        word = spoken_aloud(onset, rime, style)
        for method, letters, tones in (("telex", TELEX_LETTERS, TELEX), ("vni", VNI_LETTERS, VNI)):
            typed = in_place(word, letters, tones)
            made = written(typed, method, style)  # type: ignore[arg-type]
            if made != word:
                wrong.append((typed, made, word))
    assert wrong == []


def after_vowels(word: str, letters: dict[str, str], tones: dict[str, str]) -> str:
    """Keys of `word` with each mark right behind its letter and the tone behind the last vowel."""
    each = [keys(letter, letters, tones) for letter in word]
    last = max(index for index, (plain, _, _) in enumerate(each) if plain.lower() in "aeiouy")
    tone = "".join(tone for *_, tone in each)
    typed = [plain + marks for plain, marks, _ in each]
    return "".join(typed[: last + 1]) + tone + "".join(typed[last + 1 :])


@pytest.mark.parametrize("method", ["telex", "vni"])
def test_the_tone_may_come_right_behind_the_vowels(method: Method) -> None:
    letters, tones = (TELEX_LETTERS, TELEX) if method == "telex" else (VNI_LETTERS, VNI)
    wrong, all_of_them = [], 0
    for onset, rime, _ in syllables():
        word = onset + rime
        if not has_plain_oo(word):
            all_of_them += 1
            typed = after_vowels(word, letters, tones)
            if (made := written(typed, method)) != word:
                wrong.append((typed, made, word))
    assert wrong == []
    assert all_of_them > 15_000


@pytest.mark.parametrize("method", ["telex", "vni"])
def test_marks_may_come_after_the_whole_word_in_any_order(method: Method) -> None:
    letters, tones = (TELEX_LETTERS, TELEX) if method == "telex" else (VNI_LETTERS, VNI)
    wrong = []
    for onset, rime, _ in syllables():
        word = onset + rime
        if onset in ("", "b", "đ", "gi", "qu", "ng") and not has_plain_oo(word):
            plain, marks, tone = keys(word, letters, tones)
            once = "".join(dict.fromkeys(marks))  # "uo" takes one w for both
            for order in {"".join(order) for order in permutations(once + tone)}:
                made = written(plain + order, method)
                if made != word:
                    wrong.append((plain + order, made, word))
    assert wrong == []


def test_every_syllable_can_be_typed_with_the_letter_and_tone_keys_of_the_screen() -> None:
    for onset, rime, tone in syllables():
        word = onset + rime
        letters = nfc("".join(mark for mark in unicodedata.normalize("NFD", word) if mark not in TONES))
        composition = Composition(method="none").type(letters)
        assert composition.press(tone or LEVEL_TONE).text == word


def test_the_table_of_syllables_is_as_large_as_the_language() -> None:
    assert len({onset + rime for onset, rime, _ in syllables()}) > 15_000


WORDS = {
    # tones and their places
    "hoaf": "hòa", "hoaif": "hoài", "hoanf": "hoàn", "thuyr": "thủy", "thuyeenf": "thuyền", "khoer": "khỏe",
    "quys": "quý", "quyeenr": "quyển", "quaf": "quà", "quowr": "quở", "quoocs": "quốc", "quanhj": "quạnh",
    "gif": "gì", "ginf": "gìn", "giaf": "già", "gieengs": "giếng", "giuwx": "giữ",
    "giaos": "giáo", "muas": "múa", "muaf": "mùa", "nghiax": "nghĩa", "khuyur": "khuỷu", "khuya": "khuya",
    "ngoeos": "ngoéo", "rwowuj": "rượu", "yeeus": "yếu", "yr": "ỷ", "uyr": "ủy", "oanf": "oàn",
    # uơ and ươ
    "thuowr": "thuở", "huow": "huơ", "thuowngf": "thường", "nguowif": "người", "nguwowif": "người",
    "nguoifw": "người", "duwowcj": "dược", "dduwowcj": "được", "ddwowcj": "được", "tuwrowng": "tưởng",
    # marks from afar
    "tuyenre": "tuyển", "giamaf": "giầm", "dod": "đo", "Dungd": "Đung", "hoacwj": "hoặc", "ddiemer": "điểm",
    # other letters change their minds
    "toowi": "tơi", "awa": "â", "aaw": "ă", "muonwo": "muôn", "asf": "à", "asz": "a", "asjr": "ả",
    # w twice, the second late; a tone before its vowel
    "uwow": "ươ", "duwocw": "dươc", "dduwocwj": "được", "nguwoifw": "người", "thuwongwf": "thường",
    "NGUWOIFW": "NGƯỜI", "nguowifw": "nguòiw", "qufa": "quà", "qusy": "quý", "qurow": "quở", "qujan": "quạn",
    "QUFA": "QUÀ", "qufaf": "quaf", "quxit": "quxit",
    # w alone
    "w": "ư", "thw": "thư", "tw": "tư", "W": "Ư", "nhwng": "nhưng",
    # undone by doubling
    "ass": "as", "aaa": "aa", "aaaa": "aaa", "aww": "aw", "uww": "uw", "oww": "ow", "ddd": "dd", "ww": "w",
    "hww": "hw", "tooss": "tôs", "xooong": "xoong", "Duowngw": "Duongw", "tess": "tes", "tesst": "test",
    # capitals
    "VIEETJ": "VIỆT", "Vieetj": "Việt", "DDaf": "Đà", "Ddaf": "Đà", "dDaf": "đà", "UBND": "UBND",
    # not Vietnamese
    "Google": "Google", "website": "website", "wifi": "wifi", "system": "system", "case": "case",
    "Microsoft": "Microsoft", "catr": "catr", "Zalo": "Zalo", "www": "ww", "facebook": "facebook",
    "covid19": "covid19", "internet": "internet", "az": "az", "ddx": "ddx", "qur": "qur",
    "booots": "boots", "rooof": "roof", "rooofs": "roofs", "mooons": "moons", "looop": "loop",
    "poooxr": "pooxr", "xooongf": "xoòng", "mooocs": "moóc",
    # of this country, though not of its spelling
    "DDawks": "Đắk", "Lawks": "Lắk", "Kroong": "Krông", "Pa": "Pa",
}  # fmt: skip


@pytest.mark.parametrize(("typed", "word"), WORDS.items())
def test_telex_writes(typed: str, word: str) -> None:
    assert written(typed) == word
    assert written(typed + " ") == word + " "


@pytest.mark.parametrize(
    ("typed", "word"),
    [
        ("hoa2", "hòa"), ("d9u7o7c5", "được"), ("duoc579", "được"), ("Vie65t", "Việt"), ("nguo7i2", "người"),
        ("thuo73", "thuở"), ("a11", "a1"), ("a66", "a6"), ("d99", "d9"), ("a10", "a"), ("a0", "a0"),
        ("100", "100"), ("A1b", "A1b"), ("Kie61n", "Kiến"), ("hoa81c", "hoắc"), ("tuye6n3", "tuyển"),
        ("gas", "gas"), ("quy1", "quý"),
    ],
)  # fmt: skip
def test_vni_writes(typed: str, word: str) -> None:
    assert written(typed, "vni") == word


def test_both_ways_of_typing_can_be_on_at_once() -> None:
    assert written("Vie65t Nam dduowcj d9uo75c", "both") == "Việt Nam được được"


def test_a_sentence_is_written_as_it_is_meant() -> None:
    typed = "Cans booj nhieetj tinhf, huwowngs daanx rox rangf. Toi chowf 2 gio o www.hanoi.vn!"
    assert written(typed) == "Cán bộ nhiệt tình, hướng dẫn rõ ràng. Toi chờ 2 gio o ww.hanoi.vn!"


def test_a_tone_key_of_the_screen_acts_on_the_word_being_written() -> None:
    composition = Composition().type("toi hoan")
    assert composition.press(HUYEN).text == "toi hoàn"
    assert composition.press(HUYEN).press(HUYEN).text == "toi hoàn"  # a shaking finger does no harm
    assert composition.press(HUYEN).press(NANG).text == "toi hoạn"
    assert composition.press(HUYEN).press(LEVEL_TONE).text == "toi hoan"
    assert Composition().type("toi ").press(SAC).text == "toi "
    assert Composition().type("th").press(SAC).text == "th"
    assert Composition().type("qu").press(SAC).text == "qu"


def test_a_tone_key_of_the_screen_also_serves_foreign_words() -> None:
    assert Composition(method="none").type("cafe").press(SAC).text == "café"
    assert Composition(method="none").type("cafe").press(SAC).type("s ngon").text == "cafés ngon"


def test_a_slip_of_the_finger_can_be_taken_back_without_losing_the_word() -> None:
    slipped = Composition().type("nguowifg")
    assert slipped.text == "ngườig"
    assert slipped.press(BACKSPACE).text == "người"
    assert slipped.press(BACKSPACE).type(" ").text == "người "


def test_backspace_takes_what_is_seen() -> None:
    seen = [Composition().type("khuyur ddungs")]
    while seen[-1].text:
        seen.append(seen[-1].press(BACKSPACE))
    shown = [composition.text for composition in seen]
    assert shown[:6] == ["khuỷu đúng", "khuỷu đún", "khuỷu đú", "khuỷu đ", "khuỷu ", "khuỷu"]
    assert shown[6:] == ["khủy", "khủ", "kh", "k", ""]


def test_after_backspace_the_word_goes_on() -> None:
    back = Composition().type("reff").press(BACKSPACE)
    assert back.text == "re"
    assert back.press("f").text == "rè"
    assert Composition().type("toans ").press(BACKSPACE).press(NANG).text == "toạn"


def test_delete_word_takes_the_last_word_and_what_follows_it() -> None:
    composition = Composition().type("Cán bộ chậm.  ")
    assert composition.press(DELETE_WORD).text == "Cán bộ "
    assert composition.press(DELETE_WORD).press(DELETE_WORD).press(DELETE_WORD).press(DELETE_WORD).text == ""


def test_a_full_text_takes_marks_but_no_more_letters() -> None:
    full = Composition(limit=3).type("hoa")
    assert full.press("n") == full
    assert full.press(" ") == full
    assert full.press(HUYEN).text == "hòa"
    assert full.press("f").text == "hòa"
    assert full.press(BACKSPACE).text == "ho"


def test_a_sentence_begins_with_a_capital() -> None:
    for text, begins in (("", True), ("Toi", False), ("Toi.", False), ("Toi. ", True), ("Sao? ", True)):
        assert Composition(text=text).begins_sentence is begins


def test_a_text_can_be_taken_up_again() -> None:
    assert Composition(text="Cảm ơn can").press("s").text == "Cảm ơn cán"
    assert Composition(text="Cảm ơn goog").type("l").finished().text == "Cảm ơn googl"


@pytest.mark.parametrize("key", ["", "ab", "\t", "\x00", "\u0302", "\u200b", "shift", "\u1161\u11a8"])
def test_a_key_that_means_nothing_changes_nothing(key: str) -> None:
    composition = Composition().type("hoa")
    assert composition.press(key) == composition


def test_keys_are_put_into_nfc() -> None:
    assert Composition().press("e\u0302").text == "ê"
    assert Composition().type("hoa").press("\u0300").text == "hòa"


KEYS = st.one_of(
    st.sampled_from("aăâbcdđeêghiklmnoôơpqrstuưvxyfjwzAĂÂDĐEÊOÔƠUƯSFRXJWZ0123456789 .,-"),
    st.sampled_from([*TONES, LEVEL_TONE, BACKSPACE, DELETE_WORD]),
    st.characters(),
)
COMPOSITIONS = st.builds(
    Composition,
    method=st.sampled_from(["telex", "vni", "both", "none"]),
    style=st.sampled_from(["old", "new"]),
)


def pressed(composition: Composition, keys: list[str]) -> Composition:
    for key in keys:
        composition = composition.press(key)
    return composition


@given(COMPOSITIONS, st.lists(KEYS, max_size=40))
@example(Composition(), ["a", "\u0302"])
@example(Composition(), ["\u1100", "\u1161"])
@example(Composition(), ["İ", "a", SAC])
def test_whatever_is_pressed_the_text_is_in_nfc_and_each_letter_is_one_character(
    composition: Composition, keys: list[str]
) -> None:
    for key in keys:
        composition = composition.press(key)
        for text in (composition.text, composition.finished().text):
            assert unicodedata.is_normalized("NFC", text)
            assert not any(unicodedata.category(letter).startswith("M") for letter in text)


@given(COMPOSITIONS, st.lists(KEYS, max_size=40))
def test_backspace_shrinks_the_text_by_exactly_one_visible_letter(
    composition: Composition, keys: list[str]
) -> None:
    composition = pressed(composition, keys)
    shorter = composition.press(BACKSPACE)
    assert len(shorter.text) == max(0, len(composition.text) - 1)
    kept = composition.text[:-1]
    assert bare(shorter.text) == bare(kept)
    assert shorter.text[: len(kept) - len(last_word(kept))] == kept[: len(kept) - len(last_word(kept))]


def bare(text: str) -> str:
    return nfc("".join(mark for mark in unicodedata.normalize("NFD", text) if mark not in TONES))


@given(COMPOSITIONS, st.lists(KEYS, max_size=40))
def test_only_the_last_word_ever_changes(composition: Composition, keys: list[str]) -> None:
    composition = pressed(composition, keys).press(" ")
    more = pressed(composition, ["h", "o", "a", SAC, "f", "n", "x", "w", "q", "z", "."])
    assert more.text.startswith(composition.text)


@given(COMPOSITIONS, st.lists(KEYS, max_size=20))
def test_a_finished_text_is_finished(composition: Composition, keys: list[str]) -> None:
    finished = pressed(composition, keys).finished()
    assert finished.finished() == finished


@given(st.lists(KEYS, max_size=20), st.sampled_from([*TONES, LEVEL_TONE]))
def test_a_tone_key_pressed_twice_is_a_tone_key_pressed_once(keys: list[str], tone: str) -> None:
    once = pressed(Composition(), keys).press(tone)
    assert once.press(tone) == once


@given(st.text("abcdefghijklmnopqrstuvwxyz", max_size=12), st.sampled_from("sfrxj"))
@example("uwjw", "s")
def test_a_tone_typed_twice_leaves_the_word_and_the_key(word: str, key: str) -> None:
    before = Composition().type(word)
    toned = before.press(key)
    if bare(toned.text) == toned.text or toned.text == before.text + key:
        return  # it was a letter here
    assert toned.press(key).text == bare(before.text) + key


@given(st.text("abcdefghijklmnopqrstuvwxyzABCDEĂÂĐÊÔƠƯ0123456789 ", max_size=30))
def test_without_a_method_letters_stay_as_they_are_but_for_the_horn_of_uo(text: str) -> None:
    made = Composition(method="none").type(text).text
    assert made.replace("ơ", "o").replace("ư", "u").replace("Ơ", "O").replace("Ư", "U") == text.replace(
        "ơ", "o"
    ).replace("ư", "u").replace("Ơ", "O").replace("Ư", "U")


@given(COMPOSITIONS, st.lists(KEYS, max_size=30), st.integers(min_value=1, max_value=12))
def test_a_limit_is_never_passed(composition: Composition, keys: list[str], limit: int) -> None:
    limited = Composition(method=composition.method, style=composition.style, limit=limit)
    assert len(pressed(limited, keys).text) <= limit
