"""Carries decisions made after a backup over from the database that a restore replaces.

Tablets send their responses again if the backup lacks them. Decisions made at the centre exist only there:
revoked tokens, enrolled and revoked tablets, corrections, paper forms that were keyed, requests to forget,
people who left, what was done about remarks and alerts, remedies, samples. So do answers from citizens'
phones. Reading and carrying are separate steps, because the replaced database is only read, and may be too
damaged even for that.

Promises:
- a token or a tablet that was revoked stays revoked, and a key from a later enrolment stays the tablet's key;
- a tablet that was made and enrolled after the backup can go on, and its id is given to no other;
- a correction is stored as it was, with the same checks as every response, and voids what comes back later;
- a paper form that was keyed is stored as it was, and print runs and lots are kept;
- an answer from a phone is stored as it was, and stays the first of its handover;
- what became of letters is kept, and no organisation that was removed from one comes back;
- drafts of plans, what became of their tasks, and their obstacles are kept;
- what was forgotten is removed from the copy too, and no correction brings it back;
- what was done about a remark stays done, where its response is in the backup;
- what was raised is not raised again, also where its response is not in the backup, and thresholds stay;
- a remedy, and what was done about it, is kept;
- lists of people, draws and their outcomes are kept, and nobody who was removed from them comes back;
- of two decisions about one tablet the later one holds: the replaced database may be the older one;
- what was ended, taken or changed of people stays so, see people/restored.py;
- a release of the software stays in its stage, and a withdrawn one withdrawn;
- no message that was sent is sent again, see messages/restored.py;
- every item that is carried over is in the audit log.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Connection, Row, delete, func, insert, or_, select, update

from sync.central.intake.forms import Forms, load_forms
from sync.central.intake.ingest import store
from sync.central.intake.judge import judge
from sync.central.intake.own_devices import INTERVIEWS, PHONES
from sync.central.office import removal
from sync.central.office.alerts.moving import Raised, carry_raised, read_raised
from sync.central.office.audit.acts import Act
from sync.central.office.corrections import DEVICE, related
from sync.central.office.letter_rows import LettersKept, carry_letters, read_letters
from sync.central.office.messages.restored import MessagesDecided, carry_messages, read_messages
from sync.central.office.paper_kept import DESK, PaperKept, carry_paper, read_paper
from sync.central.office.people.restored import PeopleDecided, carry_people, read_people
from sync.central.office.planning_kept import PlanningKept, carry_planning, read_planning
from sync.central.office.remarks.moving import Handled, carry_handled, read_handled
from sync.central.office.remedies.moving import Register, carry_register, read_register
from sync.central.office.sample.moving import Samples, carry_samples, read_samples
from sync.central.office.software import carry_software, read_software
from sync.central.office.units.revisions import changed
from sync.central.store.database import one_at_a_time
from sync.central.store.first_answers import carry_claims, read_claims
from sync.central.store.response_digest import digest_of, find_ids
from sync.central.store.schema import devices, gone, responses, tokens, tombstones
from sync.contract.canonical import canonical_bytes, decode_response
from sync.contract.ranges import Ranges, within
from sync.contract.response import Response

_NOTE = "carried over from the database that was replaced"
_PLACE = ("id", "kind", "unit", "counter", "replaces")
_TRUST = ("state", "public_key", "enrolled_at", "revoked_at", "revoked_reason")

Rows = Sequence[Any]  # of the driver, as selected below
# Responses that no tablet sends again.
_OWN = or_(
    responses.c.device == DEVICE,
    *(responses.c.device.startswith(name) for name in (DESK, PHONES, INTERVIEWS)),
)

_MAY_CLAIM = select(responses.c.id).where(
    or_(*(responses.c.device.startswith(name) for name in (DESK, PHONES)))
)


class Decisions(Struct, frozen=True, kw_only=True):
    """Rows of the replaced database. forgotten: digests of ids; own: what the centre itself made, as made.

    first: what answers from phones, and forms of letters, have claimed.
    """

    tokens: Rows
    devices: Rows
    own: Rows
    tombstones: Rows
    forgotten: frozenset[str]
    people: PeopleDecided
    handled: Handled
    raised: Raised
    messages: MessagesDecided
    remedies: Register
    samples: Samples
    software: Rows
    paper: PaperKept
    letters: LettersKept
    first: Rows
    planning: PlanningKept


class Carried(Struct, frozen=True, kw_only=True):
    """How many of each were carried over; left: the ids of the centre's own responses that could not be.

    corrections: with the forms that were keyed, and answers from phones.
    """

    tokens: int
    devices: int
    corrections: int
    forgotten: int
    left: tuple[str, ...]
    people: int = 0


def read_decisions(connection: Connection) -> Decisions:
    """All decisions that this database holds."""
    made = responses.c
    columns = (made.id, made.device, made.digest, made.body, made.unit, made.received_at, made.clock_offset)
    own = select(*columns).where(_OWN).order_by(made.device, made.seq)
    trusted = select(*(devices.c[name] for name in _PLACE + _TRUST))
    forgotten = select(gone.c.digest).where(gone.c.reason == "forgotten")
    ended = tokens.c.revoked_at.is_not(None) | tokens.c.expires_at.is_not(None)
    return Decisions(
        tokens=connection.execute(select(tokens).where(ended)).all(),
        devices=connection.execute(trusted).all(),
        own=connection.execute(own).all(),
        tombstones=connection.execute(select(tombstones).order_by(tombstones.c.number)).all(),
        forgotten=frozenset(connection.execute(forgotten).scalars()),
        people=read_people(connection),
        handled=read_handled(connection),
        raised=read_raised(connection),
        messages=read_messages(connection),
        remedies=read_register(connection),
        samples=read_samples(connection),
        software=read_software(connection),
        paper=read_paper(connection),
        letters=read_letters(connection),
        first=read_claims(connection, _MAY_CLAIM),
        planning=read_planning(connection),
    )


def carry(act: Act, decided: Decisions) -> Carried:
    """Repeat the decisions that are missing here; how many of each kind."""
    connection, log = act.connection, _Log(act)
    one_at_a_time(connection)
    people = carry_people(connection, decided.people, log.note, act.now)
    ended = _end_tokens(connection, decided.tokens, log)
    trusted = _trust(connection, decided.devices, log)
    forgotten = _forget(connection, decided, log)
    stored, left = _store_own(connection, decided.own, log)
    carry_claims(connection, decided.first)
    handled = carry_handled(connection, decided.handled, people.numbers)
    if handled:
        log.note("remarks", str(handled))
    if raised := carry_raised(connection, decided.raised, people.numbers, _forgotten(connection)):
        log.note("alerts", str(raised))
    if offered := carry_software(connection, decided.software):
        log.note("releases", str(offered))
    if said := carry_messages(connection, decided.messages, people.numbers):
        log.note("messages", str(said))
    if remedies := carry_register(connection, decided.remedies, people.numbers):
        log.note("remedies", str(remedies))
    if paper := carry_paper(connection, decided.paper, people.numbers):
        log.note("paper", str(paper))
    if posted := carry_letters(connection, decided.letters, people.numbers):
        log.note("letters", str(posted))
    if planning := carry_planning(connection, decided.planning, people.numbers):
        log.note("planning", str(planning))
    if drawn := carry_samples(connection, decided.samples, people.numbers):
        log.note("samples", str(drawn))
    return Carried(
        tokens=ended,
        devices=trusted,
        corrections=stored,
        forgotten=forgotten,
        left=left,
        people=people.count,
    )


def _forgotten(connection: Connection) -> set[str]:
    """The digests of what was removed, here and in the replaced database."""
    return set(connection.execute(select(gone.c.digest)).scalars())


class _Log(Struct, frozen=True):
    act: Act

    def note(self, act: str, subject: str, detail: str = "") -> None:
        self.act.note(act, subject, f"{_NOTE}: {detail}" if detail else _NOTE)


def _end_tokens(connection: Connection, rows: Rows, log: _Log) -> int:
    """End each token when it would have ended in the replaced database; how many were changed."""
    here = {bytes(row.digest): row for row in connection.execute(select(tokens))}
    count = 0
    for row in rows:
        known = here.get(bytes(row.digest))
        if known is None:
            continue
        changes: dict[str, str] = {}
        if row.revoked_at and not known.revoked_at:
            changes["revoked_at"] = row.revoked_at
        if row.expires_at and (not known.expires_at or _moment(row.expires_at) < _moment(known.expires_at)):
            changes["expires_at"] = row.expires_at
        if changes:
            connection.execute(update(tokens).where(tokens.c.id == known.id).values(changes))
            act = "token-revoke" if "revoked_at" in changes else "token-expire"
            log.note(act, str(known.id), row.expires_at if act == "token-expire" else "")
            count += 1
    return count


def _trust(connection: Connection, rows: Rows, log: _Log) -> int:
    """Apply the latest decision about trust to each tablet; how many were changed."""
    here = {row.id: row for row in connection.execute(select(devices))}
    count = 0
    for row in rows:
        known = here.get(row.id)
        if _decided_at(row) <= (_decided_at(known) if known else 0.0):
            continue
        values = {name: getattr(row, name) for name in _TRUST}
        if known:
            connection.execute(update(devices).where(devices.c.id == row.id).values(values))
        else:
            place = {name: getattr(row, name) for name in _PLACE}
            connection.execute(insert(devices).values(place | values))
        changed(connection, known.unit if known else row.unit, log.act.now)
        revoked = row.state == "revoked"
        log.note("revoke" if revoked else "enrol", row.id, row.revoked_reason or "" if revoked else "")
        count += 1
    return count


def _decided_at(row: Row[Any]) -> float:
    return max(_moment(row.enrolled_at), _moment(row.revoked_at))


def _moment(text: str | None) -> float:
    return datetime.fromisoformat(text).timestamp() if text else 0.0


def _forget(connection: Connection, decided: Decisions, log: _Log) -> int:
    """Repeat the requests to tablets, and remove forgotten responses; how many responses were removed."""
    here = {row.digest: row for row in connection.execute(select(tombstones))}
    for row in decided.tombstones:
        known = here.get(row.digest)
        if known is None:
            # With its old number if that is free: tablets report up to which number they have erased.
            last = connection.execute(select(func.max(tombstones.c.number))).scalar() or 0
            values = {**row._mapping, "number": max(row.number, last + 1)}
            connection.execute(insert(tombstones).values(values))
        elif row.withdrawn_at and not known.withdrawn_at and row.withdrawn_at > known.at:
            withdrawn = update(tombstones).where(tombstones.c.digest == row.digest)
            connection.execute(withdrawn.values(withdrawn_at=row.withdrawn_at, id=None, device=None))
            away = (gone.c.digest == row.digest) & (gone.c.reason == "forgotten")
            connection.execute(delete(gone).where(away))
            log.note("forget-withdraw", row.digest)
    digests = decided.forgotten - set(connection.execute(select(gone.c.digest)).scalars())
    ids = related(connection, *find_ids(connection, digests))
    removal.remove(connection, sorted(ids), reason="forgotten", now=log.act.now)
    removal.keep_away(connection, sorted(digests), reason="forgotten", now=log.act.now)
    for digest in sorted(digests):
        log.note("forget", digest)
    return len(digests)


def _store_own(connection: Connection, rows: Rows, log: _Log) -> tuple[int, tuple[str, ...]]:
    """Store the missing responses; how many, and the ids of those that could not be stored."""
    here = set(connection.execute(select(responses.c.id).where(_OWN)).scalars())
    away = set(connection.execute(select(gone.c.digest)).scalars())
    forms = load_forms(connection)
    count, left = 0, []
    for row in rows:
        if row.id in here:
            continue
        if hashlib.sha256(row.body).digest() != bytes(row.digest):
            left.append(row.id)
            continue
        made = decode_response(bytes(row.body))
        if away & {digest_of(row.id), digest_of(_corrected(made))}:
            continue
        if _store(connection, row, made, forms):
            log.note(_act_of(made), digest_of(_corrected(made)))
            count += 1
        else:
            left.append(row.id)
    return count, tuple(left)


def _act_of(made: Response) -> str:
    if made.void:
        return "void"
    if made.device.startswith(PHONES):
        return "phone"
    if made.device.startswith(INTERVIEWS):
        return "person-asked"
    return "retag" if made.device == DEVICE else "paper-key"


def _corrected(made: Response) -> str:
    """The id of the earlier response that a correction is about; of another one its own."""
    if made.device != DEVICE:
        return made.id
    return (made.void.response if made.void else made.entered.form_no if made.entered else "") or ""


def _store(connection: Connection, row: Row[Any], made: Response, forms: Forms) -> bool:
    query = select(devices.c.held, devices.c.made).where(devices.c.id == row.device)
    known = connection.execute(query).first()
    if known is None:
        kind = "phone" if row.device.startswith(PHONES) else "desk"
        connection.execute(insert(devices).values(id=row.device, kind=kind, unit=row.unit, counter=""))
    body = bytes(row.body)
    if known and within(msgspec.json.decode(known.held, type=Ranges), [made.seq]):
        # After an earlier restore, its number was given to another response.
        body = canonical_bytes(replace(made, seq=known.made + 1))
    judged = judge(
        body,
        device=row.device,
        unit=row.unit,
        forms=forms,
        received_at=row.received_at,
        offset=lambda _: row.clock_offset,
    )
    receipts, _ = store(connection, row.device, [judged], row.received_at, revoked=False)
    return receipts[0].status == "stored"
