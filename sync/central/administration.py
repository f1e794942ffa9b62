"""The commands of whoever runs a centre: tokens, units, corrections, removal, backups. Thin on purpose."""

import os
from datetime import datetime
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.table import Table
from sqlalchemy import Engine

from sync.central.commands.options import Data, Database
from sync.central.intake.forms import load_forms
from sync.central.office import copies, erasure_list, removal, set_aside, taking
from sync.central.office.access import expire_token, in_days, list_tokens, revoke_token
from sync.central.office.audit import chain, seal
from sync.central.office.backup import Checked, back_up, check, restore
from sync.central.office.carrying import Carried
from sync.central.office.corrections import Corrector
from sync.central.office.devices import list_devices
from sync.central.office.erasure_list import list_erasures
from sync.central.office.keys.stored import load_keys
from sync.central.office.sheets.reader import read_sheet
from sync.central.office.units.importing import MEANING
from sync.central.office.units.stored import load_units, take_in_list
from sync.central.store import partitions
from sync.central.store.database import reading, writing
from sync.central.store.facts import database_url, existing_database, scratch_of
from sync.central.store.reserve import making_room
from sync.contract.problem import KINDS, ProblemError, problem
from sync.host.clock import local_now

Reason = Annotated[str, typer.Option(help="Why; kept in the audit log.")]

aside_app = typer.Typer(help="What was refused, held or in conflict.", no_args_is_help=True)
units_app = typer.Typer(help="Units: a tree with dates.", no_args_is_help=True)


def register(app: typer.Typer, tokens: typer.Typer) -> None:
    """Add these commands to the centre's command line."""
    tokens.command("list")(tokens_list)
    tokens.command("expire")(tokens_expire)
    tokens.command("revoke")(tokens_revoke)
    app.add_typer(units_app, name="units")
    app.add_typer(aside_app, name="set-aside")
    for command in (void, retag, forget, erasures, purge, months):
        app.command(command.__name__)(command)
    app.command("find-contact")(find_contact)
    app.command("forget-withdraw")(forget_withdraw)
    app.command("backup")(backup_command)
    app.command("restore")(restore_command)


# --- tokens ------------------------------------------------------------------------------------------


def tokens_list(data: Data, database: Database = None) -> None:
    """Every token there ever was: for whom, where, until when. The tokens themselves are stored nowhere."""
    with reading(existing_database(data, database)) as connection:
        found = list_tokens(connection, local_now())
    table = Table("Số", "Vai trò", "Đơn vị / thiết bị", "Ghi chú", "Tạo lúc", "Hết hạn", "Trạng thái")
    for each in found:
        place = each.device or each.unit or "toàn bộ"
        table.add_row(
            str(each.id),
            each.role,
            place,
            each.label,
            each.created_at[:10],
            each.expires_at[:16],
            each.state,
        )
    Console().print(table)


def tokens_expire(
    data: Data,
    id: int,
    days: Annotated[int, typer.Option(help="Days from now, up to 3650; 0: at once.")] = 0,
    database: Database = None,
) -> None:
    """Set until when a token counts."""
    now = local_now()
    at = in_days(now, days, least=0)
    with making_room(data, database) as connection:
        expire_token(connection, id=id, at=at, now=now, who=chain.operator())


def tokens_revoke(data: Data, id: int, reason: Reason, database: Database = None) -> None:
    """Let a token count no longer, for good."""
    with making_room(data, database) as connection:
        revoke_token(connection, id=id, reason=reason, now=local_now(), who=chain.operator())


# --- units -------------------------------------------------------------------------------------------


@units_app.command("import")
def units_import(
    data: Data,
    file: Annotated[Path, typer.Argument(help="CSV or XLSX: code, name, parent, valid_from, valid_to …")],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would change, change nothing.")
    ] = False,
    database: Database = None,
) -> None:
    """Take in a list of units, all of it or nothing; every error is named with its line and column."""
    sheet = read_sheet(file, MEANING)
    engine = existing_database(data, database)
    with engine.connect().execution_options(write=True) as connection, connection.begin() as transaction:
        found = take_in_list(connection, sheet)
        for line in found.lines():
            typer.echo(line, err=bool(found.problems))
        if dry_run or found.problems:
            transaction.rollback()
        else:
            detail = f"{len(found.added)} added, {len(found.changed)} changed"
            who = chain.operator()
            chain.record(connection, now=local_now(), who=who, act="units", subject=file.name, detail=detail)
    if found.problems:
        raise typer.Exit(1)


