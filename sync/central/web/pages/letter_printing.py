"""All letters that are not answered in one file, or a reminder to each of them: addresses are opened for it.

Only for a person who has shown within minutes who it is; each file leaves one line in the audit log.
"""

from collections.abc import Mapping
from datetime import date
from functools import partial
from typing import Annotated, Any, Final

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Meta, Struct, field
from msgspec.structs import replace

from sync.central.http import threads
from sync.central.office.audit.acts import Act
from sync.central.office.configuration.office_settings import public_address
from sync.central.office.post.addressed import ClosedLetter
from sync.central.office.post.letters import letters_of, waiting
from sync.central.office.post.sending import LONGEST, Mailing, print_letters, remind
from sync.central.reports.printing.letter_files import LetterFile, write_letters
from sync.central.reports.printing.letters import LetterKind, LetterWords, read_letter_words
from sync.central.web.headers import PAGE_HEADERS
from sync.central.web.letter_words import ONE, PRINT, At, letter_crumbs, mailing_at
from sync.central.web.look import Look
from sync.central.web.pages.plan_letters import day_of
from sync.central.web.problems import ProblemPage, problem_page
from sync.central.web.routes import needs
from sync.central.web.shown import Shown
from sync.central.web.typed import line
from sync.central.web.visit import Visit
from sync.contract.problem import ProblemError
from sync.contract.text import pick

PRINTING: Final = ONE + "/in"
_TYPES: Mapping[LetterFile, str] = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
}
_NAMES: Mapping[LetterKind, str] = {"invite": "cong-van", "remind": "cong-van-nhac"}


class PrintFields(Struct, frozen=True, forbid_unknown_fields=True):
    """What is wanted. number, day: of a reminder; the number may be left out."""

    kind: LetterKind = field(name="viec")
    file: LetterFile = field(default="pdf", name="kieu")
    number: Annotated[str, Meta(max_length=200)] = field(default="", name="so_cv")
    day: Annotated[str, Meta(max_length=40)] = field(default="", name="ngay_cv")


class PrintPage(Struct, frozen=True, kw_only=True):
    """What can be printed. open: letters that are not answered; waiting: of them those to be reminded.

    site: where links lead, "" for an office without one.
    """

    address: str
    back: str
    group: str
    open: int
    waiting: int
    site: str
    today: date
    longest: int
    wrong: ProblemPage | None


def printing_page(look: Look, at: At, *, refused: ProblemError | None = None) -> Shown:
    """The forms that make a file."""
    of, language = mailing_at(look, at, PRINT), look.translation.language
    every = letters_of(look.connection, of.plan.id, {of.target.unit})
    own = tuple(each for each in every if each.asked.group == of.group.id)
    page = PrintPage(
        address=f"{of.address}/in",
        back=of.address,
        group=pick(of.group.name, language),
        open=sum(each.state not in ("form", "link") for each in own),
        waiting=len(waiting(own)),
        site=public_address(look.connection, of.target.unit, look.today),
        today=look.today,
        longest=LONGEST,
        wrong=problem_page(refused.problem, language) if refused else None,
    )
    return Shown(
        template="letter_printing.html",
        title=look.say("In công văn"),
        page=page,
        crumbs=letter_crumbs(look, of, inside=True),
        status=refused.problem.kind.status if refused else 200,
    )


@get(PRINTING, opt=needs(PRINT))
async def letter_printing(
    visit: NamedDependency[Visit], id: FromPath[str], stratum: FromPath[str], unit: FromPath[str]
) -> Response[Any]:
    """What can be printed."""
    return await visit.show(printing_page, (id, stratum, unit))


@post(PRINTING, opt=needs(PRINT))
async def prints_letters(
    visit: NamedDependency[Visit], id: FromPath[str], stratum: FromPath[str], unit: FromPath[str]
) -> Response[Any]:
    """The file."""
    at = (id, stratum, unit)
    fields = await visit.fields(PrintFields)
    of = await visit.read(mailing_at, at, PRINT)
    try:
        number = line(fields.number, "so_cv")
        day = day_of(fields.day, "ngay_cv") if fields.kind == "remind" else None
        closed = await visit.act(_open, of.mailing, number, day, visit.visitor.person.account)
        words = await visit.read(_words, fields.kind, of.mailing, closed)
        if day is not None:
            # Without its number a letter has no day either: both are written by hand.
            words = replace(words, number=number, signed=day if number else None)
        keys = visit.desk.keys.sealing_keys()
        write = partial(write_letters, words, closed, keys, fields.file)
        content = await threads.pull(visit.request.app.state, write)
    except ProblemError as error:
        return await visit.show(printing_page, at, refused=error)
    name = f"{_NAMES[fields.kind]}-{id}.{fields.file}"
    headers = {**PAGE_HEADERS, "Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=_TYPES[fields.file], headers=headers)


def _open(
    act: Act, mailing: Mailing, number: str, day: date | None, account: int
) -> tuple[ClosedLetter, ...]:
    if day is None:
        return print_letters(act, mailing)
    return remind(act, mailing, number=number, day=day, account=account)


def _words(look: Look, kind: LetterKind, mailing: Mailing, closed: tuple[ClosedLetter, ...]) -> LetterWords:
    return read_letter_words(look.connection, kind, mailing, closed, look.now)


ROUTES = (letter_printing, prints_letters)
