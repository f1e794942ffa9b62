"""The report of the 20th: “báo cáo tháng”, and the same about a quarter.

Its sections and tables are those of the offices' own form: I carrying out, II results, III assessment, IV
remedies, V proposals. The words between the figures are proposed from them, for the official to rewrite.

Promise, with a test: “Kỳ trước” says what was issued, if anything was. Read again, it would differ from that
by what was forgotten or arrived since, and the difference says how one person answered.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime

import msgspec
from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Connection

from sync.central.figures.deadlines import REGULAR
from sync.central.figures.periods import Period
from sync.central.figures.summary import Axis, percent
from sync.central.figures.summary_query import SummaryReply
from sync.central.figures.today import low_answers
from sync.central.office.configuration.procedures import procedure_fields
from sync.central.office.configuration.scope import scope_of
from sync.central.office.devices import read_devices
from sync.central.office.returned import by_procedure as returned_by_procedure
from sync.central.presenting.answering import CHANNELS
from sync.central.presenting.days import month_words
from sync.central.presenting.language import capital
from sync.central.reports.asked import Asked
from sync.central.reports.kinds import periods
from sync.central.reports.kinds.cells import HIDDEN, NOTHING, count, said, share, share_of, with_n
from sync.central.reports.kinds.described import Kind
from sync.central.reports.kinds.downtime import Downtime, downtime_table, read_downtime
from sync.central.reports.kinds.followed_up import (
    Remarks,
    RemedyLine,
    read_remarks,
    read_remedies,
    remarks_table,
    remedies_table,
)
from sync.central.reports.kinds.frame import Frame, read_frame
from sync.central.reports.kinds.levels import (
    RatedForm,
    about_form,
    as_issued,
    changes,
    levels_table,
    quoted,
    rated_forms,
    shares_table,
    strengths,
    weaknesses,
)
from sync.central.reports.kinds.paper_back import BoxOpening, opening_words, read_openings, read_spoilt
from sync.central.reports.kinds.representing import field_shares, representing
from sync.central.reports.kinds.sources import Main, Source, source_of
from sync.central.reports.kinds.survey_parts import DESIGNS
from sync.central.reports.model import (
    UNKNOWN,
    Appendix,
    Block,
    Cell,
    Column,
    Document,
    Heading,
    Paragraph,
    Row,
    Signature,
    Table,
    Words,
)
from sync.central.reports.records.stored import issued_of, same_period
from sync.contract.official import written_day
from sync.contract.plan import Design
from sync.contract.response import Channel
from sync.contract.text import pick

# People are invited there by a scan; of all other channels only what came back is known.
_INVITES: Channel = "kiosk"
# A form with more ratings than this is summed up by one of them in the table of officers.
_FEW_RATINGS = 3
_CUTS: tuple[tuple[Axis, ...], ...] = ((), ("channel",), ("day",), ("unit",), ("procedure",))
# Tables whose figures are those of one group, if the report is about one.
_GROUPED = ("bang-1", "bang-2", "bang-3", "bang-don-vi", "phu-luc")


class Collected(Struct, frozen=True, kw_only=True):
    """What came in by one channel. visits: handovers that were scanned, answered: of these; untagged: answers
    without a scan; voided: what staff took back; spoilt: paper forms without a usable answer."""

    channel: Channel
    visits: int
    answered: int
    untagged: int
    voided: int
    spoilt: int = 0

    @property
    def valid(self) -> int:
        """The answered forms."""
        return self.answered + self.untagged

    @property
    def invalid(self) -> int:
        """Those that came back and don't count."""
        return self.voided + self.spoilt


class Day(Struct, frozen=True):
    """One day. returned: None where it is not known."""

    day: date
    returned: int | None
    answered: int


class Cut(Struct, frozen=True, kw_only=True):
    """One line of a cut: by procedure or unit. returned: None where it is not known.

    n, percent, low: of the main question; low: levels below the middle of its scale.
    """

    code: str
    name: str
    field: str = ""
    returned: int | None = None
    answered: int = 0
    n: int = 0
    percent: str | None = None
    low: int = 0


