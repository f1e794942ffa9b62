"""Responses of terminals without a network, brought on a USB stick."""

from pathlib import Path
from typing import Annotated

import typer

from sync.central.api.device_desk import DeviceDesk
from sync.central.api.usb import StickDesk
from sync.central.commands.options import Data, Database, by_operator
from sync.central.office.keys.stored import load_keys
from sync.central.office.removal import Scrubbing
from sync.central.store.database import reading
from sync.central.store.facts import existing_database, read_epoch
from sync.central.store.storage import Storage
from sync.contract.problem import Problem, ProblemError
from sync.contract.problem.offline import USB_EMPTY, USB_UNUSABLE
from sync.contract.usb import MANIFEST, TO_CENTRE, TO_TERMINAL
from sync.host.clock import local_now
from sync.host.usb_folder import read_parcel, terminals_in, write_parcel


def register(app: typer.Typer) -> None:
    """Add this command to the centre's command line."""
    app.command("carry-in")(carry_in)


def carry_in(
    folder: Annotated[Path, typer.Argument(help="Where the stick is mounted.")],
    data: Data,
    database: Database = None,
) -> None:
    """Take in what terminals copied to a USB stick, and write receipts and configurations back to it.

    Exit code 1: something on it was refused; what other terminals copied is taken all the same.
    """
    engine, keys = existing_database(data, database), load_keys(data / "keys")
    with reading(engine) as connection:
        epoch = read_epoch(connection)
    desk = DeviceDesk(Storage(engine), epoch=epoch, now=local_now, keys=keys, scrubbing=Scrubbing())
    stick = StickDesk(desk, keys, local_now)
    refused: list[Problem] = []
    try:
        brought = [path for path in terminals_in(folder) if (path / TO_CENTRE / MANIFEST).exists()]
        if not brought:
            raise ProblemError(USB_EMPTY(where=str(folder)))
        for path in brought:
            try:
                taken = stick.take_in(read_parcel(path / TO_CENTRE), by_operator())
            except ProblemError as error:
                refused.append(error.problem)
                typer.echo(f"{path.name}: {error}", err=True)
                continue
            counts = ", ".join(f"{status} {count}" for status, count in sorted(taken.receipts.items()))
            typer.echo(f"{taken.device}: {sum(taken.receipts.values())} phiếu {counts}".rstrip())
            write_parcel(path / TO_TERMINAL, taken.answer)
    except OSError as error:
        raise ProblemError(USB_UNUSABLE(where=str(folder), detail=error.strerror or "")) from error
    if refused:
        raise typer.Exit(1)
