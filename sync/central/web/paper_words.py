"""What pages call the things of paper forms."""

from collections.abc import Mapping
from typing import Final

from sync.central.office.paper.asked import Asked
from sync.central.office.paper.entering import Invalid
from sync.central.office.paper.lots import Way
from sync.central.web.look import Look
from sync.contract.response import Mode, Respondent
from sync.contract.text import pick

KEY: Final = "key-forms"
REVEAL: Final = "reveal-paper"
INVALID_WORDS: Mapping[Invalid, str] = {
    "blank": "để trống",
    "two-levels": "đánh dấu hai mức",
    "twice": "trùng số với phiếu khác",
    "outside": "ngoài thời gian thu phiếu",
    "unreadable": "không đọc được",
}
REPEATED_WORDS = "thư đã trả lời trước"
MODES: Mapping[Mode, str] = {
    "self": "người dân tự ghi",
    "assisted": "có người hướng dẫn",
    "interviewer": "điều tra viên hỏi",
}
RESPONDENTS: Mapping[Respondent, str] = {
    "citizen": "người dân",
    "organisation": "tổ chức",
    "staff": "cán bộ, công chức",
}
WAYS: Mapping[Way, str] = {"box": "mở hòm phiếu", "handed": "bàn giao phiếu"}


def asked_words(look: Look, asked: Asked) -> str:
    """The form, by its title."""
    survey = look.names.surveys.get((asked.survey, asked.version))
    return pick(survey.title, look.translation.language) if survey else asked.survey
