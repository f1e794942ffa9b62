"""Summaries counted from responses in the plainest way, beside the counts that the centre keeps."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from msgspec import Struct

from sync.central.pulling.summary import Axis, Summary, summary_of
from sync.central.pulling.suppression import Key
from sync.central.statistics import ANSWERED, standing
from sync.contract.plan import VIET_NAM
from sync.contract.response import Response
from sync.contract.survey import NOT_APPLICABLE, Rating, Survey


class Count(Struct, frozen=True, kw_only=True):
    """How often one rating got one answer under one officer, procedure, unit and day; None: not applicable.

    officer, procedure, unit: "" where the handover named none. day: YYYY-MM-DD.
    """

    question: str
    answer: int | None
    forms: int
    officer: str = ""
    procedure: str = ""
    unit: str = ""
    day: str = ""


def summarise(survey: Survey, counts: Iterable[Count], by: Sequence[Axis] = (), minimum: int = 5) -> Summary:
    """The summary of `survey` from its counts, by up to two axes.

    Raises:
        ValueError: more than two axes, or one of them twice.
    """
    axes = tuple(by)
    if len(axes) > 2 or len(set(axes)) < len(axes):
        raise ValueError("by one or two different axes")
    cells: defaultdict[Key, Counter[int | None]] = defaultdict(Counter)
    for count in counts:
        key = (*(str(getattr(count, axis)) for axis in axes), count.question)
        cells[key][count.answer] += count.forms
    return summary_of(survey, cells, axes, minimum=minimum)


def counts_of(survey: Survey, responses: Iterable[Response]) -> list[Count]:
    """What is to be counted of these responses for `survey` in this version; voided ones are left out."""
    ratings = [question.id for question in survey.questions if isinstance(question, Rating)]
    found: Counter[tuple[str, int | None, str, str, str, str]] = Counter()
    for response in standing(responses):
        if response.outcome not in ANSWERED:
            continue
        if (response.survey.id, response.survey.version) != (survey.id, survey.version):
            continue
        tag, day = response.tag, response.finished_at.astimezone(VIET_NAM).date().isoformat()
        officer, procedure, unit = (tag.officer, tag.procedure, tag.unit) if tag else (None, None, None)
        for question in ratings:
            answer = response.answers.get(question)
            if answer is not None:
                level = None if answer == NOT_APPLICABLE else int(str(answer))
                found[question, level, officer or "", procedure or "", unit or "", day] += 1
    return [
        Count(question=q, answer=a, forms=n, officer=o, procedure=p, unit=u, day=d)
        for (q, a, o, p, u, d), n in found.items()
    ]