class OfficerLine(Struct, frozen=True, kw_only=True):
    """One rating of one officer. n, percent: None where they are hidden because they are few."""

    code: str
    name: str
    question: str
    n: int | None
    percent: str | None


class PeriodicFigures(Struct, frozen=True, kw_only=True):
    """All that the report says by itself.

    period: its name within the title. until: the last day that is counted. before: the period to compare
    with. returned: results returned, None where not known; unlisted: units whose list is missing. visits,
    percent: handovers scanned, and how many of them were answered. officers_of: the month of their table.
    main: the wording of the question that speaks for all in the tables by procedure and unit. group: the one
    of the plan that it is about, "" for all. openings: of the unit's own ballot box. design: how the plan
    chooses people; without a plan they choose themselves.
    """

    asked: Asked
    period: str
    until: date
    before: Period | None
    frame: Frame
    devices: int
    collected: tuple[Collected, ...]
    returned: int | None
    unlisted: tuple[str, ...]
    visits: int
    percent: str | None
    forms: tuple[RatedForm, ...]
    main: str
    procedures: tuple[Cut, ...]
    units: tuple[Cut, ...]
    days: tuple[Day, ...]
    officers_of: date | None
    officers: tuple[OfficerLine, ...]
    remarks: Remarks
    remedies: tuple[RemedyLine, ...]
    group: str = ""
    downtime: tuple[Downtime, ...] = ()
    openings: tuple[BoxOpening, ...] = ()
    design: Design = "open"

    @property
    def chosen(self) -> str:
        """How those who answered were chosen, as a sentence."""
        if self.design == "open":
            return "Người trả lời tự chọn trả lời nên không có sai số chọn mẫu."
        return f"Người được hỏi: {DESIGNS[self.design]}."

    @property
    def valid(self) -> int:
        """All answered forms."""
        return sum(each.valid for each in self.collected)

    @property
    def main_row(self) -> tuple[str, str] | None:
        """What the table of the main question's form is about, and the row of that question in it."""
        forms = (form for form in self.forms for each in form.ratings if each.text == self.main and each.n)
        form = next(forms, None)
        return (about_form(form.survey, form.version), self.main) if form else None


# --- reading ------------------------------------------------------------------------------------------------


def read(connection: Connection, asked: Asked, now: datetime) -> PeriodicFigures:
    """The figures of these days, as far as they are over. Raises ProblemError HL5020 for an unknown plan."""
    source = source_of(connection, asked, now)
    before = periods.previous(source.plan, source.period)
    reply, channels, by_day, by_unit, by_procedure = source.summaries(*_CUTS)
    earlier = _earlier(source, before) if before else None
    every, lists = source.summaries((), ("day",), of_plan=False) if asked.plan else (reply, by_day)
    main = source.main(reply)
    devices = read_devices(connection, units=scope_of(connection, asked.unit, asked.last))
    officers_of, officers = _officers(source)
    units = source.names.units
    return PeriodicFigures(
        asked=asked,
        period=periods.named(source.plan, source.period),
        until=source.until,
        before=before,
        frame=read_frame(connection, asked.unit, source.plan, asked.last),
        devices=sum(each.kind == "terminal" and each.enrolled and each.state == "active" for each in devices),
        collected=_collected(channels, read_spoilt(source)),
        returned=every.handovers.returned,
        unlisted=tuple(units.get(unit, unit) for unit in every.handovers.unlisted),
        visits=reply.handovers.visits,
        percent=reply.handovers.percent,
        forms=rated_forms(reply, earlier, source.names.surveys, source.query()),
        main=main.text if main else "",
        procedures=_procedures(source, by_procedure, main, listed=every.handovers.returned is not None),
        units=_units(source, by_unit, main),
        days=_days(by_day, lists),
        officers_of=officers_of,
        officers=officers,
        remarks=read_remarks(source),
        remedies=read_remedies(source),
        group=source.group,
        downtime=read_downtime(source),
        openings=read_openings(connection, asked.unit, asked.first, source.until, asked.plan),
        design=source.plan.design if source.plan else "open",
    )


