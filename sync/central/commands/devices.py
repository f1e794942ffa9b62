"""Devices that send responses: enrolled, listed, revoked."""

import os
from datetime import timedelta
from typing import Annotated

import msgspec
import qrcode
import typer

from sync.central.commands.device_lines import device_facts, device_lines
from sync.central.commands.options import Data, Database, Reason, by_operator
from sync.central.office.audit.acts import acting, recording
from sync.central.office.devices import create_enrolment, list_devices, revoke
from sync.central.office.keys.stored import load_keys
from sync.central.store.database import reading
from sync.central.store.facts import existing_database
from sync.central.store.reserve import making_room
from sync.contract.enrolment import SECRET_BYTES
from sync.contract.plan import VIET_NAM
from sync.contract.problem import ProblemError
from sync.contract.problem.centre import DEVICE_UNKNOWN
from sync.host.clock import local_now

devices_app = typer.Typer(help="Devices that send responses.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add these commands to the centre's command line."""
    app.add_typer(devices_app, name="devices")
    app.command("enrol-token")(enrol_token)


@devices_app.command("list")
def devices_list(
    data: Data,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
    only_wrong: Annotated[
        bool, typer.Option("--wrong", help="Those somebody has to look at; exit code 1 where there are any.")
    ] = False,
    database: Database = None,
) -> None:
    """Every device, the silent ones first: since when, made, held, gaps, clock, configuration."""
    now = local_now().astimezone(VIET_NAM)
    with reading(existing_database(data, database)) as connection:
        found = list_devices(connection, now=now)
    if only_wrong:
        found = [each for each in found if each.wrong(now)]
    longest = {each.id: each.silent(now) or timedelta(0) for each in found}
    found.sort(key=lambda each: (-longest[each.id], each.id))
    if as_json:
        typer.echo(msgspec.json.encode([device_facts(each, now) for each in found]).decode())
    else:
        for line in device_lines(found, now):
            typer.echo(line)
    if only_wrong and found:
        raise typer.Exit(1)


@devices_app.command("show")
def devices_show(data: Data, device: str, database: Database = None) -> None:
    """All that is known of one device, as JSON."""
    with reading(existing_database(data, database)) as connection:
        found = list_devices(connection, device, now=local_now())
    if not found:
        raise ProblemError(DEVICE_UNKNOWN(where="device", detail=device))
    typer.echo(msgspec.json.format(msgspec.json.encode(found[0])).decode())


@devices_app.command("revoke")
def devices_revoke(
    data: Data,
    device: str,
    reason: Reason,
    database: Database = None,
) -> None:
    """Stop trusting a device: what it still sends is set aside for a person's decision."""
    with making_room(data, database) as connection, recording(connection, by_operator()) as act:
        revoke(act, device=device, reason=reason)


def enrol_token(
    data: Data,
    device: Annotated[str, typer.Option(help="A device of the catalogue.")],
    database: Database = None,
    plain: Annotated[bool, typer.Option("--plain", help="The code only, without a picture.")] = False,
) -> None:
    """Print a code (and its QR picture) with which a device is enrolled, once, within ten minutes."""
    _, key = load_keys(data / "keys").signing_key()
    with acting(existing_database(data, database), by_operator()) as act:
        code = create_enrolment(
            act,
            device=device,
            secret=os.urandom(SECRET_BYTES),
            centre_key=bytes(key.verify_key),
        )
    if not plain:
        picture = qrcode.QRCode(border=2)
        picture.add_data(str(code))
        picture.print_ascii(invert=True)
    typer.echo(code)
