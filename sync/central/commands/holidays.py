"""Holidays, and days that are worked instead of others: one by one, or a year's from a table."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from sync.central.commands.options import Data, Database, Unit, Why, by_operator, typed_day
from sync.central.commands.printing import AsCsv, show
from sync.central.office.audit.acts import acting
from sync.central.office.configuration.office_settings import office_of
from sync.central.office.configuration.spans import SpanError, read_hours
from sync.central.office.configuration.special_days import (
    HEADINGS,
    read_special_days,
    remove_special_day,
    set_special_days,
)
from sync.central.office.sheets.reader import read_sheet
from sync.central.store.database import reading
from sync.central.store.facts import existing_database
from sync.contract.opening import SpecialDay

holidays_app = typer.Typer(help="Holidays, and days worked instead of others.", no_args_is_help=True)

TheDay = Annotated[date, typer.Argument(parser=typed_day, help="Such as 02/09/2026.")]


def register(app: typer.Typer) -> None:
    """Add these commands to the centre's command line."""
    app.add_typer(holidays_app, name="holidays")


@holidays_app.command("list")
def holidays_list(data: Data, unit: Unit = "", as_csv: AsCsv = False, database: Database = None) -> None:
    """The days that a unit decides itself; those of the units above it hold, too."""
    with reading(existing_database(data, database)) as connection:
        days = office_of(connection, unit).special_days
    rows = [(f"{each.day:%d/%m/%Y}", each.name, _hours(each) or "nghỉ") for each in days]
    show(("Ngày", "Tên", "Giờ"), rows, as_csv)


@holidays_app.command("add")
def holidays_add(
    data: Data,
    day: TheDay,
    why: Why,
    unit: Unit = "",
    name: Annotated[str, typer.Option(help="Such as Quốc khánh.")] = "",
    hours: Annotated[
        str, typer.Option(help='A day that is worked: "07:30-11:30, 13:30-17:00"; else it is a holiday.')
    ] = "",
    database: Database = None,
) -> None:
    """Add a holiday, or a day that is worked instead of another one."""
    try:
        added = SpecialDay(day, name, read_hours(hours))
    except SpanError as error:
        raise typer.BadParameter(error.reason) from error
    with acting(existing_database(data, database), by_operator()) as act:
        set_special_days(act, unit, [added], why)
    typer.echo(f"+ {day:%d/%m/%Y} {name}: {_hours(added) or 'nghỉ'}")


@holidays_app.command("import")
def holidays_import(
    data: Data,
    file: Annotated[Path, typer.Argument(help="CSV or XLSX: ngày, tên, giờ.")],
    why: Why,
    unit: Unit = "",
    database: Database = None,
) -> None:
    """Add the days of a table, all of them or none; every wrong cell is named."""
    days = read_special_days(read_sheet(file, HEADINGS))
    with acting(existing_database(data, database), by_operator()) as act:
        set_special_days(act, unit, days, why)
    for each in days:
        typer.echo(f"+ {each.day:%d/%m/%Y} {each.name}: {_hours(each) or 'nghỉ'}")


@holidays_app.command("remove")
def holidays_remove(data: Data, day: TheDay, why: Why, unit: Unit = "", database: Database = None) -> None:
    """Let a day be an ordinary one again."""
    with acting(existing_database(data, database), by_operator()) as act:
        remove_special_day(act, unit, day, why)
    typer.echo(f"- {day:%d/%m/%Y}")


def _hours(special: SpecialDay) -> str:
    return ", ".join(f"{span.start:%H:%M}-{span.end:%H:%M}" for span in special.hours)
