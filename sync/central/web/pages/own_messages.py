"""What a person is told, and where: kinds of messages, an e-mail address with its code, and a feed."""

import secrets
from pathlib import Path
from typing import Annotated, Any, Literal

from litestar import Response, get, post
from litestar.di import NamedDependency
from msgspec import Meta, Struct, field

from sync.central.office.messages.feed import FEED
from sync.central.office.messages.identity import KINDS
from sync.central.office.messages.settings import load_settings
from sync.central.office.messages.subscribing import (
    choose_kinds,
    confirm_address,
    drop_address,
    drop_feed,
    make_feed,
    propose_address,
    subscription_of,
)
from sync.central.office.people.permissions import may_anywhere
from sync.central.web.choices import Option
from sync.central.web.frame import Link
from sync.central.web.look import Look
from sync.central.web.message_words import KIND_WORDS
from sync.central.web.people_rows import OWN
from sync.central.web.problems import ProblemPage, problem_page
from sync.central.web.routes import needs
from sync.central.web.shown import Shown
from sync.central.web.visit import Visit
from sync.contract.problem import ProblemError
from sync.contract.problem.centre import MAIL_CODE_WRONG, MAIL_NOT_SET

MESSAGES = f"{OWN}/thong-bao"


class OwnMessagesPage(Struct, frozen=True, kw_only=True):
    """What the visitor has chosen. kinds: of which they may get something, and those that they have chosen.

    has_mail: the centre can send e-mail. feed: its address, shown once.
    """

    kinds: tuple[Option, ...]
    chosen: frozenset[str]
    has_mail: bool
    address: str
    proposed: str
    has_feed: bool
    feed: str
    wrong: ProblemPage | None


def own_messages(look: Look, data: Path, wrong: ProblemPage | None = None, feed: str = "") -> Shown:
    """The choices of the visitor. data: the centre's folder."""
    chosen = subscription_of(look.connection, look.person.account)
    page = OwnMessagesPage(
        kinds=tuple(
            Option(kind, look.say(KIND_WORDS[kind]))
            for kind, act in KINDS.items()
            if kind in chosen.kinds or may_anywhere(look.person, act, look.today)
        ),
        chosen=chosen.kinds,
        has_mail=_has_mail(data),
        address=chosen.address,
        proposed=chosen.proposed,
        has_feed=chosen.has_feed,
        feed=feed,
        wrong=wrong,
    )
    above = (Link(OWN, look.say("Tài khoản của tôi")),)
    title, status = look.say("Thư và thông báo"), 400 if wrong else 200
    return Shown(template="own_messages.html", title=title, page=page, crumbs=above, status=status)


def _has_mail(data: Path) -> bool:
    try:
        return load_settings(data).mail is not None
    except ProblemError:
        return False  # who looks after the server reads why in the log


@get(MESSAGES, opt=needs(None))
async def own(visit: NamedDependency[Visit]) -> Response[Any]:
    """The choices of the visitor."""
    return await visit.show(own_messages, _data(visit))


class OwnMessagesFields(Struct, frozen=True, forbid_unknown_fields=True):
    """What the forms send."""

    act: Literal["loai", "dia-chi", "ma", "bo-dia-chi", "nguon", "bo-nguon"] = field(name="viec")
    kinds: list[str] = field(default_factory=list, name="loai")
    address: Annotated[str, Meta(max_length=300)] = field(default="", name="dia_chi")
    code: Annotated[str, Meta(max_length=20)] = field(default="", name="ma")


@post(MESSAGES, opt=needs(None))
async def changes(visit: NamedDependency[Visit]) -> Response[Any]:
    """Choose kinds, name or confirm an address, make or end a feed."""
    fields, account = await visit.fields(OwnMessagesFields), visit.visitor.person.account
    try:
        match fields.act:
            case "loai":
                await visit.act(choose_kinds, account, fields.kinds)
                said = visit.say("Đã lưu những thư bạn muốn nhận.")
            case "dia-chi":
                if not await visit.read(lambda _: _has_mail(_data(visit))):
                    raise ProblemError(MAIL_NOT_SET())
                await visit.act(propose_address, account, fields.address)
                said = visit.say("Mã xác nhận sẽ tới địa chỉ ấy trong vài phút.")
            case "ma":
                secret = visit.desk.keys.account_secret()
                if not await visit.act(confirm_address, account, fields.code, secret):
                    raise ProblemError(MAIL_CODE_WRONG(where="ma"))
                said = visit.say("Đã xác nhận: từ nay thư được gửi tới địa chỉ ấy.")
            case "bo-dia-chi":
                await visit.act(drop_address, account)
                said = visit.say("Từ nay không gửi thư cho bạn nữa.")
            case "nguon":
                token = await visit.act(make_feed, account, lambda: secrets.token_urlsafe(32))
                address = f"{visit.site}{FEED}?ma={token}"
                return await visit.show(own_messages, _data(visit), feed=address)
            case "bo-nguon":
                await visit.act(drop_feed, account)
                said = visit.say("Địa chỉ nguồn tin cũ không dùng được nữa.")
    except ProblemError as error:
        wrong = problem_page(error.problem, visit.language)
        return await visit.show(own_messages, _data(visit), wrong)
    return visit.go(MESSAGES, said)


def _data(visit: Visit) -> Path:
    return visit.desk.keys.folder.parent


ROUTES = (own, changes)
