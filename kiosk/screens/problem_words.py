"""A problem in the two languages that problems have: Vietnamese, and English for everybody else."""

from kiosk.i18n import Translate
from sync.contract.problem import Problem

_BACK = "Quay lại"


def title(problem: Problem, words: Translate) -> str:
    """What happened."""
    return problem.kind.title if is_vietnamese(words) else problem.kind.title_en


def remedy(problem: Problem, words: Translate) -> str:
    """What to do."""
    kind = problem.kind
    return (kind.remedy if is_vietnamese(words) else kind.remedy_en).replace("`", "")


def number(problem: Problem, words: Translate) -> str:
    """For those who look it up."""
    return words("Mã lỗi: {number}").format(number=problem.number)


def is_vietnamese(words: Translate) -> bool:
    """Whether the interface is shown in Vietnamese."""
    return words(_BACK) == _BACK
