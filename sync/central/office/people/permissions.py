"""What people may do: one table of acts and roles, for pages, API and commands. Pure.

A role is held at a unit ("" for the whole centre), counts for its subtree, between two days; a person may
hold several. Whether a caller may do an act is asked here and nowhere else.
"""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Literal, get_args

from msgspec import Struct

Role = Literal["admin", "analyst", "viewer", "keyer", "interviewer"]
ROLES: tuple[str, ...] = get_args(Role)

PermittedAct = Literal[
    "see-figures",
    "see-rows",
    "export",
    "see-officers",
    "see-words",
    "see-remarks",
    "handle-remarks",
    "reveal-contact",
    "key-forms",
    "reveal-paper",
    "see-device-state",
    "see-devices",
    "change-devices",
    "see-configuration",
    "change-configuration",
    "correct",
    "forget",
    "see-audit",
    "see-system",
    "handle-messages",
    "manage-people",
    "see-reports",
    "see-alerts",
    "handle-alerts",
    "change-alert-rules",
    "see-remedies",
    "handle-remedies",
    "draft-report",
    "approve-report",
    "publish-report",
    "check-document",
    "see-plans",
    "change-plans",
    "answer-obstacles",
    "handle-samples",
    "reveal-drawn",
    "interview",
    "handle-letters",
    "print-letters",
]


class Rule(Struct, frozen=True, kw_only=True):
    """Who may do an act.

    roles: any of these is enough. months_over: these see only months that are over. approver: the mark is
    needed, next to any role there. step_up: the person must have shown within minutes who it is.
    not_officers: not for a person who is an officer, see `is_about`: in a second account without that mark,
    or in one of a colleague that was let in again, they would read what is about themselves.
    """

    roles: frozenset[str]
    months_over: frozenset[str] = frozenset()
    approver: bool = False
    step_up: bool = False
    not_officers: bool = False


def _rule(*roles: Role, step_up: bool = False) -> Rule:
    return Rule(roles=frozenset(roles), step_up=step_up)


# An interviewer is nobody of the office: an account of the organisation that was hired.
_OF_THE_OFFICE = frozenset(ROLES) - {"interviewer"}
RULES: Mapping[PermittedAct, Rule] = {
    "see-figures": _rule("viewer", "analyst", "admin"),
    "see-rows": _rule("analyst", "admin"),
    "export": _rule("analyst", "admin"),
    "see-officers": Rule(roles=frozenset({"analyst", "admin"}), months_over=frozenset({"analyst"})),
    "see-words": _rule("admin"),
    "see-remarks": _rule("admin"),
    "handle-remarks": _rule("admin"),
    "reveal-contact": _rule("admin", step_up=True),
    "key-forms": _rule("keyer", "admin"),
    "reveal-paper": _rule("admin", step_up=True),
    "see-device-state": _rule("viewer", "analyst", "admin"),
    "see-devices": _rule("analyst", "admin"),
    "change-devices": _rule("admin"),
    "see-configuration": _rule("analyst", "admin"),
    "change-configuration": _rule("admin"),
    "correct": _rule("admin", step_up=True),
    "forget": _rule("admin", step_up=True),
    "see-audit": _rule("admin"),
    "see-system": _rule("admin"),
    "handle-messages": _rule("admin"),
    "manage-people": Rule(roles=frozenset({"admin"}), step_up=True, not_officers=True),
    "see-reports": _rule("viewer", "analyst", "admin"),
    "see-alerts": _rule("admin"),
    "handle-alerts": _rule("admin"),
    "change-alert-rules": _rule("admin"),
    "see-remedies": _rule("viewer", "analyst", "admin"),
    "handle-remedies": _rule("admin"),
    "draft-report": _rule("analyst", "admin"),
    "approve-report": Rule(roles=_OF_THE_OFFICE, approver=True),
    "publish-report": _rule("admin"),
    "check-document": Rule(roles=_OF_THE_OFFICE),
    "see-plans": _rule("viewer", "analyst", "admin"),
    "change-plans": _rule("admin"),
    "answer-obstacles": Rule(roles=_OF_THE_OFFICE, approver=True),
    "handle-samples": _rule("admin"),
    "reveal-drawn": _rule("admin", step_up=True),
    "interview": _rule("interviewer", "admin"),
    "handle-letters": _rule("admin"),
    "print-letters": _rule("admin", step_up=True),
}

