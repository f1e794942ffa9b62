"""Who gets letters: a list on its way in, tried with every error, then a letter for each organisation."""

import os
import secrets
from typing import Any, Final

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Struct

from sync.central.office.audit.acts import Act
from sync.central.office.configuration.row_queries import newest_releases
from sync.central.office.paper.asked import Asked, new_id, wrong
from sync.central.office.post.addressed import SealedOrganisation, seal_organisations
from sync.central.office.post.sending import make_letters
from sync.central.office.sample.commitment import Stratum
from sync.central.office.sample.people_list import PeopleList, read_people
from sync.central.office.sample.sealed_list import Place, remember_columns
from sync.central.web.carried_list import CarriedList
from sync.central.web.desk import WebDesk
from sync.central.web.letter_words import HANDLE, ONE, At, MailingAt, letter_crumbs, mailing_at
from sync.central.web.look import Look
from sync.central.web.people_upload import (
    UPLOAD_BYTES,
    UploadStep,
    carried_table,
    first_step,
    sent_file,
    step_of,
    with_columns,
)
from sync.central.web.routes import needs
from sync.central.web.shown import Shown
from sync.central.web.visit import Visit
from sync.contract.problem import ProblemError
from sync.contract.problem.browser import FORM_INVALID
from sync.contract.text import pick

LIST: Final = ONE + "/noi-nhan"


class ListPage(Struct, frozen=True, kw_only=True):
    """Where the list is. action: of its forms. id: of what is made of it, so that it is made once."""

    plan: str
    group: str
    unit: str
    step: UploadStep
    action: str
    id: str


def list_page(
    look: Look,
    visit: Visit,
    at: At,
    table: CarriedList | None = None,
    problem: ProblemError | None = None,
) -> Shown:
    """The form to send a list, and where the list is."""
    of, language = mailing_at(look, at, HANDLE), look.translation.language
    owner = of.plan.unit
    if table and not problem:
        step = step_of(look, visit.desk, _place(of), owner, table, lister=_listed)
    else:
        step = first_step(look, owner, problem)
    page = ListPage(
        plan=pick(of.plan.title, language),
        group=pick(of.group.name, language),
        unit=of.target.name,
        step=step,
        action=f"{of.address}/noi-nhan",
        id=new_id(),
    )
    return Shown(
        template="letter_list.html",
        title=look.say("Nơi nhận công văn"),
        page=page,
        crumbs=letter_crumbs(look, of, inside=True),
        status=400 if step.errors else 200,
    )


def _place(of: MailingAt) -> Place:
    """Whose list it is, as its fields name it."""
    return Place(Stratum(of.plan.id, of.group.id), of.target.unit)


def _listed(_: Look, __: WebDesk, ___: Place, table: CarriedList) -> PeopleList:
    """The organisations of a table, each once: no code of theirs outlives this."""
    if table.columns is None:
        raise ProblemError(FORM_INVALID(where="bang"))
    return read_people(table.sheet, table.columns, secrets.token_bytes(32))


@get(LIST, opt=needs(HANDLE))
async def letter_list(
    visit: NamedDependency[Visit], id: FromPath[str], stratum: FromPath[str], unit: FromPath[str]
) -> Response[Any]:
    """The form to send a list."""
    return await visit.show(list_page, visit, (id, stratum, unit))


@post(LIST, opt=needs(HANDLE), request_max_body_size=UPLOAD_BYTES)
async def tries_letter_list(
    visit: NamedDependency[Visit], id: FromPath[str], stratum: FromPath[str], unit: FromPath[str]
) -> Response[Any]:
    """Read a file; nothing is changed."""
    at = (id, stratum, unit)
    of = await visit.read(mailing_at, at, HANDLE)
    try:
        table = await sent_file(visit, _place(of), of.plan.unit, sampled=False)
    except ProblemError as error:
        return await visit.show(list_page, visit, at, problem=error)
    return await visit.show(list_page, visit, at, table)


@post(LIST + "/cot", opt=needs(HANDLE), request_max_body_size=UPLOAD_BYTES)
async def names_letter_columns(
    visit: NamedDependency[Visit], id: FromPath[str], stratum: FromPath[str], unit: FromPath[str]
) -> Response[Any]:
    """Try the list with the columns that were chosen; nothing is changed."""
    at = (id, stratum, unit)
    of = await visit.read(mailing_at, at, HANDLE)
    try:
        table = await with_columns(visit, _place(of))
    except ProblemError as error:
        return await visit.show(list_page, visit, at, problem=error)
    return await visit.show(list_page, visit, at, table)


@post(LIST + "/nhan", opt=needs(HANDLE), request_max_body_size=UPLOAD_BYTES)
async def makes_letters(
    visit: NamedDependency[Visit], id: FromPath[str], stratum: FromPath[str], unit: FromPath[str]
) -> Response[Any]:
    """Make a letter for each organisation of the list, as it was tried."""
    at = (id, stratum, unit)
    of = await visit.read(mailing_at, at, HANDLE)
    try:
        table = await carried_table(visit, _place(of))
        asked, organisations = await visit.read(_sealed, visit.desk, of, table)
        sent = (await visit.request.form()).get("ma")
        run = sent if isinstance(sent, str) else ""
        count = await visit.act(
            _make, of.plan.unit, table, asked, organisations, run, visit.visitor.person.account
        )
    except ProblemError as error:
        return await visit.show(list_page, visit, at, problem=error)
    return visit.go(of.address, visit.say("Đã lập %(count)s công văn, chưa gửi.", count=count))


def _sealed(
    look: Look, desk: WebDesk, of: MailingAt, table: CarriedList
) -> tuple[Asked, tuple[SealedOrganisation, ...]]:
    releases = newest_releases(look.connection, [of.group.survey])
    if not releases:
        raise wrong("survey")
    asked = Asked(
        unit=of.target.unit,
        plan=of.plan.id,
        group=of.group.id,
        survey=of.group.survey,
        version=releases[0].version,
    )
    found = _listed(look, desk, _place(of), table)
    return asked, seal_organisations(found, desk.keys, os.urandom)


def _make(
    act: Act,
    owner: str,
    table: CarriedList,
    asked: Asked,
    organisations: tuple[SealedOrganisation, ...],
    run: str,
    account: int,
) -> int:
    if table.software and table.columns is not None:
        remember_columns(act, owner, table.software, table.columns)
    return make_letters(act, asked, organisations, id=run, account=account)


ROUTES = (letter_list, tries_letter_list, names_letter_columns, makes_letters)
