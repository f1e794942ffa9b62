"""The import of the one-stop software's list of cases, and the key that hides dossier codes."""

from pathlib import Path
from typing import Annotated

import typer

from sync.central.commands.options import Data, Database, Day, by_operator, typed_day
from sync.central.office.audit.acts import acting
from sync.central.office.case_list import load_columns
from sync.central.office.cases import (
    CaseImport,
    Described,
    described_here,
    described_in,
    give_key,
    preview,
    read_file,
)
from sync.central.office.cases import import_cases as take_in_cases
from sync.central.office.keys.by_unit import load_list, unit_key
from sync.central.store.database import reading
from sync.central.store.facts import existing_database
from sync.contract.problem import ProblemError
from sync.contract.problem.files import ENTRY_INVALID
from sync.host.clock import local_now

NEXT_STEP = "Máy tại quầy của đơn vị nhận trong khoảng một phút."


def register(app: typer.Typer) -> None:
    """Add the commands `case-key` and `import-cases` to the centre's command line."""
    app.command("case-key")(case_key)
    app.command("import-cases")(import_cases)


BundleFolder = Annotated[
    Path | None,
    typer.Option(
        help="A folder with units, officers and patterns of codes; else as the centre is configured."
    ),
]


Unit = Annotated[str, typer.Option(help="Code of the unit whose cases these are.")]


def case_key(data: Data, unit: Unit, bundle: BundleFolder = None, database: Database = None) -> None:
    """Give a unit without a case list its key, so that a dossier scanned twice is known there, too."""
    _described(data, unit, bundle, database)
    keys = data / "keys"
    key, cases = unit_key(keys, unit), load_list(keys, unit)
    if cases is None:
        with acting(existing_database(data, database), by_operator()) as act:
            give_key(act, keys, unit, key)
    typer.echo(f"{unit}: {len(cases.case) if cases else 0} hồ sơ")
    typer.echo(NEXT_STEP)


def import_cases(
    file: Annotated[Path, typer.Argument(help="The one-stop software's list, CSV or XLSX.")],
    mapping: Annotated[Path, typer.Option(help="Which column is which: a TOML file.")],
    data: Data,
    unit: Unit,
    bundle: BundleFolder = None,
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
    keys, by = data / "keys", by_operator()
    wanted = CaseImport(
        unit=unit,
        described=_described(data, unit, bundle, database),
        columns=load_columns(mapping),
        first=first,
        last=last,
        returned_only=returned_only,
        replace_returned=replace_returned,
    )
    if returned_only and not wanted.columns.returned:
        raise ProblemError(ENTRY_INVALID(where=str(mapping), detail="thiếu mục `returned`"))
    read = read_file(file, keys, wanted, by.now.date())
    engine = existing_database(data, database)
    if dry_run:
        typer.echo("Chạy thử, chưa thay đổi gì:")
        with reading(engine) as connection:
            changed = preview(connection, wanted, read)
    else:
        with acting(engine, by) as act:
            changed = take_in_cases(act, keys, wanted, read)
    for line in read.listed.said:
        typer.echo(line)
    if read.period is not None:
        span = f"{read.period[0]:%d/%m/%Y} – {read.period[1]:%d/%m/%Y}"
        typer.echo(f"{unit}: {len(read.listed.returned)} kết quả đã trả, {span}")
    for line in changed:
        typer.echo(f"  thay số đã đếm trước đó, {line}")
    if not returned_only:
        typer.echo(f"{unit}: {len(read.listed.cases)} hồ sơ")
        typer.echo(NEXT_STEP)


def _described(data: Path, unit: str, bundle: Path | None, database: str | None) -> Described:
    if bundle is not None:
        return described_in(bundle, unit)
    with reading(existing_database(data, database)) as connection:
        return described_here(connection, unit, local_now().date())
