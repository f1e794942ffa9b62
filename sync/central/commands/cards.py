"""Officers' badges and procedure cards, on paper."""

import os
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from sync.central.commands.options import Data, Database, Day, by_operator, typed_day
from sync.central.office.audit.acts import acting
from sync.central.office.cards.issuing import CardKind, card_files, issue, make_cards, sheet_name, write_cards
from sync.central.office.configuration.compose import catalogue_of
from sync.central.office.configuration.row_queries import read_rows
from sync.central.office.keys.stored import load_keys
from sync.central.store.database import reading
from sync.central.store.facts import existing_database
from sync.contract.bundle import load_bundle


def register(app: typer.Typer) -> None:
    """Add the command `cards` to the centre's command line."""
    app.command("cards")(cards)


def cards(
    data: Data,
    unit: Annotated[str, typer.Option(help="Code of the unit the cards are for.")],
    kind: Annotated[CardKind, typer.Option(help="What the cards are for.")],
    bundle: Annotated[
        Path | None, typer.Option(help="A folder with a catalogue; else as the centre is configured.")
    ] = None,
    out: Annotated[Path, typer.Option(help="The folder to write to.")] = Path("cards"),
    only: Annotated[str, typer.Option(help="Ids or codes, separated by commas; else all.")] = "",
    expires: Annotated[Day, typer.Option(parser=typed_day, help="Last valid day; else in a year.")] = None,
    png: Annotated[bool, typer.Option(help="Write each code as PNG, too.")] = False,
    svg: Annotated[bool, typer.Option(help="Write each code as SVG, too.")] = False,
    database: Database = None,
) -> None:
    """Write a sheet of signed cards (PDF, A4, 8 a page) for the officers or procedures of a unit."""
    by = by_operator()
    last_day = expires or (by.now + timedelta(days=365)).date()
    if last_day < by.now.date():
        raise typer.BadParameter(f"--expires {last_day:%d/%m/%Y}: ngày này đã qua, thẻ in ra không dùng được")
    chosen = tuple(item.strip() for item in only.split(",") if item.strip())
    key = load_keys(data / "keys").badge_key()
    engine = existing_database(data, database)
    if bundle is not None:
        catalogue = load_bundle(bundle).catalogue
    else:
        with reading(engine) as connection:
            catalogue = catalogue_of(read_rows(connection, unit, by.now.date()))
    made = make_cards(catalogue, kind, unit, last_day, key, os.urandom, chosen)
    files = card_files(kind, unit, made, png=png, svg=svg)
    with acting(engine, by) as act:
        issue(act, kind, unit, made)
    write_cards(out, files, [code for code, _ in made], by.now)
    typer.echo(f"{len(made)} thẻ, dùng đến {last_day:%d/%m/%Y}: {out / sheet_name(kind, unit)}")
