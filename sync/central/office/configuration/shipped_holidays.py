"""The holidays that come with the product, a table a year: taken in by themselves for the whole centre.

Promises (each has a test of this name):
- a year is taken in once; what the office changes or removes afterwards stays changed or removed;
- nothing is decided over what any office decided: a year of which one has a day itself is left to it, and
  offered;
- days that are not certain yet are only offered, and taken in once a later version of the table is certain.
"""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from pathlib import Path

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, delete, insert, select

from sync.central.office.audit.acts import Act
from sync.central.office.configuration.inherited import holidays_of, offices_above
from sync.central.office.configuration.office_settings import every_office
from sync.central.office.configuration.special_days import HEADINGS, read_special_days, set_special_days
from sync.central.office.sheets.reader import read_sheet
from sync.central.office.units.tree import CENTRE
from sync.central.store.schema import facts
from sync.contract.opening import SpecialDay
from sync.host.assets import asset

FOLDER = asset("holidays")
_FACT = "shipped-holidays"
_UNCERTAIN = "(dự kiến)"
_WHY = "lịch nghỉ đi cùng phần mềm"


class Looked(Struct, frozen=True):
    """What was done with the tables. digest: of their bytes. taken: days. left: years left to the office."""

    digest: str = ""
    taken: tuple[date, ...] = ()
    left: tuple[int, ...] = ()


def read_shipped(folder: Path = FOLDER) -> tuple[SpecialDay, ...]:
    """The days of all tables. Raises ProblemError for a table that can't be read."""
    days = (read_special_days(read_sheet(file, HEADINGS)) for file in _files(folder))
    return tuple(day for table in days for day in table)


def is_news(connection: Connection, folder: Path = FOLDER) -> bool:
    """Whether the tables are others than those that were looked at."""
    return looked(connection).digest != _digest(folder)


def take_in(act: Act, today: date, folder: Path = FOLDER) -> int:
    """Decide the days of the tables that nobody has looked at yet, for the whole centre; how many."""
    before, offices = looked(act.connection), every_office(act.connection)
    decided = {special.day for office in offices.values() for special in office.special_days}
    days, left = chosen(read_shipped(folder), before, decided, today)
    if days:
        set_special_days(act, CENTRE, days, _WHY)
    else:
        act.note("holidays", CENTRE, "0")
    taken = tuple(sorted({*before.taken, *(special.day for special in days)}))
    _keep(act.connection, Looked(_digest(folder), taken, left))
    return len(days)


def chosen(
    shipped: Iterable[SpecialDay], before: Looked, decided: Collection[date], today: date
) -> tuple[list[SpecialDay], tuple[int, ...]]:
    """The days to take in now, and the years that are left to the office. Pure.

    decided: the days that some office has decided about.
    """
    by_year: defaultdict[int, list[SpecialDay]] = defaultdict(list)
    for special in shipped:
        by_year[special.day.year].append(special)
    begun = {day.year for day in before.taken}
    days, left = list[SpecialDay](), set(before.left)
    for year, table in by_year.items():
        if year < today.year or year in left:
            continue
        if year not in begun and any(special.day in decided for special in table):
            left.add(year)
            continue
        known = {*decided, *before.taken}
        days += [each for each in table if is_certain(each) and each.day not in known]
    return days, tuple(sorted(left))


def is_certain(special: SpecialDay) -> bool:
    """Whether the day was decided by the government, and is not only expected."""
    return not special.name.endswith(_UNCERTAIN)


def offered_days(
    connection: Connection, unit: str, today: date, folder: Path = FOLDER
) -> tuple[SpecialDay, ...]:
    """The days of the tables, from today on, about which nobody has decided for this unit.

    What was taken in, and is not there any more, was removed by the office.
    """
    known = {each.special.day for each in holidays_of(offices_above(connection, unit, today))}
    known |= set(looked(connection).taken)
    return tuple(each for each in read_shipped(folder) if each.day >= today and each.day not in known)


def looked(connection: Connection) -> Looked:
    """What was done with the tables so far."""
    text = connection.execute(select(facts.c.value).where(facts.c.name == _FACT)).scalar()
    return msgspec.json.decode(text, type=Looked) if text else Looked()


def _keep(connection: Connection, now: Looked) -> None:
    connection.execute(delete(facts).where(facts.c.name == _FACT))
    connection.execute(insert(facts).values(name=_FACT, value=msgspec.json.encode(now).decode()))


def _files(folder: Path) -> Sequence[Path]:
    return sorted(folder.glob("*.csv"))


def _digest(folder: Path) -> str:
    made = hashlib.sha256()
    for file in _files(folder):
        made.update(file.name.encode() + b"\n" + file.read_bytes())
    return made.hexdigest()
