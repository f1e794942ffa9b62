"""Lists of a catalogue from a table: tried first, every error by its line and every change, then taken in.

Promises (each has a test of this name):
- a table with any error changes nothing, and every error in it is named at once;
- nothing is removed by leaving it out;
- what is taken in is what was shown before: if something changed in between, nothing is taken in;
- a table of a unit changes nothing outside the unit and those below it.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from typing import Any, TypeVar

import msgspec
from msgspec import Struct
from sqlalchemy import Connection

from sync.central.office.audit.acts import Act
from sync.central.office.configuration.counters import put_counter
from sync.central.office.configuration.deciding import begin
from sync.central.office.configuration.office_settings import office_of
from sync.central.office.configuration.officers import officer_named, put_officer
from sync.central.office.configuration.procedures import procedures_at, put_procedure
from sync.central.office.configuration.row_queries import counters_of, officers_of
from sync.central.office.configuration.scope import scope_of
from sync.central.office.configuration.special_days import COLUMNS as DAY_COLUMNS
from sync.central.office.configuration.special_days import read_special_days, set_special_days
from sync.central.office.sheets.reader import LOST_ZEROS, Row, Sheet
from sync.central.office.units.importing import COLUMNS as UNIT_COLUMNS
from sync.central.office.units.stored import import_units, load_units, preview_units
from sync.central.office.units.tree import CENTRE
from sync.central.store.database import one_at_a_time
from sync.central.store.known_ids import earlier_officer, learn
from sync.contract.catalogue import Counter, Officer, Procedure, Unit
from sync.contract.decoding import reason_and_key
from sync.contract.masking import mask_digits
from sync.contract.opening import SpecialDay
from sync.contract.plan import VIET_NAM
from sync.contract.problem import Problem, ProblemError, ProblemsError
from sync.contract.problem.centre import LIST_OUTDATED, ROW_THERE
from sync.contract.problem.files import ENTRY_INVALID, ID_REPEATED, REFERENCE_DANGLING

T = TypeVar("T")


class Effect(Struct, frozen=True, kw_only=True):
    """What taking a table in changes, in words of one line each; same: how many entries stay as they are."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    same: int

    @property
    def digest(self) -> str:
        """Names this effect: another one has another digest."""
        return hashlib.sha256(msgspec.json.encode(self)).hexdigest()


class Table(Struct, frozen=True, kw_only=True):
    """A kind of list. columns: what each may be called, in small letters. needed: those that must be there.

    read: the effect at a unit on a day; raises ProblemsError. store: takes a table in that has no error.
    """

    columns: Mapping[str, tuple[str, ...]]
    needed: tuple[str, ...]
    read: Callable[[Connection, str, Sheet, date], Effect]
    store: Callable[[Act, str, Sheet, str], None]

    @property
    def headings(self) -> frozenset[str]:
        """All headings that mean something."""
        return frozenset(heading for headings in self.columns.values() for heading in headings)


def take_in(act: Act, table: Table, unit: str, sheet: Sheet, why: str, shown: str) -> Effect:
    """Take a table in at a unit; shown: the digest of the effect that a person has seen and agreed to.

    Raises ProblemsError as `Table.read`; ProblemError HL5140 if the effect is another one by now.
    """
    one_at_a_time(act.connection)
    effect = table.read(act.connection, unit, sheet, _today(act))
    if effect.digest != shown:
        raise ProblemError(LIST_OUTDATED(where=sheet.name))
    if effect.added or effect.changed:
        table.store(act, unit, sheet, why)
    else:
        act.undo()
    return effect


def _today(act: Act) -> date:
    return act.now.astimezone(VIET_NAM).date()


# --- reading rows -----------------------------------------------------------------------------------------


class _Line(Struct, frozen=True):
    where: str
    cells: dict[str, str]


