"""Answers in the form of `responses.cells`: one CSV line, one cell per question that is not sealed."""

from sync.contract.response import Answer
from sync.contract.survey import SEALED_KINDS, Survey


def columns(survey: Survey) -> tuple[str, ...]:
    """The questions that have a cell in `responses.cells`, in order: all but the sealed ones."""
    return tuple(question.id for question in survey.questions if not isinstance(question, SEALED_KINDS))


def cell(answer: Answer | None) -> str:
    """An answer as a CSV cell. Ids and numbers only, so nothing ever needs quoting."""
    if answer is None:
        return ""
    if isinstance(answer, tuple):
        return ";".join(answer)
    if isinstance(answer, bool):
        return "true" if answer else "false"
    return str(answer)
