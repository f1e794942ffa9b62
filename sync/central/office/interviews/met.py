"""People who are met at a unit and asked there, where no list of them can be had: every k-th visitor.

Promises:
- a unit brings no more forms a day than its quota, so that its forms are of several days;
- which visitor is the first of a day is a lot that anybody can repeat: SHA-256 of plan, unit and day;
- a name and a telephone number are kept only where the person agreed, sealed, for a re-check by telephone and
  for nothing else; they are removed as those of a list are, because they are one: see `_list_them`;
- a form that is sent twice is stored once; nobody is asked this way for a group that has a list, or of staff;
- a form that was voided is missing again: somebody else is met instead.
"""

import hashlib
import re
from collections.abc import Container
from datetime import date, datetime
from typing import Final

from msgspec import Struct
from sqlalchemy import Connection, delete, func, insert, select

from sync.central.office.audit.acts import Act
from sync.central.office.corrections import voided_here
from sync.central.office.interviews.answers import Interview, store_interview
from sync.central.office.interviews.confidential import has_promised
from sync.central.office.interviews.whose_turn import interviewer_at
from sync.central.office.keys.stored import Keys
from sync.central.office.planning.closed_plans import is_closed
from sync.central.office.sample.commitment import Stratum, find_commitment
from sync.central.office.sample.one_person import CODE_DIGITS, Listed
from sync.central.office.sample.sealed_list import Place, codes_file, codes_of, of_place, seal_person
from sync.central.office.sample.selecting import note_step
from sync.central.office.sample.whose_quota import FieldToAsk
from sync.central.store.database import one_at_a_time
from sync.central.store.sample_tables import drawn_people, drawn_steps, frame_people, frames
from sync.contract.plan import VIET_NAM, Plan, PlanGroup
from sync.contract.problem import ProblemError
from sync.contract.problem.sampling import DRAWN_CHANGED, MET_QUOTA_FULL, NOT_PROMISED

FEWEST_DAYS: Final = 5
"""Days over which the forms of a unit are spread at least, where the plan sets no number a day."""
_TOKEN = re.compile(f"[0-9a-f]{{{CODE_DIGITS}}}", re.ASCII)


class MetCount(Struct, frozen=True, kw_only=True):
    """The forms of a unit. have: all that count; today: how many people were met today."""

    have: int
    today: int


class Contact(Struct, frozen=True):
    """Whom to call for a re-check, with their consent; "" for nobody."""

    name: str = ""
    phone: str = ""


def is_met(connection: Connection, plan: Plan, group: PlanGroup) -> bool:
    """Whether people of this group are asked where they are met: as the plan says, and without a list."""
    asked = group.every > 0 and "interview" in group.channels and "staff" not in group.respondents
    return asked and find_commitment(connection, Stratum(plan.id, group.id)) is None


