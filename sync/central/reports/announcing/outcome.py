"""A period in a few figures, for those who don't read a document. Pure."""

import re
from collections.abc import Collection, Sequence
from datetime import date
from typing import Final

from msgspec import Struct

from sync.central.figures.statistics import rule_for
from sync.central.figures.summary import SMALLEST
from sync.central.reports.kinds.levels import Rated, RatedForm, about_form
from sync.central.reports.kinds.monthly import PeriodicFigures

# Fewest answers of a rating that is called the weakest.
_ENOUGH = 30
_TOPIC = re.compile(r".*\bhài lòng\b.*? (?:về|với|đối với) (.+?)(?: (?:hay )?không)?\s*[?:.]*", re.IGNORECASE)


OPEN: Final = "Người trả lời tự chọn trả lời"


class OutcomeRating(Struct, frozen=True, kw_only=True):
    """A rating of at least five answers. topic: what it is about, within a sentence, "" if it is overall.

    satisfied: how many of the n are. very: the scale has two satisfied levels.
    """

    text: str
    topic: str
    n: int
    satisfied: int
    percent: str
    very: bool


class Outcome(Struct, frozen=True, kw_only=True):
    """A period. office: the body that publishes; place: the same as people call it. last: the last day that
    is counted.

    answers: of all forms. ratings: the main one first. weakest: one of them that is clearly lower than it,
    None without one. done: what was put right, a sentence without its subject each: “Mở thêm một quầy”.
    chosen: how those who answered were chosen, without a full stop.
    """

    office: str
    place: str
    period: str
    first: date
    last: date
    answers: int
    ratings: tuple[OutcomeRating, ...]
    weakest: OutcomeRating | None
    done: tuple[str, ...]
    chosen: str = OPEN


def outcome_of(
    figures: PeriodicFigures, done: Sequence[str] = (), withheld: Collection[tuple[str, str, str]] = ()
) -> Outcome:
    """The outcome of these figures. done: what the office says it did; else its finished remedies.

    withheld: rows that are not public, see issuing/small_cells.py.
    """
    ratings = tuple(
        one
        for form in figures.forms
        for rated in sorted(form.ratings, key=lambda each: each.text != figures.main)
        if (about_form(form.survey, form.version), "", rated.text) not in withheld
        and (one := _rating(rated, form)) is not None
    )
    main_first = tuple(sorted(ratings, key=lambda each: each.text != figures.main))
    name = figures.frame.name
    return Outcome(
        office=name,
        place=name.removeprefix("UBND "),
        period=figures.period,
        first=figures.asked.first,
        last=figures.until,
        answers=figures.valid,
        ratings=main_first,
        weakest=_weakest(main_first),
        done=tuple(done) or tuple(each.measure for each in figures.remedies if each.result),
        chosen=OPEN if figures.design == "open" else figures.chosen.rstrip("."),
    )


def _rating(rated: Rated, form: RatedForm) -> OutcomeRating | None:
    rule = rule_for(level for level, _ in form.levels)
    if rule is None or rated.n < SMALLEST or rated.percent is None:
        return None
    topic = _TOPIC.fullmatch(rated.text)
    return OutcomeRating(
        text=rated.text,
        topic=topic[1] if topic else "",
        n=rated.n,
        satisfied=sum(count for level, count in rated.counts if level in rule.satisfied),
        percent=rated.percent,
        very=len(rule.satisfied) > 1,
    )


def _weakest(ratings: Sequence[OutcomeRating]) -> OutcomeRating | None:
    """The only rating with the lowest share, if it has a topic to name."""
    enough = [each for each in ratings if each.n >= _ENOUGH]
    if len(enough) < 2:
        return None
    shares = sorted(enough, key=lambda each: each.satisfied / each.n)
    lowest, second = shares[0], shares[1]
    alone = lowest.satisfied * second.n < second.satisfied * lowest.n
    return lowest if alone and lowest.topic else None