def _earlier(source: Source, before: Period) -> SummaryReply:
    """The ratings of the period before: as its report was issued, else as they are now.

    A notice has the figures of the report: it was the report that people read. Until another one is issued
    for one that was taken back, there are none.
    """
    asked = replace(source.asked, first=before.first, last=before.last)
    there = [
        report
        for kind in dict.fromkeys((asked.kind, MONTHLY.name, QUARTERLY.name))
        for report in same_period(source.connection, replace(asked, kind=kind))
    ]
    issued = issued_of(there)
    reply = source.summary(period=before)
    if issued is None:
        taken_back = any(report.state == "withdrawn" and report.digest for report in there)
        return as_issued(reply, ()) if taken_back else reply
    return as_issued(reply, msgspec.json.decode(issued.figures, type=PeriodicFigures).forms)


def _collected(reply: SummaryReply, spoilt: Mapping[str, int]) -> tuple[Collected, ...]:
    rows = {row.by["channel"]: row for row in reply.handovers.rows}
    return tuple(
        Collected(
            channel=channel,
            visits=(row.visits or 0) if row else 0,
            answered=(row.answered or 0) if row else 0,
            untagged=(row.untagged or 0) if row else 0,
            voided=(row.voided or 0) if row else 0,
            spoilt=spoilt.get(channel, 0),
        )
        for channel in CHANNELS
        for row in (rows.get(channel),)
        if row or channel in spoilt
    )


def _procedures(source: Source, reply: SummaryReply, main: Main | None, *, listed: bool) -> tuple[Cut, ...]:
    """By field and procedure, the fields in the order of their names, those without one last.

    listed: whether it is known what was returned.
    """
    asked = source.asked
    returned = returned_by_procedure(source.connection, asked.unit, asked.first, asked.last) if listed else {}
    fields = procedure_fields(source.connection)
    lines = {each.code: each for each in _cuts(reply, "procedure", main, source.names.procedures)}
    for code in returned:
        lines.setdefault(code, Cut(code=code, name=source.names.procedures.get(code, code)))
    some = [
        replace(each, field=fields.get(code, ""), returned=returned.get(code, 0) if listed else None)
        for code, each in lines.items()
        if each.answered or each.n or returned.get(code)
    ]
    return tuple(sorted(some, key=lambda cut: (not cut.field, cut.field, -cut.n, cut.code)))


def _units(source: Source, reply: SummaryReply, main: Main | None) -> tuple[Cut, ...]:
    """By unit, where the unit has others below it; also those from which nothing came."""
    branches = source.branches()
    if not branches:
        return ()
    names = source.names.units
    lines = {each.code: each for each in _cuts(reply, "unit", main, names)}
    for code in branches:
        lines.setdefault(code, Cut(code=code, name=names.get(code, code)))
    return tuple(sorted(lines.values(), key=lambda cut: (cut.name, cut.code)))


def _days(reply: SummaryReply, lists: SummaryReply) -> tuple[Day, ...]:
    """Every day on which something was answered or returned. lists: the summary that knows what was."""
    rows = {row.by["day"]: row for row in reply.handovers.rows}
    returned = {row.by["day"]: row.returned for row in lists.handovers.rows}
    found = []
    for day in sorted({*rows, *returned}):
        row = rows.get(day)
        answered = (row.answered or 0) + (row.untagged or 0) if row else 0
        if answered or returned.get(day):
            found.append(Day(date.fromisoformat(day), returned.get(day), answered))
    return tuple(found)


def _cuts(reply: SummaryReply, axis: str, main: Main | None, names: Mapping[str, str]) -> tuple[Cut, ...]:
    """A line for each value of an axis."""
    ratings = {
        row.by[axis]: row
        for form in reply.surveys
        for row in form.rows
        if main and (form.survey, form.version, row.question) == (main.survey, main.version, main.question)
    }
    handovers = {row.by[axis]: row for row in reply.handovers.rows}
    found = []
    for code in sorted({*ratings, *handovers}):
        rating, handed = ratings.get(code), handovers.get(code)
        found.append(
            Cut(
                code=code,
                name=names.get(code, code),
                returned=handed.returned if handed else None,
                answered=(handed.answered or 0) + (handed.untagged or 0) if handed else 0,
                n=(rating.n or 0) if rating else 0,
                percent=rating.percent if rating else None,
                low=low_answers(rating) if rating else 0,
            )
        )
    return tuple(found)


