"""Responses that were refused, held or in conflict."""

from datetime import datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from sync.central.commands.options import Data, Database, Reason, by_operator
from sync.central.intake.claims import claims_by
from sync.central.office import set_aside, taking
from sync.central.office.keys.stored import load_keys
from sync.central.store.database import reading
from sync.central.store.facts import existing_database
from sync.contract.problem import ProblemError
from sync.contract.problem.centre import DEVICE_UNKNOWN
from sync.contract.problem.files import ENTRY_INVALID
from sync.contract.problem.table import KINDS

aside_app = typer.Typer(help="What was refused, held or in conflict.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add these commands to the centre's command line."""
    app.add_typer(aside_app, name="set-aside")


@aside_app.command("list")
def aside_list(data: Data, database: Database = None) -> None:
    """What is set aside, by device and reason. Bodies and answers are not shown."""
    with reading(existing_database(data, database)) as connection:
        found = set_aside.list_aside(connection)
    table = Table("Thiết bị", "Tình trạng", "Lỗi", "Chi tiết", "Số phiếu", "Từ ngày")
    for each in found:
        since = datetime.fromtimestamp(each.since / 1000).astimezone().date().isoformat()
        kind = KINDS.get(each.problem)
        title = f"{each.problem} {kind.title if kind else ''}"
        table.add_row(each.device, each.status, title, each.detail, str(each.count), since)
    Console().print(table)


@aside_app.command("judge")
def aside_judge(
    data: Data,
    reason: Reason,
    device: Annotated[str | None, typer.Option(help="Of this device alone.")] = None,
    held: Annotated[
        bool, typer.Option("--held", help="What was held of it, too: it was revoked, or may not say so.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would happen, change nothing.")
    ] = False,
    database: Database = None,
) -> None:
    """Judge again what was refused, after the survey or catalogue was corrected; try `--dry-run` first."""
    if device == "":
        raise ProblemError(DEVICE_UNKNOWN(where="--device", detail="để trống"))
    if held and not device:
        raise ProblemError(ENTRY_INVALID(where="--held", detail="cần kèm --device"))
    engine = existing_database(data, database)
    found = set_aside.rejudge(
        engine,
        by_operator(),
        reason=reason,
        device=device or "",
        held=held,
        dry_run=dry_run,
        claims=claims_by(load_keys(data / "keys").case_keys()),
    )
    for each in found:
        typer.echo(
            f"{each.device}: {each.stored} đã nhận / stored, {each.duplicate} đã có / here already, "
            f"{each.refused} vẫn sai / still refused, {each.held} còn giữ / still held, "
            f"{each.conflict} mâu thuẫn / in conflict"
        )
    if not found:
        raise set_aside.nothing_aside(engine, device or "")


@aside_app.command("take")
def aside_take(
    data: Data,
    device: Annotated[str, typer.Option(help="The device that numbered responses twice.")],
    reason: Reason,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would happen, change nothing.")
    ] = False,
    database: Database = None,
) -> None:
    """Count responses whose numbers were already used (HL4010), after a tablet was replaced or copied."""
    engine = existing_database(data, database)
    claims = claims_by(load_keys(data / "keys").case_keys())
    found = taking.take(engine, by_operator(), device=device, reason=reason, dry_run=dry_run, claims=claims)
    if found == taking.Taken():
        raise set_aside.nothing_aside(engine, device)
    typer.echo(
        f"{device}: {found.taken} đã nhận / stored, {found.refused} sai phiếu hỏi / refused, "
        f"{found.doubled} trùng mã phiếu, để lại / of an id that is stored, left, "
        f"{found.repeated} lượt đã có câu trả lời, để riêng / of a handover answered before, kept apart"
    )
