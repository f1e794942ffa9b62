"""More people of one unit are asked on days of their own (điều tra bổ sung), also after the plan's window.

Promises (each has a test of this name):
- the reserve is asked first, then who the same seed would have drawn next: anybody can repeat it;
- answers of the topped-up unit on these days count for the plan, and those of other units don't;
- the plan itself says what was ordered, why and when, in its next wording and in its draft;
- nobody is asked twice, and a list that has too few people left is refused.
"""

from collections.abc import Sequence
from datetime import date

from msgspec.structs import replace
from sqlalchemy import insert, update

from sync.central.office.audit.acts import Act
from sync.central.office.configuration.importing import import_configured
from sync.central.office.configuration.scope import read_configured
from sync.central.office.planning.closed_plans import check_open
from sync.central.office.planning.drafts import change_plan, find_plan_draft
from sync.central.office.plans import plan_named
from sync.central.office.sample.commitment import commitment_of
from sync.central.office.sample.drawing import draw
from sync.central.office.sample.sealed_list import Place, codes_of, of_place
from sync.central.office.sample.selecting import TOPPED_UP, Drawn, drawn_of
from sync.central.store.database import one_at_a_time
from sync.central.store.sample_tables import drawn_people
from sync.contract.plan import VIET_NAM, Plan, TopUp
from sync.contract.problem import ProblemError
from sync.contract.problem.sampling import SAMPLE_NOT_DRAWN, TOP_UP_TOO_LARGE, TOP_UP_WRONG
from sync.contract.text import nfc

WHY = 300  # characters
LONGEST = 92
"""Days of one top-up."""


def left_of(drawn: Sequence[Drawn], listed: int) -> int:
    """How many more people of a list can be asked: the reserve, and those who were not drawn. Pure."""
    return listed - sum(each.state != "spare" for each in drawn)


def top_up(act: Act, place: Place, *, people: int, first: date, last: date, why: str) -> TopUp:
    """Ask this many more people of a unit's list from `first` to `last`; they wait for an interviewer.

    Raises ProblemError HL4298 for a closed plan, HL4310, HL4362 before the draw, HL4363 for days or a reason
    that can't be, HL4364 where the list has fewer people left, HL5020.
    """
    connection = act.connection
    one_at_a_time(connection)
    plan = plan_named(connection, place.stratum.plan)
    check_open(connection, plan.id)
    today = act.now.astimezone(VIET_NAM).date()
    ordered = TopUp(
        unit=place.unit,
        people=people,
        starts=first,
        ends=last,
        why=_checked(why, first, last, today),
        ordered=today,
    )
    known = commitment_of(connection, place.stratum)
    if not known.drawn_at:
        raise ProblemError(SAMPLE_NOT_DRAWN(where=place.stratum.group))
    _ask(act, place, people, bytes.fromhex(known.seed))
    _write_down(act, plan, place, ordered, today)
    act.note("plan-top-up", place.subject, f"people: {people}, from: {first}, until: {last}")
    return ordered


def _checked(why: str, first: date, last: date, today: date) -> str:
    """The reason in one line; raises ProblemError HL4363."""
    if last < first:
        raise ProblemError(TOP_UP_WRONG(where="den", detail="trước ngày đầu"))
    if last < today:
        raise ProblemError(TOP_UP_WRONG(where="den", detail="ngày này đã qua"))
    if (last - first).days >= LONGEST:
        raise ProblemError(TOP_UP_WRONG(where="den", detail=f"dài hơn {LONGEST} ngày"))
    words = " ".join(nfc(why).split())
    if not words:
        raise ProblemError(TOP_UP_WRONG(where="ly_do", detail="để trống"))
    if len(words) > WHY or not words.isprintable():
        raise ProblemError(TOP_UP_WRONG(where="ly_do", detail=f"dài hơn {WHY} ký tự"))
    return words


def _ask(act: Act, place: Place, people: int, seed: bytes) -> None:
    """Let this many people wait: of the reserve in its order, then the next of the list."""
    connection, c = act.connection, drawn_people.c
    drawn = drawn_of(connection, place)
    reserve = [each.number for each in drawn if each.state == "spare"][:people]
    waiting = {"state": "waiting", "account": None}
    connection.execute(
        update(drawn_people).where(of_place(drawn_people, place), c.place.in_(reserve)).values(waiting)
    )
    fields = {code: field for code, field, _ in codes_of(connection, place)}
    asked = {each.code for each in drawn}
    names = {f"{place.unit}/{code}": code for code in fields if code not in asked}
    more = draw(names, people - len(reserve), seed)
    if len(reserve) + len(more) < people:
        raise ProblemError(
            TOP_UP_TOO_LARGE(where="so_nguoi", detail=f"còn {len(reserve) + len(names)} người")
        )
    rows = [
        {
            "plan": place.stratum.plan,
            "stratum": place.stratum.group,
            "unit": place.unit,
            "place": number,
            "code": names[name],
            "field": fields[names[name]],
            "spare": TOPPED_UP,
            "state": "waiting",
        }
        for number, name in enumerate(more, max((each.number for each in drawn), default=0) + 1)
    ]
    if rows:
        connection.execute(insert(drawn_people), rows)


def _write_down(act: Act, plan: Plan, place: Place, ordered: TopUp, today: date) -> None:
    """Put it into the plan in force, and into the draft of its next wording."""
    draft = find_plan_draft(act.connection, plan.id)
    there = read_configured(act.connection, plan.unit, today)
    topped = _with(plan, place.stratum.group, ordered)
    wanted = tuple(topped if each.id == plan.id else each for each in there.plans)
    import_configured(act, plan.unit, replace(there, plans=wanted), "điều tra bổ sung")
    if draft is not None and any(group.id == place.stratum.group for group in draft.plan.groups):
        change_plan(act, _with(draft.plan, place.stratum.group, ordered), draft.changed_at)


def _with(plan: Plan, group: str, ordered: TopUp) -> Plan:
    groups = (
        replace(each, top_ups=(*each.top_ups, ordered)) if each.id == group else each for each in plan.groups
    )
    return replace(plan, groups=tuple(groups))
