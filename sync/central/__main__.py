"""`hailong-central`: set up a centre, run it, hand out tokens."""

import os
import secrets
import sys
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import msgspec
import qrcode
import tomli_w
import typer
from sqlalchemy.exc import DBAPIError

from sync.central import administration
from sync.central.administration import print_seal
from sync.central.commands import flags, keys, plans
from sync.central.commands.device_lines import device_facts, device_lines
from sync.central.commands.options import Data, Database
from sync.central.http.admission import Limits
from sync.central.office import backup, cases
from sync.central.office.access import USUAL_DAYS, create_token, in_days
from sync.central.office.audit import chain, seal
from sync.central.office.bundle import import_bundle
from sync.central.office.cards import issuing
from sync.central.office.devices import create_enrolment, list_devices, revoke
from sync.central.office.keys.stored import load_keys, make_keys
from sync.central.store.database import open_database, reading, writing
from sync.central.store.facts import database_url, ensure_facts, existing_database
from sync.central.store.reserve import making_room
from sync.central.store.upgrade import migrate
from sync.contract.enrolment import SECRET_BYTES
from sync.contract.plan import VIET_NAM
from sync.contract.problem import ProblemError, problem
from sync.host.clock import local_now

app = typer.Typer(help=__doc__, no_args_is_help=True, pretty_exceptions_enable=False)
tokens_app = typer.Typer(help="Tokens of administrators and devices.", no_args_is_help=True)
devices_app = typer.Typer(help="Devices that send responses.", no_args_is_help=True)
app.add_typer(tokens_app, name="tokens")
issuing.register(app)
keys.register(app)
app.add_typer(devices_app, name="devices")
cases.register(app)
flags.register(app)
plans.register(app)
administration.register(app, tokens_app)


@app.command()
def init(
    data: Data,
    bundle: Annotated[Path | None, typer.Option(help="A bundle folder to take in.")] = None,
    database: Database = None,
) -> None:
    """Make or update the data folder: tables, keys, public halves in keys.toml, and the bundle."""
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    made = make_keys(data / "keys", local_now().strftime("%Y%m%d"))
    public = load_keys(data / "keys").public()
    (data / "keys.toml").write_text(tomli_w.dumps(_toml(public)), "utf-8")
    engine = open_database(database_url(data, database))
    migrate(engine)
    with writing(engine) as connection:
        ensure_facts(connection)
        if made:
            who, subject = chain.operator(), " ".join(made)
            chain.record(connection, now=local_now(), who=who, act="keys-made", subject=subject)
        if bundle is not None:
            loaded = import_bundle(connection, bundle, local_now())
            print(f"{bundle}: {len(loaded.surveys)} surveys, {len(loaded.catalogue.devices)} devices")
    print(f"{data}: ready")


def _toml(public: object) -> dict[str, object]:
    document: dict[str, object] = msgspec.to_builtins(public)
    return document


@app.command()
def serve(
    data: Data,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8700,
    workers: Annotated[int, typer.Option(min=1, help="Processes; more than one needs PostgreSQL.")] = 1,
    admitted: Annotated[
        int, typer.Option(min=1, help="Requests of devices at once, of each process; more get 429.")
    ] = Limits().admitted,
    per_device: Annotated[
        int, typer.Option(min=1, help="How many of those one device may have.")
    ] = Limits().per_device,
    grace: Annotated[
        float, typer.Option(min=0.1, help="Seconds any body may take; then it must keep up.")
    ] = Limits().grace_seconds,
    database: Database = None,
) -> None:
    """Take in batches and answer pulls until SIGTERM."""
    from sync.central.server import run  # late: the other commands do not need a web server

    keys.warn(load_keys(data / "keys"))
    migrate(open_database(database_url(data, database)))
    limits = Limits(admitted=admitted, per_device=per_device, grace_seconds=grace)
    run(data, database, host, port, workers if database else 1, limits)


@tokens_app.command("create")
def tokens_create(
    data: Data,
    role: Annotated[str | None, typer.Option(help="admin, analyst or viewer.")] = None,
    device: Annotated[str | None, typer.Option(help="A device of the catalogue.")] = None,
    unit: Annotated[
        str | None, typer.Option(help="Sees this unit and those below it; else everything.")
    ] = None,
    label: Annotated[str, typer.Option(help="What it is for.")] = "",
    days: Annotated[int, typer.Option(help="Days until it expires, 1 to 3650.")] = USUAL_DAYS,
    database: Database = None,
) -> None:
    """Make a token and print it: this is the only time it can be read."""
    now = local_now()
    # An option that is there and empty is a variable that was not set: it must not mean another token.
    if device == "" or (device and role is not None):
        detail = "để trống" if device == "" else "ghi --role hoặc --device, không cả hai"
        raise ProblemError(problem("HL5004", where="--device", detail=detail))
    with writing(existing_database(data, database)) as connection:
        chain.record(
            connection,
            now=now,
            who=chain.operator(),
            act="token",
            subject=device or f"{role or ''} {unit or ''}".strip(),
            detail=label,
        )
        print(
            create_token(
                connection,
                now=now,
                token_text=lambda: secrets.token_urlsafe(32),
                role=role or "",
                device=device or "",
                unit=unit,
                label=label,
                expires=in_days(now, days),
            )
        )