def _lines(
    sheet: Sheet, columns: Mapping[str, tuple[str, ...]], needed: Iterable[str], codes: Iterable[str]
) -> tuple[list[_Line], list[Problem]]:
    """The cells of each right row by the names of `columns`, and what is wrong with headings and others."""
    meaning = {heading: column for column, headings in columns.items() for heading in headings}
    place = {meaning[heading]: heading for heading in reversed(sheet.headings) if heading in meaning}
    problems = [
        ENTRY_INVALID(where=f"{sheet.name}:{sheet.line}", detail=f"thiếu cột '{columns[column][0]}'")
        for column in needed
        if column not in place
    ]
    lines = []
    for row in sheet.rows if not problems else ():
        where = f"{sheet.name}:{row.line}"
        cells = {column: row.cells.get(heading, "") for column, heading in place.items()}
        wrong = list(
            _wrong_cells(row, where, cells, needed, {place[each] for each in codes if each in place})
        )
        problems += wrong
        if not wrong:
            lines.append(_Line(where, cells))
    return lines, problems


def _wrong_cells(
    row: Row, where: str, cells: dict[str, str], needed: Iterable[str], codes: set[str]
) -> Iterator[Problem]:
    if row.surplus:
        yield ENTRY_INVALID(where=where, detail="nhiều ô hơn tiêu đề")
    for column in needed:
        if not cells[column]:
            yield ENTRY_INVALID(where=f"{where}: {column}", detail="để trống")
    for heading in sorted(codes & row.numbers):
        yield ENTRY_INVALID(where=f"{where}: {heading}", detail=LOST_ZEROS)


def _entries(
    lines: list[_Line], problems: list[Problem], make: Callable[[dict[str, str]], T], key: Callable[[T], Any]
) -> list[tuple[_Line, T]]:
    """What the lines hold; what is wrong is added to `problems`."""
    entries: dict[Any, tuple[_Line, T]] = {}
    for line in lines:
        try:
            entry = make(line.cells)
        except msgspec.ValidationError as error:
            reason, field = reason_and_key(error)
            problems.append(ENTRY_INVALID(where=f"{line.where}: {field}", detail=reason))
            continue
        if key(entry) in entries:
            problems.append(ID_REPEATED(where=line.where, detail=f"đã có ở {entries[key(entry)][0].where}"))
        entries[key(entry)] = (line, entry)
    return list(entries.values())


def _effect(
    entries: Iterable[T], before: Mapping[Any, T], key: Callable[[T], Any], words: Callable[[T], str]
) -> Effect:
    added, changed, same = [], [], 0
    for entry in entries:
        old = before.get(key(entry))
        if old is None:
            added.append(words(entry))
        elif old == entry:
            same += 1
        elif words(old) == words(entry):
            changed.append(words(entry))
        else:
            changed.append(f"{words(old)} → {words(entry)}")
    return Effect(added=tuple(added), changed=tuple(changed), same=same)


def _by_line(problems: list[Problem]) -> ProblemsError:
    """These problems in the order of the table."""

    def line(problem: Problem) -> int:
        number = problem.where.partition(":")[2].partition(":")[0]
        return int(number) if number.isdigit() else 0

    return ProblemsError(sorted(problems, key=line))


def _name(cells: dict[str, str]) -> dict[str, str]:
    both = {"vi": cells["name"], "en": cells.get("name_en", "")}
    return {language: text for language, text in both.items() if text}


def _counted(effect: Effect, why: str) -> str:
    return f"{len(effect.added)} added, {len(effect.changed)} changed; {why}"


# --- procedures -------------------------------------------------------------------------------------------

PROCEDURE_COLUMNS = {
    "code": ("mã thủ tục", "mã", "code"),
    "name": ("tên thủ tục", "tên", "name"),
    "name_en": ("tên tiếng anh", "name_en"),
    "field": ("lĩnh vực", "field"),
}


def _read_procedures(sheet: Sheet) -> list[Procedure]:
    def make(cells: dict[str, str]) -> Procedure:
        values = {"code": cells["code"], "name": _name(cells), "field": cells.get("field", "")}
        return msgspec.convert(values, Procedure)

    lines, problems = _lines(sheet, PROCEDURE_COLUMNS, ("code", "name"), ("code",))
    entries = _entries(lines, problems, make, lambda entry: entry.code)
    if problems:
        raise _by_line(problems)
    return [entry for _, entry in entries]


def _procedures_effect(connection: Connection, unit: str, sheet: Sheet, today: date) -> Effect:
    before = {each.code: each for each in procedures_at(connection, unit)}
    return _effect(_read_procedures(sheet), before, lambda each: each.code, _procedure_words)


