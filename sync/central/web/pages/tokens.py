"""The tokens with which programs of a person ask for figures and rows: one's own, and of people one manages.

A token never does more than its person, and is shown once, as the answer to the form that made it.
"""

import secrets
from datetime import datetime
from typing import Annotated, Any, Literal

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Meta, Struct, field

from sync.central.office.access import (
    ROLES,
    USUAL_DAYS,
    TokenStatus,
    create_token,
    expire_token,
    in_days,
    list_tokens,
    revoke_token,
)
from sync.central.office.audit.acts import Act
from sync.central.office.people.accounts import changeable, read_person
from sync.central.office.people.permissions import Person, is_within
from sync.central.web.choices import Option
from sync.central.web.frame import Link
from sync.central.web.look import Look
from sync.central.web.pages.people import crumbs, managed_person
from sync.central.web.people_rows import OWN, PEOPLE, ROLE_NAMES, role_name
from sync.central.web.problems import ProblemPage
from sync.central.web.role_fields import MANAGE
from sync.central.web.routes import needs
from sync.central.web.shown import Shown
from sync.central.web.typed import line, refused
from sync.central.web.visit import Visit
from sync.contract.problem import ProblemError
from sync.contract.problem.browser import STEP_UP_NEEDED
from sync.contract.problem.centre import BEYOND_OWN_ROLE

_STATES = {
    "valid": "dùng được",
    "expired": "hết hạn",
    "revoked": "đã thu hồi",
    "ended": "tài khoản đã đóng",
}


class TokenFields(Struct, frozen=True, forbid_unknown_fields=True):
    """One change: a new token, another end, or none any more. id: of the token."""

    change: Literal["tao", "doi-han", "thu-hoi"] = field(name="viec")
    id: int = field(default=0, name="so")
    role: Annotated[str, Meta(max_length=16)] = field(default="", name="vai_tro")
    unit: Annotated[str, Meta(max_length=64)] = field(default="", name="don_vi")
    label: Annotated[str, Meta(max_length=200)] = field(default="", name="ghi_chu")
    days: int = field(default=USUAL_DAYS, name="so_ngay")
    why: Annotated[str, Meta(max_length=500)] = field(default="", name="ly_do")


class TokenRow(Struct, frozen=True, kw_only=True):
    """A token. state: in words; valid: it opens something now."""

    id: int
    label: str
    role: str
    place: str
    made: datetime
    ends: datetime
    state: str
    valid: bool


class TokensPage(Struct, frozen=True, kw_only=True):
    """The tokens of a person. address: of this page. roles: none if no role of theirs has one."""

    address: str
    name: str
    own: bool
    tokens: tuple[TokenRow, ...]
    roles: tuple[Option, ...]
    units: tuple[Option, ...]
    typed: TokenFields
    wrong: tuple[ProblemPage, ...]


class NewTokenPage(Struct, frozen=True, kw_only=True):
    """A token that was made just now. back: the list."""

    token: str
    label: str
    back: str


def own_tokens(look: Look, typed: TokenFields | None = None, wrong: tuple[ProblemPage, ...] = ()) -> Shown:
    """The visitor's own tokens."""
    person = read_person(look.connection, look.person.account)
    above = (Link(OWN, look.say("Tài khoản của tôi")),)
    return _tokens(look, person, f"{OWN}/ma", above, typed, wrong)


def tokens_of(
    look: Look, number: str, typed: TokenFields | None = None, wrong: tuple[ProblemPage, ...] = ()
) -> Shown:
    """The tokens of a person whom the visitor manages."""
    person = _whole(look, number)
    above = (*crumbs(look), Link(f"{PEOPLE}/{number}", person.name))
    return _tokens(look, person, f"{PEOPLE}/{number}/ma", above, typed, wrong)


def _whole(look: Look, number: str) -> Person:
    """A person all of whose account the visitor may change; raises ProblemError HL4010 or HL5105."""
    managed = managed_person(look, number)
    person = managed.status.person
    if not managed.whole:
        raise ProblemError(BEYOND_OWN_ROLE(detail=person.login))
    return person


