"""Double keying: a share of a lot is keyed by two people, and a third decides where they differ.

Promises (each has a test of this name):
- who keys a form the second time has not keyed it the first time, and sees nothing of it;
- every field that differs is found, and a third person decides it;
- which forms are keyed twice nobody who keys can know before the lot is keyed: they are drawn from its forms
  by the HMAC of the number under the lot's own seed, which no page, file or answer shows;
- words are compared, also names that the catalogue lacks, and no list of differences holds any of them;
- a decision for the second keying voids the form and keys it again, in one act.

Words are compared where the server has the key that opens them, without case, spaces and signs; both sides
stay sealed, and the second one is kept until somebody has decided.
"""

import hmac
import re
import secrets
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Literal

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, Row, func, insert, select, update

from sync.central.office.audit.acts import Act
from sync.central.office.paper.asked import asking, wrong
from sync.central.office.paper.entering import KeyedForm, key_again, responses_of
from sync.central.office.paper.lots import Lot, lot_named
from sync.central.store.database import one_at_a_time
from sync.central.store.paper_tables import paper_forms, paper_lots, paper_seconds
from sync.contract.problem import ProblemError
from sync.contract.problem.paper import NOT_KEYED_TWICE, NOTHING_DIFFERS, SAME_PERSON
from sync.contract.response import Answer, Respondent, Response, Sealed
from sync.contract.sealing import Words, open_words
from sync.contract.survey import SEALED_KINDS, Survey
from sync.contract.text import nfc

Side = Literal["first", "second"]
DAY, PROCEDURE, OFFICER, RESPONDENT = "answered", "procedure", "officer", "respondent"
HEAD = (DAY, RESPONDENT, PROCEDURE, OFFICER)
"""What is compared next to answers."""
WORDS, UNLISTED = "words", "unlisted"
SEALED = (WORDS, UNLISTED)
"""What is compared and stays sealed: all words of a form, and all names that the catalogue lacks."""
_SAME = "same"
_SIGNS = re.compile(r"[\W_]+")


class Coded(Struct, frozen=True, kw_only=True):
    """What a keying says of a form.

    words, unlisted: a mark, the same on both sides for the same words, None for none.
    """

    answered: date
    respondent: Respondent
    procedure: str | None
    officer: str | None
    answers: dict[str, Answer]
    words: str | None = None
    unlisted: str | None = None


class Difference(Struct, frozen=True):
    """A field in which the two keyings differ: its name, and what each has; None for nothing."""

    field: str
    first: Answer | None
    second: Answer | None


class Compared(Struct, frozen=True, kw_only=True):
    """A form that was keyed twice. decided: by a third person, or because nothing differs."""

    number: int
    first_by: int
    second_by: int
    differences: tuple[Difference, ...]
    decided: bool


class Tally(Struct, frozen=True, kw_only=True):
    """How well a lot was keyed. due: forms to key twice; fields: compared; differing: of them.

    wrong: fields in which the first keying was found wrong. open: forms that wait for a decision.
    """

    due: int
    forms: int
    fields: int
    differing: int
    wrong: int
    open: int


def differences(survey: Survey, first: Coded, second: Coded) -> tuple[Difference, ...]:
    """The fields in which two keyings of one form differ. Pure."""
    return tuple(
        each
        for each in _fields(survey, first, second)
        if (type(each.first), each.first) != (type(each.second), each.second)
    )


def _fields(survey: Survey, first: Coded, second: Coded) -> Iterator[Difference]:
    """What is compared, with what both have."""
    yield Difference(DAY, first.answered.isoformat(), second.answered.isoformat())
    yield Difference(RESPONDENT, first.respondent, second.respondent)
    yield Difference(PROCEDURE, first.procedure, second.procedure)
    yield Difference(OFFICER, first.officer, second.officer)
    for question in survey.questions:
        if not isinstance(question, SEALED_KINDS):
            yield Difference(question.id, first.answers.get(question.id), second.answers.get(question.id))
    for field in SEALED:
        one, other = getattr(first, field), getattr(second, field)
        if one or other:
            yield Difference(field, one, other)


def marks(
    first: Sealed | None, second: Sealed | None, keys: Mapping[str, bytes]
) -> tuple[str | None, str | None]:
    """What `Coded` says of words; None for both where there are none, or their key is not here. Pure."""
    if any(each.key not in keys for each in (first, second) if each):
        return None, None
    one, other = (_plain(open_words(each, keys)) if each else () for each in (first, second))
    if one == other:
        return (_SAME, _SAME) if one else (None, None)
    return "first" if one else None, "second" if other else None


def _plain(words: Words) -> tuple[tuple[str, str], ...]:
    """The letters and digits of words by their names."""
    texts = {
        f"{name} {part}": text
        for name, said in words.items()
        for part, text in (said.items() if isinstance(said, Mapping) else [("", said)])
    }
    plain = {name: _SIGNS.sub("", nfc(text).casefold()) for name, text in texts.items()}
    return tuple(sorted((name, text) for name, text in plain.items() if text))


