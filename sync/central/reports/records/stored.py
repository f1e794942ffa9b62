"""Documents as they are stored, and what was done with each."""

import hashlib
from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, Row, Select, exists, select

from sync.central.reports.asked import Asked
from sync.central.reports.records.stages import LIVING, State
from sync.central.store.issuing import report_steps, reports
from sync.contract.plan import VIET_NAM
from sync.contract.problem import ProblemError
from sync.contract.problem.centre import REPORT_UNKNOWN


class Report(Struct, frozen=True, kw_only=True):
    """A document of one period.

    revision: how often it was revised, or a response in it removed. printed: the number that it was approved
    with, as the signed paper has it. revises: the report that it takes the place of, 0 for none. why: the
    reason for that. figures: canonical JSON, read at `figures_at`. words: by id, only what somebody wrote.
    digest: of the frozen figures, "" before approval. drafted_by: as the audit log names people.
    sent_number, sent_day: of the signed paper, "" and None until it was sent. withheld: rows that copies for
    others don't say, as it was decided with the approval, see issuing/small_cells.py.
    """

    id: int
    asked: Asked
    revision: int
    printed: int
    revises: int
    why: str
    state: State
    figures: bytes
    figures_at: datetime
    words: dict[str, str]
    digest: str
    drafted_by: str
    sent_number: str
    sent_day: date | None
    withheld: frozenset[tuple[str, str, str]] = frozenset()

    @property
    def issued(self) -> bool:
        """Whether it was sent or published."""
        return bool(self.sent_number) or self.state == "published"

    def lacks_days(self, today: date, *, ahead: bool) -> bool:
        """Whether it is a draft whose period has ended since its figures were read.

        ahead: its kind is written before its period.
        """
        read_on = self.figures_at.astimezone(VIET_NAM).date()
        return self.state == "draft" and not ahead and read_on <= self.asked.last < today

    @property
    def read(self) -> str:
        """What a person has read, in short: it changes with every change of figures, words or state."""
        parts = (self.state, self.revision, self.sent_number, self.figures, sorted(self.words.items()))
        return hashlib.sha256(repr(parts).encode()).hexdigest()[:32]


class HistoryStep(Struct, frozen=True, kw_only=True):
    """One thing that was done. who: as the audit log names people, "" for what happened by itself."""

    step: str
    who: str
    at: datetime
    revision: int
    note: str


class Issue(Struct, frozen=True):
    """One report of a period with its history; why: the reason of a revision, "" for the first one."""

    history: tuple[HistoryStep, ...]
    why: str


def read_report(connection: Connection, id: int) -> Report:
    """The report with this number; raises ProblemError HL5160."""
    row = connection.execute(_stored().where(reports.c.id == id)).first()
    if row is None:
        raise ProblemError(REPORT_UNKNOWN(where="report", detail=str(id)))
    return _report(row)


def list_reports(
    connection: Connection,
    units: Collection[str],
    *,
    kinds: Collection[str] = (),
    states: Collection[State] = (),
    limit: int = 200,
) -> list[Report]:
    """The reports of these units ("" for the whole centre), the latest period first."""
    c = reports.c
    query = _stored().where(c.unit.in_(units))
    if kinds:
        query = query.where(c.kind.in_(kinds))
    if states:
        query = query.where(c.state.in_(states))
    rows = connection.execute(query.order_by(c.last_day.desc(), c.id.desc()).limit(limit))
    return [_report(row) for row in rows]


def same_period(connection: Connection, asked: Asked) -> list[Report]:
    """All reports of this kind, unit, plan and period, the first first."""
    c = reports.c
    query = _stored().where(
        c.kind == asked.kind,
        c.unit == asked.unit,
        c.first_day == asked.first.isoformat(),
        c.last_day == asked.last.isoformat(),
        c.plan == asked.plan,
        c.plan_group == asked.group,
    )
    return [_report(row) for row in connection.execute(query.order_by(c.id))]


def of_these_days(connection: Connection, unit: str, first: date, last: date) -> list[Report]:
    """All reports of this unit that touch these days, of whatever kind, the first first."""
    c = reports.c
    touching = (c.first_day <= last.isoformat(), c.last_day >= first.isoformat())
    query = _stored().where(c.unit == unit, *touching).order_by(c.id)
    return [_report(row) for row in connection.execute(query)]


