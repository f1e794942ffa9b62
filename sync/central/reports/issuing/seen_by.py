"""Who has seen a document that is distributed within an office.

Asked are the people with a role at its unit today that lets them open it. A document that is given back to be
written on loses its marks (acts.py): what is approved then is another text.
"""

from datetime import date

from msgspec import Struct
from sqlalchemy import Connection, insert, select

from sync.central.office.audit.acts import Act
from sync.central.office.people.at_units import people_at
from sync.central.reports.records.stages import FROZEN
from sync.central.reports.records.stored import read_report
from sync.central.store.database import one_at_a_time
from sync.central.store.issuing import notice_reads
from sync.contract.problem import ProblemError
from sync.contract.problem.centre import REPORT_STEP_WRONG


class Readers(Struct, frozen=True, kw_only=True):
    """How many people are asked to read a document, how many have, and whether this person has.

    waiting: the names of those who have not, in their order. asked: this person is one of them all.
    """

    all: int
    seen: int
    waiting: tuple[str, ...]
    asked: bool
    own: bool


def readers_of(connection: Connection, report: int, unit: str, account: int, day: date) -> Readers:
    """Who is asked to read this document of the unit on `day`, and who has."""
    people = people_at(connection, [unit], "see-reports", day).get(unit, {})
    marks = select(notice_reads.c.account).where(notice_reads.c.report == report)
    have = set(connection.execute(marks).scalars())
    return Readers(
        all=len(people),
        seen=len(have & set(people)),
        waiting=tuple(name for id, name in people.items() if id not in have),
        asked=account in people,
        own=account in have,
    )


def mark_seen(act: Act, report: int, account: int) -> None:
    """Note that this account has seen the document; a second time changes nothing.

    Raises ProblemError HL5160, or HL5163 for a draft.
    """
    one_at_a_time(act.connection)
    if read_report(act.connection, report).state not in FROZEN:
        raise ProblemError(REPORT_STEP_WRONG(where="seen", detail="báo cáo chưa được phê duyệt"))
    c = notice_reads.c
    there = select(c.at).where(c.report == report, c.account == account)
    if act.connection.execute(there).first() is not None:
        act.undo()
        return
    row = {"report": report, "account": account, "at": act.now.isoformat()}
    act.connection.execute(insert(notice_reads).values(row))
    act.note("report-seen", str(report))
