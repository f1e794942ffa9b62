"""Whether the codes in a filter exist: a mistyped code must not look like "there were none"."""

from collections.abc import Collection, Mapping
from difflib import get_close_matches

from sqlalchemy import Connection, select

from sync.central.office.names import Names
from sync.central.store.schema import rollups, units
from sync.contract.problem import ProblemError
from sync.contract.problem.wire import FILTER_CODE_UNKNOWN

_FEW = 8


def check_known(connection: Connection, names: Names, asked: Mapping[str, str], *, over: bool) -> None:
    """Raise ProblemError HL4038 for the first of these (parameter -> code, "" for none) that is unknown.

    A code is known if any configuration, imported list or stored response has it. over: only responses of
    days that are over.
    """
    for parameter, code in asked.items():
        if code and not _counted(connection, parameter, code, over):
            there = _configured(connection, names, parameter)
            if code not in there:
                raise ProblemError(FILTER_CODE_UNKNOWN(where=parameter, detail=_detail(code, there)))


def _counted(connection: Connection, parameter: str, code: str, over: bool) -> bool:
    query = select(rollups.c.n).where(rollups.c.grain == _GRAINS[parameter], rollups.c[parameter] == code)
    if over:
        query = query.where(rollups.c.closes == "")
    return connection.execute(query.limit(1)).first() is not None


# The coarsest counts that have each of these as a column.
_GRAINS = {"unit": "M", "survey": "M", "procedure": "MP", "officer": "MO"}


def _configured(connection: Connection, names: Names, parameter: str) -> Collection[str]:
    if parameter == "unit":
        return set(connection.execute(select(units.c.code).distinct()).scalars())
    if parameter == "survey":
        return {id for id, _ in names.surveys}
    return names.procedures if parameter == "procedure" else names.officers


def _detail(code: str, there: Collection[str]) -> str:
    near = get_close_matches(code, there, 3)
    if near:
        return f"không có “{code}”; gần nhất: {', '.join(near)}"
    shown = ", ".join(sorted(there)[:_FEW]) + (" …" if len(there) > _FEW else "")
    return f"không có “{code}”; hiện có: {shown or 'chưa có gì'}"
