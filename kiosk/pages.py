"""Which questions stand on which page. Pure.

One question a page, but for questions of one group, which share pages where the screen is large. The number
of pages never depends on a rating: somebody who watches learns nothing from it.
"""

from collections.abc import Mapping

from sync.contract.response import Answer
from sync.contract.survey import SEALED_KINDS, Choices, Question, Rating, Survey
from sync.contract.validation import is_asked

Page = tuple[Question, ...]


def pages(
    survey: Survey, answers: Mapping[str, Answer], *, ratings_per_page: int, can_seal: bool
) -> tuple[Page, ...]:
    """The pages of a visit with these answers so far.

    can_seal: False leaves out what would have to be sealed, for there is no key to seal it with.
    """
    made: list[list[Question]] = []
    for question in survey.questions:
        if isinstance(question, SEALED_KINDS) and not can_seal:
            continue
        if not _expected(question, answers):
            continue
        last = made[-1] if made else []
        if _share_a_page(last, question) and len(last) < ratings_per_page:
            last.append(question)
        else:
            made.append([question])
    return tuple(tuple(page) for page in made)


def _expected(question: Question, answers: Mapping[str, Answer]) -> bool:
    """Whether it is asked, or still may be: reasons count before their rating is given."""
    if isinstance(question, Choices) and question.about and question.about not in answers:
        return True
    return is_asked(question, answers)


def _share_a_page(page: list[Question], question: Question) -> bool:
    return (
        bool(page)
        and bool(question.group)
        and page[-1].group == question.group
        and isinstance(question, Rating)
        and isinstance(page[-1], Rating)
    )
