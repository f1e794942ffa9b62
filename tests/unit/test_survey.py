"""A survey file is used whole or refused with the file, the key and the reason."""

from pathlib import Path
from textwrap import wrap

import pytest

from sync.contract.problem import ProblemError
from sync.contract.survey import Choices, Contact, survey_texts
from tests.support.assets import load_survey

ASSETS = Path(__file__).parents[2] / "assets"
SHIPPED = sorted((ASSETS / "surveys").glob("*.toml"))

# Every kind of question once, as a file says it.
GOOD = """
id = "mau"
version = 1
languages = ["vi", "en"]
respondents = ["citizen"]
title = {vi = "Phiếu", en = "Form"}

[privacy]
summary = {vi = "Tự nguyện", en = "Voluntary"}
purpose = {vi = "Cải tiến", en = "To improve"}
data = {vi = "Mức độ hài lòng", en = "Ratings"}
controller = {vi = "Cơ quan", en = "This office"}
rights = {vi = "Có thể từ chối", en = "You may decline"}

[[levels]]
value = 3
label = {vi = "Hài lòng", en = "Satisfied"}
[[levels]]
value = 2
label = {vi = "Bình thường", en = "Neutral"}
[[levels]]
value = 1
label = {vi = "Không hài lòng", en = "Dissatisfied"}

[[questions]]
id = "result"
kind = "rating"
text = {vi = "Kết quả?", en = "Result?"}

[[questions]]
id = "why"
kind = "choices"
about = "result"
text = {vi = "Vì sao?", en = "Why?"}
options = [
    {id = "fast", label = {vi = "Nhanh", en = "Fast"}, levels = [3, 2]},
    {id = "slow", label = {vi = "Chậm", en = "Slow"}, levels = [1]},
    {id = "other", label = {vi = "Khác", en = "Other"}},
]

[[questions]]
id = "way"
kind = "choice"
text = {vi = "Nộp ở đâu?", en = "Where?"}
options = [
    {id = "here", label = {vi = "Tại đây", en = "Here"}},
    {id = "web", label = {vi = "Mạng", en = "Web"}},
]

[[questions]]
id = "late"
kind = "yes_no"
text = {vi = "Có trễ hẹn không?", en = "Late?"}
when = {question = "way", equals = ["here"]}

[[questions]]
id = "trips"
kind = "number"
text = {vi = "Mấy lần?", en = "How often?"}
minimum = 1
maximum = 9

[[questions]]
id = "words"
kind = "text"
text = {vi = "Ý kiến?", en = "Words?"}

[[questions]]
id = "contact"
kind = "contact"
text = {vi = "Liên hệ?", en = "Contact?"}
"""

# What is changed in the good file; the number, the key and the reason that the refusal must name.
WRONG = [
    ("not TOML", 'id = "mau"', "id = mau", "HL1002", "", "dòng"),
    ("an unknown kind", 'kind = "rating"', 'kind = "stars"', "HL1003", "questions[0]", "stars"),
    ("an unknown member", "minimum = 1", "least = 1", "HL1003", "questions[4]", "least"),
    ("a missing member", "version = 1", "", "HL1003", "", "version"),
    ("a wrong type", "version = 1", 'version = "1"', "HL1003", "version", "số nguyên"),
    ("an id of wrong letters", 'id = "mau"', 'id = "Mẫu"', "HL1003", "id", "bắt đầu bằng chữ"),
    ("an unknown respondent", '["citizen"]', '["robot"]', "HL1003", "respondents", "robot"),
    ("no questions", GOOD[GOOD.index("\n[[questions]]") :], "", "HL1003", "", "questions"),
    ("a duplicate question", 'id = "late"', 'id = "way"', "HL1004", "questions", "“way” ghi 2 lần"),
    (
        "a duplicate option",
        'id = "web"',
        'id = "here"',
        "HL1004",
        "questions[2] way.options",
        "“here” ghi 2 lần",
    ),
    ("a duplicate level", "value = 2", "value = 3", "HL1004", "levels", "“3” ghi 2 lần"),
    (
        "a condition on a missing question",
        'question = "way"',
        'question = "weather"',
        "HL1005",
        "questions[3] late.when",
        "weather",
    ),
    (
        "a condition on a later question",
        'question = "way"',
        'question = "trips"',
        "HL1005",
        "questions[3] late.when",
        "trips",
    ),
    (
        "a condition on an answer that is not offered",
        'equals = ["here"]',
        'equals = ["moon"]',
        "HL1005",
        "questions[3] late.when.equals",
        "moon",
    ),
    (
        "a condition on a rating",
        'question = "way", equals = ["here"]',
        'question = "result", equals = ["1"]',
        "HL1007",
        "questions[3] late.when",
        "đánh giá “result”",
    ),
    (
        "a condition on several options",
        'question = "way", equals = ["here"]',
        'question = "why", equals = ["fast"]',
        "HL1003",
        "questions[3] late.when",
        "câu chọn một hoặc câu có/không",
    ),
    (
        "reasons unequal by level",
        "levels = [3, 2]",
        "levels = [3]",
        "HL1007",
        "questions[1] why.options",
        "{3: 2, 2: 1, 1: 2}",
    ),
    ("reasons of a missing rating", 'about = "result"', 'about = "way"', "HL1005", "why.about", "“way”"),
    (
        "reasons for a missing level",
        "levels = [1]",
        "levels = [1, 5]",
        "HL1005",
        "why.options slow",
        "mức 5",
    ),
    ("levels without a rating", 'about = "result"', "", "HL1003", "why.options", "about"),
    (
        "one option only",
        '    {id = "web", label = {vi = "Mạng", en = "Web"}},',
        "",
        "HL1003",
        "way.options",
        "ít nhất hai",
    ),
    ("the reserved option", 'id = "web"', 'id = "na"', "HL1003", "way.options", "dành cho"),
    ("a missing language", ', en = "Late?"', "", "HL1006", "questions[3] late.text", "“en”"),
    ("an empty text", 'vi = "Mấy lần?"', 'vi = " "', "HL1006", "questions[4] trips.text", "“vi”"),
    ("an option without a language", ', en = "Other"', "", "HL1006", "why.options other.label", "“en”"),
    ("a level without a language", ', en = "Neutral"', "", "HL1006", "levels 2.label", "“en”"),
    ("privacy without a language", ', en = "To improve"', "", "HL1006", "privacy.purpose", "“en”"),
    ("no Vietnamese", '["vi", "en"]', '["en"]', "HL1006", "languages", "tiếng Việt"),
    ("bounds in the wrong order", "minimum = 1", "minimum = 10", "HL1003", "trips.minimum", "lớn hơn"),
    (
        "an unknown contact field",
        'kind = "contact"',
        'kind = "contact"\nfields = ["passport"]',
        "HL1003",
        "contact.fields",
        "passport",
    ),
]


