"""Permanent removal: one response on request, or all that are past their plan's retention.

Promises:
- a removed response is in no table any more, and neither are its corrections, other keyings of its paper
  form, copies that were set aside, a second answer of its handover, and what was done about its words, and
  what it raised; a list no longer knows that somebody on it gave it;
- a digest of its id stays: a tablet that sends it again gets the answer "duplicate" and nothing is stored;
- what stays holds only the day of the removal: neither the id, which contains the moment in which the
  response was made, nor its device, once the tablets have erased it (erasure_list.py);
- for a response that is forgotten on request, the tablets are asked to erase it too (erasure_list.py);
- SQLite overwrites the bytes of what it deletes (secure_delete), and the write-ahead log is emptied after
  that: by the command that removes, by every nightly purge, and, for what devices give back after a restore,
  within minutes, without blocking a writer (housekeeping.py);
- PostgreSQL recycles its log at the same times, if its settings and rights are those of
  deploy/server/README.md; another server keeps the bytes until it reuses that part of the log;
- the retention of a response begins when it arrives, by the centre's clock: the tablet's may be years off;
  its corrections are removed with it;
- the days are those of the plan that the response names, even if that plan was withdrawn since;
  a response that names no plan is kept for the longest time of the plans that it counts for;
- a response that names a plan no bundle ever had is never purged, because its days are not known;
- every document that counts a response forgotten on request says that one was removed (reported.py);
- every removal is in the audit log, with numbers and reasons, never with content.

Older backups still contain it: keep them no longer than the law allows.
"""

import sqlite3
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from msgspec import Struct
from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    delete,
    exists,
    false,
    func,
    insert,
    literal,
    or_,
    select,
)
from sqlalchemy.exc import DBAPIError

from sync.central.intake.ingest import REPEATED
from sync.central.office import erasure_list, returned
from sync.central.office.alerts.moving import remove_alerts, remove_old
from sync.central.office.audit import chain
from sync.central.office.audit.acts import Act, By, acting
from sync.central.office.corrections import related
from sync.central.office.letter_rows import empty_letters
from sync.central.office.noted_reports import note_forgotten
from sync.central.office.paper_kept import forget_responses, same_forms
from sync.central.office.planning_kept import empty_trainings
from sync.central.office.plans import every_plan
from sync.central.office.sample.emptying import empty_lists, let_responses_go
from sync.central.store import days_over, partitions, rollups
from sync.central.store.database import one_at_a_time, reading, writing
from sync.central.store.first_answers import release
from sync.central.store.membership import in_plan
from sync.central.store.plan_tables import plan_closings
from sync.central.store.response_digest import digest_of, find_ids, is_digest
from sync.central.store.schema import (
    devices,
    gone,
    remark_steps,
    remarks,
    responses,
    set_aside,
    tombstones,
)
from sync.central.store.schema import returned as returned_results
from sync.contract.ids import is_response_id
from sync.contract.masking import mask_digits
from sync.contract.plan import VIET_NAM, Plan
from sync.contract.problem import ProblemError
from sync.contract.problem.centre import DELETION_UNFINISHED, RESPONSE_ID_INVALID, RESPONSE_UNKNOWN
from sync.contract.response import Sealed
from sync.contract.sealing import open_words
from sync.contract.text import without_marks
from sync.contract.tombstones import Tombstone, check_tombstone

# Days of retention without a plan: the same as the default of plans.
USUAL_DAYS = 730
CHUNK = 1000  # responses per transaction, so that devices do not wait long


class Due(Struct, frozen=True):
    """Responses of one plan ("" for those that name none) that are past their retention.

    before: the first day of arrival that is kept.
    """

    plan: str
    days: int
    before: date
    count: int


def forget(act: Act, *, id: str, reason: str = "", not_here_yet: bool = False) -> int:
    """Remove one person's response and its corrections.

    id: or its digest, as in the audit log, if the response is here. not_here_yet: the tablet has not sent it;
    it will be refused then. Returns how many responses were here.

    Raises:
        ProblemError: HL5025 for an id that no response can have, HL5012 for an unknown one.

    """
    connection = act.connection
    if not (is_response_id(id) or is_digest(id)):
        raise ProblemError(RESPONSE_ID_INVALID(where="response", detail=id))
    one_at_a_time(connection)
    if is_digest(id):
        id = _named(connection, id)
    if not not_here_yet and not _is_known(connection, id):
        raise ProblemError(
            RESPONSE_UNKNOWN(where="response", detail=f"{id}; nếu máy chưa gửi: --not-here-yet")
        )
    ids = _together(connection, id)
    erasure_list.ask(connection, ids, act.now)
    count = remove(connection, ids, reason="forgotten", now=act.now)
    act.note("forget", digest_of(id), f"{count} {mask_digits(reason)}".strip())
    return count


