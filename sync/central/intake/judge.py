"""Whether this is a response of that device and of a known survey. Pure; the reasons never quote an answer.

All values of a table row are computed here, once, so that storing is a plain bulk insert.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence

import msgspec
from msgspec import Struct

from sync.central.intake.claims import Claims, visits_alone
from sync.central.intake.moment import TabletClock, clock_offset, day_of
from sync.central.store.cells import cell, columns
from sync.central.store.first_answers import Claim
from sync.contract.canonical import decode_response
from sync.contract.problem import Problem, ProblemError
from sync.contract.problem.wire import (
    RESPONSE_INVALID,
    RESPONSE_OF_OTHER_DEVICE,
    RESPONSE_TOO_LARGE,
    SURVEY_UNKNOWN,
)
from sync.contract.response import RESPONSE_BYTES, Response, Seq, Uuid
from sync.contract.sealing import longest_box
from sync.contract.survey import Choices, Survey, longest_words
from sync.contract.tombstones import read_forgotten
from sync.contract.validation import violations

Moves = Sequence[tuple[int, str]]
"""The end of a device's time in a unit, and that unit, ascending; milliseconds since 1970."""


class ResponseRow(Struct, frozen=True, gc=False):
    """What is stored of a response: the columns of `responses` except those that the database sets itself.

    See schema.py for what each of them holds. `ROW` names them in their order, `astuple` has the values.
    """

    id: str
    device: str
    seq: int
    digest: bytes
    received_at: int
    survey: str
    survey_version: int
    plan: str | None
    unit: str
    tagged: int
    counter: str
    procedure: str | None
    officer: str | None
    respondent: str
    channel: str
    outcome: str
    day: str
    started_at: str
    finished_at: str
    cells: str
    sealed_key: str | None
    sealed_box: str | None
    body: bytes
    clock_offset: int
    voids: str | None


ROW = ResponseRow.__struct_fields__


class Judged(Struct, frozen=True, gc=False):
    """One response of a batch as it came, with its row if it is valid and the problem if it is not.

    forgotten: it was erased on the device; its number counts as arrived, and there is nothing to store.
    claim: the handover that it answers, where there may be a second answer.
    """

    id: str
    seq: int
    digest: bytes
    body: bytes
    row: ResponseRow | None = None
    problem: Problem | None = None
    forgotten: bool = False
    claim: Claim | None = None


class _Name(Struct, frozen=True):
    """The part of a response that must be readable, so that its receipt can name it."""

    id: Uuid
    seq: Seq


class Form:
    """A survey as ingest needs it: what is wrong with answers to it, and their cells.

    Responses to one form repeat (two questions of five levels have 25 combinations), so each combination is
    judged once and cached. Only valid ones are cached: the number of invalid ones has no limit.
    """

    def __init__(self, survey: Survey) -> None:
        self._survey = survey
        self._columns = columns(survey)
        self._questions = {question.id for question in survey.questions}
        self._longest_box = longest_box(longest_words(survey))
        self._known: dict[object, str] = {}
        # A valid combination holds only ids of the survey's questions and options, each at most once.
        options = sum(len(each.options) for each in survey.questions if isinstance(each, Choices))
        self._most = REMEMBERED_BYTES // (_KIND_BYTES + _MEMBER_BYTES * (len(self._columns) + options)) + 1

    def judge(self, response: Response) -> tuple[str, str]:
        """The reasons why the response breaks the survey ("" for none), and its answers as CSV cells."""
        answers, sealed = response.answers, response.sealed
        # `True == 1` in Python: the key includes the types, so that a yes is not taken for a level.
        key = (
            tuple(answers.items()),
            tuple(map(type, answers.values())),
            response.timing.keys() <= self._questions,
            response.outcome,
            response.respondent,
            sealed is None,
            sealed is None or len(sealed.box) <= self._longest_box,
            response.void is None,
            response.finished_at < response.started_at,
        )
        cells = self._known.get(key)
        if cells is not None:
            return "", cells
        reasons = violations(response, self._survey)
        if reasons:
            return "; ".join(reasons)[:DETAIL_LIMIT], ""
        cells = ",".join([cell(answers.get(question)) for question in self._columns])
        if len(self._known) >= self._most:
            self._known.clear()
        self._known[key] = cells
        return "", cells


