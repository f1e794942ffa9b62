"""The one-stop software's list of cases, as the terminals may know it: hashes instead of dossier codes.

    python -m sync.central import-cases list.csv --mapping columns.toml --data … --bundle … --unit …

reads a CSV export and writes cases.json into the bundle folder: for each dossier its keyed hash, its
procedure and its officer, and whether the centre already holds a response to it. columns.toml says which
column is which:

    dossier = "Mã hồ sơ"              # needed
    procedure = "Mã thủ tục"          # needed: a code such as 1.001193, or a name listed below
    officer = "Cán bộ xử lý"          # an id or a name of the catalogue, or a name listed below
    returned = "Ngày trả"             # day of the return; empty where it was not returned yet
    delimiter = ";"                   # else found out
    unknown_officer = "leave_out"     # else a row with an officer nobody knows is refused

    [procedures]
    "Khai sinh" = "1.001193"
    [officers]
    "N.T. Ví Dụ" = "cb-01"

Where it says which column has the day of the return, results returned are counted, too: they stand beside
tagged and answered in every summary (returned.py). With `--returned-only` the bundle stays as it is, such as
for last month's list.

Promises (each has a test of this name):
- a wrong row is reported by its line, and nothing is imported then: the file in use stays as it was;
- a file that cannot be written changes no count either;
- one mistyped year takes no other list's returns away: a list of more than MOST_DAYS says its days itself;
- no dossier code is written anywhere, nor shown in a report;
- the unit's key never changes by itself, so that a case hashed last month is known this month;
- every unit has a key of its own, and no unit's list takes another's place unless `--replace-list` says so:
  a bundle holds the list of one unit.

Days are written 2026-03-31 or 31/03/2026, with or without a time behind them.
Encodings: UTF-8, and UTF-16 with its byte order mark, as spreadsheets export "Unicode text".
"""

import base64
import csv
import io
import os
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Annotated, Literal

import msgspec
import typer
from msgspec import Struct
from sqlalchemy import Connection, Engine

from sync.central import audit, returned
from sync.central.database import reading, writing
from sync.central.options import Data, Database
from sync.central.rated import REPEAT_DAYS, RatedCases, mark_rated
from sync.central.returned import Result
from sync.central.setup import existing_database
from sync.clock import local_now
from sync.contract.bundle import Bundle, Case, Cases, load_bundle
from sync.contract.catalogue import Catalogue
from sync.contract.codes import (
    CodeRules,
    Refusal,
    case_hash,
    code_rules,
    is_dossier_code,
    is_procedure_code,
    normalise,
)
from sync.contract.problem import ProblemError, problem
from sync.contract.survey import read_toml
from sync.contract.text import nfc
from sync.secret_file import write_secret

SHOWN_ROWS = 20
NEXT_STEP = "Tăng `version` trong bundle.toml rồi chạy `hailong-central init` để máy tại quầy nhận danh sách."
MOST_DAYS = 45  # from the first return to the last, where --first and --last do not say them


class Columns(Struct, frozen=True, forbid_unknown_fields=True):
    """Which column is which, and what names in it stand for: one TOML file."""

    dossier: str
    procedure: str
    officer: str = ""
    returned: str = ""
    delimiter: str = ""
    unknown_officer: Literal["refuse", "leave_out"] = "refuse"
    procedures: dict[str, str] = {}
    officers: dict[str, str] = {}


class Listed(Struct, frozen=True):
    """What a list says. returned: the day of the return of each case, where it was returned."""

    cases: tuple[Case, ...]
    returned: dict[str, date]

    def results(self) -> Counter[Result]:
        """How many results were returned, by day, procedure and officer."""
        return Counter(
            (self.returned[case.case].isoformat(), case.procedure or "", case.officer or "")
            for case in self.cases
            if case.case in self.returned
        )