def public_of(
    connection: Connection, unit: str, first: date, last: date, kinds: Collection[str]
) -> Report | None:
    """The newest report that the public may read of this unit and period; None if there never was one.

    One that was published and taken back is found too, if no other takes its place. kinds: those that are
    published.
    """
    c = reports.c
    published = exists().where(report_steps.c.report == c.id, report_steps.c.step == "publish")
    query = (
        _stored()
        .where(
            c.unit == unit,
            c.first_day == first.isoformat(),
            c.last_day == last.isoformat(),
            c.kind.in_(kinds),
            c.state.in_(("published", "withdrawn")),
            published,
        )
        .order_by(c.state, c.id.desc())  # “published” comes before “withdrawn”
    )
    row = connection.execute(query).first()
    return _report(row) if row else None


def issued_of(found: Sequence[Report]) -> Report | None:
    """The one of a period's reports that says what its figures are: public, else sent; None without one."""
    newest_first = [*reversed(found)]
    return next(
        (each for state in ("published", "sent") for each in newest_first if each.state == state), None
    )


def published_of(connection: Connection, unit: str, first: date, last: date) -> list[Report]:
    """The reports of any kind that are public now at the address of this unit and period."""
    c = reports.c
    query = _stored().where(
        c.unit == unit,
        c.first_day == first.isoformat(),
        c.last_day == last.isoformat(),
        c.state == "published",
    )
    return [_report(row) for row in connection.execute(query.order_by(c.id))]


def revised_by(connection: Connection, report: Report) -> list[Report]:
    """All that this report takes the place of: the one that it revises, what that one revises, and so on."""
    earlier = []
    while report.revises:
        report = read_report(connection, report.revises)
        earlier.append(report)
    return earlier


def living_of(found: Sequence[Report]) -> tuple[Report, ...]:
    """Those that were neither replaced nor withdrawn."""
    return tuple(report for report in found if report.state in LIVING)


def history_of(connection: Connection, ids: Collection[int]) -> list[HistoryStep]:
    """What was done with these reports, in its order."""
    query = select(report_steps).where(report_steps.c.report.in_(ids)).order_by(report_steps.c.position)
    return [
        HistoryStep(
            step=row.step,
            who=row.who,
            at=datetime.fromisoformat(row.at),
            revision=row.revision,
            note=row.note,
        )
        for row in connection.execute(query)
    ]


def issues_of(connection: Connection, asked: Asked) -> tuple[Issue, ...]:
    """All reports of this kind, unit and period with their history, the first first."""
    return tuple(
        Issue(tuple(history_of(connection, [report.id])), report.why)
        for report in same_period(connection, asked)
    )


def _stored() -> Select[Any]:
    """Reports, each with the revision of its last approval."""
    c = report_steps.c
    approved = select(c.revision).where(c.report == reports.c.id, c.step == "approve")
    last = approved.order_by(c.position.desc()).limit(1).scalar_subquery()
    return select(reports, last.label("approved_as"))


def _report(row: Row[Any]) -> Report:
    return Report(
        id=row.id,
        asked=Asked(
            kind=row.kind,
            unit=row.unit,
            first=date.fromisoformat(row.first_day),
            last=date.fromisoformat(row.last_day),
            plan=row.plan,
            group=row.plan_group,
        ),
        revision=row.revision,
        # Before its approval, and once it was given back, no paper of it is signed.
        printed=row.revision if not row.digest or row.approved_as is None else row.approved_as,
        revises=row.revises or 0,
        why=row.why,
        state=row.state,
        figures=row.figures.encode(),
        figures_at=datetime.fromisoformat(row.figures_at),
        words=msgspec.json.decode(row.words, type=dict[str, str]),
        digest=row.digest,
        drafted_by=row.drafted_by,
        sent_number=row.sent_number,
        sent_day=date.fromisoformat(row.sent_day) if row.sent_day else None,
        withheld=msgspec.json.decode(row.withheld, type=frozenset[tuple[str, str, str]]),
    )