def _procedure_words(procedure: Procedure) -> str:
    return " · ".join(filter(None, (procedure.code, procedure.name["vi"], procedure.field)))


def _store_procedures(act: Act, unit: str, sheet: Sheet, why: str) -> None:
    begin(act, why, unit)
    effect = _procedures_effect(act.connection, unit, sheet, _today(act))
    before = {each.code: each for each in procedures_at(act.connection, unit)}
    procedures = [each for each in _read_procedures(sheet) if before.get(each.code) != each]
    for procedure in procedures:
        put_procedure(act.connection, unit, procedure)
    learn(act.connection, procedures=procedures)
    act.note("procedures-import", unit or "*", _counted(effect, mask_digits(why)))


# --- officers ---------------------------------------------------------------------------------------------

OFFICER_COLUMNS = {
    "id": ("mã cán bộ", "mã", "id"),
    "name": ("họ tên", "họ và tên", "tên", "name"),
    "title": ("chức danh", "chức vụ", "title"),
    "unit": ("mã đơn vị", "đơn vị", "unit"),
}


def _read_officers(connection: Connection, unit: str, sheet: Sheet, today: date) -> list[Officer]:
    def make(cells: dict[str, str]) -> Officer:
        values = {name: cells.get(name, "") for name in ("id", "name", "title")}
        return msgspec.convert({**values, "unit": cells.get("unit") or unit}, Officer)

    lines, problems = _lines(sheet, OFFICER_COLUMNS, ("id", "name"), ("id", "unit"))
    entries = _entries(lines, problems, make, lambda entry: entry.id)
    scope = scope_of(connection, unit, today)
    for line, officer in entries:
        problems += _unit_problems(line, officer.unit, scope)
        there = officer_named(connection, officer.id)
        foreign = there is not None and there.unit not in scope
        if foreign or (there is None and earlier_officer(connection, officer)):
            problems.append(ROW_THERE(where=f"{line.where}: id"))
    if problems:
        raise _by_line(problems)
    return [officer for _, officer in entries]


def _unit_problems(line: _Line, unit: str, scope: frozenset[str]) -> Iterator[Problem]:
    if unit not in scope:
        yield REFERENCE_DANGLING(where=f"{line.where}: unit", detail=f"không có đơn vị “{unit}”")


def _officers_before(connection: Connection, unit: str, today: date) -> dict[str, Officer]:
    return {each.id: each for each in officers_of(connection, scope_of(connection, unit, today))}


def _officers_effect(connection: Connection, unit: str, sheet: Sheet, today: date) -> Effect:
    officers = _read_officers(connection, unit, sheet, today)
    before = _officers_before(connection, unit, today)
    return _effect(officers, before, lambda each: each.id, _officer_words)


def _officer_words(officer: Officer) -> str:
    return " · ".join(filter(None, (officer.id, officer.name, officer.title, officer.unit)))


def _store_officers(act: Act, unit: str, sheet: Sheet, why: str) -> None:
    today = _today(act)
    effect = _officers_effect(act.connection, unit, sheet, today)
    before = _officers_before(act.connection, unit, today)
    rows = _read_officers(act.connection, unit, sheet, today)
    officers = [each for each in rows if before.get(each.id) != each]
    left = {before[each.id].unit for each in officers if each.id in before}
    begin(act, why, *sorted({each.unit for each in officers} | left))
    for officer in officers:
        put_officer(act.connection, officer)
    learn(act.connection, officers=officers)
    act.note("officers-import", unit or "*", _counted(effect, mask_digits(why)))


# --- counters ---------------------------------------------------------------------------------------------

COUNTER_COLUMNS = {
    "id": ("mã quầy", "mã", "id"),
    "name": ("tên quầy", "tên", "name"),
    "name_en": ("tên tiếng anh", "name_en"),
    "unit": ("mã đơn vị", "đơn vị", "unit"),
}


def _place(counter: Counter) -> tuple[str, str]:
    return counter.unit, counter.id


