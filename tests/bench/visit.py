"""From the scan to the thanks: touches, screens and seconds of the shipped surveys, by a robot that reads.

The session is the product's, on a panel of 1280×800 pixels; `tests/support/citizen.py` says how the citizen
decides, reads and moves. Nothing is timed: the seconds are reading and movement, the same on every machine.

The peers are plain arithmetic: a web form on one page (such as SurveyJS) takes a touch for every question
that must be answered and one to send; HappyOrNot takes one touch and asks one question.
"""

from rich.console import Console
from rich.table import Table

from tests.bench.results import Progress, Row, below, shown, shown_alone
from tests.support.citizen import (
    DISSATISFIED,
    HURRIED,
    IN_WORDS,
    SATISFIED,
    SILENT,
    SLOW,
    Pace,
    Taken,
    Wish,
    panel_rules,
    taken,
    walk,
)
from tests.support.plans import shipped_surveys

SHORTEST, LONGEST = "kien-hung", "quang-binh-cong-dan"
HAPPY_OR_NOT = 1
"""Touches of one visit, for one question."""


def run(progress: Progress) -> list[Row]:
    """Every survey in every manner; then the targets of the shortest and of the one with nine criteria."""
    progress("every survey in every manner")
    Console().print(_every_manner())
    silent, long = _take(SHORTEST, SILENT), _take(LONGEST, SATISFIED)
    differing = sum(_take(id, SATISFIED) != _take(id, DISSATISFIED) for id in shipped_surveys())
    return [
        *(row for id in shipped_surveys() for row in _shortest(id)),
        below("surveys that take more, or less, of the dissatisfied", differing, 0, "surveys"),
        shown(f"{SHORTEST}, next to HappyOrNot", silent.touches, HAPPY_OR_NOT, "touches"),
        below(f"{SHORTEST}, left to send itself", silent.touches, 2, "touches"),
        below(f"{SHORTEST}, sent", _take(SHORTEST, SATISFIED).touches, 3, "touches"),
        below(f"{LONGEST}: nine criteria", long.touches, 11, "touches"),
        below(f"{LONGEST}: nine criteria, hurried", long.seconds, 40, "s"),
    ]


def _shortest(id: str) -> list[Row]:
    """The visit of somebody who is satisfied and sends the form, next to the same form as a web page."""
    hurried, slow = _take(id, SATISFIED), _take(id, SATISFIED, SLOW)
    form = sum(question.required for question in shipped_surveys()[id].questions) + 1
    return [
        shown(f"{id}, next to a web form", hurried.touches, form, "touches"),
        shown_alone(f"{id}, hurried", hurried.seconds, "s"),
        shown_alone(f"{id}, slow", slow.seconds, "s"),
    ]


def _every_manner() -> Table:
    table = Table(title="from the scan to the thanks, 1280×800")
    for heading in ("survey", "manner"):
        table.add_column(heading)
    for heading in ("touches", "keys", "screens", f"s, {HURRIED.name}", f"s, {SLOW.name}"):
        table.add_column(heading, justify="right")
    for id in shipped_surveys():
        for wish in (SATISFIED, DISSATISFIED, IN_WORDS):
            hurried, slow = _take(id, wish), _take(id, wish, SLOW)
            counts = (hurried.touches, hurried.keys, hurried.screens)
            seconds = (f"{hurried.seconds:.1f}", f"{slow.seconds:.1f}")
            table.add_row(id, wish.name, *map(str, counts), *seconds)
    return table


def _take(id: str, wish: Wish, pace: Pace = HURRIED) -> Taken:
    return taken(list(walk(panel_rules(shipped_surveys()[id]), wish, pace)))