def _officers(source: Source) -> tuple[date | None, tuple[OfficerLine, ...]]:
    """The month of their table, and its lines; those who may not be named are not in it."""
    table = source.officers()
    if table is None:
        return None, ()
    month, reply = table
    form = max(reply.surveys, key=lambda each: sum(row.n or 0 for row in each.rows), default=None)
    if form is None:
        return month, ()
    survey = source.names.surveys[form.survey, form.version]
    asked = list(dict.fromkeys(row.question for row in form.rows))
    shown = asked if len(asked) <= _FEW_RATINGS else [source.overall(form.survey) or asked[0]]
    return month, tuple(
        OfficerLine(
            code=row.by["officer"],
            name=source.names.officers.get(row.by["officer"], ""),
            question=pick(survey.question(row.question).text, "vi"),
            n=None if row.hidden else row.n,
            percent=None if row.hidden else row.percent,
        )
        for row in form.rows
        if row.by["officer"] and row.question in shown
    )


# --- the document -------------------------------------------------------------------------------------------


def build(figures: PeriodicFigures, words: Mapping[str, str]) -> Document:
    """The report of these figures; words: of an official, by id."""
    frame, asked = figures.frame, figures.asked
    days = periods.from_to(Period(asked.first, asked.last))
    return Document(
        kind=asked.kind,
        letterhead=frame.letterhead,
        subject=f"Kết quả khảo sát, đo lường sự hài lòng của người dân, tổ chức {figures.period}"
        + _of_group(figures),
        addressed_to=frame.addressed_to,
        body=tuple(
            Words(id=block.id, text=words.get(block.id, block.text), hint=block.hint)
            if isinstance(block, Words)
            else _named(block, figures)
            for block in _body(figures, days)
        ),
        ending=(
            f"Trên đây là báo cáo kết quả khảo sát, đo lường sự hài lòng của người dân, tổ chức "
            f"{figures.period}, {frame.name} trân trọng báo cáo./."
        ),
        signatures=(Signature(frame.signer),),
        recipients=frame.recipients,
        appendices=tuple(
            replace(each, blocks=tuple(_named(block, figures) for block in each.blocks))
            for each in _appendices(figures)
        ),
    )


def _named(block: Block, figures: PeriodicFigures) -> Block:
    """The block; in a report about one group, each table says whether it is about the group or the unit."""
    if not isinstance(block, Table) or not figures.group:
        return block
    about = _of_group(figures) if block.id.startswith(_GROUPED) else " (cả đơn vị)"
    return replace(block, caption=block.caption + about)


def _of_group(figures: PeriodicFigures) -> str:
    return f" ({figures.group})" if figures.group else ""