def read_cases(
    data: bytes,
    columns: Columns,
    catalogue: Catalogue,
    unit: str,
    rules: CodeRules,
    key: bytes,
    where: str,
    today: date,
) -> Listed:
    """The cases in a CSV file's bytes, in its order; raises ProblemError HL3019 naming every wrong line.

    today: no result was returned after it. Also HL1001 where the bytes are neither UTF-8 nor UTF-16, HL1003
    where a column is missing.
    """
    text = _decoded(data, where)
    header, rows = _rows(text, columns, where)
    places = {name: _place(header, name, where) for name in (columns.dossier, columns.procedure)}
    officer_place = _place(header, columns.officer, where) if columns.officer else None
    returned_place = _place(header, columns.returned, where) if columns.returned else None
    officers = _officers(columns, catalogue, unit)
    wrong: list[str] = []
    found: dict[str, tuple[Case, date | None]] = {}
    for line, row in rows:
        if len(row) != len(header):
            wrong.append(f"dòng {line}: {len(row)} cột, tiêu đề có {len(header)}")
            continue
        dossier = normalise(row[places[columns.dossier]])
        procedure = nfc(row[places[columns.procedure]].strip())
        procedure = columns.procedures.get(procedure, procedure)
        name = nfc(row[officer_place].strip()) if officer_place is not None else ""
        officer = officers.get(name.casefold())
        known = is_dossier_code(dossier, rules)
        if known is not True:
            reason = "ngày không tồn tại" if known is Refusal.IMPOSSIBLE_DATE else "không phải mã hồ sơ"
            wrong.append(f"dòng {line}: {columns.dossier}: {reason}")
            continue
        if not is_procedure_code(procedure, rules):
            wrong.append(f"dòng {line}: {columns.procedure}: không phải mã thủ tục")
            continue
        if name and officer is None and columns.unknown_officer == "refuse":
            wrong.append(f"dòng {line}: {columns.officer}: không có trong danh mục")
            continue
        day = None
        if returned_place is not None and row[returned_place].strip():
            day = _day(row[returned_place])
            if day is None or day > today:
                reason = "không phải ngày" if day is None else "sau hôm nay"
                wrong.append(f"dòng {line}: {columns.returned}: {reason}")
                continue
        one = Case(case_hash(dossier, key), procedure, officer), day
        if found.setdefault(one[0].case, one) != one:
            wrong.append(f"dòng {line}: {columns.dossier}: trùng với một dòng khác nội dung")
    if wrong:
        more = f"; và {len(wrong) - SHOWN_ROWS} dòng khác" if len(wrong) > SHOWN_ROWS else ""
        raise ProblemError(problem("HL3019", where=where, detail="; ".join(wrong[:SHOWN_ROWS]) + more))
    returned = {case.case: day for case, day in found.values() if day is not None}
    return Listed(tuple(case for case, _ in found.values()), returned)


def _day(text: str) -> date | None:
    """A day as Vietnamese or international software writes it, with or without a time behind it."""
    match = _DAY.match(text.strip())
    if match is None:
        return None
    found = match.groupdict()
    try:
        return date(*(int(found[name] or found[f"{name}2"]) for name in ("year", "month", "day")))
    except ValueError:
        return None


_DAY = re.compile(
    r"(?:(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})"
    r"|(?P<day2>\d{1,2})[/.-](?P<month2>\d{1,2})[/.-](?P<year2>\d{4}))(?:[T ].*)?$",
    re.ASCII,
)


def _decoded(data: bytes, where: str) -> str:
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        detail = "neither UTF-8 nor UTF-16"
        raise ProblemError(problem("HL1001", where=where, detail=detail)) from error


