"""Re-checks (phúc tra): some of each interviewer's people are asked again by somebody else.

Promises:
- of each interviewer at least the plan's percentage is drawn, rounded up, by a seed that is made after the
  forms are in: no interviewer knows beforehand whom it will be;
- nobody checks their own interviews;
- what is said the second time is compared and not kept: same, one level apart, more, or never asked;
- whose interview turns out wrong can be asked again: the form is voided with its re-check, of which the audit
  log keeps the result, and the person waits for another interviewer;
- an interview that was forgotten before it was checked can't be: another one is drawn in its place.
"""

import os
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from typing import Literal, get_args

from msgspec import Struct
from sqlalchemy import Connection, delete, insert, or_, select, update

from sync.central.office.audit.acts import Act
from sync.central.office.corrections import void
from sync.central.office.keys.stored import Keys
from sync.central.office.sample.commitment import Stratum
from sync.central.office.sample.drawing import draw
from sync.central.office.sample.sealed_list import Person, Place, of_place, open_person
from sync.central.store.database import one_at_a_time
from sync.central.store.sample_tables import drawn_people, rechecks
from sync.central.store.schema import responses
from sync.contract.canonical import decode_response
from sync.contract.masking import mask_digits
from sync.contract.plan import Plan
from sync.contract.problem import ProblemError
from sync.contract.problem.sampling import DRAWN_CHANGED, FIELD_WORK_OPEN, OWN_INTERVIEW
from sync.contract.response import Answer
from sync.contract.survey import Rating, Survey

Result = Literal["same", "level", "more", "never"]
RESULTS: tuple[Result, ...] = get_args(Result)


class Recheck(Struct, frozen=True, kw_only=True):
    """An interview to check. number: of the person in the draw. account: who asked them."""

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
    """The re-checks of one interviewer. wanted: at least; results: how many of each."""

    account: int
    asked: int
    wanted: int
    drawn: int
    results: Mapping[str, int]

    @property
    def done(self) -> int:
        """How many were checked."""
        return sum(self.results.values())


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
    asked = _asked(connection, plan)
    known = rechecks_of(connection, plan.id)
    before = Counter(each.account for each in known)
    taken = {each.key for each in known}
    seed = random_bytes(32)
    rows = []
    for account, keys in asked.items():
        missing = least(len(keys), plan.recheck_percent) - before[account]
        for key in draw(set(keys) - taken, max(0, missing), seed):
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
    asked = _asked(connection, plan)
    drawn: Counter[int] = Counter()
    results: defaultdict[int, Counter[str]] = defaultdict(Counter)
    for each in rechecks_of(connection, plan.id):
        drawn[each.account] += 1
        if each.result:
            results[each.account][each.result] += 1
    return tuple(
        Checked(
            account=account,
            asked=len(asked.get(account, ())),
            wanted=least(len(asked.get(account, ())), plan.recheck_percent),
            drawn=drawn[account],
            results=results[account],
        )
        for account in sorted(asked.keys() | drawn.keys())
    )


def recheck_seeds(connection: Connection, plan: str) -> tuple[str, ...]:
    """The seeds with which a plan's re-checks were drawn, the first one first."""
    r = rechecks.c
    query = select(r.seed, r.drawn_at).where(r.plan == plan).distinct().order_by(r.drawn_at)
    return tuple(seed for seed, _ in connection.execute(query))


def open_recheck(act: Act, plan: Plan, key: str, account: int, keys: Keys) -> tuple[Recheck, Person]:
    """The person of an interview, for who checks it; raises ProblemError HL4316, HL4318, HL4323."""
    found = _to_check(act, plan, key, account)
    person = open_person(act, found.place, found.number, keys.sealing_keys())
    return found, person


def record_recheck(
    act: Act,
    plan: Plan,
    key: str,
    account: int,
    said: Mapping[str, Answer] | None,
    surveys: Mapping[tuple[str, int], Survey],
) -> Result:
    """Compare what the person says now, and keep the result alone; said: None if they were never asked.

    Raises ProblemError HL4318, HL4323.
    """
    one_at_a_time(act.connection)
    found = _to_check(act, plan, key, account)
    d = drawn_people.c
    query = (
        select(responses.c.body)
        .join(drawn_people, d.response == responses.c.id)
        .where(of_place(drawn_people, found.place), d.place == found.number)
    )
    row = act.connection.execute(query).first()
    if row is None:
        raise ProblemError(DRAWN_CHANGED())
    first = decode_response(bytes(row.body))
    result: Result = "never"
    if said is not None:
        result = compare(first.answers, said, surveys[first.survey.id, first.survey.version])
    this = (of_place(rechecks, found.place), rechecks.c.place == found.number)
    values = {"checker": account, "result": result, "checked_at": act.now.isoformat()}
    act.connection.execute(update(rechecks).where(*this).values(values))
    act.note("recheck-done", found.place.subject, f"number: {found.number}, why: {result}")
    return result


def order_again(act: Act, plan: Plan, key: str, reason: str) -> None:
    """Void an interview that turned out wrong: its person waits for another interviewer.

    Raises ProblemError HL4318 unless it was checked and differs, and as `void`.
    """
    connection = act.connection
    one_at_a_time(connection)
    found = next((each for each in rechecks_of(connection, plan.id) if each.key == key), None)
    if found is None or found.result not in ("more", "never") or found.state != "done":
        raise ProblemError(DRAWN_CHANGED())
    this = (of_place(drawn_people, found.place), drawn_people.c.place == found.number)
    response = connection.execute(select(drawn_people.c.response).where(*this)).scalar_one()
    void(act, response, reason)
    values = {"state": "waiting", "account": None, "response": ""}
    connection.execute(update(drawn_people).where(*this).values(values))
    checked = (of_place(rechecks, found.place), rechecks.c.place == found.number)
    connection.execute(delete(rechecks).where(*checked))
    act.note("recheck-again", found.place.subject, f"{found.number} {mask_digits(reason)}")


def _to_check(act: Act, plan: Plan, key: str, account: int) -> Recheck:
    found = next((each for each in rechecks_of(act.connection, plan.id) if each.key == key), None)
    if found is None or found.result:
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
