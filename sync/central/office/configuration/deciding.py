"""What every act on a configuration begins with: a unit that exists, and a reason."""

from collections.abc import Iterable
from typing import Any, TypeVar

import msgspec
from sqlalchemy import Connection

from sync.central.office.audit.acts import Act
from sync.central.office.units.revisions import all_changed
from sync.central.office.units.stored import is_unit
from sync.central.office.units.tree import CENTRE
from sync.contract.decoding import reason_and_key
from sync.contract.problem import ProblemError
from sync.contract.problem.centre import REASON_MISSING, ROW_UNKNOWN, UNIT_UNKNOWN
from sync.contract.problem.files import ENTRY_INVALID

T = TypeVar("T")


def begin(act: Act, why: str, *units: str) -> None:
    """Note that the configuration of these units changes, before anything is read.

    Where what is read says which units they are, it is called before with none, and then with these.

    Raises ProblemError: HL5011 for a unit that there is not, HL5071 without a reason.
    """
    if not why.strip():
        raise ProblemError(REASON_MISSING(where="--why"))
    all_changed(act.connection, units, act.now)
    check_units(act.connection, units)


def check_units(connection: Connection, units: Iterable[str]) -> None:
    """Raise ProblemError HL5011 for a unit that there is not; CENTRE always is."""
    for unit in units:
        if unit != CENTRE and not is_unit(connection, unit):
            raise ProblemError(UNIT_UNKNOWN(where="--unit", detail=unit))


def not_there(noun: str, id: str) -> ProblemError:
    """The problem HL5072 of an entry that there is not."""
    return ProblemError(ROW_UNKNOWN(where=f"{noun} {id}"))


def checked(type: type[T], noun: str, **values: Any) -> T:
    """An entry made of what a person typed; raises ProblemError HL1003 naming the field that is wrong."""
    try:
        return msgspec.convert(values, type, from_attributes=True)
    except msgspec.ValidationError as error:
        reason, key = reason_and_key(error)
        raise ProblemError(ENTRY_INVALID(where=f"{noun}: {key}", detail=reason)) from error
