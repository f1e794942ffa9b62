"""The commands for keys: at the centre, and on the offline machine that holds the root. Thin by design."""

import os
from collections.abc import Sequence
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from sync.central.commands.options import Data, Database, by_operator
from sync.central.office.audit.acts import acting
from sync.central.office.keys import changes, offline
from sync.central.office.keys.stored import Keys, load_keys
from sync.central.store.facts import existing_database
from sync.contract.key_list import NamedKey
from sync.host.clock import local_now

Root = Annotated[Path, typer.Option("--root", help="The file of the root, on the offline machine.")]

keys_app = typer.Typer(
    help="The centre's keys, and what the offline root says of them.", no_args_is_help=True
)
root_app = typer.Typer(help="On the offline machine: the root.", no_args_is_help=True)
keys_app.add_typer(root_app, name="root")


class KeyKind(StrEnum):
    """What a key is for."""

    SIGNING = "signing"
    BADGES = "badges"
    SEALING = "sealing"
    CASES = "cases"


def register(app: typer.Typer) -> None:
    """Add these commands to the centre's command line."""
    app.add_typer(keys_app, name="keys")


def warn(keys: Keys) -> None:
    """Print on the error stream which keys expire soon."""
    if keys.trust is not None:
        for key in offline.ends_soon(keys.trust, local_now()):
            typer.echo(f"{key.id}: {key.until:%Y-%m-%d}: keys request, keys root sign, keys import", err=True)


# --- at the centre -----------------------------------------------------------------------------------


@keys_app.command("announce")
def announce(
    data: Data,
    id: Annotated[str, typer.Argument(help="A name for it.")],
    kind: Annotated[KeyKind, typer.Option(help="What it is for.")] = KeyKind.SIGNING,
    database: Database = None,
) -> None:
    """Make the next key; terminals learn of it with their next configuration, or with the next key list."""
    with acting(existing_database(data, database), by_operator()) as act:
        changes.announce(act, data / "keys", kind, id)


@keys_app.command("use")
def use(
    data: Data,
    id: Annotated[str, typer.Argument(help="A key that was announced.")],
    kind: Annotated[KeyKind, typer.Option(help="What it is for.")] = KeyKind.SIGNING,
    database: Database = None,
) -> None:
    """Sign with an announced key from the next start of the centre on; with a root, once that names it."""
    with acting(existing_database(data, database), by_operator()) as act:
        changes.use(act, data / "keys", kind, id)
    trust = load_keys(data / "keys").trust
    if trust is not None and id not in [key.id for key in trust.keys]:
        typer.echo(f"{id}: chưa được khóa gốc ký / not signed by the root yet: request, sign, import")


@keys_app.command("show")
def show(data: Data) -> None:
    """Every key: which signs, until when the root says that it counts, what is revoked."""
    keys = load_keys(data / "keys")
    named = {key.id: key for key in keys.trust.keys} if keys.trust else {}
    if keys.trust is None:
        typer.echo("Không có khóa gốc / no root")
    else:
        typer.echo(f"root {changes.public_line(keys.trust.root)}   list {keys.trust.version}")
    signing, _ = keys.signing_key()
    table = Table("Khóa", "Loại", "Dấu vân", "Đang ký", "Đến ngày")
    for each in offline.make_request(keys, ()).keys:
        known = named.get(each.id)
        until = "" if keys.trust is None else f"{known.until:%Y-%m-%d}" if known else "chưa ký / not signed"
        state = "x" if each.id == signing else ""
        table.add_row(each.id, each.use, offline.shown(each.public), state, until)
    for id in keys.trust.revoked if keys.trust else ():
        table.add_row(id, "", "", "", "đã thu hồi / revoked")
    Console().print(table)
    warn(keys)


@keys_app.command("request")
def request(
    data: Data,
    out: Annotated[Path, typer.Option(help="The file to take to the offline machine.")],
    revoke: Annotated[
        list[str] | None, typer.Option(help="A key that counts no more: stolen, or out of hand.")
    ] = None,
    database: Database = None,
) -> None:
    """Write down which keys the root is asked to name, and which to revoke."""
    with acting(existing_database(data, database), by_operator()) as act:
        asked = changes.request(act, data / "keys", out, revoke or ())
    _tell(asked)


@keys_app.command("import")
def take_in(
    data: Data,
    file: Annotated[Path, typer.Argument(help="What the root has signed.")],
    new_root: Annotated[
        bool,
        typer.Option("--new-root", help="The old root is lost: begin anew; tablets enrol again."),
    ] = False,
    database: Database = None,
) -> None:
    """Take in a signed list; it counts from the next start of the centre on."""
    signed = offline.read_signed(file)
    with acting(existing_database(data, database), by_operator()) as act:
        found = changes.take_in(act, data / "keys", signed, new_root=new_root)
    typer.echo(f"list {found.version}: root {changes.public_line(signed.root)}")
    _list_keys(found.keys)


# --- on the offline machine --------------------------------------------------------------------------


@root_app.command("make")
def root_make(file: Root, id: Annotated[str, typer.Option(help="A name for it.")] = "") -> None:
    """Make a root. The file goes on no other machine; print it with `keys root print`, for a safe."""
    public = offline.make_root(file, id or f"root-{local_now():%Y%m%d}", os.urandom(32))
    typer.echo(f"root {changes.public_line(public)}")


@root_app.command("print")
def root_print(file: Root) -> None:
    """Print the root itself, for paper: anyone who reads it can sign as the root."""
    typer.echo(offline.on_paper(offline.load_root(file)))


@root_app.command("restore")
def root_restore(file: Root) -> None:
    """Type the root in from paper; the command asks for it, and does not show it."""
    id, secret = offline.from_paper(typer.prompt("Khóa gốc trên giấy / the root on paper", hide_input=True))
    typer.echo(f"root {changes.public_line(offline.make_root(file, id, secret))}")


@root_app.command("sign")
def root_sign(
    file: Root,
    asked: Annotated[Path, typer.Argument(help="The request that the centre wrote.")],
    out: Annotated[Path, typer.Option(help="The file to take back to the centre.")],
    days: Annotated[int, typer.Option(min=1, help="For so long the keys count.")] = offline.DAYS,
    following: Annotated[
        Path | None, typer.Option("--next-root", help="The file of the root that signs from then on.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Sign a request, after a person has compared it with what the centre shows."""
    wanted = offline.read_request(asked)
    held = offline.load_root(file)
    after = offline.load_root(following) if following else None
    _tell(wanted)
    if after is not None:
        typer.echo(f"next root {changes.public_line(offline.public_root(after))}")
    now = local_now()
    typer.echo(f"từ / from {now:%Y-%m-%d} đến / until {now + timedelta(days=days):%Y-%m-%d}")
    if not yes:
        typer.confirm("Ký? / Sign?", abort=True)
    offline.write_document(out, offline.sign_request(held, wanted, now=now, days=days, following=after))


def _tell(asked: offline.Request) -> None:
    typer.echo(f"list {asked.version}")
    _list_keys(asked.keys)
    for id in asked.revoked:
        typer.echo(f"  revoked  {id}")


def _list_keys(keys: Sequence[offline.RequestedKey | NamedKey]) -> None:
    for key in keys:
        typer.echo(f"  {key.use:8} {offline.shown(key.public)}  {key.id}")
