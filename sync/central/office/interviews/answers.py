"""What somebody said in an interview becomes a response of the unit's device for interviews.

Promises:
- it is judged, stored and counted by the functions that a tablet's batch goes through;
- its numbers are 1, 2, 3 … without a gap: a number is given in the transaction that stores its response;
- what was said in words is sealed before there is a response.
"""

import os
from collections.abc import Callable, Mapping
from datetime import datetime

from msgspec import Struct

from sync import __version__
from sync.central.intake.forms import load_forms
from sync.central.intake.ingest import store
from sync.central.intake.judge import judge
from sync.central.intake.own_devices import next_number, own_device
from sync.central.intake.scope import within_scope
from sync.central.office.audit.acts import Act
from sync.central.office.keys.stored import Keys
from sync.contract.canonical import canonical_bytes
from sync.contract.ids import uuid7
from sync.contract.plan import VIET_NAM
from sync.contract.problem import ProblemError
from sync.contract.problem.sampling import INTERVIEW_REFUSED
from sync.contract.response import Answer, Respondent, Response, SurveyRef
from sync.contract.sealing import Words, seal_words

KIND = "interview"


class Interview(Struct, frozen=True, kw_only=True):
    """What was said."""

    survey: SurveyRef
    plan: str
    respondent: Respondent
    answers: Mapping[str, Answer]
    words: Words


def store_interview(
    act: Act,
    unit: str,
    said: Interview,
    times: tuple[datetime, datetime],
    keys: Keys,
    random_bytes: Callable[[int], bytes] = os.urandom,
) -> str:
    """Store what was said at a unit; the id of its response. The caller holds `one_at_a_time`.

    times: when it began and ended, as the response has them.

    Raises ProblemError HL4321 if it does not fit its form.
    """
    connection, device = act.connection, own_device(KIND, unit)
    begun, ended = times
    sealing = keys.public().sealing
    response = Response(
        id=uuid7(ended, random_bytes),
        device=device,
        seq=next_number(connection, device, kind="desk", unit=unit),
        survey=said.survey,
        plan=said.plan,
        tag=None,
        channel="interview",
        mode="interviewer",
        respondent=said.respondent,
        answers=dict(said.answers),
        outcome="complete",
        started_at=begun.astimezone(VIET_NAM),
        finished_at=ended.astimezone(VIET_NAM),
        app=__version__,
        sealed=seal_words(said.words, sealing[-1].id, sealing[-1].public) if sealing else None,
    )
    received_at = int(ended.timestamp() * 1000)
    judged = judge(
        canonical_bytes(response),
        device=device,
        unit=unit,
        forms=load_forms(connection),
        received_at=received_at,
        offset=lambda _: 0,  # the centre's own clock
    )
    (within,) = within_scope(connection, [judged], unit=unit, moves=(), received_at=received_at)
    if within.problem is None:
        ((receipt,), _) = store(connection, device, [within], received_at, revoked=False)
        if receipt.status == "stored":
            return response.id
    refused = within.problem
    raise ProblemError(INTERVIEW_REFUSED(detail=refused.detail if refused else ""))
