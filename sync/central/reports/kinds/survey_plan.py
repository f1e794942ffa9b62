"""KẾ HOẠCH: a plan as the document that issues it, made of the plan's own data alone.

Everything that the plan holds is in the document; what its text leaves to a later decision is a table that
stays in the office. The form's criteria are quoted from the newest release of each form.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal

from msgspec import Struct
from sqlalchemy import Connection

from sync.central.figures.sampling import sample_size
from sync.central.office.configuration.row_queries import newest_releases
from sync.central.office.configuration.spans import opening_words
from sync.central.office.letterheads import OfficeLetterhead, letterhead_of
from sync.central.office.plans import plan_named
from sync.central.presenting.answering import CHANNELS, RESPONDENTS
from sync.central.presenting.language import capital
from sync.central.presenting.numbers import decimal, whole
from sync.central.reports.asked import Asked
from sync.central.reports.kinds import periods
from sync.central.reports.kinds.described import Kind
from sync.central.reports.kinds.sections import items, parts, sections
from sync.central.reports.model import (
    Block,
    Cell,
    Column,
    Document,
    Figure,
    Letterhead,
    Paragraph,
    Row,
    Signature,
    Table,
    Words,
)
from sync.contract.official import written_day
from sync.contract.plan import Design, Objective, Plan, PlanGroup, Sample, Task
from sync.contract.problem import ProblemError
from sync.contract.problem.centre import REPORT_WITHOUT_PLAN
from sync.contract.survey import Survey
from sync.contract.text import pick

_DESIGNS: Mapping[Design, str] = {
    "open": "lấy ý kiến mọi người tự nguyện trả lời",
    "census": "lấy ý kiến toàn bộ người trong danh sách",
    "quota": "chọn mẫu theo hạn ngạch",
    "random": "chọn mẫu ngẫu nhiên",
}


# How a line of grounds begins.
_GROUND = "Căn cứ"


class PlanForm(Struct, frozen=True, kw_only=True):
    """A form of the plan. criteria: the wording of the ratings that a group requires, by their ids."""

    id: str
    title: str
    questions: int
    criteria: dict[str, str]


class PlanFigures(Struct, frozen=True, kw_only=True):
    """What the document says: the plan itself."""

    asked: Asked
    office: OfficeLetterhead
    plan: Plan
    forms: tuple[PlanForm, ...]


def read(connection: Connection, asked: Asked, now: datetime) -> PlanFigures:
    """The plan in its last wording, and what its forms ask. Raises ProblemError HL5020, HL5190."""
    del now
    if not asked.plan:
        raise ProblemError(REPORT_WITHOUT_PLAN(where="plan"))
    return figures_of(connection, asked, plan_named(connection, asked.plan))


def figures_of(connection: Connection, asked: Asked, plan: Plan) -> PlanFigures:
    """The same of this wording, which may be a draft."""
    surveys = newest_releases(connection, {group.survey for group in plan.groups})
    return PlanFigures(
        asked=asked,
        office=letterhead_of(connection, plan.unit, plan.issued or asked.last),
        plan=plan,
        forms=tuple(map(form_of, surveys)),
    )


def form_of(survey: Survey) -> PlanForm:
    """What the plan says of a form."""
    return PlanForm(
        id=survey.id,
        title=pick(survey.title, "vi"),
        questions=len(survey.questions),
        criteria={question.id: pick(question.text, "vi") for question in survey.questions},
    )


def build(figures: PlanFigures, words: Mapping[str, str]) -> Document:
    """The document of this plan."""
    plan, office = figures.plan, figures.office
    title = pick(plan.title, "vi")
    year = (plan.issued or plan.starts or figures.asked.last).year
    opening = Words(
        id="mo-dau",
        text=words.get("mo-dau", f"{plan.authority} xây dựng Kế hoạch với các nội dung như sau:"),
    )
    return Document(
        kind="ke-hoach",
        letterhead=Letterhead(
            above=office.above,
            body=office.body,
            type="KH",
            code=office.code,
            place=office.place,
            year=year,
            signed=plan.issued,
            form_code=office.form_code,
            name=office.name,
            number=plan.number,
        ),
        subject=title,
        basis=tuple(basis.line() for basis in plan.basis if basis.opening == _GROUND),
        body=(*_carried_out(plan), opening, *_sections(figures), *_undecided(plan)),
        ending=f"Trên đây là Kế hoạch {_lower(title)} của {plan.authority}. "
        "Yêu cầu các cơ quan, đơn vị, cá nhân có liên quan nghiêm túc thực hiện./.",
        signatures=(Signature(plan.signer.lines() if plan.signer else office.signed_by("KH")),),
        recipients=tuple(each.line() for each in plan.recipients) or _recipients(office),
    )


def _recipients(office: OfficeLetterhead) -> tuple[str, ...]:
    """What is usual where the plan names nobody."""
    return tuple(dict.fromkeys((*office.recipients, f"Lưu: {office.archive}")))


def _carried_out(plan: Plan) -> Iterator[Block]:
    """What the plan carries out (“Thực hiện Kế hoạch …”), which is text, no ground."""
    lines = [basis.line() for basis in plan.basis if basis.opening != _GROUND]
    if lines:
        yield Paragraph(f"{'; '.join(lines)};")


def _sections(figures: PlanFigures) -> tuple[Block, ...]:
    plan = figures.plan
    forms = {form.id: form for form in figures.forms}
    return sections(
        (
            "Mục đích, yêu cầu" if plan.requirements else "Mục đích",
            parts(("Mục đích", items(plan.purposes)), ("Yêu cầu", items(plan.requirements))),
        ),
        (
            "Đối tượng, nội dung, hình thức khảo sát",
            parts(
                ("Phạm vi, đối tượng", items(map(_whom, plan.groups))),
                ("Nội dung, mẫu phiếu", tuple(_contents(plan, forms))),
                ("Hình thức", items(map(_how, plan.groups))),
                ("Quy mô, cách chọn mẫu", tuple(_numbers(plan))),
                ("Thời gian lấy ý kiến", items(_when(plan))),
                ("Mục tiêu chất lượng", items(_objective(each, plan, forms) for each in plan.objectives)),
            ),
        ),
        ("Tiến độ thực hiện", tuple(_timetable(plan))),
        (
            "Kinh phí, đơn vị tư vấn",
            parts(("Kinh phí", tuple(_budget(plan))), ("Đơn vị tư vấn", items(_consultant(plan)))),
        ),
        ("Tổ chức thực hiện", parts(*_owners(plan.tasks), ("Tổng hợp, báo cáo", items(_reporting(plan))))),
    )


def _whom(group: PlanGroup) -> str:
    units = f"; {whole(group.units)} đơn vị" if group.units > 1 else ""
    people = f" ({whole(group.population)} người)" if group.population else ""
    frame = f": {group.frame}{people}" if group.frame else ""
    asked = ", ".join(RESPONDENTS[each] for each in group.respondents)
    visitors = f"cứ {group.every} người đến hỏi một" if group.every > 1 else "từng người đến"
    every = f" Hỏi tại chỗ: {visitors}." if group.every else ""
    days = f" Mỗi đơn vị nhiều nhất {group.per_day} phiếu một ngày." if group.per_day else ""
    return f"{pick(group.name, 'vi')}{frame}. Người trả lời: {asked}{units}.{every}{days}"


def _contents(plan: Plan, forms: Mapping[str, PlanForm]) -> Iterator[Block]:
    for group in plan.groups:
        form = forms.get(group.survey)
        title = form.title if form else group.survey
        code = f" (biểu mẫu {group.form_code})" if group.form_code else ""
        source = f", do {group.form_source}" if group.form_source else ""
        asks = f", gồm {form.questions} câu" if form else ""
        yield Paragraph(f"{pick(group.name, 'vi')}: {title}{code}{source}{asks}.", item=True)
        if group.mandatory:
            yield Paragraph("Phiếu phải hỏi các nội dung sau:")
            asked = [form.criteria.get(id, id) if form else id for id in group.mandatory]
            yield from items(f"“{_unpointed(text)}?”{';' * (text != asked[-1]) or '.'}" for text in asked)


def _how(group: PlanGroup) -> str:
    channels = ", ".join(CHANNELS[each] for each in group.channels)
    who = f". Phát, thu phiếu: {group.who}" if group.who else ""
    return f"{pick(group.name, 'vi')}: {channels}{who}."


def _numbers(plan: Plan) -> Iterator[Block]:
    yield Paragraph(f"Cách lấy ý kiến: {_DESIGNS[plan.design]}.")
    if plan.sample:
        yield Paragraph(_sample(plan.sample))
    if not plan.wanted:
        yield Paragraph("Kế hoạch không đặt chỉ tiêu số phiếu.")
        return
    yield Table(
        id="so-phieu",
        caption="Bảng 1. Phân bổ số phiếu",
        columns=(
            Column(title="TT", width=0.4, number=True),
            Column(title="Nhóm, đơn vị", width=2.6),
            Column(title="Phát, thu phiếu", width=2.4),
            Column(title="Số đơn vị", width=1.0, number=True),
            Column(title="Số phiếu", width=1.1, number=True),
        ),
        rows=tuple(_number_rows(plan)),
    )
    yield from items(
        f"{pick(group.name, 'vi')}: số phiếu bằng {_percent(group.stated_share)} danh sách."
        for group in plan.groups
        if group.stated_share
    )


def _number_rows(plan: Plan) -> Iterator[Row]:
    number = 0
    units_in_all = 0
    for group in plan.groups:
        name = pick(group.name, "vi")
        if not group.parts:
            number, units_in_all = number + 1, units_in_all + group.units
            each = f" ({whole(group.per_unit)} phiếu/đơn vị)" if group.per_unit else ""
            yield _number_row(str(number), f"{name}{each}", group.who, group.units, group.wanted)
            continue
        units = sum(part.units for part in group.parts)
        units_in_all += units
        number += 1
        yield _number_row(str(number), name, group.who, units, group.wanted)
        for at, part in enumerate(group.parts, 1):
            yield _number_row(f"{number}.{at}", pick(part.name, "vi"), part.who, part.units, part.forms)
    yield _number_row("", "Tổng số", "", units_in_all, plan.wanted, total=True)


def _number_row(number: str, name: str, who: str, units: int, forms: int, *, total: bool = False) -> Row:
    cells: tuple[Cell, ...] = (number, name, who, _count(units), _count(forms) if forms else "")
    return Row(cells=cells, total=total)


def _count(number: int) -> Figure:
    return Figure(kind="count", value=str(number))


def _sample(sample: Sample) -> str:
    exact = decimal(f"{sample_size(sample.share, sample.margin, sample.z).exact:.2f}")
    source = f" ({sample.source})" if sample.source else ""
    return (
        "Cỡ mẫu: n = Z² × p × (1 - p) / d², trong đó p là tỷ lệ hài lòng mong muốn, "
        f"p = {_percent(sample.share)}{source}; d là sai số ước lượng, d = {_number(sample.margin)}; "
        f"Z = {_number(sample.z)}; n = {exact}, lấy {whole(sample.stated)} phiếu."
    )


def _when(plan: Plan) -> Iterator[str]:
    windows = {plan.window(group) for group in plan.groups}
    hours = {plan.collecting(group) for group in plan.groups}
    if len(windows) == 1 and len(hours) == 1:
        yield from _window(plan, plan.groups[0], "")
    else:
        for group in plan.groups:
            yield from _window(plan, group, f"{pick(group.name, 'vi')}: ")


def _window(plan: Plan, group: PlanGroup, name: str) -> Iterator[str]:
    first, last = plan.window(group)
    days = _days(first, last)
    spans = "; ".join(map(opening_words, plan.collecting(group)))
    said = ", ".join(filter(None, (days, f"giờ lấy ý kiến: {spans}" if spans else "")))
    if said:
        yield f"{name}{said if name else capital(said)}."
    for each in group.top_ups:
        unit = next((pick(part.name, "vi") for part in group.parts if part.id == each.unit), each.unit)
        more = f"điều tra bổ sung {each.people} người của {unit}, {_days(each.starts, each.ends)}"
        yield f"{name}{more if name else capital(more)}; lý do: {each.why.rstrip('.')}."
    if plan.issued and first and first < plan.issued:
        since = f"{written_day(first)}, trước ngày ban hành Kế hoạch này"
        yield f"{f'{name}lấy' if name else 'Lấy'} ý kiến cả về giao dịch từ ngày {since}."


def _objective(objective: Objective, plan: Plan, forms: Mapping[str, PlanForm]) -> str:
    groups = [group for group in plan.groups if objective.group in (None, group.id)]
    texts = dict.fromkeys(
        forms[group.survey].criteria.get(objective.question, objective.question)
        for group in groups
        if group.survey in forms
    )
    question = "; ".join(map(_unpointed, texts)) or objective.question
    share = f"từ {objective.percent}% hài lòng" if objective.percent else "tỷ lệ do văn bản khác công bố"
    of = f" ({pick(plan.group(objective.group).name, 'vi')})" if objective.group else ""
    source = f", theo {objective.source}" if objective.source else ""
    return f"“{question}”{of}: {share}{source}."


def _timetable(plan: Plan) -> Iterator[Block]:
    if plan.steps:
        yield Table(
            id="tien-do",
            caption=f"Bảng {2 if plan.wanted else 1}. Các bước thực hiện",
            columns=(
                Column(title="TT", width=0.4, number=True),
                Column(title="Nội dung công việc", width=2.6),
                Column(title="Trách nhiệm thực hiện", width=1.8),
                Column(title="Nơi nhận kết quả", width=1.3),
                Column(title="Thời gian", width=1.5),
            ),
            rows=tuple(
                Row(
                    cells=(
                        str(number),
                        pick(step.name, "vi"),
                        step.who,
                        step.to,
                        capital(_days(step.starts, step.ends, step.before)),
                    )
                )
                for number, step in enumerate(plan.steps, 1)
            ),
        )


def _budget(plan: Plan) -> Iterator[Block]:
    budget = plan.budget
    if budget is None:
        return
    yield from items([f"{budget.source}.", *(f"{basis.line()}." for basis in budget.basis)])
    if budget.costs:
        yield Table(
            id="du-toan",
            caption=f"Bảng {1 + bool(plan.wanted) + bool(plan.steps)}. Dự toán kinh phí",
            columns=(
                Column(title="TT", width=0.4, number=True),
                Column(title="Nội dung", width=3.0),
                Column(title="Số lượng", width=1.0, number=True),
                Column(title="Đơn giá (đồng)", width=1.4, number=True),
                Column(title="Thành tiền (đồng)", width=1.8, number=True),
            ),
            rows=(
                *(
                    Row(cells=(str(at), cost.name, *map(_count, (cost.count, cost.price, cost.total))))
                    for at, cost in enumerate(budget.costs, 1)
                ),
                Row(cells=("", "Tổng số", "", "", _count(budget.total)), total=True),
            ),
        )


def _consultant(plan: Plan) -> Iterator[str]:
    if plan.consultant:
        yield from (f"{line}." for line in (plan.consultant.role, plan.consultant.contract) if line)


def _owners(tasks: tuple[Task, ...]) -> Iterator[tuple[str, tuple[Block, ...]]]:
    """The tasks of each office or title under its name, in the plan's order."""
    for owner in dict.fromkeys(task.owner for task in tasks):
        yield owner, items(_task(task) for task in tasks if task.owner == owner)


