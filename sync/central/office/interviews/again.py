"""Re-checks (phúc tra): some of each interviewer's people are asked again by somebody else.

Promises:
- of each interviewer at least the plan's percentage is drawn, rounded up, by a seed that is made after the
  forms are in: no interviewer knows beforehand whom it will be;
- nobody checks their own interviews, or before confidentiality is promised, or without opening the person;
- the form is that of the interview, in its version: what is said the second time is compared and not kept, as
  same, one level apart, more, or never asked;
- an interview that was forgotten before it was checked can't be: another one is drawn in its place;
- who was met at a unit and left no telephone number is not checked, and no plan waits for it; how many fewer
  re-checks of an interviewer that makes is counted.
"""

import os
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from typing import Literal, get_args

from msgspec import Struct
from sqlalchemy import Connection, insert, or_, select, update

from sync.central.office.audit.acts import Act
from sync.central.office.interviews.confidential import has_promised
from sync.central.office.keys.stored import Keys
from sync.central.office.sample.commitment import Stratum
from sync.central.office.sample.drawing import draw
from sync.central.office.sample.sealed_list import Person, Place, of_place, open_person
from sync.central.office.sample.selecting import note_step
from sync.central.store.database import one_at_a_time
from sync.central.store.sample_tables import drawn_people, drawn_steps, frame_people, rechecks
from sync.central.store.schema import responses
from sync.contract.canonical import decode_response
from sync.contract.plan import Plan
from sync.contract.problem import ProblemError
from sync.contract.problem.sampling import DRAWN_CHANGED, FIELD_WORK_OPEN, NOT_PROMISED, OWN_INTERVIEW
from sync.contract.response import Answer, Response
from sync.contract.survey import Rating, Survey

Result = Literal["same", "level", "more", "never"]
RESULTS: tuple[Result, ...] = get_args(Result)
WRONG: tuple[Result, ...] = ("more", "never")
"""Results after which an interview can be ordered to be asked again."""


class Recheck(Struct, frozen=True, kw_only=True):
    """An interview to check. number: of the person in the draw. account: who asked them.

    checker: who checked, or is to check while there is no result; None for anybody else.
    """

    place: Place
    number: int
    account: int
    checker: int | None
    result: Result | Literal[""]
    state: str

    @property
    def key(self) -> str:
        """Names it in a form."""
        return f"{self.place.stratum.group}/{self.place.unit}/{self.number}"


class Checked(Struct, frozen=True, kw_only=True):
    """The re-checks of one interviewer. wanted: at least; results: how many of each.

    ordered: how many more were wrong, whose people are asked again. beyond: how many more there would be if
    everybody who was met at a unit had left a telephone number.
    """

    account: int
    asked: int
    wanted: int
    drawn: int
    results: Mapping[str, int]
    ordered: int = 0
    beyond: int = 0

    @property
    def done(self) -> int:
        """How many were checked, of the interviews that still count."""
        return sum(self.results.values())

    @property
    def wrong(self) -> int:
        """How many turned out wrong: never asked, or two levels apart or more."""
        return sum(self.results.get(each, 0) for each in WRONG) + self.ordered