def _rows(text: str, columns: Columns, where: str) -> tuple[list[str], Iterator[tuple[int, list[str]]]]:
    """The header, and each row that is not empty with the line it ends on (from 1)."""
    first = text.split("\n", 1)[0]
    delimiter = columns.delimiter or max(";\t,", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    lines = _lines(reader, where)
    _, header = next(lines, (0, []))
    return [nfc(name.strip()) for name in header], lines


def _lines(reader: Iterator[list[str]], where: str) -> Iterator[tuple[int, list[str]]]:
    line = 0
    try:
        for row in reader:
            line = getattr(reader, "line_num", line + 1)
            if any(cell.strip() for cell in row):
                yield line, row
    except csv.Error as error:
        place = f"{where}: dòng {line + 1}"
        raise ProblemError(problem("HL1002", where=place, detail=str(error))) from error


def _place(header: list[str], name: str, where: str) -> int:
    if header.count(nfc(name)) != 1:
        raise ProblemError(problem("HL1003", where=where, detail=f"cột '{name}': {header.count(name)} lần"))
    return header.index(nfc(name))


def _officers(columns: Columns, catalogue: Catalogue, unit: str) -> dict[str, str]:
    """Ids by what a file may call an officer of `unit`: the id, a name that only one has, a mapped name."""
    ours = [officer for officer in catalogue.officers if officer.unit == unit]
    names = [officer.name.casefold() for officer in ours]
    known = {
        officer.name.casefold(): officer.id for officer in ours if names.count(officer.name.casefold()) == 1
    }
    mapped = {name.casefold(): id for name, id in columns.officers.items()}
    for name, id in columns.officers.items():
        if id not in {officer.id for officer in ours}:
            raise ProblemError(problem("HL1005", where=f"officers.{name}", detail=f"'{id}'"))
    return known | {officer.id: officer.id for officer in ours} | mapped


def unit_key(
    keys: Path,
    unit: str,
    bundle: Bundle,
    *,
    replace_list: bool = False,
    random_bytes: Callable[[int], bytes] = os.urandom,
) -> bytes:
    """The unit's key of 32 bytes: the one kept in the folder `keys`, else the bundle's where it is no other
    unit's, else a new one.

    replace_list: the bundle's list goes, whosever it is; a key that two units share is replaced as well.
    Raises ProblemError HL5002 where a kept file is no key, HL5033 where the bundle holds another unit's list.
    """
    kept = {
        path.name.removeprefix("cases-").removesuffix(".key"): _kept_key(path)
        for path in sorted(keys.glob("cases-*.key"))
    }
    bundled = base64.b64decode(bundle.cases.key) if bundle.cases.key else None
    own = kept.pop(unit, None)
    others = [other for other, key in kept.items() if key == bundled]
    if bundled and (others or own not in (None, bundled)) and not replace_list:
        owner = ", ".join(others) or "một đơn vị không rõ"
        detail = f"đang có {len(bundle.cases.case)} hồ sơ của {owner}; chưa thay gì"
        raise ProblemError(problem("HL5033", where=f"cases.json, --unit {unit}", detail=detail))
    if own is None:
        return random_bytes(32) if bundled is None or others else bundled
    return random_bytes(32) if own in kept.values() else own


def _kept_key(path: Path) -> bytes:
    try:
        key = base64.b64decode(path.read_bytes(), validate=True)
    except (OSError, ValueError) as error:
        raise ProblemError(problem("HL5002", where=str(path))) from error
    if len(key) != 32:
        raise ProblemError(problem("HL5002", where=str(path), detail="không đủ 32 byte"))
    return key


def register(app: typer.Typer) -> None:
    """Add the commands `case-key` and `import-cases` to the centre's command line."""
    app.command("case-key")(case_key)
    app.command("import-cases")(import_cases)


BundleFolder = Annotated[Path, typer.Option(help="The bundle folder to write cases.json into.")]
Unit = Annotated[str, typer.Option(help="Code of the unit whose cases these are.")]
ReplaceList = Annotated[
    bool, typer.Option("--replace-list", help="Put this list in the place of another unit's.")
]


def case_key(
    data: Data,
    bundle: BundleFolder,
    unit: Unit,
    replace_list: ReplaceList = False,
    database: Database = None,
) -> None:
    """Give a unit without a case list its key, so that a dossier scanned twice is known there, too."""
    loaded = _bundle_of(bundle, unit)
    key = unit_key(data / "keys", unit, loaded, replace_list=replace_list)
    _keep(_key_file(data, unit), key)
    # Hashes under another key are of no use under this one.
    cases = loaded.cases.case if loaded.cases.key == base64.b64encode(key).decode() else ()
    _write(bundle, key, cases)
    audit.note(data, database, now=local_now(), act="case-key", subject=unit)
    typer.echo(f"{bundle / 'cases.json'}: {len(cases)} hồ sơ")
    typer.echo(NEXT_STEP)


def _bundle_of(folder: Path, unit: str) -> Bundle:
    bundle = load_bundle(folder)
    if bundle.catalogue.unit(unit) is None:
        raise ProblemError(problem("HL1005", where="--unit", detail=f"'{unit}'"))
    return bundle


def _key_file(data: Path, unit: str) -> Path:
    return data / "keys" / f"cases-{unit}.key"


def _keep(key_file: Path, key: bytes) -> None:
    if not key_file.exists() or _kept_key(key_file) != key:
        key_file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_secret(key_file, base64.b64encode(key))


def _write(folder: Path, key: bytes, cases: Sequence[Case]) -> None:
    """Only its owner may read it: it holds the unit's key."""
    document = msgspec.json.encode(Cases(base64.b64encode(key).decode(), tuple(cases)))
    write_secret(folder / "cases.json", msgspec.json.format(document, indent=1))


def import_cases(
    file: Annotated[Path, typer.Argument(help="The one-stop software's list, CSV.")],
    mapping: Annotated[Path, typer.Option(help="Which column is which: a TOML file.")],
    data: Data,
    bundle: BundleFolder,
    unit: Unit,
    days: Annotated[int, typer.Option(help="How long a case counts as rated.")] = REPEAT_DAYS,
    first: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="All returns from this day on are in it; else its first."),
    ] = None,
    last: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="All returns to this day are in it; else its last."),
    ] = None,
    returned_only: Annotated[
        bool, typer.Option("--returned-only", help="Count the returns, leave the bundle as it is.")
    ] = False,
    replace_list: ReplaceList = False,
    database: Database = None,
) -> None:
    """Take in a list of cases, all of it or nothing: the bundle's cases.json, and the results returned."""
    now = local_now()
    loaded = _bundle_of(bundle, unit)
    columns = read_toml(mapping, Columns)
    if returned_only and not columns.returned:
        raise ProblemError(problem("HL1003", where=str(mapping), detail="returned"))
    rules = code_rules(loaded.settings, str(bundle / "settings.toml"))
    try:
        content = file.read_bytes()
    except OSError as error:
        raise ProblemError(problem("HL1001", where=str(file), detail=error.strerror or "")) from error
    # Counting the returns alone touches no list.
    key = unit_key(data / "keys", unit, loaded, replace_list=replace_list or returned_only)
    listed = read_cases(content, columns, loaded.catalogue, unit, rules, key, str(file), now.date())
    period = _period(listed, first, last, now.date(), str(file)) if columns.returned else None
    engine = _database(data, database, needed=period is not None)
    rated: list[str] = []
    if engine is not None and not returned_only:
        with reading(engine) as connection:
            rated = RatedCases().of(connection, unit, now.date() - timedelta(days=days))
    with writing(engine) if engine else nullcontext() as changing:
        if changing and period:
            returned.take_in(changing, unit, *period, listed.results())
            counted = f"{len(listed.returned)} returned from {period[0]} to {period[1]}"
            _note(changing, now, "import-returned", unit, counted)
        if changing and not returned_only:
            _note(changing, now, "import-cases", unit, f"{len(listed.cases)} cases")
        cases = mark_rated(list(listed.cases), rated)
        # Last of all, so that nothing is counted where it can't be written.
        if not returned_only:
            _keep(_key_file(data, unit), key)
            _write(bundle, key, cases)
    if period is not None:
        typer.echo(f"{unit}: {len(listed.returned)} kết quả đã trả, {period[0]} – {period[1]}")
    if not returned_only:
        count = sum(case.rated for case in cases)
        typer.echo(f"{bundle / 'cases.json'}: {len(listed.cases)} hồ sơ, {count} đã được đánh giá")
        typer.echo(NEXT_STEP)


