"""The commands that set up and run a centre."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import msgspec
import tomli_w
import typer

from sync.central.commands import keys
from sync.central.commands.config import NOUNS
from sync.central.commands.options import Data, Database, by_operator
from sync.central.http.admission import Limits
from sync.central.office.audit.acts import acting
from sync.central.office.bundle import Difference, import_bundle
from sync.central.office.cases import give_keys
from sync.central.office.keys.stored import load_keys, make_keys
from sync.central.store.database import open_database, writing
from sync.central.store.facts import database_url, ensure_facts
from sync.central.store.upgrade import migrate
from sync.host.clock import local_now


def register(app: typer.Typer) -> None:
    """Add these commands to the centre's command line."""
    app.command()(init)
    app.command()(serve)


def init(
    data: Data,
    bundle: Annotated[Path | None, typer.Option(help="A bundle folder to take in.")] = None,
    database: Database = None,
) -> None:
    """Make or update the data folder: tables, keys, public halves in keys.toml, and the bundle."""
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    made = make_keys(data / "keys", local_now().strftime("%Y%m%d"))
    public = load_keys(data / "keys").public()
    (data / "keys.toml").write_text(tomli_w.dumps(_toml(public)), "utf-8")
    engine = open_database(database_url(data, database))
    migrate(engine)
    with writing(engine) as connection:
        ensure_facts(connection)
    if made or bundle is not None:
        with acting(engine, by_operator()) as act:
            if made:
                act.note("keys-made", " ".join(made))
            if bundle is not None:
                loaded, difference = import_bundle(act, bundle)
                give_keys(act, data / "keys")
                counts = f"{len(loaded.surveys)} surveys, {len(loaded.devices)} devices"
                typer.echo(f"{bundle}: {counts}")
                for line in _listed(difference):
                    typer.echo(line)
    typer.echo(f"{data}: ready")


def _listed(difference: Difference) -> Iterator[str]:
    """The entries in which a configuration differs from the one before it, one line each."""
    groups = (("mới", difference.added), ("đổi", difference.changed), ("bỏ", difference.removed))
    for word, names in groups:
        for name in names:
            noun, _, id = name.partition(" ")
            yield f"  {word}: {NOUNS[noun]} {id}"


def _toml(public: object) -> dict[str, object]:
    document: dict[str, object] = msgspec.to_builtins(public)
    return document


def serve(
    data: Data,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8700,
    workers: Annotated[int, typer.Option(min=1, help="Processes; more than one needs PostgreSQL.")] = 1,
    admitted: Annotated[
        int, typer.Option(min=1, help="Requests of devices at once, of each process; more get 429.")
    ] = Limits().admitted,
    per_device: Annotated[
        int, typer.Option(min=1, help="How many of those one device may have.")
    ] = Limits().per_device,
    grace: Annotated[
        float, typer.Option(min=0.1, help="Seconds any body may take; then it must keep up.")
    ] = Limits().grace_seconds,
    database: Database = None,
) -> None:
    """Take in batches and answer pulls until SIGTERM."""
    from sync.central.server import run  # imported here: other commands need no web server

    keys.warn(load_keys(data / "keys"))
    migrate(open_database(database_url(data, database)))
    limits = Limits(admitted=admitted, per_device=per_device, grace_seconds=grace)
    run(data, database, host, port, workers if database else 1, limits)