def _named(connection: Connection, digest: str) -> str:
    """The id of the response with this digest; raises ProblemError HL5012 if there is none."""
    for id in find_ids(connection, {digest}):
        return id
    raise ProblemError(RESPONSE_UNKNOWN(where="response", detail=digest))


def _together(connection: Connection, *ids: str) -> list[str]:
    """These with their corrections, with what else was keyed from the same paper forms, and with second
    answers of their handovers, which would else be first.
    """
    found = related(connection, *ids)
    found = related(connection, *found, *same_forms(connection, found))
    second = (set_aside.c.status == REPEATED) & set_aside.c.detail.in_(found)
    return sorted(found.union(connection.execute(select(set_aside.c.id).where(second)).scalars()))


def _is_known(connection: Connection, id: str) -> bool:
    """Whether a response with this id is here, is set aside, or was removed before."""
    places = (responses.c.id == id, set_aside.c.id == id, gone.c.digest == digest_of(id))
    return any(connection.execute(select(literal(1)).where(each)).first() for each in places)


def take_back(
    connection: Connection,
    device: str,
    known: Sequence[Tombstone],
    trusted: dict[str, bytes],
    now: datetime,
) -> int:
    """Forget again what a device was asked to erase before a restore; how many responses were removed.

    A tombstone that none of our keys (id -> public key) has signed is ignored.
    """
    given = {digest_of(each.id): each.id for each in known if _is_ours(each, trusted)}
    one_at_a_time(connection)
    here = select(tombstones.c.digest).where(tombstones.c.digest.in_(given))
    for digest in connection.execute(here).scalars():
        del given[digest]
    ids = _together(connection, *given.values())
    erasure_list.ask(connection, ids, now)
    count = remove(connection, ids, reason="forgotten", now=now)
    for id in ids:
        detail = "again after a restore"
        chain.record(connection, now=now, who=device, act="forget", subject=digest_of(id), detail=detail)
    return count


def _is_ours(tombstone: Tombstone, trusted: dict[str, bytes]) -> bool:
    try:
        check_tombstone(tombstone, trusted)
    except ProblemError:
        return False
    return True


def remove(connection: Connection, ids: Sequence[str], *, reason: str, now: datetime) -> int:
    """Remove these responses permanently in the open write transaction; how many were here."""
    if not ids:
        return 0
    # Storing a batch locks its device's row: with all rows locked, no batch comes in while ids are noted.
    connection.execute(select(devices.c.id).order_by(devices.c.id).with_for_update()).all()
    keep_away(connection, [digest_of(id) for id in ids], reason=reason, now=now)
    if reason == "forgotten":
        note_forgotten(connection, ids, now)
    rollups.take_back(connection, ids)
    days_over.remove(connection, ids)
    connection.execute(delete(remark_steps).where(remark_steps.c.remark.in_(ids)))
    connection.execute(delete(remarks).where(remarks.c.id.in_(ids)))
    remove_alerts(connection, ids)
    forget_responses(connection, ids)
    let_responses_go(connection, ids)
    release(connection, ids)
    connection.execute(delete(set_aside).where(set_aside.c.id.in_(ids)))
    return int(connection.execute(delete(responses).where(responses.c.id.in_(ids))).rowcount)


def keep_away(connection: Connection, digests: Sequence[str], *, reason: str, now: datetime) -> None:
    """Refuse responses with one of these digests from now on, from any device."""
    for first in range(0, len(digests), CHUNK):
        some = set(digests[first : first + CHUNK])
        some -= set(connection.execute(select(gone.c.digest).where(gone.c.digest.in_(some))).scalars())
        if some:
            day = now.date().isoformat()
            rows = [{"digest": digest, "reason": reason, "day": day} for digest in sorted(some)]
            connection.execute(insert(gone), rows)


def scrub(engine: Engine) -> bool:
    """Clear removed rows from the files of the database, as far as the database can.

    Returns whether all was cleared: False if long readers kept SQLite from emptying its log.

    Raises:
        ProblemError: HL5026 if the disk does not allow it; the rows stay removed.

    """
    try:
        if engine.dialect.name == "postgresql":
            with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                # Autovacuum doesn't analyse a partitioned parent, which has statistics of its own.
                connection.exec_driver_sql(
                    "VACUUM (ANALYZE) responses, set_aside, gone, tombstones, remarks, remark_steps, "
                    "alerts, alert_steps, paper_forms, paper_seconds, letters, frame_people, drawn_people, "
                    "first_answers"
                )
                _leave_log(connection)
            return True
        pooled = engine.raw_connection()
        try:
            driver: Any = pooled.driver_connection
            (busy, *_) = driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            return not busy
        finally:
            pooled.close()
    except (DBAPIError, sqlite3.Error) as error:
        # Only the kind of error: a database's message can quote a row.
        raise ProblemError(DELETION_UNFINISHED(detail=type(error).__name__)) from error


