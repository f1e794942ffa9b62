"""Takes a list in, its people sealed before anything is written; opens them one by one; whose are here."""

import csv
import hashlib
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import msgspec
from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, Table, and_, delete, insert, select

from sync.central.office.audit.acts import Act
from sync.central.office.keys.stored import Keys
from sync.central.office.sample.commitment import Stratum, commitment_of, of_stratum
from sync.central.office.sample.one_person import Listed
from sync.central.office.sample.people_list import Columns, PeopleList
from sync.central.store.database import one_at_a_time
from sync.central.store.sample_tables import drawn_people, frame_people, frames, list_columns
from sync.contract.problem import ProblemError
from sync.contract.problem.centre import KEY_FILE_UNUSABLE
from sync.contract.problem.sampling import PERSON_CLOSED, SAMPLE_DRAWN
from sync.contract.response import Sealed
from sync.contract.sealing import open_words, seal_words
from sync.tables.formulas import guard

_SHOWN: Final = ("name", "phone", "address", "given")
_ROWS: Final = 1000  # written at once


class Place(Struct, frozen=True):
    """A unit of a group, whose list it is."""

    stratum: Stratum
    unit: str

    @property
    def subject(self) -> str:
        """As the audit log names it."""
        return f"{self.stratum.plan} {self.stratum.group} {self.unit}"


class SealedPerson(Struct, frozen=True, kw_only=True):
    """One person of a list, ready to be written."""

    code: str
    field: str
    lines: int
    sealed: Sealed


class Frame(Struct, frozen=True, kw_only=True):
    """A list that is here. source: who sent it, as the audit log names them. emptied_at: "" while it is."""

    unit: str
    lines: int
    people: int
    digest: str
    source: str
    taken_at: str
    emptied_at: str


class Person(Struct, frozen=True, kw_only=True):
    """Somebody as the list has them; "" for what it does not say."""

    name: str
    phone: str
    address: str
    given: str
    field: str


def seal_people(found: PeopleList, keys: Keys) -> tuple[SealedPerson, ...]:
    """The people of a list, sealed with the newest sealing key; raises ProblemError HL5002 without one."""
    newest = _newest(keys)
    return tuple(
        SealedPerson(code=code, field=person.field, lines=person.lines, sealed=_sealed(person, *newest))
        for code, person in found.people.items()
    )


def seal_person(person: Listed, keys: Keys) -> Sealed:
    """One person, sealed alike; raises ProblemError HL5002 without a key."""
    return _sealed(person, *_newest(keys))


def _newest(keys: Keys) -> tuple[str, str]:
    """The id and the public half of the newest sealing key."""
    public = keys.public().sealing
    if not public:
        raise ProblemError(KEY_FILE_UNUSABLE(where="sealing.json", detail="không có khóa nào trong đó"))
    return public[-1].id, public[-1].public


def _sealed(person: Listed, key: str, public: str) -> Sealed:
    sealed = seal_words({"person": {name: getattr(person, name) for name in _SHOWN}}, key, public)
    assert sealed is not None
    return sealed


def take_list(act: Act, place: Place, people: Sequence[SealedPerson], *, lines: int, source: str) -> Frame:
    """Take a list in, in place of an earlier one of the same unit.

    lines: of its file. source: who sent it. Raises ProblemError HL4310, HL4313.
    """
    connection = act.connection
    one_at_a_time(connection)
    check_open(connection, place.stratum)
    for table in (frames, frame_people):
        connection.execute(delete(table).where(of_place(table, place)))
    key = {"plan": place.stratum.plan, "stratum": place.stratum.group, "unit": place.unit}
    digest = hashlib.sha256(codes_file((each.code, each.field, each.lines) for each in people)).hexdigest()
    values = {"lines": lines, "people": len(people), "digest": digest, "source": source}
    connection.execute(insert(frames).values(**key, **values, taken_at=act.now.isoformat()))
    for first in range(0, len(people), _ROWS):
        rows = [
            {
                **key,
                "code": each.code,
                "field": each.field,
                "lines": each.lines,
                "sealed_key": each.sealed.key,
                "sealed_box": each.sealed.box,
            }
            for each in people[first : first + _ROWS]
        ]
        connection.execute(insert(frame_people), rows)
    act.note("people-list", place.subject, f"lines: {lines}, people: {len(people)}, sha256: {digest}")
    return frames_of(connection, place.stratum)[place.unit]


