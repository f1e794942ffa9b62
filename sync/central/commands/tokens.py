"""Tokens of administrators and devices."""

import secrets
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from sync.central.commands.options import Data, Database, Reason, by_operator
from sync.central.office.access import (
    USUAL_DAYS,
    create_token,
    expire_token,
    in_days,
    list_tokens,
    revoke_token,
)
from sync.central.office.audit.acts import acting, recording
from sync.central.office.people.accounts import find_account
from sync.central.store.database import reading
from sync.central.store.facts import existing_database
from sync.central.store.reserve import making_room
from sync.contract.problem import ProblemError
from sync.contract.problem.centre import DEVICE_UNKNOWN
from sync.host.clock import local_now

tokens_app = typer.Typer(help="Tokens of administrators and devices.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add these commands to the centre's command line."""
    app.add_typer(tokens_app, name="tokens")


@tokens_app.command("create")
def tokens_create(
    data: Data,
    role: Annotated[str | None, typer.Option(help="admin, analyst or viewer.")] = None,
    device: Annotated[str | None, typer.Option(help="A device of the catalogue.")] = None,
    unit: Annotated[
        str | None, typer.Option(help="Sees this unit and those below it; else everything.")
    ] = None,
    account: Annotated[
        str | None,
        typer.Option(help="Whose it is, by the name for signing in: it never does more."),
    ] = None,
    label: Annotated[str, typer.Option(help="What it is for.")] = "",
    days: Annotated[int, typer.Option(help="Days until it expires, 1 to 3650.")] = USUAL_DAYS,
    database: Database = None,
) -> None:
    """Make a token and print it: this is the only time it can be read."""
    # An empty option usually comes from a shell variable that was not set: refuse it.
    if device == "" or (device and role is not None):
        detail = "để trống" if device == "" else "ghi --role hoặc --device, không cả hai"
        raise ProblemError(DEVICE_UNKNOWN(where="--device", detail=detail))
    with acting(existing_database(data, database), by_operator()) as act:
        text = create_token(
            act,
            token_text=lambda: secrets.token_urlsafe(32),
            role=role or "",
            device=device or "",
            unit=unit,
            label=label,
            account=None if account is None else find_account(act.connection, account),
            expires=in_days(act.now, days),
        )
    typer.echo(text)


@tokens_app.command("list")
def tokens_list(data: Data, database: Database = None) -> None:
    """Every token ever made: for whom, where, until when. The tokens themselves are stored nowhere."""
    with reading(existing_database(data, database)) as connection:
        tokens = list_tokens(connection, local_now())
    table = Table(
        "Số", "Vai trò", "Đơn vị / thiết bị", "Của ai", "Ghi chú", "Tạo lúc", "Hết hạn", "Trạng thái"
    )
    for each in tokens:
        place = each.device or each.unit or "toàn bộ"
        table.add_row(
            str(each.id),
            each.role,
            place,
            each.login,
            each.label,
            each.created_at[:10],
            each.expires_at[:16],
            each.state,
        )
    Console().print(table)


@tokens_app.command("expire")
def tokens_expire(
    data: Data,
    id: int,
    days: Annotated[int, typer.Option(help="Days from now, up to 3650; 0: at once.")] = 0,
    database: Database = None,
) -> None:
    """Set until when a token is valid."""
    by = by_operator()
    at = in_days(by.now, days, least=0)
    with making_room(data, database) as connection, recording(connection, by) as act:
        expire_token(act, id=id, at=at)


@tokens_app.command("revoke")
def tokens_revoke(data: Data, id: int, reason: Reason, database: Database = None) -> None:
    """Revoke a token permanently."""
    with making_room(data, database) as connection, recording(connection, by_operator()) as act:
        revoke_token(act, id=id, reason=reason)