def _tokens(
    look: Look,
    person: Person,
    address: str,
    above: tuple[Link, ...],
    typed: TokenFields | None,
    wrong: tuple[ProblemPage, ...],
) -> Shown:
    names = look.names.units
    held = [each for each in person.roles if each.on(look.today)]
    whole = look.say("Toàn trung tâm")
    page = TokensPage(
        address=address,
        name=person.name,
        own=person.account == look.person.account,
        tokens=tuple(
            _row(look, each, names)
            for each in reversed(list_tokens(look.connection, look.now, person.account))
        ),
        roles=tuple(
            Option(role, look.say(name))
            for role, name in ROLE_NAMES.items()
            if role in ROLES and any(is_within(role, each.role) for each in held)
        ),
        units=tuple(
            Option(unit, names.get(unit, unit) if unit else whole)
            for unit in dict.fromkeys(each.unit for each in held)
        ),
        typed=typed or TokenFields("tao", role="viewer"),
        wrong=wrong,
    )
    title, status = look.say("Mã cho chương trình"), 400 if wrong else 200
    return Shown(template="tokens.html", title=title, page=page, crumbs=above, status=status)


def _row(look: Look, token: TokenStatus, names: dict[str, str]) -> TokenRow:
    return TokenRow(
        id=token.id,
        label=token.label,
        role=role_name(look, token.role),
        place=names.get(token.unit, token.unit) if token.unit else look.say("toàn trung tâm"),
        made=datetime.fromisoformat(token.created_at),
        ends=datetime.fromisoformat(token.expires_at),
        state=look.say(_STATES[token.state]),
        valid=token.state == "valid",
    )


def _new_token(look: Look, token: str, label: str, back: str) -> Shown:
    page = NewTokenPage(token=token, label=label, back=back)
    above = (Link(back, look.say("Mã cho chương trình")),)
    return Shown(template="new_token.html", title=look.say("Mã mới"), page=page, crumbs=above)


# --- one's own --------------------------------------------------------------------------------------------


def _check_stepped_up(visit: Visit) -> None:
    # A token outlives the session that made it.
    if not visit.visitor.stepped_up:
        raise ProblemError(STEP_UP_NEEDED())


@get(OWN + "/ma", opt=needs(None))
async def own(visit: NamedDependency[Visit]) -> Response[Any]:
    """The visitor's own tokens."""
    _check_stepped_up(visit)
    return await visit.show(own_tokens)


@post(OWN + "/ma", opt=needs(None))
async def changes_own(visit: NamedDependency[Visit]) -> Response[Any]:
    """Make, expire or revoke one of the visitor's own tokens."""
    _check_stepped_up(visit)
    fields = await visit.fields(TokenFields)
    try:
        token = await visit.act(_change, visit.visitor.person.account, fields, None)
    except ProblemError as error:
        return await visit.show(own_tokens, fields, refused(error, visit.language))
    return await _answer(visit, fields, token, f"{OWN}/ma")


# --- of people whom one manages ---------------------------------------------------------------------------


@get(PEOPLE + "/{number:str}/ma", opt=needs(MANAGE))
async def theirs(visit: NamedDependency[Visit], number: FromPath[str]) -> Response[Any]:
    """The tokens of a person."""
    return await visit.show(tokens_of, number)


@post(PEOPLE + "/{number:str}/ma", opt=needs(MANAGE))
async def changes_theirs(visit: NamedDependency[Visit], number: FromPath[str]) -> Response[Any]:
    """Make, expire or revoke a token of a person."""
    fields = await visit.fields(TokenFields)
    person = await visit.read(_whole, number)
    try:
        token = await visit.act(_change, person.account, fields, visit.visitor.person)
    except ProblemError as error:
        return await visit.show(tokens_of, number, fields, refused(error, visit.language))
    return await _answer(visit, fields, token, f"{PEOPLE}/{number}/ma")


async def _answer(visit: Visit, fields: TokenFields, token: str, address: str) -> Response[Any]:
    if token:
        return await visit.show(_new_token, token, fields.label, address)
    said = "Đã thu hồi mã." if fields.change == "thu-hoi" else "Đã đổi hạn của mã."
    return visit.go(address, visit.say(said))


def _change(act: Act, account: int, fields: TokenFields, giver: Person | None) -> str:
    """Carry it out; the new token, else "". giver: None for one's own."""
    if giver is not None:
        changeable(act, account, giver)
    match fields.change:
        case "tao":
            return create_token(
                act,
                token_text=lambda: secrets.token_urlsafe(32),
                role=fields.role,
                unit=fields.unit or None,
                label=line(fields.label, "ghi_chu", required=True),
                account=account,
                expires=in_days(act.now, fields.days),
            )
        case "doi-han":
            expire_token(act, id=fields.id, at=in_days(act.now, fields.days, least=0), account=account)
        case "thu-hoi":
            revoke_token(act, id=fields.id, reason=line(fields.why, "ly_do", required=True), account=account)
    return ""


ROUTES = (own, changes_own, theirs, changes_theirs)
