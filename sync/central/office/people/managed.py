"""The accounts that somebody manages: those with a role at a unit at which this person manages people.

An account without any role is managed with the whole centre. Of a role elsewhere, a manager learns only that
there is one, because the account is then not theirs alone to change.
"""

from collections.abc import Iterable
from datetime import date

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Connection

from sync.central.office.people.accounts import AccountStatus, account_status, list_accounts
from sync.central.office.people.permissions import Person
from sync.central.office.people.rights import manages, places_of
from sync.contract.problem import ProblemError
from sync.contract.problem.centre import ACCOUNT_UNKNOWN


class Managed(Struct, frozen=True, kw_only=True):
    """An account with its roles at units of the manager. whole: it has none elsewhere."""

    status: AccountStatus
    whole: bool


def managed_accounts(connection: Connection, manager: Person, day: date) -> list[Managed]:
    """All of them, also those that have ended, by their names for signing in."""
    return _managed(connection, manager, day, list_accounts(connection))


def managed_account(connection: Connection, manager: Person, account: int, day: date) -> Managed:
    """One of them; raises ProblemError HL5100 for a foreign one as for one that there is not."""
    shown = _managed(connection, manager, day, [account_status(connection, account)])
    if not shown:
        raise ProblemError(ACCOUNT_UNKNOWN(detail=str(account)))
    return shown[0]


def _managed(
    connection: Connection, manager: Person, day: date, accounts: Iterable[AccountStatus]
) -> list[Managed]:
    held = [(status, places_of(status.person)) for status in accounts]
    units = frozenset[str]().union(*(places for _, places in held))
    mine = {unit for unit in units if manages(connection, manager, unit, day)}
    return [
        Managed(
            status=replace(
                status,
                person=replace(
                    status.person, roles=tuple(each for each in status.person.roles if each.unit in mine)
                ),
            ),
            whole=places <= mine,
        )
        for status, places in held
        if places & mine
    ]
