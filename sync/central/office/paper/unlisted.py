"""Names that forms have and the catalogue lacks, opened for who brings the catalogue up to date.

They are sealed when a form is keyed. To open those of a lot leaves one line in the audit log.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, select

from sync.central.office.audit.acts import Act
from sync.central.office.paper.lots import Lot, lot_named
from sync.central.office.paper.twice import both_sealed, sealed_of
from sync.central.store.paper_tables import paper_forms
from sync.contract.masking import mask_digits
from sync.contract.problem import ProblemError
from sync.contract.problem.paper import PAPER_WORDS_CLOSED
from sync.contract.response import Sealed
from sync.contract.sealing import Words, open_words


class UnlistedNames(Struct, frozen=True, kw_only=True):
    """What a form names: "" for what it does not, or what the catalogue has."""

    number: int
    procedure: str = ""
    officer: str = ""


class BothKeyings(Struct, frozen=True):
    """What is sealed of the two keyings of a form, by the names of `twice.SEALED`."""

    first: dict[str, Words]
    second: dict[str, Words]


def unlisted_numbers(connection: Connection, lot: str) -> tuple[int, ...]:
    """The numbers of the forms of a lot that name what the catalogue lacks, ascending."""
    return tuple(row.number for row in _rows(connection, lot))


def open_unlisted(act: Act, lot: str, keys: Mapping[str, bytes]) -> tuple[UnlistedNames, ...]:
    """These names. keys: the sealing keys that are here. Raises ProblemError HL5221, HL5235."""
    of = lot_named(act.connection, lot)
    opened = []
    for row in _rows(act.connection, of.id):
        said = _open(sealed_of(row.unlisted), keys, row.number)
        names = {name: mask_digits(str(said.get(name, ""))) for name in ("procedure", "officer")}
        opened.append(UnlistedNames(number=row.number, **names))
    act.note("paper-names", f"paper lot {of.id}", " ".join(str(each.number) for each in opened))
    return tuple(opened)


def open_keyings(act: Act, lot: Lot, number: int, keys: Mapping[str, bytes]) -> BothKeyings:
    """The words of both keyings of a form that waits for a decision. Raises ProblemError HL5233, HL5235."""
    both = both_sealed(act.connection, lot, number)
    opened = BothKeyings(
        {field: _open(first, keys, number) for field, (first, _) in both.items()},
        {field: _open(second, keys, number) for field, (_, second) in both.items()},
    )
    act.note("paper-words", f"paper lot {lot.id}", str(number))
    return opened


def _open(sealed: Sealed | None, keys: Mapping[str, bytes], number: int) -> Words:
    if sealed is None:
        return {}
    if sealed.key not in keys:
        raise ProblemError(PAPER_WORDS_CLOSED(where="number", detail=f"số {number}"))
    return open_words(sealed, keys)


def _rows(connection: Connection, lot: str) -> Sequence[Any]:
    f = paper_forms.c
    query = select(f.number, f.unlisted).where(f.lot == lot, f.unlisted != "").order_by(f.number)
    return connection.execute(query).all()
