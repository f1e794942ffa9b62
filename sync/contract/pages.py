"""Which questions are on which page, and where the gate is. Pure.

One question a page, but for neighbouring ratings of one group, which share pages where the screen is large:
as few pages as hold them, as evenly filled as can be. The number of pages never depends on a rating: somebody
who watches learns nothing from it.

The gate comes after the last page that has to be seen. Behind it are criteria, reasons, texts and contact
details that may be left out, those first that take a touch: a citizen who has nothing to add answers one
question instead of skipping each, and never meets a keyboard.
"""

from collections.abc import Mapping, Sequence
from itertools import groupby, islice

from sync.contract.response import Answer
from sync.contract.survey import SEALED_KINDS, Choices, Contact, OpenText, Question, Rating, Survey
from sync.contract.validation import is_asked

Page = tuple[Question, ...]

# What may wait behind the gate, in this order.
_EXTRA = (Rating, Choices, OpenText, Contact)


def pages(
    survey: Survey, answers: Mapping[str, Answer], *, ratings_per_page: int, can_seal: bool
) -> tuple[Page, ...]:
    """The pages of a visit with these answers so far.

    ratings_per_page: how many of a group share a page at most.
    can_seal: False leaves out what would have to be sealed, for there is no key to seal it with.
    """
    asked = [
        question
        for question in _in_order(survey.questions)
        if (can_seal or not isinstance(question, SEALED_KINDS)) and _expected(question, answers)
    ]
    first = _first_extra(asked)
    return tuple(
        page
        for side in (asked[:first], asked[first:])  # no page holds both what must be seen and what waits
        for _, run in groupby(side, _shared_by)
        for page in _evenly(tuple(run), ratings_per_page)
    )


def _shared_by(question: Question) -> tuple[str, str]:
    """The same for neighbours that may share a page: ratings of one group."""
    grouped = isinstance(question, Rating) and bool(question.group)
    return ("group", question.group) if grouped else ("alone", question.id)


def _evenly(run: Page, most: int) -> list[Page]:
    """The questions on as few pages as hold them, the first ones fuller by one where they don't divide."""
    count = -(-len(run) // most)
    each, over = divmod(len(run), count)
    rest = iter(run)
    return [tuple(islice(rest, each + (place < over))) for place in range(count)]


def gate_of(made: tuple[Page, ...]) -> int:
    """How many of these pages come before the gate."""
    before = len(made)
    while before > 1 and all(_is_extra(question) for question in made[before - 1]):
        before -= 1
    return before


def _is_extra(question: Question) -> bool:
    """Whether it waits behind the gate, where all that follows does so too."""
    return not question.required and isinstance(question, _EXTRA)


def _first_extra(questions: Sequence[Question]) -> int:
    """The place from which on all may wait behind the gate."""
    first = len(questions)
    while first and _is_extra(questions[first - 1]):
        first -= 1
    return first


def _in_order(questions: tuple[Question, ...]) -> list[Question]:
    """The survey's order, but for the extra ones at its end, which follow `_EXTRA`."""
    first = _first_extra(questions)
    extra = sorted(
        questions[first:],
        key=lambda question: next(place for place, kind in enumerate(_EXTRA) if isinstance(question, kind)),
    )
    return [*questions[:first], *extra]


def _expected(question: Question, answers: Mapping[str, Answer]) -> bool:
    """Whether it is asked, or still may be: reasons count before their rating is given."""
    if isinstance(question, Choices) and question.about and question.about not in answers:
        return True
    return is_asked(question, answers)
