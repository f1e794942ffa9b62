"""Four sentences: are machines sending, are people answering, is anybody unhappy, what is due? Pure.

Each is a sentence first, then its figures with their n, then one link. Page, message and telephone share
them.

Promises, each with a test:
- what is unknown is said to be unknown, and is never 0;
- where nobody answered there is no share;
- if all is well, the sentence says so; `urgent` only where somebody has to do something;
- a day off is named together with the working day before it.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from msgspec import Struct

from sync.central.figures.said import Said, Value, say
from sync.central.figures.summary import Summary, SummaryRow
from sync.central.figures.summary_query import SummaryReply
from sync.central.office.remarks.listing import RemarkCounts

Question = Literal["machines", "answers", "unhappy", "due"]
Target = Literal[
    "devices", "counters", "units", "remarks", "procedures", "plan", "plans", "paper", "report", "reports"
]
# The most silent machines, or things due, that a card names one by one.
NAMED = 3
UNBROKEN = "\u2060–\u2060"
"""A dash at which no line is broken: 1–2."""
HORIZON = 14
"""Days ahead of which the fourth sentence speaks."""


class Link(Struct, frozen=True):
    """Where to read on: the name of a page, and its filter."""

    target: Target
    query: Mapping[str, str]


class Sentence(Struct, frozen=True, kw_only=True):
    """One answer. figures: lines below it. n: how many cases it speaks of; None if unknown.

    urgent: somebody has to do something.
    """

    question: Question
    sentence: Said
    figures: tuple[Said, ...] = ()
    n: int | None = None
    urgent: bool = False
    link: Link


class Today(Struct, frozen=True):
    """The four sentences, in the order of the page."""

    machines: Sentence
    answers: Sentence
    unhappy: Sentence
    due: Sentence

    @property
    def every(self) -> tuple[Sentence, ...]:
        """All four."""
        return self.machines, self.answers, self.unhappy, self.due

    @property
    def calls(self) -> tuple[Said, ...]:
        """Only what somebody has to do, for a short message; empty if all is well."""
        return tuple(each.sentence for each in self.every if each.urgent)


class Silent(Struct, frozen=True):
    """A machine that should send but does not. place: its counter or unit. since: None if it never sent."""

    place: str
    since: datetime | None


class Machines(Struct, frozen=True, kw_only=True):
    """The enrolled machines of a unit and the units below it.

    silent: the longest first. closed: not expected to send now. unsent: responses made and not here yet.
    waiting: machines that wait for their enrolment; they are none of `all`.
    """

    all: int
    silent: tuple[Silent, ...] = ()
    closed: int = 0
    unsent: int = 0
    waiting: int = 0

    @property
    def sending(self) -> int:
        """How many are sending."""
        return self.all - len(self.silent) - self.closed


class Due(Struct, frozen=True, kw_only=True):
    """Something to be done by `day`. working: that day, or the working day before it. plan: its plan's id.

    regular: it is a regular report. report: the number of the one that was drafted for it, 0 for none yet.
    sent: that one was sent or published.
    """

    name: Value
    day: date
    working: date
    plan: str = ""
    regular: bool = False
    report: int = 0
    sent: bool = False


class Asked(Struct, frozen=True, kw_only=True):
    """The unit, the day on which somebody looks, and the days that the figures are of.

    branches: whether the unit has units below it. off: the day off instead of which these are the working
    day before.
    """

    unit: str
    today: date
    first: date
    last: date
    branches: bool = False
    off: date | None = None

    @property
    def query(self) -> dict[str, str]:
        """The filter of a page about these days."""
        return {"unit": self.unit, "from": self.first.isoformat(), "to": self.last.isoformat()}


def today(
    asked: Asked,
    *,
    machines: Machines,
    reply: SummaryReply,
    remarks: RemarkCounts | None,
    due: Sequence[Due] | None,
    paper: int | None = None,
    unlisted: Sequence[str] = (),
) -> Today:
    """What there is to say.

    reply: of the days asked, without axes or by one of them. remarks: None if the reader may not see them.
    unlisted: the names of units with machines of which a list is missing for one of the days.
    due: None if there is no plan. paper: forms that are not keyed in yet; None if unknown.
    """
    return Today(
        _machines(asked, machines),
        _answers(asked, machines, reply, unlisted),
        _unhappy(asked, overall(reply), remarks),
        _due(asked, due, paper),
    )


def overall(reply: SummaryReply) -> SummaryRow | None:
    """The first rating of the form with the most answers; None if no form has a rating."""
    form = main_form(reply)
    return _total(form) if form else None


def main_form(reply: SummaryReply) -> Summary | None:
    """The form with the most answers to its first rating, in a summary without axes or by one of them."""
    rated = {at: row.n or 0 for at, form in enumerate(reply.surveys) if (row := _total(form))}
    return reply.surveys[max(rated, key=lambda at: rated[at])] if rated else None


def _total(form: Summary) -> SummaryRow | None:
    return next(iter(form.totals if form.by else form.rows), None)


def low_levels(row: SummaryRow) -> tuple[int, ...]:
    """The levels below the middle of a row's scale: 1 and 2 of five."""
    levels = sorted(row.counts or ())
    return tuple(levels[: len(levels) // 2])


def low_answers(row: SummaryRow) -> int:
    """How many chose one of these levels."""
    return sum((row.counts or {})[level] for level in low_levels(row))


def _machines(asked: Asked, found: Machines) -> Sentence:
    silent, sending = len(found.silent), found.sending
    if not found.all:
        sentence = say("Chưa có máy nào đang dùng.") if found.waiting else say("Chưa có máy nào.")
    elif found.closed == found.all:
        sentence = say("Ngoài giờ làm việc, không máy nào phải gửi.")
    elif sending == found.all:
        sentence = say("Máy đang gửi.") if found.all == 1 else say("Cả {all} máy đang gửi.", all=found.all)
    elif not sending:
        sentence = say("Không máy nào đang gửi.")
    else:
        sentence = say("{sending} trong {all} máy đang gửi.", sending=sending, all=found.all)
    # Several machines of one unit are one line.
    named = list(dict.fromkeys(found.silent))[:NAMED]
    lines = [
        say("{place} chưa gửi lần nào", place=each.place)
        if each.since is None
        else say("{place} im từ {since}", place=each.place, since=each.since)
        for each in named
    ]
    others = sum(each not in named for each in found.silent)
    if others:
        lines.append(say("và {n} máy khác", n=others))
    if 0 < found.closed < found.all:
        lines.append(say("{n} máy ngoài giờ làm việc", n=found.closed))
    if found.unsent:
        lines.append(say("còn {n} phiếu trên máy", n=found.unsent))
    if found.waiting:
        lines.append(say("{n} máy chờ ghi danh", n=found.waiting))
    return Sentence(
        question="machines",
        sentence=sentence,
        figures=tuple(lines),
        n=found.all,
        urgent=silent > 0,
        link=Link("devices", {"unit": asked.unit}),
    )


def _answers(asked: Asked, machines: Machines, reply: SummaryReply, unlisted: Sequence[str]) -> Sentence:
    found = reply.handovers
    known = machines.all or found.visits or found.untagged
    lines = []
    if not known:
        sentence = say("Chưa biết: không có máy nào.")
    elif not found.visits:
        sentence = (
            say("Có {n} lượt trả lời, chưa quét lượt nào.", n=found.untagged)
            if found.untagged
            else say("Chưa có lượt nào.")
        )
    elif not found.answered:
        sentence = say("Chưa có lượt trả lời nào trong {visits} lượt.", visits=found.visits)
    else:
        sentence = (
            say("Cả {visits} lượt đã trả lời.", visits=found.visits)
            if found.answered == found.visits
            else say(
                "{answered} trong {visits} lượt đã trả lời.", answered=found.answered, visits=found.visits
            )
        )
        lines.append(say("{percent} (n = {n})", percent=Decimal(found.percent or 0), n=found.visits))
    if found.returned is not None:
        lines.append(
            say("đã trả {returned} · đã quét {tagged}", returned=found.returned, tagged=found.tagged)
        )
        if unlisted:
            named = ", ".join(unlisted[:NAMED]) + (", …" if len(unlisted) > NAMED else "")
            lines.append(say("chưa có đủ danh sách đã trả: {units}", units=named))
    elif known:
        lines.append(say("chưa biết đã trả bao nhiêu kết quả (chưa nhập danh sách)"))
    if found.visits and found.untagged:
        lines.append(say("{n} lượt trả lời không quét", n=found.untagged))
    if asked.off is not None:
        lines.append(say("{day} là ngày nghỉ: số liệu của ngày làm việc trước đó", day=asked.off))
    return Sentence(
        question="answers",
        sentence=sentence,
        figures=tuple(lines),
        n=found.visits if known else None,
        link=Link("units" if asked.branches else "counters", asked.query),
    )


def _unhappy(asked: Asked, row: SummaryRow | None, remarks: RemarkCounts | None) -> Sentence:
    n = row.n if row is not None and row.n else 0
    link = Link("procedures", asked.query)
    lines = []
    if remarks is not None and remarks.open:
        sentence = say("{n} ý kiến cần xử lý.", n=remarks.open)
        link = Link("remarks", {"unit": asked.unit, "state": "open"})
        if remarks.overdue and remarks.longest:
            lines.append(say("{n} quá hạn, lâu nhất {days} ngày", n=remarks.overdue, days=remarks.longest))
        elif remarks.overdue:
            lines.append(say("{n} quá hạn", n=remarks.overdue))
    elif row is None or not n:
        sentence = say("Chưa có lượt trả lời." if remarks is None else "Không còn ý kiến nào cần xử lý.")
    else:
        sentence = _low(row, n, remarks is not None)
    if row is not None and n:
        if row.percent is not None:
            lines.append(say("{percent} hài lòng (n = {n})", percent=Decimal(row.percent), n=n))
    elif sentence.text != "Chưa có lượt trả lời.":
        lines.append(say("chưa có lượt trả lời"))
    return Sentence(
        question="unhappy",
        sentence=sentence,
        figures=tuple(lines),
        n=n,
        urgent=remarks is not None and remarks.open > 0,
        link=link,
    )


def _low(row: SummaryRow, n: int, sees_remarks: bool) -> Said:
    """How many chose a low level, where no remark is open."""
    levels, low = low_levels(row), low_answers(row)
    named = UNBROKEN.join(str(level) for level in sorted({levels[0], levels[-1]}))
    if not low:
        return say("Không ai chọn mức {levels}.", levels=named)
    if sees_remarks:
        return say("Không còn ý kiến nào cần xử lý; {low} lượt chọn mức {levels}.", low=low, levels=named)
    return say("{low} trong {n} lượt chọn mức {levels}.", low=low, n=n, levels=named)


def _due(asked: Asked, due: Sequence[Due] | None, paper: int | None) -> Sentence:
    ahead = open_dues(due or (), asked.today)
    lines = []
    link = Link("plans", {"unit": asked.unit})
    if ahead:
        first = ahead[0]
        link = _read_on(asked, first)
        if first.day < asked.today:
            sentence = say("Quá hạn từ {day}: {name}.", day=first.working, name=first.name)
        elif first.working <= asked.today:
            sentence = say("Hôm nay đến hạn: {name}.", name=first.name)
        else:
            sentence = say("Đến hạn {day}: {name}.", day=first.working, name=first.name)
        if first.regular:
            lines.append(say("đã lập, chưa gửi") if first.report else say("chưa lập"))
        if first.working < first.day:
            lines.append(
                say(
                    "{day} là ngày nghỉ: ngày làm việc trước đó là {working}",
                    day=first.day,
                    working=first.working,
                )
            )
        lines += [say("{name}: {day}", name=each.name, day=each.working) for each in ahead[1:NAMED]]
        if len(ahead) > NAMED:
            lines.append(say("và {n} việc khác", n=len(ahead) - NAMED))
    elif paper:
        sentence = say("Nhập {n} phiếu giấy.", n=paper)
        link = Link("paper", {"unit": asked.unit})
    elif due is None:
        sentence = say("Chưa có kế hoạch nào.")
    else:
        sentence = say("Không có việc nào đến hạn trong {days} ngày tới.", days=HORIZON)
    if ahead and paper:
        lines.append(say("còn {n} phiếu giấy chưa nhập", n=paper))
    lines += [
        say("đã gửi: {name}, hạn {day}", name=each.name, day=each.day) for each in due or () if each.sent
    ]
    return Sentence(
        question="due",
        sentence=sentence,
        figures=tuple(lines),
        n=None if due is None else len(ahead),
        urgent=bool(paper) or any(each.working <= asked.today for each in ahead),
        link=link,
    )


def open_dues(due: Sequence[Due], today: date) -> list[Due]:
    """What somebody still has to do: what is ahead, and regular reports that are late; the earliest first."""
    still = (
        each
        for each in due
        if not each.sent and (-HORIZON if each.regular else 0) <= (each.day - today).days <= HORIZON
    )
    return sorted(still, key=lambda each: (each.working, each.day))


def _read_on(asked: Asked, first: Due) -> Link:
    if first.report:
        return Link("report", {"report": str(first.report)})
    return Link("reports", {"unit": asked.unit}) if first.regular else Link("plan", {"plan": first.plan})
