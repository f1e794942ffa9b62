"""Corrections: a response that should not count, or that counts for the wrong procedure or officer.

No stored response is ever changed. A correction is a new response, from a device of the centre with its own
ledger, and every pull includes it like any other:

    void       one response `voided`, which names the earlier one and the reason
    re-tag     that, and the answers again under the right tag; they name the earlier response as their form

So a program that pulled yesterday gets the correction today, and everyone computes the same figures from the
same rows.
"""

import os
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec.structs import replace
from sqlalchemy import ColumnElement, Connection, Row, exists, insert, select

from sync.central.intake.forms import load_forms
from sync.central.intake.ingest import store
from sync.central.intake.judge import judge
from sync.central.office.alerts import moving as alerts_moving
from sync.central.office.audit.acts import Act
from sync.central.office.remarks.moving import follow
from sync.central.store.database import one_at_a_time
from sync.central.store.response_digest import digest_of
from sync.central.store.schema import devices, officers, procedures, published, responses
from sync.contract.canonical import canonical_bytes, decode_response
from sync.contract.ids import uuid7
from sync.contract.masking import mask_digits
from sync.contract.problem import ProblemError
from sync.contract.problem.centre import CORRECTION_INVALID, RESPONSE_ALREADY_VOIDED, RESPONSE_UNKNOWN
from sync.contract.response import REASON, Entered, Response, Void

# The device whose ledger corrections are in; no catalogue may have one of this name.
DEVICE = "centre-corrections"


def void(act: Act, id: str, reason: str) -> str:
    """Void a response; returns the id of the voiding response. Raises HL5012, HL5013, HL5016."""
    corrector = _Corrector(act)
    row, original = corrector.standing(id)
    made = corrector.void(row, original, reason)
    # By its digest: the log keeps the line after the response is forgotten.
    act.note("void", digest_of(id), mask_digits(reason))
    return made


def retag(act: Act, id: str, changes: Mapping[str, str], reason: str) -> str:
    """Let a response count for another procedure, officer or counter; the id of the response that counts now.

    changes: `procedure`, `officer` or `counter` and the right code. Raises ProblemError HL5012, HL5013,
    or HL5016 if the response has no tag, nothing changes, or the catalogue has no such code.
    """
    _check_codes(act.connection, changes)
    corrector = _Corrector(act)
    row, original = corrector.standing(id)
    tag = replace(original.tag, **changes) if original.tag else None
    if tag is None or tag == original.tag:
        raise ProblemError(CORRECTION_INVALID(where="tag", detail="" if tag else "phiếu này không có"))
    corrector.void(row, original, reason)
    again = replace(
        original,
        tag=tag,
        boot="",
        monotonic_ms=0,
        entered=Entered(by=DEVICE, at=act.now, form_no=original.id),
    )
    made = corrector.add(row, again)
    follow(act.connection, id, made)
    alerts_moving.follow(act.connection, id, made)
    act.note("retag", digest_of(id), f"{', '.join(sorted(changes))}: {mask_digits(reason)}")
    return made