def day_quota(group: PlanGroup, wanted: int) -> int:
    """How many forms a unit that needs `wanted` brings a day at most. Pure."""
    return group.per_day or max(1, -(-wanted // FEWEST_DAYS))


def met_to_ask(group: PlanGroup, unit: str, wanted: int) -> FieldToAsk:
    """What an interviewer's pack says of a unit whose people are met. Pure."""
    return FieldToAsk(group=group.id, unit=unit, field="", people=wanted, per_day=day_quota(group, wanted))


def first_visitor(plan: str, unit: str, day: date, every: int) -> int:
    """Which visitor of the day is asked first, from 1 to `every`; then every `every`-th. Pure."""
    digest = hashlib.sha256(f"{plan}/{unit}/{day.isoformat()}".encode()).digest()
    return int.from_bytes(digest) % max(1, every) + 1


def count_met(connection: Connection, place: Place, today: date, voided: Container[str]) -> MetCount:
    """The forms of a unit. voided: ids of the responses that were, see corrections.py."""
    d, s = drawn_people.c, drawn_steps.c
    stored = select(d.response).where(of_place(drawn_people, place), d.state.in_(("done", "waiting")))
    moments = (
        select(func.min(s.at)).where(of_place(drawn_steps, place), s.step == "done").group_by(s.place)
    )  # who is asked again by telephone was met before
    days = [
        datetime.fromisoformat(at).astimezone(VIET_NAM).date() for at in connection.execute(moments).scalars()
    ]
    return MetCount(
        have=sum(each not in voided for each in connection.execute(stored).scalars()),
        today=days.count(today),
    )


def record_met(
    act: Act,
    plan: Plan,
    place: Place,
    *,
    account: int,
    said: Interview,
    begun: datetime,
    contact: Contact,
    token: str,
    wanted: int,
    keys: Keys,
) -> str:
    """Store what somebody said who was met at a unit; the id of the response.

    begun: when the form was opened. token: of the form that was sent. wanted: how many forms the unit has to
    bring. Raises ProblemError HL4318 outside of the window, for a closed plan, for who is no interviewer of
    the plan's unit today, or for a form that was stored; HL4321; HL4327 once the day has its forms; HL4360.
    """
    connection, group = act.connection, plan.group(place.stratum.group)
    one_at_a_time(connection)
    today = act.now.astimezone(VIET_NAM).date()
    open_now = plan.asks_on(group, place.unit, today) and not is_closed(connection, plan.id)
    may = interviewer_at(connection, account, plan.unit, today) is not None
    if not (open_now and may and is_met(connection, plan, group)) or _is_known(connection, place, token):
        raise ProblemError(DRAWN_CHANGED(where=place.unit))
    if not has_promised(connection, account):
        raise ProblemError(NOT_PROMISED())
    count = count_met(connection, place, today, voided_here(connection))
    if count.have >= wanted or count.today >= day_quota(group, wanted):
        raise ProblemError(MET_QUOTA_FULL(where=place.unit, detail=f"{count.today}, {count.have}/{wanted}"))
    made = store_interview(act, place.unit, said, (begun, act.now), keys)
    key = {"plan": place.stratum.plan, "stratum": place.stratum.group, "unit": place.unit}
    if contact.phone:
        person = Listed(name=contact.name, phone=contact.phone)
        sealed = seal_person(person, keys)
        row = {"code": token, "field": "", "lines": 1, "sealed_key": sealed.key, "sealed_box": sealed.box}
        connection.execute(insert(frame_people).values(**key, **row))
    number = _next(connection, place)
    drawn = {"place": number, "code": token, "field": "", "spare": 0, "state": "done"}
    connection.execute(insert(drawn_people).values(**key, **drawn, account=account, response=made))
    _list_them(act, place, number, account)
    note_step(act, place, number, "open", account=account, at=begun)
    note_step(act, place, number, "done", account=account)
    agreed = "yes" if contact.phone else "no"
    act.note("person-met", place.subject, f"number: {number}, contact: {agreed}")
    return made


def _is_known(connection: Connection, place: Place, token: str) -> bool:
    if not _TOKEN.fullmatch(token):
        return True
    query = select(drawn_people.c.place).where(of_place(drawn_people, place), drawn_people.c.code == token)
    return connection.execute(query).first() is not None


def _next(connection: Connection, place: Place) -> int:
    query = select(func.max(drawn_people.c.place)).where(of_place(drawn_people, place))
    return int(connection.execute(query).scalar() or 0) + 1


def _list_them(act: Act, place: Place, lines: int, account: int) -> None:
    """Those with a telephone number are a list of the unit: re-checks, requests and the removal know it."""
    connection = act.connection
    people = codes_of(connection, place)
    values = {
        "plan": place.stratum.plan,
        "stratum": place.stratum.group,
        "unit": place.unit,
        "lines": lines,
        "people": len(people),
        "digest": hashlib.sha256(codes_file(people)).hexdigest(),
        "source": f"account {account}",
        "taken_at": act.now.isoformat(),
    }
    connection.execute(delete(frames).where(of_place(frames, place)))
    connection.execute(insert(frames).values(values))
