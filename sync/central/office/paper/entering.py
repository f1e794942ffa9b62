"""The acts of keying: a form, an invalid form, and a form keyed again.

Promises (each has a test of this name):
- a number of a unit and plan is keyed once; a second time is refused with who keyed it and when;
- a page that is sent twice keys one form, or keys it again once;
- a plan's window is judged by the day on which the form was answered, not by the day of keying;
- to correct a form is one act: the earlier response is voided and the form keyed again;
- no more forms are keyed for a lot than were counted;
- the form of a letter that was answered through its link is kept apart as repeated, not counted twice;
- of a table all forms are kept or none;
- no line of the audit log holds an answer.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time
from typing import Any, Final, Literal, get_args

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, Row, delete, func, insert, select, update

from sync.central.office import corrections
from sync.central.office.audit.acts import Act
from sync.central.office.letter_rows import letter_claim, note_returned
from sync.central.office.paper.asked import HIGHEST, Asking, asking, check_number, wrong
from sync.central.office.paper.desk import put
from sync.central.office.paper.lots import Lot, entered_in, lot_named
from sync.central.office.paper.print_check import check_printed
from sync.central.office.planning.closed_plans import check_open
from sync.central.store.database import one_at_a_time
from sync.central.store.first_answers import release
from sync.central.store.paper_tables import paper_forms, paper_seconds
from sync.central.store.schema import accounts, responses
from sync.contract.canonical import decode_response
from sync.contract.masking import mask_digits
from sync.contract.patterns import whole
from sync.contract.plan import VIET_NAM
from sync.contract.problem import ProblemError, Wrong
from sync.contract.problem.paper import (
    ANSWERED_OUTSIDE_WINDOW,
    FORM_NUMBER_OUTSIDE,
    FORM_NUMBER_TAKEN,
    LOT_COMPLETE,
    PAPER_FORM_SENT_BEFORE,
    PAPER_FORM_UNKNOWN,
)
from sync.contract.response import (
    Answer,
    Entered,
    Mode,
    Outcome,
    Respondent,
    Response,
    Sealed,
    SurveyRef,
    Tag,
)
from sync.contract.survey import SEALED_KINDS, Survey
from sync.contract.validation import is_asked

# Why a form does not count: nothing on it, two levels marked, a number that another form has, answered
# outside of the plan's window, nobody can read it.
Invalid = Literal["blank", "two-levels", "twice", "outside", "unreadable"]
INVALID: tuple[Invalid, ...] = get_args(Invalid)
REPEATED: Final = "repeated"
"""Why a form does not count whose letter was answered before: nobody chooses this."""
# A form of these has a number that another form has, or none that can be read.
_WITHOUT_NUMBER: tuple[Invalid, ...] = ("twice", "unreadable")

_TOKEN = re.compile(whole("[0-9a-f]{32}"), re.ASCII)


class KeyedForm(Struct, frozen=True, kw_only=True):
    """What is on a form. token: 32 hex digits, of the page that it was typed on.

    answered: the day on the form. procedure, officer: codes of the catalogue; None: not stated. unlisted:
    what the form names instead and the catalogue does not have, sealed. sealed: the citizen's own words.
    """

    token: str
    number: int
    answered: date
    respondent: Respondent
    mode: Mode = "self"
    procedure: str | None = None
    officer: str | None = None
    answers: Mapping[str, Answer] = {}
    sealed: Sealed | None = None
    unlisted: Sealed | None = None


class SpoiltForm(Struct, frozen=True):
    """A form that has no valid answer. number: 0 if there is none that can be read."""

    token: str
    number: int
    reason: Invalid


class TakenTable(Struct, frozen=True, kw_only=True):
    """How many forms of a table are kept as valid and as invalid, and how many were there already."""

    kept: int
    spoilt: int
    same: int


def key_form(act: Act, lot: str, form: KeyedForm, *, account: int) -> str:
    """Store a form of a lot; the id of its response, "" where its letter was answered before.

    account: of who keys it. Raises ProblemError HL4298 (its plan is closed), HL5221 (no such lot), HL5222
    (number keyed before), HL5223 (number of another lot), HL5224, HL5225 (outside the window), HL5226 (the
    lot is complete), HL5227 (it does not fit the form), HL5230, HL5234 (the number was not printed).
    """
    connection = act.connection
    one_at_a_time(connection)
    of = lot_named(connection, lot)
    sent = _sent_before(connection, form.token)
    if sent is not None:
        if (sent.lot, sent.number) != (lot, form.number) or sent.invalid not in ("", REPEATED):
            raise ProblemError(PAPER_FORM_SENT_BEFORE(where="token", detail=f"số {sent.number}"))
        act.undo()
        return sent.response or ""
    made = _key(act, of, form, account)
    act.note("paper-key", f"paper lot {lot}", f"{form.number}{'' if made else f' {REPEATED}'}")
    return made


def _key(act: Act, of: Lot, form: KeyedForm, account: int) -> str:
    check_open(act.connection, of.asked.plan)
    _check_place(act.connection, of, form.number)
    _check_number_free(act.connection, of, form.number)
    _check_room(act.connection, of)
    made = _put(act, of, form, account)
    _note(act, of, form.token, form.number, account, **_kept(form, made))
    return made or ""


def key_table(
    act: Act,
    lot: str,
    forms: Sequence[KeyedForm | SpoiltForm],
    *,
    place: Callable[[int, str], str],
    account: int,
    try_only: bool,
) -> TakenTable:
    """Store all of these forms of a lot, or none; those that were stored from this table before stay.

    place: where a problem of the form at this index is. try_only: nothing is stored, which shows what would
    be. Raises ProblemsError with everything that is wrong, as `key_form` and `note_invalid`.
    """
    connection = act.connection
    one_at_a_time(connection)
    of = lot_named(connection, lot)
    wrong_forms, kept, spoilt, same = Wrong(), 0, 0, 0
    for at, form in enumerate(forms):
        with wrong_forms, _placed(place, at):
            sent = _sent_before(connection, form.token)
            if sent is not None and (sent.lot, sent.number) == (lot, form.number):
                same += 1
            elif isinstance(form, SpoiltForm):
                _spoil(act, of, form, account)
                spoilt += 1
            else:
                _key(act, of, form, account)
                kept += 1
    wrong_forms.check()
    if try_only or not (kept or spoilt):
        act.undo()
    else:
        act.note("paper-table", f"paper lot {lot}", f"{kept} {spoilt}")
    return TakenTable(kept=kept, spoilt=spoilt, same=same)


@contextmanager
def _placed(place: Callable[[int, str], str], at: int) -> Iterator[None]:
    """Say of a problem which form of a table it is about."""
    try:
        yield
    except ProblemError as error:
        problem = error.problem
        raise ProblemError(problem.kind(where=place(at, problem.where), detail=problem.detail)) from None


def note_invalid(act: Act, lot: str, *, token: str, number: int, reason: Invalid, account: int) -> None:
    """Count a form of a lot that has no valid answer. number: 0 if there is none that can be read.

    Raises ProblemError as `key_form`.
    """
    connection = act.connection
    one_at_a_time(connection)
    of = lot_named(connection, lot)
    _check_reason(reason)
    sent = _sent_before(connection, token)
    if sent is not None:
        if (sent.lot, sent.number, sent.invalid) != (lot, number, reason):
            raise ProblemError(PAPER_FORM_SENT_BEFORE(where="token", detail=f"số {sent.number}"))
        act.undo()
        return
    _spoil(act, of, SpoiltForm(token, number, reason), account)
    act.note("paper-invalid", f"paper lot {lot}", f"{number} {mask_digits(reason)}")


def _spoil(act: Act, of: Lot, form: SpoiltForm, account: int) -> None:
    connection, copy = act.connection, 0
    if form.number or form.reason not in _WITHOUT_NUMBER:
        _check_place(connection, of, form.number)
    if form.reason in _WITHOUT_NUMBER:
        copy = _next_copy(connection, of, form.number)
    else:
        _check_number_free(connection, of, form.number)
    _check_room(connection, of)
    _note(act, of, form.token, form.number, account, copy=copy, invalid=form.reason)
    _came_back(act, of, form.number)


def key_again(act: Act, lot: str, form: KeyedForm, *, reason: str, account: int) -> str:
    """Void what was keyed under this number, and key the form again; the id of its response, "" as there.

    Raises ProblemError HL5229 if nothing was keyed, HL5016 for a reason that is too long, and as `key_form`.
    """
    connection = act.connection
    one_at_a_time(connection)
    of = lot_named(connection, lot)
    sent = _sent_before(connection, form.token)
    keyed = sent is not None and (sent.response or sent.invalid == REPEATED)
    if sent is not None and keyed and (sent.lot, sent.number) == (lot, form.number):
        act.undo()
        return sent.response or ""
    row = _row_of(connection, of, form.number)
    _void(act, row, reason)
    made = _put(act, of, form, account)
    _change(act, row, account, id=form.token, **_kept(form, made))
    act.note("paper-key-again", f"paper lot {lot}", f"{form.number} {mask_digits(reason)}".strip())
    return made or ""


def make_invalid(act: Act, lot: str, number: int, *, reason: Invalid, why: str = "", account: int) -> None:
    """Void what was keyed under this number: the form turned out not to count.

    why: in words, for the voided response. Raises ProblemError HL5221, HL5224, HL5229, HL5016.
    """
    connection = act.connection
    one_at_a_time(connection)
    of = lot_named(connection, lot)
    _check_reason(reason)
    row = _row_of(connection, of, number)
    if row.invalid == reason:
        act.undo()
        return
    _void(act, row, why)
    _change(act, row, account, response=None, invalid=reason, answered_on="", unlisted="")
    act.note("paper-invalid", f"paper lot {lot}", f"{number} {mask_digits(reason)}")


def keyed_by(connection: Connection, lot: Lot, number: int) -> str:
    """Who keyed the form with this number and when, as a detail says it; "" if nobody did."""
    row = connection.execute(_with_number(lot, number)).first()
    if row is None:
        return ""
    name = connection.execute(select(accounts.c.name).where(accounts.c.id == row.account)).scalar()
    at = datetime.fromisoformat(row.keyed_at).astimezone(VIET_NAM)
    return f"số {number}, {name or 'máy chủ'} nhập lúc {at:%H:%M} ngày {at.day}/{at.month}/{at.year}"


def _put(act: Act, lot: Lot, form: KeyedForm, account: int) -> str | None:
    """Store a form, whose letter has come back if it came with one; None if that was answered before."""
    connection, asked = act.connection, lot.asked
    claim = letter_claim(connection, asked.unit, asked.plan, form.number)
    made = put(act, _response(lot, asking(connection, asked), form, account, act.now), asked.unit, claim)
    _came_back(act, lot, form.number)
    return made


def _came_back(act: Act, lot: Lot, number: int) -> None:
    asked = lot.asked
    note_returned(act.connection, asked.unit, asked.plan, number, lot.day, act.now.isoformat())


def _response(lot: Lot, known: Asking, form: KeyedForm, account: int, now: datetime) -> Response:
    """What is stored of a form; raises ProblemError HL5224, HL5225."""
    _check_day(lot, known, form.answered)
    if not form.answers and form.sealed is None:
        raise wrong("answers", "phiếu trống: ghi là không hợp lệ")
    tag = None
    if form.procedure or form.officer:
        tag = Tag(lot.asked.unit, procedure=form.procedure, officer=form.officer, source="hand")
    answered_at = datetime.combine(form.answered, time(), VIET_NAM)
    return Response(
        id="",
        device="",
        seq=0,
        survey=SurveyRef(lot.asked.survey, lot.asked.version),
        plan=lot.asked.plan or None,
        tag=tag,
        channel=lot.channel,
        mode=form.mode,
        respondent=form.respondent,
        answers=dict(form.answers),
        outcome=outcome_of(known.survey, form.answers),
        started_at=answered_at,
        finished_at=answered_at,
        entered=Entered(by=f"account-{account}", at=now, form_no=str(form.number)),
        sealed=form.sealed,
    )


def outcome_of(survey: Survey, answers: Mapping[str, Answer]) -> Outcome:
    """Whether every question that has to be answered is. Pure."""
    needed = (
        question.id
        for question in survey.questions
        if question.required and not isinstance(question, SEALED_KINDS) and is_asked(question, answers)
    )
    return "complete" if all(id in answers for id in needed) else "partial"


def _check_day(lot: Lot, known: Asking, answered: date) -> None:
    if answered > lot.day:
        raise wrong("answered", f"sau ngày {lot.day.isoformat()}, khi phiếu đã về")
    first, last = known.window
    asks = not (known.plan and known.group) or known.plan.asks_on(known.group, lot.asked.unit, answered)
    if not asks:
        detail = f"từ {first or '…'} đến {last or '…'}"
        raise ProblemError(ANSWERED_OUTSIDE_WINDOW(where="answered", detail=detail))


def _check_place(connection: Connection, lot: Lot, number: int) -> None:
    check_number(number, "number", most=HIGHEST)
    if not lot.first <= number <= lot.last:
        detail = f"từ {lot.first} đến {lot.last}"
        raise ProblemError(FORM_NUMBER_OUTSIDE(where="number", detail=detail))
    check_printed(connection, lot.asked, number=number)


def _check_room(connection: Connection, lot: Lot) -> None:
    if entered_in(connection, lot.id) >= lot.counted:
        raise ProblemError(LOT_COMPLETE(where="lot", detail=str(lot.counted)))


def _check_number_free(connection: Connection, lot: Lot, number: int) -> None:
    if said := keyed_by(connection, lot, number):
        raise ProblemError(FORM_NUMBER_TAKEN(where="number", detail=said))


def _check_reason(reason: str) -> None:
    if reason not in INVALID:
        raise wrong("reason")


def _sent_before(connection: Connection, token: str) -> Row[Any] | None:
    if not _TOKEN.match(token):
        raise wrong("token")
    return connection.execute(select(paper_forms).where(paper_forms.c.id == token)).first()


def _with_number(lot: Lot, number: int) -> Any:
    c = paper_forms.c
    return select(paper_forms).where(
        c.unit == lot.asked.unit, c.plan == lot.asked.plan, c.number == number, c.copy == 0
    )


def _row_of(connection: Connection, lot: Lot, number: int) -> Row[Any]:
    row = connection.execute(_with_number(lot, number)).first()
    if row is None or row.lot != lot.id:
        raise ProblemError(PAPER_FORM_UNKNOWN(where="number", detail=str(number)))
    return row


def _next_copy(connection: Connection, lot: Lot, number: int) -> int:
    c = paper_forms.c
    own = (c.unit == lot.asked.unit) & (c.plan == lot.asked.plan) & (c.number == number)
    highest = connection.execute(select(func.max(c.copy)).where(own)).scalar()
    return (highest or 0) + 1


def responses_of(connection: Connection, row: Row[Any]) -> list[Response]:
    """What counts of a form: its response, or the one that corrected it; none of an invalid form."""
    c = responses.c
    bodies = select(c.body).where(c.id.in_(_chain(connection, row)), c.outcome != "voided")
    return [decode_response(bytes(body)) for body in connection.execute(bodies).scalars()]


def _chain(connection: Connection, row: Row[Any]) -> set[str]:
    """The response of a form and its corrections, without those that were voided."""
    if not row.response:
        return set()
    return corrections.related(connection, row.response) - corrections.voided_here(connection)


def _void(act: Act, row: Row[Any], reason: str) -> None:
    """Void what counts of a form, and let go of its claims and of a second keying that nobody has decided."""
    connection, s = act.connection, paper_seconds.c
    chain = _chain(connection, row)
    for response in responses_of(connection, row):
        corrections.void(act, response.id, reason)
    release(connection, chain)
    own = (s.unit == row.unit) & (s.plan == row.plan) & (s.number == row.number)
    connection.execute(delete(paper_seconds).where(own, s.decided == 0))


def _kept(form: KeyedForm, response: str | None) -> dict[str, str | None]:
    unlisted = msgspec.json.encode(form.unlisted).decode() if form.unlisted else ""
    return {
        "response": response,
        "invalid": "" if response else REPEATED,
        "answered_on": form.answered.isoformat(),
        "unlisted": unlisted,
    }


def _note(act: Act, lot: Lot, token: str, number: int, account: int, **values: Any) -> None:
    act.connection.execute(
        insert(paper_forms).values(
            id=token,
            unit=lot.asked.unit,
            plan=lot.asked.plan,
            number=number,
            lot=lot.id,
            account=account,
            keyed_at=act.now.isoformat(),
            **values,
        )
    )


def _change(act: Act, row: Row[Any], account: int, **values: Any) -> None:
    changed = {"account": account, "keyed_at": act.now.isoformat(), **values}
    act.connection.execute(update(paper_forms).where(paper_forms.c.id == row.id).values(changed))