def _body(figures: PeriodicFigures, days: str) -> Iterator[Block]:
    frame = figures.frame
    ground = f"Thực hiện {frame.plan}; " if frame.plan else ""
    yield Paragraph(f"{ground}{frame.name} báo cáo kết quả {days} như sau:")
    if figures.until < figures.asked.last:
        yield Paragraph(f"Số liệu tính đến hết ngày {written_day(figures.until)}.")
    yield Heading(1, "I", "TÌNH HÌNH TRIỂN KHAI")
    yield Heading(2, "1", "Công tác chỉ đạo, tuyên truyền")
    yield Words(
        id="chi-dao-tuyen-truyen",
        hint="Văn bản chỉ đạo trong kỳ; số lần phát thanh, số ngày niêm yết, tin trên trang điện tử.",
    )
    yield Heading(2, "2", "Số lượng phiếu")
    yield Paragraph(_collected_words(figures))
    yield _collected_table(figures)
    for opening in figures.openings:
        yield Paragraph(opening_words(opening), item=True)
    yield Words(
        id="mo-hom-phieu",
        hint="Mở hòm phiếu chưa ghi trong hệ thống: ngày, số phiếu. Bỏ trống nếu không có.",
    )
    yield Heading(2, "3", "Thiết bị")
    yield Paragraph(f"Số máy đang dùng tại bộ phận tiếp nhận và trả kết quả: {said(figures.devices)}.")
    if figures.devices or figures.downtime:
        yield downtime_table(figures.downtime)
    yield Words(
        id="thiet-bi", hint="Thời gian máy không hoạt động trong giờ làm việc, lý do, cách khắc phục."
    )
    yield Heading(1, "II", "KẾT QUẢ KHẢO SÁT")
    yield from _results(figures)
    yield Heading(1, "III", "ĐÁNH GIÁ CHUNG")
    yield from _assessment(figures)
    yield Heading(1, "IV", "BIỆN PHÁP KHẮC PHỤC")
    yield remedies_table("bang-6", "Bảng 6. Biện pháp khắc phục", figures.remedies)
    yield Words(id="bien-phap", hint="Biện pháp khác, việc phân công, thời hạn.")
    yield Heading(1, "V", "KIẾN NGHỊ, ĐỀ XUẤT")
    yield Words(id="kien-nghi", hint="Kiến nghị với cấp trên. Ghi “Không” nếu không có.")


def _collected_words(figures: PeriodicFigures) -> str:
    returned = "" if figures.returned is None else f" Kết quả đã trả: {said(figures.returned)}."
    rate = ""
    for each in figures.collected:
        if each.channel == _INVITES and each.visits:
            rate = f" Tỷ lệ trả lời tại máy: {with_n(percent(each.answered, each.visits), each.visits)}."
    return f"Số lượt trả lời hợp lệ trong kỳ: {said(figures.valid)}.{returned}{rate}"


def _collected_table(figures: PeriodicFigures) -> Table:
    rows = []
    for each in figures.collected:
        invited = each.channel == _INVITES
        rows.append(
            Row(
                cells=(
                    capital(CHANNELS[each.channel]),
                    NOTHING,
                    count(each.visits) if invited else UNKNOWN,
                    count(each.valid + each.invalid),
                    share_of(each.answered, each.visits) if invited else UNKNOWN,
                    count(each.valid),
                    count(each.invalid),
                )
            )
        )
    alone = all(each.channel == _INVITES for each in figures.collected)
    invalid = sum(each.invalid for each in figures.collected)
    rows.append(
        Row(
            cells=(
                "Tổng",
                count(figures.returned),
                count(figures.visits) if alone else UNKNOWN,
                count(figures.valid + invalid),
                share(figures.percent) if alone else UNKNOWN,
                count(figures.valid),
                count(invalid),
            ),
            total=True,
        )
    )
    note = (
        "Lượt được mời: lượt trả kết quả đã quét tại máy; hình thức khác không ghi nhận số phiếu phát ra. "
        "Tỷ lệ trả lời: số lượt đã quét có trả lời chia cho số lượt đã quét. Không hợp lệ: lượt công chức "
        "đã hủy, kể cả lượt được ghi lại cho đúng thủ tục"
    )
    spoilt = any(each.spoilt for each in figures.collected)
    note += "; phiếu giấy không dùng được, theo ngày đếm phiếu." if spoilt else "."
    if figures.unlisted:
        note += f" Chưa có đủ danh sách kết quả đã trả của: {', '.join(figures.unlisted)}."
    return Table(
        id="bang-1",
        caption="Bảng 1. Số lượng phiếu theo hình thức",
        columns=(
            Column(title="Hình thức", width=1.6),
            Column(title="Kết quả đã trả", number=True),
            Column(title="Lượt được mời (phát ra)", number=True),
            Column(title="Thu về", number=True),
            Column(title="Tỷ lệ trả lời", number=True),
            Column(title="Hợp lệ", number=True),
            Column(title="Không hợp lệ", number=True),
        ),
        rows=tuple(rows),
        note=note,
    )


