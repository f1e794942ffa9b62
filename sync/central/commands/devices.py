"""Devices that send responses: enrolled, listed, revoked, replaced."""

import os
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import msgspec
import qrcode
import typer

from sync import __version__
from sync.central.commands.device_lines import device_facts, device_lines
from sync.central.commands.options import Data, Database, Reason, by_operator
from sync.central.office.address import name_own_address, own_address
from sync.central.office.attention import by_need
from sync.central.office.audit.acts import Act, acting, recording
from sync.central.office.device_history import read_history
from sync.central.office.devices import list_devices, revoke
from sync.central.office.inviting import invite
from sync.central.office.keys.stored import load_keys
from sync.central.office.places import device_at, replace_device
from sync.central.store.database import reading
from sync.central.store.facts import existing_database
from sync.central.store.reserve import making_room
from sync.contract.address import read_address
from sync.contract.enrolment import MINUTES, SECRET_BYTES, Invitation
from sync.contract.plan import VIET_NAM
from sync.contract.problem import ProblemError
from sync.contract.problem.centre import DEVICE_UNKNOWN
from sync.host.clock import local_now

Address = Annotated[
    str, typer.Option(help="The centre's, in the code; without it the one of `hailong-central address`.")
]
Plain = Annotated[bool, typer.Option("--plain", help="The code only, without a picture.")]

devices_app = typer.Typer(help="Devices that send responses.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add these commands to the centre's command line."""
    app.add_typer(devices_app, name="devices")
    app.command("enrol-token")(enrol_token)
    app.command("address")(name_address)


@devices_app.command("list")
def devices_list(
    data: Data,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
    only_wrong: Annotated[
        bool, typer.Option("--wrong", help="Those somebody has to look at; exit code 1 where there are any.")
    ] = False,
    database: Database = None,
) -> None:
    """Every device, those who need a person first: silent since when, made, held, missing, configuration."""
    now = local_now().astimezone(VIET_NAM)
    with reading(existing_database(data, database)) as connection:
        attended = by_need(list_devices(connection, now=now), now, __version__)
    if only_wrong:
        attended = [each for each in attended if each.wrong]
    if as_json:
        typer.echo(msgspec.json.encode([device_facts(each, now) for each in attended]).decode())
    else:
        for line in device_lines(attended, now):
            typer.echo(line)
    if only_wrong and attended:
        raise typer.Exit(1)


@devices_app.command("show")
def devices_show(data: Data, device: str, database: Database = None) -> None:
    """All that is known of one device, as JSON."""
    with reading(existing_database(data, database)) as connection:
        found = list_devices(connection, device, now=local_now())
    if not found:
        raise ProblemError(DEVICE_UNKNOWN(where="device", detail=device))
    typer.echo(msgspec.json.format(msgspec.json.encode(found[0])).decode())


@devices_app.command("history")
def devices_history(data: Data, device: str, database: Database = None) -> None:
    """What became of one device, as JSON: its places, acts, configurations and erasures."""
    with reading(existing_database(data, database)) as connection:
        history = read_history(connection, device)
    typer.echo(msgspec.json.format(msgspec.json.encode(history)).decode())


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


@devices_app.command("replace")
def devices_replace(
    data: Data,
    device: str,
    reason: Reason,
    address: Address = "",
    plain: Plain = False,
    database: Database = None,
) -> None:
    """Put a new device in the place of a broken one, revoke that one, and print the new one's code.

    What the old device made and did not send is named: it is lost unless its disk can still be read.
    """
    with making_room(data, database) as connection, recording(connection, by_operator()) as act:
        replaced = replace_device(act, device=device, reason=reason)
        invitation = invitation_for(act, data, replaced.device, address)
    missing = ", ".join(f"{first}–{last}" for first, last in replaced.missing) or "không"
    if not plain:
        typer.echo(f"{device}: đã thu hồi; ghi {replaced.made} phiếu, còn thiếu: {missing}")
    show_invitation(invitation, replaced.device, plain)


def enrol_token(
    data: Data,
    device: Annotated[str, typer.Option(help="A device that is there already.")] = "",
    unit: Annotated[str, typer.Option(help="Or the unit of a new one, made if none waits there.")] = "",
    counter: Annotated[str, typer.Option(help="Of that unit, such as quay-1.")] = "",
    address: Address = "",
    database: Database = None,
    plain: Plain = False,
) -> None:
    """Print a code (and its QR picture) with which a device is enrolled, once, within ten minutes."""
    if bool(device) == bool(unit) or (counter and not unit):
        raise typer.BadParameter("chọn --device, hoặc --unit (và --counter)")
    with acting(existing_database(data, database), by_operator()) as act:
        chosen = device or device_at(act, unit=unit, counter=counter)
        invitation = invitation_for(act, data, chosen, address)
    show_invitation(invitation, chosen, plain)


def name_address(
    data: Data,
    address: Annotated[str, typer.Argument(help="Such as https://hailong.example.vn")] = "",
    certificate: Annotated[
        Path | None, typer.Option(help="The certificate of its own: codes carry its fingerprint, else none.")
    ] = None,
    database: Database = None,
) -> None:
    """Set the address under which terminals reach this centre, for every code; or show it."""
    engine = existing_database(data, database)
    if address:
        with acting(engine, by_operator()) as act:
            typer.echo(name_own_address(act, address, certificate))
        return
    with reading(engine) as connection:
        typer.echo(own_address(connection) or "chưa đặt")


def invitation_for(act: Act, data: Path, device: str, address: str = "") -> Invitation:
    """A new code for this device, with this address, else the centre's own; its unit has a case key then."""
    given = read_address(address, "--address") if address else ""
    keys = load_keys(data / "keys")
    return invite(act, keys, device=device, secret=os.urandom(SECRET_BYTES), address=given)


def show_invitation(invitation: Invitation, device: str, plain: bool) -> None:
    """Print a code, and unless `plain` its picture, the device's name and how long it is valid."""
    if not plain:
        picture = qrcode.QRCode(border=2)
        picture.add_data(str(invitation))
        picture.print_ascii(invert=True)
        until = (local_now().astimezone(VIET_NAM) + timedelta(minutes=MINUTES)).strftime("%H:%M")
        typer.echo(f"{device}: quét mã này trên máy trước {until} ({MINUTES} phút), một lần")
        if not invitation.address:
            typer.echo(
                "Mã không có địa chỉ trung tâm: đặt một lần bằng `hailong-central address https://…`",
                err=True,
            )
    typer.echo(invitation)