def least(asked: int, percent: int) -> int:
    """How many of these interviews are checked at least. Pure."""
    return -(-asked * percent // 100)


def compare(first: Mapping[str, Answer], second: Mapping[str, Answer], survey: Survey) -> Result:
    """How far two answers of one person are apart: by the ratings that both have. Pure."""
    apart = 0
    for question in survey.questions:
        if not isinstance(question, Rating):
            continue
        one, other = first.get(question.id), second.get(question.id)
        if isinstance(one, int) and isinstance(other, int):
            apart = max(apart, abs(one - other))
        elif one is not None and other is not None and one != other:
            apart = max(apart, 2)  # a level and “not applicable”
    return "same" if apart == 0 else "level" if apart == 1 else "more"


def draw_rechecks(act: Act, plan: Plan, random_bytes: Callable[[int], bytes] = os.urandom) -> int:
    """Draw what is missing of each interviewer's re-checks; how many were drawn.

    It can be repeated after more forms came in. Raises ProblemError HL4322 while somebody is still to be
    asked.
    """
    connection = act.connection
    one_at_a_time(connection)
    c = drawn_people.c
    still = select(c.place).where(c.plan == plan.id, c.state == "waiting", c.account.is_not(None))
    if connection.execute(still.limit(1)).first():
        raise ProblemError(FIELD_WORK_OPEN(where=plan.id))
    asked, reachable = _asked(connection, plan), _reachable(connection, plan.id)
    known = rechecks_of(connection, plan.id)
    before = Counter(each.account for each in known)
    taken = {each.key for each in known}
    seed = random_bytes(32)
    rows = []
    for account, keys in asked.items():
        missing = least(len(keys), plan.recheck_percent) - before[account]
        for key in draw((set(keys) & reachable) - taken, max(0, missing), seed):
            group, unit, number = key.split("/")
            rows.append(
                {
                    "plan": plan.id,
                    "stratum": group,
                    "unit": unit,
                    "place": int(number),
                    "account": account,
                    "seed": seed.hex(),
                    "drawn_at": act.now.isoformat(),
                }
            )
    if not rows:
        act.undo()
        return 0
    connection.execute(insert(rechecks), rows)
    act.note("recheck-draw", plan.id, f"people: {len(rows)}, seed: {seed.hex()}")
    return len(rows)


def rechecks_of(connection: Connection, plan: str) -> tuple[Recheck, ...]:
    """The re-checks of a plan that are done or can be, in the order of groups, units and numbers."""
    r, d = rechecks.c, drawn_people.c
    query = (
        select(rechecks, d.state)
        .join(
            drawn_people,
            (d.plan == r.plan) & (d.stratum == r.stratum) & (d.unit == r.unit) & (d.place == r.place),
        )
        .where(r.plan == plan, or_(r.result != "", d.response != ""))
        .order_by(r.stratum, r.unit, r.place)
    )
    return tuple(
        Recheck(
            place=Place(Stratum(row.plan, row.stratum), row.unit),
            number=row.place,
            account=row.account,
            checker=row.checker,
            result=row.result,
            state=row.state,
        )
        for row in connection.execute(query)
    )


def checked_of(connection: Connection, plan: Plan) -> tuple[Checked, ...]:
    """The re-checks of every interviewer of a plan."""
    asked, reachable = _asked(connection, plan), _reachable(connection, plan.id)
    drawn: Counter[int] = Counter()
    results: defaultdict[int, Counter[str]] = defaultdict(Counter)
    for each in rechecks_of(connection, plan.id):
        drawn[each.account] += 1
        if each.result:
            results[each.account][each.result] += 1
    ordered = _ordered(connection, plan.id)
    found = []
    for account in sorted(asked.keys() | drawn.keys()):
        keys = asked.get(account, [])
        needed = least(len(keys), plan.recheck_percent)
        wanted = min(needed, len(set(keys) & reachable))
        found.append(
            Checked(
                account=account,
                asked=len(keys),
                wanted=wanted,
                beyond=needed - wanted,
                drawn=drawn[account],
                results=results[account],
                ordered=ordered[account],
            )
        )
    return tuple(found)


def _reachable(connection: Connection, plan: str) -> set[str]:
    """The people of a plan who can be found again: on a list, or with a telephone number of their own."""
    d, p = drawn_people.c, frame_people.c
    query = select(d.stratum, d.unit, d.place).join(
        frame_people,
        (p.plan == d.plan) & (p.stratum == d.stratum) & (p.unit == d.unit) & (p.code == d.code),
    )
    rows = connection.execute(query.where(d.plan == plan, p.sealed_box != ""))
    return {f"{group}/{unit}/{number}" for group, unit, number in rows}


def _ordered(connection: Connection, plan: str) -> Counter[int]:
    """How many interviews of each interviewer were ordered to be asked again, since all of theirs were."""
    c = drawn_steps.c
    query = select(c.account, c.step).where(c.plan == plan, c.step.in_(("again", "all"))).order_by(c.position)
    ordered: Counter[int] = Counter()
    for account, step in connection.execute(query):
        ordered[account] = ordered[account] + 1 if step == "again" else 0
    return ordered


def recheck_seeds(connection: Connection, plan: str) -> tuple[str, ...]:
    """The seeds with which a plan's re-checks were drawn, the first one first."""
    r = rechecks.c
    query = select(r.seed, r.drawn_at).where(r.plan == plan).distinct().order_by(r.drawn_at)
    return tuple(seed for seed, _ in connection.execute(query))


def open_recheck(act: Act, plan: Plan, key: str, account: int, keys: Keys) -> tuple[Recheck, Person]:
    """The person of an interview, for who checks it.

    Raises ProblemError HL4316, HL4318, HL4323, HL4360 before the account has promised confidentiality.
    """
    found = _to_check(act.connection, plan, key, account)
    if not has_promised(act.connection, account):
        raise ProblemError(NOT_PROMISED())
    person = open_person(act, found.place, found.number, keys.sealing_keys())
    note_step(act, found.place, found.number, "check", account=account)
    return found, person


def interview_of(connection: Connection, recheck: Recheck) -> Response:
    """What the person said the first time; raises ProblemError HL4318 if it is not known any more."""
    d = drawn_people.c
    query = (
        select(responses.c.body)
        .join(drawn_people, d.response == responses.c.id)
        .where(of_place(drawn_people, recheck.place), d.place == recheck.number)
    )
    row = connection.execute(query).first()
    if row is None:
        raise ProblemError(DRAWN_CHANGED())
    return decode_response(bytes(row.body))


def record_recheck(
    act: Act,
    plan: Plan,
    key: str,
    account: int,
    said: Mapping[str, Answer] | None,
    surveys: Mapping[tuple[str, int], Survey],
) -> Result:
    """Compare what the person says now, and keep the result alone; said: None if they were never asked.

    Raises ProblemError HL4318, also if this account has not opened the person, HL4323.
    """
    one_at_a_time(act.connection)
    found = _to_check(act.connection, plan, key, account)
    c = drawn_steps.c
    here = (of_place(drawn_steps, found.place), c.place == found.number)
    opened = select(c.position).where(*here, c.account == account, c.step == "check").limit(1)
    if act.connection.execute(opened).first() is None:
        raise ProblemError(DRAWN_CHANGED())
    first = interview_of(act.connection, found)
    result: Result = "never"
    if said is not None:
        result = compare(first.answers, said, surveys[first.survey.id, first.survey.version])
    this = (of_place(rechecks, found.place), rechecks.c.place == found.number)
    values = {"checker": account, "result": result, "checked_at": act.now.isoformat()}
    act.connection.execute(update(rechecks).where(*this).values(values))
    act.note("recheck-done", found.place.subject, f"number: {found.number}, why: {result}")
    return result


def find_recheck(connection: Connection, plan: str, key: str) -> Recheck:
    """The re-check of a form that names it; raises ProblemError HL4318 if there is none."""
    found = next((each for each in rechecks_of(connection, plan) if each.key == key), None)
    if found is None:
        raise ProblemError(DRAWN_CHANGED())
    return found


def _to_check(connection: Connection, plan: Plan, key: str, account: int) -> Recheck:
    found = find_recheck(connection, plan.id, key)
    if found.result:
        raise ProblemError(DRAWN_CHANGED())
    if found.account == account:
        raise ProblemError(OWN_INTERVIEW())
    return found


def _asked(connection: Connection, plan: Plan) -> dict[int, list[str]]:
    """The interviews of each interviewer that can be checked: of whom the list knows what they said."""
    c = drawn_people.c
    query = (
        select(c.stratum, c.unit, c.place, c.account)
        .where(c.plan == plan.id, c.state == "done", c.response != "", c.account.is_not(None))
        .order_by(c.stratum, c.unit, c.place)
    )
    found: defaultdict[int, list[str]] = defaultdict(list)
    for group, unit, number, account in connection.execute(query):
        found[account].append(f"{group}/{unit}/{number}")
    return dict(found)
