"""The command that checks the audit log, and its last line for people to keep."""

from typing import Annotated

import typer

from sync.central.commands.options import Data, Database
from sync.central.office.audit import chain, seal
from sync.central.office.keys.stored import load_keys
from sync.central.store.database import reading
from sync.central.store.facts import existing_database
from sync.contract.problem import ProblemError
from sync.contract.problem.centre import AUDIT_LOG_CHANGED
from sync.contract.problem.files import ENTRY_INVALID


def register(app: typer.Typer) -> None:
    """Add this command to the centre's command line."""
    app.command("audit")(audit_command)


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
            raise ProblemError(AUDIT_LOG_CHANGED(where=f"line {wrong}"))
        if seen:
            number, _, digest = seen.partition(":")
            if not number.isascii() or not number.isdigit():
                detail = f"'{seen}': ghi SỐ:MÃ như lệnh này đã in"
                raise ProblemError(ENTRY_INVALID(where="--seen", detail=detail))
            seal.check_line(connection, int(number), digest)
    keys = load_keys(data / "keys")
    key_id, key = keys.signing_key()
    print_seal(seal.sign_log(engine, key_id=key_id, key=key, trusted=keys.trusted(), anew=sign))
    typer.echo(f"{count}: ok")


def print_seal(made: seal.Seal | None) -> None:
    """Print the last line of a signed log, for a person to keep, preferably on paper."""
    if made is not None:
        typer.echo(f"Nhật ký, dòng cuối; hãy ghi lại / audit log, last line; keep it: {made} ({made.key})")
