"""`hailong-central`: set up a centre, run it, hand out tokens."""

import os
import secrets
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

import msgspec
import tomli_w
import typer
from sqlalchemy import Engine

from sync.central import cards
from sync.central.access import create_token
from sync.central.database import migrate, open_database, writing
from sync.central.keys import load_keys, make_keys
from sync.central.setup import database_url, ensure_facts, import_bundle
from sync.contract.problem import ProblemError, problem

app = typer.Typer(help=__doc__, no_args_is_help=True, pretty_exceptions_enable=False)
tokens_app = typer.Typer(help="Tokens of administrators and devices.", no_args_is_help=True)
app.add_typer(tokens_app, name="tokens")
cards.register(app)

Data = Annotated[Path, typer.Option("--data", help="The data folder.")]
Database = Annotated[
    str | None, typer.Option("--database", help="A PostgreSQL URL; else SQLite in the data folder.")
]


@app.command()
def init(
    data: Data,
    bundle: Annotated[Path | None, typer.Option(help="A bundle folder to take in.")] = None,
    database: Database = None,
) -> None:
    """Make or update the data folder: tables, keys, public halves in keys.toml, and the bundle."""
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    make_keys(data / "keys", local_now().strftime("%Y%m%d"))
    public = load_keys(data / "keys").public()
    (data / "keys.toml").write_text(tomli_w.dumps(_toml(public)), "utf-8")
    engine = open_database(database_url(data, database))
    migrate(engine)
    with writing(engine) as connection:
        ensure_facts(connection)
        if bundle is not None:
            loaded = import_bundle(connection, bundle, local_now())
            print(f"{bundle}: {len(loaded.surveys)} surveys, {len(loaded.catalogue.devices)} devices")
    print(f"{data}: ready")


def _toml(public: object) -> dict[str, object]:
    document: dict[str, object] = msgspec.to_builtins(public)
    return document


@app.command()
def serve(
    data: Data,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8700,
    database: Database = None,
) -> None:
    """Take in batches and answer pulls until SIGTERM."""
    from sync.central.server import run  # late: the other commands do not need a web server

    load_keys(data / "keys")
    migrate(open_database(database_url(data, database)))
    run(data, database, host, port)


@tokens_app.command("create")
def tokens_create(
    data: Data,
    role: Annotated[str, typer.Option(help="admin, analyst or viewer.")] = "",
    device: Annotated[str, typer.Option(help="A device of the catalogue.")] = "",
    label: Annotated[str, typer.Option(help="What it is for.")] = "",
    days: Annotated[int, typer.Option(help="Days until it expires; 0: never.")] = 0,
    database: Database = None,
) -> None:
    """Make a token and print it: this is the only time it can be read."""
    now: datetime = local_now()
    with writing(_existing(data, database)) as connection:
        print(
            create_token(
                connection,
                now=now,
                token_text=lambda: secrets.token_urlsafe(32),
                role=role,
                device=device,
                label=label,
                expires=now + timedelta(days=days) if days else None,
            )
        )


def _existing(data: Path, database: str | None) -> Engine:
    if database is None and not (data / "central.db").exists():
        raise ProblemError(problem("HL5005", where=str(data)))
    return open_database(database_url(data, database))


def local_now() -> datetime:
    """The time with the offset of this place."""
    return datetime.now().astimezone()


def main() -> None:
    """Run the command line; a problem is printed with its remedy and ends it with exit code 1."""
    os.umask(0o077)  # the database holds what people said
    try:
        app()
    except ProblemError as error:
        print(error, file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
