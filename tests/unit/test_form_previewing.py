"""The pages of a form as plain text: every word of it, in the order of a visit."""

import pytest

from sync.central.office.forms.previewing import preview
from sync.contract.survey import Survey, survey_texts
from tests.support.plans import shipped_surveys
from tests.support.surveys import every_kind


@pytest.mark.parametrize("survey", [every_kind(), *shipped_surveys().values()], ids=lambda survey: survey.id)
@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_text_that_a_citizen_sees_first_is_there(survey: Survey, language: str) -> None:
    shown = "\n".join(preview(survey, language))
    later = ("privacy.purpose", "privacy.data", "privacy.controller", "privacy.rights")
    missing = [
        where for where, text in survey_texts(survey) if where not in later and text[language] not in shown
    ]
    assert missing == []


def test_conditions_limits_and_the_gate_are_named() -> None:
    lines = list(preview(every_kind(), "vi"))
    assert "    (chỉ hỏi khi câu “Cách nộp?” được trả lời “A?”)" in lines
    assert "    số từ 0 đến 9" in lines
    assert "    □ fast? (sau mức 4, 5)" in lines
    gate = lines.index("— Chỉ khi người dân chạm “Góp ý” hoặc “Đánh giá thêm” —")
    assert lines.index("  Hẹn lại?") < gate < lines.index("  Ý kiến?")


def test_ratings_of_a_group_share_a_page_as_on_the_terminal() -> None:
    pages = [line for line in preview(every_kind(), "vi", ratings_per_page=1) if line.startswith("Trang")]
    together = [line for line in preview(every_kind(), "vi", ratings_per_page=3) if line.startswith("Trang")]
    assert (len(pages), len(together)) == (10, 8)