def _database(data: Path, database: str | None, *, needed: bool) -> Engine | None:
    """The centre's database; None where it has none yet and none is `needed`."""
    if not needed and database is None and not (data / "central.db").exists():
        return None
    return existing_database(data, database)


def _note(connection: Connection, now: datetime, act: str, unit: str, detail: str) -> None:
    audit.record(connection, now=now, who=audit.operator(), act=act, subject=unit, detail=detail)


def _period(
    listed: Listed, first: datetime | None, last: datetime | None, today: date, where: str
) -> tuple[date, date]:
    """The days whose returns are all on the list; else HL1003: such a list says nothing about them."""
    days = sorted(listed.returned.values())
    begins = first.date() if first else (days[0] if days else None)
    ends = last.date() if last else (days[-1] if days else None)
    if begins is None or ends is None:
        raise ProblemError(problem("HL1003", where=where, detail="--first, --last: no return in the list"))
    days_long = (ends - begins).days + 1
    if (first is None or last is None) and days_long > MOST_DAYS:
        detail = f"{begins} – {ends}: {days_long} days; mend the mistyped day, or give --first and --last"
        raise ProblemError(problem("HL1003", where=where, detail=detail))
    if not begins <= ends <= today or (days and not begins <= days[0] <= days[-1] <= ends):
        detail = f"--first, --last: {begins} – {ends}"
        raise ProblemError(problem("HL1003", where=where, detail=detail))
    return begins, ends
