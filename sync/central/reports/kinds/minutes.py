"""BIÊN BẢN: what was done in the presence of two sides. Opening the ballot box, drawing a sample, asking some
people again, handing the data over.

What the centre knows is printed; what only those present know is a blank line, for them to write or to fill
in by hand. Names of those present are written by hand alone.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import partial
from textwrap import wrap

from msgspec import Struct
from sqlalchemy import Connection

from sync.central.figures.periods import Period
from sync.central.figures.plans import read_forms
from sync.central.office.interviews.again import recheck_seeds
from sync.central.office.planning.closed_plans import Closing, HandedForm, PackedFile, closing_of
from sync.central.office.post.letters import letters_of, waiting
from sync.central.office.units.stored import load_units
from sync.central.presenting.answering import INVALID_FORMS
from sync.central.reports.asked import Asked
from sync.central.reports.kinds import periods
from sync.central.reports.kinds.cells import count
from sync.central.reports.kinds.described import Kind
from sync.central.reports.kinds.drawn import DrawnSample, drawn_samples
from sync.central.reports.kinds.frame import Frame, read_frame
from sync.central.reports.kinds.paper_back import BoxOpening, read_openings
from sync.central.reports.kinds.rechecked import CheckedInterviewer, checked_interviewers
from sync.central.reports.kinds.sections import parts
from sync.central.reports.kinds.sources import source_of
from sync.central.reports.model import (
    Block,
    Cell,
    Column,
    Document,
    Paragraph,
    Row,
    Signature,
    Table,
    Words,
)
from sync.contract.official import written_day
from sync.contract.plan import Design, Plan
from sync.contract.text import pick

BLANK = "……"
_LINES = 3
"""Empty rows of a table that is filled in by hand."""


class PlannedGroup(Struct, frozen=True, kw_only=True):
    """A group of the plan. listed: people on its list, 0 if unknown. wanted, forms: to collect, and there."""

    name: str
    list: str
    listed: int
    wanted: int
    rechecks: int
    forms: int


class AskedMore(Struct, frozen=True, kw_only=True):
    """People of a unit who were asked in addition, on days of their own."""

    unit: str
    people: int
    first: date
    last: date
    why: str
    ordered: date


class MinutesFigures(Struct, frozen=True, kw_only=True):
    """What is known of these days. paper: forms keyed in from paper; answered: all answered forms.

    samples: the draws of the plan's groups, none before they are drawn.
    openings: of the ballot box, as they were noted.
    files, forms, digest: of the package that a closed plan was handed over as.
    checked: the re-checks of each interviewer; seeds: with which they were drawn. more: the top-ups.
    unanswered: letters that were sent, neither answered nor brought back.
    """

    asked: Asked
    frame: Frame
    design: Design | None
    recheck_percent: int
    groups: tuple[PlannedGroup, ...]
    paper: int
    answered: int
    samples: tuple[DrawnSample, ...] = ()
    openings: tuple[BoxOpening, ...] = ()
    files: tuple[PackedFile, ...] = ()
    forms: tuple[HandedForm, ...] = ()
    digest: str = ""
    checked: tuple[CheckedInterviewer, ...] = ()
    seeds: tuple[str, ...] = ()
    unanswered: int = 0
    more: tuple[AskedMore, ...] = ()


def read(connection: Connection, asked: Asked, now: datetime) -> MinutesFigures:
    """The plan and the counts of these days. Raises ProblemError HL5020 for an unknown plan."""
    source = source_of(connection, asked, now)
    channels = {
        row.by["channel"]: (row.answered or 0) + (row.untagged or 0)
        for row in source.summary("channel").handovers.rows
    }
    plan = source.plan
    closing = closing_of(connection, plan.id) if plan else None
    return MinutesFigures(
        asked=asked,
        frame=read_frame(connection, asked.unit, plan, asked.last, "BB"),
        design=plan.design if plan else None,
        recheck_percent=plan.recheck_percent if plan else 0,
        groups=tuple(_groups(plan, _forms(connection, plan, closing))) if plan else (),
        paper=channels.get("paper", 0),
        answered=closing.manifest.forms_count if closing else sum(channels.values()),
        samples=tuple(drawn_samples(connection, plan)) if plan else (),
        checked=tuple(checked_interviewers(connection, plan)) if plan else (),
        seeds=recheck_seeds(connection, plan.id) if plan else (),
        more=tuple(_asked_more(connection, plan)) if plan else (),
        openings=read_openings(connection, asked.unit, asked.first, asked.last, asked.plan),
        files=closing.manifest.files if closing else (),
        forms=closing.manifest.forms if closing else (),
        digest=closing.digest if closing else "",
        unanswered=len(waiting(letters_of(connection, plan.id))) if plan else 0,
    )


def _forms(connection: Connection, plan: Plan, closing: Closing | None) -> Counter[str]:
    """The forms of each group: of a closed plan as they were handed over."""
    if closing is not None:
        return Counter({group.id: group.forms for group in closing.manifest.groups})
    counted: Counter[str] = Counter()
    for (group, _), n in read_forms(connection, plan, over=True).items():
        counted[group] += n
    return counted


def _asked_more(connection: Connection, plan: Plan) -> Iterator[AskedMore]:
    units = {unit.code: pick(unit.name, "vi") for unit in load_units(connection)}
    for group in plan.groups:
        names = units | {part.id: pick(part.name, "vi") for part in group.parts}
        for each in group.top_ups:
            yield AskedMore(
                unit=names.get(each.unit, each.unit),
                people=each.people,
                first=each.starts,
                last=each.ends,
                why=each.why,
                ordered=each.ordered,
            )


def _groups(plan: Plan, forms: Counter[str]) -> Iterator[PlannedGroup]:
    for group in plan.groups:
        yield PlannedGroup(
            name=pick(group.name, "vi"),
            list=group.frame,
            listed=group.population,
            wanted=group.wanted,
            rechecks=-(-group.wanted * plan.recheck_percent // 100),
            forms=forms[group.id],
        )


class _Minutes(Struct, frozen=True, kw_only=True):
    """What one kind of minutes has of its own. sides: who signs, the second keeps the minutes."""

    subject: str
    sides: tuple[str, str]
    content: Callable[[MinutesFigures], tuple[Block, ...]]


def _build(own: _Minutes, figures: MinutesFigures, words: Mapping[str, str]) -> Document:
    frame = figures.frame
    days = periods.from_to(Period(figures.asked.first, figures.asked.last))
    ground = f"Thực hiện {frame.plan}; " if frame.plan else ""
    body = (
        Paragraph(
            f"{ground}{frame.name} lập biên bản về việc {own.subject[0].lower()}{own.subject[1:]}, {days}."
        ),
        *parts(
            (
                "Thời gian, địa điểm",
                (
                    Words(
                        id="thoi-gian",
                        text=f"Bắt đầu: {BLANK} giờ {BLANK}, ngày {BLANK} tháng {BLANK} năm {BLANK}\n"
                        f"Tại: {BLANK * 6}",
                    ),
                ),
            ),
            (
                "Thành phần",
                (
                    Words(
                        id="thanh-phan",
                        text="\n".join(
                            f"{side.capitalize()}: {BLANK * 6}\nChức vụ: {BLANK * 6}" for side in own.sides
                        ),
                    ),
                ),
            ),
            ("Nội dung", own.content(figures)),
            ("Ý kiến khác", (Words(id="y-kien-khac"),)),
        ),
    )
    return Document(
        kind=figures.asked.kind,
        letterhead=frame.letterhead,
        subject=own.subject,
        body=tuple(
            Words(id=block.id, text=words.get(block.id, block.text), hint=block.hint)
            if isinstance(block, Words)
            else block
            for block in body
        ),
        ending=f"Biên bản kết thúc hồi {BLANK} giờ {BLANK} cùng ngày, lập thành 02 bản có giá trị như nhau, "
        "mỗi bên giữ 01 bản, đã đọc lại và cùng ký tên./.",
        signatures=tuple(Signature((side,)) for side in own.sides),
        recipients=frame.recipients[-1:],
    )


# --- contents -----------------------------------------------------------------------------------------------


def _ballot_box(figures: MinutesFigures) -> tuple[Block, ...]:
    lines: list[tuple[str, Cell]] = [line for each in figures.openings for line in _opened(each)] or [
        ("Số phiếu đếm được trong hòm", BLANK),
        (f"Số in trên phiếu: từ số {BLANK} đến số {BLANK}", BLANK),
        ("Trong đó: số phiếu trắng, rách, không đọc được", BLANK),
    ]
    lines.append(("Số phiếu giấy đã nhập vào hệ thống trong kỳ", count(figures.paper)))
    return (
        Paragraph("Trước khi mở, hòm phiếu còn nguyên khóa và niêm phong."),
        Words(id="niem-phong", hint="Ghi rõ nếu hòm phiếu không còn nguyên khóa hoặc niêm phong."),
        _table(
            "mo-hom-phieu",
            "Kết quả mở hòm phiếu",
            ("Nội dung", 4.5),
            ("Số phiếu", 1.2),
            rows=tuple(Row(cells=(str(at), *line)) for at, line in enumerate(lines, 1)),
        ),
    )


def _opened(opening: BoxOpening) -> Iterator[tuple[str, Cell]]:
    """What is known of an opening: how many forms, which numbers, and how many of them count."""
    day = written_day(opening.day)
    numbers = f"từ số {opening.first} đến số {opening.last}"
    yield f"Mở ngày {day}: số phiếu đếm được trong hòm, {numbers}", count(opening.counted)
    yield "Trong đó: hợp lệ, đã nhập", count(opening.valid)
    for reason, n in opening.invalid.items():
        yield f"Trong đó: không hợp lệ, {INVALID_FORMS.get(reason, reason)}", count(n)
    if opening.left > 0:
        yield "Trong đó: chưa nhập", count(opening.left)
    if opening.note:
        yield f"Ghi chú: {opening.note}", ""


def _sample(figures: MinutesFigures) -> tuple[Block, ...]:
    return (
        _table(
            "danh-sach",
            "Danh sách để chọn",
            ("Nhóm", 2.0),
            ("Danh sách, cách chọn", 3.0),
            ("Số người", 0.9),
            ("Số phiếu cần", 0.9),
            rows=tuple(
                Row(
                    cells=(
                        str(at),
                        group.name,
                        group.list,
                        count(group.listed) if group.listed else BLANK,
                        count(group.wanted) if group.wanted else BLANK,
                    )
                )
                for at, group in enumerate(figures.groups, 1)
            )
            or _blank_rows(5),
        ),
        *(
            block
            for number, sample in enumerate(figures.samples, 1)
            for block in _drawn(sample, number, several=len(figures.samples) > 1)
        ),
        *(() if figures.samples else _drawn_by_hand()),
        *_topped_up(figures.more),
        Paragraph(
            "Cách chọn: mỗi người trong danh sách có một mã không dò ra tên; số của mã là HMAC-SHA-256 của "
            "“đơn vị/mã” với hạt giống; trong từng lĩnh vực xếp các số tăng dần, lấy từ đầu đủ số chọn chính "
            "rồi đến dự phòng. Ai có tệp mã, hạt giống và bảng phân bổ đều chọn lại được cùng kết quả, dù "
            "danh sách xếp theo thứ tự nào."
        ),
    )


def _drawn(sample: DrawnSample, number: int, *, several: bool) -> Iterator[Block]:
    """A draw as the centre made it. several: the plan has more than one, and each says of which group."""
    of = f", nhóm {sample.group}" if several else ""
    yield _table(
        f"hat-giong-{number}",
        f"Hạt giống{of}",
        ("Nội dung", 2.6),
        ("Giá trị", 4.4),
        rows=tuple(
            Row(cells=(str(at), name, value))
            for at, (name, value) in enumerate(
                (
                    (f"Mã SHA-256, công bố trước danh sách, lúc {sample.published}", sample.seed_digest),
                    ("Mã SHA-256 của khóa mã người, công bố cùng lúc", sample.key_digest),
                    (f"Hạt giống, mở khi rút mẫu lúc {sample.drawn}", sample.seed),
                ),
                1,
            )
        ),
    )
    yield _table(
        f"tep-danh-sach-{number}",
        f"Danh sách đã nhận{of}",
        ("Đơn vị", 2.0),
        ("Số dòng", 0.8),
        ("Số người", 0.8),
        ("Mã SHA-256 của tệp mã", 3.0),
        rows=tuple(
            Row(cells=(str(at), each.unit, count(each.lines), count(each.people), each.digest))
            for at, each in enumerate(sample.lists, 1)
        ),
    )
    yield _table(
        f"phan-bo-{number}",
        f"Phân bổ theo lĩnh vực{of}",
        ("Đơn vị", 2.0),
        ("Lĩnh vực", 2.4),
        ("Chọn chính", 1.0),
        ("Dự phòng", 1.0),
        rows=(
            *(
                Row(
                    cells=(
                        str(at),
                        each.unit,
                        each.field or "không ghi",
                        count(each.asked),
                        count(each.spare),
                    )
                )
                for at, each in enumerate(sample.fields, 1)
            ),
            Row(
                cells=(
                    "",
                    "Tất cả",
                    "",
                    count(sample.asked),
                    count(sample.spare),
                ),
                total=True,
            ),
        ),
    )


def _topped_up(more: tuple[AskedMore, ...]) -> Iterator[Block]:
    """Who was asked in addition: the reserve first, then who has the next numbers of the same seed."""
    if more:
        yield _table(
            "bo-sung",
            "Điều tra bổ sung: người dự phòng trước, rồi người có số tiếp theo của cùng hạt giống",
            ("Đơn vị", 2.0),
            ("Số người", 0.9),
            ("Thời gian", 2.0),
            ("Lý do, ngày quyết định", 2.6),
            rows=tuple(
                Row(
                    cells=(
                        str(at),
                        each.unit,
                        count(each.people),
                        periods.from_to(Period(each.first, each.last)),
                        f"{each.why} ({written_day(each.ordered)})",
                    )
                )
                for at, each in enumerate(more, 1)
            ),
        )


def _drawn_by_hand() -> tuple[Block, ...]:
    """The same to be filled in, where the centre drew nothing."""
    return (
        _table(
            "tep-danh-sach",
            "Tệp danh sách",
            ("Tên tệp", 2.0),
            ("Số dòng", 0.8),
            ("Mã SHA-256", 3.0),
            rows=_blank_rows(4),
        ),
        Words(
            id="hat-giong",
            text=f"Hạt giống số ngẫu nhiên, công bố trước khi chọn: {BLANK * 3}, ngày công bố: {BLANK * 2}",
        ),
        _table(
            "phan-bo",
            "Phân bổ theo lĩnh vực",
            ("Lĩnh vực", 3.0),
            ("Chọn chính", 1.0),
            ("Dự phòng", 1.0),
            rows=_blank_rows(4),
        ),
    )


def _recheck(figures: MinutesFigures) -> tuple[Block, ...]:
    least = f"tối thiểu {figures.recheck_percent}% số phiếu" if figures.recheck_percent else BLANK
    return (
        Paragraph(f"Tỷ lệ phúc tra theo kế hoạch: {least}."),
        _table(
            "phuc-tra-nhom",
            "Số phiếu phải phúc tra",
            ("Nhóm", 3.0),
            ("Chỉ tiêu", 0.9),
            ("Đã thu", 0.9),
            ("Phải phúc tra", 1.0),
            rows=tuple(
                Row(
                    cells=(
                        str(at),
                        group.name,
                        count(group.wanted) if group.wanted else BLANK,
                        count(group.forms),
                        count(group.rechecks) if group.rechecks else BLANK,
                    )
                )
                for at, group in enumerate(figures.groups, 1)
            )
            or _blank_rows(5),
        ),
        _table(
            "phuc-tra-dieu-tra-vien",
            "Kết quả phúc tra theo mã điều tra viên",
            ("Mã điều tra viên", 1.6),
            ("Số phiếu", 0.9),
            ("Phúc tra", 0.9),
            ("Khớp", 0.8),
            ("Lệch 1 mức", 0.9),
            ("Lệch nhiều", 0.9),
            ("Chưa hỏi", 0.8),
            ("Xử lý", 1.6),
            rows=tuple(
                Row(
                    cells=(
                        str(at),
                        each.code,
                        *map(count, (each.asked, each.checked, each.same, each.level, each.more, each.never)),
                        BLANK,
                    )
                )
                for at, each in enumerate(figures.checked, 1)
            )
            or _blank_rows(9),
        ),
        *(_recheck_seeds(figures.seeds) if figures.seeds else ()),
        *_topped_up(figures.more),
        Words(id="dieu-tra-lai", hint="Phiếu phải điều tra lại, lý do, thời hạn. Ghi “Không” nếu không có."),
    )


def _recheck_seeds(seeds: tuple[str, ...]) -> tuple[Block, ...]:
    return (
        _table(
            "hat-giong-phuc-tra",
            "Hạt giống rút phiếu phúc tra, chọn sau khi thu phiếu",
            ("Giá trị", 5.0),
            rows=tuple(Row(cells=(str(at), seed)) for at, seed in enumerate(seeds, 1)),
        ),
    )


def _handover(figures: MinutesFigures) -> tuple[Block, ...]:
    return (
        Paragraph("Dữ liệu bàn giao gồm phiếu đã trả lời trong kỳ:"),
        _table(
            "ban-giao",
            "Số phiếu trên hệ thống",
            ("Nội dung", 4.5),
            ("Số phiếu", 1.2),
            rows=(
                *(
                    Row(cells=(str(at), group.name, count(group.forms)))
                    for at, group in enumerate(figures.groups, 1)
                ),
                Row(cells=("", "Tất cả phiếu đã trả lời trong kỳ", count(figures.answered)), total=True),
                *_unanswered(figures.unanswered),
            ),
        ),
        _table(
            "tep-ban-giao",
            "Tệp bàn giao",
            ("Tên tệp", 2.0),
            ("Số dòng", 0.8),
            ("Mã SHA-256", 3.0),
            rows=tuple(_file_rows(figures.files)) or _blank_rows(4),
        ),
        *_digest_words(figures.digest),
        *_handed_forms(figures.forms),
        Paragraph(
            "Tệp bàn giao không được có tên, số điện thoại, địa chỉ của người trả lời. Bên nhận chỉ dùng vào "
            "việc tổng hợp, phân tích và không tìm cách nhận ra người trả lời."
        ),
    )


def _unanswered(letters: int) -> Iterator[Row]:
    if letters:
        yield Row(cells=("", "Công văn đã gửi không có trả lời, không bị trả về", count(letters)))


def _file_rows(files: Sequence[PackedFile]) -> Iterator[Row]:
    for at, file in enumerate(files, 1):
        rows = "" if file.rows is None else count(file.rows)
        yield Row(cells=(str(at), file.name, rows, " ".join(wrap(file.sha256, 16))))


def _handed_forms(forms: Sequence[HandedForm]) -> Iterator[Paragraph]:
    for form in forms:
        yield Paragraph(
            f"Mẫu phiếu {form.id}, phiên bản {form.version}, do {form.body} chuyển giao bằng tệp {form.file}"
            f", mã SHA-256: {' '.join(wrap(form.sha256, 16))}; không sửa tại cơ quan khảo sát."
        )


def _digest_words(digest: str) -> Iterator[Paragraph]:
    if digest:
        yield Paragraph(
            f"Mã của gói, là SHA-256 của tệp ban-ke.json: {' '.join(wrap(digest, 8))}. Bên nhận tính lại mã "
            "này từ gói đã nhận và xác nhận là khớp."
        )


def _table(id: str, caption: str, *columns: tuple[str, float], rows: tuple[Row, ...]) -> Table:
    """A table with a running number; columns after the first are narrow ones, for numbers or by hand."""
    return Table(
        id=id,
        caption=caption,
        columns=(
            Column(title="TT", width=0.4, number=True),
            *(Column(title=title, width=width, number=width < 1.5) for title, width in columns),
        ),
        rows=rows,
    )


def _blank_rows(width: int) -> tuple[Row, ...]:
    blank: tuple[Cell, ...] = (BLANK,) * (width - 1)
    return tuple(Row(cells=(str(at), *blank)) for at in range(1, _LINES + 1))


def _kind(name: str, title: str, own: _Minutes, period: periods.Rule) -> Kind[MinutesFigures]:
    return Kind(
        name=name,
        title=title,
        figures=MinutesFigures,
        read=read,
        build=partial(_build, own),
        period=period,
        ahead=True,
    )


BALLOT_BOX = _kind(
    "bien-ban-mo-hom-phieu",
    "Biên bản mở hòm phiếu",
    _Minutes(
        subject="Mở hòm phiếu khảo sát",
        sides=("ĐẠI DIỆN BỘ PHẬN MỘT CỬA", "NGƯỜI LẬP BIÊN BẢN"),
        content=_ballot_box,
    ),
    periods.monthly,
)
SAMPLE = _kind(
    "bien-ban-chon-mau",
    "Biên bản chọn mẫu",
    _Minutes(
        subject="Chọn mẫu khảo sát",
        sides=("ĐẠI DIỆN CƠ QUAN KHẢO SÁT", "NGƯỜI LẬP BIÊN BẢN"),
        content=_sample,
    ),
    periods.window,
)
RECHECK = _kind(
    "bien-ban-phuc-tra",
    "Biên bản phúc tra",
    _Minutes(
        subject="Phúc tra phiếu khảo sát",
        sides=("ĐẠI DIỆN ĐƠN VỊ ĐIỀU TRA", "NGƯỜI PHÚC TRA"),
        content=_recheck,
    ),
    periods.window,
)
HANDOVER = _kind(
    "bien-ban-ban-giao",
    "Biên bản bàn giao dữ liệu",
    _Minutes(
        subject="Bàn giao dữ liệu khảo sát",
        sides=("BÊN GIAO", "BÊN NHẬN"),
        content=_handover,
    ),
    periods.window,
)
