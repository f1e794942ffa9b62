"""The draw of a group, by field in proportion to its volume, and who is asked in another's place.

Anybody who has the file of codes, the seed and the quotas of the minutes can repeat it: each code has the
number HMAC-SHA-256(seed, "unit/code"), and the lowest of each field are drawn.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Literal

from msgspec import Struct
from sqlalchemy import Connection, func, insert, select, update

from sync.central.office.audit.acts import Act
from sync.central.office.sample.commitment import (
    Stratum,
    commitment_of,
    of_stratum,
    read_secrets,
)
from sync.central.office.sample.drawing import Chosen, draw_by_field, quota
from sync.central.office.sample.sealed_list import Place, codes_of, field_volumes, frames_of, of_place
from sync.central.store.database import one_at_a_time
from sync.central.store.sample_tables import drawn_people, drawn_steps, samples
from sync.contract.masking import mask_digits
from sync.contract.problem import ProblemError
from sync.contract.problem.sampling import (
    DRAWN_CHANGED,
    LIST_MISSING,
    SAMPLE_DRAWN,
    SAMPLE_SIZE_MISSING,
)

# waiting: to be asked. spare: of the reserve. done: has answered. The others were replaced: refused, moved
# away, or not met although somebody came again and again.
DrawnState = Literal["waiting", "spare", "done", "refused", "moved", "unmet"]
Why = Literal["refused", "moved", "unmet"]
SHOWN = 10
TOPPED_UP = 2
"""In `spare`: drawn from the list after the draw, for a top-up."""


class Drawn(Struct, frozen=True, kw_only=True):
    """Somebody drawn. number: the place in the draw. replaces: the number of who could not be asked, or 0."""

    number: int
    code: str
    field: str
    spare: bool
    state: DrawnState
    replaces: int
    account: int | None
    response: str


class FieldQuota(Struct, frozen=True, kw_only=True):
    """What one field of a list gives. spare: how many more are drawn as the reserve."""

    field: str
    lines: int
    people: int
    wanted: int
    spare: int


def quotas_of(people: list[tuple[str, str, int]], size: int, spare_percent: int) -> tuple[FieldQuota, ...]:
    """How many of each field are drawn from a list; people: code, field and lines of everybody on it."""
    lines: Counter[str] = Counter()
    counts: Counter[str] = Counter()
    for _, field, times in people:
        lines[field] += times
        counts[field] += 1
    wanted = quota(size, lines, counts)
    return tuple(
        FieldQuota(
            field=field,
            lines=lines[field],
            people=counts[field],
            wanted=wanted[field],
            spare=min(-(-wanted[field] * spare_percent // 100), counts[field] - wanted[field]),
        )
        for field in sorted(counts)
    )


def draw_people(
    unit: str, people: list[tuple[str, str, int]], size: int, spare_percent: int, seed: bytes
) -> tuple[Chosen, ...]:
    """Who of a unit's list is drawn, in the order of the draw; `name` is their code."""
    quotas = {each.field: each.wanted for each in quotas_of(people, size, spare_percent)}
    fields = {f"{unit}/{code}": field for code, field, _ in people}
    drawn = draw_by_field(fields, quotas, spare_percent, seed)
    return tuple(Chosen(each.name.rpartition("/")[2], each.field, each.spare) for each in drawn)


def draw_sample(
    act: Act, keys: Path, stratum: Stratum, sizes: Mapping[str, int], *, spare_percent: int
) -> int:
    """Draw the sample of a group from the lists of its units; how many people are to be asked.

    keys: the folder of the centre's keys. sizes: how many forms each unit has to bring. The seed is public
    from then on. Raises ProblemError HL4310, HL4312, HL4313, HL4314, HL4315.
    """
    connection = act.connection
    one_at_a_time(connection)
    known = commitment_of(connection, stratum)
    if known.drawn_at:
        raise ProblemError(SAMPLE_DRAWN(where=stratum.group))
    if not sizes or not all(sizes.values()):
        raise ProblemError(SAMPLE_SIZE_MISSING(where=stratum.group))
    missing = sorted(sizes.keys() - frames_of(connection, stratum).keys())
    if missing:
        more = f"; {len(missing)}" if len(missing) > SHOWN else ""
        raise ProblemError(LIST_MISSING(where=stratum.group, detail=", ".join(missing[:SHOWN]) + more))
    seed = read_secrets(keys, stratum, known).seed
    asked = 0
    for unit, size in sorted(sizes.items()):
        people = codes_of(connection, Place(stratum, unit))
        drawn = draw_people(unit, people, size, spare_percent, bytes.fromhex(seed))
        asked += sum(not each.spare for each in drawn)
        rows = [
            {
                "plan": stratum.plan,
                "stratum": stratum.group,
                "unit": unit,
                "place": number,
                "code": each.name,
                "field": each.field,
                "spare": int(each.spare),
                "state": "spare" if each.spare else "waiting",
            }
            for number, each in enumerate(drawn, 1)
        ]
        connection.execute(insert(drawn_people), rows)
    connection.execute(
        update(samples)
        .where(of_stratum(samples, stratum))
        .values(seed=seed, spare_percent=spare_percent, drawn_at=act.now.isoformat())
    )
    act.note(
        "sample-draw",
        f"{stratum.plan} {stratum.group}",
        f"people: {asked}, units: {len(sizes)}, seed: {seed}",
    )
    return asked