def drawn(seed: str, percent: int, numbers: Sequence[int]) -> tuple[int, ...]:
    """Which of these numbers are keyed twice, ascending. seed: of their lot. Pure."""
    wanted = -(-len(numbers) * percent // 100)
    by_chance = sorted(numbers, key=lambda number: hmac.digest(seed.encode(), str(number).encode(), "sha256"))
    return tuple(sorted(by_chance[:wanted]))


def due(connection: Connection, lot: Lot, account: int) -> tuple[int, ...]:
    """The numbers that this person may key the second time; none before the lot is keyed once."""
    rows = _valid_rows(connection, lot)
    chosen = set(_chosen(connection, lot, rows))
    done = {row.number for row in _second_rows(connection, lot)}
    return tuple(
        row.number
        for row in rows
        if row.number in chosen and row.number not in done and row.account != account
    )


def key_second(act: Act, lot: str, form: KeyedForm, *, account: int, keys: Mapping[str, bytes]) -> bool:
    """Note the second keying of a form; whether it equals the first. keys: the sealing keys that are here.

    Raises ProblemError HL5221, HL5224, HL5231 (the same person), HL5232 (not a form to key twice).
    """
    connection = act.connection
    one_at_a_time(connection)
    of = lot_named(connection, lot)
    rows = {row.number: row for row in _valid_rows(connection, of)}
    row = rows.get(form.number)
    if row is None or form.number not in _chosen(connection, of, list(rows.values())):
        raise ProblemError(NOT_KEYED_TWICE(where="number", detail=f"số {form.number}"))
    if row.account == account:
        raise ProblemError(SAME_PERSON(where="number", detail=f"số {form.number}"))
    if any(each.number == form.number for each in _second_rows(connection, of)):
        raise ProblemError(NOT_KEYED_TWICE(where="number", detail=f"đã nhập lần hai: số {form.number}"))
    survey = asking(connection, of.asked).survey
    earlier = _response(connection, row)
    words = marks(earlier.sealed, form.sealed, keys)
    unlisted = marks(sealed_of(row.unlisted), form.unlisted, keys)
    first = _first(row, earlier, words[0], unlisted[0])
    second = Coded(
        answered=form.answered,
        respondent=form.respondent,
        procedure=form.procedure,
        officer=form.officer,
        answers=dict(form.answers),
        words=words[1],
        unlisted=unlisted[1],
    )
    differing = differences(survey, first, second)
    connection.execute(
        insert(paper_seconds).values(
            unit=of.asked.unit,
            plan=of.asked.plan,
            number=form.number,
            lot=lot,
            first_account=row.account,
            account=account,
            body=msgspec.json.encode((first, second)).decode(),
            fields=sum(1 for _ in _fields(survey, first, second)),
            differing=len(differing),
            decided=0 if differing else 1,
            words=_kept(form.sealed, WORDS, differing),
            unlisted=_kept(form.unlisted, UNLISTED, differing),
            changed_at=act.now.isoformat(),
        )
    )
    act.note("paper-second", f"paper lot {lot}", str(form.number))
    return not differing


def _kept(sealed: Sealed | None, field: str, differing: Sequence[Difference]) -> str:
    """What is kept of the second keying until somebody decides: only what differs."""
    if sealed is None or all(each.field != field for each in differing):
        return ""
    return msgspec.json.encode(sealed).decode()


def sealed_of(text: str) -> Sealed | None:
    """What a column holds sealed; None for nothing."""
    return msgspec.json.decode(text, type=Sealed) if text else None


def both_sealed(
    connection: Connection, lot: Lot, number: int
) -> dict[str, tuple[Sealed | None, Sealed | None]]:
    """What is sealed of the two keyings of a form and waits for a decision, by `WORDS` and `UNLISTED`."""
    second = next((each for each in _second_rows(connection, lot) if each.number == number), None)
    first = next((each for each in _valid_rows(connection, lot) if each.number == number), None)
    if second is None or first is None or second.decided:
        raise ProblemError(NOTHING_DIFFERS(where="number", detail=f"số {number}"))
    return {
        WORDS: (_response(connection, first).sealed, sealed_of(second.words)),
        UNLISTED: (sealed_of(first.unlisted), sealed_of(second.unlisted)),
    }


def decide(act: Act, lot: str, number: int, sides: Mapping[str, Side], *, account: int) -> None:
    """Decide each field in which two keyings differ, for the first or the second of them.

    Raises ProblemError HL5221, HL5224 (a field is not decided), HL5231 (one of the two), HL5233.
    """
    connection = act.connection
    one_at_a_time(connection)
    of = lot_named(connection, lot)
    row = next((each for each in _second_rows(connection, of) if each.number == number), None)
    if row is None or row.decided:
        raise ProblemError(NOTHING_DIFFERS(where="number", detail=f"số {number}"))
    if account in (row.account, row.first_account):
        raise ProblemError(SAME_PERSON(where="number", detail=f"số {number}"))
    survey = asking(connection, of.asked).survey
    first, second = _both(row)
    differing = differences(survey, first, second)
    for each in differing:
        if sides.get(each.field) not in ("first", "second"):
            raise wrong(each.field, "chưa chọn")
    wrongly = {each.field for each in differing if sides[each.field] == "second"}
    own = paper_seconds.c
    connection.execute(
        update(paper_seconds)
        .where(own.unit == of.asked.unit, own.plan == of.asked.plan, own.number == number)
        .values(
            decided=1,
            decider=account,
            wrong=len(wrongly),
            words="",
            unlisted="",
            changed_at=act.now.isoformat(),
        )
    )
    if wrongly:
        form = next(each for each in _valid_rows(connection, of) if each.number == number)
        merged = _merged(_response(connection, form), form, row, wrongly)
        key_again(act, lot, merged, reason="nhập hai lần", account=account)
    act.note("paper-decide", f"paper lot {lot}", str(number))


def compared(connection: Connection, lot: Lot) -> tuple[Compared, ...]:
    """Every form of a lot that was keyed twice, those to decide first."""
    survey = asking(connection, lot.asked).survey
    forms = [
        Compared(
            number=row.number,
            first_by=row.first_account,
            second_by=row.account,
            differences=differences(survey, *_both(row)),
            decided=bool(row.decided),
        )
        for row in _second_rows(connection, lot)
    ]
    return tuple(sorted(forms, key=lambda each: (each.decided, each.number)))


def tally(connection: Connection, lot: Lot) -> Tally:
    """How well a lot was keyed."""
    s = paper_seconds.c
    query = select(
        func.count(),
        func.coalesce(func.sum(s.fields), 0),
        func.coalesce(func.sum(s.differing), 0),
        func.coalesce(func.sum(s.wrong), 0),
        func.coalesce(func.sum(1 - s.decided), 0),
    ).where(s.lot == lot.id)
    forms, fields, differing, found_wrong, still_open = connection.execute(query).one()
    chosen = _chosen(connection, lot, _valid_rows(connection, lot))
    return Tally(
        due=len(chosen),
        forms=forms,
        fields=int(fields),
        differing=int(differing),
        wrong=int(found_wrong),
        open=int(still_open),
    )


def _merged(earlier: Response, form: Row[Any], row: Row[Any], wrongly: set[str]) -> KeyedForm:
    """The first keying with these fields of the second. form, row: what is kept of the two."""
    first, second = _both(row)

    def head(field: str) -> Any:
        return getattr(second if field in wrongly else first, field)

    answers = dict(first.answers)
    for field in wrongly - {*HEAD, *SEALED}:
        if field in second.answers:
            answers[field] = second.answers[field]
        else:
            answers.pop(field, None)
    return KeyedForm(
        token=secrets.token_hex(16),
        number=row.number,
        answered=head(DAY),
        respondent=head(RESPONDENT),
        mode=earlier.mode,
        procedure=head(PROCEDURE),
        officer=head(OFFICER),
        answers=answers,
        sealed=sealed_of(row.words) if WORDS in wrongly else earlier.sealed,
        unlisted=sealed_of(row.unlisted if UNLISTED in wrongly else form.unlisted),
    )


def _first(row: Row[Any], response: Response, words: str | None, unlisted: str | None) -> Coded:
    """What the first keying says, as it is stored."""
    tag = response.tag
    return Coded(
        answered=date.fromisoformat(row.answered_on),
        respondent=response.respondent,
        procedure=tag.procedure if tag else None,
        officer=tag.officer if tag else None,
        answers=dict(response.answers),
        words=words,
        unlisted=unlisted,
    )


def _response(connection: Connection, row: Row[Any]) -> Response:
    """The response of a form that counts now."""
    for response in responses_of(connection, row):
        return response
    raise ProblemError(NOT_KEYED_TWICE(where="number", detail=f"số {row.number}"))


def _both(row: Row[Any]) -> tuple[Coded, Coded]:
    return msgspec.json.decode(row.body, type=tuple[Coded, Coded])


def _chosen(connection: Connection, lot: Lot, rows: Sequence[Row[Any]]) -> tuple[int, ...]:
    """The forms to key twice; none before every counted form was keyed once."""
    everything = select(func.count()).select_from(paper_forms).where(paper_forms.c.lot == lot.id)
    if not lot.twice or connection.execute(everything).scalar_one() < lot.counted:
        return ()
    seed = connection.execute(select(paper_lots.c.seed).where(paper_lots.c.id == lot.id)).scalar_one()
    # A lot of before there were seeds keeps an order that is its own.
    return drawn(seed or lot.id, lot.twice, [row.number for row in rows])


def _valid_rows(connection: Connection, lot: Lot) -> Sequence[Row[Any]]:
    f = paper_forms.c
    query = select(paper_forms).where(f.lot == lot.id, f.response.is_not(None)).order_by(f.number)
    return connection.execute(query).all()


def _second_rows(connection: Connection, lot: Lot) -> Sequence[Row[Any]]:
    s = paper_seconds.c
    return connection.execute(select(paper_seconds).where(s.lot == lot.id).order_by(s.number)).all()
