"""How far print runs and lots are: how many forms are valid, invalid and why, and left to key."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, and_, func, select

from sync.central.office.paper.asked import Asked
from sync.central.office.paper.lots import Lot, lot_named, lot_of
from sync.central.office.paper.runs import PrintRun, run_of
from sync.central.store.paper_tables import paper_forms, paper_lots, paper_seconds, print_runs

NEWEST = 200  # of a list


class LotState(Struct, frozen=True, kw_only=True):
    """A lot, and what became of its forms. invalid: how many by reason. last_number: the one keyed last."""

    lot: Lot
    valid: int
    invalid: Mapping[str, int]
    last_number: int = 0

    @property
    def left(self) -> int:
        """How many of the counted forms are neither keyed nor noted as invalid."""
        return self.lot.counted - self.valid - sum(self.invalid.values())


class RunState(Struct, frozen=True, kw_only=True):
    """A print run, and what became of its forms. invalid: how many by reason."""

    run: PrintRun
    valid: int
    invalid: Mapping[str, int]


class PaperCounts(Struct, frozen=True, kw_only=True):
    """The paper forms of a plan. given_out, returned: of the runs that somebody counted, None for none.

    invalid: how many by reason. twice: forms that two people keyed; fields: compared in these, differing: of
    them, wrong: in which the first keying was found wrong.
    """

    printed: int
    given_out: int | None
    returned: int | None
    counted: int
    valid: int
    invalid: dict[str, int]
    twice: int = 0
    fields: int = 0
    differing: int = 0
    wrong: int = 0


def counts_of_plan(connection: Connection, plan: str) -> PaperCounts | None:
    """What became of the paper forms of a plan; None if it has none."""
    r, c, f, s = print_runs.c, paper_lots.c, paper_forms.c, paper_seconds.c
    runs = select(func.sum(r.last - r.first + 1), func.sum(r.given_out), func.sum(r.returned))
    printed, given_out, returned = connection.execute(runs.where(r.plan == plan)).one()
    counted = connection.execute(select(func.sum(c.counted)).where(c.plan == plan)).scalar()
    if not printed and not counted:
        return None
    kept = select(f.invalid, func.count().label("n")).where(f.plan == plan).group_by(f.invalid)
    by_reason = {row.invalid: row.n for row in connection.execute(kept)}
    sums = select(func.count(), func.sum(s.fields), func.sum(s.differing), func.sum(s.wrong))
    twice, fields, differing, found_wrong = connection.execute(sums.where(s.plan == plan)).one()
    return PaperCounts(
        printed=int(printed or 0),
        given_out=None if given_out is None else int(given_out),
        returned=None if returned is None else int(returned),
        counted=int(counted or 0),
        valid=by_reason.pop("", 0),
        invalid=_reasons(by_reason),
        twice=twice,
        fields=int(fields or 0),
        differing=int(differing or 0),
        wrong=int(found_wrong or 0),
    )


def list_lots(connection: Connection, units: Collection[str] | None) -> tuple[LotState, ...]:
    """The newest lots of these units, None for all: those with forms left first, the oldest of them first."""
    query = select(paper_lots).order_by(paper_lots.c.day.desc(), paper_lots.c.id).limit(NEWEST)
    if units is not None:
        query = query.where(paper_lots.c.unit.in_(units))
    rows = connection.execute(query).all()
    counts = _by_lot(connection, [row.id for row in rows])
    states = [_state(lot_of(row), counts.get(row.id, {})) for row in rows]
    still_open = sorted((each for each in states if each.left > 0), key=lambda each: each.lot.day)
    return (*still_open, *(each for each in states if each.left <= 0))


def lot_state(connection: Connection, id: str) -> LotState:
    """One lot; raises ProblemError HL5221 if there is none."""
    lot = lot_named(connection, id)
    c = paper_forms.c
    last = select(c.number).where(c.lot == id).order_by(c.keyed_at.desc(), c.number.desc()).limit(1)
    counts = _by_lot(connection, [id]).get(id, {})
    return _state(lot, counts, connection.execute(last).scalar() or 0)


def open_lots(connection: Connection, plan: str) -> tuple[Lot, ...]:
    """The lots of a plan in which forms are neither keyed nor noted as invalid, the oldest first."""
    c, f = paper_lots.c, paper_forms.c
    entered = select(func.count()).select_from(paper_forms).where(f.lot == c.id).scalar_subquery()
    query = select(paper_lots).where(c.plan == plan, c.counted > entered).order_by(c.day, c.id)
    return tuple(lot_of(row) for row in connection.execute(query))


def invalid_forms(connection: Connection, plan: str) -> dict[tuple[str, str], int]:
    """How many forms of a plan were noted as invalid, by group and unit."""
    f, lot = paper_forms.c, paper_lots.c
    query = (
        select(lot.plan_group, f.unit, func.count())
        .join(paper_lots, lot.id == f.lot)
        .where(f.plan == plan, f.invalid != "")
        .group_by(lot.plan_group, f.unit)
    )
    return {(group, unit): n for group, unit, n in connection.execute(query)}


def spoilt_by_channel(
    connection: Connection, units: Collection[str], first: date, last: date, *, plan: str, group: str
) -> dict[str, int]:
    """How many forms of lots of these units and days were noted as invalid, by channel.

    plan, group: "" for every form.
    """
    f, lot = paper_forms.c, paper_lots.c
    query = (
        select(lot.channel, func.count().label("n"))
        .join(paper_lots, lot.id == f.lot)
        .where(f.invalid != "", lot.unit.in_(units), lot.day.between(first.isoformat(), last.isoformat()))
        .group_by(lot.channel)
    )
    if plan:
        query = query.where(lot.plan == plan)
    if group:
        query = query.where(lot.plan_group == group)
    return {row.channel: row.n for row in connection.execute(query)}


def list_runs(connection: Connection, units: Collection[str] | None) -> tuple[RunState, ...]:
    """The newest print runs of these units, None for all, the newest first."""
    r, f = print_runs.c, paper_forms.c
    query = select(print_runs).order_by(r.issued_on.desc(), r.first.desc()).limit(NEWEST)
    if units is not None:
        query = query.where(r.unit.in_(units))
    rows = connection.execute(query).all()
    of_run = and_(f.unit == r.unit, f.plan == r.plan, f.number.between(r.first, r.last))
    tally = (
        select(r.id, f.invalid, func.count().label("n"))
        .join(paper_forms, of_run)
        .where(r.id.in_([row.id for row in rows]))
        .group_by(r.id, f.invalid)
    )
    counts: dict[str, dict[str, int]] = {}
    for id, invalid, n in connection.execute(tally):
        counts.setdefault(id, {})[invalid] = n
    return tuple(
        RunState(run=run_of(row), valid=tally.get("", 0), invalid=_reasons(tally))
        for row in rows
        for tally in (counts.get(row.id, {}),)
    )


def release_at(connection: Connection, asked: Asked, number: int) -> int:
    """The release in which the form with this number was printed; 0 if no run has it."""
    r = print_runs.c
    query = select(r.version).where(
        r.unit == asked.unit,
        r.plan == asked.plan,
        r.survey == asked.survey,
        r.first <= number,
        number <= r.last,
    )
    return connection.execute(query).scalar() or 0


def box_openings(
    connection: Connection, unit: str, first: date, last: date, plan: str
) -> tuple[LotState, ...]:
    """The openings of a unit's ballot box on these days, the earliest first. plan: "" for every form."""
    c = paper_lots.c
    query = select(paper_lots).where(
        c.unit == unit, c.way == "box", c.day.between(first.isoformat(), last.isoformat())
    )
    if plan:
        query = query.where(c.plan == plan)
    rows = connection.execute(query.order_by(c.day, c.id)).all()
    counts = _by_lot(connection, [row.id for row in rows])
    return tuple(_state(lot_of(row), counts.get(row.id, {})) for row in rows)


def _by_lot(connection: Connection, ids: Collection[str]) -> dict[str, dict[str, int]]:
    c = paper_forms.c
    query = select(c.lot, c.invalid, func.count()).where(c.lot.in_(ids)).group_by(c.lot, c.invalid)
    counts: dict[str, dict[str, int]] = {}
    for lot, invalid, n in connection.execute(query):
        counts.setdefault(lot, {})[invalid] = n
    return counts


def _state(lot: Lot, counts: Mapping[str, int], last_number: int = 0) -> LotState:
    return LotState(lot=lot, valid=counts.get("", 0), invalid=_reasons(counts), last_number=last_number)


def _reasons(counts: Mapping[str, Any]) -> dict[str, int]:
    return {reason: n for reason, n in sorted(counts.items()) if reason}
