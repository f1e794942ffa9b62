"""What falls due by itself, done now: for a timer, and for a person who wants to see what happens."""

import os
from typing import Annotated

import typer

from sync.central.commands.options import Data, Database, today
from sync.central.duties.tick import tick
from sync.central.duties.turns import Turn
from sync.central.office.address import own_address
from sync.central.office.keys.stored import load_keys
from sync.central.office.messages.carriers import Parcel, RefusedError, UnreachableError, UnsureError
from sync.central.office.messages.identity import TRIAL, Content, Key, message_id
from sync.central.office.messages.mail import Mail
from sync.central.office.messages.settings import ADDRESS, load_settings, mail_password
from sync.central.office.names import NameBook
from sync.central.store.database import reading
from sync.central.store.days_over import Days
from sync.central.store.facts import existing_database
from sync.central.store.storage import Storage
from sync.contract.problem import ProblemError
from sync.contract.problem.centre import MAIL_ADDRESS_INVALID, MAIL_NOT_SET
from sync.host.clock import local_now


def register(app: typer.Typer) -> None:
    """Add these commands to the centre's command line."""
    app.command("tick")(do_duties)
    app.command("try-mail")(try_mail)


def do_duties(data: Data, database: Database = None) -> None:
    """Do all that is due now, and say what was done; exit code 1 if something could not be done."""
    storage = Storage(existing_database(data, database))
    days = Days(storage.engine, storage.changing, local_now)
    turn = Turn(
        storage=storage,
        clock=local_now,
        now=local_now(),
        keys=load_keys(data / "keys"),
        days=days,
        names=NameBook(),
        serving=False,
    )
    done = tick(turn)
    for each in done:
        if each.problem is not None:
            typer.echo(f"! {each.title}: {' '.join(each.problem.lines()[:1])}")
        elif each.count:
            typer.echo(f"{each.title}: {each.count}")
    if not any(each.count or each.problem for each in done):
        typer.echo("Không có việc nào đến hạn.")
    if any(each.problem for each in done):
        raise typer.Exit(1)


def try_mail(
    data: Data,
    to: Annotated[str, typer.Argument(help="The address that gets the e-mail.")],
    database: Database = None,
) -> None:
    """Send one e-mail now, to see whether the mail server of messages.toml takes it."""
    if not ADDRESS.fullmatch(to):
        raise ProblemError(MAIL_ADDRESS_INVALID(where=to))
    settings = load_settings(data).mail
    if settings is None:
        raise ProblemError(MAIL_NOT_SET())
    with reading(existing_database(data, database)) as connection:
        site = own_address(connection)
    now = local_now()
    key = Key(kind=TRIAL, subject=f"{to} {now.isoformat()}", due=today(), recipient=0)
    parcel = Parcel(
        id=message_id(key, site),
        kind=TRIAL,
        content=Content("Thư thử của Hài Lòng", ("Máy chủ thư của trung tâm gửi được thư.",)),
        made=now,
        to=to,
        site=site,
        office="Hài Lòng",
    )
    try:
        Mail(settings, mail_password(settings, data, os.environ)).carry(parcel, lambda: None)
    except (RefusedError, UnreachableError, UnsureError) as error:
        typer.echo(f"! Chưa gửi được: {error.why}", err=True)
        raise typer.Exit(1) from error
    typer.echo(f"Đã gửi tới {to}.")
