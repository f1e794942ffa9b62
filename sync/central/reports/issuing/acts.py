"""The acts on a document. Each names what the person had read, so that of two who act at once one is refused.

The line in the audit log names the document by its number and holds none of its words.
"""

import hashlib
import unicodedata
from collections.abc import Mapping
from datetime import date
from typing import Any

import msgspec
from sqlalchemy import Connection, delete, insert, update

from sync.central.office.audit.acts import Act
from sync.central.reports.asked import Asked
from sync.central.reports.issuing.outside import Decided, decide, read_outside
from sync.central.reports.issuing.public import why_not_public
from sync.central.reports.kinds.described import Kind
from sync.central.reports.model import words_of
from sync.central.reports.records.stages import StepName, advance
from sync.central.reports.records.stored import (
    Report,
    history_of,
    living_of,
    of_these_days,
    published_of,
    read_report,
    revised_by,
    same_period,
)
from sync.central.store.database import one_at_a_time
from sync.central.store.issuing import notice_reads, report_steps, reports
from sync.contract.plan import VIET_NAM
from sync.contract.problem import ProblemError
from sync.contract.problem.centre import (
    REPORT_CHANGED,
    REPORT_ENTRY_WRONG,
    REPORT_KIND_UNKNOWN,
    REPORT_OWN,
    REPORT_PUBLIC_THERE,
    REPORT_THERE,
)
from sync.contract.text import nfc

Kinds = Mapping[str, Kind[Any]]
# Characters of one text, of a remark or reason, and of a number such as 125/BC-UBND.
WORDS, NOTE, NUMBER = 10_000, 1_000, 60
# Other years are slips of the hand.
_YEARS = range(2000, 2100)
# Steps by which a person becomes somebody who wrote the document.
WRITING = ("draft", "write", "revise")


def draft(act: Act, kinds: Kinds, asked: Asked) -> int:
    """Begin a document with the figures of this moment; returns its number.

    Raises ProblemError HL5161 if the period has one, HL5166 for an unknown kind, HL5165 for a period whose
    last day is before its first, that is in another century, or that has not begun, for a kind with its
    figures.
    """
    one_at_a_time(act.connection)
    if asked.first.year not in _YEARS or asked.last.year not in _YEARS:
        detail = f"năm phải từ {_YEARS[0]} đến {_YEARS[-1]}"
        raise ProblemError(REPORT_ENTRY_WRONG(where="first", detail=detail))
    if asked.last < asked.first:
        raise ProblemError(REPORT_ENTRY_WRONG(where="last", detail="trước ngày đầu"))
    if asked.first > _today(act) and not _kind(kinds, asked.kind).ahead:
        raise ProblemError(REPORT_ENTRY_WRONG(where="first", detail="kỳ này chưa bắt đầu"))
    living = living_of(same_period(act.connection, asked))
    if living:
        raise ProblemError(REPORT_THERE(where="report", detail=str(living[0].id)))
    return _begin(act, kinds, asked, "draft")


def revise(act: Act, kinds: Kinds, id: int, *, read: str, why: str) -> int:
    """Begin the next revision of an issued document, with what was written in it; returns its number.

    Raises ProblemError HL5161 if one was begun, HL5163 if the document was not issued.
    """
    report = _now(act, id, read)
    note = _note(why, "why", required=True)
    advance(report.state, "revise")
    there = same_period(act.connection, report.asked)
    begun = [each for each in living_of(there) if each.revises == id]
    if begun:
        raise ProblemError(REPORT_THERE(where="report", detail=str(begun[0].id)))
    return _begin(act, kinds, report.asked, "revise", revises=report, why=note)


