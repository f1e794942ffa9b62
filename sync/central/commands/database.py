"""The database: its monthly partitions, its backups, and restoring one."""

from pathlib import Path
from typing import Annotated

import typer

from sync.central.commands.audit import print_seal
from sync.central.commands.options import Data, Database, by_operator
from sync.central.office import copies
from sync.central.office.audit.acts import acting
from sync.central.office.audit.seal import sign_log
from sync.central.office.backup import SoundBackup, check, keep_backup, raise_epoch, restore
from sync.central.office.carrying import Carried
from sync.central.office.jobs import JOBS, note_failure, worked
from sync.central.office.keys.stored import load_keys
from sync.central.office.safe_migration import FOLDER
from sync.central.store import partitions
from sync.central.store.database import reading, writing
from sync.central.store.facts import database_url, existing_database, scratch_of
from sync.contract.problem import ProblemError
from sync.contract.problem.files import ENTRY_INVALID
from sync.host.clock import local_now


def register(app: typer.Typer) -> None:
    """Add these commands to the centre's command line."""
    app.command("months")(months)
    app.command("backup")(backup_command)
    app.command("restore")(restore_command)
    app.command("new-epoch")(new_epoch)
    app.command("job-failed")(job_failed)


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
        raise ProblemError(ENTRY_INVALID(where="--to", detail="ghi --to hoặc --into"))
    by = by_operator()
    if into is not None:
        for folder in (into, data / FOLDER):
            copies.tidy(folder, by.now.date(), days)
    scratch_of(data).sweep()
    to = to or Path(into or "") / copies.name_of(by.now)
    engine = existing_database(data, database)
    backup = keep_backup(engine, to, by, server=database, scratch=scratch_of(data))
    keys = load_keys(data / "keys")
    key_id, key = keys.signing_key()
    worked(engine, "backup")
    print_seal(sign_log(engine, key_id=key_id, key=key, trusted=keys.trusted()))
    typer.echo(_line(to, backup))


def restore_command(
    data: Data,
    source: Annotated[
        Path, typer.Option("--from", help="A copy that `backup` made, or their folder: the newest one then.")
    ],
    only_check: Annotated[
        bool,
        typer.Option("--check", help="Look at the copy, change nothing; of a folder's, note the result."),
    ] = False,
    database: Database = None,
) -> None:
    """Put a checked copy in place of the database, and begin a new epoch. The centre must not run."""
    scratch_of(data).sweep()
    noted = source.is_dir()
    source = copies.newest(source) if source.is_dir() else source
    if only_check:
        backup = check(source, database, scratch_of(data))
        if noted:
            engine = existing_database(data, database)
            with acting(engine, by_operator()) as act:
                act.note("restore-check", source.name, f"{backup.responses} responses")
            worked(engine, "check")
    else:
        data.mkdir(parents=True, exist_ok=True, mode=0o700)
        backup = restore(source, database_url(data, database), by_operator())
        _report(backup.carried)
    typer.echo(_line(source, backup))


def job_failed(
    data: Data,
    job: Annotated[str, typer.Argument(help="One of: backup, check, purge.")],
    database: Database = None,
) -> None:
    """Keep that a job of a timer failed, until it works again: systemd runs this, by `OnFailure=`."""
    if job not in JOBS:
        raise ProblemError(ENTRY_INVALID(where="job", detail=f"một trong: {', '.join(JOBS)}"))
    note_failure(existing_database(data, database), job, local_now())


def _report(carried: Carried | None) -> None:
    """Print what was carried over from the replaced database, and what has to be done again by hand."""
    if carried is None:
        typer.echo(
            "Không đọc được cơ sở dữ liệu cũ: mã truy cập và máy đã thu hồi, tài khoản đã đóng, đính chính, "
            "yêu cầu xóa sau bản sao này không được giữ; hãy làm lại / the old database could not be read: "
            "repeat what was revoked, ended, corrected or forgotten after this backup",
            err=True,
        )
        return
    typer.echo(
        f"Giữ từ cơ sở dữ liệu cũ / carried over: {carried.tokens} mã truy cập / tokens, "
        f"{carried.devices} thiết bị / devices, {carried.corrections} đính chính / corrections, "
        f"{carried.forgotten} phiếu đã xóa / forgotten, {carried.people} người dùng / people"
    )
    if carried.left:
        typer.echo(
            f"Đính chính không giữ được, hãy nạp gói cấu hình rồi làm lại / corrections that could not be "
            f"kept, repeat them after the bundle is imported: {' '.join(carried.left)}",
            err=True,
        )


def _line(file: Path, found: SoundBackup) -> str:
    count = f"{found.responses} phiếu / responses, {found.devices} thiết bị / devices"
    count += f", {found.people} người dùng / people"
    return f"{file}: {count}, epoch {found.epoch}"


def new_epoch(data: Data, database: Database = None) -> None:
    """After a PostgreSQL database was restored from a copy: ask devices for what is missing."""
    with acting(existing_database(data, database), by_operator()) as act:
        epoch = raise_epoch(act)
    typer.echo(f"epoch {epoch}")
