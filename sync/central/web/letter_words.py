"""Letters as pages draw them: their states in words, and which of them an address names."""

from collections.abc import Mapping
from typing import Final

from sync.central.office.people.permissions import PermittedAct
from sync.central.office.post.letters import LetterState
from sync.central.office.post.sending import Mailing, Mark
from sync.central.web.frame import Link
from sync.central.web.look import Look
from sync.central.web.plan_words import PLANS, SEE, plan_crumbs
from sync.central.web.sample_words import ListTarget, group_of, place_of, sampled_plan
from sync.contract.plan import Plan, PlanGroup
from sync.contract.problem import ProblemError
from sync.contract.problem.wire import ADDRESS_UNKNOWN

LETTERS: Final = PLANS + "/{id:str}/cong-van"
ONE: Final = LETTERS + "/{stratum:str}/{unit:str}"
HANDLE: Final = "handle-letters"
PRINT: Final = "print-letters"
STATES: Mapping[LetterState, str] = {
    "draft": "chưa gửi",
    "sent": "đã gửi",
    "reminded": "đã nhắc",
    "form": "phiếu đã về",
    "link": "trả lời qua đường dẫn",
    "undelivered": "bị trả về",
    "lost": "thất lạc",
}
LOOKS: Mapping[LetterState, str] = {
    "draft": "wait",
    "form": "good",
    "link": "good",
    "undelivered": "call",
    "lost": "call",
}
MARKS: Mapping[Mark, str] = {"undelivered": "bưu điện trả về", "lost": "thất lạc"}
At = tuple[str, str, str]
"""Plan, group and unit of an address."""


class MailingAt:
    """The letters that an address names: their plan, group and unit."""

    def __init__(self, plan: Plan, group: PlanGroup, target: ListTarget) -> None:
        self.plan, self.group, self.target = plan, group, target
        self.mailing = Mailing(plan.id, target.unit, group.id)

    @property
    def address(self) -> str:
        """Of their page."""
        return f"{PLANS}/{self.plan.id}/cong-van/{self.group.id}/{self.target.unit}"


def mailing_at(look: Look, at: At, act: PermittedAct = SEE) -> MailingAt:
    """The letters of an address; raises ProblemError HL4010 if the visitor may do `act` with none there."""
    id, stratum, unit = at
    plan = sampled_plan(look, id, act)
    group = group_of(plan, stratum)
    _, target = place_of(look, plan, stratum, unit)
    if "post" not in group.channels:
        raise ProblemError(ADDRESS_UNKNOWN())
    return MailingAt(plan, group, target)


def letter_crumbs(look: Look, at: MailingAt, *, inside: bool = False) -> tuple[Link, ...]:
    """The way back to the plan and its letters; inside: also to these."""
    every = Link(f"{PLANS}/{at.plan.id}/cong-van", look.say("Công văn"))
    own = (Link(at.address, at.target.name),) if inside else ()
    return (*plan_crumbs(look, at.plan), every, *own)