@units_app.command("list")
def units_list(data: Data, database: Database = None) -> None:
    """Every unit in every period."""
    with reading(existing_database(data, database)) as connection:
        found = load_units(connection)
    table = Table("Mã", "Tên", "Loại", "Cấp trên", "Từ ngày", "Đến ngày")
    for unit in found:
        first, last = unit.valid_from or "", unit.valid_to or ""
        table.add_row(unit.code, unit.name["vi"], unit.kind, unit.parent or "", str(first), str(last))
    Console().print(table)


# --- corrections and removal -------------------------------------------------------------------------


def void(data: Data, response: str, reason: Reason, database: Database = None) -> None:
    """Let a response count no longer. It stays; a new one says that it was voided, and why."""
    engine = existing_database(data, database)
    with writing(engine) as connection:
        corrector = Corrector(
            connection,
            forms=load_forms(connection),
            now=local_now(),
            who=chain.operator(),
            random_bytes=os.urandom,
        )
        typer.echo(corrector.void(response, reason))


def retag(
    data: Data,
    response: str,
    reason: Reason,
    procedure: Annotated[str, typer.Option(help="The right procedure's code.")] = "",
    officer: Annotated[str, typer.Option(help="The right officer's id.")] = "",
    counter: Annotated[str, typer.Option(help="The right counter.")] = "",
    database: Database = None,
) -> None:
    """Let a response count for another procedure, officer or counter: a new one counts in its place."""
    given = {"procedure": procedure, "officer": officer, "counter": counter}
    engine = existing_database(data, database)
    with writing(engine) as connection:
        corrector = Corrector(
            connection,
            forms=load_forms(connection),
            now=local_now(),
            who=chain.operator(),
            random_bytes=os.urandom,
        )
        changes = {name: value for name, value in given.items() if value}
        typer.echo(corrector.retag(response, changes, reason))


def forget(
    data: Data,
    response: str,
    reason: Reason,
    not_here_yet: Annotated[
        bool, typer.Option("--not-here-yet", help="The tablet has not sent it: do not take it when it comes.")
    ] = False,
    database: Database = None,
) -> None:
    """Delete one person's response for good, here and on the tablet; it is not taken again."""
    engine = existing_database(data, database)
    with writing(engine) as connection:
        count = removal.forget(
            connection,
            id=response,
            now=local_now(),
            who=chain.operator(),
            reason=reason,
            not_here_yet=not_here_yet,
        )
    typer.echo(f"Đã xóa {count} phiếu / {count} removed")
    if not removal.scrub(engine):
        typer.echo(
            "Tệp được làm sạch ở lần `purge` tới / the files are cleaned by the next `purge`", err=True
        )


def forget_withdraw(data: Data, response: str, reason: Reason, database: Database = None) -> None:
    """Withdraw a request to forget that was made by mistake; a response already deleted stays deleted."""
    with writing(existing_database(data, database)) as connection:
        erasure_list.withdraw(connection, id=response, reason=reason, now=local_now(), who=chain.operator())


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
    """Judge again what was refused, after the survey or catalogue was put right; see `--dry-run` first."""
    if device == "":
        raise ProblemError(problem("HL5004", where="--device", detail="để trống"))
    if held and not device:
        raise ProblemError(problem("HL1003", where="--held", detail="cần kèm --device"))
    engine = existing_database(data, database)
    found = set_aside.rejudge(
        engine,
        now=local_now(),
        who=chain.operator(),
        reason=reason,
        device=device or "",
        held=held,
        dry_run=dry_run,
    )
    for each in found:
        typer.echo(
            f"{each.device}: {each.stored} đã nhận / stored, {each.duplicate} đã có / here already, "
            f"{each.refused} vẫn sai / still refused, {each.held} còn giữ / still held, "
            f"{each.conflict} mâu thuẫn / in conflict"
        )
    if not found:
        raise _nothing_aside(engine, device or "")


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
    """Let responses count whose numbers were taken (HL4010), after a tablet was replaced or copied."""
    engine = existing_database(data, database)
    who = chain.operator()
    found = taking.take(engine, device=device, now=local_now(), who=who, reason=reason, dry_run=dry_run)
    if found == taking.Taken():
        raise _nothing_aside(engine, device)
    typer.echo(
        f"{device}: {found.taken} đã nhận / stored, {found.refused} sai phiếu hỏi / refused, "
        f"{found.doubled} trùng mã phiếu, để lại / of an id that is stored, left"
    )