def drawn_of(connection: Connection, place: Place) -> tuple[Drawn, ...]:
    """Everybody drawn from a unit's list, in the order of the draw."""
    query = select(drawn_people).where(of_place(drawn_people, place)).order_by(drawn_people.c.place)
    return tuple(
        Drawn(
            number=row.place,
            code=row.code,
            field=row.field,
            spare=row.spare == 1,
            state=row.state,
            replaces=row.replaces,
            account=row.account,
            response=row.response,
        )
        for row in connection.execute(query)
    )


def drawn_counts(connection: Connection, stratum: Stratum) -> dict[tuple[str, DrawnState], int]:
    """How many of a group are in each state, by unit."""
    c = drawn_people.c
    query = (
        select(c.unit, c.state, func.count())
        .where(of_stratum(drawn_people, stratum))
        .group_by(c.unit, c.state)
    )
    return {(unit, state): int(n) for unit, state, n in connection.execute(query)}


def assigned_counts(connection: Connection, stratum: Stratum) -> dict[str, dict[int, int]]:
    """How many are still to be asked, by unit and the account that asks them; 0 for nobody's."""
    c = drawn_people.c
    query = (
        select(c.unit, c.account, func.count())
        .where(of_stratum(drawn_people, stratum), c.state == "waiting")
        .group_by(c.unit, c.account)
        .order_by(c.unit, c.account)
    )
    found: dict[str, dict[int, int]] = {}
    for unit, account, n in connection.execute(query):
        found.setdefault(unit, {})[account or 0] = int(n)
    return found


class FieldDrawn(Struct, frozen=True, kw_only=True):
    """How many of a field were drawn at a unit."""

    unit: str
    field: str
    asked: int
    spare: int


def fields_drawn(connection: Connection, stratum: Stratum) -> tuple[FieldDrawn, ...]:
    """The draw of a group as its minutes have it, by unit and field."""
    c = drawn_people.c
    query = (
        select(c.unit, c.field, func.count() - func.sum(c.spare), func.sum(c.spare))
        .where(of_stratum(drawn_people, stratum), c.spare != TOPPED_UP)
        .group_by(c.unit, c.field)
        .order_by(c.unit, c.field)
    )
    return tuple(
        FieldDrawn(unit=unit, field=field, asked=int(asked), spare=int(spare))
        for unit, field, asked, spare in connection.execute(query)
    )


def quotas_drawn(connection: Connection, place: Place) -> tuple[FieldQuota, ...]:
    """What each field of a list gave when it was drawn; () once the list is emptied."""
    drawn = {each.field: each for each in fields_drawn(connection, place.stratum) if each.unit == place.unit}
    return tuple(
        FieldQuota(
            field=field,
            lines=lines,
            people=people,
            wanted=drawn[field].asked if field in drawn else 0,
            spare=drawn[field].spare if field in drawn else 0,
        )
        for field, (lines, people) in field_volumes(connection, place).items()
    )


def replace_person(act: Act, place: Place, number: int, why: Why, *, account: int) -> int:
    """Ask the next of the reserve in the place of somebody; returns their number, 0 if nobody is left.

    Of the same field if one is left. The one who asks stays the same. account: who does it. Why is one of
    three words: free words would name people. Raises ProblemError HL4318 (not to be asked any more).
    """
    connection, c = act.connection, drawn_people.c
    one_at_a_time(connection)
    people = drawn_of(connection, place)
    replaced = next((each for each in people if each.number == number and each.state == "waiting"), None)
    if replaced is None:
        raise ProblemError(DRAWN_CHANGED(where=place.unit))
    spare = [each for each in people if each.state == "spare"]
    other = min(spare, key=lambda each: (each.field != replaced.field, each.number)).number if spare else 0
    here = of_place(drawn_people, place)
    connection.execute(update(drawn_people).where(here, c.place == number).values(state=why))
    if other:
        instead = {"state": "waiting", "replaces": number, "account": replaced.account}
        connection.execute(update(drawn_people).where(here, c.place == other).values(instead))
    note_step(act, place, number, why, account=account)
    by = f"replaced by: {other}" if other else "nobody of the reserve is left"
    act.note("person-replace", place.subject, f"number: {number}, why: {mask_digits(why)}, {by}")
    return other


def note_step(
    act: Act, place: Place, number: int, step: str, *, account: int, at: datetime | None = None
) -> None:
    """Record what was done about somebody drawn, for the counts of a day.

    number: 0 where it must not be known whom. at: None for now.
    """
    act.connection.execute(
        insert(drawn_steps).values(
            plan=place.stratum.plan,
            stratum=place.stratum.group,
            unit=place.unit,
            place=number,
            at=(at or act.now).isoformat(),
            account=account,
            step=step,
        )
    )
