"""The one-stop software's list of cases, as the terminals may know it: hashes instead of dossier codes.

    python -m sync.central import-cases list.csv --mapping columns.toml --data … --bundle … --unit …

reads a CSV or XLSX export (sheets/reader.py, case_list.py) and keeps, with the centre's keys
(keys/by_unit.py), for each dossier its keyed hash, its procedure and its officer. Terminals of the unit get
the list with their next configuration. columns.toml says which column is which:

    dossier = "Mã hồ sơ"              # needed
    procedure = "Mã thủ tục"          # needed: a code such as 1.001193, or a name listed below; what the
                                      # national database adds, .000.00.00.H29, may follow
    officer = "Cán bộ xử lý"          # an id or a name of the catalogue, or a name listed below
    returned = "Ngày trả"             # day of the return; empty where it was not returned yet
    day_order = "day-first"           # or "month-first"; else decided from the whole column
    delimiter = ";"                   # else found out
    unknown_officer = "leave_out"     # else a row with an officer nobody knows is refused

    [procedures]
    "Khai sinh" = "1.001193"
    [officers]
    "N.T. Ví Dụ" = "cb-01"

Where it says which column has the day of the return, results returned are counted, too: they stand beside
tagged and answered in every summary (returned.py). With `--returned-only` the list in use stays as it is,
such as for last month's list.

Promises (each has a test of this name):
- a file that cannot be written changes no count either;
- one mistyped year takes no other list's returns away: a list of more than MOST_DAYS says its days itself;
- no list lowers what was counted of a day unless `--replace-returned` says so; what changes is said;
- no dossier code is written anywhere, and no key or hash into the database;
- each unit has a list of its own: taking in one leaves the others as they are.

Days are written 2026-03-31 or 31/03/2026, with or without a time.
"""

from collections import Counter
from contextlib import nullcontext
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import Connection, Engine

from sync.central.commands.options import Data, Database, Day, typed_day
from sync.central.office import returned
from sync.central.office.audit import chain
from sync.central.office.case_list import Listed, Reading, load_columns, read_cases
from sync.central.office.keys.by_unit import keep_list, load_list, unit_key
from sync.central.store.database import reading, writing
from sync.central.store.facts import existing_database
from sync.central.store.known_ids import learn
from sync.contract.bundle import Bundle, load_bundle
from sync.contract.problem import ProblemError, problem
from sync.host.clock import local_now

NEXT_STEP = "Máy tại quầy của đơn vị nhận trong khoảng sáu phút."
MOST_DAYS = 45  # from the first return to the last, where --first and --last do not say them


def register(app: typer.Typer) -> None:
    """Add the commands `case-key` and `import-cases` to the centre's command line."""
    app.command("case-key")(case_key)
    app.command("import-cases")(import_cases)


BundleFolder = Annotated[Path, typer.Option(help="The bundle folder: units, officers, patterns of codes.")]
Unit = Annotated[str, typer.Option(help="Code of the unit whose cases these are.")]


def case_key(data: Data, bundle: BundleFolder, unit: Unit, database: Database = None) -> None:
    """Give a unit without a case list its key, so that a dossier scanned twice is known there, too."""
    _bundle_of(bundle, unit)
    keys = data / "keys"
    key = unit_key(keys, unit)
    cases = load_list(keys, unit)
    if cases is None:
        keep_list(keys, unit, key, ())
        chain.note(data, database, now=local_now(), act="case-key", subject=unit)
    typer.echo(f"{unit}: {len(cases.case) if cases else 0} hồ sơ")
    typer.echo(NEXT_STEP)


def _bundle_of(folder: Path, unit: str) -> Bundle:
    bundle = load_bundle(folder)
    if bundle.catalogue.unit(unit) is None:
        raise ProblemError(problem("HL1005", where="--unit", detail=f"'{unit}'"))
    return bundle


