"""Which units of a kind take part in a plan: drawn by a seed, or chosen with a reason.

A plan may ask some of many units, such as two of each kind of school. Once it is in force, the choice makes
them the parts of its group, each with the number of forms that the plan sets for a unit.

Promises:
- a draw can be repeated by anybody: each unit has the number HMAC-SHA-256(seed, code), and the lowest of each
  kind are drawn; the seed is made when it is used, so nobody chooses it;
- every choice leaves its line in the audit log, and another one says how often there was one before, so that
  nobody draws until it pleases;
- once a list or a seed of the group is published, nobody chooses any more.
"""

import os
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Final

import msgspec
from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Connection, delete, insert, select

from sync.central.office.audit.acts import Act
from sync.central.office.configuration.deciding import begin
from sync.central.office.configuration.importing import import_configured
from sync.central.office.configuration.scope import read_configured
from sync.central.office.planning.closed_plans import check_open
from sync.central.office.planning.drafts import find_plan_draft
from sync.central.office.sample.commitment import Stratum, find_commitment
from sync.central.office.sample.drawing import draw
from sync.central.office.units.stored import load_units
from sync.central.office.units.tree import UnitTree
from sync.central.store.database import one_at_a_time
from sync.central.store.plan_tables import unit_choices
from sync.contract.plan import VIET_NAM, Part, Plan, PlanGroup
from sync.contract.problem import ProblemError
from sync.contract.problem.sampling import UNITS_FIXED, UNITS_WRONG

REASON: Final = 300  # characters


class UnitChoice(Struct, frozen=True, kw_only=True):
    """How the units of a group were chosen. seed: hex, "" for a choice with a reason. times: counted from 1.

    candidates: every unit that could have been, by kind; wanted: how many of each kind; chosen: in the order
    of the draw. reason: "" for a first draw.
    """

    seed: str
    reason: str
    candidates: dict[str, tuple[str, ...]]
    wanted: dict[str, int]
    chosen: tuple[str, ...]
    times: int
    at: datetime
    account: int


class _Body(Struct, frozen=True, kw_only=True):
    seed: str
    reason: str
    candidates: dict[str, tuple[str, ...]]
    wanted: dict[str, int]
    chosen: tuple[str, ...]
    times: int


def can_choose(group: PlanGroup) -> bool:
    """Whether the plan asks some units of a kind for a number each, so that they can be chosen. Pure."""
    return bool(group.unit_kind) and group.units > 0 and bool(forms_each(group))


def forms_each(group: PlanGroup) -> int:
    """How many forms each of the units has to bring; 0 if the plan does not say, or not one number. Pure."""
    numbers = {part.forms for part in group.parts}
    return group.per_unit or (numbers.pop() if len(numbers) == 1 else 0)


def candidates_of(connection: Connection, plan: Plan, today: date) -> dict[str, tuple[str, ...]]:
    """The units below the plan's, by kind, on the first day of the plan or today, whichever is later."""
    tree, day = UnitTree(load_units(connection)), max(today, plan.starts or today)
    units = tree.on(day)
    found: dict[str, list[str]] = {}
    for code in sorted(tree.subtree(plan.unit, day) - {plan.unit}):
        if kind := units[code].kind:
            found.setdefault(kind, []).append(code)
    return {kind: tuple(codes) for kind, codes in sorted(found.items())}


def choice_of(connection: Connection, stratum: Stratum) -> UnitChoice | None:
    """How the units of this group were chosen; None if nobody has."""
    c = unit_choices.c
    query = select(unit_choices).where(c.plan == stratum.plan, c.stratum == stratum.group)
    row = connection.execute(query).first()
    if row is None:
        return None
    body = msgspec.json.decode(row.body, type=_Body)
    at = datetime.fromisoformat(row.changed_at)
    return UnitChoice(**msgspec.structs.asdict(body), at=at, account=row.account)


