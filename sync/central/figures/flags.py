"""Visits that look unusual. A flag asks a person to look; no response is dropped because of one.

    fast            every answer took less than a second: too fast to read the questions
    at_once         the first answer within 3 seconds of the scan: too soon for the citizen to have the screen
    repeated        one of a run of visits with the same answers at one counter, one after the other
    out_of_hours    outside opening hours, and not in the hours in which its plan collects
    form_twice      a paper form whose number was keyed in for another response of the same plan and survey

Officers are compared over a whole period, each with all others:

    voids, declines    far more than the others have; by chance for fewer than one in a thousand such officers

The limits are choices of this project, not of any regulation; they are constants of this module.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from datetime import timedelta
from enum import StrEnum
from itertools import groupby

from sync.contract.assignment import OfficeHours
from sync.contract.opening import is_open
from sync.contract.plan import VIET_NAM, Plan
from sync.contract.response import Response
from sync.contract.survey import Survey

FAST_MS = 1000
AT_ONCE = timedelta(seconds=3)
# This many visits with the same answers, each begun soon after the one before.
RUN = 5
RUN_GAP = timedelta(minutes=2)
# Officers with fewer tags than this are not judged.
ENOUGH_TAGS = 20
CHANCE = 0.001
_ALWAYS = OfficeHours()


class Flag(StrEnum):
    """What looks unusual about one visit."""

    FAST = "fast"
    AT_ONCE = "at_once"
    REPEATED = "repeated"
    OUT_OF_HOURS = "out_of_hours"
    FORM_TWICE = "form_twice"


class OfficerFlag(StrEnum):
    """What looks unusual about the visits of one officer."""

    VOIDS = "voids"
    DECLINES = "declines"


def flag_visits(
    responses: Iterable[Response],
    surveys: Sequence[Survey],
    hours: OfficeHours = _ALWAYS,
    plans: Iterable[Plan] = (),
) -> dict[str, frozenset[Flag]]:
    """The flags of each response that has any, by its id.

    Responses whose survey is not in `surveys` only get flags that need no survey. For forms keyed twice, see
    `same_form`.

    hours: when the office is open, with its days off and its days of make-up work; without any no visit is
    out of hours. plans: those of the responses.
    """
    known = {(survey.id, survey.version): survey for survey in surveys}
    by_id = {plan.id: plan for plan in plans}
    # What only takes back an earlier response is no visit; its times are those of the person who wrote it.
    listed = [each for each in responses if each.void is None or each.void.response is None]
    flags: dict[str, set[Flag]] = defaultdict(set)
    for response in listed:
        survey = known.get((response.survey.id, response.survey.version))
        times = [response.timing[id] for id in response.answers if id in response.timing]
        if len(times) > 1 and max(times) < FAST_MS:
            flags[response.id].add(Flag.FAST)
        if survey and _is_at_once(response, survey):
            flags[response.id].add(Flag.AT_ONCE)
        if response.channel == "kiosk" and not (
            is_open(hours.opening, hours.special_days, response.started_at.astimezone(VIET_NAM))
            or _is_collected(response, by_id.get(response.plan or ""))
        ):
            flags[response.id].add(Flag.OUT_OF_HOURS)
    for run in runs(listed):
        for response in run if len(run) >= RUN else ():
            flags[response.id].add(Flag.REPEATED)
    return {id: frozenset(found) for id, found in flags.items()}


def _is_at_once(response: Response, survey: Survey) -> bool:
    """Whether the first answer must have come within `AT_ONCE` of the scan.

    Its time is not recorded, but it came before the other questions were shown, and their times are recorded.
    """
    scanned = response.tag.scanned_at if response.tag else None
    first = next((question.id for question in survey.questions if question.id in response.answers), None)
    if scanned is None or first is None:
        return False
    after = sum(time for id, time in response.timing.items() if id != first)
    return response.finished_at - timedelta(milliseconds=after) - scanned < AT_ONCE


def _is_collected(response: Response, plan: Plan | None) -> bool:
    """Whether its plan collects this form at that moment, also where the office is closed then."""
    if plan is None:
        return False
    at = response.started_at.astimezone(VIET_NAM)
    day = at.date()
    for group in plan.groups:
        first, last = plan.window(group)
        hours = plan.collecting(group)
        asked = group.survey == response.survey.id and (first or day) <= day <= (last or day)
        if asked and hours and is_open(hours, (), at):
            return True
    return False


def runs(responses: Iterable[Response]) -> Iterable[list[Response]]:
    """Runs of visits with the same answers, at one counter and close together; a run may be one visit."""
    answered = [
        response for response in responses if response.channel == "kiosk" and len(response.answers) > 1
    ]
    answered.sort(key=lambda response: (response.device, response.started_at, response.seq))
    for _, of_device in groupby(answered, key=lambda response: response.device):
        run: list[Response] = []
        for response in of_device:
            if run and not _continues(run[-1], response):
                yield run
                run = []
            run.append(response)
        yield run


def _continues(before: Response, after: Response) -> bool:
    same = (before.survey, before.answers) == (after.survey, after.answers)
    return same and after.started_at - before.finished_at <= RUN_GAP


def same_form(responses: Iterable[Response], voided: Container[str] = ()) -> dict[str, tuple[str, ...]]:
    """For each response whose form was keyed in again: the ids of the other responses with that form.

    voided: ids of responses that no longer count; they are left out.
    """
    listed = {response.id: response for response in responses}
    forms: dict[tuple[str | None, str, str], list[str]] = defaultdict(list)
    for response in listed.values():
        number = _form_number(response, listed)
        if number and response.outcome != "voided" and response.id not in voided:
            forms[response.plan, response.survey.id, number].append(response.id)
    return {
        id: tuple(other for other in ids if other != id) for ids in forms.values() for id in ids if ids[1:]
    }


def _form_number(response: Response, listed: Mapping[str, Response]) -> str:
    """The number on its form; a correction made at the centre names the response it corrects instead."""
    passed: set[str] = set()
    while response.entered and response.id not in passed:
        passed.add(response.id)
        number = response.entered.form_no.strip()
        if number not in listed:
            return number
        response = listed[number]
    return ""


def flag_officers(outcomes: Mapping[str, Mapping[str, int]]) -> dict[str, frozenset[OfficerFlag]]:
    """Officers whose tags were voided or declined far more often than those of all others together.

    outcomes: officer -> outcome -> how many visits that the officer tagged had it.

    An officer is flagged if that many or more, at the others' rate, would come by chance in less than one
    case in a thousand (binomial tail). Officers with fewer than 20 tags, or nobody to compare with: no flag.
    """
    tags = Counter({officer: sum(visits.values()) for officer, visits in outcomes.items()})
    counts = {
        flag: Counter({officer: visits.get(outcome, 0) for officer, visits in outcomes.items()})
        for outcome, flag in (("voided", OfficerFlag.VOIDS), ("declined", OfficerFlag.DECLINES))
    }
    flags: dict[str, set[OfficerFlag]] = defaultdict(set)
    for officer, total in tags.items():
        others = tags.total() - total
        if total < ENOUGH_TAGS or others < ENOUGH_TAGS:
            continue
        for flag, count in counts.items():
            # One hit and one miss are added, because a rate of 0 among the others proves little.
            rate = (count.total() - count[officer] + 1) / (others + 2)
            if binomial_tail(count[officer], total, rate) < CHANCE:
                flags[officer].add(flag)
    return {officer: frozenset(found) for officer, found in flags.items()}


def binomial_tail(count: int, total: int, rate: float) -> float:
    """The probability of `count` or more out of `total`, each with probability `rate` (0 < rate < 1)."""
    if count <= 0:
        return 1.0
    log_rate, log_rest = math.log(rate), math.log1p(-rate)
    log_all = math.lgamma(total + 1)
    return math.fsum(
        math.exp(
            log_all
            - math.lgamma(hits + 1)
            - math.lgamma(total - hits + 1)
            + hits * log_rate
            + (total - hits) * log_rest
        )
        for hits in range(count, total + 1)
    )