def import_cases(
    file: Annotated[Path, typer.Argument(help="The one-stop software's list, CSV or XLSX.")],
    mapping: Annotated[Path, typer.Option(help="Which column is which: a TOML file.")],
    data: Data,
    bundle: BundleFolder,
    unit: Unit,
    first: Annotated[
        Day, typer.Option(parser=typed_day, help="All returns from this day on are in it; else its first.")
    ] = None,
    last: Annotated[
        Day, typer.Option(parser=typed_day, help="All returns to this day are in it; else its last.")
    ] = None,
    returned_only: Annotated[
        bool, typer.Option("--returned-only", help="Count the returns, leave the list as it is.")
    ] = False,
    replace_returned: Annotated[
        bool, typer.Option("--replace-returned", help="Count fewer returns of a day than before.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would change, change nothing.")
    ] = False,
    database: Database = None,
) -> None:
    """Take in a list of cases, all of it or nothing: the unit's list, and the results returned."""
    now = local_now()
    loaded = _bundle_of(bundle, unit)
    columns = load_columns(mapping)
    if returned_only and not columns.returned:
        raise ProblemError(problem("HL1003", where=str(mapping), detail="thiếu mục `returned`"))
    rules = loaded.settings.codes
    key = unit_key(data / "keys", unit)
    listed = read_cases(
        file,
        Reading(
            columns=columns,
            catalogue=loaded.catalogue,
            unit=unit,
            rules=rules,
            key=key,
            today=now.date(),
        ),
    )
    period = _period(listed, first, last, now.date(), str(file)) if columns.returned else None
    engine = _database(data, database, needed=period is not None)
    changed: list[str] = []
    if engine is not None and period:
        with reading(engine) as connection:
            changed = _changed(connection, unit, period, listed, replace=replace_returned or dry_run)
    if not dry_run:
        with writing(engine) if engine else nullcontext() as changing:
            if changing and period:
                changed = _changed(changing, unit, period, listed, replace=replace_returned)
                returned.take_in(changing, unit, *period, listed.results())
                counted = f"{len(listed.returned)} returned from {period[0]} to {period[1]}"
                _note(changing, now, "import-returned", unit, counted)
            if changing and not returned_only:
                learn(changing, loaded.catalogue, listed.cases)
                _note(changing, now, "import-cases", unit, f"{len(listed.cases)} cases")
            # Last of all, so that nothing is counted where it can't be written.
            if not returned_only:
                keep_list(data / "keys", unit, key, listed.cases)
    if dry_run:
        typer.echo("Chạy thử, chưa thay đổi gì:")
    for line in listed.said:
        typer.echo(line)
    if period is not None:
        span = f"{period[0]:%d/%m/%Y} – {period[1]:%d/%m/%Y}"
        typer.echo(f"{unit}: {len(listed.returned)} kết quả đã trả, {span}")
    for line in changed:
        typer.echo(f"  thay số đã đếm trước đó, {line}")
    if not returned_only:
        typer.echo(f"{unit}: {len(listed.cases)} hồ sơ")
        typer.echo(NEXT_STEP)


def _changed(
    connection: Connection, unit: str, period: tuple[date, date], listed: Listed, *, replace: bool
) -> list[str]:
    """Which months get other counts; HL5037 where a day gets fewer and `replace` does not say so."""
    before = returned.by_day(connection, unit, *period)
    after = Counter(day.isoformat() for day in listed.returned.values())
    months = returned.months_changed(before, after)
    fewer = [day for day, n in before.items() if after[day] < n]
    if fewer and not replace:
        detail = f"{'; '.join(months)}; {len(fewer)} ngày ít hơn trước"
        raise ProblemError(problem("HL5037", where=unit, detail=detail))
    return months


def _database(data: Path, database: str | None, *, needed: bool) -> Engine | None:
    """The centre's database; None where it has none yet and none is `needed`."""
    if not needed and database is None and not (data / "central.db").exists():
        return None
    return existing_database(data, database)


def _note(connection: Connection, now: datetime, act: str, unit: str, detail: str) -> None:
    chain.record(connection, now=now, who=chain.operator(), act=act, subject=unit, detail=detail)


def _period(
    listed: Listed, first: date | None, last: date | None, today: date, where: str
) -> tuple[date, date]:
    """The days whose returns are all on the list; else HL1003: such a list says nothing about them."""
    days = sorted(listed.returned.values())
    begins = first or (days[0] if days else None)
    ends = last or (days[-1] if days else None)
    if begins is None or ends is None:
        raise ProblemError(
            problem("HL1003", where=where, detail="không có kết quả đã trả nào: ghi --first và --last")
        )
    days_long = (ends - begins).days + 1
    if (first is None or last is None) and days_long > MOST_DAYS:
        span = f"{begins:%d/%m/%Y} – {ends:%d/%m/%Y}"
        detail = f"{span} dài {days_long} ngày: sửa ngày gõ nhầm, hoặc ghi --first và --last"
        raise ProblemError(problem("HL1003", where=where, detail=detail))
    if not begins <= ends <= today or (days and not begins <= days[0] <= days[-1] <= ends):
        detail = f"--first, --last: danh sách không nằm trong {begins:%d/%m/%Y} – {ends:%d/%m/%Y}"
        raise ProblemError(problem("HL1003", where=where, detail=detail))
    return begins, ends