# What a role may hand on: itself, and those whose acts it has all.
_WITHIN: Mapping[str, frozenset[str]] = {
    "admin": frozenset(ROLES),
    "analyst": frozenset({"analyst", "viewer"}),
    "viewer": frozenset({"viewer"}),
    "keyer": frozenset({"keyer"}),
    "interviewer": frozenset({"interviewer"}),
}


class Held(Struct, frozen=True, kw_only=True):
    """A role at a unit, "" for the whole centre, from the first to the last of these days; None: no limit."""

    role: str
    unit: str
    first: date | None = None
    last: date | None = None

    def on(self, day: date) -> bool:
        """Whether it is held on `day`."""
        return (self.first or date.min) <= day <= (self.last or date.max)


class Person(Struct, frozen=True, kw_only=True):
    """Somebody with an account. officer: the officer that this person is, "" for none."""

    account: int
    login: str
    name: str
    roles: tuple[Held, ...] = ()
    approver: bool = False
    officer: str = ""


def may(person: Person, act: PermittedAct, unit: str, day: date, above: Collection[str]) -> bool:
    """Whether the person may do this at `unit` on `day`, a step-up aside.

    above: the units above `unit` on that day. unit: "" for the whole centre.
    """
    rule = RULES[act]
    if _is_barred(person, rule):
        return False
    return any(held.role in rule.roles for held in covering(person, unit, day, above))


def _is_barred(person: Person, rule: Rule) -> bool:
    return (rule.approver and not person.approver) or (rule.not_officers and bool(person.officer))


def covering(person: Person, unit: str, day: date, above: Collection[str]) -> tuple[Held, ...]:
    """The roles that count at `unit` on `day`."""
    return tuple(
        held
        for held in person.roles
        if held.on(day) and (held.unit == "" or held.unit == unit or held.unit in above)
    )


def grants(role: str, act: PermittedAct) -> bool:
    """Whether this role alone is enough for the act, as for a program's token."""
    return not RULES[act].approver and role in RULES[act].roles


def may_anywhere(person: Person, act: PermittedAct, day: date) -> tuple[str, ...]:
    """The units, "" for the whole centre, at whose subtrees the person may do this on `day`."""
    rule = RULES[act]
    if _is_barred(person, rule):
        return ()
    units = (held.unit for held in person.roles if held.on(day) and held.role in rule.roles)
    return tuple(dict.fromkeys(units))


def needs_step_up(act: PermittedAct) -> bool:
    """Whether the act needs a person who has shown within minutes who it is."""
    return RULES[act].step_up


def needs_second_factor(person: Person) -> bool:
    """Whether a password is not enough for what this person may do: reveal, remove, approve, manage."""
    strong = frozenset().union(*(rule.roles for rule in RULES.values() if rule.step_up))
    return person.approver or any(held.role in strong for held in person.roles)


def only_months_over(person: Person, unit: str, day: date, above: Collection[str]) -> bool:
    """Whether the person sees officers' figures at `unit` only of months that are over."""
    rule = RULES["see-officers"]
    roles = {held.role for held in covering(person, unit, day, above)} & rule.roles
    return roles <= rule.months_over


def is_within(role: str, own: str) -> bool:
    """Whether `role` is not above `own`: who holds `own` may do all that `role` may."""
    return role in _WITHIN.get(own, frozenset())


def is_about(person: Person, officer: str | None) -> bool:
    """Whether this is about the person as an officer: then it is not shown, and counts in no number shown."""
    return bool(officer) and person.officer == officer
