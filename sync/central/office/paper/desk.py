"""The keying desk of a unit: a device of the centre, with a ledger of its own.

Promises:
- what is keyed is judged, stored and counted by the functions that a tablet's batch goes through;
- its numbers are 1, 2, 3 … without a gap: a number is given in the transaction that stores its response;
- a form whose letter was answered before is kept apart as repeated, and in no figure.
"""

import os

from msgspec.structs import replace

from sync.central.intake.forms import load_forms
from sync.central.intake.ingest import store
from sync.central.intake.judge import judge
from sync.central.intake.own_devices import next_number, own_device
from sync.central.intake.scope import within_scope
from sync.central.office.audit.acts import Act
from sync.central.store.first_answers import Claim
from sync.contract.canonical import canonical_bytes
from sync.contract.ids import uuid7
from sync.contract.problem import ProblemError
from sync.contract.problem.paper import PAPER_FORM_REFUSED
from sync.contract.response import Response

KIND = "desk"


def desk_of(unit: str) -> str:
    """The device whose ledger holds what is keyed for this unit."""
    return own_device(KIND, unit)


def put(act: Act, response: Response, unit: str, claim: Claim | None = None) -> str | None:
    """Store what was keyed for `unit`; its id, None if it is repeated. The caller holds `one_at_a_time`.

    response: without id, device and number. claim: what it answers, if another answer may be there. Raises
    ProblemError HL5227 if it does not fit its form.
    """
    connection, device = act.connection, desk_of(unit)
    number = next_number(connection, device, kind=KIND, unit=unit)
    response = replace(response, id=uuid7(act.now, os.urandom), device=device, seq=number)
    received_at = int(act.now.timestamp() * 1000)
    judged = judge(
        canonical_bytes(response),
        device=device,
        unit=unit,
        forms=load_forms(connection),
        received_at=received_at,
        offset=lambda _: 0,  # the day was typed, so no clock was wrong
        claims=lambda _: claim,
    )
    (within,) = within_scope(connection, [judged], unit=unit, moves=(), received_at=received_at)
    if within.problem is None:
        ((receipt,), _) = store(connection, device, [within], received_at, revoked=False)
        if receipt.status == "stored":
            return response.id
        if claim is not None and receipt.problem is None:
            return None
    refused = within.problem
    where, detail = (refused.where, refused.detail) if refused else ("seq", "")
    raise ProblemError(PAPER_FORM_REFUSED(where=where, detail=detail))
