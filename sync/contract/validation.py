"""Checks responses against their survey: the terminal checks each answer, the centre the whole response."""

from collections.abc import Iterator, Mapping
from itertools import islice

from sync.contract.response import Answer, Response
from sync.contract.sealing import longest_box
from sync.contract.survey import (
    NOT_APPLICABLE,
    SEALED_KINDS,
    Choice,
    Choices,
    Number,
    Question,
    Rating,
    Survey,
    YesNo,
    longest_words,
    offered_options,
)

REASONS = 10  # named in one refusal, so that a made-up response does not make it long


def is_asked(question: Question, answers: Mapping[str, Answer]) -> bool:
    """Whether the question's condition is met; reasons are asked only if there is a rating to explain."""
    if isinstance(question, Choices) and question.about and level_of(answers.get(question.about)) is None:
        return False
    return question.when is None or answers.get(question.when.question) in question.when.equals


def applicable(answers: Mapping[str, Answer], survey: Survey) -> dict[str, Answer]:
    """The answers without those whose condition fell away, and without reasons that another level offers."""
    kept = dict(answers)
    for question in survey.questions:
        if question.id in kept and not is_asked(question, kept):
            del kept[question.id]
        elif isinstance(question, Choices) and question.about and question.id in kept:
            offered = {option.id for option in offered_options(question, level_of(kept[question.about]))}
            chosen = kept[question.id]
            if not isinstance(chosen, tuple) or not set(chosen) <= offered:
                del kept[question.id]
    return kept


def violations(response: Response, survey: Survey) -> list[str]:
    """The ways in which the response breaks its survey, as "question: reason"; empty if it fits.

    The reasons name the survey's own questions and rules, never an answer; there are REASONS at most.
    """
    return list(islice(_violations(response, survey), REASONS))


def _violations(response: Response, survey: Survey) -> Iterator[str]:
    if (response.survey.id, response.survey.version) != (survey.id, survey.version):
        yield f"survey: không phải {survey.id} phiên bản {survey.version}"
        return
    if response.respondent not in survey.respondents:
        yield "respondent: phiếu hỏi này không dành cho đối tượng đó"
    known = {question.id: question for question in survey.questions}
    for name, given in (("timing", response.timing), ("answers", response.answers)):
        if not given.keys() <= known.keys():
            yield f"{name}: nêu câu hỏi mà phiếu hỏi không có"
    for id, answer in response.answers.items():
        question = known.get(id)
        if question is None:
            continue
        if not is_asked(question, response.answers):
            yield f"{id}: có trả lời dù không đủ điều kiện để hỏi"
        else:
            reason = wrong_answer(question, answer, response.answers, survey)
            if reason:
                yield f"{id}: {reason}"
    if response.outcome == "complete":
        for question in survey.questions:
            if (
                question.required
                and not isinstance(question, SEALED_KINDS)
                and question.id not in response.answers
                and is_asked(question, response.answers)
            ):
                yield f"{question.id}: bắt buộc, mà phiếu ghi là đã trả lời đủ"
    if response.outcome in ("declined", "timed_out") and (response.answers or response.sealed):
        yield f"answers: có trả lời dù kết quả là {response.outcome}"
    if (response.outcome == "voided") != (response.void is not None):
        yield "void: chỉ và luôn đi cùng kết quả voided"
    if response.finished_at < response.started_at:
        yield "finished_at: trước started_at"
    if response.sealed and len(response.sealed.box) > longest_box(longest_words(survey)):
        yield "sealed: dài hơn mọi ý kiến mà phiếu hỏi này cho viết"


def wrong_answer(
    question: Question, answer: Answer, answers: Mapping[str, Answer], survey: Survey
) -> str | None:
    """Why this answer to this question is invalid, or None; `answers`: those to other questions."""
    if answer == NOT_APPLICABLE and isinstance(answer, str):
        return None if question.not_applicable else "không có lựa chọn 'na'"
    wrong = "không phải câu trả lời được đưa ra"
    match question:
        case Rating():
            whole = isinstance(answer, int) and not isinstance(answer, bool)
            return None if whole and answer in [level.value for level in survey.levels] else wrong
        case Choice():
            return None if answer in [option.id for option in question.options] else wrong
        case Choices():
            level = answers.get(question.about)
            offered = {option.id for option in offered_options(question, level_of(level))}
            if not isinstance(answer, tuple) or len(set(answer)) != len(answer):
                return wrong
            return None if set(answer) <= offered else wrong
        case YesNo():
            return None if isinstance(answer, bool) else wrong
        case Number():
            whole = isinstance(answer, int) and not isinstance(answer, bool)
            return None if whole and question.minimum <= int(str(answer)) <= question.maximum else wrong
        case _:
            return "phải mã hóa, không được nằm trong answers"


def level_of(answer: Answer | None) -> int | None:
    """The level of a rating; None if it was left out or does not apply."""
    return answer if isinstance(answer, int) and not isinstance(answer, bool) else None
