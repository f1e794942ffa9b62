"""The visits of one terminal on one day. Pure: the same seed, terminal and day give the same visits.

Only the boxes of sealed words differ each time, because sealing is random.
"""

import hashlib
import random
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta

from msgspec import Struct

from sync.contract.ids import uuid7
from sync.contract.response import Answer, Outcome, Response, Sealed, SurveyRef, Tag
from sync.contract.sealing import Words
from tests.support.province.calendar import SATURDAY, USUAL, arrivals, busyness
from tests.support.province.configuration import Window, asked
from tests.support.province.places import (
    DAILY,
    DAILY_PLAN,
    PROCEDURES,
    ROUND,
    ROUND_PLAN,
    Commune,
    Procedure,
    Terminal,
    Trouble,
)
from tests.support.province.words import daily_words, round_words

CLOCK_BEHIND = timedelta(minutes=4)
SILENT_DAYS, UNHAPPY_DAYS, UNSENT_DAYS = 9, 16, 4
_SHARES = [procedure.share for procedure in PROCEDURES]
_REASONS = ("time", "attitude", "guidance", "paperwork", "other")
_DAILY, _ROUND = SurveyRef(DAILY, 1), SurveyRef(ROUND, 1)

Seal = Callable[[Words], Sealed | None]


class Visits(Struct, frozen=True, kw_only=True):
    """What decides the visits of a province. mean: of all its terminals on an average day."""

    communes: tuple[Commune, ...]
    window: Window
    closed: frozenset[date]
    mean: float
    seed: int
    seal: Seal

    def of(self, commune: Commune, terminal: Terminal, day: date) -> Iterator[Response]:
        """The visits of a terminal on a day, in their order and not numbered yet."""
        opening = (*USUAL, SATURDAY) if commune.saturdays else USUAL
        if day in self.closed:
            return
        chance = random.Random(f"{self.seed} {terminal.id} {day}")
        mean = self.mean * commune.share * terminal.share * busyness(day)
        count = max(0, round(chance.gauss(mean, mean**0.5)))
        in_round = (
            commune in asked(self.communes) and self.window.round_first <= day <= self.window.round_last
        )
        round_here = in_round and terminal.counter == "quay-1"
        for at in arrivals(chance, day, opening, count):
            yield self._visit(chance, commune, terminal, at, in_round=round_here)

    def _visit(
        self, chance: random.Random, commune: Commune, terminal: Terminal, at: datetime, *, in_round: bool
    ) -> Response:
        (procedure,) = chance.choices(PROCEDURES, _SHARES)
        outcome = _outcome(chance, commune.answering)
        bad = self._unhappy(commune, terminal, procedure, at.date())
        answers: dict[str, Answer] = {}
        words: Words = {}
        if outcome in ("complete", "partial"):
            answers = _round_answers(chance, bad) if in_round else _daily_answers(chance, bad)
            worst = min(level for level in answers.values() if isinstance(level, int))
            words = (round_words if in_round else daily_words)(chance, worst)
            if outcome == "partial":
                answers = dict([next(iter(answers.items()))])
        timing = {question: chance.randrange(1300, 7000) for question in answers}
        slow = terminal.trouble is Trouble.CLOCK
        begins = at - CLOCK_BEHIND if slow else at
        ends = begins + timedelta(milliseconds=sum(timing.values()), seconds=chance.randrange(4, 25))
        if words:
            ends += timedelta(seconds=chance.randrange(20, 90))
        ends = ends.replace(microsecond=0)
        home = int(terminal.counter.rpartition("-")[2]) - 1
        officer = commune.officers[home] if chance.random() < 0.8 else chance.choice(commune.officers)
        return Response(
            id=uuid7(begins, chance.randbytes),
            device=terminal.id,
            seq=0,
            survey=_ROUND if in_round else _DAILY,
            plan=ROUND_PLAN if in_round else DAILY_PLAN,
            tag=Tag(
                unit=commune.code,
                counter=terminal.counter,
                procedure=procedure.code,
                officer=officer.id,
                scanned_at=begins,
            ),
            channel="kiosk",
            respondent="organisation" if chance.random() < 0.11 else "citizen",
            answers=answers,
            timing=timing,
            outcome=outcome,
            started_at=begins,
            finished_at=ends,
            boot=hashlib.sha256(f"{terminal.id} {at:%Y%m%d}".encode()).hexdigest()[:16],
            monotonic_ms=1000 * (3600 * (at.hour - 7) + 60 * at.minute + at.second + 600),
            app="0.1.0",
            sealed=self.seal(words) if words else None,
        )

    def _unhappy(self, commune: Commune, terminal: Terminal, procedure: Procedure, day: date) -> float:
        """The share of answers that are unhappy ones: some procedures' more, and slowly fewer."""
        if terminal.trouble is Trouble.UNHAPPY and (self.window.last - day).days < UNHAPPY_DAYS:
            return 0.5
        months_ago = (self.window.last - day).days / 30
        return min(0.6, commune.unhappy * procedure.unhappy * (0.85 + 0.03 * months_ago))


def _outcome(chance: random.Random, answering: float) -> Outcome:
    drawn = chance.random()
    if drawn < answering:
        return "complete" if drawn < 0.94 * answering else "partial"
    return "declined" if chance.random() < 0.22 else "timed_out"


def _level(chance: random.Random, bad: float) -> int:
    drawn = chance.random()
    if drawn < bad:
        return 1 if drawn < 0.3 * bad else 2
    return chance.choices((5, 4, 3), (56, 34, 10))[0]


def _near(chance: random.Random, level: int) -> int:
    return max(1, min(5, level + chance.choices((-1, 0, 1), (15, 70, 15))[0]))


def _daily_answers(chance: random.Random, bad: float) -> dict[str, Answer]:
    result = _level(chance, bad)
    return {"result": result, "service": _near(chance, result)}


def _round_answers(chance: random.Random, bad: float) -> dict[str, Answer]:
    overall = _level(chance, bad)
    answers: dict[str, Answer] = {key: _near(chance, overall) for key in ("officer", "procedures", "time")}
    answers["overall"] = overall
    if chance.random() < 0.7:
        answers["reasons"] = tuple(sorted(chance.sample(_REASONS, chance.choice((1, 1, 2)))))
    return answers
