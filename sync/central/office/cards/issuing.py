"""Officers' badges and procedure cards: issued, signed, written down, printed.

    python -m sync.central cards --data centre/ --bundle bundle/ --unit h26.kien-hung --kind officers

writes the sheet (PDF, A4, 8 cards a page) and, if asked, each code singly (PNG, SVG), signed with the
centre's newest badge key that counts. Every card gets a serial of its own, printed on it and written to
issued.csv beside the sheet, and to the audit log: a lost card is revoked by putting its serial into the
bundle's revoked.toml. Nothing is written unless every card can be made.
"""

import csv
import io
import os
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from nacl.signing import SigningKey

from sync.central.commands.options import Data, Database, Day, typed_day
from sync.central.office.audit import chain
from sync.central.office.cards.paper import Card, code_png, code_svg, sheet
from sync.central.office.keys.stored import load_keys
from sync.contract.bundle import Bundle, load_bundle
from sync.contract.codes import Code, CodeKind, new_serial, sign_code
from sync.contract.problem import ProblemError, problem
from sync.contract.text import pick
from sync.host.clock import local_now

ISSUED_COLUMNS = ("serial", "kind", "subject", "unit", "expires", "issued")


class Kind(StrEnum):
    """Whom or what cards are for."""

    OFFICERS = "officers"
    PROCEDURES = "procedures"


def make_cards(
    bundle: Bundle,
    kind: Kind,
    unit: str,
    expires: date,
    key: SigningKey,
    random_bytes: Callable[[int], bytes],
    only: Sequence[str] = (),
) -> list[tuple[Code, Card]]:
    """A code and its card for every officer of `unit`, or every procedure, or those in `only`.

    Raises ProblemError HL1005 where the catalogue lacks one, HL3017 where an id is too long for a card.
    """
    catalogue = bundle.catalogue
    office = catalogue.unit(unit)
    if office is None:
        raise ProblemError(problem("HL1005", where="--unit", detail=f"'{unit}'"))
    people = {officer.id: officer for officer in catalogue.officers if officer.unit == unit}
    procedures = {procedure.code: procedure for procedure in catalogue.procedures}
    known = people if kind is Kind.OFFICERS else procedures
    for subject in only:
        if subject not in known:
            raise ProblemError(problem("HL1005", where="--only", detail=f"'{subject}'"))
    made = []
    code_kind: CodeKind = "badge" if kind is Kind.OFFICERS else "procedure"
    for subject in only or known:
        serial = new_serial(random_bytes(5))
        code = Code(kind=code_kind, unit=unit, subject=subject, serial=serial, expires=expires)
        if kind is Kind.OFFICERS:
            name, title = people[subject].name, people[subject].title
        else:
            name, title = pick(procedures[subject].name, "vi"), procedures[subject].field
        text = sign_code(code, key)
        made.append((code, Card(code=code, text=text, name=name, title=title, unit=pick(office.name, "vi"))))
    if not made:
        raise ProblemError(problem("HL1005", where=f"--unit {unit}", detail=f"không có {kind}"))
    return made


def register(app: typer.Typer) -> None:
    """Add the command `cards` to the centre's command line."""
    app.command("cards")(cards)


def cards(
    data: Data,
    bundle: Annotated[Path, typer.Option(help="The bundle folder, with its catalogue.")],
    unit: Annotated[str, typer.Option(help="Code of the unit the cards are for.")],
    kind: Annotated[Kind, typer.Option(help="What the cards are for.")],
    out: Annotated[Path, typer.Option(help="The folder to write to.")] = Path("cards"),
    only: Annotated[str, typer.Option(help="Ids or codes, separated by commas; else all.")] = "",
    expires: Annotated[Day, typer.Option(parser=typed_day, help="Last valid day; else in a year.")] = None,
    png: Annotated[bool, typer.Option(help="Write each code as PNG, too.")] = False,
    svg: Annotated[bool, typer.Option(help="Write each code as SVG, too.")] = False,
    database: Database = None,
) -> None:
    """Write a sheet of signed cards (PDF, A4, 8 a page) for the officers or procedures of a unit."""
    now = local_now()
    last_day = expires or (now + timedelta(days=365)).date()
    if last_day < now.date():
        raise typer.BadParameter(f"--expires {last_day:%d/%m/%Y}: ngày này đã qua, thẻ in ra không dùng được")
    chosen = tuple(item.strip() for item in only.split(",") if item.strip())
    key = load_keys(data / "keys").badge_key()
    made = make_cards(load_bundle(bundle), kind, unit, last_day, key, os.urandom, chosen)
    files = {f"{kind}-{unit}.pdf": sheet([card for _, card in made])}
    for code, card in made:
        name = f"{code.kind}-{code.subject}-{code.serial}"
        if png:
            files[f"{name}.png"] = code_png(card)
        if svg:
            files[f"{name}.svg"] = code_svg(card)
    serials = " ".join(code.serial for code, _ in made)
    chain.note(data, database, now=now, act="cards", subject=f"{unit} {kind}", detail=serials)
    try:
        out.mkdir(parents=True, exist_ok=True)
        _write_down(out / "issued.csv", [code for code, _ in made], now)
        for filename, content in files.items():
            (out / filename).write_bytes(content)
    except OSError as error:
        raise ProblemError(problem("HL3018", where=str(out), detail=error.strerror or "")) from error
    typer.echo(f"{len(made)} thẻ, dùng đến {last_day:%d/%m/%Y}: {out / f'{kind}-{unit}.pdf'}")


def _write_down(path: Path, issued: list[Code], now: datetime) -> None:
    """Add the serials to the list of issued cards, before any card can be printed."""
    text = io.StringIO()
    rows = csv.writer(text)
    if not path.exists():
        rows.writerow(ISSUED_COLUMNS)
    for code in issued:
        rows.writerow(
            [code.serial, code.kind, code.subject, code.unit, code.expires, f"{now:%Y-%m-%dT%H:%MZ}"]
        )
    with path.open("a", encoding="utf-8", newline="") as file:
        file.write(text.getvalue())
        file.flush()
        os.fsync(file.fileno())