def _results(figures: PeriodicFigures) -> Iterator[Block]:
    yield Heading(2, "1", "Kết quả chung")
    if not figures.forms:
        yield Paragraph("Trong kỳ không có lượt trả lời nào.")
    for number, form in enumerate(figures.forms, 1):
        yield shares_table(_id("bang-2", figures, number), _caption("Bảng 2", figures, number, form), form)
    if figures.forms:
        yield Paragraph(f"{_before_words(figures)}{figures.chosen}")
    yield Paragraph("Số lượt chọn từng mức: Phụ lục I; theo ngày: Phụ lục II.")
    yield Heading(2, "2", "Theo lĩnh vực, thủ tục")
    yield _procedures_table(figures)
    if not figures.group:  # of one group it is not known what was returned to its people
        counts = [(cut.field, cut.returned, cut.answered) for cut in figures.procedures if cut.code]
        yield from representing("bang-3b", "Bảng 3b. Tỷ trọng theo lĩnh vực", field_shares(counts))
    number = 3
    if figures.units:
        yield Heading(2, str(number), "Theo đơn vị")
        yield _units_table(figures)
        number += 1
    if figures.officers_of:
        yield Heading(2, str(number), "Theo công chức")
        yield _officers_table(figures, figures.officers_of)
        number += 1
    yield Heading(2, str(number), "Ý kiến của người dân, tổ chức")
    yield remarks_table("bang-5", "Bảng 5. Ý kiến của người dân, tổ chức", figures.remarks)
    yield Words(
        id="tom-tat-y-kien",
        hint="Tóm tắt các nhóm vấn đề được nêu, không ghi nguyên văn và không nêu tên người góp ý.",
    )


def _before_words(figures: PeriodicFigures) -> str:
    return f"Kỳ trước: {periods.from_to(figures.before)}. " if figures.before else ""


def _id(id: str, figures: PeriodicFigures, number: int) -> str:
    return id if len(figures.forms) == 1 else f"{id}-{number}"


def _caption(name: str, figures: PeriodicFigures, number: int, form: RatedForm) -> str:
    if len(figures.forms) == 1:
        return f"{name}. Mức độ hài lòng"
    version = f", phiên bản {form.version}" if form.versions else ""
    return f"{name}.{number}. Mức độ hài lòng ({form.title}{version})"


def _main_note(figures: PeriodicFigures) -> str:
    return f"Tỷ lệ hài lòng và n: của câu hỏi {quoted(figures.main)}" if figures.main else ""


_CUT_COLUMNS = (
    Column(title="Trả lời", width=0.8, number=True),
    Column(title="n", width=0.7, number=True),
    Column(title="Tỷ lệ hài lòng", width=0.9, number=True),
    Column(title="Mức 1–2", width=0.8, number=True),
)


def _cut_cells(cut: Cut) -> tuple[Cell, ...]:
    return count(cut.answered), count(cut.n), share(cut.percent), count(cut.low)


def _procedures_table(figures: PeriodicFigures) -> Table:
    return Table(
        id="bang-3",
        about="procedure",
        caption="Bảng 3. Kết quả theo lĩnh vực, thủ tục",
        columns=(
            Column(title="Lĩnh vực", width=1.4),
            Column(title="Thủ tục", width=2.6),
            Column(title="Đã trả", width=0.9, number=True),
            *_CUT_COLUMNS,
        ),
        rows=tuple(
            Row(
                cells=(
                    cut.field or "Khác",
                    cut.name or "Không ghi thủ tục",
                    count(cut.returned) if cut.code else NOTHING,
                    *_cut_cells(cut),
                )
            )
            for cut in figures.procedures
        ),
        note=_main_note(figures),
    )


def _units_table(figures: PeriodicFigures) -> Table:
    return Table(
        id="bang-don-vi",
        about="unit",
        caption="Bảng 3a. Kết quả theo đơn vị",
        columns=(
            Column(title="TT", width=0.4, number=True),
            Column(title="Đơn vị", width=2.6),
            *_CUT_COLUMNS,
        ),
        rows=tuple(
            Row(cells=(str(number), cut.name, *_cut_cells(cut)), unit=cut.code)
            for number, cut in enumerate(figures.units, 1)
        ),
        rated=figures.main_row,
        note=_main_note(figures),
    )


