"""A remark as pages draw it: names instead of ids, and words for where it is."""

from collections.abc import Mapping
from datetime import date, datetime

from msgspec import Struct

from sync.central.office.names import Names
from sync.central.office.people.accounts import account_names
from sync.central.office.remarks.listing import Remark
from sync.central.office.remarks.stages import State, StepName
from sync.central.web.look import Look
from sync.contract.text import pick

REMARKS = "/y-kien"
STATES: Mapping[State, str] = {
    "new": "Chưa ai nhận",
    "taken": "Đang xử lý",
    "answered": "Đã trả lời",
    "closed": "Đã đóng",
}
RESULTS: Mapping[str, str] = {
    "fixed": "Đã khắc phục",
    "explained": "Đã giải thích cho người dân",
    "passed-on": "Đã chuyển nơi có thẩm quyền",
    "noted": "Đã đọc, không cần làm gì thêm",
}
DONE: Mapping[StepName, str] = {
    "take": "Nhận xử lý",
    "answer": "Trả lời",
    "close": "Đóng",
    "reopen": "Mở lại",
}
_LOOKS: Mapping[State, str] = {"new": "wait", "taken": "", "answered": "good", "closed": "good"}
LONGEST = 300  # characters of one text in the list


class SaidRow(Struct, frozen=True):
    """What was written to one question."""

    question: str
    text: str


class RemarkRow(Struct, frozen=True, kw_only=True):
    """One remark; unit: "" where all are of one unit. nothing: why there are no words to read, else "".

    look: of the tag with its state. holder: "" for nobody. due: None once it was answered; late: days since.
    """

    address: str
    day: date
    procedure: str
    unit: str
    said: tuple[SaidRow, ...]
    nothing: str
    called: bool
    state: str
    look: str
    result: str
    holder: str
    since: datetime | None
    due: date | None
    late: int


class Drawing(Struct, frozen=True):
    """What names the ids of remarks: of codes, and of accounts."""

    names: Names
    people: Mapping[int, str]


def read_drawing(look: Look, names: Names, accounts: set[int]) -> Drawing:
    """The names of codes, and of these accounts."""
    return Drawing(names, account_names(look.connection, accounts))


def remark_row(look: Look, drawing: Drawing, remark: Remark, *, with_unit: bool, whole: bool) -> RemarkRow:
    """One remark; whole: with every word of it."""
    stage, names = remark.stage, drawing.names
    waiting = stage.state in ("new", "taken")
    language = look.translation.language
    return RemarkRow(
        address=f"{REMARKS}/{remark.id}",
        day=remark.day,
        procedure=procedure_name(look, names, remark.procedure),
        unit=names.units.get(remark.unit, remark.unit) if with_unit else "",
        said=tuple(
            SaidRow(pick(each.asked, language), each.text if whole else cut(each.text))
            for each in remark.said
        ),
        nothing=_nothing(look, remark),
        called=bool(remark.called),
        state=look.say(STATES[stage.state]),
        look=_LOOKS[stage.state],
        result=look.say(RESULTS[stage.result]) if stage.result else "",
        holder="" if stage.owner is None else drawing.people.get(stage.owner, ""),
        since=remark.held_since,
        due=remark.due if waiting else None,
        late=(look.today - remark.due).days if remark.overdue else 0,
    )


def procedure_name(look: Look, names: Names, code: str) -> str:
    """The name of a procedure; a remark may have none."""
    return names.procedures.get(code, code) if code else look.say("Không rõ thủ tục")


def cut(text: str) -> str:
    """The beginning of a long text, for the list."""
    return text if len(text) <= LONGEST else text[:LONGEST].rstrip() + "…"


def _nothing(look: Look, remark: Remark) -> str:
    if remark.said:
        return ""
    if not remark.readable:
        return look.say("Lời viết vẫn còn, nhưng khóa mở không ở máy này.")
    return look.say("Không viết gì, chỉ để lại liên hệ.")
