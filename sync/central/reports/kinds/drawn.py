"""The draws of a plan's groups, as documents say them: from which lists, with which seed, how many."""

from collections.abc import Iterator
from datetime import datetime

from msgspec import Struct
from sqlalchemy import Connection

from sync.central.office.sample.commitment import Stratum, find_commitment
from sync.central.office.sample.sealed_list import frames_of
from sync.central.office.sample.selecting import fields_drawn
from sync.central.office.units.stored import load_units
from sync.contract.official import written_day
from sync.contract.plan import VIET_NAM, Plan
from sync.contract.text import pick


class DrawnList(Struct, frozen=True, kw_only=True):
    """A list that was drawn from. digest: of its file of codes."""

    unit: str
    lines: int
    people: int
    digest: str


class DrawnField(Struct, frozen=True, kw_only=True):
    """How many of a field were drawn from a unit's list; "" for lines without a field."""

    unit: str
    field: str
    asked: int
    spare: int


class DrawnSample(Struct, frozen=True, kw_only=True):
    """A draw. published, drawn: the day and hour of each, as they are written."""

    group: str
    seed: str
    seed_digest: str
    key_digest: str
    published: str
    drawn: str
    lists: tuple[DrawnList, ...]
    fields: tuple[DrawnField, ...]

    @property
    def asked(self) -> int:
        """How many people were drawn to be asked."""
        return sum(each.asked for each in self.fields)

    @property
    def spare(self) -> int:
        """How many are asked only in place of others."""
        return sum(each.spare for each in self.fields)


def drawn_samples(connection: Connection, plan: Plan) -> Iterator[DrawnSample]:
    """The draws of a plan, none of a group before it is drawn."""
    units = {unit.code: pick(unit.name, "vi") for unit in load_units(connection)}
    for group in plan.groups:
        stratum = Stratum(plan.id, group.id)
        known = find_commitment(connection, stratum)
        if known is None or not known.drawn_at:
            continue
        names = units | {part.id: pick(part.name, "vi") for part in group.parts}
        yield DrawnSample(
            group=pick(group.name, "vi"),
            seed=known.seed,
            seed_digest=known.seed_digest,
            key_digest=known.key_digest,
            published=_hour(known.published_at),
            drawn=_hour(known.drawn_at),
            lists=tuple(
                DrawnList(
                    unit=names.get(unit, unit), lines=frame.lines, people=frame.people, digest=frame.digest
                )
                for unit, frame in frames_of(connection, stratum).items()
            ),
            fields=tuple(
                DrawnField(
                    unit=names.get(each.unit, each.unit),
                    field=each.field,
                    asked=each.asked,
                    spare=each.spare,
                )
                for each in fields_drawn(connection, stratum)
            ),
        )


def _hour(moment: str) -> str:
    at = datetime.fromisoformat(moment).astimezone(VIET_NAM)
    return f"{at:%H} giờ {at:%M} ngày {written_day(at.date())}"
