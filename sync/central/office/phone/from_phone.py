"""An answer from a citizen's own phone becomes a response, in one transaction.

Promises:
- it is judged and stored by the same functions as a terminal's, as a response of the unit's device for
  phones, which numbers its own without a gap;
- what was written is sealed to the newest key before there is a response;
- of a handover the first answer counts, see store/first_answers.py: a later one is kept apart, also this one;
- the terminal's own response of the visit, in which nobody answered, is voided by one that says why: the
  handover is counted once;
- an answer that would be held for a person is refused while its citizen is there (HL4273): it claims nothing,
  voids nothing and uses no number, and the code can be used again once the office has put it right;
- a visit that staff took back before its answer came is answered by nobody; one that was taken back after it
  changes nothing: nobody at the counter can undo an answer. It is shown next to it (repeated.py);
- a code is answered once: a second try, also at the same time, changes nothing (HL4272).
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from msgspec.structs import replace
from sqlalchemy import Connection, Row, exists, select

from sync import __version__
from sync.central.intake.claims import keys_of_cases
from sync.central.intake.ingest import store
from sync.central.intake.judge import Form, Judged, judge
from sync.central.intake.own_devices import next_number, own_device
from sync.central.intake.scope import within_scope
from sync.central.office.devices import find_device
from sync.central.office.keys.stored import Keys
from sync.central.office.phone.codes import OpenCode, open_code, phone_key
from sync.central.office.phone.walk import Said
from sync.central.store.first_answers import Claim, claim
from sync.central.store.locks import Lock, hold
from sync.central.store.response_digest import digest_of
from sync.central.store.schema import responses, voided
from sync.contract.canonical import canonical_bytes, decode_response
from sync.contract.ids import uuid7
from sync.contract.plan import VIET_NAM
from sync.contract.problem import ProblemError
from sync.contract.problem.browser import PHONE_ANSWER_UNTAKEN, PHONE_ANSWERED
from sync.contract.response import Response, Void
from sync.contract.sealing import seal_words
from sync.contract.text import Language

KIND = "phone"
WHY = "Đã trả lời trên điện thoại"


def store_answer(
    connection: Connection,
    text: str,
    said: Said,
    language: Language,
    *,
    now: datetime,
    keys: Keys,
    random_bytes: Callable[[int], bytes],
) -> None:
    """Store what was said on the phone that opened the code `text`, in the open write transaction.

    Raises ProblemError HL4270, HL4271, HL4272 if there was an answer from a phone, or HL4273.
    """
    # One that voids runs alone (rollups.line_up), and whether this one does is known only after a look.
    hold(connection, Lock.LINE)
    code = open_code(connection, text, now)
    if code.answered == "phone":
        raise ProblemError(PHONE_ANSWERED())
    token, at = code.token, now.astimezone(VIET_NAM)
    device = own_device(KIND, code.unit)
    number = next_number(connection, device, kind=KIND, unit=code.unit)
    own = phone_key(token.visit_id)
    made = _response(code, said, language, device, at, keys, random_bytes)
    _check_counts(connection, code, replace(made, seq=number), now)
    if code.answered == "glass":
        # Of a terminal that had not noted that the code was on its glass.
        claim(connection, {token.visit_id: _claim((digest_of(token.visit_id),), at)})
    boxes = made.tag.cases if made.tag else ()
    cases = keys_of_cases(boxes, keys.case_keys())
    claimed = _claim((digest_of(token.visit_id), own), at, cases)
    first = not claim(connection, {made.id: claimed})
    batch: list[Response] = []
    if first and code.begun and (silent := _silent(connection, token.visit_id)) is not None:
        batch.append(_voiding(silent, device, number, at, random_bytes))
    batch.append(replace(made, seq=number + len(batch)))
    received_at = int(now.timestamp() * 1000)
    judged = [_judged(each, code, claimed, received_at) for each in batch]
    place = find_device(connection, token.device)
    judged = within_scope(connection, judged, unit=place.unit, moves=place.moves, received_at=received_at)
    store(connection, device, judged, received_at, revoked=False)
    if not first:
        claim(connection, {made.id: _claim((own,), at)})


def _check_counts(connection: Connection, code: OpenCode, made: Response, now: datetime) -> None:
    """Return if the answer will count; raises ProblemError HL4273."""
    received_at = int(now.timestamp() * 1000)
    judged = _judged(made, code, None, received_at)
    place = find_device(connection, code.token.device)
    (within,) = within_scope(
        connection, [judged], unit=place.unit, moves=place.moves, received_at=received_at
    )
    if within.problem is not None:
        raise ProblemError(PHONE_ANSWER_UNTAKEN())


def _claim(keys: tuple[str, ...], at: datetime, cases: tuple[str, ...] = ()) -> Claim:
    return Claim(keys, True, cases, at.date().isoformat())


def _response(
    code: OpenCode,
    said: Said,
    language: Language,
    device: str,
    at: datetime,
    keys: Keys,
    random_bytes: Callable[[int], bytes],
) -> Response:
    token, sealing = code.token, keys.public().sealing
    return Response(
        id=uuid7(at, random_bytes),
        device=device,
        seq=0,
        survey=token.form,
        plan=token.plan,
        tag=token.tag,
        channel="phone",
        respondent=said.whom or token.respondents[0],
        answers=said.answers,
        outcome="complete",
        started_at=at,
        finished_at=at,
        lang=language if code.survey.keep_language else None,
        app=__version__,
        sealed=seal_words(said.words, sealing[-1].id, sealing[-1].public) if sealing else None,
    )


def _silent(connection: Connection, visit: str) -> Row[Any] | None:
    """The terminal's response of this visit, if it counts."""
    is_voided = exists().where(voided.c.id == responses.c.id)
    return connection.execute(select(responses.c.body).where(responses.c.id == visit, ~is_voided)).first()


def _voiding(
    silent: Row[Any], device: str, number: int, at: datetime, random_bytes: Callable[[int], bytes]
) -> Response:
    original = decode_response(bytes(silent.body))
    return Response(
        id=uuid7(at, random_bytes),
        device=device,
        seq=number,
        survey=original.survey,
        plan=original.plan,
        tag=replace(original.tag, cases=()) if original.tag else None,
        channel=original.channel,
        mode=original.mode,
        respondent=original.respondent,
        outcome="voided",
        started_at=at,
        finished_at=at,
        void=Void(by=device, reason=WHY, response=original.id),
    )


def _judged(response: Response, code: OpenCode, claimed: Claim | None, received_at: int) -> Judged:
    return judge(
        canonical_bytes(response),
        device=response.device,
        unit=code.unit,
        forms={(code.survey.id, code.survey.version): Form(code.survey)},
        received_at=received_at,
        claims=lambda each: None if each.outcome == "voided" else claimed,
    )
