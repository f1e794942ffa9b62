"""What changed between two versions of a form, and which answers may be joined."""

from datetime import date
from typing import Any

import pytest
from msgspec.structs import replace

from sync.central.office.configuration.entries import Configured
from sync.central.office.configuration.fitting import Known, misfits
from sync.central.office.units.tree import CENTRE
from sync.contract.meaning import Change, comparable, compare, meaning_changes
from sync.contract.survey import Choice, Condition, Level, Number, Option, Question, Rating, Survey
from tests.support.plans import shipped_surveys
from tests.support.surveys import every_kind

FORM = every_kind()


def with_question(id: str, **fields: Any) -> Survey:
    """The form with these fields of one question changed."""
    return with_questions(*(replace(each, **fields) if each.id == id else each for each in FORM.questions))


def with_questions(*questions: Question) -> Survey:
    return replace(FORM, questions=questions)


def kinds(after: Survey) -> list[tuple[str, str, str]]:
    return [(change.kind, change.question, change.key) for change in compare(FORM, after)]


@pytest.mark.parametrize("survey", [FORM, *shipped_surveys().values()], ids=lambda survey: survey.id)
def test_a_form_that_did_not_change_has_no_changes(survey: Survey) -> None:
    assert compare(survey, replace(survey, version=survey.version + 1)) == ()
    assert comparable(survey, survey) == tuple(question.id for question in survey.questions)


def test_wording_may_change_under_the_same_id() -> None:
    after = with_question("result", text={"vi": "Kết quả thế nào?", "en": "Kết quả?"})
    assert compare(FORM, after) == (
        Change(
            kind="reworded", question="result", key="text.vi", before="Kết quả?", after="Kết quả thế nào?"
        ),
    )
    assert "result" in comparable(FORM, after)


A, B = Option("a", {"vi": "A?", "en": "A?"}), Option("b", {"vi": "B?", "en": "B?"})
THIRD = Option("c", {"vi": "C?", "en": "C?"})


@pytest.mark.parametrize(
    ("id", "fields", "key", "before", "after"),
    [
        ("way", {"options": (A, B, THIRD)}, "options", "a, b", "a, b, c"),
        ("trips", {"maximum": 5}, "maximum", "9", "5"),
        ("trips", {"minimum": 1}, "minimum", "0", "1"),
        ("trips", {"when": None}, "when", "way = a", ""),
        ("trips", {"when": Condition("way", ("b",))}, "when", "way = a", "way = b"),
        ("trips", {"not_applicable": False}, "not_applicable", "true", ""),
        ("contact", {"fields": ("name",)}, "fields", "name, phone", "name"),
        ("why-result", {"about": "manner"}, "about", "result", "manner"),
    ],
)
def test_what_is_asked_and_of_whom_is_meaning(
    id: str, fields: dict[str, Any], key: str, before: str, after: str
) -> None:
    changed = with_question(id, **fields)
    assert meaning_changes(FORM, changed) == (
        Change(kind="meaning", question=id, key=key, before=before, after=after),
    )
    assert "presented" not in {change.kind for change in compare(FORM, changed)}
    assert id not in comparable(FORM, changed)


def test_another_kind_under_the_same_id_is_another_meaning() -> None:
    number = Number(id="way", text={"vi": "Cách nộp?", "en": "Cách nộp?"})
    after = with_questions(*(number if each.id == "way" else each for each in FORM.questions))
    assert ("meaning", "way", "kind") in kinds(after)


def test_a_scale_is_the_meaning_of_every_rating_and_of_nothing_else() -> None:
    after = replace(FORM, levels=FORM.levels[:3])
    ratings = {question.id for question in FORM.questions if isinstance(question, Rating)}
    assert {change.question for change in meaning_changes(FORM, after)} == ratings
    assert set(comparable(FORM, after)) == {question.id for question in FORM.questions} - ratings
    assert comparable(FORM, replace(FORM, levels=FORM.levels[::-1])) == comparable(FORM, after)


def test_a_label_that_moved_to_another_answer_is_another_meaning() -> None:
    first, last = FORM.levels[0], FORM.levels[-1]
    swapped = (Level(first.value, last.label), *FORM.levels[1:-1], Level(last.value, first.label))
    after = replace(FORM, levels=swapped)
    assert ("meaning", "result", "levels 5.label") in kinds(after)
    assert "result" not in comparable(FORM, after)
    exchanged = with_question("way", options=(replace(A, label=B.label), replace(B, label=A.label)))
    assert comparable(FORM, exchanged) == tuple(each.id for each in FORM.questions if each.id != "way")


def test_labels_that_differ_only_in_their_marks_are_two_answers() -> None:
    rent, tax = replace(A, label={"vi": "Thuê", "en": "Rent"}), replace(B, label={"vi": "Thuế", "en": "Tax"})
    before = with_question("way", options=(rent, tax))
    again = replace(before, version=before.version + 1)
    assert compare(before, again) == ()
    assert "way" in comparable(before, again)
    exchanged = with_question("way", options=(replace(A, label=tax.label), replace(B, label=rent.label)))
    assert [change.key for change in meaning_changes(before, exchanged)] == [
        *(f"options {option.id}.label" for option in (A, B))
    ]


def test_answers_of_the_same_label_are_no_change_of_meaning() -> None:
    same = with_question("way", options=(A, replace(B, label=A.label)))
    assert compare(same, replace(same, version=same.version + 1)) == ()


def test_a_better_word_for_a_level_is_wording() -> None:
    better = Level(FORM.levels[0].value, {"vi": "Hoàn toàn hài lòng", "en": "Fully satisfied"})
    after = replace(FORM, levels=(better, *FORM.levels[1:]))
    assert kinds(after) == [("reworded", "", "levels 5.label.vi"), ("reworded", "", "levels 5.label.en")]
    assert comparable(FORM, after) == tuple(question.id for question in FORM.questions)


def test_a_folder_may_not_change_a_meaning_under_the_same_id_either() -> None:
    known = Known(today=date(2026, 3, 2), releases={(FORM.id, 1): FORM})
    after = replace(with_question("trips", maximum=5), version=2)
    (problem,) = misfits(Configured(surveys=(after,)), CENTRE, known)
    assert (problem.number, problem.where) == ("HL5090", "surveys every-kind trips: maximum")
    assert list(misfits(Configured(surveys=(replace(FORM, version=2),)), CENTRE, known)) == []


def test_added_removed_moved_and_presented_are_named() -> None:
    first, *others = FORM.questions
    new = Choice(id="new", text={"vi": "Mới?", "en": "New?"}, options=(A, B))
    after = with_questions(new, *others[:-1], first)
    assert kinds(after) == [("added", "new", ""), ("moved", "result", ""), ("removed", "contact", "")]
    assert kinds(with_question("way", options=(B, A))) == [("presented", "way", "options")]
    assert kinds(with_question("again", required=True)) == [("presented", "again", "required")]
    assert kinds(replace(FORM, respondents=("citizen",))) == [("presented", "", "respondents")]