_NEXT = {"conflict": "`set-aside take --device …`", "held": "`set-aside judge --held --device …`"}


def _nothing_aside(engine: Engine, device: str) -> ProblemError:
    """HL4023 with what there is instead, or HL5004 where there is no such device."""
    with reading(engine) as connection:
        if device and not list_devices(connection, device):
            return ProblemError(problem("HL5004", where="--device", detail=device))
        rows = [each for each in set_aside.list_aside(connection) if device in ("", each.device)]
    there = "; ".join(
        f"{each.device}: {each.count} phiếu {each.problem} {_NEXT.get(each.status, '')}".rstrip()
        for each in rows
    )
    return ProblemError(problem("HL4023", where="set-aside", detail=there or "không có phiếu nào"))


def find_contact(data: Data, database: Database = None) -> None:
    """Find the responses of somebody who asks for theirs; the contact is asked for, and noted nowhere."""
    wanted = typer.prompt("Số điện thoại, tên hoặc địa chỉ / telephone, name or address")
    keys = load_keys(data / "keys").sealing_keys()
    engine = existing_database(data, database)
    with reading(engine) as connection:
        found = removal.find_contact(connection, wanted, keys)
    with writing(engine) as connection:
        ids = " ".join(one.id for one in found)
        who = chain.operator()
        chain.record(
            connection, now=local_now(), who=who, act="find-contact", subject=str(len(found)), detail=ids
        )
    for one in found:
        typer.echo(f"{one.id} {one.day} {one.unit}")
    if not found:
        typer.echo(
            "Không thấy phiếu nào có liên hệ này; thử số điện thoại hoặc nguyên một ô đã ghi "
            "/ no response holds this contact; try the telephone, or one whole field as it was left",
            err=True,
        )
        raise typer.Exit(1)


def purge(
    data: Data,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Count only, change nothing.")] = False,
    others: Annotated[int, typer.Option(min=1, help="Days where no plan is named.")] = removal.USUAL_DAYS,
    database: Database = None,
) -> None:
    """Delete for good what is past the retention of its plan."""
    scratch_of(data).sweep()
    engine = existing_database(data, database)
    now = local_now()
    with reading(engine) as connection:
        beside = removal.due_beside(connection, now, others)
        plans = removal.retention(connection)
        unruled = removal.without_rule(connection, plans)
        found = removal.due(connection, plans, now.date(), others)
    if not dry_run:
        found = removal.purge(engine, now=now, who=chain.operator(), usual=others)
    for one in found:
        typer.echo(f"{one.plan or '-'}: {one.count} trước / before {one.before} ({one.days} ngày / days)")
    for plan, count in unruled.items():
        typer.echo(
            f"{plan}: {count} phiếu giữ lại, chưa gói cấu hình nào có kế hoạch này "
            "/ kept, no bundle ever had this plan"
        )
    words = {"set aside": "giữ riêng / set aside", "returned": "kết quả đã trả / returned"}
    for name, count in beside.items():
        typer.echo(f"{words[name]}: {count} ({others} ngày / days)")


def months(
    data: Data,
    ahead: Annotated[int, typer.Option(min=1, max=120, help="Months after this one.")] = partitions.AHEAD,
    database: Database = None,
) -> None:
    """Make the coming months' tables on PostgreSQL, and list them all with what they hold."""
    engine = existing_database(data, database)
    with writing(engine) as connection:
        made = partitions.ensure(connection, local_now(), ahead=ahead)
    with reading(engine) as connection:
        found = partitions.partitions(connection)
    for one in found:
        name = f"{one.month:%Y-%m}" if one.month else "ngoài các tháng / elsewhere"
        new = " (mới / new)" if one.month in made else ""
        typer.echo(f"{name}: {one.responses} phiếu / responses{new}")


