"""Issues officers' badges and procedure cards: signs them, and records their serials.

    python -m sync.central cards --data centre/ --unit h26.kien-hung --kind officers

writes the sheet (PDF, A4, 8 cards a page) and, if asked, each code as a file of its own (PNG, SVG), signed
with the centre's newest valid badge key. Every card gets its own serial, which is printed on it and written
to issued.csv next to the sheet and to the audit log: a lost card is revoked by putting its serial into the
bundle's revoked.toml. Nothing is written unless every card can be made.
"""

import csv
import io
import os
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path

from nacl.signing import SigningKey

from sync.central.office.audit.acts import Act
from sync.central.office.cards.paper import Card, code_png, code_svg, sheet
from sync.contract.catalogue import Catalogue
from sync.contract.codes import Code, CodeKind, new_serial, sign_code
from sync.contract.problem import ProblemError
from sync.contract.problem.files import REFERENCE_DANGLING
from sync.contract.problem.scanning import FILE_UNWRITABLE
from sync.contract.text import pick

ISSUED_COLUMNS = ("serial", "kind", "subject", "unit", "expires", "issued")


class CardKind(StrEnum):
    """What cards are for: officers or procedures."""

    OFFICERS = "officers"
    PROCEDURES = "procedures"


def make_cards(
    catalogue: Catalogue,
    kind: CardKind,
    unit: str,
    expires: date,
    key: SigningKey,
    random_bytes: Callable[[int], bytes],
    only: Sequence[str] = (),
) -> list[tuple[Code, Card]]:
    """A code and its card for every officer of `unit`, or every procedure, or those in `only`.

    Raises ProblemError HL1005 if the catalogue lacks one, HL3017 if an id is too long for a card.
    """
    office = catalogue.unit(unit)
    if office is None:
        raise ProblemError(REFERENCE_DANGLING(where="--unit", detail=f"'{unit}'"))
    people = {officer.id: officer for officer in catalogue.officers if officer.unit == unit}
    procedures = {procedure.code: procedure for procedure in catalogue.procedures}
    known = people if kind is CardKind.OFFICERS else procedures
    for subject in only:
        if subject not in known:
            raise ProblemError(REFERENCE_DANGLING(where="--only", detail=f"'{subject}'"))
    made = []
    code_kind: CodeKind = "badge" if kind is CardKind.OFFICERS else "procedure"
    for subject in only or known:
        serial = new_serial(random_bytes(5))
        code = Code(kind=code_kind, unit=unit, subject=subject, serial=serial, expires=expires)
        if kind is CardKind.OFFICERS:
            name, title = people[subject].name, people[subject].title
        else:
            name, title = pick(procedures[subject].name, "vi"), procedures[subject].field
        text = sign_code(code, key)
        made.append((code, Card(code=code, text=text, name=name, title=title, unit=pick(office.name, "vi"))))
    if not made:
        raise ProblemError(REFERENCE_DANGLING(where=f"--unit {unit}", detail=f"không có {kind}"))
    return made


def issue(act: Act, kind: CardKind, unit: str, made: Sequence[tuple[Code, Card]]) -> None:
    """Record the serials of these cards as issued; commit it before any of them can be printed."""
    act.note("cards", f"{unit} {kind}", " ".join(code.serial for code, _ in made))


def card_files(
    kind: CardKind, unit: str, made: Sequence[tuple[Code, Card]], *, png: bool, svg: bool
) -> dict[str, bytes]:
    """The sheet, and each code as a file of its own if asked for: name -> content."""
    files = {sheet_name(kind, unit): sheet([card for _, card in made])}
    for code, card in made:
        name = f"{code.kind}-{code.subject}-{code.serial}"
        if png:
            files[f"{name}.png"] = code_png(card)
        if svg:
            files[f"{name}.svg"] = code_svg(card)
    return files


def sheet_name(kind: CardKind, unit: str) -> str:
    """The name of the sheet's file."""
    return f"{kind}-{unit}.pdf"


def write_cards(folder: Path, files: Mapping[str, bytes], issued: Sequence[Code], now: datetime) -> None:
    """Write the list of serials, then the files; raises ProblemError HL3018."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _write_down(folder / "issued.csv", issued, now)
        for name, content in files.items():
            (folder / name).write_bytes(content)
    except OSError as error:
        raise ProblemError(FILE_UNWRITABLE(where=str(folder), detail=error.strerror or "")) from error


def _write_down(path: Path, issued: Sequence[Code], now: datetime) -> None:
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