@app.command("enrol-token")
def enrol_token(
    data: Data,
    device: Annotated[str, typer.Option(help="A device of the catalogue.")],
    database: Database = None,
    plain: Annotated[bool, typer.Option("--plain", help="The code only, without a picture.")] = False,
) -> None:
    """Print a code (and its QR picture) with which a device is enrolled, once, within ten minutes."""
    _, key = load_keys(data / "keys").signing_key()
    with writing(existing_database(data, database)) as connection:
        code = create_enrolment(
            connection,
            device=device,
            secret=os.urandom(SECRET_BYTES),
            centre_key=bytes(key.verify_key),
            now=local_now(),
            who=chain.operator(),
        )
    if not plain:
        picture = qrcode.QRCode(border=2)
        picture.add_data(str(code))
        picture.print_ascii(invert=True)
    print(code)


@devices_app.command("list")
def devices_list(
    data: Data,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
    only_wrong: Annotated[
        bool, typer.Option("--wrong", help="Those somebody has to look at; exit code 1 where there are any.")
    ] = False,
    database: Database = None,
) -> None:
    """Every device, the silent ones first: since when, by how much its clock is wrong, made, held, gaps."""
    now = local_now().astimezone(VIET_NAM)
    with reading(existing_database(data, database)) as connection:
        found = list_devices(connection)
    if only_wrong:
        found = [each for each in found if each.wrong(now)]
    longest = {each.id: each.silent(now) or timedelta(0) for each in found}
    found.sort(key=lambda each: (-longest[each.id], each.id))
    if as_json:
        print(msgspec.json.encode([device_facts(each, now) for each in found]).decode())
    else:
        for line in device_lines(found, now):
            print(line)
    if only_wrong and found:
        raise typer.Exit(1)


@devices_app.command("show")
def devices_show(data: Data, device: str, database: Database = None) -> None:
    """All that is known of one device, as JSON."""
    with reading(existing_database(data, database)) as connection:
        found = list_devices(connection, device)
    if not found:
        raise ProblemError(problem("HL5004", where="device", detail=device))
    print(msgspec.json.format(msgspec.json.encode(found[0])).decode())


@devices_app.command("revoke")
def devices_revoke(
    data: Data,
    device: str,
    reason: Annotated[str, typer.Option(help="Why; kept in the audit log.")],
    database: Database = None,
) -> None:
    """Trust a device no longer: what it still sends is kept apart for a person's decision."""
    with making_room(data, database) as connection:
        revoke(connection, device=device, reason=reason, now=local_now(), who=chain.operator())


@app.command("new-epoch")
def new_epoch(data: Data, database: Database = None) -> None:
    """After a PostgreSQL database was brought back from a copy: ask devices for what is missing."""
    with writing(existing_database(data, database)) as connection:
        epoch = backup.raise_epoch(connection, at_least=0, now=local_now(), who=chain.operator())
    print(f"epoch {epoch}")


@app.command("audit")
def audit_command(
    data: Data,
    seen: Annotated[
        str, typer.Option(help="A line as it was printed before, NUMBER:DIGEST; it must still be there.")
    ] = "",
    sign: Annotated[
        bool, typer.Option("--sign", help="Sign the log as it is, though the last signature is not ours.")
    ] = False,
    database: Database = None,
) -> None:
    """Check and sign the audit log, and print its last line; exit code 1 where a line is wrong."""
    engine = existing_database(data, database)
    with reading(engine) as connection:
        count, wrong = chain.verify(connection)
        if wrong is not None:
            raise ProblemError(problem("HL5008", where=f"line {wrong}"))
        if seen:
            number, _, digest = seen.partition(":")
            if not number.isascii() or not number.isdigit():
                detail = f"'{seen}': ghi SỐ:MÃ như lệnh này đã in"
                raise ProblemError(problem("HL1003", where="--seen", detail=detail))
            seal.check_line(connection, int(number), digest)
    print_seal(engine, data, sign=sign)
    print(f"{count}: ok")


def main() -> None:
    """Run the command line; a problem is printed with its remedy and ends it with exit code 1."""
    os.umask(0o077)  # the database holds what people said
    try:
        app()
    except ProblemError as error:
        print(error, file=sys.stderr)
        sys.exit(1)
    except OSError as error:
        detail = error.strerror or type(error).__name__
        print(
            ProblemError(problem("HL1001", where=str(error.filename or ""), detail=detail)), file=sys.stderr
        )
        sys.exit(1)
    except DBAPIError as error:
        # The kind alone: the database's own words can quote a row.
        print(ProblemError(problem("HL5006", detail=type(error.orig).__name__)), file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