REMEMBERED_BYTES = 8 * 1024 * 1024  # per survey
_KIND_BYTES, _MEMBER_BYTES = 600, 250  # approximate bytes: a combination; each answer or option in it
DETAIL_LIMIT = 1000  # characters of a reason, which is stored, sent in a reply and logged
_name = msgspec.json.Decoder(_Name)


def judge(
    body: bytes,
    *,
    device: str,
    unit: str,
    forms: Mapping[tuple[str, int], Form],
    received_at: int,
    offset: Callable[[Response], int] | None = None,
    moves: Moves = (),
    claims: Claims = visits_alone,
) -> Judged:
    """Judge the bytes of one response that `device`, which is in `unit`, has sent.

    offset: how many seconds its clock was behind; if None, what is known of that without a request.
    moves: where the device was before. claims: what it claims as the answer of a handover.

    Raises ProblemError HL4003 if its id and `seq` can't be read either: no receipt could name it.
    """
    digest = hashlib.sha256(body).digest()
    try:
        if len(body) > RESPONSE_BYTES:
            raise ProblemError(RESPONSE_TOO_LARGE(detail=f"{len(body)} byte, nhiều nhất {RESPONSE_BYTES}"))
        response = decode_response(body)
    except ProblemError as error:
        erased = read_forgotten(body)
        if erased is not None and erased.device == device and erased.seq:
            return Judged(erased.id, erased.seq, digest, body, forgotten=True)
        name = _read_name(body, error)
        return Judged(name.id, name.seq, digest, body, problem=error.problem)
    found, cells = _check(response, device, forms)
    if found is not None:
        return Judged(response.id, response.seq, digest, body, problem=found)
    seconds = offset(response) if offset else clock_offset(response, TabletClock(received_at))
    there = _unit_then(response, seconds, unit, moves) if response.tag is None and moves else unit
    row = _row(response, digest, body, there, cells, received_at, seconds)
    return Judged(response.id, response.seq, digest, body, row, claim=claims(response))


def _unit_then(response: Response, offset: int, unit: str, moves: Moves) -> str:
    """The unit in which a device was when an untagged visit ended; it is in `unit` now."""
    finished = int(response.finished_at.timestamp() * 1000) + offset * 1000
    return next((before for until, before in moves if finished < until), unit)


def _read_name(body: bytes, error: ProblemError) -> _Name:
    try:
        return _name.decode(body)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        raise error from None


def _check(
    response: Response, device: str, forms: Mapping[tuple[str, int], Form]
) -> tuple[Problem | None, str]:
    if response.device != device:
        return RESPONSE_OF_OTHER_DEVICE(where="device"), ""
    if response.seq == 0:
        return RESPONSE_INVALID(where="seq", detail="0: kho phiếu của máy chưa đánh số"), ""
    form = forms.get((response.survey.id, response.survey.version))
    if form is None:
        name = f"{response.survey.id} {response.survey.version}"
        return SURVEY_UNKNOWN(where="survey", detail=name), ""
    reasons, cells = form.judge(response)
    return (RESPONSE_INVALID(where="answers", detail=reasons) if reasons else None), cells


def _row(
    response: Response, digest: bytes, body: bytes, unit: str, cells: str, received_at: int, offset: int
) -> ResponseRow:
    tag = response.tag
    sealed = response.sealed
    finished = _text_of(body, b'"finished_at":"')
    # Positional, because 25 keywords would cost 5 µs per response.
    return ResponseRow(
        response.id,
        response.device,
        response.seq,
        digest,
        received_at,
        response.survey.id,
        response.survey.version,
        response.plan,
        tag.unit if tag else unit,
        1 if tag else 0,
        tag.counter if tag else "",
        tag.procedure if tag else None,
        tag.officer if tag else None,
        response.respondent,
        response.channel,
        response.outcome,
        day_of(response.finished_at, offset),
        _text_of(body, b'"started_at":"'),
        finished,
        cells,
        sealed.key if sealed else None,
        sealed.box if sealed else None,
        body,
        offset,
        (response.void.response or None) if response.void else None,
    )


def _text_of(body: bytes, member: bytes) -> str:
    """A time as the device wrote it. Quotes inside strings are escaped, and times come after the answers."""
    start = body.rindex(member) + len(member)
    return body[start : body.index(b'"', start)].decode()
