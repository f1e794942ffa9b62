"""A form as fields: what was typed comes back as the form, and everything else stays as it was."""

import pytest
from msgspec.structs import replace

from sync.central.office.forms.editing import NEW_OPTIONS, Checked, name_of, read_fields
from sync.contract.survey import Choice, Choices, Rating, Survey
from tests.support.plans import shipped_surveys
from tests.support.surveys import every_kind


def whole(checked: Checked) -> Survey:
    assert checked.wrong == ()
    assert checked.survey is not None
    return checked.survey


@pytest.mark.parametrize("survey", [every_kind(), *shipped_surveys().values()], ids=lambda survey: survey.id)
def test_a_form_of_which_nothing_was_typed_stays_the_same(survey: Survey) -> None:
    assert whole(read_fields(survey, {})) == survey


def test_texts_boxes_and_the_order_are_taken_as_typed() -> None:
    before = every_kind()
    typed = {
        name_of("title", "vi"): "  Phiếu \n mới ",
        name_of("result", "text", "vi"): "Kết quả thế nào?",
        name_of("result", "order"): "9",
        name_of("result", "optional"): "1",
        name_of("way", "order"): "6",
        name_of("way", "option", "a", "vi"): "Trực tiếp",
        name_of("place", "order"): "4",
        name_of("why-result", "drop"): "1",
        name_of("thanks", "vi"): "",
        name_of("thanks", "en"): "",
    }
    after = whole(read_fields(before, typed))
    assert (after.title["vi"], after.title["en"]) == ("Phiếu mới", before.title["en"])
    assert after.question("result").text == {"vi": "Kết quả thế nào?", "en": "Kết quả?"}
    assert [question.id for question in after.questions] == [
        *("manner", "place", "fee", "way", "trips", "again", "result", "words", "contact")
    ]
    assert (after.question("result").required, after.question("way").required) == (False, True)
    assert after.question("place").not_applicable is False
    way = after.question("way")
    assert isinstance(way, Choice)
    assert way.options[0].label["vi"] == "Trực tiếp"
    assert after.thanks == {}


def test_a_new_question_gets_an_id_that_no_release_has_had() -> None:
    typed = {
        "new:vi": "Ông/bà biết dịch vụ từ đâu?",
        "new:en": "How did you hear of it?",
        "new:kind": "choices",
        NEW_OPTIONS: "Báo, đài | Press\r\nBáo đài | Radio\nNgười quen | A friend\n",
    }
    after = whole(read_fields(every_kind(), typed, taken={"cau-1"}))
    added = after.questions[-1]
    assert isinstance(added, Choices)
    assert added.id == "cau-2"
    assert [option.id for option in added.options] == ["bao-dai", "bao-dai-2", "nguoi-quen"]
    assert added.options[2].label == {"vi": "Người quen", "en": "A friend"}


def test_what_is_wrong_is_named_at_its_question() -> None:
    before = every_kind()
    typed = {name_of("manner", "text", "en"): "", name_of("manner", "order"): "1"}
    wrong = read_fields(before, typed)
    assert wrong.survey is None
    assert [(place, problem.number) for place, problem in wrong.wrong] == [("manner", "HL1006")]
    new = read_fields(before, {"new:vi": "Chọn gì?", "new:en": "What?", "new:kind": "choice"})
    assert [(place, problem.number) for place, problem in new.wrong] == [("cau-1", "HL1003")]


def test_a_condition_on_what_was_dropped_is_wrong_there() -> None:
    wrong = read_fields(every_kind(), {name_of("way", "drop"): "1"})
    assert [(place, problem.number) for place, problem in wrong.wrong] == [("trips", "HL1005")]


def test_a_kind_that_there_is_not_is_refused() -> None:
    before = replace(every_kind(), questions=(Rating(id="one", text={"vi": "Một", "en": "One"}),))
    wrong = read_fields(before, {"new:vi": "x", "new:en": "x", "new:kind": "<script>"})
    assert wrong.survey is None