def _officers_table(figures: PeriodicFigures, month: date) -> Table:
    return Table(
        id="bang-4",
        caption=f"Bảng 4. Kết quả theo công chức, {month_words(month)}",
        columns=(
            Column(title="TT", width=0.4, number=True),
            Column(title="Công chức", width=1.8),
            Column(title="Nội dung", width=2.6),
            Column(title="n", width=0.7, number=True),
            Column(title="Tỷ lệ hài lòng", width=0.9, number=True),
        ),
        rows=tuple(
            Row(
                cells=(
                    str(number),
                    each.name or each.code,
                    each.question,
                    HIDDEN if each.n is None else count(each.n),
                    HIDDEN if each.n is None else share(each.percent),
                )
            )
            for number, each in enumerate(figures.officers, 1)
        ),
        note=(
            "Chỉ tính trọn tháng đã qua. “–”: dưới 5 lượt, hoặc cho biết số của người khác. "
            "Bảng này không có trong bản gửi ra ngoài."
        ),
        internal=True,
        instead="Bảng 4 lưu tại cơ quan, không kèm theo bản này.",
        empty="Không có công chức nào từ 5 lượt trở lên.",
    )


def _assessment(figures: PeriodicFigures) -> Iterator[Block]:
    ratings = [each for form in figures.forms for each in form.ratings]
    yield Heading(2, "1", "Ưu điểm")
    yield Words(
        id="uu-diem",
        text=strengths(ratings),
        hint="Những mặt làm tốt: nội dung, thủ tục có tỷ lệ cao; việc đã khắc phục từ kỳ trước.",
    )
    yield Heading(2, "2", "Hạn chế")
    yield Words(
        id="han-che",
        text=weaknesses(ratings),
        hint="Nội dung, thủ tục có tỷ lệ thấp hoặc giảm; ý kiến được nêu nhiều.",
    )
    yield Heading(2, "3", "So với kỳ trước")
    yield Words(id="so-voi-ky-truoc", text=changes(ratings), hint="Nội dung tăng, giảm và lý do.")
    yield Heading(2, "4", "Nguyên nhân")
    yield Words(id="nguyen-nhan", hint="Nguyên nhân khách quan, chủ quan của từng hạn chế.")


def _appendices(figures: PeriodicFigures) -> Iterator[Appendix]:
    yield Appendix(
        number="I",
        title="SỐ LƯỢT CHỌN TỪNG MỨC",
        blocks=tuple(
            levels_table(_id("phu-luc-muc", figures, number), _caption("Bảng I", figures, number, form), form)
            for number, form in enumerate(figures.forms, 1)
        )
        or (Paragraph("Trong kỳ không có lượt trả lời nào."),),
        landscape=bool(figures.forms),
    )
    yield Appendix(
        number="II",
        title="TỔNG HỢP THEO NGÀY",
        blocks=(
            Table(
                id="phu-luc-ngay",
                caption="Bảng II. Kết quả theo ngày",
                columns=(
                    Column(title="Ngày", width=1.2),
                    Column(title="Đã trả", number=True),
                    Column(title="Trả lời", number=True),
                ),
                rows=tuple(
                    Row(cells=(written_day(each.day), count(each.returned), count(each.answered)))
                    for each in figures.days
                ),
                note="Không ghi mức hài lòng của từng ngày: một ngày có ít người trả lời.",
            ),
        ),
    )


MONTHLY = Kind(
    name=REGULAR,
    title="Báo cáo tháng",
    figures=PeriodicFigures,
    read=read,
    build=build,
    period=periods.monthly,
    grouped=True,
    public=("bang-2", "bang-3", "bang-don-vi"),
)
# By question alone: a quarter less two of its months would say what the third hides of a procedure or unit.
QUARTERLY = Kind(
    name="bao-cao-quy",
    title="Báo cáo quý",
    figures=PeriodicFigures,
    read=read,
    build=build,
    period=periods.quarterly,
    grouped=True,
    public=("bang-2",),
)
