"""All faults of decoded data are named at once, each at its innermost place."""

import tomllib
from datetime import date

import pytest

from sync.contract.assignment import Assignments
from sync.contract.catalogue import Catalogue
from sync.contract.faults import faults, key_words, path_of
from sync.contract.office import OfficeSettings
from sync.contract.survey import Survey


def named(text: str, type: type) -> list[tuple[str, str]]:
    return [(key_words(fault.path), fault.reason) for fault in faults(tomllib.loads(text), type)]


def test_several_faults_of_one_file_are_all_named() -> None:
    found = named(
        """
languages = ["vi", "EN"]
surprise = 1
[[units]]
code = "Tỉnh"
name = { vi = 3, en = "x" }
valid_from = "hôm qua"
[[units]]
name = { vi = "A" }
parent = 7
[[officers]]
id = "a"
name = "A"
unit = "x"
tiltle = "typo"
""",
        Catalogue,
    )
    assert [key for key, _ in found] == [
        *("languages[1]", "surprise", "units[0].code", "units[0].name.vi", "units[0].valid_from"),
        *("units[1].parent", "units[1]", "officers[0].tiltle"),
    ]
    assert dict(found)["units[0].code"].startswith("mã chỉ gồm a–z")
    assert dict(found)["units[1]"] == "thiếu mục “code”"
    assert dict(found)["officers[0].tiltle"] == "có mục lạ “tiltle”"
    assert dict(found)["units[1].parent"] == "cần chữ hoặc trống, không phải số nguyên"


def test_a_fault_within_a_question_is_named_by_the_questions_kind() -> None:
    text = """
[[questions]]
kind = "choice"
id = "a"
text = { vi = "A" }
options = [{ id = "x", label = { vi = "X" } }, { id = "Y Y" }]
[[questions]]
kind = "poem"
id = "b"
text = { vi = "B" }
"""
    keys = [key for key, _ in named(text, Survey)]
    assert {"questions[0].options[1].id", "questions[0].options[1]", "questions[1]"} < set(keys)


def test_limits_of_lists_and_texts_are_named_at_the_whole() -> None:
    assert named('emblem = "é"\nprimary = "red"', OfficeSettings)[1] == ("primary", "màu ghi như #0B5D63")
    assert named("assignments = 3", Assignments) == [("assignments", "cần danh sách, không phải số nguyên")]


@pytest.mark.parametrize(
    "value", [{"units": []}, {"units": [{"code": "a", "name": {}, "valid_to": date.max}]}]
)
def test_what_is_right_has_no_faults(value: object) -> None:
    assert list(faults(value, Catalogue)) == []


DATA = {
    "procedures": [{"code": "1.001193", "name": {}}, {"code": "1.001193.000", "name": {"vi": "B"}}],
    "questions": [{"id": "q1"}, {"id": "q.2", "options": [{"id": "a", "label": {"vi": "A"}}]}],
    "codes": {"dossier": ["x", "y"]},
    "special_days": [{"day": date(2026, 1, 1)}],
}


@pytest.mark.parametrize(
    ("words", "key"),
    [
        ("procedures 1.001193.name", "procedures[0].name"),
        ("procedures 1.001193.000.name.vi", "procedures[1].name.vi"),
        ("procedures", "procedures"),
        ("procedures 9", "procedures"),
        ("questions[1] q.2.options a.label", "questions[1].options[0].label"),
        ("questions[1] q.2.when", "questions[1]"),
        ("questions q1, q.2", "questions[0]"),
        ("questions[7].text", "questions"),
        ("codes.dossier[1]", "codes.dossier[1]"),
        ("special_days 2026-01-01.hours[0].end", "special_days[0]"),
        ("nothing", ""),
    ],
)
def test_the_words_of_a_problem_lead_to_its_place(words: str, key: str) -> None:
    assert key_words(path_of(words, DATA)) == key