def _task(task: Task) -> str:
    said = (_days(None, task.due, task.before), f"gửi {task.to}" if task.to else "")
    about = "; ".join(filter(None, said))
    return f"{task.name}{f' ({about})' if about else ''}."


def _reporting(plan: Plan) -> Iterator[str]:
    if plan.recheck_percent:
        yield f"Phúc tra tối thiểu {plan.recheck_percent}% số phiếu ({whole(plan.rechecks)} phiếu)."
    to = f", gửi {plan.report_to}" if plan.report_to else ""
    if plan.report_day:
        yield f"Báo cáo định kỳ ngày {plan.report_day} hằng tháng{to}."
    elif plan.report_to:
        yield f"Báo cáo kết quả gửi {plan.report_to}."
    yield f"Số liệu về từng cán bộ, công chức chỉ nêu khi có từ {plan.officer_minimum} lượt trả lời."
    yield f"Phiếu được lưu {whole(plan.retention_days)} ngày."


def _undecided(plan: Plan) -> Iterator[Block]:
    if plan.undecided:
        yield Table(
            id="quyet-dinh-sau",
            caption="Nội dung văn bản để lại quyết định sau (không có trong bản gửi đi)",
            columns=(Column(title="TT", width=0.4, number=True), Column(title="Nội dung", width=7.0)),
            rows=tuple(Row(cells=(str(number), line)) for number, line in enumerate(plan.undecided, 1)),
            internal=True,
        )


# --- words --------------------------------------------------------------------------------------------------


def _days(first: date | None, last: date | None, before: date | None = None) -> str:
    """“từ ngày … đến ngày …”, “trước ngày …”, “ngày …”; "" where nothing is set."""
    if first and first == last:
        return f"ngày {written_day(first)}"
    begins = f"từ ngày {written_day(first)}" if first else ""
    ends = f"trước ngày {written_day(before)}" if before else f"đến ngày {written_day(last)}" if last else ""
    return " ".join(filter(None, (begins, ends)))


def _percent(share: float | None) -> str:
    return f"{_number(100 * (share or 0))}%"


def _number(value: float) -> str:
    return decimal(Decimal(f"{value:.4g}").normalize())


def _unpointed(text: str) -> str:
    """The wording of a question within a sentence."""
    return text.rstrip(" ?.:;")


def _lower(title: str) -> str:
    """A title within a sentence; an abbreviation keeps its capitals."""
    return title if title[:2].isupper() else title[0].lower() + title[1:]


PLAN = Kind(
    name="ke-hoach",
    title="Kế hoạch",
    figures=PlanFigures,
    read=read,
    build=build,
    period=periods.window,
    ahead=True,
)