class _Corrector:
    """Makes the responses that correct others, in the transaction of an act."""

    def __init__(self, act: Act) -> None:
        self._connection = act.connection
        self._now = act.now
        self._who = act.who
        self._forms = load_forms(act.connection)

    def standing(self, id: str) -> tuple[Row[Any], Response]:
        one_at_a_time(self._connection)
        row = self._connection.execute(select(responses).where(responses.c.id == id)).first()
        if row is None:
            raise ProblemError(RESPONSE_UNKNOWN(where="id", detail=id))
        original = decode_response(bytes(row.body))
        if original.outcome == "voided" or id in voided_here(self._connection):
            raise ProblemError(RESPONSE_ALREADY_VOIDED(where="id", detail=id))
        return row, original

    def void(self, row: Row[Any], original: Response, reason: str) -> str:
        if len(reason) > REASON:
            raise ProblemError(CORRECTION_INVALID(where="reason", detail=f"dài hơn {REASON} ký tự"))
        tag = replace(original.tag, cases=()) if original.tag else None
        return self.add(
            row,
            Response(
                id="",
                device=DEVICE,
                seq=0,
                survey=original.survey,
                plan=original.plan,
                tag=tag,
                channel=original.channel,
                mode=original.mode,
                respondent=original.respondent,
                outcome="voided",
                started_at=self._now,
                finished_at=self._now,
                void=Void(by=self._who, reason=reason, response=original.id),
            ),
        )

    def add(self, row: Row[Any], response: Response) -> str:
        # A correction counts on the day of the response it corrects; its own time is this machine's.
        offset = row.clock_offset if response.entered else 0
        response = replace(
            response,
            id=uuid7(self._now, os.urandom),
            device=DEVICE,
            seq=self._next_seq(row.unit),
        )
        received_at = int(self._now.timestamp() * 1000)
        judged = judge(
            canonical_bytes(response),
            device=DEVICE,
            unit=row.unit,
            forms=self._forms,
            received_at=received_at,
            offset=lambda _: offset,
        )
        receipts, _ = store(self._connection, DEVICE, [judged], received_at, revoked=False)
        if receipts[0].status != "stored":
            found = receipts[0].problem
            detail = found.detail or found.where if found else receipts[0].status
            raise ProblemError(CORRECTION_INVALID(where="response", detail=detail))
        return response.id

    def _next_seq(self, unit: str) -> int:
        made = self._connection.execute(select(devices.c.made).where(devices.c.id == DEVICE)).scalar()
        if made is None:
            self._connection.execute(insert(devices).values(id=DEVICE, kind="desk", unit=unit, counter=""))
        return (made or 0) + 1


class _Said(msgspec.Struct, frozen=True):
    void: Void | None = None
    entered: Entered | None = None


_said = msgspec.json.Decoder(_Said)


def voided_here(connection: Connection) -> set[str]:
    """The ids of all responses that were voided by a correction."""
    return {said.void.response for _, said in _corrections(connection) if said.void and said.void.response}


def related(connection: Connection, *ids: str, over: bool = False) -> set[str]:
    """`ids`, and every response linked to one of them by a correction, in either direction.

    over: only by corrections that days which are over show, see store/days_over.py.
    """
    found, todo = set[str](), set(ids)
    if not todo:
        return found
    linked: defaultdict[str, set[str]] = defaultdict(set)
    for own, said in _corrections(connection, over=over):
        for other in (said.void and said.void.response, said.entered and said.entered.form_no):
            if other:
                linked[own].add(other)
                linked[other].add(own)
    while todo:
        one = todo.pop()
        found.add(one)
        todo |= linked[one] - found
    return found


def naming(connection: Connection, officer: str, *, over: bool = False) -> set[str]:
    """Every response in whose chain of corrections some response names this officer.

    A correction that voids a response has its tag, so the corrections alone show whom a chain names.
    over: as for `related`, for a caller who sees no other days. A correction of today would else show at
    once, because what it corrects is missing from a day that they have seen.
    """
    c = responses.c
    query = select(c.id).where(c.device == DEVICE, c.officer == officer, *_seen(over))
    ids = connection.execute(query).scalars().all() if officer else []
    return related(connection, *ids, over=over)


def _check_codes(connection: Connection, changes: Mapping[str, str]) -> None:
    known = {
        "procedure": select(procedures.c.code).where(procedures.c.code == changes.get("procedure", "")),
        "officer": select(officers.c.id).where(officers.c.id == changes.get("officer", "")),
    }
    for name, query in known.items():
        if name in changes and connection.execute(query).first() is None:
            raise ProblemError(CORRECTION_INVALID(where=name, detail=changes[name]))


def _seen(over: bool) -> tuple[ColumnElement[bool], ...]:
    return (exists().where(published.c.id == responses.c.id),) if over else ()


def _corrections(connection: Connection, *, over: bool = False) -> list[tuple[str, _Said]]:
    query = select(responses.c.id, responses.c.body).where(responses.c.device == DEVICE, *_seen(over))
    return [(row.id, _said.decode(row.body)) for row in connection.execute(query)]
