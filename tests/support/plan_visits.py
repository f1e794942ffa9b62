"""Responses of the shipped plans: visits walked through the session, and forms keyed in at a desk."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from kiosk.events import Answered, Forward, MoreWanted, Tagged, Toggled, Touched, Writing
from kiosk.session import current_page, visit_pages
from sync.contract.ids import uuid7
from sync.contract.plan import Plan
from sync.contract.response import Answer, Channel, Entered, Mode, Respondent, Response, SurveyRef, Tag
from sync.contract.survey import Choices, Rating
from tests.flows.flow import Flow, rules_for
from tests.support.plans import shipped_surveys

Answers = Mapping[str, Answer]


def terminal(plan: Plan, group: str, start: datetime, respondent: Respondent = "citizen") -> Flow:
    """A terminal that asks the form of a group, three criteria a page where they belong together."""
    rules = rules_for(
        shipped_surveys()[plan.group(group).survey],
        plan=plan.id,
        respondents=(respondent,),
        ratings_per_page=3,
        app="test",
    )
    return Flow(rules, start)


def visit(flow: Flow, tag: Tag, answers: Answers, words: Mapping[str, str] | None = None) -> Response:
    """One whole visit: every page answered or left out, until the thanks; the response it left."""
    flow.send(Tagged(tag))
    pages = 0
    while flow.state.phase in ("ready", "asking", "gate"):
        assert flow.state.visit is not None
        if flow.state.phase == "gate":
            extra = visit_pages(flow.state.visit, flow.rules)[flow.state.visit.page :]
            ids = {question.id for page in extra for question in page}
            flow.send(MoreWanted() if ids & {*answers, *(words or {})} else Forward())
            continue
        pages += 1
        assert pages < 30, "the visit does not end"
        before = flow.state.visit.page
        for question in current_page(flow.state.visit, flow.rules):
            answer = answers.get(question.id)
            if isinstance(question, Choices) and isinstance(answer, tuple):
                flow.send(*(Toggled(question.id, option) for option in answer))
            elif answer is not None:
                flow.send(Answered(question.id, answer))
            elif words and question.id in words:
                flow.send(Writing(question.id, words[question.id]))
        still = flow.state.visit
        if flow.state.phase in ("ready", "asking") and still is not None and still.page == before:
            flow.send(Forward())
    assert flow.screen == "ThanksView"
    flow.send(Touched())
    return flow.last.response


def keyed(
    plan: Plan,
    group: str,
    number: int,
    at: datetime,
    answers: Answers,
    *,
    channel: Channel,
    respondent: Respondent = "citizen",
    mode: Mode = "self",
    unit: str = "",
    officer: str | None = None,
) -> Response:
    """Form `number` of a stack, keyed in at a desk a month after the day on it."""
    survey = shipped_surveys()[plan.group(group).survey]
    return Response(
        id=uuid7(at + timedelta(seconds=number), lambda size: number.to_bytes(size, "big")),
        device="ban-nhap-phieu",
        seq=0,
        survey=SurveyRef(survey.id, survey.version),
        plan=plan.id,
        tag=Tag(unit=unit or plan.unit, officer=officer, source="hand"),
        channel=channel,
        mode=mode,
        respondent=respondent,
        answers=dict(answers),
        outcome="complete",
        started_at=at,
        finished_at=at,
        entered=Entered("cb-nhap", at + timedelta(days=30), f"{group}-{number:04}"),
    )


def all_at(level: int, form: str) -> dict[str, Answer]:
    """Every rating of a form at this level."""
    questions = shipped_surveys()[form].questions
    return {question.id: level for question in questions if isinstance(question, Rating)}
