"""The commands that set up and run a centre."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from sync.central.commands import keys
from sync.central.commands.config import NOUNS
from sync.central.commands.options import Data, Database, by_operator
from sync.central.http.admission import Limits
from sync.central.office.audit.acts import acting
from sync.central.office.bundle import Difference, import_bundle
from sync.central.office.cases import give_keys
from sync.central.office.data_folder import prepare
from sync.central.office.keys.stored import load_keys
from sync.central.office.people.throttle import THIS_HOST, read_networks
from sync.central.office.safe_migration import upgrade
from sync.central.store.database import open_database
from sync.central.store.facts import database_url
from sync.host.single import holding


def register(app: typer.Typer) -> None:
    """Add these commands to the centre's command line."""
    app.command()(init)
    app.command()(serve)
    app.command("upgrade")(upgrade_command)


def init(
    data: Data,
    bundle: Annotated[Path | None, typer.Option(help="A bundle folder to take in.")] = None,
    database: Database = None,
) -> None:
    """Make or update the data folder: tables, keys, public halves in keys.toml, and the bundle."""
    engine, made = prepare(data, database, by_operator())
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


def upgrade_command(data: Data, database: Database = None) -> None:
    """Migrate the database to this version, after a copy of it was migrated; `serve` does so by itself."""
    with holding(data):
        if not _upgrade(data, database):
            typer.echo("Cơ sở dữ liệu đã đúng phiên bản này.")


def _upgrade(data: Path, database: str | None) -> bool:
    """Whether there was something to do; the copy from before is named."""
    engine = open_database(database_url(data, database))
    copy = upgrade(engine, data, by_operator(), server=database)
    engine.dispose()
    if copy is not None:
        typer.echo(f"Đã nâng cấp cơ sở dữ liệu; bản chép trước đó: {copy}")
    return copy is not None


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
    proxy: Annotated[
        list[str] | None,
        typer.Option(help="A proxy whose X-Forwarded headers are believed; else one on this host."),
    ] = None,
    metrics_port: Annotated[
        int | None,
        typer.Option(min=1, max=65535, help="Also answer Prometheus, on this port of 127.0.0.1 alone."),
    ] = None,
    database: Database = None,
) -> None:
    """Take in batches, answer pulls and show pages until SIGTERM."""
    from sync.central.server import run  # imported here: other commands need no web server

    keys.warn(load_keys(data / "keys"))
    limits = Limits(admitted=admitted, per_device=per_device, grace_seconds=grace)
    proxies = read_networks(proxy or THIS_HOST)
    served = workers if database else 1
    first = partial(_upgrade, data, database)
    run(data, database, host, port, served, limits, proxies, metrics_port, first=first)
