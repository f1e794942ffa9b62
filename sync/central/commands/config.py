"""The configuration as a folder of TOML: imported, exported, compared.

hailong-central config diff   FOLDER --data DATA --unit xa-mau    # what importing it would change
hailong-central config import FOLDER --data DATA --unit xa-mau --why "QĐ 12/QĐ-UBND"
hailong-central config export FOLDER --data DATA --unit xa-mau    # into a new folder
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from sync.central.commands.options import Data, Database, Unit, Why, by_operator, today
from sync.central.office.audit.acts import acting
from sync.central.office.cases import give_keys
from sync.central.office.configuration.comparing import Change
from sync.central.office.configuration.exporting import folder_texts, write_folder
from sync.central.office.configuration.folder import read_folder
from sync.central.office.configuration.importing import import_configured, preview
from sync.central.office.configuration.scope import read_configured, read_known
from sync.central.store.database import reading
from sync.central.store.facts import existing_database

NOUNS = {
    "units": "đơn vị",
    "procedures": "thủ tục",
    "officers": "cán bộ",
    "counters": "quầy",
    "devices": "máy",
    "office": "cơ quan",
    "special_days": "ngày riêng",
    "surveys": "phiếu",
    "plans": "kế hoạch",
    "assignments": "phân công",
    "serials": "thẻ thu hồi",
}
_LONGEST = 60  # characters of a value that is shown

config_app = typer.Typer(help="The configuration as a folder of TOML.", no_args_is_help=True)

Folder = Annotated[Path, typer.Argument(help="catalogue.toml, surveys/, plans/, office.toml …")]


def register(app: typer.Typer) -> None:
    """Add these commands to the centre's command line."""
    app.add_typer(config_app, name="config")


@config_app.command("import")
def config_import(
    data: Data,
    folder: Folder,
    unit: Unit = "",
    why: Why = "",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would change, change nothing.")
    ] = False,
    idle: Annotated[bool, typer.Option("--idle", help="Terminals may be left with nothing to ask.")] = False,
    database: Database = None,
) -> None:
    """Make a folder the configuration of a unit: all of it, or nothing and every error by file and line."""
    with acting(existing_database(data, database), by_operator()) as act:
        wanted = read_folder(folder, unit, read_known(act.connection, today()))
        changes = import_configured(act, unit, wanted, why or ("dry run" if dry_run else ""), idle=idle)
        if dry_run or not changes:
            act.undo()
        else:
            give_keys(act, data / "keys")
    _show(changes)


@config_app.command("diff")
def config_diff(data: Data, folder: Folder, unit: Unit = "", database: Database = None) -> None:
    """What importing a folder would change, entry by entry; nothing is changed."""
    with reading(existing_database(data, database)) as connection:
        wanted = read_folder(folder, unit, read_known(connection, today()))
        changes = preview(connection, unit, wanted, today())
    _show(changes)


@config_app.command("export")
def config_export(data: Data, folder: Folder, unit: Unit = "", database: Database = None) -> None:
    """Write the configuration of a unit into a new folder, which `config import` reads back."""
    with reading(existing_database(data, database)) as connection:
        texts = folder_texts(read_configured(connection, unit, today()))
    write_folder(folder, texts)
    for name in texts:
        typer.echo(folder / name)


def _show(changes: Sequence[Change]) -> None:
    for line in change_lines(changes):
        typer.echo(line)


def change_lines(changes: Sequence[Change]) -> Iterator[str]:
    """One line for each change, and one for each field that it changes."""
    if not changes:
        yield "Không có gì khác."
    for change in changes:
        named = f"{change.sign} {NOUNS[change.noun]} {change.id}"
        if change.sign == "~":
            yield named
            for name, before, after in change.fields or (("", change.before, change.after),):
                yield f"    {name}: {_words(before)} → {_words(after)}".replace("    : ", "    ")
        else:
            yield f"{named}: {_words(change.after)}" if change.sign == "+" else named


def _words(value: Any) -> str:
    """A value on one short line."""
    name = getattr(value, "name", None) or getattr(value, "title", None)
    if isinstance(name, str | dict) and name:
        value = name
    if isinstance(value, dict) and "vi" in value:
        value = value["vi"]
    text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
