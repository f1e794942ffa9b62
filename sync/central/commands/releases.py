"""Releases of the terminals' software: made by who publishes them, offered by the centre in stages."""

import os
from pathlib import Path
from typing import Annotated

import typer

from sync import __version__
from sync.central.commands.options import Data, Database, Why, by_operator
from sync.central.office.audit.acts import acting
from sync.central.office.devices import read_devices
from sync.central.office.software import (
    Step,
    add_software,
    early_of,
    list_software,
    stage_software,
    withdraw_software,
)
from sync.central.store.database import reading
from sync.central.store.facts import existing_database
from sync.contract.files import read_text
from sync.updates.making import About, write_release
from sync.updates.publisher import load_publisher, make_publisher
from sync.updates.release import Part, read_keys

Version = Annotated[str, typer.Argument(help="Such as 0.2.0.")]
Key = Annotated[Path, typer.Option("--key", help="The publisher's key; never on a centre or a tablet.")]
KEYS = Path("/etc/hailong/release-keys")

releases_app = typer.Typer(help="Releases of the terminals' software.", no_args_is_help=True)
STAGES = {
    "none": "chưa mời máy nào",
    "one": "một máy",
    "ten": "một phần mười số máy",
    "all": "mọi máy",
    "withdrawn": "đã rút",
}


def register(app: typer.Typer) -> None:
    """Add these commands to the centre's command line."""
    app.add_typer(releases_app, name="releases")


@releases_app.command("add")
def releases_add(
    data: Data,
    file: Annotated[Path, typer.Argument(help="hailong-kiosk_0.2.0_amd64-python3.11.release")],
    keys: Annotated[Path, typer.Option("--keys", help="The publishers whom terminals trust.")] = KEYS,
    database: Database = None,
) -> None:
    """Take a release file in; it is offered to nobody yet."""
    trusted = read_keys(read_text(keys), str(keys)) if keys.exists() else {}
    with acting(existing_database(data, database), by_operator()) as act:
        manifest = add_software(act, data, file, trusted)
    typer.echo(f"+ {manifest.version} {manifest.arch} Python {manifest.python}: {len(manifest.files)} tệp")
    if not trusted:
        typer.echo(f"Chưa kiểm tra chữ ký: không có {keys}; máy tại quầy sẽ kiểm tra", err=True)


@releases_app.command("stage")
def releases_stage(
    data: Data,
    version: Version,
    stage: Annotated[Step, typer.Argument(help="one, ten (percent), all, or none: to nobody for now.")],
    why: Why,
    device: Annotated[str, typer.Option(help="Of the stage one.")] = "",
    database: Database = None,
) -> None:
    """Offer a version to one device, then to ten percent of them, then to all."""
    if (stage == "one") != bool(device):
        raise typer.BadParameter("--device đi cùng one, và chỉ với one")
    with acting(existing_database(data, database), by_operator()) as act:
        stage_software(act, version, stage, why, device)
    typer.echo(f"~ {version}: {STAGES[stage]} {device}".rstrip())


@releases_app.command("withdraw")
def releases_withdraw(data: Data, version: Version, why: Why, database: Database = None) -> None:
    """Offer a version never again; terminals that use it go back to the one before."""
    with acting(existing_database(data, database), by_operator()) as act:
        withdraw_software(act, version, why)
    typer.echo(f"- {version}: {STAGES['withdrawn']}")


@releases_app.command("list")
def releases_list(data: Data, database: Database = None) -> None:
    """Every version with its stage, how many terminals use it, and those where one was not kept."""
    with reading(existing_database(data, database)) as connection:
        releases = list_software(connection)
        devices = [each for each in read_devices(connection) if each.enrolled and each.state == "active"]
    for each in releases:
        used = sum(device.app == each.version for device in devices)
        typer.echo(
            f"{each.version}: {STAGES[each.stage]} {each.device}".rstrip()
            + f"; {used} máy đang dùng; {', '.join(each.machines)}"
        )
    typer.echo(
        f"{len(devices)} máy, {early_of(each.id for each in devices)} máy trong một phần mười đi trước"
    )
    for device in devices:
        if device.release_problem:
            typer.echo(f"! {device.id}: {device.release_problem} {device.release}")


@releases_app.command("key")
def releases_key(
    file: Annotated[Path, typer.Argument(help="The file to make, of mode 600.")],
    id: Annotated[str, typer.Option(help="A name for it.")] = "publisher",
) -> None:
    """Make a publisher's key, and print its line for /etc/hailong/release-keys of the tablets."""
    typer.echo(make_publisher(file, id, os.urandom(32)).public_line())


@releases_app.command("make")
def releases_make(
    tree: Annotated[Path, typer.Argument(help="The folder of the release: bin/, lib/, share/.")],
    key: Key,
    arch: Annotated[str, typer.Option(help="As Debian names it, such as amd64.")],
    python: Annotated[str, typer.Option(help="The minor version it is built for, such as 3.11.")],
    out: Annotated[Path, typer.Option(help="The folder for the file.")] = Path(),
    part: Annotated[Part, typer.Option(help="What it is a release of.")] = "kiosk",
    version: Annotated[str, typer.Option(help="Without one, that of this program.")] = __version__,
) -> None:
    """Sign the folder of a release as a release file."""
    about = About(part=part, version=version, arch=arch, python=python)
    target = out / about.file_name
    manifest = write_release(tree, about, load_publisher(key), target)
    typer.echo(f"{target}: {len(manifest.files)} tệp, {target.stat().st_size} byte")