def _begin(
    act: Act, kinds: Kinds, asked: Asked, step: str, *, revises: Report | None = None, why: str = ""
) -> int:
    kind = _kind(kinds, asked.kind)
    figures = kind.frozen(kind.read(act.connection, asked, act.now))
    values = {
        "kind": asked.kind,
        "unit": asked.unit,
        "first_day": asked.first.isoformat(),
        "last_day": asked.last.isoformat(),
        "plan": asked.plan,
        "plan_group": asked.group,
        "revision": _next_revision(act, asked),
        "revises": revises.id if revises else None,
        "why": why,
        "state": "draft",
        "figures": figures.decode(),
        "figures_at": act.now.isoformat(),
        "words": _encoded(_changed(revises.words, _proposed(kind, revises)) if revises else {}),
        "digest": "",
        "drafted_by": act.who,
        "sent_number": "",
        "sent_day": "",
    }
    done = act.connection.execute(insert(reports).values(values))
    id = int(done.inserted_primary_key[0])  # type: ignore[index]
    _leave(act, id, step, int(str(values["revision"])), why)
    act.note(f"report-{step}", str(id), f"{asked.kind} {asked.unit or '*'} {asked.first}..{asked.last}")
    return id


def write_words(act: Act, kinds: Kinds, id: int, words: Mapping[str, str], *, read: str) -> None:
    """Keep what an official wrote in a draft; other texts stay as they are.

    Raises ProblemError HL5165 for a text that the document has no place for, that is too long, or that holds
    invisible characters.
    """
    report = _now(act, id, read)
    state = advance(report.state, "write")
    proposed = _proposed(_kind(kinds, report.asked.kind), report)
    written = dict(report.words)
    for name, text in words.items():
        if name not in proposed:
            raise ProblemError(REPORT_ENTRY_WRONG(where="words", detail=f"không có phần “{name[:60]}”"))
        written[name] = checked_words(text, name)
    _change(act, report, "write", state=state, words=_encoded(_changed(written, proposed)))


def refresh(act: Act, kinds: Kinds, id: int, *, read: str) -> None:
    """Read the figures of a draft again; what was written stays."""
    report = _now(act, id, read)
    state = advance(report.state, "refresh")
    kind = _kind(kinds, report.asked.kind)
    figures = kind.frozen(kind.read(act.connection, report.asked, act.now)).decode()
    values = {"figures": figures, "figures_at": act.now.isoformat()}
    words = _changed(report.words, _proposed(kind, report))
    _change(act, report, "refresh", state=state, words=_encoded(words), **values)


def approve(act: Act, kinds: Kinds, id: int, *, read: str, decided: Decided | None = None) -> str:
    """Approve exactly what was read: its figures don't change any more; returns their digest.

    What copies for others say and don't say is decided now, by what was approved before. decided: what was
    calculated of that before this act, see outside.py.

    Raises ProblemError HL5164 for a person who drafted it or wrote in it.
    """
    report = _now(act, id, read)
    state = advance(report.state, "approve")
    if has_written(act.connection, report, act.who):
        raise ProblemError(REPORT_OWN(where="report", detail=str(id)))
    digest = hashlib.sha256(report.figures).hexdigest()
    outside = decide(read_outside(act.connection, _kind(kinds, report.asked.kind), report), decided)
    values = {
        "digest": digest,
        "revision": _next_revision(act, report.asked, without=id),
        "withheld": msgspec.json.encode(sorted(outside.withheld)).decode(),
        "said": msgspec.json.encode(outside.said).decode(),
    }
    _change(act, report, "approve", note=digest[:8], state=state, **values)
    return digest


def has_written(connection: Connection, report: Report, who: str) -> bool:
    """Whether this person drafted the document or wrote in it, or in one whose words it began with."""
    ids = [report.id, *(each.id for each in revised_by(connection, report))]
    return any(step.who == who and step.step in WRITING for step in history_of(connection, ids))


def return_to_drafter(act: Act, id: int, *, read: str, note: str) -> None:
    """Give the document back to be written on, with a remark; its figures may be read again.

    Nobody has seen it any more: each is asked again once it is approved.
    """
    report = _now(act, id, read)
    remark = _note(note, "note", required=True)
    state = advance(report.state, "return")
    _change(act, report, "return", note=remark, state=state, digest="", withheld="[]", said="[]")
    act.connection.execute(delete(notice_reads).where(notice_reads.c.report == id))


