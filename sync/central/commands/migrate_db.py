"""Moving a centre from SQLite to PostgreSQL."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from sync.central.commands.options import by_operator
from sync.central.office.central_env import DATA
from sync.central.office.move_to_postgres import move
from sync.central.store.database import open_database
from sync.central.store.facts import MOVED, existing_database
from sync.contract.problem import ProblemError
from sync.contract.problem.centre import DATABASE_ADDRESS_INVALID
from sync.host.single import holding


def register(app: typer.Typer) -> None:
    """Add this command to the centre's command line."""
    app.command("migrate-db")(migrate_db)


def migrate_db(
    source: Annotated[Path, typer.Option("--from", envvar=DATA, help="The data folder.")],
    target: Annotated[str, typer.Option("--to", help="The URL of an empty PostgreSQL database.")],
) -> None:
    """Move the SQLite database of a data folder to PostgreSQL, and compare both. The centre must not run.

    The file gets another name then: no command and no server uses it by mistake.
    """
    there = open_database(target)
    if there.dialect.name != "postgresql":
        raise ProblemError(DATABASE_ADDRESS_INVALID(where="--to"))
    here = existing_database(source, None)
    with holding(source), Progress(console=Console(stderr=True)) as bar:
        tasks: dict[str, object] = {}

        def show(table: str, done: int, total: int) -> None:
            if table not in tasks:
                tasks[table] = bar.add_task(table, total=total)
            bar.update(tasks[table], completed=done)  # type: ignore[arg-type]

        moved = move(here, there, by_operator(), progress=show)
        here.dispose()
        (source / "central.db").rename(source / MOVED)
    rows = sum(held.rows for held in moved.values())
    typer.echo(f"{len(moved)} bảng, {rows} dòng: hai nơi như nhau, nhật ký quản trị còn nguyên")
    typer.echo(f"Tệp cũ giữ nguyên, tên mới: {source / MOVED}")
    typer.echo("Từ nay trung tâm phải dùng PostgreSQL: ghi HAILONG_DATABASE=… vào /etc/hailong/central.env")
