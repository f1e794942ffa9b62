"""The acts on letters, from the list of organisations to the reminder; each leaves a line in the audit log.

No line names an organisation: a letter is named by the number of its form.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any, Final, Literal, get_args

from msgspec import Struct
from sqlalchemy import Connection, and_, delete, insert, select, update

from sync.central.office.audit.acts import Act
from sync.central.office.paper.asked import Asked, asking
from sync.central.office.paper.runs import make_run
from sync.central.office.post.addressed import (
    AddressedLetter,
    ClosedLetter,
    SealedOrganisation,
    open_letters,
)
from sync.central.office.post.letters import (
    WAITING,
    Letter,
    LetterState,
    letter_named,
    letter_of,
    letter_query,
)
from sync.central.office.sample.people_list import LONGEST as LONGEST_DRAFT
from sync.central.office.sample.people_list import MOST_DRAFTS
from sync.central.store.database import one_at_a_time
from sync.central.store.letter_tables import letters
from sync.contract.plan import VIET_NAM
from sync.contract.problem import ProblemError
from sync.contract.problem.posting import (
    GROUP_NOT_BY_POST,
    LETTER_ENTRY_WRONG,
    LETTER_STATE_WRONG,
    LETTER_UNKNOWN,
    NO_LETTERS,
)
from sync.contract.response import Sealed

HOLDER: Final = "Gửi qua bưu điện"
LONGEST: Final = 40  # characters of a number or a postal code
# What the post, or nobody, has brought back.
Mark = Literal["undelivered", "lost"]
MARKS: tuple[Mark, ...] = get_args(Mark)
_NUMBER = re.compile(r"(\d+)(.*)", re.DOTALL)
_NUMBERED: frozenset[LetterState] = frozenset({"draft", "sent", "reminded"})
_SENDABLE: frozenset[LetterState] = frozenset({"draft", "sent", "undelivered", "lost"})


class Mailing(Struct, frozen=True):
    """Letters of a unit for a group of a plan: what most acts are about."""

    plan: str
    unit: str
    group: str

    @property
    def subject(self) -> str:
        """As the audit log names it."""
        return f"{self.plan} {self.group} {self.unit}"


def make_letters(
    act: Act, asked: Asked, organisations: Sequence[SealedOrganisation], *, id: str, account: int
) -> int:
    """Make a letter with a numbered form for each of these; how many. id: of the print run, from `new_id`.

    What was made before with this id is left as it is. Raises ProblemError HL4343, HL5020, HL5224.
    """
    connection = act.connection
    one_at_a_time(connection)
    before = len(connection.execute(select(letters.c.form).where(letters.c.run == id)).all())
    if before:
        act.undo()
        return before
    known = asking(connection, asked)
    if known.group is None or "post" not in known.group.channels:
        raise ProblemError(GROUP_NOT_BY_POST(where="group", detail=asked.group))
    run = make_run(act, asked, id=id, count=len(organisations), holder=HOLDER, account=account)
    rows = [
        {
            "unit": asked.unit,
            "plan": asked.plan,
            "form": form,
            "run": id,
            "link": each.link,
            "sealed_key": each.sealed.key,
            "sealed_box": each.sealed.box,
            "drafts": "\n".join(each.drafts),
            "account": account,
            "changed_at": act.now.isoformat(),
        }
        for form, each in enumerate(organisations, run.first)
    ]
    connection.execute(insert(letters), rows)
    mailing = Mailing(asked.plan, asked.unit, asked.group)
    act.note("letters-make", mailing.subject, f"{run.first}-{run.last}")
    return run.count


def discard_drafts(act: Act, mailing: Mailing) -> int:
    """Remove the letters that were not sent, with their organisations and links; how many.

    The numbers of their forms are not given again. Raises ProblemError HL4348.
    """
    one_at_a_time(act.connection)
    drafts = _in_states(act.connection, mailing, {"draft"})
    for letter in drafts:
        act.connection.execute(delete(letters).where(_own(letter)))
    act.note("letters-discard", mailing.subject, _forms(drafts))
    return len(drafts)


def number_letters(
    act: Act, mailing: Mailing, *, number: str, day: date, one_each: bool, account: int
) -> int:
    """Note the number and the day that the office has given to the letters that have none yet; how many.

    one_each: every letter has its own number, one more than the one before; else all have this one. Raises
    ProblemError HL4346, HL4348.
    """
    number, day = _text(number, "number", needed=True), _day(act, day, "signed_on")
    numbered = _NUMBER.fullmatch(number)
    if numbered is None:
        raise _wrong("number", "ghi như 45/STP-VP")
    one_at_a_time(act.connection)
    found = tuple(letter for letter in _in_states(act.connection, mailing, _NUMBERED) if not letter.number)
    if not found:
        raise ProblemError(NO_LETTERS())
    for more, letter in enumerate(found):
        own = f"{int(numbered[1]) + more:0{len(numbered[1])}}{numbered[2]}" if one_each else number
        _change(act, letter, account, number=own, signed_on=day.isoformat())
    act.note("letters-number", mailing.subject, f"{number} {day.isoformat()}: {_forms(found)}")
    return len(found)


def send_letters(act: Act, mailing: Mailing, codes: Mapping[int, str], *, day: date, account: int) -> int:
    """Note that these letters were handed to the post; how many.

    codes: the postal code of each by the number of its form, "" for none. Raises ProblemError HL4344 …
    HL4346, HL4348.
    """
    day = _day(act, day, "sent_on")
    one_at_a_time(act.connection)
    if not codes:
        raise ProblemError(NO_LETTERS())
    found = [letter_named(act.connection, mailing.plan, mailing.unit, form) for form in sorted(codes)]
    for letter in found:
        _check_state(letter, _SENDABLE)
        code = _text(codes[letter.form], str(letter.form))
        _change(
            act, letter, account, sent_on=day.isoformat(), postal_code=code, undelivered_on="", lost_on=""
        )
    act.note("letters-send", mailing.subject, f"{day.isoformat()}: {_forms(found)}")
    return len(found)


def remind(act: Act, mailing: Mailing, *, number: str, day: date, account: int) -> tuple[ClosedLetter, ...]:
    """Note a reminder to everybody who was sent a letter and has not answered; these letters.

    number: of the reminder letter, "" while the office has not given it. Raises ProblemError HL4346, HL4348.
    """
    number, day = _text(number, "number"), _day(act, day, "reminded_on")
    one_at_a_time(act.connection)
    found = _in_states(act.connection, mailing, WAITING)
    for letter in found:
        _change(act, letter, account, reminded_on=day.isoformat())
    act.note("letters-remind", mailing.subject, f"{number} {day.isoformat()}: {_forms(found)}".strip())
    return _closed(act.connection, mailing, {letter.form for letter in found})


def print_letters(act: Act, mailing: Mailing) -> tuple[ClosedLetter, ...]:
    """The letters that are not answered, to be printed: their organisations are about to be opened.

    Raises ProblemError HL4348.
    """
    found = _in_states(act.connection, mailing, {"draft", "sent", "reminded", "undelivered", "lost"})
    act.note("letters-print", mailing.subject, _forms(found))
    return _closed(act.connection, mailing, {letter.form for letter in found})


def reveal_letter(act: Act, mailing: Mailing, form: int, keys: Mapping[str, bytes]) -> AddressedLetter:
    """One letter with its organisation in clear, for somebody who calls or writes there.

    keys: the sealing keys. Raises ProblemError HL4345, HL4347.
    """
    closed = _closed(act.connection, mailing, {form})
    if not closed:
        raise ProblemError(LETTER_UNKNOWN(where="form", detail=str(form)))
    (opened,) = open_letters(closed, keys)
    act.note("letter-address", mailing.subject, str(form))
    return opened


def mark_letter(act: Act, mailing: Mailing, form: int, mark: Mark, *, day: date, account: int) -> None:
    """Note that the post brought a letter back, or that it is lost; raises ProblemError HL4344 … HL4346."""
    if mark not in MARKS:
        raise _wrong("mark")
    day = _day(act, day, "day")
    one_at_a_time(act.connection)
    letter = letter_named(act.connection, mailing.plan, mailing.unit, form)
    _check_state(letter, WAITING | set(MARKS))
    other = {"undelivered": "lost_on", "lost": "undelivered_on"}[mark]
    _change(act, letter, account, **{f"{mark}_on": day.isoformat(), other: ""})
    act.note(f"letter-{mark}", mailing.subject, f"{form} {day.isoformat()}")


def name_drafts(act: Act, mailing: Mailing, form: int, drafts: Sequence[str], *, account: int) -> None:
    """Note which drafts of legal documents an organisation is asked about, in place of those before.

    form: of its letter. drafts: from `drafts_of`. Raises ProblemError HL4345, HL4346, and HL4344 for one
    whose organisation was removed.
    """
    if len(drafts) > MOST_DRAFTS or any(len(each) > LONGEST_DRAFT for each in drafts):
        raise _wrong("drafts", f"nhiều nhất {MOST_DRAFTS} dự thảo, mỗi tên {LONGEST_DRAFT} ký tự")
    one_at_a_time(act.connection)
    letter = letter_named(act.connection, mailing.plan, mailing.unit, form)
    if not letter.has_address:
        raise ProblemError(LETTER_STATE_WRONG(where=str(form)))
    _change(act, letter, account, drafts="\n".join(drafts))
    act.note("letter-drafts", mailing.subject, f"{form}: {len(drafts)}")


def _in_states(
    connection: Connection, mailing: Mailing, states: Collection[LetterState]
) -> tuple[Letter, ...]:
    """The letters in these states; raises ProblemError HL4348 if there is none."""
    found = tuple(letter for letter in _letters(connection, mailing) if letter.state in states)
    if not found:
        raise ProblemError(NO_LETTERS())
    return found


def _letters(connection: Connection, mailing: Mailing) -> tuple[Letter, ...]:
    return tuple(map(letter_of, connection.execute(_query(mailing))))


def _closed(connection: Connection, mailing: Mailing, forms: Collection[int]) -> tuple[ClosedLetter, ...]:
    return tuple(
        ClosedLetter(letter_of(row), Sealed(row.sealed_key, row.sealed_box))
        for row in connection.execute(_query(mailing))
        if row.form in forms
    )


def _query(mailing: Mailing) -> Any:
    c = letters.c
    query = letter_query().where(c.plan == mailing.plan, c.unit == mailing.unit).order_by(c.form)
    return query.where(query.selected_columns.plan_group == mailing.group)


def _own(letter: Letter) -> Any:
    c = letters.c
    return and_(c.unit == letter.asked.unit, c.plan == letter.asked.plan, c.form == letter.form)


def _change(act: Act, letter: Letter, account: int, **values: str) -> None:
    changed = {**values, "account": account, "changed_at": act.now.isoformat()}
    act.connection.execute(update(letters).where(_own(letter)).values(changed))


def _check_state(letter: Letter, states: Collection[LetterState]) -> None:
    if letter.state not in states:
        raise ProblemError(LETTER_STATE_WRONG(where=str(letter.form)))


def _forms(found: Sequence[Letter]) -> str:
    return " ".join(str(letter.form) for letter in found)


def _text(text: str, where: str, *, needed: bool = False) -> str:
    text = " ".join(text.split())
    if needed and not text:
        raise _wrong(where, "trống")
    if len(text) > LONGEST:
        raise _wrong(where, f"dài hơn {LONGEST} ký tự")
    return text


def _day(act: Act, day: date, where: str) -> date:
    if day > act.now.astimezone(VIET_NAM).date():
        raise _wrong(where, "ngày này chưa đến")
    return day


def _wrong(where: str, detail: str = "") -> ProblemError:
    return ProblemError(LETTER_ENTRY_WRONG(where=where, detail=detail))