def record_sent(act: Act, id: int, *, read: str, number: str, day: date, ahead: bool = False) -> None:
    """Keep number and day of the signed paper, as the office's clerk entered them in the register.

    ahead: its kind may be signed before its period.

    Raises ProblemError HL5165 for a number without digits, or a day before the period or in the future.
    """
    report = _now(act, id, read)
    state = advance(report.state, "send", sent=bool(report.sent_number))
    number = " ".join(nfc(number).split())
    if not number or not any(character.isdigit() for character in number) or not number.isprintable():
        raise ProblemError(REPORT_ENTRY_WRONG(where="number", detail="ghi như 125/BC-UBND"))
    if len(number) > NUMBER:
        raise ProblemError(REPORT_ENTRY_WRONG(where="number", detail=f"dài hơn {NUMBER} ký tự"))
    if day > _today(act):
        raise ProblemError(REPORT_ENTRY_WRONG(where="day", detail="ngày này chưa đến"))
    if day < report.asked.first and not ahead:
        raise ProblemError(REPORT_ENTRY_WRONG(where="day", detail="trước ngày đầu của kỳ"))
    _change(act, report, "send", note=number, state=state, sent_number=number, sent_day=day.isoformat())
    _replace_earlier(act, report, "sent")


def publish(act: Act, kinds: Kinds, id: int, *, read: str, done: str) -> None:
    """Show the document's figures to the public. done: what was done about what people said, in few words.

    The documents that this one revises are replaced. Raises ProblemError HL5192, HL5193, or HL5167 if another
    document is public at the same address.
    """
    report = _now(act, id, read)
    state = advance(report.state, "publish")
    earlier = [(_kind(kinds, each.asked.kind), each) for each in _once_public(act, report)]
    why_not = why_not_public(_kind(kinds, report.asked.kind), report, earlier)
    if why_not:
        raise ProblemError(why_not)
    asked = report.asked
    revised = {each.id for each in revised_by(act.connection, report)}
    for other in published_of(act.connection, asked.unit, asked.first, asked.last):
        if other.id not in revised:
            raise ProblemError(REPORT_PUBLIC_THERE(where="report", detail=str(other.id)))
    _change(act, report, "publish", note=checked_words(done, "done", most=NOTE), state=state)
    _replace_earlier(act, report, "sent", "published")


def announce(act: Act, id: int, *, read: str, day: date, place: str) -> None:
    """Note that the radio text was read out or the poster put up, on a day at a place."""
    report = _now(act, id, read)
    state = advance(report.state, "announce")
    where = _note(place, "place", required=True)
    if not report.asked.first <= day <= _today(act):
        raise ProblemError(REPORT_ENTRY_WRONG(where="day", detail="trước ngày đầu của kỳ, hoặc chưa đến"))
    _change(act, report, "announce", note=f"{day.isoformat()} {where}", state=state)


def withdraw(act: Act, id: int, *, read: str, why: str) -> None:
    """Take the document back: the public page says so, and another one may be drafted for the period."""
    report = _now(act, id, read)
    note = _note(why, "why", required=True)
    _change(act, report, "withdraw", note=note, state=advance(report.state, "withdraw"))


def checked_words(text: str, where: str, *, most: int = WORDS) -> str:
    """The text as it is kept: NFC, no empty lines around it. Raises ProblemError HL5165."""
    kept = _kept(text)
    if len(kept) > most:
        raise ProblemError(REPORT_ENTRY_WRONG(where=where, detail=f"dài hơn {most} ký tự"))
    if any(unicodedata.category(character)[0] == "C" for character in kept if character != "\n"):
        raise ProblemError(REPORT_ENTRY_WRONG(where=where, detail="có ký tự không nhìn thấy được"))
    return kept


def mark_of(text: str) -> str:
    """What the text says, in short: the same for texts that are kept alike."""
    return hashlib.sha256(_kept(text).encode()).hexdigest()[:16]