class Scrubbing:
    """Whether something was removed in this process that is still in the files.

    A restart in between does no harm: the nightly purge always scrubs, even if it removes nothing.
    """

    def __init__(self) -> None:
        self._wanted = False

    def ask(self) -> None:
        """Report that something was removed."""
        self._wanted = True

    def run(self, engine: Engine) -> None:
        """Scrub the files if something was removed since the last time; raises ProblemError HL5026."""
        if not self._wanted:
            return
        self._wanted = False  # before scrubbing: what is removed meanwhile is scrubbed next time
        done = False
        try:
            done = scrub(engine)
        finally:
            self._wanted |= not done


def _leave_log(connection: Connection) -> None:
    """Let PostgreSQL recycle the parts of its log that hold removed rows, if this user has the right."""
    may_switch = "has_function_privilege('pg_switch_wal()', 'EXECUTE')"
    may_checkpoint = "pg_has_role('pg_checkpoint', 'USAGE')"
    if connection.exec_driver_sql(f"SELECT {may_switch} AND {may_checkpoint}").scalar_one():
        connection.exec_driver_sql("SELECT pg_switch_wal()")
        connection.exec_driver_sql("CHECKPOINT")


class ContactMatch(Struct, frozen=True):
    """A response that contains the contact details that were searched for."""

    id: str
    day: str
    unit: str


def find_contact(engine: Engine, by: By, wanted: str, keys: Mapping[str, bytes]) -> list[ContactMatch]:
    """The responses whose contact details hold `wanted`, a telephone number or another whole field.

    There is no index of people, on purpose, so every sealed box has to be opened. An index leads to the
    responses that have a box; no others are read. keys: the sealing keys.
    """
    with reading(engine) as connection:
        matches = _search(connection, wanted, keys)
    with acting(engine, by) as act:
        act.note("find-contact", str(len(matches)), " ".join(match.id for match in matches))
    return matches


def _search(connection: Connection, wanted: str, keys: Mapping[str, bytes]) -> list[ContactMatch]:
    query = select(responses).where(responses.c.sealed_box.is_not(None))
    matches = []
    for row in connection.execution_options(yield_per=1000).execute(query):
        try:
            words = open_words(Sealed(row.sealed_key, row.sealed_box), keys)
        except ProblemError:
            continue
        fields = [field for value in words.values() if isinstance(value, dict) for field in value.values()]
        if _plain(wanted) in [_plain(field) for field in fields]:
            matches.append(ContactMatch(row.id, row.day, row.unit))
    return matches


def _plain(text: str) -> str:
    """A telephone number in one normal form, or any other text without capitals and marks.

    A person who types a name may leave out its tones, and one name has several spellings (hoà, hòa).
    """
    digits = "".join(character for character in text if character.isdigit())
    if len(digits) >= 9 and not any(character.isalpha() for character in text):
        return f"0{digits[2:]}" if digits.startswith("84") else digits
    return without_marks(text)


# --- retention ---------------------------------------------------------------------------------------


def retention(connection: Connection) -> dict[str, Plan]:
    """Every plan ever issued, in its last wording: its retention applies after it was withdrawn too."""
    return {id: issued.plan for id, issued in every_plan(connection).items()}


def due(
    connection: Connection, plans: Mapping[str, Plan], today: date, usual: int = USUAL_DAYS
) -> tuple[Due, ...]:
    """What a purge would remove now, plan by plan; `usual`: days for responses without a plan."""
    days = {id: plan.retention_days for id, plan in plans.items()}
    per_plan = []
    for plan, kept in [*sorted(days.items()), ("", usual)]:
        query = select(func.count()).select_from(responses).where(_past(plan, plans, today, usual))
        before = today - timedelta(days=kept)
        per_plan.append(Due(plan, kept, before, int(connection.execute(query).scalar_one())))
    return tuple(per_plan)


def without_rule(connection: Connection, plans: Mapping[str, Plan]) -> dict[str, int]:
    """How many responses name a plan that no bundle ever had, by plan id: no purge removes them."""
    unknown = responses.c.plan.not_in([*plans, ""])  # never true where a response names none
    query = select(responses.c.plan, func.count()).where(unknown).group_by(responses.c.plan)
    return {row[0]: row[1] for row in connection.execute(query.order_by(responses.c.plan))}


