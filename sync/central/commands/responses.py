"""Corrections and removal of stored responses."""

from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.table import Table

from sync.central.commands.options import Data, Database, Reason, by_operator
from sync.central.office import corrections, erasure_list, removal
from sync.central.office.audit.acts import acting
from sync.central.office.erasure_list import list_erasures
from sync.central.office.jobs import worked
from sync.central.office.keys.stored import load_keys
from sync.central.office.sample import on_request
from sync.central.office.sample.commitment import Stratum
from sync.central.office.sample.on_request import find_listed
from sync.central.office.sample.sealed_list import Place
from sync.central.store.database import reading
from sync.central.store.facts import existing_database, scratch_of


def register(app: typer.Typer) -> None:
    """Add these commands to the centre's command line."""
    for command in (void, retag, forget, erasures, purge):
        app.command(command.__name__)(command)
    app.command("find-contact")(find_contact)
    app.command("forget-withdraw")(forget_withdraw)
    app.command("forget-listed")(forget_listed)


def void(data: Data, response: str, reason: Reason, database: Database = None) -> None:
    """Void a response. It stays stored, but no longer counts; a new one records that and the reason."""
    with acting(existing_database(data, database), by_operator()) as act:
        made = corrections.void(act, response, reason)
    typer.echo(made)


def retag(
    data: Data,
    response: str,
    reason: Reason,
    procedure: Annotated[str, typer.Option(help="The right procedure's code.")] = "",
    officer: Annotated[str, typer.Option(help="The right officer's id.")] = "",
    counter: Annotated[str, typer.Option(help="The right counter.")] = "",
    database: Database = None,
) -> None:
    """Count a response for another procedure, officer or counter: a new response replaces it."""
    given = {"procedure": procedure, "officer": officer, "counter": counter}
    changes = {name: value for name, value in given.items() if value}
    with acting(existing_database(data, database), by_operator()) as act:
        made = corrections.retag(act, response, changes, reason)
    typer.echo(made)


def forget(
    data: Data,
    response: str,
    reason: Reason,
    not_here_yet: Annotated[
        bool, typer.Option("--not-here-yet", help="The tablet has not sent it: do not take it when it comes.")
    ] = False,
    database: Database = None,
) -> None:
    """Delete one person's response permanently, here and on the tablet; it is not accepted again."""
    engine = existing_database(data, database)
    with acting(engine, by_operator()) as act:
        count = removal.forget(act, id=response, reason=reason, not_here_yet=not_here_yet)
    typer.echo(f"Đã xóa {count} phiếu / {count} removed")
    if not removal.scrub(engine):
        typer.echo(
            "Tệp được làm sạch ở lần `purge` tới / the files are cleaned by the next `purge`", err=True
        )


def forget_withdraw(data: Data, response: str, reason: Reason, database: Database = None) -> None:
    """Withdraw a request to forget that was made by mistake; a response already deleted stays deleted."""
    with acting(existing_database(data, database), by_operator()) as act:
        erasure_list.withdraw(act, id=response, reason=reason)


def erasures(
    data: Data,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
    database: Database = None,
) -> None:
    """What was forgotten, and whether the tablets have erased it too."""
    with reading(existing_database(data, database)) as connection:
        found = list_erasures(connection)
    if as_json:
        typer.echo(msgspec.json.encode(found).decode())
        return
    table = Table("Số", "Mã băm của phiếu", "Thiết bị", "Yêu cầu lúc", "Đã xóa trên máy")
    for each in found:
        state = "đã rút lại" if each.withdrawn else f"{each.done}/{each.wanted}"
        device = each.device or ("mọi máy" if each.open else "")
        table.add_row(str(each.number), each.digest[:16], device, each.at[:16], state)
    Console().print(table)


def find_contact(data: Data, database: Database = None) -> None:
    """Find a person who asks, in responses and lists; the contact is prompted for, and stored nowhere."""
    wanted = typer.prompt("Số điện thoại, tên hoặc địa chỉ / telephone, name or address")
    keys = load_keys(data / "keys").sealing_keys()
    engine = existing_database(data, database)
    matches = removal.find_contact(engine, by_operator(), wanted, keys)
    for one in matches:
        typer.echo(f"{one.id} {one.day} {one.unit}")
    with reading(engine) as connection:
        listed = find_listed(connection, wanted, keys)
    for each in listed:
        typer.echo(f"danh sách / list: {each.place.subject} {each.code}")
    if not matches and not listed:
        typer.echo(
            "Không thấy phiếu nào có liên hệ này; thử số điện thoại hoặc nguyên một ô đã ghi "
            "/ no response holds this contact; try the telephone, or one whole field as it was left",
            err=True,
        )
        raise typer.Exit(1)


def forget_listed(
    data: Data,
    plan: Annotated[str, typer.Argument(help="As find-contact has it, with the group, unit and code.")],
    group: str,
    unit: str,
    code: str,
    reason: Reason,
    database: Database = None,
) -> None:
    """Remove one person's details from a plan's list of people; nobody asks them any more."""
    engine = existing_database(data, database)
    with acting(engine, by_operator()) as act:
        on_request.forget_listed(act, Place(Stratum(plan, group), unit), code, reason)
    removal.scrub(engine)
    typer.echo("Đã xóa / removed")


def purge(
    data: Data,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Count only, change nothing.")] = False,
    others: Annotated[int, typer.Option(min=1, help="Days where no plan is named.")] = removal.USUAL_DAYS,
    database: Database = None,
) -> None:
    """Delete permanently what is past the retention of its plan."""
    scratch_of(data).sweep()
    engine = existing_database(data, database)
    by = by_operator()
    with reading(engine) as connection:
        without_plan = removal.due_without_plan(connection, by.now, others)
        plans = removal.retention(connection)
        unruled = removal.without_rule(connection, plans)
        found = removal.due(connection, plans, by.now.date(), others)
    if not dry_run:
        found = removal.purge(engine, by, usual=others, keys=data / "keys")
        worked(engine, "purge")
    for one in found:
        typer.echo(f"{one.plan or '-'}: {one.count} trước / before {one.before} ({one.days} ngày / days)")
    for plan, count in unruled.items():
        typer.echo(
            f"{plan}: {count} phiếu giữ lại, chưa gói cấu hình nào có kế hoạch này "
            "/ kept, no bundle ever had this plan"
        )
    words = {"set aside": "giữ riêng / set aside", "returned": "kết quả đã trả / returned"}
    for name, count in without_plan.items():
        typer.echo(f"{words[name]}: {count} ({others} ngày / days)")