def draw_units(
    act: Act,
    plan: Plan,
    group: str,
    wanted: Mapping[str, int],
    *,
    account: int,
    reason: str = "",
    random_bytes: Callable[[int], bytes] = os.urandom,
) -> tuple[str, ...]:
    """Draw this number of units of each kind; their codes, in the order of the draw.

    reason: needed to draw once more. Raises ProblemError HL4298, HL4325, HL4326, HL5071.
    """
    candidates = _begin(act, plan, group)
    wanted = {kind: n for kind, n in sorted(wanted.items()) if n}
    if any(n < 0 or n > len(candidates.get(kind, ())) for kind, n in wanted.items()):
        raise ProblemError(UNITS_WRONG(where=group))
    seed = random_bytes(32)
    chosen = [code for kind, n in wanted.items() for code in draw(candidates[kind], n, seed)]
    kept = {kind: candidates[kind] for kind in wanted}
    return _keep(act, plan, group, chosen, (seed.hex(), reason, kept, wanted), account)


def choose_units(
    act: Act, plan: Plan, group: str, chosen: Collection[str], *, account: int, reason: str
) -> tuple[str, ...]:
    """Let these units take part, for a reason. Raises ProblemError HL4298, HL4325, HL4326, HL5071."""
    candidates = _begin(act, plan, group)
    begin(act, reason)
    kind_of = {code: kind for kind, codes in candidates.items() for code in codes}
    if not set(chosen) <= kind_of.keys():
        raise ProblemError(UNITS_WRONG(where=group))
    kinds = sorted({kind_of[code] for code in chosen})
    wanted = {kind: sum(kind_of[code] == kind for code in chosen) for kind in kinds}
    kept = {kind: candidates[kind] for kind in kinds}
    return _keep(act, plan, group, sorted(chosen), ("", reason, kept, wanted), account)


def _begin(act: Act, plan: Plan, group: str) -> dict[str, tuple[str, ...]]:
    """What can be chosen, if somebody may choose now."""
    one_at_a_time(act.connection)
    check_open(act.connection, plan.id)
    drafted = find_plan_draft(act.connection, plan.id) is not None
    if drafted or find_commitment(act.connection, Stratum(plan.id, group)) is not None:
        raise ProblemError(UNITS_FIXED(where=group))
    return candidates_of(act.connection, plan, act.now.astimezone(VIET_NAM).date())


def _keep(
    act: Act,
    plan: Plan,
    group: str,
    chosen: Sequence[str],
    how: tuple[str, str, dict[str, tuple[str, ...]], dict[str, int]],
    account: int,
) -> tuple[str, ...]:
    seed, reason, candidates, wanted = how
    stratum, of = Stratum(plan.id, group), plan.group(group)
    if not can_choose(of) or len(chosen) != of.units:
        raise ProblemError(UNITS_WRONG(where=group, detail=f"{len(chosen)}/{of.units}"))
    before = choice_of(act.connection, stratum)
    if before is not None:
        begin(act, reason)
    if len(reason) > REASON:
        raise ProblemError(UNITS_WRONG(where="ly_do", detail=f"dài hơn {REASON} ký tự"))
    names = {unit.code: unit.name for unit in load_units(act.connection)}
    parts = tuple(Part(id=code, name=names[code], forms=forms_each(of)) for code in chosen)
    groups = tuple(
        replace(each, parts=parts, per_unit=0) if each.id == group else each for each in plan.groups
    )
    today = act.now.astimezone(VIET_NAM).date()
    there = read_configured(act.connection, plan.unit, today)
    others = [each for each in there.plans if each.id != plan.id]
    changed = sorted((*others, replace(plan, groups=groups)), key=lambda each: each.id)
    import_configured(act, plan.unit, replace(there, plans=tuple(changed)), f"chọn đơn vị của nhóm {group}")
    times = before.times + 1 if before else 1
    body = _Body(
        seed=seed,
        reason=reason,
        candidates=candidates,
        wanted=wanted,
        chosen=tuple(chosen),
        times=times,
    )
    c = unit_choices.c
    act.connection.execute(delete(unit_choices).where(c.plan == stratum.plan, c.stratum == stratum.group))
    act.connection.execute(
        insert(unit_choices).values(
            plan=stratum.plan,
            stratum=stratum.group,
            account=account,
            body=msgspec.json.encode(body).decode(),
            changed_at=act.now.isoformat(),
        )
    )
    drawn = f"seed: {seed}" if seed else f"reason: {reason}"
    act.note("units-choose", f"{plan.id} {group}", f"{times}, {' '.join(chosen)}; {drawn}")
    return tuple(chosen)