def _kept(text: str) -> str:
    """The text without empty lines, doubled or no-break spaces, so that two of them can be compared."""
    lines = [" ".join(line.split()) for line in nfc(text).splitlines()]
    return "\n".join(line for line in lines if line)


def _proposed(kind: Kind[Any], report: Report) -> dict[str, str]:
    """What the figures of the report propose for each of its texts, as it would be kept."""
    return {each.id: _kept(each.text) for each in words_of(kind.build(kind.thawed(report.figures), {}))}


def _changed(words: Mapping[str, str], proposed: Mapping[str, str]) -> dict[str, str]:
    """The texts that somebody changed. What is proposed is not kept, so that it follows the figures."""
    return {name: text for name, text in words.items() if text != proposed.get(name)}


# --- what they share --------------------------------------------------------------------------------------


def _today(act: Act) -> date:
    return act.now.astimezone(VIET_NAM).date()


def _now(act: Act, id: int, read: str) -> Report:
    """The document, alone until the act ends; raises ProblemError HL5160, HL5162."""
    one_at_a_time(act.connection)
    report = read_report(act.connection, id)
    if report.read != read:
        raise ProblemError(REPORT_CHANGED(where="report", detail=str(id)))
    return report


def _kind(kinds: Kinds, name: str) -> Kind[Any]:
    kind = kinds.get(name)
    if kind is None:
        raise ProblemError(REPORT_KIND_UNKNOWN(where="kind", detail=name))
    return kind


def _note(text: str, where: str, *, required: bool) -> str:
    note = checked_words(text, where, most=NOTE)
    if required and not note:
        raise ProblemError(REPORT_ENTRY_WRONG(where=where, detail="để trống"))
    return note


def _encoded(words: Mapping[str, str]) -> str:
    return msgspec.json.encode(words, order="sorted").decode()


def _next_revision(act: Act, asked: Asked, without: int = 0) -> int:
    """0, or one more than any document of this period that was issued has had."""
    there = [each for each in same_period(act.connection, asked) if each.id != without]
    return max((each.revision + 1 for each in there if _was_issued(act.connection, each)), default=0)


def _was_issued(connection: Connection, report: Report) -> bool:
    """Whether the document was sent or published, whatever became of it."""
    return any(step.step in ("send", "publish") for step in history_of(connection, [report.id]))


def _change(act: Act, report: Report, step: StepName, *, note: str = "", **values: object) -> None:
    """Store the change with its step and its line in the audit log."""
    act.connection.execute(update(reports).where(reports.c.id == report.id).values(**values))
    revision = values.get("revision", report.revision)
    _leave(act, report.id, step, int(str(revision)), note)
    said = note if step in ("approve", "send") else ""
    act.note(f"report-{step}", str(report.id), said)


def _leave(act: Act, id: int, step: str, revision: int, note: str) -> None:
    row = {"report": id, "step": step, "who": act.who, "at": act.now.isoformat()}
    act.connection.execute(insert(report_steps).values(**row, revision=revision, note=note))


def _once_public(act: Act, report: Report) -> list[Report]:
    """The other reports of the same unit and days that the public has read, taken back or not; but those of
    another group of the same plan, whose answers are others."""
    asked = report.asked
    days = (asked.first, asked.last)
    return [
        each
        for each in of_these_days(act.connection, asked.unit, *days)
        if each.id != report.id
        and (each.asked.first, each.asked.last) == days
        and not (each.asked.plan == asked.plan and "" != each.asked.group != asked.group != "")
        and any(step.step == "publish" for step in history_of(act.connection, [each.id]))
    ]


def _replace_earlier(act: Act, report: Report, *states: str) -> None:
    """Let the documents that this one revises be replaced, those in one of these states.

    All of them: the one before may never have been published, and so have replaced none that is public.
    """
    for earlier in revised_by(act.connection, report):
        if earlier.state in states:
            _change(act, earlier, "replace", note=report.why, state=advance(earlier.state, "replace"))