def check_open(connection: Connection, stratum: Stratum) -> None:
    """Raise ProblemError HL4310 if no list may come yet, HL4313 if none may come any more."""
    if commitment_of(connection, stratum).drawn_at:
        raise ProblemError(SAMPLE_DRAWN(where=stratum.group))


def frames_of(connection: Connection, stratum: Stratum) -> dict[str, Frame]:
    """The lists of a group by unit."""
    query = select(frames).where(of_stratum(frames, stratum)).order_by(frames.c.unit)
    return {
        row.unit: Frame(**{name: getattr(row, name) for name in Frame.__struct_fields__})
        for row in connection.execute(query)
    }


def field_volumes(connection: Connection, place: Place) -> dict[str, tuple[int, int]]:
    """Lines and people of each field of a list."""
    found: dict[str, tuple[int, int]] = {}
    for _, field, lines in codes_of(connection, place):
        before = found.get(field, (0, 0))
        found[field] = (before[0] + lines, before[1] + 1)
    return dict(sorted(found.items()))


def codes_of(connection: Connection, place: Place) -> list[tuple[str, str, int]]:
    """Code, field and lines of everybody on a list, in the order of the codes."""
    c = frame_people.c
    query = select(c.code, c.field, c.lines).where(of_place(frame_people, place)).order_by(c.code)
    return [(code, field, lines) for code, field, lines in connection.execute(query)]


def codes_file(people: Iterable[tuple[str, str, int]]) -> bytes:
    """The file from which anybody can repeat the draw: code, field and lines, in the order of the codes.

    A field that a spreadsheet would run has an apostrophe before it.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("ma", "linh_vuc", "so_dong"))
    writer.writerows((code, guard(field), lines) for code, field, lines in sorted(people))
    return out.getvalue().encode()


def open_person(
    act: Act, place: Place, number: int, keys: Mapping[str, bytes], *, named: bool = True
) -> Person:
    """One person who was drawn, for who has to ask them; leaves a line in the audit log.

    number: the place in the draw. keys: the sealing keys. named: whether the line has the number.

    Raises ProblemError HL4316.
    """
    d, p = drawn_people.c, frame_people.c
    query = (
        select(p.field, p.sealed_key, p.sealed_box)
        .join(
            drawn_people, and_(d.plan == p.plan, d.stratum == p.stratum, d.unit == p.unit, d.code == p.code)
        )
        .where(of_place(drawn_people, place), d.place == number)
    )
    row = act.connection.execute(query).first()
    if row is None or row.sealed_key not in keys:
        raise ProblemError(PERSON_CLOSED(where=place.unit))
    said = open_words(Sealed(row.sealed_key, row.sealed_box), keys).get("person", {})
    assert isinstance(said, dict)
    act.note("person-open", place.subject, f"number: {number}" if named else "")
    return Person(**{name: said.get(name, "") for name in _SHOWN}, field=row.field)


def of_place(table: Table, place: Place) -> ColumnElement[bool]:
    """The condition for rows of this unit's list."""
    return and_(of_stratum(table, place.stratum), table.c.unit == place.unit)


# --- columns --------------------------------------------------------------------------------------------


def known_software(connection: Connection, unit: str) -> dict[str, Columns]:
    """The columns of each software whose lists this unit has read."""
    query = select(list_columns).where(list_columns.c.unit == unit).order_by(list_columns.c.software)
    return {row.software: msgspec.json.decode(row.body, type=Columns) for row in connection.execute(query)}


def remember_columns(act: Act, unit: str, software: str, columns: Columns) -> None:
    """Remember which column is which in the lists of this software, without a line if they are known."""
    if known_software(act.connection, unit).get(software) == columns:
        return
    same = and_(list_columns.c.unit == unit, list_columns.c.software == software)
    act.connection.execute(delete(list_columns).where(same))
    body = msgspec.json.encode(columns).decode()
    act.connection.execute(insert(list_columns).values(unit=unit, software=software, body=body))
    act.note("list-columns", unit, software)