def due_without_plan(connection: Connection, now: datetime, usual: int = USUAL_DAYS) -> dict[str, int]:
    """How many rows without a plan a purge would remove now: set aside, and results returned."""
    of_lists = func.coalesce(func.sum(returned_results.c.n), 0)
    before = (now.date() - timedelta(days=usual)).isoformat()
    queries = {
        "set aside": select(func.count()).where(_old_set_aside(now, usual)),
        "returned": select(of_lists).where(returned_results.c.day < before),
    }
    return {name: int(connection.execute(query).scalar_one()) for name, query in queries.items()}


def _old_set_aside(now: datetime, usual: int) -> ColumnElement[bool]:
    return set_aside.c.received_at < int((now - timedelta(days=usual)).timestamp() * 1000)


def purge(engine: Engine, by: By, *, usual: int = USUAL_DAYS, keys: Path | None = None) -> tuple[Due, ...]:
    """Remove what is past its retention in small transactions; returns what was due when this began.

    keys: the folder of the centre's keys, to remove the lists of people of plans that are over. The plan of a
    response that was set aside can't be trusted, and results returned have none: both are kept for `usual`
    days.
    """
    today = by.now.date()
    with reading(engine) as connection:
        plans = retention(connection)
        found = due(connection, plans, today, usual)
    for one in found:
        past = _past(one.plan, plans, today, usual)
        while _purge_some(engine, one, past, by):
            pass
    _purge_others(engine, by, usual)
    with reading(engine) as connection:
        ended = _ended(connection, plans)
    if keys is not None:
        with acting(engine, by) as act:
            empty_lists(act, keys, ended)
    with acting(engine, by) as act:
        empty_letters(act, ended)
    with acting(engine, by) as act:
        empty_trainings(act, ended)
    # Scrubbing comes before dropping months: other sessions can block the drop, and an empty month can wait.
    scrub(engine)
    with partitions.unless_held(), writing(engine) as connection:
        partitions.drop_empty(connection, by.now)
    return found


def _ended(connection: Connection, plans: Mapping[str, Plan]) -> dict[str, date]:
    """When each plan ended: on the day it was closed, else the last one of its windows."""
    closings = connection.execute(select(plan_closings.c.plan, plan_closings.c.closed_at))
    closed = {plan: datetime.fromisoformat(at).astimezone(VIET_NAM).date() for plan, at in closings}
    last = {id: plan.last_day for id, plan in plans.items()}
    return {id: day for id, day in last.items() if day is not None} | closed


def _purge_others(engine: Engine, by: By, usual: int) -> None:
    """Purge what was set aside, results returned, closed alerts, and the ids of old requests to erase."""
    before = by.now.date() - timedelta(days=usual)
    with acting(engine, by) as act:
        connection = act.connection
        one_at_a_time(connection)
        old = _old_set_aside(act.now, usual)
        # Digests of responses that are nowhere else are kept, as for stored ones: else the device would send
        # them again.
        nowhere = ~exists().where(responses.c.id == set_aside.c.id)
        ids = connection.execute(select(set_aside.c.id).where(old, nowhere).distinct()).scalars()
        keep_away(connection, sorted(map(digest_of, ids)), reason="retention", now=act.now)
        aside = connection.execute(delete(set_aside).where(old)).rowcount
        if aside:
            act.note("purge", "set aside", f"{aside} before {before}")
        results = returned.purge(connection, before)
        if results:
            act.note("purge", "returned", f"{results} before {before}")
        old_alerts = remove_old(connection, before)
        if old_alerts:
            act.note("purge", "alerts", f"{old_alerts} before {before}")
        if not aside and not results and not old_alerts:
            act.undo()
    with writing(engine) as connection:
        erasure_list.let_go(connection, asked_before=before)


def _purge_some(engine: Engine, one: Due, past: ColumnElement[bool], by: By) -> int:
    with acting(engine, by) as act:
        connection = act.connection
        one_at_a_time(connection)
        query = select(responses.c.id).where(past).limit(CHUNK)
        ids = _together(connection, *connection.execute(query).scalars())
        count = remove(connection, ids, reason="retention", now=act.now)
        if count:
            act.note("purge", one.plan, f"{count} before {one.before}")
        else:
            act.undo()
    return count


def _past(plan: str, plans: Mapping[str, Plan], today: date, usual: int) -> ColumnElement[bool]:
    """The condition for responses that name this plan ("": no plan) and are past their retention."""
    if plan:
        return (responses.c.plan == plan) & _came_before(today, plans[plan].retention_days)
    none = func.coalesce(responses.c.plan, "") == ""
    longer = [other for other in plans.values() if other.retention_days > usual]
    kept = (in_plan(other, responses) & ~_came_before(today, other.retention_days) for other in longer)
    return none & _came_before(today, usual) & ~or_(false(), *kept)


def _came_before(today: date, days: int) -> ColumnElement[bool]:
    begins = datetime.combine(today - timedelta(days=days), time(), VIET_NAM)
    return responses.c.received_at < int(begins.timestamp() * 1000)