# --- backups -----------------------------------------------------------------------------------------


def backup_command(
    data: Data,
    to: Annotated[Path | None, typer.Option(help="The copy; must not exist yet.")] = None,
    into: Annotated[
        Path | None, typer.Option(help="Or a folder, for a copy under the name of this moment.")
    ] = None,
    days: Annotated[
        int, typer.Option(min=1, help="With --into: copies of so many days ago are removed first.")
    ] = copies.USUAL_DAYS,
    database: Database = None,
) -> None:
    """Copy the database while the centre runs, and check the copy. Keys are kept elsewhere."""
    if (to is None) == (into is None):
        raise ProblemError(problem("HL1003", where="--to", detail="ghi --to hoặc --into"))
    if into is not None:
        copies.tidy(into, local_now().date(), days)
    scratch_of(data).sweep()
    to = to or Path(into or "") / copies.name_of(local_now())
    engine = existing_database(data, database)
    back_up(engine, to)
    found = check(to, database, scratch_of(data))
    with writing(engine) as connection:
        detail = f"{found.responses} responses"
        who = chain.operator()
        chain.record(connection, now=local_now(), who=who, act="backup", subject=to.name, detail=detail)
    print_seal(engine, data)
    typer.echo(_line(to, found))


def print_seal(engine: Engine, data: Path, *, sign: bool = False) -> None:
    """Sign the audit log, and print its last line for a person to keep, on paper best.

    sign: anew, whichever key made the last one. Raises ProblemError HL5041, HL5008 or HL5002.
    """
    with writing(engine) as connection:
        before = None if sign else seal.read_seal(connection)
        keys = load_keys(data / "keys")
        key_id, key = keys.signing_key()
        made = seal.seal(connection, before=before, trusted=keys.trusted(), key_id=key_id, key=key)
    if made is not None:
        typer.echo(f"Nhật ký, dòng cuối; hãy ghi lại / audit log, last line; keep it: {made} ({key_id})")


def restore_command(
    data: Data,
    source: Annotated[Path, typer.Option("--from", help="A copy that `backup` made.")],
    only_check: Annotated[bool, typer.Option("--check", help="Look at the copy, change nothing.")] = False,
    database: Database = None,
) -> None:
    """Put a checked copy in place of the database, and begin a new epoch. The centre must not run."""
    scratch_of(data).sweep()
    if only_check:
        found = check(source, database, scratch_of(data))
    else:
        data.mkdir(parents=True, exist_ok=True, mode=0o700)
        found = restore(source, database_url(data, database), now=local_now(), who=chain.operator())
        _report(found.carried)
    typer.echo(_line(source, found))


def _report(carried: Carried | None) -> None:
    """What of the replaced database holds on, and what has to be done again by hand."""
    if carried is None:
        typer.echo(
            "Không đọc được cơ sở dữ liệu cũ: mã truy cập và máy đã thu hồi, đính chính, yêu cầu xóa sau bản "
            "sao này không được giữ; hãy làm lại / the old database could not be read: repeat what was "
            "revoked, corrected or forgotten after this backup",
            err=True,
        )
        return
    typer.echo(
        f"Giữ từ cơ sở dữ liệu cũ / carried over: {carried.tokens} mã truy cập / tokens, "
        f"{carried.devices} thiết bị / devices, {carried.corrections} đính chính / corrections, "
        f"{carried.forgotten} phiếu đã xóa / forgotten"
    )
    if carried.left:
        typer.echo(
            f"Đính chính không giữ được, hãy nạp gói cấu hình rồi làm lại / corrections that could not be "
            f"kept, repeat them after the bundle is imported: {' '.join(carried.left)}",
            err=True,
        )


def _line(file: Path, found: Checked) -> str:
    count = f"{found.responses} phiếu / responses, {found.devices} thiết bị / devices"
    return f"{file}: {count}, epoch {found.epoch}"
