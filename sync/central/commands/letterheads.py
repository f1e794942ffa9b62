"""Letterheads: what the documents of an office have in common."""

from typing import Annotated, Any

import typer

from sync.central.commands.options import Data, Database, OneUnit, Why, by_operator, today
from sync.central.office.audit.acts import acting
from sync.central.office.letterheads import letterhead_of, set_letterhead
from sync.central.store.database import reading
from sync.central.store.facts import existing_database

letterheads_app = typer.Typer(
    help="Letterheads: head, signer, recipients of documents.", no_args_is_help=True
)

_FIELDS = ("above", "body", "name", "code", "place", "signer", "addressed_to", "recipients", "archive")
_Lines = Annotated[list[str] | None, typer.Option(help="Several times, once for each line.")]


def register(app: typer.Typer) -> None:
    """Add these commands to the centre's command line."""
    app.add_typer(letterheads_app, name="letterheads")


@letterheads_app.command("show")
def letterheads_show(data: Data, unit: OneUnit, database: Database = None) -> None:
    """What the documents of a unit have in common: what it decided, else what its name suggests."""
    with reading(existing_database(data, database)) as connection:
        head = letterhead_of(connection, unit, today())
    for field in (*_FIELDS, "form_code"):
        value = getattr(head, field)
        typer.echo(f"{field}: {' / '.join(value) if isinstance(value, tuple) else value}")
    for type, lines in head.signers.items():
        typer.echo(f"signer {type}: {' / '.join(lines)}")


@letterheads_app.command("change")
def letterheads_change(
    data: Data,
    why: Why,
    unit: OneUnit,
    above: Annotated[str | None, typer.Option(help="The body above, in capitals; empty for none.")] = None,
    body: _Lines = None,
    name: Annotated[str, typer.Option(help="The body within a sentence.")] = "",
    code: Annotated[str, typer.Option(help="Its letters in a number, such as UBND.")] = "",
    place: Annotated[str, typer.Option(help="Where documents are signed.")] = "",
    signer: _Lines = None,
    addressed_to: _Lines = None,
    recipients: _Lines = None,
    archive: Annotated[str, typer.Option(help="What follows “Lưu:”.")] = "",
    form_code: Annotated[str, typer.Option(help="Of a quality management system.")] = "",
    leave: Annotated[list[str] | None, typer.Option("--leave", help="A field that is usual again.")] = None,
    database: Database = None,
) -> None:
    """Decide for the documents of a unit; what is not named stays as it is."""
    changes: dict[str, Any] = dict.fromkeys(leave or ())
    if changes.keys() - {*_FIELDS, "signers", "form_code"}:
        raise typer.BadParameter(f"--leave: {', '.join((*_FIELDS, 'signers', 'form_code'))}")
    given = {
        "body": body,
        "name": name,
        "code": code,
        "place": place,
        "signer": signer,
        "addressed_to": addressed_to,
        "recipients": recipients,
        "archive": archive,
        "form_code": form_code,
    }
    changes |= {field: value for field, value in given.items() if value}
    if above is not None:
        changes["above"] = above
    if not changes:
        raise typer.BadParameter("chưa nêu thay đổi nào")
    with acting(existing_database(data, database), by_operator()) as act:
        set_letterhead(act, unit, changes, why)
    for field in sorted(changes):
        typer.echo(f"~ {unit}: {field}")
