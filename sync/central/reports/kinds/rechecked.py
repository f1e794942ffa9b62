"""What re-checks of interviews showed, as documents say it: by interviewer, whose name is in none of them."""

from collections.abc import Iterator

from msgspec import Struct
from sqlalchemy import Connection

from sync.central.office.interviews.again import checked_of
from sync.contract.plan import Plan


class CheckedInterviewer(Struct, frozen=True, kw_only=True):
    """The re-checks of one interviewer. code: of their account, in place of a name."""

    code: str
    asked: int
    checked: int
    same: int
    level: int
    more: int
    never: int


def checked_interviewers(connection: Connection, plan: Plan) -> Iterator[CheckedInterviewer]:
    """The re-checks of everybody who asked people for this plan."""
    for each in checked_of(connection, plan):
        yield CheckedInterviewer(
            code=f"DTV-{each.account}",
            asked=each.asked,
            checked=each.done,
            same=each.results.get("same", 0),
            level=each.results.get("level", 0),
            more=each.results.get("more", 0),
            never=each.results.get("never", 0),
        )
