"""Messages for who looks after the centre: sent, waiting, and those that need a person, who decides."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any, Literal

from litestar import Response, get, post
from litestar.di import NamedDependency
from msgspec import Meta, Struct, field

from sync.central.http.queries import query
from sync.central.office.messages.identity import CENTRE_ITSELF
from sync.central.office.messages.listing import (
    Choice,
    MessageRow,
    leave,
    list_messages,
    recipient_of,
    send_again,
)
from sync.central.office.messages.retries import State
from sync.central.office.people.managed import managed_accounts
from sync.central.office.people.permissions import PermittedAct
from sync.central.office.units.tree import CENTRE
from sync.central.web.choices import Tab
from sync.central.web.frame import Link
from sync.central.web.look import Look
from sync.central.web.message_words import KIND_WORDS
from sync.central.web.pages.system import SYSTEM
from sync.central.web.problems import ProblemPage
from sync.central.web.routes import needs
from sync.central.web.shown import Shown
from sync.central.web.typed import refused
from sync.central.web.visit import Visit
from sync.contract.details import in_english
from sync.contract.problem import ProblemError
from sync.contract.problem.wire import ADDRESS_UNKNOWN

MESSAGES = "/thong-bao"
SEE: PermittedAct = "see-system"
HANDLE: PermittedAct = "handle-messages"
Chosen = Literal["tat-ca", "can-xem", "dang-cho"]
_CHOICES: Mapping[Chosen, Choice] = {"tat-ca": "all", "can-xem": "stopped", "dang-cho": "waiting"}
_TABS: Mapping[Chosen, str] = {"tat-ca": "Tất cả", "can-xem": "Cần người xem", "dang-cho": "Đang chờ"}
_STATES: Mapping[State, str] = {
    State.WAITING: "đang chờ",
    State.CLAIMED: "đang gửi",
    State.HANDING: "đang gửi",
    State.SENT: "đã gửi",
    State.FAILED: "không gửi được",
    State.UNSURE: "chưa rõ đã đến chưa",
    State.LEFT: "không gửi nữa",
}
_CHANNELS = {"mail": "thư điện tử", "webhook": "chương trình của cơ quan"}


class MessagesAsked(Struct, frozen=True):
    """Which messages; before: the cursor of a page."""

    tab: Chosen = field(default="tat-ca", name="xem")
    before: Annotated[int, Meta(ge=0, le=2**63 - 1)] = field(default=0, name="truoc")


class Line(Struct, frozen=True, kw_only=True):
    """One message. look: of its state, for its tag. stopped: a person may decide."""

    id: int
    kind: str
    title: str
    recipient: str
    due: date
    channel: str
    state: str
    look: str
    why: str
    at: datetime
    next_at: datetime | None
    stopped: bool


class MessagesPage(Struct, frozen=True, kw_only=True):
    """The list. next: the address of the next page, "" without one."""

    tabs: tuple[Tab, ...]
    rows: tuple[Line, ...]
    first: str
    next: str
    wrong: tuple[ProblemPage, ...]


def messages_page(look: Look, asked: MessagesAsked, wrong: tuple[ProblemPage, ...] = ()) -> Shown:
    """The list that the address asks for: of the whole centre, or of the people whom the visitor manages."""
    look.place(SEE)
    rows, more = list_messages(
        look.connection, _seen(look), _CHOICES[asked.tab], now=look.now, before=asked.before
    )
    page = MessagesPage(
        tabs=tuple(Tab(_address(tab), look.say(title), tab == asked.tab) for tab, title in _TABS.items()),
        rows=tuple(_line(look, row) for row in rows),
        first=_address(asked.tab) if asked.before else "",
        next=_address(asked.tab, more) if more else "",
        wrong=wrong,
    )
    above = (Link(SYSTEM, look.say("Hệ thống")),)
    status = 400 if wrong else 200
    return Shown(
        template="messages.html", title=look.say("Thông báo"), page=page, crumbs=above, status=status
    )


def _seen(look: Look) -> set[int] | None:
    """Whose messages the visitor sees; None: everybody's."""
    if look.may(SEE, CENTRE):
        return None
    return {
        each.status.person.account
        for each in managed_accounts(look.connection, look.person, look.today)
        if each.whole
    }


def _address(tab: Chosen, before: int = 0) -> str:
    filters = [f"xem={tab}"] if tab != "tat-ca" else []
    filters += [f"truoc={before}"] if before else []
    return f"{MESSAGES}?{'&'.join(filters)}" if filters else MESSAGES


def _line(look: Look, row: MessageRow) -> Line:
    english = look.translation.language == "en"
    looks = {State.SENT: "good", State.FAILED: "call", State.UNSURE: "call", State.LEFT: ""}
    return Line(
        id=row.id,
        kind=look.say(KIND_WORDS[row.kind]),
        title=row.title or look.say("không có gì để báo"),
        recipient=row.recipient or look.say("chương trình của cơ quan"),
        due=row.due,
        channel=look.say(_CHANNELS[row.channel]) if row.channel else "",
        state=look.say(_STATES[row.state]) if row.state else "",
        look=looks.get(row.state, "wait") if row.state else "",
        why=in_english(row.why) if english else row.why,
        at=row.changed,
        next_at=row.next_at if row.state is State.WAITING else None,
        stopped=row.state in (State.FAILED, State.UNSURE),
    )


@get(MESSAGES, opt=needs(SEE), dependencies={"asked": query(MessagesAsked)})
async def messages(visit: NamedDependency[Visit], asked: NamedDependency[MessagesAsked]) -> Response[Any]:
    """What was said, and what became of it."""
    return await visit.show(messages_page, asked)


class MessageFields(Struct, frozen=True, forbid_unknown_fields=True):
    """What the buttons of a message send; id: of the message."""

    act: Literal["gui-lai", "thoi"] = field(name="viec")
    id: int = field(name="so")


def check_seen(look: Look, message: int) -> None:
    """Return if the visitor sees this message; raises ProblemError HL4010 else, as for one there is not."""
    recipient, seen = recipient_of(look.connection, message), _seen(look)
    if recipient is None or (seen is not None and (recipient == CENTRE_ITSELF or recipient not in seen)):
        raise ProblemError(ADDRESS_UNKNOWN())


@post(MESSAGES, opt=needs(HANDLE))
async def decides(visit: NamedDependency[Visit]) -> Response[Any]:
    """Send a message again, or leave it."""
    fields = await visit.fields(MessageFields)
    await visit.read(check_seen, fields.id)
    again = fields.act == "gui-lai"
    try:
        await visit.act(send_again if again else leave, fields.id)
    except ProblemError as error:
        return await visit.show(messages_page, MessagesAsked("can-xem"), refused(error, visit.language))
    said = "Thư sẽ được gửi lại trong vài phút." if again else "Thư này sẽ không gửi nữa."
    return visit.go(_address("can-xem"), visit.say(said))


ROUTES = (messages, decides)
