"""Offices: how a unit's terminals look, and when they are open."""

from pathlib import Path
from typing import Annotated, Any

import typer

from sync.central.commands.options import Data, Database, Unit, Why, by_operator
from sync.central.commands.printing import AsCsv, show
from sync.central.commands.spans import opening_of
from sync.central.commands.texts import text_of
from sync.central.office.audit.acts import acting
from sync.central.office.configuration.office_settings import (
    change_office,
    every_office,
    office_of,
    read_emblem,
)
from sync.central.office.configuration.spans import opening_words
from sync.central.store.database import reading
from sync.central.store.facts import existing_database

offices_app = typer.Typer(help="Offices: name, colours, emblem, opening hours.", no_args_is_help=True)

_LEFT = (
    *("name", "primary", "accent", "results_url", "public_url", "emblem", "opening"),
    *("languages", "repeat_days", "codes"),
)
_LEAVE = f"What the unit above decides is to hold again: {', '.join(_LEFT[:7])}."


def register(app: typer.Typer) -> None:
    """Add these commands to the centre's command line."""
    app.add_typer(offices_app, name="offices")


@offices_app.command("list")
def offices_list(data: Data, as_csv: AsCsv = False, database: Database = None) -> None:
    """What each unit decides itself; the rest comes from the units above it."""
    with reading(existing_database(data, database)) as connection:
        offices = every_office(connection)
    rows = [
        (
            unit or "(cả trung tâm)",
            (office.name or {}).get("vi", ""),
            office.primary or "",
            office.accent or "",
            "có" if office.emblem else "",
            "; ".join(map(opening_words, office.opening or ())),
            str(len(office.special_days) or ""),
        )
        for unit, office in offices.items()
    ]
    show(("Đơn vị", "Tên", "Màu chính", "Màu phụ", "Biểu trưng", "Giờ", "Ngày riêng"), rows, as_csv)


@offices_app.command("change")
def offices_change(
    data: Data,
    why: Why,
    unit: Unit = "",
    name: Annotated[str, typer.Option(help="In Vietnamese, as terminals show it.")] = "",
    name_en: Annotated[str, typer.Option(help="In English.")] = "",
    primary: Annotated[str, typer.Option(help="The main colour, such as #B01116.")] = "",
    accent: Annotated[str, typer.Option(help="The second colour.")] = "",
    results_url: Annotated[str, typer.Option(help="The public results page.")] = "",
    public_url: Annotated[str, typer.Option(help="Where citizens' phones reach the centre.")] = "",
    emblem: Annotated[Path | None, typer.Option(help="A PNG file of at most 96 KB.")] = None,
    hours: Annotated[list[str] | None, typer.Option(help='Several times: "T2-T6 07:30-11:30".')] = None,
    languages: Annotated[list[str] | None, typer.Option(help="Several times: vi, en, km …")] = None,
    repeat_days: Annotated[int | None, typer.Option(help="Days until a case is asked again.")] = None,
    leave: Annotated[list[str] | None, typer.Option("--leave", help=_LEAVE)] = None,
    database: Database = None,
) -> None:
    """Decide for a unit and those below it; what is not named stays as it is."""
    changes: dict[str, Any] = dict.fromkeys(leave or ())
    if changes.keys() - set(_LEFT):
        raise typer.BadParameter(f"--leave: {', '.join(_LEFT)}")
    given = {
        "primary": primary,
        "accent": accent,
        "results_url": results_url,
        "public_url": public_url,
        "emblem": read_emblem(emblem) if emblem else None,
        "opening": opening_of(hours or ()),
        "languages": languages,
        "repeat_days": repeat_days,
    }
    changes |= {field: value for field, value in given.items() if value}
    with acting(existing_database(data, database), by_operator()) as act:
        if name or name_en:
            changes["name"] = {**(office_of(act.connection, unit).name or {}), **text_of(name, name_en)}
        if not changes:
            raise typer.BadParameter("chưa nêu thay đổi nào")
        change_office(act, unit, changes, why)
    for field in sorted(changes):
        typer.echo(f"~ {unit or '(cả trung tâm)'}: {field}")
