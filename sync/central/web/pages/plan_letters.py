"""Letters of a plan on one page: what was sent, came back, or was not answered; and the acts that note it."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Any
from urllib.parse import urlencode

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Meta, Struct, field

from sync.central.office.audit.acts import Act
from sync.central.office.paper.listing import list_lots
from sync.central.office.post.addressed import AddressedLetter
from sync.central.office.post.letters import (
    STATES,
    Letter,
    LetterState,
    count_states,
    letter_named,
    letters_of,
    waiting,
)
from sync.central.office.post.sending import (
    LONGEST,
    MARKS,
    Mailing,
    Mark,
    discard_drafts,
    mark_letter,
    name_drafts,
    number_letters,
    reveal_letter,
    send_letters,
)
from sync.central.office.sample.people_list import drafts_of
from sync.central.web.choices import Option
from sync.central.web.letter_words import (
    HANDLE,
    LETTERS,
    LOOKS,
    ONE,
    PRINT,
    At,
    MailingAt,
    letter_crumbs,
    mailing_at,
)
from sync.central.web.letter_words import MARKS as MARK_WORDS
from sync.central.web.letter_words import STATES as STATE_WORDS
from sync.central.web.look import Look
from sync.central.web.pages.paper_desk import PAPER
from sync.central.web.plan_words import PLANS, SEE, plan_crumbs
from sync.central.web.problems import ProblemPage, problem_page
from sync.central.web.routes import needs
from sync.central.web.sample_words import sampled_plan, targets_of
from sync.central.web.shown import Shown
from sync.central.web.typed import line, lines
from sync.central.web.visit import Visit
from sync.contract.days import read_day
from sync.contract.form_code import number_in
from sync.contract.problem import ProblemError
from sync.contract.problem.browser import FORM_INVALID
from sync.contract.problem.posting import LETTER_ENTRY_WRONG
from sync.contract.text import pick

Short = Annotated[str, Meta(max_length=200)]
SENT, CODE = "gui_", "ma_"
"""How the fields of one letter begin, before the number of its form."""
_SENDABLE: frozenset[LetterState] = frozenset({"draft", "undelivered", "lost"})


class StateCount(Struct, frozen=True):
    """How many letters are in a state. look: of its tag."""

    words: str
    count: int
    look: str


class MailingRow(Struct, frozen=True, kw_only=True):
    """The letters of a unit for a group, as counts."""

    address: str
    group: str
    unit: str
    counts: tuple[int, ...]
    all: int


class LettersPage(Struct, frozen=True, kw_only=True):
    """All letters of a plan. states: the headings of the counts."""

    plan: str
    states: tuple[str, ...]
    rows: tuple[MailingRow, ...]


class LetterRow(Struct, frozen=True, kw_only=True):
    """One letter."""

    letter: Letter
    state: str
    look: str


class DraftRow(Struct, frozen=True):
    """A draft of a legal document, and the forms of the letters that ask about it."""

    name: str
    forms: tuple[int, ...]


class MailingPage(Struct, frozen=True, kw_only=True):
    """The letters of a unit for a group.

    waiting: those that nobody has answered. sendable: those that can be handed to the post, drafts: how many
    of them never were. asked_about: the drafts of legal documents in them. typed: such drafts that were
    refused. unnumbered: how many have no number. opened: the letter whose address was asked for. may,
    may_print: what the visitor may do.
    """

    address: str
    plan: str
    group: str
    unit: str
    window: tuple[date | None, date | None]
    counts: tuple[StateCount, ...]
    rows: tuple[LetterRow, ...]
    waiting: tuple[LetterRow, ...]
    sendable: tuple[LetterRow, ...]
    drafts: int
    asked_about: tuple[DraftRow, ...]
    typed: str
    unnumbered: int
    marks: tuple[Option, ...]
    opened: AddressedLetter | None
    may: bool
    may_print: bool
    today: date
    longest: int
    wrong: ProblemPage | None


class NumberFields(Struct, frozen=True, forbid_unknown_fields=True):
    """The number that the office has given, and the day. each: letters have numbers one after the other."""

    number: Short = field(name="so_cv")
    day: Short = field(name="ngay_cv")
    each: Short = field(default="", name="moi_cong_van")


class MarkFields(Struct, frozen=True, forbid_unknown_fields=True):
    """A letter that came back, or is lost; form: its number, typed or scanned."""

    form: Short = field(name="quet")
    mark: Short = field(name="viec")
    day: Short = field(name="ngay")


class DraftFields(Struct, frozen=True, forbid_unknown_fields=True):
    """The drafts of legal documents that a letter asks about, one a line; form: its number."""

    form: Short = field(name="quet")
    drafts: Annotated[str, Meta(max_length=20_000)] = field(default="", name="du_thao")


class ScanFields(Struct, frozen=True, forbid_unknown_fields=True):
    """A form that came back, or of a letter that is opened: its number, typed or scanned."""

    form: Short = field(name="quet")


def letters_page(look: Look, id: str) -> Shown:
    """How many letters of each group are where; raises ProblemError HL4010."""
    plan, language = sampled_plan(look, id), look.translation.language
    every = letters_of(look.connection, id)
    rows = []
    for group in plan.groups:
        if "post" not in group.channels:
            continue
        for target in targets_of(look, plan, group):
            own = _of(every, group.id, target.unit)
            rows.append(
                MailingRow(
                    address=f"{PLANS}/{id}/cong-van/{group.id}/{target.unit}",
                    group=pick(group.name, language),
                    unit=target.name,
                    counts=tuple(count_states(own).values()),
                    all=len(own),
                )
            )
    page = LettersPage(
        plan=pick(plan.title, language),
        states=tuple(look.say(STATE_WORDS[state]) for state in STATES),
        rows=tuple(rows),
    )
    return Shown(
        template="plan_letters.html", title=look.say("Công văn"), page=page, crumbs=plan_crumbs(look, plan)
    )


def _of(letters: Sequence[Letter], group: str, unit: str) -> tuple[Letter, ...]:
    return tuple(each for each in letters if (each.asked.group, each.asked.unit) == (group, unit))


def mailing_page(
    look: Look,
    at: At,
    *,
    typed: str = "",
    opened: AddressedLetter | None = None,
    refused: ProblemError | None = None,
) -> Shown:
    """The letters of a unit for a group, and what can be noted of them. opened: one with its address."""
    of, language = mailing_at(look, at), look.translation.language
    letters = _of(letters_of(look.connection, of.plan.id, {of.target.unit}), of.group.id, of.target.unit)
    rows = tuple(_row(look, each) for each in letters)
    left = {each.form for each in waiting(letters)}
    page = MailingPage(
        address=of.address,
        plan=pick(of.plan.title, language),
        group=pick(of.group.name, language),
        unit=of.target.name,
        window=of.plan.window(of.group),
        counts=tuple(
            StateCount(look.say(STATE_WORDS[state]), count, LOOKS.get(state, ""))
            for state, count in count_states(letters).items()
        ),
        rows=rows,
        waiting=tuple(row for row in rows if row.letter.form in left),
        sendable=tuple(row for row in rows if row.letter.state in _SENDABLE),
        drafts=sum(each.state == "draft" for each in letters),
        asked_about=_asked_about(letters),
        typed=typed,
        unnumbered=sum(not each.number and each.state in ("draft", "sent", "reminded") for each in letters),
        marks=tuple(Option(mark, look.say(MARK_WORDS[mark])) for mark in MARKS),
        opened=opened,
        may=look.may(HANDLE, of.plan.unit),
        may_print=look.may(PRINT, of.plan.unit),
        today=look.today,
        longest=LONGEST,
        wrong=problem_page(refused.problem, language) if refused else None,
    )
    return Shown(
        template="mailing.html",
        title=look.say("Công văn: %(group)s", group=page.group),
        page=page,
        crumbs=letter_crumbs(look, of),
        status=refused.problem.kind.status if refused else 200,
    )


def _asked_about(letters: Sequence[Letter]) -> tuple[DraftRow, ...]:
    """Every draft with the letters about it, the one with most of them first."""
    forms: dict[str, list[int]] = {}
    for letter in letters:
        for draft in letter.drafts:
            forms.setdefault(draft, []).append(letter.form)
    rows = (DraftRow(name, tuple(of)) for name, of in forms.items())
    return tuple(sorted(rows, key=lambda row: (-len(row.forms), row.name)))


def _row(look: Look, letter: Letter) -> LetterRow:
    state = letter.state
    return LetterRow(letter=letter, state=look.say(STATE_WORDS[state]), look=LOOKS.get(state, ""))


def day_of(text: str, name: str) -> date:
    """A day that was typed; raises ProblemError HL4241 for the field `name`."""
    day = read_day(text)
    if day is None:
        raise ProblemError(FORM_INVALID(where=name, detail="không phải ngày, ghi như 2026-11-01"))
    return day


@get(LETTERS, opt=needs(SEE))
async def plan_letters(visit: NamedDependency[Visit], id: FromPath[str]) -> Response[Any]:
    """How many letters of each group are where."""
    return await visit.show(letters_page, id)


@get(ONE, opt=needs(SEE))
async def mailing(
    visit: NamedDependency[Visit], id: FromPath[str], stratum: FromPath[str], unit: FromPath[str]
) -> Response[Any]:
    """The letters of a unit for a group."""
    return await visit.show(mailing_page, (id, stratum, unit))


@post(ONE + "/so", opt=needs(HANDLE))
async def numbers_letters(
    visit: NamedDependency[Visit], id: FromPath[str], stratum: FromPath[str], unit: FromPath[str]
) -> Response[Any]:
    """Note the number and the day of the letters that have none."""
    at = (id, stratum, unit)
    fields = await visit.fields(NumberFields)
    of = await visit.read(mailing_at, at, HANDLE)
    try:
        day = day_of(fields.day, "ngay_cv")
        count = await visit.act(_number, of.mailing, fields, day, visit.visitor.person.account)
    except ProblemError as error:
        return await visit.show(mailing_page, at, refused=error)
    return visit.go(of.address, visit.say("Đã ghi số của %(count)s công văn.", count=count))


def _number(act: Act, mailing: Mailing, fields: NumberFields, day: date, account: int) -> int:
    number = line(fields.number, "so_cv", required=True)
    return number_letters(act, mailing, number=number, day=day, one_each=bool(fields.each), account=account)


@post(ONE + "/gui", opt=needs(HANDLE))
async def sends_letters(
    visit: NamedDependency[Visit], id: FromPath[str], stratum: FromPath[str], unit: FromPath[str]
) -> Response[Any]:
    """Note which letters were handed to the post."""
    at = (id, stratum, unit)
    form = await visit.request.form()
    typed = {name: value for name, value in form.items() if isinstance(value, str)}
    of = await visit.read(mailing_at, at, HANDLE)
    try:
        day = day_of(typed.get("ngay_gui", ""), "ngay_gui")
        count = await visit.act(_send, of.mailing, _codes(typed), day, visit.visitor.person.account)
    except ProblemError as error:
        return await visit.show(mailing_page, at, refused=error)
    return visit.go(of.address, visit.say("Đã ghi %(count)s công văn đã gửi.", count=count))


def _codes(typed: Mapping[str, str]) -> dict[int, str]:
    chosen = (name.removeprefix(SENT) for name in typed if name.startswith(SENT))
    return {
        int(form): line(typed.get(CODE + form, ""), CODE + form)
        for form in chosen
        if form.isascii() and form.isdigit() and len(form) <= 7
    }


def _send(act: Act, mailing: Mailing, codes: dict[int, str], day: date, account: int) -> int:
    return send_letters(act, mailing, codes, day=day, account=account)


@post(ONE + "/ve", opt=needs(HANDLE))
async def marks_letter(
    visit: NamedDependency[Visit], id: FromPath[str], stratum: FromPath[str], unit: FromPath[str]
) -> Response[Any]:
    """Note that the post has brought a letter back, or that it is lost."""
    at = (id, stratum, unit)
    fields = await visit.fields(MarkFields)
    of = await visit.read(mailing_at, at, HANDLE)
    try:
        form, mark = _scanned(of, fields.form), next((each for each in MARKS if each == fields.mark), None)
        if mark is None:
            raise ProblemError(FORM_INVALID(where="viec"))
        day = day_of(fields.day, "ngay")
        await visit.act(_mark, of.mailing, form, mark, day, visit.visitor.person.account)
    except ProblemError as error:
        return await visit.show(mailing_page, at, refused=error)
    return visit.go(of.address, visit.say("Đã ghi công văn kèm phiếu số %(form)s.", form=form))


def _mark(act: Act, mailing: Mailing, form: int, mark: Mark, day: date, account: int) -> None:
    mark_letter(act, mailing, form, mark, day=day, account=account)


@post(ONE + "/dia-chi", opt=needs(PRINT))
async def reveals_letter(
    visit: NamedDependency[Visit], id: FromPath[str], stratum: FromPath[str], unit: FromPath[str]
) -> Response[Any]:
    """The organisation of one letter; the line in the audit log is written before."""
    at = (id, stratum, unit)
    fields = await visit.fields(ScanFields)
    of = await visit.read(mailing_at, at, PRINT)
    try:
        form = _scanned(of, fields.form)
        opened = await visit.act(reveal_letter, of.mailing, form, visit.desk.keys.sealing_keys())
    except ProblemError as error:
        return await visit.show(mailing_page, at, refused=error)
    return await visit.show(mailing_page, at, opened=opened)


@post(ONE + "/du-thao", opt=needs(HANDLE))
async def names_drafts(
    visit: NamedDependency[Visit], id: FromPath[str], stratum: FromPath[str], unit: FromPath[str]
) -> Response[Any]:
    """Note which drafts of legal documents a letter asks about."""
    at = (id, stratum, unit)
    fields = await visit.fields(DraftFields)
    of = await visit.read(mailing_at, at, HANDLE)
    try:
        form, drafts = _scanned(of, fields.form), drafts_of(lines(fields.drafts, "du_thao"))
        await visit.act(_name_drafts, of.mailing, form, drafts, visit.visitor.person.account)
    except ProblemError as error:
        return await visit.show(mailing_page, at, typed=fields.drafts, refused=error)
    said = visit.say("Đã ghi %(n)s dự thảo của công văn kèm phiếu số %(form)s.", n=len(drafts), form=form)
    return visit.go(f"{of.address}#du-thao", said)


def _name_drafts(act: Act, mailing: Mailing, form: int, drafts: tuple[str, ...], account: int) -> None:
    name_drafts(act, mailing, form, drafts, account=account)


@post(ONE + "/bo", opt=needs(HANDLE))
async def discards_letters(
    visit: NamedDependency[Visit], id: FromPath[str], stratum: FromPath[str], unit: FromPath[str]
) -> Response[Any]:
    """Remove the letters that were not sent."""
    at = (id, stratum, unit)
    of = await visit.read(mailing_at, at, HANDLE)
    try:
        count = await visit.act(discard_drafts, of.mailing)
    except ProblemError as error:
        return await visit.show(mailing_page, at, refused=error)
    return visit.go(of.address, visit.say("Đã bỏ %(count)s công văn chưa gửi.", count=count))


@post(ONE + "/quet", opt=needs(HANDLE))
async def scans_form(
    visit: NamedDependency[Visit], id: FromPath[str], stratum: FromPath[str], unit: FromPath[str]
) -> Response[Any]:
    """Lead from a form that came back to where it is keyed."""
    at = (id, stratum, unit)
    fields = await visit.fields(ScanFields)
    try:
        form, lot = await visit.read(_to_key, at, fields.form)
    except ProblemError as error:
        return await visit.show(mailing_page, at, refused=error)
    if not lot:
        notice = visit.say(
            "Phiếu số %(form)s đã về. Ghi số phiếu vừa về qua bưu điện ở đây, rồi nhập từng phiếu.", form=form
        )
        return visit.go(f"{PAPER}/hom-phieu", notice)
    return visit.go(f"{PAPER}/{lot}?{urlencode({'so': form})}")


def _to_key(look: Look, at: At, text: str) -> tuple[int, str]:
    """The number of a form that came back, and the lot in which it can be keyed, "" for none."""
    of = mailing_at(look, at, HANDLE)
    form = _scanned(of, text)
    letter_named(look.connection, of.plan.id, of.target.unit, form)
    lots = list_lots(look.connection, {of.target.unit})
    own = (
        state.lot.id
        for state in lots
        if (state.lot.asked.plan, state.lot.asked.group) == (of.plan.id, of.group.id)
        and state.lot.channel == "post"
        and state.lot.first <= form <= state.lot.last
        and state.left > 0
    )
    return form, next(own, "")


def _scanned(of: MailingAt, text: str) -> int:
    form = number_in(text, of.target.unit, of.plan.id, of.group.id, of.group.survey)
    if not form:
        detail = "không phải số, hoặc là mã của phiếu khác"
        raise ProblemError(LETTER_ENTRY_WRONG(where="quet", detail=detail))
    return form


ROUTES = (
    plan_letters,
    mailing,
    numbers_letters,
    sends_letters,
    marks_letter,
    reveals_letter,
    names_drafts,
    discards_letters,
    scans_form,
)