def _read_counters(connection: Connection, unit: str, sheet: Sheet, today: date) -> list[Counter]:
    def make(cells: dict[str, str]) -> Counter:
        values = {"id": cells["id"], "unit": cells.get("unit") or unit, "name": _name(cells)}
        return msgspec.convert(values, Counter)

    lines, problems = _lines(sheet, COUNTER_COLUMNS, ("id", "name"), ("id", "unit"))
    entries = _entries(lines, problems, make, _place)
    scope = scope_of(connection, unit, today)
    for line, counter in entries:
        problems += _unit_problems(line, counter.unit, scope)
    if problems:
        raise _by_line(problems)
    return [counter for _, counter in entries]


def _counters_before(connection: Connection, unit: str, today: date) -> dict[tuple[str, str], Counter]:
    return {_place(each): each for each in counters_of(connection, scope_of(connection, unit, today))}


def _counters_effect(connection: Connection, unit: str, sheet: Sheet, today: date) -> Effect:
    counters = _read_counters(connection, unit, sheet, today)
    return _effect(counters, _counters_before(connection, unit, today), _place, _counter_words)


def _counter_words(counter: Counter) -> str:
    return " · ".join((counter.id, counter.name["vi"], counter.unit))


def _store_counters(act: Act, unit: str, sheet: Sheet, why: str) -> None:
    today = _today(act)
    effect = _counters_effect(act.connection, unit, sheet, today)
    before = _counters_before(act.connection, unit, today)
    rows = _read_counters(act.connection, unit, sheet, today)
    counters = [each for each in rows if before.get(_place(each)) != each]
    begin(act, why, *sorted({each.unit for each in counters}))
    for counter in counters:
        put_counter(act.connection, counter)
    act.note("counters-import", unit or "*", _counted(effect, mask_digits(why)))


# --- special days and units -------------------------------------------------------------------------------


def _days_effect(connection: Connection, unit: str, sheet: Sheet, today: date) -> Effect:
    before = {each.day: each for each in office_of(connection, unit).special_days}
    return _effect(read_special_days(sheet), before, lambda each: each.day, _day_words)


def _day_words(special: SpecialDay) -> str:
    hours = ", ".join(f"{span.start:%H:%M}-{span.end:%H:%M}" for span in special.hours)
    return " · ".join(filter(None, (f"{special.day:%d/%m/%Y}", special.name, hours)))


def _store_days(act: Act, unit: str, sheet: Sheet, why: str) -> None:
    set_special_days(act, unit, read_special_days(sheet), why)


def _units_effect(connection: Connection, unit: str, sheet: Sheet, today: date) -> Effect:
    """The list of units is one for the whole centre."""
    assert unit == CENTRE
    before = {(each.code, each.valid_from): each for each in load_units(connection)}
    found = preview_units(connection, sheet)
    if found.problems:
        raise ProblemsError(found.problems)
    effect = _effect(
        (*found.added, *found.changed), before, lambda each: (each.code, each.valid_from), _unit_words
    )
    return msgspec.structs.replace(effect, same=effect.same + found.unchanged)


def _unit_words(unit: Unit) -> str:
    days = [f"{day:%d/%m/%Y}" if day else "" for day in (unit.valid_from, unit.valid_to)]
    span = " - ".join(days) if any(days) else ""
    return " · ".join(filter(None, (unit.code, unit.name["vi"], unit.kind, unit.parent, span)))


def _store_units(act: Act, unit: str, sheet: Sheet, why: str) -> None:
    begin(act, why)
    import_units(act, sheet, why)


TABLES: Mapping[str, Table] = {
    "thu-tuc": Table(
        columns=PROCEDURE_COLUMNS,
        needed=("code", "name"),
        read=_procedures_effect,
        store=_store_procedures,
    ),
    "can-bo": Table(
        columns=OFFICER_COLUMNS, needed=("id", "name"), read=_officers_effect, store=_store_officers
    ),
    "quay": Table(
        columns=COUNTER_COLUMNS, needed=("id", "name"), read=_counters_effect, store=_store_counters
    ),
    "ngay-nghi": Table(columns=DAY_COLUMNS, needed=("day",), read=_days_effect, store=_store_days),
    "don-vi": Table(
        columns=UNIT_COLUMNS,
        needed=("code", "name"),
        read=_units_effect,
        store=_store_units,
    ),
}
"""Every kind of list, by its name in an address."""