def written(folder: Path, source: str) -> Path:
    path = folder / "mau.toml"
    path.write_text(source, "utf-8")
    return path


def test_every_kind_of_question_can_be_written_in_a_file(tmp_path: Path) -> None:
    survey = load_survey(written(tmp_path, GOOD))
    assert [question.id for question in survey.questions] == [
        "result",
        "why",
        "way",
        "late",
        "trips",
        "words",
        "contact",
    ]


@pytest.mark.parametrize(
    ("old", "new", "number", "key", "reason"),
    [pytest.param(*case, id=name) for name, *case in WRONG],
)
def test_a_wrong_file_is_refused_with_file_key_and_reason(
    tmp_path: Path, old: str, new: str, number: str, key: str, reason: str
) -> None:
    assert old in GOOD
    path = written(tmp_path, GOOD.replace(old, new, 1))
    with pytest.raises(ProblemError) as caught:
        load_survey(path)
    found = caught.value.problem
    assert found.number == number
    assert str(path) in found.where
    assert key in found.where
    assert reason in found.detail


def test_a_scale_needs_two_levels(tmp_path: Path) -> None:
    start, end = GOOD.index("[[levels]]\nvalue = 2"), GOOD.index("\n[[questions]]")
    with pytest.raises(ProblemError, match="ít nhất hai mức"):
        load_survey(written(tmp_path, GOOD[:start] + GOOD[end:]))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ProblemError) as caught:
        load_survey(tmp_path / "khong-co.toml")
    assert caught.value.problem.number == "HL1001"
    assert "khong-co.toml" in caught.value.problem.where


def test_a_file_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "mau.toml"
    path.write_bytes(GOOD.encode("utf-16"))
    with pytest.raises(ProblemError) as caught:
        load_survey(path)
    assert (caught.value.problem.number, caught.value.problem.detail) == ("HL1010", "")


def test_decomposed_letters_in_a_file_are_composed(tmp_path: Path) -> None:
    survey = load_survey(written(tmp_path, GOOD.replace("Kết quả?", "Kê\u0301t qua\u0309?")))
    assert survey.question("result").text["vi"] == "Kết quả?"


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
class TestShippedSurveys:
    def test_it_loads_and_is_named_like_its_file(self, path: Path) -> None:
        assert load_survey(path).id == path.stem

    def test_it_speaks_vietnamese_and_english(self, path: Path) -> None:
        survey = load_survey(path)
        assert survey.languages == ("vi", "en")
        assert all(text.keys() == {"vi", "en"} for _, text in survey_texts(survey))

    def test_its_levels_are_the_five_of_the_paper_forms(self, path: Path) -> None:
        assert [(level.value, level.label["vi"]) for level in load_survey(path).levels] == [
            (5, "Rất hài lòng"),
            (4, "Hài lòng"),
            (3, "Bình thường"),
            (2, "Không hài lòng"),
            (1, "Rất không hài lòng"),
        ]

    def test_its_questions_fit_two_lines_of_38_characters(self, path: Path) -> None:
        survey = load_survey(path)
        long = [
            text
            for question in survey.questions
            for text in question.text.values()
            if len(wrap(text, 38)) > 2
        ]
        assert long == []

    def test_its_reasons_fit_a_tile(self, path: Path) -> None:
        survey = load_survey(path)
        labels = [
            label
            for question in survey.questions
            if isinstance(question, Choices)
            for option in question.options
            for label in option.label.values()
        ]
        assert all(len(label) <= 24 for label in labels)

    def test_contact_details_are_never_required(self, path: Path) -> None:
        questions = load_survey(path).questions
        assert not any(question.required for question in questions if isinstance(question, Contact))
